package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func (a *app) notifyReturned() *cobra.Command {
	var settle bool
	var tenant tenantFlags
	cmd := &cobra.Command{
		Use:   "returned SOURCE...",
		Short: "Read which notices came back, from the mailbox that they were sent from",
		Long: `Read which notices came back. A SOURCE is as for sweep: the mailbox that notices are
sent from, in the tenant or as a file. What mail systems report there (RFC 3464, and
Exchange Online's reports) is held against the notices that were sent, by their
references and addresses.

Nothing is changed without --settle. With it, a notice that reached nobody has failed:
what it told is open again, and can be planned. One that reached some of its owner's
addresses is only listed, and a report that names several notices is only counted. No
mail is changed, and nothing of it is remembered.

Exit status is 4 where some of the mail could not be read.`,
		Example: `  mailsweep notify returned m365: --mailbox security@contoso.com --since 7d
  mailsweep notify returned ~/Maildir --settle`,
		Args: someArgs("at least one SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOutbox(cmd, func(ctx context.Context, c config.Config, db *sqlite.DB, out *output) error {
				chosen := newSelection(c.Mailboxes, c.Folders)
				list, sum, err := a.readReturned(ctx, c, chosen, tenant, args)
				if err != nil {
					return err
				}
				if err := tellReturned(ctx, c, db, out, list, settle); err != nil {
					return err
				}
				if sum.Skips > 0 {
					fmt.Fprintf(a.stderr, "mailsweep: %d of the mail could not be read: mailsweep sweep says what, and why\n", sum.Skips)
					err = exitCode(exitNotSearched)
				}
				return errors.Join(err, a.remark(c, chosen, sum))
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&settle, "settle", false, "say of what came back that it failed, so that it can be planned again")
	addMail(f)
	tenant.addSelection(f)
	return cmd
}

// reports gathers what mail systems report. It is a Detector so that mail is read as a
// sweep reads it: with its limits, its patience and its skips.
type reports struct {
	mu   sync.Mutex
	list []notify.Returned
}

func (r *reports) Detect(ctx context.Context, m sweeper.Mail) ([]sweeper.Candidate, error) {
	if one, ok := notify.ReadReturned(m); ok {
		r.mu.Lock()
		r.list = append(r.list, one)
		r.mu.Unlock()
	}
	return nil, ctx.Err()
}

func (*reports) Digest() string { return "returned" }

// readReturned reads the mail with a database of its own, which is gone afterwards: what
// is read here must not count as searched for secrets.
func (a *app) readReturned(ctx context.Context, c config.Config, chosen *selection, tenant tenantFlags, args []string) (list []notify.Returned, sum sweeper.Summary, err error) {
	log := logger(c, a.stderr)
	sources, names, err := a.sources(ctx, c, chosen, args, map[string]bool{}, tenant, log)
	if err != nil {
		return nil, sum, err
	}
	dir, err := os.MkdirTemp("", "mailsweep-returned-")
	if err != nil {
		return nil, sum, hint(fmt.Errorf("make a place for the reading: %w", err), "TMPDIR names another directory")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "read.db"), sqlite.Options{})
	if err != nil {
		return nil, sum, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	found := &reports{}
	sw := a.sweeper(c, search{db: db, sources: sources, progress: new(sweeper.Progress), log: log})
	sw.Detector = found
	sum, err = sw.Sweep(ctx, sweeper.Run{Actor: actor(c), Case: c.Case, Version: version().Version, Sources: names}, sources...)
	return found.list, sum, err
}

// tellReturned lists what came back and, where that is asked, writes it down.
func tellReturned(ctx context.Context, c config.Config, db *sqlite.DB, out *output, list []notify.Returned, settle bool) error {
	var sent []notify.Notice
	for n, err := range db.Notices(ctx, notify.NoticeFilter{Stages: []notify.Stage{notify.Sent}}) {
		if err != nil {
			return err
		}
		sent = append(sent, n)
	}
	unclear := 0
	list = slices.DeleteFunc(list, func(r notify.Returned) bool {
		if r.Clear() {
			return false
		}
		unclear++
		return true
	})
	count := map[string]int{}
	for _, n := range sent {
		missed, others, status := returnedOf(n, list)
		if len(missed) == 0 {
			continue
		}
		what, why := "returned", "came back from "+strings.Join(missed, ", ")
		if status != "" {
			why += " (" + status + ")"
		}
		switch {
		case len(others) > 0:
			what = "partly"
		case settle:
			what = string(notify.Failed)
			if err := db.Finish(ctx, n.ID, notify.Outcome{Stage: notify.Failed, Receipt: why, Actor: actor(c)}); err != nil {
				return err
			}
		}
		count[what]++
		if err := tellOneReturned(c, out, n, what, why, missed, others, status); err != nil {
			return err
		}
	}
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(map[string]any{"type": "summary", "reports": len(list), "unclear": unclear, "returned": count["returned"], "failed": count[string(notify.Failed)], "partly": count["partly"]})
	}
	_, err := fmt.Fprintf(out, "%d returned, %d settled as failed, %d reached some of their addresses; reports: %d, and %d that name several notices\n",
		count["returned"], count[string(notify.Failed)], count["partly"], len(list), unclear)
	return err
}

// returnedOf says whom n did not reach, by all reports together.
func returnedOf(n notify.Notice, list []notify.Returned) (missed, others []string, status string) {
	all := notify.Returned{}
	for _, r := range list {
		if r.Names(n.ID) {
			all.Recipients = append(all.Recipients, r.Recipients...)
			status = r.Status
		}
	}
	missed, others = all.Missed(n)
	return missed, others, status
}

func tellOneReturned(c config.Config, out *output, n notify.Notice, what, why string, missed, others []string, status string) error {
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(map[string]any{"type": "returned", "notice": n.ID, "owner": n.Owner.ID, "what": what, "not_reached": missed, "others": others, "status": status})
	}
	_, err := fmt.Fprintf(out, "%s  %s  %s: %s\n", n.ID, what, visible.Text(n.Owner.Name), visible.Text(why))
	return err
}
