package sweeper_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// Mailboxes, folders and files are named by people and programs. What a detector
// matches in a name is masked in all that is told and kept: findings, skips, errors,
// and what the run says of itself.
func TestNamesAreMasked(t *testing.T) {
	b := newBench(t)
	unreadable := func(context.Context, *decode.Budget) (decode.Mail, error) {
		return decode.Mail{}, &sweeper.Skip{Skip: decode.Skip{Reason: decode.Unreadable}}
	}
	b.mail.Put("box token=secret-0", "in/token=secret-1", "a/pw=s2/token=secret-2.eml", raw("1", "hello", "token=other-value"))
	b.mail.PutMail("box token=secret-0", "in/token=secret-1", "token=secret-3.png", 9, unreadable)
	b.mail.PutMail("box token=secret-0", "out", "1", 9, func(context.Context, *decode.Budget) (decode.Mail, error) {
		return decode.Mail{}, errors.New("reading token=secret-4: no more files")
	})
	b.mail.BeforePage = func(f sweeper.Folder, pages int) error {
		if pages == 0 {
			return &sweeper.Skip{Ref: sweeper.Ref{Mailbox: f.Mailbox, Folder: f.Name, ID: "token=secret-5"}, Skip: decode.Skip{Reason: decode.NotMail}}
		}
		return nil
	}
	b.events = nil
	sum, err := b.Sweep(t.Context(), sweeper.Run{Actor: "test", Sources: []string{"mail/token=secret-6"}, Filters: map[string]string{"folder": "token=secret-7"}}, b.mail)
	if err == nil || !strings.Contains(err.Error(), "no more files") {
		t.Errorf("the sweep gives %v, want the error of a message", err)
	}
	told := fmt.Sprint(sum, err)
	tell := func(r sweeper.Ref, s decode.Skip) { told += fmt.Sprintln(r.Mailbox, r.Folder, r.ID, s) }
	for _, e := range b.events {
		if e.Finding != nil {
			tell(e.Finding.Ref, decode.Skip{})
		}
		if e.Skip != nil {
			tell(e.Skip.Ref, e.Skip.Skip)
		}
	}
	for s, err := range b.db.Skips(t.Context(), store.SkipFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		tell(s.Ref, s.Skip)
	}
	for r, err := range b.db.Runs(t.Context()) {
		told += fmt.Sprintf("%+v %v", r, err)
	}
	if i := strings.Index(told, "secret-"); i >= 0 || strings.Contains(told, "s2") {
		t.Errorf("a secret is told:\n%s", told)
	}
	if !strings.Contains(told, "box token=[redacted] in/token=[redacted] a/pw=[redacted]/token=[redacted]") {
		t.Errorf("told is\n%s", told)
	}
}

// A name that the detector does not get through is not shown.
func TestNameThatTakesTooLong(t *testing.T) {
	b := newBench(t)
	b.Limits.Time = 20 * time.Millisecond
	b.Detector = words{before: func(ctx context.Context, _ sweeper.Mail) error { <-ctx.Done(); return ctx.Err() }}
	b.mail.Put("ann", "in", "name", raw("1", "hello", "token=secret-value-1"))
	b.must()
	for _, f := range b.findings(store.FindingFilter{}) {
		if strings.Contains(f.Ref.ID+f.Ref.Mailbox+f.Ref.Folder, "n") && !strings.Contains(f.Ref.ID, "[not shown") {
			t.Errorf("shown: %+v", f.Ref)
		}
	}
}
