package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

func (a *app) notify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notify",
		Short: "Tell owners what they must rotate: once, and only what was approved",
		Long: `Tell owners what they must rotate. Nothing leaves until it was planned, approved, and sent
with --send; docs/owners.md takes you through it.

  plan      make a notice for each owner, of what that owner was not told yet
  preview   show one as it would be sent
  approve   say that notices may be sent
  send      send what is approved (--send)
  status    how far they are, and what is in doubt
  returned  read from the sending mailbox which came back

A notice has a reference, such as N-7F3K-2Q9D, that its owner can read back to you. It
never has a secret in it, and no text of a mail.`,
		Example: `  mailsweep notify plan --policy owners.yaml
  mailsweep notify preview N-7F3K-2Q9D
  mailsweep notify approve --all
  mailsweep notify send --send`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := cmd.PersistentFlags()
	f.String("policy", "", "the `file` that says who owns what")
	f.String("case", "", "the case it belongs to, for the log")
	cmd.AddCommand(a.notifyPlan(), a.notifyPreview(), a.notifyApprove(), a.notifySend(), a.notifyStatus(), a.notifyReturned(), a.notifySettle(), a.notifyCancel(), a.notifyAcknowledge())
	return cmd
}

// withOutbox does what the verbs of notices share that need no policy.
func (a *app) withOutbox(cmd *cobra.Command, do func(context.Context, config.Config, *sqlite.DB, *output) error) (err error) {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if c.Format != "text" && c.Format != "jsonl" {
		return usage("%s has no format %q: use text or jsonl", cmd.CommandPath(), c.Format)
	}
	db, err := readStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return a.deliver(c, func(out *output) error { return do(cmd.Context(), c, db, out) })
}

// reference is a notice's as people type it.
func reference(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

func noticeNamed(ctx context.Context, db *sqlite.DB, id string) (n notify.Notice, err error) {
	for n, err := range db.Notices(ctx, notify.NoticeFilter{IDs: []string{reference(id)}}) {
		return n, err
	}
	return n, &usageError{hint(fmt.Errorf("there is no notice %q", id), "mailsweep notify status lists them")}
}

// noticesFlags choose notices: by their references, or all in a stage.
type noticesFlags struct {
	all      bool
	audience string
}

func (f *noticesFlags) add(cmd *cobra.Command, what string) {
	cmd.Flags().BoolVar(&f.all, "all", false, what)
	cmd.Flags().StringVar(&f.audience, "audience", "", "with --all: only notices to who is `inside` or outside")
}

// chosen are the notices that are meant.
func (f *noticesFlags) chosen(ctx context.Context, db *sqlite.DB, ids []string, stages ...notify.Stage) (list []notify.Notice, err error) {
	audience := notify.Audience(f.audience)
	switch {
	case f.all == (len(ids) > 0):
		return nil, usage("name notices by their references, or say --all: one of the two")
	case audience != "" && !f.all:
		return nil, usage("--audience goes with --all")
	case audience != "" && audience != notify.Inside && audience != notify.Outside:
		return nil, usage("--audience is inside or outside, not %q", f.audience)
	}
	for _, id := range ids {
		n, err := noticeNamed(ctx, db, id)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	if !f.all {
		return list, nil
	}
	for n, err := range db.Notices(ctx, notify.NoticeFilter{Stages: stages}) {
		if err != nil {
			return nil, err
		}
		if audience == "" || n.Owner.Audience == audience {
			list = append(list, n)
		}
	}
	return list, nil
}

func (a *app) notifyPlan() *cobra.Command {
	return &cobra.Command{
		Use:   "plan",
		Short: "Make notices of what owners were not told yet, and say who would be told what",
		Long: `Route what was found, and make a notice for each owner: of what the owner was not told
yet, what is to be reminded of, and what a manager must hear of. Nothing leaves. What only
needs a look (review), is settled, or is on its way is in none. Planned again, only what is
new is added.`,
		Example: "  mailsweep notify plan --policy owners.yaml",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.withPolicy(cmd, a.planNotices) },
	}
}

func (a *app) planNotices(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
	owed, unrouted, err := a.owed(ctx, c, p, db)
	if err != nil {
		return err
	}
	var told []notify.Telling
	for t, err := range db.Tellings(ctx) {
		if err != nil {
			return err
		}
		told = append(told, t)
	}
	plan := p.Plan(owed, told, a.now(), actor(c))
	added, err := db.Plan(ctx, plan.Notices)
	if err != nil {
		return err
	}
	waiting, err := countNotices(ctx, db, notify.Planned)
	if err != nil {
		return err
	}
	return tellPlan(c, p, out, planned{added, plan.Unreachable, unrouted, waiting})
}

// owed is what each owner has to rotate, and how many exposures nobody owns.
func (a *app) owed(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB) (owed []notify.Owed, unrouted int, err error) {
	type routing struct {
		exposure int
		owners   []notify.Owner
	}
	all := map[string]*routing{}
	var exposures []notify.Owed
	err = a.eachRouted(ctx, c, p, db, func(e sweeper.Exposure, d notify.Decision, _ bool) error {
		if !d.Routed() {
			unrouted++
			return nil
		}
		all[e.ID] = &routing{len(exposures), d.Owners}
		exposures = append(exposures, notify.Owed{Exposure: e})
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	for o, err := range db.Ownerships(ctx, store.OwnershipFilter{}) {
		if err != nil {
			return nil, 0, err
		}
		r := all[o.Exposure]
		if r == nil {
			continue
		}
		if at := slices.IndexFunc(r.owners, func(w notify.Owner) bool { return w.ID == o.Owner }); at >= 0 {
			owed = append(owed, notify.Owed{Exposure: exposures[r.exposure].Exposure, Owner: r.owners[at], Ownership: o})
		}
	}
	return owed, unrouted, nil
}

func countNotices(ctx context.Context, db *sqlite.DB, stages ...notify.Stage) (n int, err error) {
	for _, err := range db.Notices(ctx, notify.NoticeFilter{Stages: stages}) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

func (a *app) notifyPreview() *cobra.Command {
	var asHTML bool
	cmd := &cobra.Command{
		Use:   "preview NOTICE",
		Short: "Show a notice as it would be sent now",
		Example: `  mailsweep notify preview N-7F3K-2Q9D
  mailsweep notify preview N-7F3K-2Q9D --html --output notice.html`,
		Args: someArgs("a notice"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("notify preview shows one notice, but got %q", args)
			}
			return a.withPolicy(cmd, func(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
				n, err := noticeNamed(ctx, db, args[0])
				if err != nil {
					return err
				}
				l, err := a.postman(c, p, db, nil).Preview(ctx, n)
				if err != nil {
					return err
				}
				if len(l.Notice.Secrets) == 0 {
					return usage("nothing that %s tells is open any more: it would not be sent", n.ID)
				}
				if asHTML {
					_, err = fmt.Fprint(out, l.HTML)
					return err
				}
				_, err = fmt.Fprintf(out, "To: %s\nSubject: %s\nMessage-ID: %s\n\n%s", strings.Join(l.To, ", "), l.Subject, l.MessageID, l.Text)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asHTML, "html", false, "its HTML, for a browser")
	return cmd
}

// postman is who sends notices.
func (a *app) postman(c config.Config, p *notify.Policy, db *sqlite.DB, senders map[string]notify.Sender) *notify.Postman {
	pace := time.Minute / time.Duration(c.Notices.PerMinute)
	return &notify.Postman{
		Policy: p, Outbox: db, Senders: senders, Actor: actor(c), Now: a.now,
		Pace: map[string]time.Duration{"smtp": pace, "graph": pace},
		Leak: func(ctx context.Context, id string) (notify.Leak, bool, error) {
			e, err := db.Exposure(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return notify.Leak{}, false, nil
			}
			if err != nil {
				return notify.Leak{}, false, err
			}
			l, err := leak(ctx, db, e)
			return l, true, err
		},
	}
}

// byAudience counts notices by the audience of their owners.
func byAudience(all []notify.Notice) (list []string) {
	n := map[notify.Audience]int{}
	for _, one := range all {
		n[one.Owner.Audience]++
	}
	for _, audience := range slices.Sorted(maps.Keys(n)) {
		list = append(list, fmt.Sprintf("%d %s", n[audience], audience))
	}
	return list
}
