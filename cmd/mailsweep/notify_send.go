package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func (a *app) notifyApprove() *cobra.Command {
	var f noticesFlags
	cmd := &cobra.Command{
		Use:   "approve [NOTICE...]",
		Short: "Say that planned notices may be sent",
		Long: `Say that planned notices may be sent. Those to somebody outside must be approved by
somebody else than who planned them; the policy may ask that of all (second_person). Who
you are is what the system says, or the setting actor; both go into the log.`,
		Example: `  mailsweep notify approve N-7F3K-2Q9D
  mailsweep notify approve --all --audience inside`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withPolicy(cmd, func(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
				list, err := f.chosen(ctx, db, args, notify.Planned)
				if err != nil {
					return err
				}
				return eachNotice(list, out, "approved", func(n notify.Notice) error {
					err := db.Approve(ctx, n.ID, actor(c), p.NeedsSecond(n))
					if errors.Is(err, notify.ErrSamePerson) {
						return hint(err, "ask a colleague to approve what you planned")
					}
					return err
				})
			})
		},
	}
	f.add(cmd, "all that are planned")
	return cmd
}

// eachNotice does something with notices, and says how many and what could not be done.
func eachNotice(list []notify.Notice, out *output, done string, do func(notify.Notice) error) error {
	var failed []error
	n := 0
	for _, one := range list {
		if err := do(one); err != nil {
			failed = append(failed, err)
			continue
		}
		n++
	}
	if _, err := fmt.Fprintf(out, "%s\n", things(n, "notice is "+done, "notices are "+done)); err != nil {
		return err
	}
	return errors.Join(failed...)
}

func (a *app) notifySend() *cobra.Command {
	var send, urgent bool
	cmd := &cobra.Command{
		Use:   "send [NOTICE...]",
		Short: "Send what is approved",
		Long: `Send the approved notices, or those that are named, one after the other. Without --send,
say which they are, and send nothing.

Each is written down before it leaves and after. What was being sent when an earlier run was
killed is looked for first: where the channel knows, it is settled; where it does not, the
notice is in doubt, is never sent again by itself, and notify settle says what became of it.`,
		Example: `  mailsweep notify send
  mailsweep notify send --send`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for i := range args {
				args[i] = reference(args[i])
			}
			return a.withPolicy(cmd, func(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
				if !send {
					return a.wouldSend(ctx, db, args, out)
				}
				return a.send(ctx, c, p, db, args, urgent, out)
			})
		},
	}
	cmd.Flags().BoolVar(&send, "send", false, "do send them")
	cmd.Flags().BoolVar(&urgent, "urgent", false, "also in the policy's quiet hours")
	return cmd
}

func (a *app) wouldSend(ctx context.Context, db *sqlite.DB, ids []string, out *output) error {
	var list []notify.Notice
	for n, err := range db.Notices(ctx, notify.NoticeFilter{IDs: ids, Stages: []notify.Stage{notify.Approved}}) {
		if err != nil {
			return err
		}
		list = append(list, n)
		fmt.Fprintf(out, "%s  %s by %s\n", n.ID, visible.Text(n.Owner.Name), n.Channel)
	}
	_, err := fmt.Fprintf(out, "%s approved (%s); nothing was sent: say --send\n", things(len(list), "notice is", "notices are"), orNone(byAudience(list)))
	return err
}

func orNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func (a *app) send(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, ids []string, urgent bool, out *output) (err error) {
	senders, err := a.channels(ctx, c, p, db)
	if err != nil {
		return err
	}
	release, err := db.Alone(ctx)
	if errors.Is(err, notify.ErrBusy) {
		return hint(err, "wait until it is done")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	count := map[notify.Stage]int{}
	var trouble error
	man := a.postman(c, p, db, senders)
	man.Urgent = urgent
	man.Tell = func(d notify.Delivery) {
		count[d.Stage]++
		trouble = errors.Join(trouble, tellDelivery(c, out, d))
	}
	err = man.Recover(ctx)
	if err == nil {
		err = man.Send(ctx, ids)
	}
	if err = errors.Join(err, trouble, tellSent(c, out, count)); err != nil {
		return err
	}
	if left := count[notify.Failed] + count[notify.Doubted] + count[notify.Approved]; left > 0 {
		return hint(fmt.Errorf("%s not sent", things(left, "notice was", "notices were")), "mailsweep notify status says what became of each; notify settle says so of what is in doubt")
	}
	return nil
}

func tellDelivery(c config.Config, out *output, d notify.Delivery) error {
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(map[string]any{"type": "delivery", "notice": d.Notice.ID, "owner": d.Notice.Owner.ID, "channel": d.Notice.Channel, "stage": d.Stage, "detail": d.Detail})
	}
	_, err := fmt.Fprintf(out, "%s  %s  %s: %s\n", d.Notice.ID, d.Stage, visible.Text(d.Notice.Owner.Name), visible.Text(d.Detail))
	return err
}

func tellSent(c config.Config, out *output, count map[notify.Stage]int) error {
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(map[string]any{
			"type": "summary", "sent": count[notify.Sent], "failed": count[notify.Failed], "in_doubt": count[notify.Doubted], "cancelled": count[notify.Cancelled], "left": count[notify.Approved],
		})
	}
	_, err := fmt.Fprintf(out, "%d sent, %d failed, %d in doubt, %d left\n", count[notify.Sent], count[notify.Failed], count[notify.Doubted], count[notify.Approved])
	return err
}

func (a *app) notifySettle() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "settle NOTICE sent|not-sent|bounced",
		Short: "Say what became of a notice that is in doubt, or that came back",
		Long: `Say what became of a notice.

  sent      one in doubt did arrive
  not-sent  one in doubt did not go out: it is approved, and sent with the next send
  bounced   one that was sent came back: what it told is open again, and can be planned

Who says so, and why, goes into the log.`,
		Example: "  mailsweep notify settle N-7F3K-2Q9D sent --reason 'the owner has it'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("notify settle needs a notice and what became of it: sent, not-sent or bounced")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOutbox(cmd, func(ctx context.Context, c config.Config, db *sqlite.DB, out *output) error {
				return settleNotice(ctx, c, db, out, args[0], args[1], reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "how you know, for the log")
	return cmd
}

func settleNotice(ctx context.Context, c config.Config, db *sqlite.DB, out *output, id, what, reason string) error {
	stages := map[string]notify.Stage{"sent": notify.Sent, "not-sent": notify.Approved, "bounced": notify.Failed}
	stage, known := stages[what]
	switch {
	case !known:
		return usage("%q is nothing that becomes of a notice: use sent, not-sent or bounced", what)
	case reason == "":
		return usage("say how you know (--reason): whoever reads the log later will want to know")
	}
	n, err := noticeNamed(ctx, db, id)
	if err != nil {
		return err
	}
	if wrong := n.Stage != notify.Doubted && what != "bounced" || what == "bounced" && n.Stage != notify.Sent; wrong {
		return usage("%s is %s: only one in doubt is sent or not-sent, only one that was sent is bounced", n.ID, n.Stage)
	}
	if err := db.Finish(ctx, n.ID, notify.Outcome{Stage: stage, Receipt: reason, Actor: actor(c)}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is %s\n", n.ID, stage)
	return err
}

func (a *app) notifyCancel() *cobra.Command {
	var f noticesFlags
	var reason string
	cmd := &cobra.Command{
		Use:     "cancel [NOTICE...]",
		Short:   "Take back notices that were not sent",
		Long:    "Take back notices that were not sent. What they tell of can be planned again.",
		Example: "  mailsweep notify cancel --all --reason 'the policy was wrong'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOutbox(cmd, func(ctx context.Context, c config.Config, db *sqlite.DB, out *output) error {
				list, err := f.chosen(ctx, db, args, notify.Planned, notify.Approved)
				if err != nil {
					return err
				}
				return eachNotice(list, out, "cancelled", func(n notify.Notice) error { return db.Cancel(ctx, n.ID, actor(c), reason) })
			})
		},
	}
	f.add(cmd, "all that are planned or approved")
	cmd.Flags().StringVar(&reason, "reason", "", "why, for the log")
	return cmd
}

func (a *app) notifyAcknowledge() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "acknowledge NOTICE",
		Short: "Say that an owner has answered: what the notice told is acknowledged",
		Long: `Say that an owner has answered: all that the notice told and that is not settled is
acknowledged, for that owner. It is not reminded of until it is overdue.`,
		Example: "  mailsweep notify acknowledge N-7F3K-2Q9D --reason 'ticket 4711'",
		Args:    someArgs("a notice"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("notify acknowledge takes one notice, but got %q", args)
			}
			return a.withOutbox(cmd, func(ctx context.Context, c config.Config, db *sqlite.DB, out *output) error {
				return acknowledge(ctx, c, db, out, args[0], reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "what was said, for the log")
	return cmd
}

func acknowledge(ctx context.Context, c config.Config, db *sqlite.DB, out *output, id, reason string) error {
	n, err := noticeNamed(ctx, db, id)
	if err != nil {
		return err
	}
	if n.Stage != notify.Sent && n.Stage != notify.Doubted {
		return usage("%s is %s: nobody has had it yet", n.ID, n.Stage)
	}
	changed := 0
	for _, i := range n.Items {
		for o, err := range db.Ownerships(ctx, store.OwnershipFilter{Exposure: i.Exposure, Owner: n.Owner.ID}) {
			if err != nil {
				return err
			}
			if !slices.Contains([]sweeper.State{sweeper.Open, sweeper.Notified, sweeper.Reopened}, o.State) {
				continue
			}
			change := store.Change{Exposure: i.Exposure, Owner: n.Owner.ID, To: sweeper.Acknowledged, Reason: strings.TrimSpace(n.ID + " " + reason), Actor: actor(c), Case: c.Case}
			if err := db.SetState(ctx, change); err != nil {
				return err
			}
			changed++
		}
	}
	_, err = fmt.Fprintf(out, "%s acknowledged by %s\n", things(changed, "exposure is", "exposures are"), visible.Text(n.Owner.Name))
	return err
}
