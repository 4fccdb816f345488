package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/store/sqlite"
	"mailsweep/visible"
)

func (a *app) notifyStatus() *cobra.Command {
	var stages []string
	var owner string
	cmd := &cobra.Command{
		Use:   "status [NOTICE]",
		Short: "List notices and how far they are, or show one",
		Long: `List notices and how far they are: planned, approved, sending, sent, in-doubt, failed or
cancelled. With the reference of one, show it: whoever reads you a reference can be told
when it was sent, to whom, and how many credentials it told of.`,
		Example: `  mailsweep notify status
  mailsweep notify status --stage in-doubt
  mailsweep notify status N-7F3K-2Q9D`,
		Args: atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOutbox(cmd, func(ctx context.Context, c config.Config, db *sqlite.DB, out *output) error {
				f := notify.NoticeFilter{Owner: owner}
				for _, s := range stages {
					if !slices.Contains(notify.Stages(), notify.Stage(s)) {
						return usage("--stage: %q is none: use one of %v", s, notify.Stages())
					}
					f.Stages = append(f.Stages, notify.Stage(s))
				}
				if len(args) == 1 {
					n, err := noticeNamed(ctx, db, args[0])
					if err != nil {
						return err
					}
					return showNotice(c, out, n)
				}
				return listNotices(ctx, c, db, out, f)
			})
		},
	}
	cmd.Flags().StringArrayVar(&stages, "stage", nil, "only in this `stage` (may be repeated)")
	cmd.Flags().StringVar(&owner, "owner", "", "only to this `owner`, by its id")
	return cmd
}

// noticeLine is a notice on the wire.
type noticeLine struct {
	Type       string   `json:"type"`
	Notice     string   `json:"notice"`
	Stage      string   `json:"stage"`
	Owner      string   `json:"owner"`
	Name       string   `json:"name"`
	Audience   string   `json:"audience"`
	To         []string `json:"to"`
	Occasion   string   `json:"occasion"`
	Channel    string   `json:"channel"`
	Exposures  []string `json:"exposures"`
	Due        string   `json:"due,omitempty"`
	Planned    string   `json:"planned,omitempty"`
	PlannedBy  string   `json:"planned_by,omitempty"`
	Approved   string   `json:"approved,omitempty"`
	ApprovedBy string   `json:"approved_by,omitempty"`
	MessageID  string   `json:"internet_message_id,omitempty"`
	Attempted  string   `json:"attempted,omitempty"`
	Settled    string   `json:"settled,omitempty"`
	Receipt    string   `json:"receipt,omitempty"`
}

func wireNotice(n notify.Notice) noticeLine {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	l := noticeLine{
		Type: "notice", Notice: n.ID, Stage: string(n.Stage), Owner: n.Owner.ID, Name: n.Owner.Name, Audience: string(n.Owner.Audience), To: append([]string{}, n.Owner.To...),
		Occasion: string(n.Occasion), Channel: n.Channel, Exposures: []string{}, Due: at(n.Due), Planned: at(n.Planned), PlannedBy: n.PlannedBy,
		Approved: at(n.Approved), ApprovedBy: n.ApprovedBy, MessageID: n.MessageID, Attempted: at(n.Attempted), Settled: at(n.Settled), Receipt: n.Receipt,
	}
	for _, i := range n.Items {
		l.Exposures = append(l.Exposures, i.Exposure)
	}
	return l
}

func listNotices(ctx context.Context, c config.Config, db *sqlite.DB, out *output, f notify.NoticeFilter) error {
	enc := json.NewEncoder(out)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	count := map[notify.Stage]int{}
	for n, err := range db.Notices(ctx, f) {
		if err != nil {
			return err
		}
		count[n.Stage]++
		if c.Format == "jsonl" {
			if err := enc.Encode(wireNotice(n)); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", n.ID, n.Stage, visible.Text(n.Owner.Name), n.Occasion, things(len(n.Items), "exposure", "exposures"), "due "+n.Due.UTC().Format(time.DateOnly))
	}
	if c.Format == "jsonl" {
		return nil
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var words []string
	for _, s := range notify.Stages() {
		if count[s] > 0 {
			words = append(words, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	_, err := fmt.Fprintln(out, orNone(words))
	return err
}

func showNotice(c config.Config, out *output, n notify.Notice) error {
	l := wireNotice(n)
	if c.Format == "jsonl" {
		return json.NewEncoder(out).Encode(l)
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, line := range [][2]string{
		{"notice", l.Notice}, {"stage", l.Stage}, {"owner", l.Name + " (" + l.Owner + "), " + l.Audience}, {"to", strings.Join(l.To, ", ")},
		{"occasion", l.Occasion}, {"channel", l.Channel}, {"exposures", strings.Join(l.Exposures, ", ")}, {"due", l.Due},
		{"planned", strings.TrimSpace(l.Planned + " by " + l.PlannedBy)}, {"approved", l.Approved}, {"approved by", l.ApprovedBy}, {"message id", l.MessageID},
		{"attempted", l.Attempted}, {"settled", l.Settled}, {"receipt", l.Receipt},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", line[0], visible.Text(line[1]))
		}
	}
	return w.Flush()
}

// planned is what came of a plan.
type planned struct {
	added       []notify.Notice
	unreachable []notify.Unreachable
	unrouted    int
	waiting     int // notices that are planned and not approved, these included
}

func tellPlan(c config.Config, p *notify.Policy, out *output, plan planned) error {
	if c.Format == "jsonl" {
		return wirePlan(out, plan)
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	second := 0
	for _, n := range plan.added {
		if p.NeedsSecond(n) {
			second++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", n.ID, visible.Text(n.Owner.Name), n.Owner.Audience, n.Occasion, things(len(n.Items), "exposure", "exposures"), n.Channel+" to "+strings.Join(n.Owner.To, ", "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, u := range plan.unreachable {
		fmt.Fprintf(out, "cannot be told  %s: %s; %s\n", visible.Text(u.Owner.Name), things(u.Exposures, "exposure", "exposures"), u.Reason)
	}
	if plan.unrouted > 0 {
		fmt.Fprintf(out, "%s: mailsweep route lists them\n", things(plan.unrouted, "exposure is nobody's", "exposures are nobody's"))
	}
	fmt.Fprintf(out, "%s planned, %d in all wait for approval", things(len(plan.added), "notice", "notices"), plan.waiting)
	if second > 0 {
		fmt.Fprintf(out, "; %d of these by somebody else than you", second)
	}
	_, err := fmt.Fprintln(out, "; nothing was sent")
	return err
}

func wirePlan(out *output, plan planned) error {
	enc := json.NewEncoder(out)
	for _, n := range plan.added {
		if err := enc.Encode(wireNotice(n)); err != nil {
			return err
		}
	}
	for _, u := range plan.unreachable {
		if err := enc.Encode(map[string]any{"type": "unreachable", "owner": u.Owner.ID, "name": u.Owner.Name, "exposures": u.Exposures, "reason": u.Reason}); err != nil {
			return err
		}
	}
	return enc.Encode(map[string]any{"type": "summary", "planned": len(plan.added), "waiting": plan.waiting, "unreachable": len(plan.unreachable), "unrouted": plan.unrouted})
}
