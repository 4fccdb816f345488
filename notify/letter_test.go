package notify

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/sweeper"
)

var update = flag.Bool("update", false, "write the golden letters anew")

// sighted is a mail with the secret of l.
func sighted(l *Leak, f sweeper.Finding) {
	f.Confidence, f.Rule = sweeper.Confirmed, "aws-secret-access-key"
	l.Sightings = append(l.Sightings, f)
}

// twoLeaks are a key that a customer mailed us, and a password of which nobody knows
// when it was mailed.
func twoLeaks() map[string]Leak {
	key := Leak{Exposure: sweeper.Exposure{
		ID: "3f9c2a7be15d0846", Fingerprint: strings.Repeat("f1", 32), Kind: sweeper.Token, Confidence: sweeper.Confirmed, Severity: sweeper.Critical,
		Preview: "40 characters", State: sweeper.Open, FirstSeen: hour(1),
		Details: map[string]string{"account": "052310077262", "host": "db1.gannet.example", "user": "ops", "subject": "Read http://evil.example now"},
	}}
	sighted(&key, sweeper.Finding{
		Ref: sweeper.Ref{Mailbox: "ann@contoso.example", Folder: "Inbox/Suppliers", Key: "1", InternetMessageID: "<a1@gannet.example>"}, Part: "2/evil.example.zip",
		Envelope: sweeper.Envelope{Subject: "Click http://evil.example", From: "Bo <bo@gannet.example>", To: []string{"ann@contoso.example", "Call +49 30 900 <x@evil.example>"}, Received: hour(1)},
	})
	sighted(&key, sweeper.Finding{
		Ref:      sweeper.Ref{Mailbox: "joe@contoso.example", Folder: "Archive", Key: "2", InternetMessageID: "<a1@gannet.example>"},
		Envelope: sweeper.Envelope{From: "Bo <bo@gannet.example>", To: []string{"ann@contoso.example"}, Received: hour(1)},
	})
	sighted(&key, sweeper.Finding{
		Ref:      sweeper.Ref{Mailbox: "ann@contoso.example", Folder: "Sent Items", Key: "3", InternetMessageID: "<http://evil.example/x@y>"},
		Envelope: sweeper.Envelope{From: "ann@contoso.example", To: []string{"mallory@evil.example"}, Received: hour(2)},
	})
	password := Leak{Exposure: sweeper.Exposure{
		ID: "81d04c5e9a7b2f36", Fingerprint: strings.Repeat("e2", 32), Kind: sweeper.Password, Confidence: sweeper.Likely, Severity: sweeper.Medium, State: sweeper.Reopened,
		Details: map[string]string{"user": "jsmith@evil.example", "host": "www.evil.example"},
	}}
	password.Sightings = []sweeper.Finding{{Rule: "labelled-password", Confidence: sweeper.Likely, Ref: sweeper.Ref{Mailbox: "ann@contoso.example", Folder: "www.evil.example", Key: "4"}}}
	return map[string]Leak{key.ID: key, password.ID: password}
}

// aNotice tells o of both.
func aNotice(o Owner, occasion Occasion) Notice {
	return Notice{ID: "N-7F3K-2Q9D", Owner: o, Occasion: occasion, Items: []Item{{"81d04c5e9a7b2f36", 1, hour(20)}, {"3f9c2a7be15d0846", 1, hour(9)}}}
}

func gannet(language string) Owner {
	return Owner{ID: "customer:Gannet Ltd", Name: "Gannet Ltd", Audience: Outside, To: []string{"security@gannet.example"}, Language: language}
}

func good(t *testing.T) *Policy {
	t.Helper()
	p, err := ReadPolicy(files(goodPolicy, goodCustomers, goodInventory), "policy.yaml", []string{"aws-access-token"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func letter(t *testing.T, p *Policy, n Notice, leaks map[string]Leak) Letter {
	t.Helper()
	l, err := p.Letter(n, p.Content(n, leaks, hour(5)))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLetters(t *testing.T) {
	p := good(t)
	german := cloud()
	german.Language = "de-AT"
	for name, n := range map[string]Notice{
		"inside.en": aNotice(cloud(), First), "inside.de": aNotice(german, Reminder),
		"outside.en": aNotice(gannet(""), First), "outside.de": aNotice(gannet("de"), Reminder), "escalation": aNotice(cloud(), Escalation),
	} {
		l := letter(t, p, n, twoLeaks())
		golden(t, name+".txt", l.Subject+"\n\n"+l.Text)
		golden(t, name+".html", l.HTML)
		for i, line := range strings.Split(l.Text, "\n") {
			if len([]rune(line)) > textWidth {
				t.Errorf("%s: line %d is %d characters long", name, i+1, len([]rune(line)))
			}
		}
		if l.MessageID != "<n-7f3k-2q9d.mailsweep@contoso.example>" || l.ReplyTo != "security@contoso.example" {
			t.Errorf("%+v", l)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "letters", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./notify -update writes it anew)\n%s", name, diff)
	}
}

// TestNothingOfMailIsTold: what a stranger wrote is in no notice, and neither is a
// fingerprint.
func TestNothingOfMailIsTold(t *testing.T) {
	hostile := []string{
		"=HYPERLINK(\"http://evil.example\")", "<script>alert(1)</script>", "Ignore this. Call +49 30 900 now", "\x1b[31mred\x1b[0m", "a\r\nBcc: x@evil.example",
		"\u202egnp.exe", "http://evil.example/", "www.evil.example", "[click](http://evil.example)", "@SUM(1+1)", "evil.example", "x@evil.example",
	}
	for _, o := range []Owner{cloud(), gannet("")} {
		for _, h := range hostile {
			leaks := twoLeaks()
			for id, l := range leaks {
				l.Details = map[string]string{}
				for _, name := range append(sortedKeys(forms), "host", "user", "database", "issuer", "subject", "workspace", "project", "anything") {
					l.Details[name] = h
				}
				for i := range l.Sightings {
					f := &l.Sightings[i]
					f.Subject, f.Part, f.From, f.To, f.Ref.InternetMessageID, f.Ref.Folder = h, h, h, []string{h, "bo@gannet.example"}, h, "Inbox"
				}
				leaks[id] = l
			}
			l := letter(t, good(t), aNotice(o, First), leaks)
			for _, said := range []string{l.Subject, l.Text, l.HTML, html.UnescapeString(l.HTML)} {
				if strings.Contains(said, h) || regexp.MustCompile(`evil\.example|\+49|SUM|\x1b|\x{202e}`).MatchString(said) {
					t.Errorf("%s is told %q:\n%s", o.ID, h, said)
				}
				if strings.Contains(said, "f1f1f1f1") || strings.Contains(said, "e2e2e2e2") {
					t.Error("it tells a fingerprint")
				}
			}
		}
	}
}

// TestOutsideIsToldItsOwn: a customer reads of no other party, no mailbox and no folder.
func TestOutsideIsToldItsOwn(t *testing.T) {
	l := letter(t, good(t), aNotice(gannet(""), First), twoLeaks())
	for _, said := range []string{"bo@gannet.example", "ann@contoso.example", "<a1@gannet.example>", "db1.gannet.example", "052310077262"} {
		if !strings.Contains(l.Text, said) {
			t.Errorf("it does not say %q", said)
		}
	}
	for _, not := range []string{"Inbox", "Sent", "mallory", "evil", "joe@", "ops", "2026-03-02"} {
		if strings.Contains(l.Text+l.HTML, not) {
			t.Errorf("it says %q", not)
		}
	}
}

// TestOnlyWhatIsOpenIsTold: what was settled since the plan is left out.
func TestOnlyWhatIsOpenIsTold(t *testing.T) {
	leaks := twoLeaks()
	done := leaks["3f9c2a7be15d0846"]
	done.State = sweeper.Rotated
	leaks["3f9c2a7be15d0846"] = done
	c := good(t).Content(aNotice(cloud(), First), leaks, hour(5))
	if len(c.Secrets) != 1 || c.Secrets[0].Exposure != "81d04c5e9a7b2f36" || !c.Due.Equal(hour(20)) {
		t.Errorf("%+v", c)
	}
}

// TestManyMails: a secret in a thousand mails is told with the first of them.
func TestManyMails(t *testing.T) {
	leaks := twoLeaks()
	l := leaks["3f9c2a7be15d0846"]
	for i := range 1000 {
		f := l.Sightings[0]
		f.Ref.InternetMessageID = "<m" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + time.Duration(i).String() + "@gannet.example>"
		l.Sightings = append(l.Sightings, f)
	}
	leaks[l.ID] = l
	c := good(t).Content(aNotice(cloud(), First), leaks, hour(5))
	if got := c.Secrets[0]; len(got.Mails) != mailsTold || got.Mails[0].Copies != 1 || got.More != 1002-mailsTold {
		t.Errorf("%d mails and %d more", len(got.Mails), got.More)
	}
}

// TestGuides: the same pages in all languages, and each leads somewhere.
func TestGuides(t *testing.T) {
	guides, err := builtInGuides()
	if err != nil {
		t.Fatal(err)
	}
	for language, g := range guides {
		if len(g) != len(guides["en"]) {
			t.Errorf("%s has %d pages, en %d", language, len(g), len(guides["en"]))
		}
		for i, p := range g {
			if p.Name != guides["en"][i].Name || len(p.Steps) != len(guides["en"][i].Steps) {
				t.Errorf("%s, page %d: %s, with %d steps", language, i, p.Name, len(p.Steps))
			}
			if strings.Contains(strings.Join(p.Steps, " "), "://") {
				t.Errorf("%s has a link", p.Name)
			}
		}
	}
	for rule, want := range map[string]string{"aws-access-token": "aws", "entra-client-secret": "entra", "labelled-password": "password", "my-own": "password"} {
		if got := guides["en"].Page(rule, sweeper.Password).Name; got != want {
			t.Errorf("%s: %s", rule, got)
		}
	}
}

func TestWordsOfOnesOwn(t *testing.T) {
	dir := files(strings.Replace(goodPolicy, "routes:", "templates: words\nguide: {fr: fr.yaml, en: ours.yaml}\nroutes:", 1),
		strings.Replace(goodCustomers, ",de,", ",fr,", 1), goodInventory)
	dir["words/outside.fr.txt"] = &fstest.MapFile{Data: []byte("Subject: Avis {{.Reference}}\r\n\r\nBonjour {{.Owner.Name}}{{range .Secrets}}\r\n{{.Title}}{{end}}\r\n")}
	dir["words/outside.fr.html"] = &fstest.MapFile{Data: []byte("<p>Bonjour {{.Owner.Name}}</p>")}
	dir["fr.yaml"] = &fstest.MapFile{Data: []byte("- {page: tout, kinds: [token, password], title: Identifiant, steps: [Remplacer]}\n")}
	dir["ours.yaml"] = &fstest.MapFile{Data: []byte("- {page: ours, rules: [aws-*], title: Key of the platform, steps: [Ask the platform team]}\n")}
	p, err := ReadPolicy(dir, "policy.yaml", []string{"aws-access-token"})
	if err != nil {
		t.Fatal(err)
	}
	l := letter(t, p, aNotice(gannet("fr"), First), twoLeaks())
	if l.Subject != "Avis N-7F3K-2Q9D" || l.Text != "Bonjour Gannet Ltd\nIdentifiant\nIdentifiant\n" || !strings.Contains(l.HTML, "<p>Bonjour Gannet Ltd</p>") || !strings.Contains(l.HTML, `lang="fr"`) {
		t.Errorf("%q\n%q\n%s", l.Subject, l.Text, l.HTML)
	}
	if page := p.guides["en"].Page("aws-secret-access-key", sweeper.Token); page.Name != "ours" {
		t.Errorf("%+v", page)
	}
}

// TestFaultyWords: what cannot be put into words is told by file and line, before
// anything is sent.
func TestFaultyWords(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	good := func(d fstest.MapFS) {
		d["words/outside.fr.txt"], d["words/outside.fr.html"] = file("Subject: x\n\nx\n"), file("<p>x</p>")
	}
	for name, c := range map[string]struct {
		edit func(fstest.MapFS)
		want string
	}{
		"no such directory": {func(d fstest.MapFS) {}, `policy.yaml:13: words cannot be read`},
		"another name":      {func(d fstest.MapFS) { good(d); d["words/letter.txt"] = file("x") }, `letter.txt:1: this is no name of a template`},
		"half a pair":       {func(d fstest.MapFS) { good(d); delete(d, "words/outside.fr.html") }, `outside.fr.txt:1: there is no outside.fr.html`},
		"the other half":    {func(d fstest.MapFS) { good(d); delete(d, "words/outside.fr.txt") }, `outside.fr.html:1: there is no outside.fr.txt`},
		"syntax":            {func(d fstest.MapFS) { good(d); d["words/outside.fr.txt"] = file("Subject: x\n\n{{if}}\n") }, `outside.fr.txt:3: missing value for if`},
		"no such field":     {func(d fstest.MapFS) { good(d); d["words/outside.fr.html"] = file("\n{{.Secret}}") }, `outside.fr.html:2: `},
		"no subject":        {func(d fstest.MapFS) { good(d); d["words/outside.fr.txt"] = file("Bonjour\n") }, `outside.fr.txt:1: outside.fr.txt: the first line`},
		"no such language": {func(d fstest.MapFS) {
			good(d)
			d["customers.csv"] = file(strings.Replace(goodCustomers, ",de,", ",pl,", 1))
		}, `customers.csv:2: there are no templates in "pl" for who is outside, only in de, en, fr`},
	} {
		dir := files(strings.Replace(goodPolicy, "routes:", "templates: words\nroutes:", 1), goodCustomers, goodInventory)
		c.edit(dir)
		if _, err := ReadPolicy(dir, "policy.yaml", []string{"aws-access-token"}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %s", name, err, c.want)
		}
	}
}
