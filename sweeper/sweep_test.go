package sweeper_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailsweep/decode"
	"mailsweep/secret"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/sweeper/sweepertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// words finds what follows "token=" and "pw=" in any text.
type words struct {
	before func(ctx context.Context, m sweeper.Mail) error
	digest string
	surer  string // words that begin so are confirmed
}

func (d words) Digest() string { return d.digest }

func (d words) Detect(ctx context.Context, m sweeper.Mail) (found []sweeper.Candidate, err error) {
	for _, t := range m.Texts {
		if strings.Contains(t.Body, "lorem") {
			m.Suppressed.Add("placeholder")
		}
		for i, line := range strings.Split(t.Body, "\n") {
			for _, word := range strings.Fields(line) {
				c := sweeper.Candidate{Rule: "word", Confidence: sweeper.Likely, Reason: "test", Path: t.Path, View: t.View, Line: i + 1}
				if v, ok := strings.CutPrefix(word, "token="); ok {
					c.Kind, c.Secret = sweeper.Token, secret.New(v)
				} else if v, ok := strings.CutPrefix(word, "pw="); ok {
					c.Kind, c.Secret = sweeper.Password, secret.New(v)
				} else {
					continue
				}
				if d.surer != "" && strings.HasPrefix(word, d.surer) {
					c.Confidence = sweeper.Confirmed
				}
				found = append(found, c)
			}
		}
	}
	if d.before != nil {
		err = d.before(ctx, m)
	}
	return found, err
}

// bench is a sweep with all that it needs.
type bench struct {
	*testing.T
	*sweeper.Sweeper
	db     *sqlite.DB
	mail   *sweepertest.Memory
	events []sweeper.Event
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	key, _ := secret.ParseKey(strings.Repeat("01", 32))
	b := &bench{T: t, db: db, mail: &sweepertest.Memory{}}
	b.Sweeper = &sweeper.Sweeper{
		Detector: words{digest: "1"}, Store: db, Key: key, Limits: decode.DefaultLimits(), Workers: 4,
		Events: func(e sweeper.Event) error { b.events = append(b.events, e); return nil },
	}
	return b
}

func (b *bench) sweep() (sweeper.Summary, error) {
	b.events = nil
	return b.Sweep(b.Context(), sweeper.Run{Actor: "test"}, b.mail)
}

// must sweeps, and fails the test on an error.
func (b *bench) must() sweeper.Summary {
	b.Helper()
	s, err := b.sweep()
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func (b *bench) findings(f store.FindingFilter) (list []sweeper.Finding) {
	b.Helper()
	for f, err := range b.db.Findings(b.Context(), f) {
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, f)
	}
	return list
}

func raw(id, subject, body string) string {
	return fmt.Sprintf("From: a@b.example\nTo: c@d.example\nSubject: %s\nMessage-ID: <%s@b.example>\nDate: Mon, 02 Mar 2026 09:14:00 +0100\n\n%s\n", subject, id, body)
}

func TestSweepFindsOnceAndReadsOnlyChanges(t *testing.T) {
	b := newBench(t)
	for i := range 100 {
		b.mail.Put("ann", "in", fmt.Sprint(i), raw(fmt.Sprint(i), "hello", fmt.Sprintf("token=secret-value-%d", i%50)))
	}
	s := b.must()
	if s.Messages != 100 || s.Findings != 100 || s.NewFindings != 100 || s.Exposures != 50 || s.Outcome != sweeper.Completed {
		t.Errorf("first: %+v", s)
	}
	if s = b.must(); s.Messages != 0 || s.Findings != 0 {
		t.Errorf("second: %+v", s)
	}
	b.mail.Put("ann", "in", "new", raw("new", "hello", "token=secret-value-1"))
	if s = b.must(); s.Messages != 1 || s.NewFindings != 1 || s.Exposures != 1 {
		t.Errorf("after one came: %+v", s)
	}
	b.Again = true
	if s = b.must(); s.Messages != 101 || s.NewFindings != 0 || s.Findings != 101 {
		t.Errorf("again: %+v", s)
	}
	b.Again, b.Detector = false, words{digest: "2"}
	if s = b.must(); s.Messages != 101 || s.NewFindings != 0 || s.Reread != 1 {
		t.Errorf("with other rules: %+v", s)
	}
}

// TestWhatWasSuppressedIsCounted: by name, over all messages of a run.
func TestWhatWasSuppressedIsCounted(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.mail.Put("ann", "in", fmt.Sprint(i), raw(fmt.Sprint(i), "hello", "lorem"))
	}
	if s := b.must(); len(s.Suppressed) != 1 || s.Suppressed["placeholder"] != 3 {
		t.Errorf("suppressed %v", s.Suppressed)
	}
	if s := b.must(); s.Suppressed != nil {
		t.Errorf("nothing was read, suppressed %v", s.Suppressed)
	}
}

func TestEventsComeInTheOrderOfTheFolder(t *testing.T) {
	b := newBench(t)
	b.Detector = words{before: func(context.Context, sweeper.Mail) error { time.Sleep(time.Millisecond); return nil }}
	for i := range 60 {
		b.mail.Put("ann", "in", fmt.Sprintf("%03d", i), raw(fmt.Sprint(i), "hello", "token=same-secret-value"))
	}
	b.must()
	var ids []string
	for _, e := range b.events {
		if e.Finding != nil {
			ids = append(ids, e.Finding.Ref.ID)
		}
	}
	if len(ids) != 60 || !slices.IsSorted(ids) {
		t.Errorf("%d findings, in this order: %v", len(ids), ids)
	}
	if last := b.events[len(b.events)-1]; last.Summary == nil {
		t.Error("the summary does not come last")
	}
}

// One folder that fails, one that is out of bounds: the others are swept.
func TestOneFolderDoesNotStopTheOthers(t *testing.T) {
	b := newBench(t)
	for _, f := range []string{"bad", "good", "shut"} {
		b.mail.Put("ann", f, "1", raw("1", "hello", "token=secret-in-"+f))
	}
	broken := errors.New("the disk says no")
	b.mail.BeforePage = func(f sweeper.Folder, _ int) error {
		switch f.Name {
		case "bad":
			return broken
		case "shut":
			return &sweeper.Skip{Ref: sweeper.Ref{Source: f.Source, Mailbox: f.Mailbox, Folder: f.Name}, Skip: decode.Skip{Reason: decode.Unreadable, Detail: "no permission"}}
		}
		return nil
	}
	s, err := b.sweep()
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "ann/bad") || s.Outcome != sweeper.Failed {
		t.Errorf("error %v, outcome %s", err, s.Outcome)
	}
	if s.Findings < 1 || s.SkipsByReason["unreadable"] != 1 {
		t.Errorf("%+v", s)
	}
	b.mail.BeforePage = nil
	b.must()
	if n := len(b.findings(store.FindingFilter{})); n != 3 {
		t.Errorf("after it was mended: %d findings", n)
	}
}

func TestMessageThatCannotBeOpened(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=first-secret-value"))
	b.mail.Put("ann", "in", "2", raw("2", "hello", "token=second-secret-value"))
	b.mail.BeforeOpen = func(r sweeper.Ref) error {
		if r.ID == "1" {
			return &sweeper.Skip{Ref: r, Skip: decode.Skip{Reason: decode.Gone}}
		}
		return nil
	}
	if s := b.must(); s.Messages != 2 || s.Findings != 1 || s.SkipsByReason["gone"] != 1 {
		t.Errorf("%+v", s)
	}
}

// What a detector matched is masked in all that is kept of the mail, also where
// other parts repeat it.
func TestMatchedWordsAreMasked(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", strings.Replace(
		raw("1", "Re: pw=abc and ordinary abc", "token=long-enough-value"),
		"a@b.example", `"long-enough-value" <a@b.example>`, 1))
	b.must()
	found := b.findings(store.FindingFilter{})
	if len(found) != 2 {
		t.Fatalf("%d findings", len(found))
	}
	if got := fmt.Sprintf("%+v", found); strings.Contains(got, "abc") || strings.Contains(got, "long-enough") {
		t.Errorf("kept: %s", got)
	}
}

func TestWindow(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-value-1"))
	b.mail.Put("ann", "in", "2", strings.Replace(raw("2", "hello", "token=secret-value-2"), "2026 09", "2025 09", 1))
	b.mail.Put("ann", "in", "3", strings.Replace(raw("3", "hello", "token=secret-value-3"), "Date:", "X-Date:", 1))
	b.Window.Since = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if s := b.must(); s.Messages != 2 {
		t.Errorf("since 2026, mail without a date included: %+v", s)
	}
	b.Window = sweeper.Window{}
	if s := b.must(); s.Messages != 3 || s.NewFindings != 1 {
		t.Errorf("without a window: %+v", s)
	}
}

// A detector that is late is a Skip; one that fails is an error and nothing counts
// as searched; one that panics loses one message, not the sweep.
func TestDetectorInTrouble(t *testing.T) {
	t.Run("late", func(t *testing.T) {
		b := newBench(t)
		b.Limits.Time = 20 * time.Millisecond
		b.Detector = words{before: func(ctx context.Context, _ sweeper.Mail) error { <-ctx.Done(); return ctx.Err() }}
		b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-value-1"))
		if s := b.must(); s.Findings != 1 || s.SkipsByReason["time-limit"] != 1 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("failing", func(t *testing.T) {
		b := newBench(t)
		b.Detector = words{before: func(context.Context, sweeper.Mail) error { return errors.New("out of order") }}
		b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-value-1"))
		if s, err := b.sweep(); err == nil || s.Messages != 0 {
			t.Errorf("%+v, %v", s, err)
		}
		b.Detector = words{}
		if s := b.must(); s.Messages != 1 {
			t.Errorf("it was taken as searched: %+v", s)
		}
	})
	t.Run("panicking", func(t *testing.T) {
		b := newBench(t)
		b.Detector = words{before: func(_ context.Context, m sweeper.Mail) error {
			if m.Ref.ID == "1" {
				panic("token=secret-value-1")
			}
			return nil
		}}
		b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-value-1"))
		b.mail.Put("ann", "in", "2", raw("2", "hello", "token=secret-value-2"))
		if s := b.must(); s.Messages != 2 || s.Findings != 1 || s.SkipsByReason["damaged"] != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// A closed pipe or a full disk under the report ends the sweep with its error.
func TestEventsError(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-value-1"))
	for i := range 20 {
		b.mail.Put("ann", fmt.Sprint("folder ", i), "x", raw(fmt.Sprint(i), "hello", "token=secret-value-1"))
	}
	full := errors.New("no space left")
	b.Events = func(sweeper.Event) error { return full }
	s, err := b.Sweep(t.Context(), sweeper.Run{}, b.mail)
	if !errors.Is(err, full) || s.Outcome != sweeper.Failed {
		t.Errorf("got %v, %s", err, s.Outcome)
	}
	if s.Folders > 2 {
		t.Errorf("%d folders were swept and told to nobody", s.Folders)
	}
}

// A message's passing error is told as what it is, not as an interrupt.
func TestMessageErrorIsTold(t *testing.T) {
	b := newBench(t)
	b.Workers = 1
	for i := range 50 {
		b.mail.Put("ann", "in", fmt.Sprint(i), raw(fmt.Sprint(i), "hello", "nothing"))
	}
	many := errors.New("too many open files")
	b.mail.BeforeOpen = func(r sweeper.Ref) error {
		if r.ID == "3" {
			return many
		}
		return nil
	}
	if s, err := b.sweep(); !errors.Is(err, many) || errors.Is(err, context.Canceled) || s.Outcome != sweeper.Failed {
		t.Errorf("got %v, %s", err, s.Outcome)
	}
}

func TestCancelledSweepGoesOnLater(t *testing.T) {
	b := newBench(t)
	for i := range 200 {
		b.mail.Put("ann", "in", fmt.Sprintf("%03d", i), raw(fmt.Sprint(i), "hello", fmt.Sprintf("token=secret-value-%d", i)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	b.Events = func(e sweeper.Event) error {
		if n++; n == 50 {
			cancel()
		}
		return nil
	}
	s, err := b.Sweep(ctx, sweeper.Run{}, b.mail)
	if !errors.Is(err, context.Canceled) || s.Outcome != sweeper.Interrupted || s.Messages == 200 {
		t.Fatalf("%+v, %v", s, err)
	}
	b.Events = nil
	if rest := b.must(); s.Messages+rest.Messages != 200 {
		t.Errorf("%d and then %d messages", s.Messages, rest.Messages)
	}
	if n := len(b.findings(store.FindingFilter{})); n != 200 {
		t.Errorf("%d findings", n)
	}
}

// The stale cursor of a sweep that another one overtook is taken up anew.
func TestOvertakenSweepGoesOn(t *testing.T) {
	b, other := newBench(t), newBench(t)
	for i := range 100 {
		b.mail.Put("ann", "in", fmt.Sprintf("%03d", i), raw(fmt.Sprint(i), "hello", fmt.Sprintf("token=secret-value-%d", i)))
	}
	other.Store, other.db = b.db, b.db
	overtaken := false
	b.mail.BeforePage = func(_ sweeper.Folder, pages int) error {
		if pages == 3 && !overtaken {
			overtaken = true
			if _, err := other.Sweep(t.Context(), sweeper.Run{}, b.mail); err != nil {
				t.Error(err)
			}
		}
		return nil
	}
	b.must()
	if n := len(b.findings(store.FindingFilter{})); n != 100 || !overtaken {
		t.Errorf("%d findings", n)
	}
}

func TestPasswordIsAnExposureForEachThread(t *testing.T) {
	b := newBench(t)
	for i := range 34 {
		b.mail.Put("ann", "in", fmt.Sprint(i), raw(fmt.Sprint(i), "welcome", "pw=Welcome2026!"))
	}
	if s := b.must(); s.Exposures != 34 {
		t.Errorf("%+v", s)
	}
}
