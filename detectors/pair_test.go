package detectors

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

const (
	awsID     = "AKIA" + "QYLPMN5HHHFPZAM2"
	awsOther  = "AKIA" + "SP2TPHJSQH3FJRUX"
	awsSecret = "1tUm636uS1yOEcfP" + "5pvfqJ/ml36mF7AkyHsEU0IU" // made up
	awsNext   = "h8Vkq2ZpL0wRt8Yv3Bn6" + "Hc1Jd5Fs0GaQeUi+x7K4"
	entra     = "Dq48" + "Q~ZxEryu2KoPR73-yYkESw9hzqmQJGFI.a"
	tenantID  = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	clientID  = "11111111-2222-3333-4444-555555555555"
)

// TestHalvesAreOne: an id beside its secret is a detail, whatever the form.
func TestHalvesAreOne(t *testing.T) {
	s := newSet(t)
	credentials := "[default]\naws_access_key_id = " + awsID + "\naws_secret_access_key = " + awsSecret + "\n"
	aws := map[string]string{"key_id": awsID, "account": "052310077262"}
	for name, c := range map[string]struct {
		text    string
		rule    string
		want    sweeper.Confidence
		details map[string]string
	}{
		"credentials file":   {credentials, "aws-secret-access-key", sweeper.Confirmed, aws},
		"secret before id":   {"secret access key: " + awsSecret + "\nand the id is " + awsID, "aws-secret-access-key", sweeper.Confirmed, aws},
		"JSON":               {`{"AccessKeyId": "` + awsID + `", "SecretAccessKey": "` + awsSecret + `"}`, "aws-secret-access-key", sweeper.Confirmed, aws},
		"right behind":       {"Keys: " + awsID + " / " + awsSecret, "aws-secret-access-key", sweeper.Confirmed, aws},
		"behind a colon":     {"x=" + awsID + ":" + awsSecret, "aws-secret-access-key", sweeper.Confirmed, aws},
		"of no name":         {"Access Key:" + awsID + "\nsecret key:" + awsSecret + "\n", "aws-secret-access-key", sweeper.Confirmed, aws},
		"in base64":          {"config: " + b64(credentials), "aws-secret-access-key", sweeper.Confirmed, aws},
		"without an id":      {"AWS_SECRET_ACCESS_KEY=" + awsSecret, "aws-secret-access-key", sweeper.Likely, map[string]string{"key_id": ""}},
		"too far":            {awsSecret[:0] + "AWS_SECRET_ACCESS_KEY=" + awsSecret + strings.Repeat("\n", 9) + "id", "aws-secret-access-key", sweeper.Likely, map[string]string{"key_id": ""}},
		"a published sample": {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", "aws-secret-access-key", sweeper.Review, nil},
		"the id alone":       {"the key is " + awsID, "aws-access-token", sweeper.Review, map[string]string{"account": "052310077262"}},
		"Entra": {"Directory (tenant) ID: " + tenantID + "\nApplication (client) ID: " + clientID + "\nClient secret: " + entra + "\n",
			"azure-ad-client-secret", sweeper.Confirmed, map[string]string{"tenant": tenantID, "client_id": clientID}},
		"Entra, settings": {"AZURE_CLIENT_ID=" + clientID + "\nAZURE_CLIENT_SECRET=" + entra + "\nAZURE_TENANT_ID=" + tenantID,
			"azure-ad-client-secret", sweeper.Confirmed, map[string]string{"tenant": tenantID, "client_id": clientID}},
		"Twilio": {"Account SID AC" + strings.Repeat("0a1b", 8) + "\ntoken: 4f7a01c9e2b85d3660fa9b1c7e42d80a", "twilio-auth-token", sweeper.Likely,
			map[string]string{"account": "AC" + strings.Repeat("0a1b", 8)}},
		"Discord": {"discord client id 432674957670268790\ndiscord_client_secret = Kd83hGp2Qw9xLm47Kd83hGp2Qw9xLm4a", "discord-client-secret", sweeper.Likely,
			map[string]string{"client_id": "432674957670268790"}},
	} {
		got := search(t, s, texts(c.text))
		if len(got) != 1 || got[0].Rule != c.rule || got[0].Confidence != c.want {
			t.Errorf("%s: found %q %+v", name, brief(got), got)
			continue
		}
		for k, v := range c.details {
			if got[0].Details[k] != v {
				t.Errorf("%s: %s is %q, want %q", name, k, got[0].Details[k], v)
			}
		}
	}
}

func TestEachSecretHasItsOwnId(t *testing.T) {
	s := newSet(t)
	for _, text := range []string{
		"prod:\n  " + awsID + "\n  secret_access_key: " + awsSecret + "\ntest:\n  " + awsOther + "\n  secret_access_key: " + awsNext + "\n",
		"secret_access_key: " + awsSecret + "\n" + awsID + "\nsecret_access_key: " + awsNext + "\n" + awsOther + "\n",
	} {
		got := search(t, s, texts(text))
		if len(got) != 2 || got[0].Details["key_id"] != awsID || got[1].Details["key_id"] != awsOther || got[1].Details["account"] != "171436882533" {
			t.Errorf("%s: found %+v", text, got)
		}
	}
}

func TestNoSecretBehindAnId(t *testing.T) {
	s := newSet(t)
	for name, text := range map[string]string{
		"a commit":   awsID + "\ncommit 1971800d4d82861d8f2c1651fea4d212b2a4c901\n",
		"a path":     awsID + "/backup/customers/invoices/march/archived/x\n",
		"a link":     "https://b.s3.amazonaws.com/x?X-Amz-Credential=" + awsID + "/20240101/us-east-1/s3/aws4_request&X-Amz-Signature=" + strings.Repeat("0af1", 16),
		"far behind": awsID + strings.Repeat("\nnothing to see here", 12) + "\n" + awsSecret,
	} {
		for _, c := range search(t, s, texts(text)) {
			if c.Rule == "aws-secret-access-key" && c.Confidence > sweeper.Review {
				t.Errorf("%s: found %+v", name, c)
			}
		}
	}
}

func testCertificate(t *testing.T) (ed25519.PrivateKey, *x509.Certificate) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "www.example.net"},
		NotBefore: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	return key, must[*x509.Certificate](t)(x509.ParseCertificate(der))
}

func TestWhoseKey(t *testing.T) {
	s := newSet(t)
	key, c := testCertificate(t)
	plain := block("PRIVATE KEY", must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key)))
	cert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	_, other := testCertificate(t)
	chain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.Raw})) + cert
	for name, text := range map[string]string{"with its certificate": plain + chain, "quoted": "> " + strings.ReplaceAll(chain+plain, "\n", "\n> ")} {
		got := search(t, s, texts(text))
		if len(got) != 1 || got[0].Details["subject"] != "www.example.net" || got[0].Details["certificate_expires"] != "2024-01-01T00:00:00Z" ||
			got[0].Details["expires"] != "" || len(got[0].Details["public_key_sha256"]) != 64 {
			t.Errorf("%s: found %+v", name, got)
		}
	}
	if got := search(t, s, texts(plain+chain[:len(chain)-len(cert)])); len(got) != 1 || got[0].Details["subject"] != "" {
		t.Errorf("beside another's certificate: found %+v", got)
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "acme-prod-1", "private_key_id": strings.Repeat("0a1b", 10), "private_key": plain,
		"client_email": "deploy@acme-prod-1.iam.gserviceaccount.com", "client_id": "109876543210987654321",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := search(t, s, texts(string(account)))
	if len(got) != 1 || got[0].Details["project"] != "acme-prod-1" || got[0].Details["account"] != "deploy@acme-prod-1.iam.gserviceaccount.com" || got[0].Details["key_id"] != strings.Repeat("0a1b", 10) {
		t.Errorf("service account: found %+v", got)
	}
}

func TestWhatPKCS12Shows(t *testing.T) {
	s := newSet(t)
	key, c := testCertificate(t)
	for name, e := range map[string]struct {
		data               []byte
		want               sweeper.Confidence
		encrypted, subject string
	}{
		"modern":            {must[[]byte](t)(pkcs12.Modern.Encode(key, c, nil, "x")), sweeper.Confirmed, "yes", ""},
		"no password":       {must[[]byte](t)(pkcs12.Passwordless.Encode(key, c, nil, "")), sweeper.Confirmed, "", "www.example.net"},
		"certificates only": {must[[]byte](t)(pkcs12.Passwordless.EncodeTrustStore([]*x509.Certificate{c}, "")), sweeper.Review, "", "www.example.net"},
	} {
		got := search(t, s, sweeper.Mail{Files: []decode.File{{Path: "2/x.p12", Name: "x.p12", Kind: decode.PKCS12, Data: e.data}}})
		if len(got) != 1 || got[0].Confidence != e.want || got[0].Details["encrypted"] != e.encrypted || got[0].Details["subject"] != e.subject || got[0].Details["expires"] != "" {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}

func TestWebTokenTells(t *testing.T) {
	got := search(t, newSet(t), texts(token(`{"alg":"RS256","kid":"`+madeUpKey+`"}`,
		`{"iss":"https://sts.windows.net/`+tenantID+`/","aud":"https://graph.microsoft.com","tid":"`+tenantID+`","appid":"`+clientID+`","exp":1700000000,"upn":"ann@example.net","sub":"ann"}`)))
	want := map[string]string{
		"issuer": "https://sts.windows.net/" + tenantID + "/", "audience": "https://graph.microsoft.com", "tenant": tenantID, "client_id": clientID,
		"expires": "2023-11-14T22:13:20Z", "algorithm": "RS256",
	}
	if len(got) != 1 || len(got[0].Details) != len(want) {
		t.Fatalf("found %+v", got)
	}
	for k, v := range want {
		if got[0].Details[k] != v {
			t.Errorf("%s is %q, want %q", k, got[0].Details[k], v)
		}
	}
}

// TestProvenDetailsHoldNoSecret: what has a documented form is not told either where the
// secret is in it.
func TestProvenDetailsHoldNoSecret(t *testing.T) {
	f := found{secret: "hunter22", proven: map[string]string{"account": "x-HUNTER22-y", "key_id": "k"}, details: map[string]string{"user": "ann"}}
	if got := f.opened(); len(got) != 2 || got["key_id"] != "k" || got["user"] != "ann" {
		t.Errorf("told %v", got)
	}
}
