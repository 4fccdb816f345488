package sweeper_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/secret"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// allower covers what stands on lines that hold a word.
type allower struct {
	word string
	mu   sync.Mutex
	seen []string
}

func (a *allower) Digest() string { return a.word }

func (a *allower) Marks(line string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = append(a.seen, line)
	if strings.Contains(line, a.word) {
		return []string{"word"}
	}
	return nil
}

func (a *allower) Allow(f *sweeper.Finding) (sweeper.Allowance, bool) {
	return sweeper.Allowance{Entry: "probe", Reason: "ours", Expires: "2099-01-31"}, slices.Contains(f.Marks, "word")
}

func (b *bench) told() (findings, allowed []string) {
	for _, e := range b.events {
		switch {
		case e.Finding != nil:
			findings = append(findings, e.Finding.Ref.ID)
		case e.Allowed != nil:
			allowed = append(allowed, e.Allowed.Finding.Ref.ID)
		}
	}
	return findings, allowed
}

// What is allowed is stored, told and counted apart; a pattern sees no secret.
func TestAllowedFindingsAreToldApart(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "first line\nfor the probe: token=hunter2-hunter2 pw=abc"))
	b.mail.Put("ann", "in", "2", raw("2", "hello", "for others: token=other-secret-value"))
	probe := &allower{word: "probe"}
	b.Allow = probe
	s := b.must()
	findings, allowed := b.told()
	if !slices.Equal(findings, []string{"2"}) || !slices.Equal(allowed, []string{"1", "1"}) {
		t.Errorf("findings %q, allowed %q", findings, allowed)
	}
	want := []sweeper.AllowedCount{{Allowance: sweeper.Allowance{Entry: "probe", Reason: "ours", Expires: "2099-01-31"}, Findings: 2}}
	if diff := cmp.Diff(want, s.Allowed); diff != "" || s.Findings != 1 || s.Exposures != 1 {
		t.Errorf("%+v\n%s", s, diff)
	}
	slices.Sort(probe.seen)
	if diff := cmp.Diff([]string{"for others: token=[redacted]", "for the probe: token=[redacted] pw=[redacted]"}, probe.seen); diff != "" {
		t.Error(diff)
	}
	stored := b.findings(store.FindingFilter{})
	if len(stored) != 3 {
		t.Errorf("%d findings are stored, want all 3", len(stored))
	}

	// Other patterns: the mail is read again. Without any, it is once more.
	b.Allow = &allower{word: "others"}
	if s = b.must(); s.Reread != 1 || s.Findings != 2 || s.Allowed[0].Findings != 1 {
		t.Errorf("with another pattern: %+v", s)
	}
	b.Allow = nil
	if s = b.must(); s.Reread != 1 || s.Findings != 3 || len(s.Allowed) != 0 {
		t.Errorf("without an allow-list: %+v", s)
	}
}

// Without text patterns an allow-list changes nothing about what has been read.
func TestAllowWithoutPatternsReadsNothingAgain(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=hunter2-hunter2"))
	b.must()
	none := &allower{}
	b.Allow = none
	if s := b.must(); s.Messages != 0 || s.Reread != 0 || len(none.seen) != 0 {
		t.Errorf("%+v, %d lines were shown", s, len(none.seen))
	}
}

// A secret that a line shows in another form only is not shown to a pattern.
func TestPatternsSeeNoLineThatCannotBeMasked(t *testing.T) {
	b := newBench(t)
	b.Detector = elsewhere{}
	b.mail.Put("ann", "in", "1", raw("1", "hello", "for the probe: aHVudGVyMg=="))
	probe := &allower{word: "probe"}
	b.Allow = probe
	if s := b.must(); s.Findings != 1 || len(probe.seen) != 0 {
		t.Errorf("%d findings, shown %q", s.Findings, probe.seen)
	}
}

// elsewhere finds what is in no text as it stands.
type elsewhere struct{}

func (elsewhere) Digest() string { return "elsewhere" }

func (elsewhere) Detect(_ context.Context, m sweeper.Mail) (found []sweeper.Candidate, _ error) {
	for _, t := range m.Texts {
		if t.View == decode.Body {
			found = append(found, sweeper.Candidate{
				Rule: "word", Kind: sweeper.Token, Confidence: sweeper.Likely, Path: t.Path, View: t.View, Line: 1, Secret: secret.New("hunter2"),
			})
		}
	}
	return found, nil
}

func TestWhoVouchesIsKept(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", "Authentication-Results: mx.d.example; dmarc=pass header.from=b.example\n"+raw("1", "hello", "token=hunter2-hunter2"))
	b.must()
	want := decode.Authentication{By: "mx.d.example", Author: "a@b.example"}
	if got := b.findings(store.FindingFilter{})[0].Authentication; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
