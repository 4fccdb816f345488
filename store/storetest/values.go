package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func wholeFinding(t *testing.T, h *house) {
	f := sweeper.Finding{
		Rule: "db-url", Kind: sweeper.Password, Confidence: sweeper.Likely, Severity: sweeper.Medium, Reason: "in a connection string",
		Fingerprint: fingerprint("whole"), Preview: "…",
		Details: map[string]string{"user": "Ada", "host": "db.example.com", "note": "\"quoted\"\n\u202e"},
		Part:    "2/a.zip!config/prod.env", Line: 12, Marks: []string{"0011", "2233"},
	}
	f.Exposure = sweeper.ExposureID(f)
	m := Mail("whole", f)
	m.Envelope = sweeper.Envelope{Subject: "Zugänge [redacted] 🔑", From: "Bob <bob@example.org>",
		To: []string{"ada@example.com", "\"A, B\" <ab@example.com>"}, Cc: []string{"cc@example.com"},
		Received:       time.Date(2024, 3, 2, 10, 30, 15, 123456000, time.FixedZone("", 3600)),
		Authentication: decode.Authentication{By: "mx.example.com", Author: "bob@example.org"}}
	p := h.page("Inbox/Kunden", "", "c1", m)
	h.commit(p)

	want := f
	want.Ref, want.Envelope = p.Messages[0].Ref, m.Envelope
	want.Received = m.Envelope.Received.UTC()
	equal(t, "findings", h.findings(store.FindingFilter{}), []sweeper.Finding{want})

	equal(t, "exposures", h.exposures(store.ExposureFilter{}), []sweeper.Exposure{{
		ID: f.Exposure, Fingerprint: f.Fingerprint, Kind: f.Kind, Confidence: f.Confidence, Severity: f.Severity,
		Preview: f.Preview, Details: f.Details, State: "open", Findings: 1, Mailboxes: 1,
		FirstSeen: want.Received, LastSeen: want.Received, FirstRun: h.run, LastRun: h.run,
	}})

	// What is said of the line and of the author is what was said last.
	m.Findings[0].Marks, m.Envelope.Authentication = nil, decode.Authentication{}
	h.commit(h.page("Inbox/Kunden", "c1", "c2", m))
	want.Marks, want.Authentication = nil, decode.Authentication{}
	equal(t, "findings of mail that was read again", h.findings(store.FindingFilter{}), []sweeper.Finding{want})
}

// A file's name is any bytes but "/" and zero, and a stranger writes subjects.
func oddNames(t *testing.T, h *house) {
	m := Mail("caf\xe9 ? # % ' \" \x01\n", Token("one"))
	m.Ref.Mailbox = "b\xf6x"
	m.Envelope.Subject = "zero \x00 byte \xff"
	m.Envelope.Received = time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Skips = []sweeper.Skip{skip("2/\xff.zip!\x00", decode.Damaged, "")}
	p := h.page("Entw\xfcrfe", "", "c\x00\xff", m)
	h.commit(p)
	got := h.findings(store.FindingFilter{})[0]
	equal(t, "ref", got.Ref, p.Messages[0].Ref)
	equal(t, "subject", got.Subject, m.Envelope.Subject)
	equal(t, "a year that cannot be is unknown", got.Received.IsZero(), true)
	equal(t, "part", h.skips(store.SkipFilter{})[0].Path, m.Skips[0].Path)
	cursor, _ := h.cursor(scope("Entw\xfcrfe"))
	equal(t, "cursor", cursor, "c\x00\xff")
	equal(t, "again", h.commit(h.page("Entw\xfcrfe", "c\x00\xff", "c2", m)).New, [][]bool{{false}})
}

func cursorScopes(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1"))
	for name, other := range map[string]func(*sweeper.Scope){
		"source": func(s *sweeper.Scope) { s.Source = "m365:tenant" },
		"folder": func(s *sweeper.Scope) { s.FolderKey = "other" },
		"since":  func(s *sweeper.Scope) { s.Window.Since = day(1) },
		"until":  func(s *sweeper.Scope) { s.Window.Until = day(9) },
	} {
		s := scope("in")
		other(&s)
		if cursor, reread := h.cursor(s); cursor != "" || reread {
			t.Errorf("another %s: cursor %q, reread %v; want none", name, cursor, reread)
		}
	}
	s := scope("in")
	s.Window.Since = day(1)
	p := h.page("in", "", "w1")
	p.Scope = s
	h.commit(p)
	s.Window.Since = day(1).In(time.FixedZone("", 7200)) // the same moment
	cursor, _ := h.cursor(s)
	equal(t, "in the window", cursor, "w1")
	cursor, _ = h.cursor(scope("in"))
	equal(t, "without one", cursor, "c1")

	h.commit(done(h.page("in", "c1", "")))
	cursor, _ = h.cursor(scope("in"))
	equal(t, "a walk may end at the beginning", cursor, "")
	h.commit(h.page("in", "", "c1"))
}

// "The last seven days" is another window every night.
func movingWindow(t *testing.T, h *house) {
	at := func(night int) sweeper.Scope {
		s := scope("in")
		s.Window.Since = day(1).AddDate(0, 0, night)
		return s
	}
	open := done(h.page("in", "", "whole"))
	h.commit(open)
	for night := range 10 {
		p := done(h.page("in", "", "c1"))
		p.Scope = at(night)
		h.commit(p)
	}
	kept := 0
	for night := range 10 {
		if c, _ := h.cursor(at(night)); c != "" {
			kept++
		}
	}
	if last, _ := h.cursor(at(9)); last != "c1" || kept > 5 {
		t.Errorf("%d windows kept, the last one at %q", kept, last)
	}
	whole, _ := h.cursor(scope("in"))
	equal(t, "the whole folder", whole, "whole")
}

func rereadOnNewRules(t *testing.T, h *house) {
	h.commit(done(reset(h.page("in", "", "c1", Mail("a", Token("one"))))))
	s := scope("in")
	s.Digest = "rules-2"
	cursor, reread := h.cursor(s)
	equal(t, "cursor", cursor, "")
	equal(t, "reread", reread, true)

	p := reset(h.page("in", "", "d1", Mail("a", Token("one"))))
	p.Scope = s
	equal(t, "new", h.commit(p).New, [][]bool{{false}})
	cursor, _ = h.cursor(scope("in"))
	equal(t, "the old rules' cursor, half way", cursor, "c1")

	p = done(h.page("in", "d1", "d2"))
	p.Scope = s
	h.commit(p)
	cursor, reread = h.cursor(s)
	equal(t, "cursor", cursor, "d2")
	equal(t, "reread", reread, false)
	cursor, reread = h.cursor(scope("in"))
	equal(t, "the old rules' cursor", cursor, "")
	equal(t, "reread with the old rules", reread, true)
}

func largeCursor(t *testing.T, h *house) {
	large := bytes.Repeat([]byte("cursor\x00"), 600_000) // 4 MB
	p := h.page("in", "", "", Mail("a"))
	p.Next = large
	h.commit(p)
	p.Since = large
	h.commit(p)
	c, _, err := h.Cursor(h.Context(), scope("in"))
	if err != nil || !bytes.Equal(c, large) {
		t.Fatalf("got %d bytes, %v; want %d", len(c), err, len(large))
	}
	p.Next = sweeper.Cursor("small")
	h.commit(p)
	if _, err := h.Commit(h.Context(), h.page("in", string(large), "other")); !errors.Is(err, sweeper.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
}
