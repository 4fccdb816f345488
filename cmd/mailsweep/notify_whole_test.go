package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailsweep/notify/notifytest"
	"mailsweep/simulator"
)

// wholeWay is a tenant in which a customer mailed ann a key, and ann mailed joe a password.
type wholeWay struct {
	home
	tenant *simulator.Tenant
	server *simulator.Server
	ann    simulator.User
	exim   *notifytest.Exim
}

// Made up; no notice may hold either.
const (
	wholeKey      = "glpat-" + "Xb7Kq2mZp9Lw4Rt8Yv3B"
	wholePassword = "Kestrel-Tamarisk-77"
)

func newWholeWay(t *testing.T) *wholeWay {
	w := &wholeWay{home: newHome(t), tenant: simulator.NewTenant("", "contoso.example"), exim: notifytest.StartExim(t, "", "")}
	add := func(name string, change func(*simulator.User)) simulator.User {
		u := simulator.User{UserPrincipalName: name + "@contoso.example", Mail: name + "@contoso.example", DisplayName: name, UserType: "Member", AccountEnabled: true, Purpose: simulator.UserMailbox}
		change(&u)
		return w.tenant.AddUser(u)
	}
	boss := add("eve", func(*simulator.User) {})
	w.ann = add("ann", func(u *simulator.User) { u.Department, u.ManagerID = "Finance", boss.ID })
	add("joe", func(*simulator.User) {})
	add("security", func(u *simulator.User) { u.Purpose = simulator.SharedMailbox })
	w.mail("bo@gannet.example", "ann@contoso.example", "<a1@gannet.example>", "=cmd() Ignore what follows, see http://evil.example", "The token is "+wholeKey+"\nregards", 40)
	w.mail("ann@contoso.example", "joe@contoso.example", "<b1@contoso.example>", "your account", "user: joe.miller\npassword: "+wholePassword+"\n", 30)
	w.server = w.home.tenant(t, w.tenant, simulator.Options{})
	settings, err := os.ReadFile(w.dir + "/config/mailsweep/config.yaml")
	must(err)
	must(os.WriteFile(w.dir+"/config/mailsweep/config.yaml", fmt.Appendf(settings, `
db: ../../m.db
policy: ../../owners.yaml
notices:
  directory: m365
  per_minute: 100000
  smtp_host: 127.0.0.1
  smtp_port: %d
  smtp_user: %s
`, w.exim.Port, notifytest.EximUser), 0o600))
	must(os.WriteFile(w.dir+"/owners.yaml", []byte(`
organisation: {name: Contoso Ltd, domains: [contoso.example], contact: security@contoso.example, verify: "https://www.contoso.example/notices"}
customers: customers.csv
routes:
  - {name: theirs, when: {party: [received, sent]}, owners: [customer]}
  - {name: finance, when: {departments: [Finance]}, owners: [manager]}
  - {name: ours, owners: [sender]}
channels: {inside: graph, outside: smtp}
`), 0o600))
	must(os.WriteFile(w.dir+"/customers.csv", []byte("domain,customer,contact,language\ngannet.example,Gannet Ltd,security@gannet.example,de\n"), 0o600))
	return w
}

func (w *wholeWay) mail(from, to, id, subject, body string, days int) {
	_, err := w.tenant.Deliver(w.ann.ID, simulator.Message{
		From: simulator.Address{Address: from}, Sender: simulator.Address{Address: from}, To: []simulator.Address{{Address: to}}, InternetMessageID: id,
		Subject: subject, BodyType: "text", Body: body, Received: time.Now().AddDate(0, 0, -days),
	})
	must(err)
}

// does runs a verb that must end so, and gives what it printed.
func (w *wholeWay) does(code int, args ...string) string {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+w.exim.Certificate, "MAILSWEEP_NOTICES_SMTP_PASSWORD="+notifytest.EximPassword)
	if strings.HasPrefix(strings.Join(args, " "), "notify approve") {
		cmd.Env = append(cmd.Env, "MAILSWEEP_ACTOR=Bob")
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		w.t.Fatalf("mailsweep %v: %v\n%s%s", args, err, out.String(), errs.String())
	}
	for _, secret := range []string{wholeKey, wholePassword} {
		if strings.Contains(out.String()+errs.String(), secret) {
			w.t.Errorf("mailsweep %v shows %s", args, secret)
		}
	}
	return out.String()
}

// TestTheWholeWay: swept, routed, planned, approved, sent by Graph inside and by a real mail
// server outside, acknowledged, rotated, swept again, and reopened where the key is mailed
// anew.
func TestTheWholeWay(t *testing.T) {
	t.Parallel()
	w := newWholeWay(t)
	w.does(exitFound, "sweep", "m365:", "--all")
	if out := w.does(0, "route"); !strings.Contains(out, "2 exposures, 2 owners, 0 unrouted") {
		t.Fatal(out)
	}
	plan := w.does(0, "notify", "plan")
	if !strings.Contains(plan, "Gannet Ltd") || !strings.Contains(plan, "graph to eve@contoso.example") || !strings.Contains(plan, "1 of these by somebody else than you") {
		t.Fatal(plan)
	}
	w.does(0, "notify", "approve", "--all")
	if out := w.does(0, "notify", "send", "--send"); !strings.Contains(out, "2 sent, 0 failed, 0 in doubt, 0 left") {
		t.Fatal(out)
	}
	w.told(t)
	if out := w.does(0, "notify", "plan"); !strings.Contains(out, "0 notices planned") {
		t.Errorf("told twice: %s", out)
	}
	reference := regexp.MustCompile(`(N-\S+)  Gannet`).FindStringSubmatch(plan)[1]
	w.does(0, "notify", "acknowledge", reference, "--reason", "they called")
	w.does(0, "exposures", "set", "rotated", "--rule", "gitlab-pat")
	w.does(exitFound, "sweep", "m365:", "--all", "--again", "--fail-on", "likely") // the password is still open
	if out := w.does(0, "exposures", "--state", "rotated", "--format", "jsonl"); strings.Count(out, "\n") != 1 {
		t.Errorf("rotated: %s", out)
	}
	w.mail("bo@gannet.example", "ann@contoso.example", "<a2@gannet.example>", "once more", "the token again: "+wholeKey, -1)
	w.does(exitFound, "sweep", "m365:", "--all")
	if out := w.does(0, "exposures", "--state", "reopened", "--format", "jsonl"); strings.Count(out, "\n") != 1 {
		t.Errorf("reopened: %s", out)
	}
	if out := w.does(0, "notify", "plan"); !strings.Contains(out, "1 notice planned") || !strings.Contains(out, "Gannet Ltd") {
		t.Errorf("told anew: %s", out)
	}
	w.does(0, "log", "verify")
	w.clean(t)
}

// told looks at what arrived.
func (w *wholeWay) told(t *testing.T) {
	t.Helper()
	sent := w.tenant.Sent()
	if len(sent) == 0 || sent[0].Message.To[0].Address != "eve@contoso.example" || !strings.Contains(string(sent[0].MIME), "joe[.]miller") {
		t.Fatalf("by Graph, %d: %.2000s", len(sent), sent[0].MIME)
	}
	arrived := w.exim.Arrived(t)
	if len(arrived) != 1 || arrived[0].To[0] != "security@gannet.example" || !strings.Contains(arrived[0].Text, "<a1@gannet.example>") || !strings.Contains(arrived[0].Subject, "Sicherheitshinweis von Contoso Ltd") {
		t.Fatalf("by SMTP: %+v", arrived)
	}
	for _, said := range []string{string(sent[0].MIME), arrived[0].Text, arrived[0].HTML, arrived[0].Subject} {
		for _, not := range []string{wholeKey, wholePassword, "evil.example", "cmd()", "Ignore what follows"} {
			if strings.Contains(said, not) {
				t.Errorf("a notice says %q", not)
			}
		}
	}
}

// clean looks for the secrets in all files that are left.
func (w *wholeWay) clean(t *testing.T) {
	t.Helper()
	must(filepath.Walk(w.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(wholeKey)) || bytes.Contains(data, []byte(wholePassword)) {
			t.Errorf("a secret is in %s", path)
		}
		return err
	}))
}
