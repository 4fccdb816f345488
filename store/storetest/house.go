package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// house is a store with a run at work, and short words for tests.
type house struct {
	*testing.T
	Store
	open func() (Store, error)
	run  string
}

// reopen opens the store once more; it is closed with the test.
func (h *house) reopen() Store {
	h.Helper()
	s, err := h.open()
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		if err := s.Close(); err != nil {
			h.Error(err)
		}
	})
	return s
}

func (h *house) begin() string {
	h.Helper()
	id, err := h.Begin(h.Context(), sweeper.Run{Started: day(1), Actor: "ada@desk", Case: "INC-7", Version: "test", Digest: "rules-1"})
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// commit commits a page that must be taken.
func (h *house) commit(p sweeper.PageResult) sweeper.Committed {
	h.Helper()
	c, err := h.Commit(h.Context(), p)
	if err != nil {
		h.Fatalf("commit: %v", err)
	}
	return c
}

func (h *house) cursor(s sweeper.Scope) (string, bool) {
	h.Helper()
	c, reread, err := h.Cursor(h.Context(), s)
	if err != nil {
		h.Fatal(err)
	}
	return string(c), reread
}

func (h *house) findings(f store.FindingFilter) []sweeper.Finding {
	h.Helper()
	return all(h.T, h.Findings(h.Context(), f))
}

func (h *house) exposures(f store.ExposureFilter) []sweeper.Exposure {
	h.Helper()
	return all(h.T, h.Exposures(h.Context(), f))
}

func (h *house) skips(f store.SkipFilter) []sweeper.Skip {
	h.Helper()
	return all(h.T, h.Skips(h.Context(), f))
}

// keys are the messages of the findings that f selects, in the order of the list.
func (h *house) keys(f store.FindingFilter) []string {
	h.Helper()
	var keys []string
	for _, f := range h.findings(f) {
		keys = append(keys, f.Ref.Key)
	}
	return keys
}

func all[T any](t *testing.T, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var list []T
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// page is a page of a folder, between two cursors.
func (h *house) page(folder, since, next string, messages ...sweeper.MessageResult) sweeper.PageResult {
	p := Page(folder, since, next, messages...)
	p.Run = h.run
	return p
}

// Page is a page of a folder of the mailbox ada@example.com; its run is not set.
func Page(folder, since, next string, messages ...sweeper.MessageResult) sweeper.PageResult {
	p := sweeper.PageResult{
		Folder:   sweeper.Folder{Source: "files", Mailbox: "ada@example.com", Name: folder, Key: "key of " + folder},
		Scope:    scope(folder),
		Messages: messages,
	}
	if since != "" {
		p.Since = sweeper.Cursor(since)
	}
	if next != "" {
		p.Next = sweeper.Cursor(next)
	}
	for i := range p.Messages {
		r := &p.Messages[i].Ref
		r.Folder, r.FolderKey = folder, p.Scope.FolderKey
	}
	return p
}

func scope(folder string) sweeper.Scope {
	return sweeper.Scope{Source: "files", FolderKey: "key of " + folder, Digest: "rules-1"}
}

func reset(p sweeper.PageResult) sweeper.PageResult { p.Reset = true; return p }
func done(p sweeper.PageResult) sweeper.PageResult  { p.Done = true; return p }

// Mail is a searched message; Page says in which folder.
func Mail(key string, findings ...sweeper.Finding) sweeper.MessageResult {
	r := sweeper.MessageResult{
		Ref: sweeper.Ref{Source: "files", Mailbox: "ada@example.com", Key: key, ID: "shown " + key,
			InternetMessageID: "<" + key + "@example.com>", Thread: "thread of " + key},
		Envelope: sweeper.Envelope{Subject: "about " + key, From: "bob@example.org",
			To: []string{"ada@example.com"}, Received: day(2)},
		Findings: findings,
	}
	return r
}

func at(t time.Time, m sweeper.MessageResult) sweeper.MessageResult {
	m.Envelope.Received = t
	return m
}

// Token finds a token, known by a name, in a message.
func Token(name string) sweeper.Finding {
	f := sweeper.Finding{
		Rule: "github-pat", Kind: sweeper.Token, Confidence: sweeper.Confirmed, Severity: sweeper.High,
		Reason: "checksum", Fingerprint: fingerprint(name), Preview: "ghp_… (40 characters)", Part: "1", Line: 3,
	}
	f.Exposure = sweeper.ExposureID(f)
	return f
}

// password finds a password that opens nothing known, in a thread.
func password(name, thread string) sweeper.Finding {
	f := sweeper.Finding{
		Rule: "welcome", Kind: sweeper.Password, Confidence: sweeper.Likely, Severity: sweeper.Medium,
		Reason: "label", Fingerprint: fingerprint(name), Preview: "…", Part: "1", Line: 1,
		Ref: sweeper.Ref{Thread: thread},
	}
	f.Exposure = sweeper.ExposureID(f)
	return f
}

func fingerprint(name string) string {
	sum := sha256.Sum256([]byte("fingerprint of " + name))
	return hex.EncodeToString(sum[:])
}

func skip(path string, reason decode.Reason, detail string) sweeper.Skip {
	return sweeper.Skip{Skip: decode.Skip{Path: path, Reason: reason, Detail: detail}}
}

// day is a day of March 2024, in the morning.
func day(n int) time.Time { return time.Date(2024, 3, n, 9, 30, 0, 0, time.UTC) }

func names(format string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}
