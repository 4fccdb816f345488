package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/pflag"

	"mailsweep/allow"
	"mailsweep/config"
	"mailsweep/detectors"
	"mailsweep/doctor"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// soon is how long before its end an entry is spoken of.
const soon = 14 * 24 * time.Hour

func addAllow(f *pflag.FlagSet) {
	f.StringArray("allow", nil, "report nothing that the allow-list in this YAML `file` covers (may be repeated)")
}

// openAllow reads the allow-lists. Rules that entries name are looked up where there is
// a set of them: lists also show what rules have found that are no longer in force.
func (a *app) openAllow(c config.Config, set *detectors.Set) (*allow.List, error) {
	o := allow.Options{Now: a.now(), Nearest: config.Nearest}
	if set != nil {
		for _, r := range set.Rules() {
			o.Rules = append(o.Rules, r.ID)
		}
	}
	list, err := allow.Read(c.Allow, o)
	if err != nil {
		return nil, &usageError{hint(err, "docs/allow.md shows how an allow-list is written")}
	}
	return list, nil
}

// expired warns of entries that hold no more, and says what they covered: it is to be
// acted on again. Only mail that is still there counts.
func (a *app) expired(ctx context.Context, db *sqlite.DB, list *allow.List) error {
	var over []*allow.Entry
	for _, e := range list.Entries() {
		if e.Expired(list.Now()) {
			over = append(over, e)
		}
	}
	if len(over) == 0 {
		return nil
	}
	covered, err := coverage(ctx, db, list, over)
	if err != nil {
		return err
	}
	for _, e := range over {
		text := "it covers nothing any more"
		if n := covered[e]; n > 0 {
			text += ", and " + things(n, "known finding that it covered is", "known findings that it covered are") + " to be acted on again"
		}
		a.note("the allow-list's entry %q (%s) expired on %s: %s", e.Name, e.Place(), e.Expires.Format(time.DateOnly), text)
	}
	return nil
}

// coverage is how many findings in mail that is there each of the entries covers; of one
// that has expired, those that no other covers.
func coverage(ctx context.Context, db *sqlite.DB, list *allow.List, entries []*allow.Entry) (map[*allow.Entry]int, error) {
	covered := map[*allow.Entry]int{}
	for f, err := range db.Findings(ctx, store.FindingFilter{}) {
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Covers(&f) {
				continue
			}
			if _, still := list.Allow(&f); !still || !e.Expired(list.Now()) {
				covered[e]++
			}
		}
	}
	return covered, nil
}

// upkeep says which entries end soon, and which cover nothing that is known: those can go.
func (a *app) upkeep(ctx context.Context, db *sqlite.DB, list *allow.List) error {
	if len(list.Entries()) == 0 {
		return nil
	}
	covered, err := coverage(ctx, db, list, list.Entries())
	if err != nil {
		return err
	}
	for _, e := range list.Entries() {
		if e.Expired(list.Now()) {
			continue
		}
		if !e.Expires.After(list.Now().Add(soon)) {
			a.note("the allow-list's entry %q (%s) expires on %s; it covers %s", e.Name, e.Place(), e.Expires.Format(time.DateOnly), things(covered[e], "known finding", "known findings"))
		}
		if covered[e] == 0 {
			a.note("the allow-list's entry %q (%s) covers nothing that is known", e.Name, e.Place())
		}
	}
	return nil
}

// allowLists reads them; without any there is nothing to say.
func (x *examination) allowLists() []doctor.Check {
	if x.wrong != nil || len(x.c.Allow) == 0 {
		return nil
	}
	const name = "allow-list"
	set, err := openDetectors(x.c)
	if err != nil { // the rules have said so
		set = nil
	}
	list, err := x.a.openAllow(x.c, set)
	if err != nil {
		return []doctor.Check{failed(name, err)}
	}
	all := []doctor.Check{{Name: name, Status: doctor.OK, Finding: things(len(list.Entries()), "entry is", "entries are") + " loaded"}}
	for _, e := range list.Entries() {
		k := doctor.Check{Name: name, Status: doctor.Warning, Advice: "renew the entry, with its reason, or remove it"}
		day := e.Expires.Format(time.DateOnly)
		switch {
		case e.Expired(list.Now()):
			k.Finding = fmt.Sprintf("%q (%s) expired on %s: it covers nothing any more", e.Name, e.Place(), day)
		case !e.Expires.After(list.Now().Add(soon)):
			k.Finding = fmt.Sprintf("%q (%s) expires on %s", e.Name, e.Place(), day)
		default:
			continue
		}
		all = append(all, k)
	}
	return all
}

func (a *app) note(format string, args ...any) {
	fmt.Fprintln(a.stderr, "mailsweep: "+visible.Text(fmt.Sprintf(format, args...)))
}

func things(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + more
}

// told tells findings as what they are, to act on or allowed, until so many of the first
// were told; 0 is no limit.
func told(by sweeper.Allower, findings iter.Seq2[sweeper.Finding, error], limit int) iter.Seq2[sweeper.Event, error] {
	return func(yield func(sweeper.Event, error) bool) {
		n := 0
		for f, err := range findings {
			if err != nil {
				yield(sweeper.Event{}, err)
				return
			}
			e := sweeper.Sighting(by, &f)
			if e.Finding != nil {
				n++
			}
			if !yield(e, nil) || limit > 0 && n == limit {
				return
			}
		}
	}
}

// toRotate leaves out the exposures of which every finding is allowed, also in mail that
// is gone, and at the end tells left how many they were. An exposure that is seen anywhere
// else is to be rotated.
func toRotate(ctx context.Context, db *sqlite.DB, list *allow.List, f store.ExposureFilter, left func(n int)) iter.Seq2[sweeper.Exposure, error] {
	if len(list.Entries()) == 0 {
		return db.Exposures(ctx, f)
	}
	limit := f.Limit
	f.Limit = 0
	return func(yield func(sweeper.Exposure, error) bool) {
		covered := map[string]bool{} // of those with an allowed finding: all of them are
		open := map[string]bool{}
		for f, err := range db.Findings(ctx, store.FindingFilter{Gone: true}) {
			if err != nil {
				yield(sweeper.Exposure{}, err)
				return
			}
			if _, ok := list.Allow(&f); ok {
				covered[f.Exposure] = true
			} else {
				open[f.Exposure] = true
			}
		}
		n, out := 0, 0
		for e, err := range db.Exposures(ctx, f) {
			if err == nil && covered[e.ID] && !open[e.ID] {
				out++
				continue
			}
			n++
			if !yield(e, err) {
				return
			}
			if limit > 0 && n == limit {
				break
			}
		}
		left(out)
	}
}

// leftOut says how many exposures a list leaves out.
func (a *app) leftOut(n int) {
	if n > 0 {
		a.note("not listed, because the allow-list covers all that is known of them: %s; mailsweep findings says by which entries", things(n, "exposure", "exposures"))
	}
}
