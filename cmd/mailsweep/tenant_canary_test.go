package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailsweep/simulator"
)

// TestTenantLeakCanary plants tokens wherever a tenant shows text, and puts what signs in into
// the environment. None of it may be printed, logged or stored.
func TestTenantLeakCanary(t *testing.T) {
	t.Parallel()
	var canaries []string
	token := func(where int) string {
		canaries = append(canaries, githubToken(where))
		return canaries[len(canaries)-1]
	}
	tenant := simulator.NewTenant("", "contoso.example")
	u := tenant.AddUser(simulator.User{UserPrincipalName: "ann@contoso.example", Mail: "ann@contoso.example"})
	inner := &simulator.Message{Subject: "inner " + token(1), BodyType: "text", Body: "the token: " + token(2)}
	folder, err := tenant.AddFolder(u.ID, simulator.Folder{DisplayName: "Project " + token(3)})
	must(err)
	for _, in := range []string{folder.ID, "recoverableitemsdeletions"} {
		_, err = tenant.Deliver(u.ID, simulator.Message{
			FolderID: in, Subject: "token " + token(4), BodyType: "html", Body: "<p>" + token(5) + "</p><!-- " + token(6) + " -->",
			From: simulator.Address{Name: "Ann " + token(7), Address: "ann@contoso.example"}, Categories: []string{token(8)},
			Headers: []simulator.Header{{Name: "X-Note", Value: token(9)}},
			Attachments: []*simulator.Attachment{
				{Name: token(10) + ".txt", ContentType: "text/plain", Content: []byte("token: " + token(11))},
				{Name: token(12) + ".png", ContentType: "image/png", Content: []byte("\x89PNG\r\n\x1a\n\x00\x00")},
				{Name: "mail " + token(13), Item: inner},
				{Name: "link " + token(14), SourceURL: "https://files.example/?t=" + token(15)},
			},
		})
		must(err)
	}
	h := newHome(t)
	server := simulator.NewServer(tenant, simulator.Options{Faults: simulator.Faults{Rates: map[simulator.Fault]float64{simulator.BadGateway: 0.1, simulator.AttachmentLocked: 0.2}}})
	listener := httptest.NewServer(server)
	defer listener.Close()
	const clientSecret, password = "canary~of.a-client-Secret_0451", "canary-of-a-PFX-password-0452"
	entra := newEntra(t, t.TempDir())
	certificate, key := signingKey(filepath.Join(h.dir, "mailsweep.pem"))
	own := append(canaries[:len(canaries):len(canaries)], clientSecret, password)
	said := &strings.Builder{}
	run := func(want int, signIn string, args ...string) {
		t.Helper()
		cmd := h.command(append(args, "--log-level", "debug", "--log-format", "json")...)
		cmd.Env = append(cmd.Env, "MAILSWEEP_M365_ENDPOINT="+listener.URL, "MAILSWEEP_M365_SIGN_IN="+signIn, "MAILSWEEP_M365_TENANT=contoso.example",
			"MAILSWEEP_M365_CLIENT_ID=11111111-2222-3333-4444-555555555555", "MAILSWEEP_M365_CERTIFICATE="+certificate,
			"MAILSWEEP_M365_CLIENT_SECRET="+clientSecret, "MAILSWEEP_M365_CERTIFICATE_PASSWORD="+password,
			"HTTPS_PROXY="+entra.URL, "SSL_CERT_FILE="+entra.trust) // no sign-in leaves this machine
		out, _ := cmd.CombinedOutput()
		said.Write(out)
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Errorf("%v, sign-in %s: exit %d, want %d\n%.3000s", args, signIn, got, want, out)
		}
	}
	for _, format := range []string{"text", "jsonl", "csv", "sarif"} {
		run(exitFound, "none", "sweep", "m365:", "--all", "--again", "--format", format)
		run(exitClean, "none", "report", "--format", format, "--output", "report."+format)
	}
	run(exitClean, "none", "sweep", "m365:", "--all", "--estimate")
	run(exitClean, "none", "findings", "--format", "jsonl")
	run(exitClean, "none", "log", "list", "--format", "jsonl")
	run(exitClean, "none", "config")
	run(exitFailed, "secret", "sweep", "m365:", "--all")
	run(exitFailed, "certificate", "doctor", "m365:", "--all")
	run(exitClean, "certificate", "config")
	if entra.got("client_secret") != clientSecret || entra.got("client_assertion") == "" {
		t.Error("secret and certificate were not used to sign in: the test looks at nothing")
	}
	own = append(own, strings.Fields(entra.got("client_assertion"))...)
	for _, want := range []string{`"rule":"github-pat"`, "sign in to Microsoft Entra", "AADSTS7000215", "asking Microsoft Graph again"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nothing said %s: the test looks at nothing", want)
		}
	}
	leaks(t, "what was printed", said.String(), append(own, key))
	must(os.Remove(certificate))
	h.leaksLeft(append(own, key))
}

// signingKey writes a certificate with its key, and gives the path and the key's longest line.
func signingKey(path string) (string, string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailsweep"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	must(err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	must(os.WriteFile(path, append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), block...), 0o600))
	return path, strings.Split(string(block), "\n")[3]
}
