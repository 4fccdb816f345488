package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mailsweep/allow"
	"mailsweep/config"
	"mailsweep/report"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

func (a *app) findings() *cobra.Command {
	var o filterFlags
	cmd := &cobra.Command{
		Use:   "findings [EXPOSURE]",
		Short: "List what was found: every sighting of every secret",
		Long: `List what was found: every sighting of every secret. With the id of an exposure, or
its beginning, only the sightings of that one. What an allow-list covers (--allow) is told
apart, by the entry that covers it. Lists exit with 0, whatever they hold.`,
		Example: `  mailsweep findings --min-confidence likely --mailbox 'alice*'
  mailsweep findings --run last --new
  mailsweep findings --format csv --output findings.csv`,
		Args: atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.exposure = args[0]
			}
			return a.list(cmd, &o, func(db *sqlite.DB, c config.Config, f store.FindingFilter, out *output) error {
				if c.Format == "html" {
					return usage("findings has no format %q: use text, jsonl, csv or sarif", c.Format)
				}
				list, err := a.allowed(cmd.Context(), db, c)
				if err != nil {
					return err
				}
				look := a.look(out)
				look.Verbose = o.verbose || len(args) == 1
				limit := f.Limit
				f.Limit = 0
				return report.WriteFindings(out, c.Format, told(list, db.Findings(cmd.Context(), f), limit), look)
			})
		},
	}
	o.add(cmd)
	o.addVerbose(cmd, "in text: list also what is allowed")
	return cmd
}

func (a *app) exposures() *cobra.Command {
	var o filterFlags
	var states []string
	var owner string
	var overdue bool
	cmd := &cobra.Command{
		Use:   "exposures [EXPOSURE]",
		Short: "List the credentials to rotate, or show one with all its sightings",
		Long: `List the credentials to rotate, the most severe first. With the id of one, or its
beginning, show it with all its sightings. An exposure is left out when an allow-list
(--allow) covers every finding of it. Lists exit with 0, whatever they hold.`,
		Example: `  mailsweep exposures --min-severity high
  mailsweep exposures --state unsettled --overdue
  mailsweep exposures 3f9c2a`,
		Args: atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.list(cmd, &o, func(db *sqlite.DB, c config.Config, f store.FindingFilter, out *output) error {
				if c.Format == "sarif" || c.Format == "html" {
					return usage("exposures has no format %q: use text, jsonl or csv", c.Format)
				}
				list, err := a.allowed(cmd.Context(), db, c)
				if err != nil {
					return err
				}
				if len(args) == 1 {
					return a.showExposure(cmd, db, c, list, args[0], out)
				}
				chosen := store.ExposureFilter{FindingFilter: f, Owner: owner}
				if chosen.States, err = statesOf(states); err != nil {
					return err
				}
				if overdue {
					chosen.Overdue = a.now()
				}
				all := toRotate(cmd.Context(), db, list, chosen, a.leftOut)
				return report.WriteExposures(out, c.Format, all, a.look(out))
			})
		},
	}
	o.add(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&states, "state", nil, "only in this `state` (may be repeated); unsettled is all that somebody still has to do something about")
	f.StringVar(&owner, "owner", "", "only what this `owner`, by its id, has to rotate")
	f.BoolVar(&overdue, "overdue", false, "only what should have been rotated by now")
	cmd.AddCommand(a.exposuresSet())
	return cmd
}

// statesOf reads --state.
func statesOf(words []string) (all []sweeper.State, err error) {
	for _, w := range words {
		if w == "unsettled" {
			all = append(all, sweeper.Unsettled()...)
			continue
		}
		s, err := sweeper.ParseState(w)
		if err != nil {
			return nil, &usageError{fmt.Errorf("--state: %w", err)}
		}
		all = append(all, s)
	}
	return all, nil
}

// oneExposure is the one whose id begins so.
func oneExposure(ctx context.Context, db *sqlite.DB, id string) (sweeper.Exposure, error) {
	e, err := db.Exposure(ctx, strings.ToLower(id))
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = &usageError{hint(fmt.Errorf("there is no exposure %q", id), "mailsweep exposures lists them")}
	case errors.Is(err, store.ErrAmbiguous):
		err = &usageError{hint(err, "give more of the id")}
	}
	return e, err
}

func (a *app) showExposure(cmd *cobra.Command, db *sqlite.DB, c config.Config, list *allow.List, id string, out *output) error {
	e, err := oneExposure(cmd.Context(), db, id)
	if err != nil {
		return err
	}
	sightings := db.Findings(cmd.Context(), store.FindingFilter{Exposure: e.ID, Gone: true})
	var owners []sweeper.Ownership
	for o, err := range db.Ownerships(cmd.Context(), store.OwnershipFilter{Exposure: e.ID}) {
		if err != nil {
			return err
		}
		owners = append(owners, o)
	}
	look := a.look(out)
	look.Verbose = true
	return report.WriteExposure(out, c.Format, e, owners, told(list, sightings, 0), look)
}

// list does what all lists share: settings, filter, database, output.
func (a *app) list(cmd *cobra.Command, o *filterFlags, do func(*sqlite.DB, config.Config, store.FindingFilter, *output) error) (err error) {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	f, err := o.filter(c)
	if err != nil {
		return err
	}
	db, err := readStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if f.Run, err = runID(cmd, db, f.Run); err != nil {
		return err
	}
	return a.deliver(c, func(out *output) error { return do(db, c, f, out) })
}

// allowed reads the allow-lists for a list, and warns of what they cover no more.
func (a *app) allowed(ctx context.Context, db *sqlite.DB, c config.Config) (*allow.List, error) {
	list, err := a.openAllow(c, nil)
	if err != nil {
		return nil, err
	}
	return list, a.expired(ctx, db, list)
}

// runID makes "last" the id of the last run, and refuses a run that never was.
func runID(cmd *cobra.Command, db *sqlite.DB, run string) (string, error) {
	if run == "" {
		return "", nil
	}
	for r, err := range db.Runs(cmd.Context()) { // the latest first
		if err != nil {
			return "", err
		}
		if run == "last" || run == r.ID {
			return r.ID, nil
		}
	}
	return "", &usageError{hint(fmt.Errorf("there was no run %q", run), "mailsweep log list shows the runs")}
}

// look is how a list is shown on this output.
func (a *app) look(out *output) report.Options {
	width, color := a.terminal(out)
	return report.Options{Width: width, Color: color, Version: version().Version, Zone: time.Local}
}

// events makes one stream of findings and a list of skips.
func events(findings iter.Seq2[sweeper.Event, error], skips iter.Seq2[sweeper.Skip, error], handle func(sweeper.Event) error) error {
	for e, err := range findings {
		if err == nil {
			err = handle(e)
		}
		if err != nil {
			return err
		}
	}
	for s, err := range skips {
		if err == nil {
			err = handle(sweeper.Event{Skip: &s})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
