package detectors

import (
	"encoding/base64"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// suppressed searches a mail's body and gives what was counted and what is likely.
func suppressed(t *testing.T, s *Set, body string) (counted sweeper.Suppressions, likely []string) {
	t.Helper()
	m := sweeper.Mail{Texts: []decode.Text{{Path: "1", View: decode.Body, Body: body}}, Suppressed: &counted}
	for _, c := range search(t, s, m) {
		if c.Confidence >= sweeper.Likely {
			likely = append(likely, c.Rule)
		}
	}
	return counted, likely
}

// TestSuppressionsAreCounted: what is passed over or lowered has a name, and no likely
// finding.
func TestSuppressionsAreCounted(t *testing.T) {
	s := newSet(t)
	for name, body := range map[string]string{
		"placeholder":          "Password: <your password>",
		"masked":               "Password: ********",
		"sentence":             "Your password is required.",
		"link":                 "Password: https://login.example/reset",
		"dial-in":              "Dial-in: 1-800-555-0142\nPasscode: 4471829",
		"sample-value":         "password: changeme",
		"program":              "config.Password = test.password",
		"advertisement":        "Free adult sites!\nLogin: joe\nPassword: kestrel9",
		"low-entropy":          "api_key = aaaaaaaaaa1111111111",
		"rule-allowlist":       "RUN --mount=type=secret,id=x api_key=" + genericIn,
		"tracking-link":        "https://mail.example/v?token=" + genericIn,
		"tls-session":          "    Session-ID: 737D12C4\n    Master-Key: 55B025F74561173038777E8E2D5F0BFA3934BB0DF43423D7\n    Key-Arg   : None",
		"made-of-words":        "auth_token = Mar20OrlandoSheraton",
		"example":              "sk_" + "live_xxxxxxxxxxxxxxxx4Rt8Yv3B",
		"stand-in":             "mysql://root:changeme@db.example.test/x",
		"code":                 `jwt_secret: "process.env.APP_SECRET"`,
		"no-connection-string": "x.Pwd = reader.next;",
		"wrong-checksum":       npmToken[:39] + "z",
		"published-key":        "Stripe: sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc",
		"commit-id":            "sourcegraph commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
		"hash-alone":           "password: $2b$12$" + "kQ9vXw8yTr6LpKd2NfHs1u3mZq7Jb5Cx0Ae4Gi8Ol2Ps6Uv1Wy3D.",
		"public-identifier":    "Client ID adobe = 0a1b2c3d4e5f60718293a4b5c6d7e8f9",
	} {
		counted, likely := suppressed(t, s, body)
		if counted[strings.TrimSpace(name)] == 0 || len(likely) > 0 {
			t.Errorf("%s: counted %v, likely %v", name, counted, likely)
		}
	}
}

// TestNothingCountedWhereNothingWas: a mail without any of it costs no map.
func TestNothingCountedWhereNothingWas(t *testing.T) {
	if counted, _ := suppressed(t, newSet(t), "Lunch at noon?"); counted != nil {
		t.Errorf("counted %v", counted)
	}
}

// TestSilence: kinds of mail in which there is nothing.
func TestSilence(t *testing.T) {
	s := newSet(t)
	noise := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Kd83hGp2Qw9xLm47ZtRb5Yc1Xd0", 20)))
	for kind, body := range map[string]string{
		"tracking link":    "https://click.gannet.example/ls/click?upn=" + noise[:200] + "&utm_source=x",
		"unsubscribe":      "Unsubscribe: https://mail.gannet.example/unsubscribe?auth_token=" + genericIn + "&key=" + genericIn,
		"view online":      "View online: https://view.gannet.example/?qs=" + genericIn + genericIn + "&token=" + genericIn,
		"message-id":       "Message-ID: <CAKd83hGp2Qw9xLm47ZtRb5Yc1Xd0+Kd83hGp2@mail.gannet.example>",
		"dkim":             "DKIM-Signature: v=1; a=rsa-sha256; d=heron.example; s=key1; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=" + noise[:172],
		"arc":              "ARC-Seal: i=1; a=rsa-sha256; t=1772528400; cv=none; d=gannet.example; s=arc-20240605; b=" + noise[:172],
		"boundary":         "Content-Type: multipart/mixed; boundary=\"----=_Part_Kd83hGp2Qw9xLm47_1772528400\"",
		"content id":       "Content-ID: <image001.png@01DAC0DE.Kd83hGp2Qw9x>",
		"inline image":     "<img src=\"data:image/png;base64," + noise + "\">",
		"hash":             "SHA256 (heron.tar.gz) = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"commit":           "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
		"uuid":             "build 6f1ed002-ab59-43d2-8b5e-1c2f5a3d9e77",
		"pgp public block": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + noise[:64] + "\n" + noise[64:128] + "\n-----END PGP PUBLIC KEY BLOCK-----",
		"pgp signature":    "-----BEGIN PGP SIGNATURE-----\n\n" + noise[:64] + "\n" + noise[64:128] + "\n-----END PGP SIGNATURE-----",
		"certificate":      "-----BEGIN CERTIFICATE-----\n" + noise[:64] + "\n" + noise[64:128] + "\n-----END CERTIFICATE-----",
		"order number":     "Order number: 4471-8829-1120, serial no: SN7K2M9P4L, tracking 1Z999AA10123456784",
		"date":             "Your password was last changed on 2026-03-01 at 09:15:22.",
		"phone":            "Forgot your password? Call +44 20 7946 0958 or (020) 7946-0958.",
		"placeholder":      "Username: <name>\nPassword: [password]\npassword=${PASSWORD}",
		"policy":           "Your password must contain at least 8 characters, one digit and one of !@#$.",
		"reset link":       "Reset your password: https://login.gannet.example/reset?token=" + genericIn,
		"masked":           "Password: *****\npwd: xxxxxxxx\npassword: ●●●●●●",
		"question":         "What is the password for the router? Is your password kestrel?",
		"instruction":      "Enter your password, then press Enter. Type the password twice.",
		"test fixture":     `assert login(username="user", password="test123") == {"password": "Invalid Password"}`,
	} {
		if _, likely := suppressed(t, s, body); len(likely) > 0 {
			t.Errorf("%s: %v", kind, likely)
		}
	}
}
