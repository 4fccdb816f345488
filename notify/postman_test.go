package notify_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mailsweep/notify"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

const officePolicy = `
organisation: {name: Contoso, domains: [contoso.example], contact: security@contoso.example, verify: "https://contoso.example/v"}
owners: {cloud: {to: cloud@contoso.example}}
routes: [{owners: cloud}]
channels: {inside: smtp}
quiet: {from: "18:00", to: "08:00", zone: UTC}
`

// office is a postman with a store, and a channel that answers as it is told.
type office struct {
	*notify.Postman
	db    *sqlite.DB
	said  []string // what became of notices
	sent  []string // the references that went out
	fails func(n int) error
	looks func() (bool, error)
	state sweeper.State // of all exposures
	now   time.Time
}

func (o *office) Name() string { return "smtp" }

func (o *office) Send(_ context.Context, l notify.Letter) (string, error) {
	if o.fails != nil {
		if err := o.fails(len(o.sent)); err != nil {
			return "", err
		}
	}
	o.sent = append(o.sent, l.Reference)
	return "250 queued", nil
}

func (o *office) Look(context.Context, string) (bool, error) {
	if o.looks == nil {
		return false, notify.ErrCannotLook
	}
	return o.looks()
}

// newOffice has so many approved notices, N-00 and on, of one exposure each.
func newOffice(t *testing.T, notices int) *office {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	policy, err := notify.ReadPolicy(fstest.MapFS{"p.yaml": {Data: []byte(officePolicy)}}, "p.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{db: db, now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), state: sweeper.Open}
	o.Postman = &notify.Postman{
		Policy: policy, Outbox: db, Senders: map[string]notify.Sender{"smtp": o}, Actor: "ada@here", Now: func() time.Time { return o.now },
		Leak: func(_ context.Context, id string) (notify.Leak, bool, error) {
			return notify.Leak{Exposure: sweeper.Exposure{ID: id, Kind: sweeper.Token, Severity: sweeper.High, State: o.state}}, true, nil
		},
		Tell: func(d notify.Delivery) {
			o.said = append(o.said, fmt.Sprint(d.Notice.ID, " ", d.Stage, ": ", d.Detail))
		},
	}
	var all []notify.Notice
	for i := range notices {
		all = append(all, notify.Notice{
			ID: fmt.Sprintf("N-%02d", i), Owner: notify.Owner{ID: "team:cloud", Name: "cloud", Audience: notify.Inside, To: []string{"cloud@contoso.example"}},
			Occasion: notify.First, Channel: "smtp", Items: []notify.Item{{Exposure: fmt.Sprint("x", i), Round: 1}}, PlannedBy: "ada@here",
		})
	}
	if _, err := db.Plan(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		if err := db.Approve(t.Context(), n.ID, "bob@here", true); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// stages are those of all notices, in their order.
func (o *office) stages(t *testing.T) string {
	t.Helper()
	var all []string
	for n, err := range o.db.Notices(t.Context(), notify.NoticeFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(n.Stage))
	}
	return strings.Join(all, " ")
}

func (o *office) works(t *testing.T, ids ...string) {
	t.Helper()
	o.said = nil
	if err := o.Postman.Send(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
}

func TestPostmanSends(t *testing.T) {
	o := newOffice(t, 3)
	o.works(t, "N-01")
	if got := o.stages(t); got != "approved sent approved" || strings.Join(o.said, "; ") != "N-01 sent: 250 queued" {
		t.Error(got, o.said)
	}
	o.works(t)
	o.works(t)
	if got := strings.Join(o.sent, " "); o.stages(t) != "sent sent sent" || got != "N-01 N-00 N-02" {
		t.Error(o.stages(t), got)
	}
}

func TestPostmanKeepsQuiet(t *testing.T) {
	o := newOffice(t, 1)
	o.now = o.now.Add(7 * time.Hour)
	o.works(t)
	if o.stages(t) != "approved" || o.said[0] != "N-00 approved: quiet until Thu 08:00 UTC" {
		t.Error(o.stages(t), o.said)
	}
	o.Urgent = true
	if o.works(t); o.stages(t) != "sent" {
		t.Error("it is urgent, and was not sent")
	}
}

// TestPostmanInTrouble: what each failure leaves of a notice.
func TestPostmanInTrouble(t *testing.T) {
	refused := fmt.Errorf("%w: 550 no such user", notify.ErrNotSent)
	later := fmt.Errorf("%w: connection refused", notify.ErrLater)
	for name, c := range map[string]struct {
		fails func(int) error
		looks func() (bool, error)
		want  string
	}{
		"refused":            {func(int) error { return refused }, nil, "failed failed failed approved approved"},
		"not now":            {func(int) error { return later }, nil, "approved approved approved approved approved"},
		"nobody knows":       {func(int) error { return errors.New("the line broke") }, nil, "in-doubt in-doubt in-doubt approved approved"},
		"found afterwards":   {func(int) error { return errors.New("the line broke") }, func() (bool, error) { return true, nil }, "sent sent sent approved approved"},
		"certainly not sent": {func(int) error { return errors.New("the line broke") }, func() (bool, error) { return false, nil }, "approved approved approved approved approved"},
		"now and then": {func() func(int) error {
			n := 0
			return func(int) error {
				if n++; n%2 == 0 {
					return refused
				}
				return nil
			}
		}(), nil, "sent failed sent failed sent"},
	} {
		o := newOffice(t, 5)
		o.fails, o.looks = c.fails, c.looks
		if o.works(t); o.stages(t) != c.want {
			t.Errorf("%s: %s", name, o.stages(t))
		}
	}
}

// TestPostmanRecovers: what an earlier one left in the middle.
func TestPostmanRecovers(t *testing.T) {
	for name, c := range map[string]struct {
		looks func() (bool, error)
		want  string
	}{
		"it knows that it was sent":   {func() (bool, error) { return true, nil }, "sent"},
		"it knows that it was not":    {func() (bool, error) { return false, nil }, "approved"},
		"it cannot tell":              {nil, "in-doubt"},
		"it cannot be asked just now": {func() (bool, error) { return false, fmt.Errorf("%w: timeout", notify.ErrCannotLook) }, "in-doubt"},
	} {
		o := newOffice(t, 1)
		if _, err := o.db.Start(t.Context(), "N-00", "<n-00@contoso.example>"); err != nil {
			t.Fatal(err)
		}
		o.looks = c.looks
		for range 2 { // what is in doubt stays so, and is told once
			if err := o.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.stages(t); got != c.want || len(o.said) != 1 || len(o.sent) != 0 {
			t.Errorf("%s: %s, %q", name, got, o.said)
		}
	}
}

// TestPostmanTellsWhatIsOpen: what was settled since the approval is told to nobody.
func TestPostmanTellsWhatIsOpen(t *testing.T) {
	o := newOffice(t, 1)
	o.state = sweeper.Rotated
	if o.works(t); o.stages(t) != "cancelled" || len(o.sent) != 0 {
		t.Error(o.stages(t), o.sent)
	}
}

// TestPostmanIsStopped: a letter under way is settled, and no other begun.
func TestPostmanIsStopped(t *testing.T) {
	o := newOffice(t, 3)
	ctx, stop := context.WithCancel(t.Context())
	o.fails = func(int) error { stop(); return nil }
	if err := o.Postman.Send(ctx, nil); !errors.Is(err, context.Canceled) || o.stages(t) != "sent approved approved" {
		t.Error(err, o.stages(t))
	}
}
