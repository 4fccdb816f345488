package report

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), rewrite with -update:\n%s", path, diff)
	}
}

func render(t *testing.T, format string, o Options, events ...sweeper.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	h, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := h.Handle(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mail is a reference to a message of a made-up archive.
func mail(folder, id string) sweeper.Ref {
	return sweeper.Ref{
		Source: "files", Mailbox: "archive", Folder: folder, FolderKey: folder, Key: folder + "/" + id,
		ID: folder + "/" + id, InternetMessageID: "<" + id + "@example.org>", Thread: "thread-1",
	}
}

func token() sweeper.Finding {
	return sweeper.Finding{
		Rule: "github-pat", Kind: sweeper.Token, Confidence: sweeper.Confirmed, Reason: "the token's checksum is right",
		Fingerprint: strings.Repeat("a1", 32), Preview: "ghp_... (40 characters)", Exposure: "1a2b3c4d5e6f7081",
		Severity: sweeper.High, Ref: mail("Inbox", "0001.eml"),
		Envelope: sweeper.Envelope{
			Subject: "Deploy keys for staging", From: "Ann Example <ann@example.com>",
			To: []string{"bob@example.org", "ops@example.org"}, Cc: []string{"carol@example.org"},
			Received: time.Date(2026, 4, 1, 10, 12, 0, 0, time.UTC),
		},
		Part: "2/deploy.zip!config/prod.env", Line: 12, New: true,
	}
}

// owned are two owners of one exposure.
func owned() []sweeper.Ownership {
	return []sweeper.Ownership{
		{Exposure: "1a2b3c4d5e6f7081", Owner: "person:ann@example.com", State: sweeper.Rotated, Since: time.Date(2026, 4, 3, 8, 0, 0, 0, time.UTC), Reason: "a new one\x1b[31m", Actor: "ada@desk", Route: "theirs"},
		{Exposure: "1a2b3c4d5e6f7081", Owner: "team:cloud", State: sweeper.Notified, Since: time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC), Due: time.Date(2026, 4, 5, 8, 0, 0, 0, time.UTC)},
	}
}

func password() sweeper.Finding {
	f := token()
	f.Rule, f.Kind, f.Confidence, f.Severity = "password-in-text", sweeper.Password, sweeper.Likely, sweeper.Medium
	f.Reason, f.Preview, f.Exposure, f.Fingerprint = "a label says so: \"password\"", "", "9988776655443322", strings.Repeat("b2", 32)
	f.Details = map[string]string{"user": "deploy", "host": "db1.example.org"}
	f.Part, f.Line, f.New = "1", 3, false
	return f
}

func bare() sweeper.Finding { // all that may be unknown is
	return sweeper.Finding{
		Rule: "generic-api-key", Kind: sweeper.Token, Confidence: sweeper.Review, Severity: sweeper.Low,
		Fingerprint: strings.Repeat("c3", 32), Exposure: "0011223344556677",
		Ref: sweeper.Ref{Source: "files", Mailbox: "archive", ID: "stray.eml"}, Line: 1,
	}
}

func skips() []sweeper.Skip {
	return []sweeper.Skip{
		{Ref: mail("Inbox", "0001.eml"), Skip: decode.Skip{Path: "3/scan.pdf", Reason: decode.Unsupported, Detail: "PDF"}},
		{Ref: mail("Inbox", "0002.eml"), Skip: decode.Skip{Path: "2/secret.zip", Reason: decode.Encrypted, Detail: "zip"}},
		{Ref: mail("Inbox", "0003.eml"), Skip: decode.Skip{Path: "2/logo.png", Reason: decode.Unsupported, Detail: "image/png"}},
		{Ref: mail("Inbox", "0004.eml"), Skip: decode.Skip{Path: "2/photo.jpg", Reason: decode.Unsupported, Detail: "image/jpeg"}},
		{Ref: mail("Inbox", "0005.eml"), Skip: decode.Skip{Path: "2/photo.jpg", Reason: decode.Unsupported, Detail: "image/jpeg"}},
		{Ref: sweeper.Ref{Source: "files", Mailbox: "archive", Folder: "private"}, Skip: decode.Skip{Reason: decode.Unreadable, Detail: "permission denied"}},
	}
}

func summary() sweeper.Summary {
	return sweeper.Summary{
		Suppressed: map[string]int{"tracking-link": 1204, "placeholder": 7},
		Run:        "r-0001", Outcome: sweeper.Completed, Mailboxes: 1, Folders: 3, Messages: 10234, Parts: 15002, Bytes: 123_456_789,
		Findings: 3, NewFindings: 1, Exposures: 3, Skips: 6,
		SkipsByReason: map[string]int{"unsupported": 4, "encrypted": 1, "unreadable": 1}, Reread: 2, Seconds: 12.3456,
		ByConfidence: map[sweeper.Confidence]int{sweeper.Confirmed: 1, sweeper.Likely: 1, sweeper.Review: 1},
	}
}

func stream() []sweeper.Event {
	var list []sweeper.Event
	for _, f := range []sweeper.Finding{token(), password(), bare()} {
		list = append(list, sweeper.Event{Finding: &f})
	}
	for _, s := range skips() {
		list = append(list, sweeper.Event{Skip: &s})
	}
	s := summary()
	return append(list, sweeper.Event{Summary: &s})
}

// hostile is mail by somebody who knows what reads it. The strings are written
// with escapes: nothing here may deceive whoever reads this file.
func hostile() []sweeper.Event {
	f := token()
	f.Rule, f.Preview = "custom-rule", "AKIA... [x](http://evil.example) {0}"
	f.Reason = "a label says so"
	f.Subject = "=HYPERLINK(\"http://evil.example\",\"a\");+1\x1b]0;owned\x07\x1b[2J <script>alert(1)</script> [click](javascript:x) **b**\r\nBcc: x"
	f.From = "\u202egro.elpmaxe@nna\u202c <img src=x onerror=alert(1)>"
	f.To = []string{"@SUM(1+1)|' /C calc'!A0", "\ufeff\uff1dcmd()", "b\u00e4r@example.org"}
	f.Cc = []string{"\t=1", "  -2+3", "\xff\xfe not UTF-8"}
	f.Details = map[string]string{"host": "db\u200b1\u2028", "user": "\"><svg onload=x>", "note": "\u05e9\u05dc\u05d5\u05dd"}
	f.Ref.Mailbox, f.Ref.Folder = "../..", "=In/box #1?"
	f.Ref.ID, f.Ref.InternetMessageID = "c:\\x y\u009b31m", "<\"a\"@b>"
	f.Part = "2/\u202egpj.exe\x7f!\U000e0041 100%"
	s := sweeper.Skip{Ref: f.Ref, Skip: decode.Skip{Path: f.Part, Reason: decode.Damaged, Detail: "]8;;http://evil.example\x1b\\ {1} [a](b)"}}
	end := summary()
	end.Run, end.Outcome = "r\u202e-2", sweeper.Interrupted
	end.SkipsByReason, end.Skips = map[string]int{"damaged": 1}, 1
	return []sweeper.Event{{Finding: &f}, {Skip: &s}, {Summary: &end}}
}

func TestGoldens(t *testing.T) {
	quiet := summary()
	quiet.Findings, quiet.NewFindings, quiet.Exposures, quiet.ByConfidence = 0, 0, 0, nil
	clean := quiet
	clean.Skips, clean.SkipsByReason, clean.Reread, clean.Messages = 0, nil, 0, 1
	failed := quiet
	failed.Outcome, failed.Messages, failed.Seconds = sweeper.Failed, 0, 0.01
	covered := *allowed()[4].Summary
	covered.Findings, covered.Exposures, covered.ByConfidence, covered.NewFindings = 0, 0, nil, 0
	berlin := time.FixedZone("CEST", 2*60*60)
	for _, c := range []struct {
		name, format string
		opts         Options
		events       []sweeper.Event
	}{
		{"text", "text", Options{}, stream()},
		{"text-verbose", "text", Options{Verbose: true, Zone: berlin}, stream()},
		{"text-narrow", "text", Options{Width: 44}, stream()},
		{"text-colour", "text", Options{Width: 80, Color: true}, stream()},
		{"text-hostile", "text", Options{Width: 80}, hostile()},
		{"text-nothing", "text", Options{}, []sweeper.Event{{Summary: &clean}}},
		{"text-nothing-but-skips", "text", Options{}, []sweeper.Event{{Summary: &quiet}}},
		{"text-failed", "text", Options{}, []sweeper.Event{{Summary: &failed}}},
		{"text-no-summary", "text", Options{}, stream()[2:6]},
		{"text-allowed", "text", Options{}, allowed()},
		{"text-allowed-verbose", "text", Options{Verbose: true, Width: 60}, allowed()},
		{"text-allowed-list", "text", Options{}, allowed()[1:3]},
		{"text-allowed-only", "text", Options{}, []sweeper.Event{{Summary: &covered}}},
		{"jsonl-allowed", "jsonl", Options{}, allowed()},
		{"csv-allowed", "csv", Options{}, allowed()},
		{"sarif-allowed", "sarif", Options{}, allowed()},
		{"jsonl", "jsonl", Options{}, stream()},
		{"jsonl-hostile", "jsonl", Options{}, hostile()},
		{"csv", "csv", Options{}, stream()},
		{"csv-hostile", "csv", Options{}, hostile()},
		{"csv-empty", "csv", Options{}, nil},
		{"sarif", "sarif", Options{Version: "v1.2.3"}, stream()},
		{"sarif-hostile", "sarif", Options{}, hostile()},
		{"sarif-empty", "sarif", Options{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) { golden(t, c.name, render(t, c.format, c.opts, c.events...)) })
	}
}

func TestUnknownFormats(t *testing.T) {
	_, err := New("html", nil, Options{})
	if want := `"html" is no format: use one of text, jsonl, csv, sarif`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	err = WriteExposures(nil, "sarif", nil, Options{})
	if want := `"sarif" is no format for this list: use one of text, jsonl, csv`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := WriteExposure(nil, "html", sweeper.Exposure{}, nil, nil, Options{}); err == nil {
		t.Error("an unknown format was accepted for one exposure")
	}
	for _, f := range Formats() {
		if _, err := New(f, &bytes.Buffer{}, Options{}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// full is a disk with room for so many bytes.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room)
	f.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// TestWriteErrors fills the disk at every byte of every format: the error comes
// back at once or from Close, and stays.
func TestWriteErrors(t *testing.T) {
	for _, format := range Formats() {
		whole := render(t, format, Options{}, stream()...)
		for room := 0; room < len(whole); room += 7 {
			h, err := New(format, &full{room}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range stream() {
				had := err
				err = h.Handle(e)
				if had != nil && err == nil {
					t.Fatalf("%s, room for %d bytes: the error was forgotten", format, room)
				}
			}
			if err := h.Close(); !errors.Is(err, errFull) {
				t.Fatalf("%s, room for %d bytes: Close said %v", format, room, err)
			}
		}
	}
}

// lines is a writer that keeps its writes apart.
type lines []string

func (l *lines) Write(p []byte) (int, error) { *l = append(*l, string(p)); return len(p), nil }

func TestOneWriteALine(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		var got lines
		h, err := New(format, &got, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range stream() {
			if err := h.Handle(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		for i, w := range got {
			n := strings.Count(w, "\n")
			header := format == "csv" && i == 0 && n == 2
			if !strings.HasSuffix(w, "\n") || n != 1 && !header {
				t.Errorf("%s: write %d is not one line: %q", format, i, w)
			}
		}
	}
}

func each[T any](list ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func told(list ...sweeper.Finding) iter.Seq2[sweeper.Event, error] {
	var events []sweeper.Event
	for _, f := range list {
		events = append(events, finding(f))
	}
	return each(events...)
}

func exposureList() []sweeper.Exposure {
	one := sweeper.Exposure{
		ID: "1a2b3c4d5e6f7081", Fingerprint: strings.Repeat("a1", 32), Kind: sweeper.Token, Confidence: sweeper.Confirmed,
		Severity: sweeper.High, Preview: "ghp_... (40 characters)", State: "open", Findings: 1200, Mailboxes: 34,
		FirstSeen: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), LastSeen: time.Date(2026, 4, 1, 10, 12, 0, 0, time.UTC),
		FirstRun: "r-0001", LastRun: "r-0007",
	}
	two := sweeper.Exposure{
		ID: "9988776655443322", Fingerprint: strings.Repeat("b2", 32), Kind: sweeper.Password, Confidence: sweeper.Likely,
		Severity: sweeper.Medium, Details: map[string]string{"user": "=cmd()\x1b[2J", "host": strings.Repeat("long.", 60) + "example.org"},
		State: "open", Findings: 1, Mailboxes: 1, FirstRun: "r-0007", LastRun: "r-0007",
	}
	return []sweeper.Exposure{one, two}
}

func TestLists(t *testing.T) {
	all := exposureList()
	for name, write := range map[string]func(*bytes.Buffer) error{
		"exposures-text":        func(b *bytes.Buffer) error { return WriteExposures(b, "text", each(all...), Options{}) },
		"exposures-text-wide":   func(b *bytes.Buffer) error { return WriteExposures(b, "text", each(all...), Options{Width: 120}) },
		"exposures-text-narrow": func(b *bytes.Buffer) error { return WriteExposures(b, "text", each(all...), Options{Width: 50}) },
		"exposures-text-none":   func(b *bytes.Buffer) error { return WriteExposures(b, "text", each[sweeper.Exposure](), Options{}) },
		"exposures-jsonl":       func(b *bytes.Buffer) error { return WriteExposures(b, "jsonl", each(all...), Options{}) },
		"exposures-csv":         func(b *bytes.Buffer) error { return WriteExposures(b, "csv", each(all...), Options{}) },
		"exposure-text": func(b *bytes.Buffer) error {
			return WriteExposure(b, "text", all[0], owned(), told(token(), password()), Options{Width: 80})
		},
		"exposure-jsonl": func(b *bytes.Buffer) error {
			return WriteExposure(b, "jsonl", all[0], owned(), told(token()), Options{})
		},
		"exposure-csv":   func(b *bytes.Buffer) error { return WriteExposure(b, "csv", all[0], owned(), told(token()), Options{}) },
		"findings-sarif": func(b *bytes.Buffer) error { return WriteFindings(b, "sarif", told(token()), Options{}) },
		"findings-text":  func(b *bytes.Buffer) error { return WriteFindings(b, "text", told(token(), bare()), Options{}) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		})
	}
}

// TestListErrors: what the store says reaches the caller, and so does the disk.
func TestListErrors(t *testing.T) {
	broken := errors.New("the database is gone")
	exposures := func(yield func(sweeper.Exposure, error) bool) { yield(sweeper.Exposure{}, broken) }
	findings := func(yield func(sweeper.Event, error) bool) { yield(sweeper.Event{}, broken) }
	for _, format := range listFormats() {
		for name, err := range map[string]error{
			"exposures": WriteExposures(&bytes.Buffer{}, format, exposures, Options{}),
			"exposure":  WriteExposure(&bytes.Buffer{}, format, sweeper.Exposure{}, nil, findings, Options{}),
			"findings":  WriteFindings(&bytes.Buffer{}, format, findings, Options{}),
		} {
			if !errors.Is(err, broken) {
				t.Errorf("%s as %s: got %v", name, format, err)
			}
		}
		for name, err := range map[string]error{
			"exposures": WriteExposures(&full{30}, format, each(exposureList()...), Options{}),
			"exposure":  WriteExposure(&full{30}, format, exposureList()[0], nil, told(token()), Options{}),
		} {
			if !errors.Is(err, errFull) {
				t.Errorf("%s as %s on a full disk: got %v", name, format, err)
			}
		}
	}
}

// TestSpoolIsSmall: skips wait for SARIF's end, and must not fill the memory.
func TestSpoolIsSmall(t *testing.T) {
	h := newSARIF(&bytes.Buffer{}, Options{})
	for i := range 20_000 {
		s := skips()[2]
		s.Ref.ID = fmt.Sprintf("Inbox/%06d.eml", i)
		if err := h.Handle(sweeper.Event{Skip: &s}); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.skips.packed.Len(); got > 20_000*40 {
		t.Errorf("20,000 skips take %d bytes", got)
	}
}
