package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/report/dossier"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

// writeDossier writes the report that a manager reads.
func (a *app) writeDossier(cmd *cobra.Command, db *sqlite.DB, c config.Config, f store.FindingFilter, out *output) error {
	ctx := cmd.Context()
	d := dossier.Dossier{Case: c.Case, Written: a.now(), Version: version().Version, Filters: described(f)}
	var own notify.Domains
	if c.Policy != "" {
		p, err := openPolicy(c)
		if err != nil {
			return err
		}
		d.Organisation, own, d.Parties = p.Organisation.Name, p.Organisation.Domains, true
	}
	at, err := a.dossierExposures(ctx, db, c, f, &d)
	if err != nil {
		return err
	}
	if err := sightingsInto(ctx, db, own, &d, at); err != nil {
		return err
	}
	for o, err := range db.Ownerships(ctx, store.OwnershipFilter{}) {
		if err != nil {
			return err
		}
		if i, ok := at[o.Exposure]; ok {
			d.Exposures[i].Owners = append(d.Exposures[i].Owners, o)
		}
	}
	if err := coverageInto(ctx, db, f, &d); err != nil {
		return err
	}
	return dossier.Write(out, d)
}

// dossierExposures gives the exposures to the dossier, and where each of them is there.
func (a *app) dossierExposures(ctx context.Context, db *sqlite.DB, c config.Config, f store.FindingFilter, d *dossier.Dossier) (at map[string]int, err error) {
	list, err := a.allowed(ctx, db, c)
	if err != nil {
		return nil, err
	}
	at = map[string]int{}
	for e, err := range toRotate(ctx, db, list, store.ExposureFilter{FindingFilter: f}, func(n int) { d.Allowed = n }) {
		if err != nil {
			return nil, err
		}
		if e.Confidence < sweeper.Likely {
			d.Review++
			continue
		}
		at[e.ID] = len(d.Exposures)
		d.Exposures = append(d.Exposures, dossier.Exposure{Exposure: e, Party: string(notify.PartyUnknown)})
	}
	return at, nil
}

// waysKept bounds what is kept of one exposure: a password mailed to a list of thousands.
const waysKept = 50

// sightingsInto adds what sightings say: what found an exposure, and who mailed it to whom.
func sightingsInto(ctx context.Context, db *sqlite.DB, own notify.Domains, d *dossier.Dossier, at map[string]int) error {
	type best struct {
		confidence sweeper.Confidence
		earliest   sweeper.Finding
	}
	known := map[string]*best{}
	for f, err := range db.Findings(ctx, store.FindingFilter{Gone: true}) {
		if err != nil {
			return err
		}
		i, ok := at[f.Exposure]
		if !ok {
			continue
		}
		e, b := &d.Exposures[i], known[f.Exposure]
		if b == nil {
			b = &best{earliest: f}
			known[f.Exposure] = b
		}
		if f.Confidence > b.confidence {
			b.confidence, e.Rule, e.Why = f.Confidence, f.Rule, f.Reason
		}
		if !f.Received.IsZero() && (b.earliest.Received.IsZero() || f.Received.Before(b.earliest.Received)) {
			b.earliest = f
		}
		for _, w := range waysOf(f) {
			if len(e.Ways) < waysKept && !slices.Contains(e.Ways, w) {
				e.Ways = append(e.Ways, w)
			}
		}
	}
	if d.Parties {
		for id, b := range known {
			d.Exposures[at[id]].Party = string(own.Party(b.earliest))
		}
	}
	return nil
}

// waysOf are who mailed a sighting to whom: to its recipients, or else to whose mailbox it
// is in.
func waysOf(f sweeper.Finding) (all []dossier.Way) {
	from := plainAddress(f.From)
	for _, to := range slices.Concat(f.To, f.Cc) {
		if a := plainAddress(to); a != "" && len(all) < waysKept {
			all = append(all, dossier.Way{From: from, To: a})
		}
	}
	if len(all) == 0 {
		all = append(all, dossier.Way{From: from, To: plainAddress(f.Ref.Mailbox)})
	}
	return all
}

// plainAddress is the address of a header's mailbox, in small letters; "" for none.
func plainAddress(s string) string {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(a.Address)
}

// coverageInto adds the runs and what could not be searched.
func coverageInto(ctx context.Context, db *sqlite.DB, f store.FindingFilter, d *dossier.Dossier) error {
	for r, err := range db.Runs(ctx) {
		if err != nil {
			return err
		}
		if f.Run == "" || f.Run == r.ID {
			d.Runs = append(d.Runs, dossier.Run{ID: r.ID, Actor: r.Actor, Case: r.Case, Started: r.Started, Ended: r.Ended, Summary: r.Summary})
		}
	}
	skips := map[string]*dossier.Skips{}
	for s, err := range db.Skips(ctx, store.SkipFilter{Mailboxes: f.Mailboxes, Folders: f.Folders, Run: f.Run, New: f.New, Gone: f.Gone}) {
		if err != nil {
			return err
		}
		reason := string(s.Reason)
		if skips[reason] == nil {
			where := strings.Trim(strings.Join([]string{s.Ref.Mailbox, s.Ref.Folder, s.Path}, " / "), " /")
			skips[reason] = &dossier.Skips{Reason: reason, Example: cmp.Or(where, s.Detail)}
		}
		skips[reason].N++
	}
	for _, s := range slices.SortedFunc(maps.Values(skips), func(a, b *dossier.Skips) int { return cmp.Or(b.N-a.N, strings.Compare(a.Reason, b.Reason)) }) {
		d.Skips = append(d.Skips, *s)
	}
	return nil
}

// described says in words what narrows a list.
func described(f store.FindingFilter) (all []string) {
	for _, part := range []struct {
		name   string
		values []string
	}{{"rules", f.Rules}, {"mailboxes", f.Mailboxes}, {"folders", f.Folders}} {
		if len(part.values) > 0 {
			all = append(all, part.name+" "+strings.Join(part.values, ", "))
		}
	}
	for _, k := range f.Kinds {
		all = append(all, "kind "+string(k))
	}
	if f.MinSeverity > 0 {
		all = append(all, "severity "+f.MinSeverity.String()+" and above")
	}
	if f.MinConfidence > sweeper.Likely {
		all = append(all, "confidence "+f.MinConfidence.String()+" and above")
	}
	if f.Run != "" {
		all = append(all, "run "+f.Run)
	}
	if f.Fingerprint != "" {
		all = append(all, "one fingerprint")
	}
	if !f.Received.Since.IsZero() {
		all = append(all, "mail since "+f.Received.Since.UTC().Format("2006-01-02 15:04"))
	}
	if !f.Received.Until.IsZero() {
		all = append(all, fmt.Sprint("mail until ", f.Received.Until.UTC().Format("2006-01-02 15:04")))
	}
	return all
}
