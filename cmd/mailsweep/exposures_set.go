package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

// setFlags are what is said with a state.
type setFlags struct {
	filterFlags
	owner, reason, expires, on, due string
}

func (a *app) exposuresSet() *cobra.Command {
	var o setFlags
	cmd := &cobra.Command{
		Use:   "set STATE [EXPOSURE...]",
		Short: "Say how far it is: acknowledged, rotated, closed, dismissed, accepted, open",
		Long: `Say how far exposures are, one by one by their ids, or all that the flags choose.

  acknowledged  the owner knows
  rotated       the credential is of no use any more (--on, when it was)
  closed        rotated, and checked
  dismissed     a false alarm; it stays so in later sweeps (--reason)
  accepted      a risk that is taken until a day (--reason, --expires)
  open          none of these after all

Who, when and why go into the log. What is seen in mail that came after it was rotated is
reopened by the sweep that sees it.`,
		Example: `  mailsweep exposures set rotated 3f9c2a --on 2026-03-04
  mailsweep exposures set dismissed --rule generic-api-key --mailbox 'ci@*' --reason 'build numbers'
  mailsweep exposures set accepted 81d0 --reason 'until the migration' --expires 2026-12-31`,
		Args: someArgs("a state"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.setStates(cmd, &o, args[0], args[1:]) },
	}
	o.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.owner, "owner", "", "only for this `owner`, by its id (default: all of an exposure's owners)")
	f.StringVar(&o.reason, "reason", "", "why, for the log and for whoever asks later")
	f.StringVar(&o.expires, "expires", "", "with accepted: the `date` on which it is open again")
	f.StringVar(&o.on, "on", "", "with rotated: the `date` or time when that was (default: now)")
	f.StringVar(&o.due, "due", "", "the `date` by which it must be rotated")
	f.String("case", "", "the case it belongs to, for the log")
	return cmd
}

// change checks what was said; the exposure is not in it yet.
func (o *setFlags) change(word string, now time.Time) (c store.Change, err error) {
	if c.To, err = sweeper.ParseState(word); err != nil {
		return c, &usageError{err}
	}
	c.Owner, c.Reason = o.owner, o.reason
	for _, d := range []struct {
		flag, text string
		to         sweeper.State // "" is any
		at         *time.Time
	}{{"--expires", o.expires, sweeper.Accepted, &c.Until}, {"--on", o.on, sweeper.Rotated, &c.At}, {"--due", o.due, "", &c.Due}} {
		if d.text == "" {
			continue
		}
		if d.to != "" && c.To != d.to {
			return c, usage("%s goes with %s", d.flag, d.to)
		}
		if *d.at, err = day(d.text); err != nil {
			return c, usage("%s: %q is no date such as 2026-03-01 and no time such as 2026-03-01T08:00:00Z", d.flag, d.text)
		}
	}
	switch {
	case c.To == sweeper.Reopened:
		return c, usage("reopened is what a sweep says: use open")
	case (c.To == sweeper.Dismissed || c.To == sweeper.Accepted) && c.Reason == "":
		return c, usage("%s needs a --reason: whoever reads the log later will want to know", c.To)
	case c.To == sweeper.Accepted && !c.Until.After(now):
		return c, usage("accepted needs a day in the future on which it is open again: --expires 2026-12-31")
	case c.At.After(now):
		return c, usage("--on is in the future: say so when it has been rotated")
	}
	return c, nil
}

// day reads a date in this time zone, or a time (RFC 3339).
func day(s string) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

func (a *app) setStates(cmd *cobra.Command, o *setFlags, word string, ids []string) (err error) {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	change, err := o.change(word, a.now())
	if err != nil {
		return err
	}
	change.Case, change.Actor = c.Case, actor(c)
	f, err := o.filter(c)
	if err != nil {
		return err
	}
	chosen := store.ExposureFilter{FindingFilter: f}
	if all := len(f.Rules)+len(f.Kinds)+len(f.Mailboxes)+len(f.Folders) == 0 && f.MinConfidence == 0 && f.MinSeverity == 0 && f.Fingerprint == "" && f.Run == "" &&
		f.Received == (sweeper.Window{}); all == (len(ids) == 0) {
		return usage("name exposures by their ids, or choose them with flags such as --rule and --mailbox: one of the two")
	}
	if err := a.noFormat(c.Format, "exposures set"); err != nil {
		return err
	}
	db, err := readStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if chosen.Run, err = runID(cmd, db, chosen.Run); err != nil {
		return err
	}
	list, err := a.chosen(cmd.Context(), db, chosen, ids)
	if err != nil {
		return err
	}
	return a.setEach(cmd.Context(), db, change, list)
}

// noFormat refuses a format where there is no result to write in one.
func (a *app) noFormat(format, verb string) error {
	if format != "text" {
		return usage("%s has no format %q", verb, format)
	}
	return nil
}

// chosen are the exposures that ids or a filter mean, each once.
func (a *app) chosen(ctx context.Context, db *sqlite.DB, f store.ExposureFilter, ids []string) (list []string, err error) {
	if len(ids) == 0 {
		for e, err := range db.Exposures(ctx, f) {
			if err != nil {
				return nil, err
			}
			list = append(list, e.ID)
		}
		return list, nil
	}
	for _, id := range ids {
		e, err := oneExposure(ctx, db, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, e.ID) {
			list = append(list, e.ID)
		}
	}
	return list, nil
}

// setEach changes what can be changed, and says what cannot.
func (a *app) setEach(ctx context.Context, db *sqlite.DB, c store.Change, list []string) error {
	done := 0
	var failed []error
	for _, id := range list {
		c.Exposure = id
		err := db.SetState(ctx, c)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, store.ErrNotFound):
			failed = append(failed, &usageError{fmt.Errorf("exposure %s has no owner %q", id, c.Owner)})
		case err != nil:
			failed = append(failed, err)
		default:
			done++
		}
	}
	noun := "exposures are"
	if done == 1 {
		noun = "exposure is"
	}
	fmt.Fprintf(a.stdout, "%s %s %s\n", humanize.Comma(int64(done)), noun, c.To)
	return errors.Join(failed...)
}
