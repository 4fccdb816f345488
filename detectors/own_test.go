package detectors

import (
	"testing"

	"mailsweep/sweeper"
)

// TestOwnRules: what stands in the frame is the secret, and the rest is told of it.
func TestOwnRules(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct{ text, rule, secret, detail, value string }{
		{"redis://cache:Wq7pLm4zRt@cache.corp.test:6379/0", "url-credentials", "Wq7pLm4zRt", "host", "cache.corp.test"},
		{"see ftp://joe:t%40pSecret9@files.corp.test/in", "url-credentials", "t@pSecret9", "user", "joe"},
		{"Server=tcp:sql1.corp.test,1433;Initial Catalog=Pay;User ID=payapp;Password=Vx9!kLm2q;Encrypt=True;", "connection-string-password", "Vx9!kLm2q", "database", "Pay"},
		{"Driver={SQL Server};Server=sql2;Uid=rpt;Pwd={zz;Top9};", "connection-string-password", "zz;Top9", "user", "rpt"},
		{"Authorization: Basic am9lOlRyMHViNGRvci05eA==", "basic-authorization", "Tr0ub4dor-9x", "user", "joe"},
		{`net use Z: \\fs1\pay /user:CORP\joe Winter-2031x`, "net-use-password", "Winter-2031x", "user", `CORP\joe`},
		{"machine ftp.corp.test login joe password Winter-2031x", "netrc-password", "Winter-2031x", "host", "ftp.corp.test"},
		{"joe:$apr1$Zq3kP0aB$Qm3vXw8yTr6LpKd2NfHs1/", "crypt-hash", "$apr1$Zq3kP0aB$Qm3vXw8yTr6LpKd2NfHs1/", "user", "joe"},
		{"https://acct9.blob.core.windows.net/c/f.zip?sv=2022-11-02&se=2031-01-01T00:00:00Z&sp=rl&sig=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo%3D", "azure-shared-access-signature", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo=", "permissions", "read, list"},
		{"sshpass -p Winter-2031x ssh joe@srv", "sshpass-password", "Winter-2031x", "", ""},
		{`$p = ConvertTo-SecureString "Winter-2031x" -AsPlainText -Force`, "powershell-secure-string", "Winter-2031x", "", ""},
		{"WIFI:T:WPA;S:corp-guest;P:Winter-2031x;;", "wifi-password", "Winter-2031x", "ssid", "corp-guest"},
		{"otpauth://totp/corp:joe?secret=JBSWY3DPEHPK3PXPQ2&issuer=corp", "otp-seed", "JBSWY3DPEHPK3PXPQ2", "account", "corp:joe"},
	} {
		var hit *sweeper.Candidate
		for _, f := range search(t, s, texts(c.text)) {
			if f.Rule == c.rule && f.Confidence != sweeper.Review {
				hit = &f
			}
		}
		switch {
		case hit == nil:
			t.Errorf("%s: not found in %s", c.rule, c.text)
		case hit.Secret.Reveal() != c.secret:
			t.Errorf("%s: the secret is %q, want %q", c.rule, hit.Secret.Reveal(), c.secret)
		case c.detail != "" && hit.Details[c.detail] != c.value:
			t.Errorf("%s: %s is %q, want %q", c.rule, c.detail, hit.Details[c.detail], c.value)
		}
	}
}

// TestStandIns: what stands where a secret would be is not told by our rules.
func TestStandIns(t *testing.T) {
	s := newSet(t)
	for _, text := range []string{
		"postgres://user:password@localhost/db", "https://user:${PASS}@host.test/", "ftp://joe:<password>@host.test",
		"mysql://root:%s@127.0.0.1/x", "Server=db;User ID=sa;Password=<password>;", "Server=db;Uid=sa;Pwd=${DB_PWD};",
		"sshpass -p $PASS ssh joe@srv", `net use Z: \\fs1\pay /user:joe *`, `password = "password"`, `password: "your-password-here"`,
		`ConvertTo-SecureString "<password>" -AsPlainText -Force`, "https://joe@host.test:8080/a:b@c", "see https://host.test/a:b@c/d",
		`api_key = get_key(config)`, "machine host login user password ****",
	} {
		for _, f := range search(t, s, texts(text)) {
			if f.Confidence != sweeper.Review {
				t.Errorf("%s: %s finds %q", text, f.Rule, f.Secret.Reveal())
			}
		}
	}
}
