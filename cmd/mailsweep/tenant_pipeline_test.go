package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/m365"
	"mailsweep/mailfile"
	"mailsweep/secret"
	"mailsweep/simulator"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

// pipeline is the whole sweep in this process: the detectors with their own rules, and
// a database. The key is the same for all, so that fingerprints can be compared.
type pipeline struct {
	*testing.T
	set *detectors.Set
	db  *sqlite.DB
	key secret.Key
	// skips are those of the last sweep.
	skips []sweeper.Skip
}

func newPipeline(t *testing.T, set *detectors.Set) *pipeline {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	must(err)
	t.Cleanup(func() { must(db.Close()) })
	return &pipeline{T: t, set: set, db: db}
}

// ownRules are the detectors as users have them.
func ownRules() *detectors.Set {
	set, err := detectors.New(detectors.Options{})
	must(err)
	return set
}

func (p *pipeline) sweep(ctx context.Context, src ...sweeper.Source) (sweeper.Summary, error) {
	p.skips = nil
	sw := &sweeper.Sweeper{Detector: p.set, Store: p.db, Key: p.key, Limits: decode.DefaultLimits(), Workers: 2, Mailboxes: 16, Folders: m365.AtOnce,
		Events: func(e sweeper.Event) error {
			if e.Skip != nil {
				p.skips = append(p.skips, *e.Skip)
			}
			return nil
		}}
	return sw.Sweep(ctx, sweeper.Run{Actor: "test"}, src...)
}

// swept sweeps, and fails the test on an error.
func (p *pipeline) swept(src ...sweeper.Source) sweeper.Summary {
	p.Helper()
	sum, err := p.sweep(p.Context(), src...)
	if err != nil {
		p.Fatal(err)
	}
	return sum
}

// sightings are the findings in mail that is still there, one a line, with nothing in
// them that differs from one sweep of the same mail to the next.
func (p *pipeline) sightings() []string {
	p.Helper()
	var list []string
	for f, err := range p.db.Findings(p.Context(), store.FindingFilter{}) {
		must(err)
		list = append(list, fmt.Sprint(f.Rule, " ", f.Fingerprint[:16], " ", f.Ref.Mailbox, "/", f.Ref.Folder, " ", f.Ref.InternetMessageID, " ", f.Part, ":", f.Line))
	}
	slices.Sort(list)
	return list
}

// secrets are the secrets that were found, by rule and fingerprint, with one place of
// each to look at.
func (p *pipeline) secrets() map[string]string {
	p.Helper()
	found := map[string]string{}
	for f, err := range p.db.Findings(p.Context(), store.FindingFilter{Gone: true}) {
		must(err)
		at := f.Ref.Mailbox + "/" + f.Ref.Folder + " " + f.Ref.InternetMessageID + " " + f.Part
		id := f.Rule + " " + f.Fingerprint[:16]
		found[id] = cmp.Or(min(at, found[id]), at)
	}
	return found
}

// served starts a server of the tenant and connects to it.
func served(t *testing.T, tenant *simulator.Tenant, o simulator.Options, change ...func(*m365.Options)) (*m365.Client, *simulator.Server) {
	t.Helper()
	server := simulator.NewServer(tenant, o)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	c := m365.Options{Endpoint: listener.URL}
	for _, f := range change {
		f(&c)
	}
	client, err := m365.New(c)
	must(err)
	return client, server
}

// everything is a Source of all that a tenant has.
func everything(c *m365.Client, tenant *simulator.Tenant) *m365.Source {
	src, err := c.Source(m365.SourceOptions{Tenant: tenant.ID(), Select: m365.Selection{All: true}, Recoverable: m365.Recoverable()})
	must(err)
	return src
}

// calm is what a sweep of the tenant finds when nothing goes wrong.
func calm(t *testing.T, set *detectors.Set, tenant *simulator.Tenant) []string {
	t.Helper()
	p := newPipeline(t, set)
	client, _ := served(t, tenant, simulator.Options{})
	p.swept(everything(client, tenant))
	return p.sightings()
}

// same compares sightings, and shows the first of those that differ.
func same(t *testing.T, how string, got, want []string) {
	t.Helper()
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("%s: %d findings, want %d\n%.4000s", how, len(got), len(want), d)
	}
}

// openFiles is a Source of the mail in a directory.
func openFiles(dir string) sweeper.Source {
	src, err := mailfile.New([]string{dir}, mailfile.Options{})
	must(err)
	return src
}

// without are the names in a that are not in b.
func without(a, b map[string]string) []string {
	var list []string
	for _, id := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[id]; !ok {
			list = append(list, id+" in "+a[id])
		}
	}
	return list
}
