package allow

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

var fp = strings.Repeat("0a1b2c3d", 8)

func options() Options {
	return Options{
		Now: time.Date(2027, 1, 31, 23, 59, 0, 0, time.UTC), Rules: []string{"github-pat", "labelled-password"},
		Nearest: func(name string, names []string) string { return ": did you mean " + names[0] + "?" },
	}
}

// read writes texts to files a.yaml, b.yaml … and reads them as one list.
func read(t testing.TB, o Options, texts ...string) (*List, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var paths []string
	for i, text := range texts {
		paths = append(paths, string(rune('a'+i))+".yaml")
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Read(paths, o)
}

// one is a file with one entry that has these fields more.
func one(fields string) string {
	return "servers: mx.contoso.example\nallow:\n  - name: probe\n    reason: it is ours\n    expires: 2027-01-31\n    " + fields + "\n"
}

func finding() *sweeper.Finding {
	return &sweeper.Finding{
		Rule: "labelled-password", Fingerprint: fp, Ref: sweeper.Ref{Mailbox: "Ops@contoso.example", Folder: "Inbox/Probes"},
		Envelope: sweeper.Envelope{From: "Probe <probe@example.com>", Authentication: decode.Authentication{By: "mx.contoso.example", Author: "probe@example.com"}},
		Marks:    []string{digest(`(?i)test lab`)},
	}
}

func TestConditions(t *testing.T) {
	for fields, want := range map[string]bool{
		"fingerprints: " + fp:                                   true,
		"fingerprints: " + strings.ToUpper(fp[:12]):             true,
		"fingerprints: [" + strings.Repeat("9", 64) + "]":       false,
		"fingerprints: [111111111111, " + fp[:12] + "]":         true, // digits alone are no number
		"rules: labelled-password":                              true,
		"rules: [github-pat, labelled-*]":                       true,
		"rules: github-pat":                                     false,
		"mailboxes: OPS@*":                                      true,
		"folders: inbox/*":                                      true,
		"folders: Inbox":                                        false,
		"texts: (?i)test lab":                                   true,
		"texts: [nothing of it, '(?i)test lab']":                true,
		"texts: other lab":                                      false,
		"senders: Probe@Example.com":                            true,
		"senders: example.com":                                  true,
		"senders: [other.example, example.com]":                 true,
		"senders: ample.com":                                    false,
		"senders: be@example.com":                               false,
		"rules: labelled-password\n    folders: Inbox/*":        true,
		"rules: github-pat\n    folders: Inbox/*":               false,
		"rules: labelled-password\n    senders: other.example":  false,
		"by: ada@contoso.example\n    fingerprints: " + fp[:20]: true,
	} {
		l, err := read(t, options(), one(fields))
		if err != nil {
			t.Errorf("%s: %v", fields, err)
			continue
		}
		a, got := l.Allow(finding())
		if got != want {
			t.Errorf("%s: covered %v, want %v", fields, got, want)
		}
		if got && (a.Entry != "probe" || a.Reason != "it is ours" || a.Expires != "2027-01-31") {
			t.Errorf("%s: %+v", fields, a)
		}
	}
}

// Who only says that he is the sender is not.
func TestSendersNeedATrustedServer(t *testing.T) {
	l, err := read(t, options(), one("senders: example.com"))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []decode.Authentication{
		{}, {By: "mx.evil.example", Author: "probe@example.com"}, {By: "mx.contoso.example", Author: "probe@evil.example"},
		{By: decode.Microsoft365, Author: "probe@example.com"}, {By: "mx.contoso.example"},
	} {
		f := finding()
		f.Authentication = a
		if _, ok := l.Allow(f); ok {
			t.Errorf("covered with %+v", a)
		}
	}
}

// An entry holds to the end of its last day, in UTC.
func TestExpiry(t *testing.T) {
	o := options()
	for at, want := range map[string]bool{"2027-01-31T23:59:59Z": true, "2027-02-01T00:00:00Z": false, "2027-02-01T01:30:00+02:00": true} {
		o.Now, _ = time.Parse(time.RFC3339, at)
		l, err := read(t, o, one("texts: test lab"))
		if err != nil {
			t.Fatal(err)
		}
		f := finding()
		f.Marks = l.Marks("the test lab")
		if _, got := l.Allow(f); got != want || len(f.Marks) != 1 {
			t.Errorf("at %s: covered %v, want %v; marks %q", at, got, want, f.Marks)
		}
		if len(l.Entries()) != 1 {
			t.Error("an entry that has expired is not told")
		}
	}
}

// Patterns alone decide whether mail is read again.
func TestDigest(t *testing.T) {
	digestOf := func(texts ...string) string {
		t.Helper()
		l, err := read(t, options(), texts...)
		if err != nil {
			t.Fatal(err)
		}
		return l.Digest()
	}
	if d := digestOf(one("rules: github-pat"), ""); d != "" {
		t.Errorf("without patterns: %q", d)
	}
	x, y := one("texts: x1"), strings.Replace(one("texts: [x2, x1]"), "probe", "other", 1)
	if a, b := digestOf(x, y), digestOf(y, strings.Replace(x, "it is ours", "because", 1)); a == "" || a != b {
		t.Errorf("the same patterns: %q and %q", a, b)
	}
	if digestOf(x) == digestOf(y) {
		t.Error("other patterns, the same digest")
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "allow:\n", "allow: []\nservers: []\n", "\ufeffallow: []"} {
		l, err := read(t, options(), text)
		if err != nil || len(l.Entries()) != 0 {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if _, ok := l.Allow(finding()); ok {
			t.Errorf("%q covers", text)
		}
	}
	var none *List
	if _, ok := none.Allow(finding()); ok || none.Digest() != "" || none.Entries() != nil {
		t.Error("no list covers")
	}
}

// Every complaint names its line, and all come at once.
func TestComplaints(t *testing.T) {
	const head = "allow:\n  - name: probe\n    reason: ours\n    expires: 2027-01-31\n"
	for text, want := range map[string]string{
		head + "    fingerprint: " + fp:                             "a.yaml:5: there is no \"fingerprint\" here: did you mean fingerprints?",
		head + "    recipients: x@y.example\n    rules: github-pat": "a.yaml:5: there is no \"recipients\" here",
		"alow: []":                        "a.yaml:1: there is no \"alow\" here: did you mean allow?",
		head:                              "a.yaml:2: the entry has no condition",
		"allow:\n  - rules: github-pat\n": "a.yaml:2: \"name\" is missing\na.yaml:2: \"reason\" is missing\na.yaml:2: \"expires\" is missing",
		"allow: [{name: '', reason: ' ', expires: 2027-01-31, rules: github-pat}]":      "a.yaml:1: \"name\" is empty\na.yaml:1: \"reason\" is empty",
		strings.Replace(head, "2027-01-31", "2027-02-30", 1) + "    rules: github-pat":  "a.yaml:4: \"2027-02-30\" is no day",
		strings.Replace(head, "2027-01-31", "never", 1) + "    rules: github-pat":       "a.yaml:4: \"never\" is no day",
		strings.Replace(head, "2027-01-31", "2027-01-31T00:00:00Z", 1) + "    rules: x": "a.yaml:4: \"2027-01-31T00:00:00Z\" is no day",
		head + "    rules: github-pta":                            "a.yaml:5: there is no rule \"github-pta\": did you mean github-pat?",
		head + "    rules:\n      - github-pat\n      - nope*":    "a.yaml:7: there is no rule \"nope*\"",
		head + "    rules: []":                                    "a.yaml:5: there is nothing in it",
		head + "    folders: ['']":                                "a.yaml:5: there is nothing in it",
		head + "    fingerprints: 0a1b2c":                         "a.yaml:5: \"0a1b…\" (6 characters) is no fingerprint",
		head + "    fingerprints: hunter2-hunter2":                "a.yaml:5: \"hunt…\" (15 characters) is no fingerprint",
		head + "    texts: 'a(?=b)'":                              "a.yaml:5: it is no regular expression (RE2)",
		head + "    texts: .*":                                    "a.yaml:5: \".*\" matches every line",
		head + "    texts: redacted":                              "a.yaml:5: \"redacted\" matches every line",
		head + "    senders: example.com":                         "a.yaml:5: senders count only where a server of yours",
		"servers: mx.x\n" + head + "    senders: '*.example.com'": "a.yaml:6: \"*.example.com\" is no address",
		"servers: mx.x\n" + head + "    senders: '@example.com'":  "a.yaml:6: \"@example.com\" is no address",
		"servers: ['*']\n":                                        "a.yaml:1: \"*\" is no authserv-id",
		head + "    rules: github-pat\n" + head[len("allow:\n"):] + "    rules: github-pat": "a.yaml:6: the entry of a.yaml:2 is called \"probe\", too",
		head + "    rules: github-pat\n    rules: x":                                        "a.yaml:6: \"rules\" stands twice",
		head + "	rules: x":          "a.yaml:4: found a tab character",
		"allow: []\n---\nallow: []": "a.yaml:2: a second document begins",
		"- x":                       "a.yaml:1: the file must be fields with values",
		"allow: [x]":                "a.yaml:1: allow must be fields with values",
	} {
		_, err := read(t, options(), text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n--- got: %v\n--- want: %s", text, err, want)
		}
	}
	if _, err := Read([]string{filepath.Join(t.TempDir(), "none.yaml")}, options()); err == nil || !strings.Contains(err.Error(), "none.yaml cannot be read") {
		t.Errorf("a file that is not there: %v", err)
	}
	_, err := read(t, options(), head+"    rules: github-pat", head+"    rules: github-pat")
	if diff := cmp.Diff("b.yaml:2: the entry of a.yaml:2 is called \"probe\", too", fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(one("senders: [example.com]\n    texts: x"))
	f.Add("allow: &a\n  - *a\n")
	f.Add("servers: {a: b}\nallow: [[1], {1: 2}, ~, {rules: {a: b}}]")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := parse("a.yaml", []byte(text), options(), nil)
		if err != nil {
			return
		}
		l := newList(entries, options().Now)
		l.Marks("a line")
		l.Allow(finding())
		for _, e := range entries {
			if e.Name == "" || e.Reason == "" || e.Expires.IsZero() {
				t.Errorf("an entry lacks what it needs: %+v", e)
			}
			if e.Covers(&sweeper.Finding{Rule: "x", Fingerprint: strings.Repeat("f", 64)}) && len(e.fingerprints)+len(e.rules)+len(e.mailboxes)+len(e.folders) == 0 {
				t.Errorf("an entry covers what has no marks and no sender: %+v", e)
			}
		}
	})
}
