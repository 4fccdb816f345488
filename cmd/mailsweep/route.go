package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func (a *app) route() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "route",
		Short: "Give what was found to those who must rotate it, by a policy of yours",
		Long: `Give what was found to those who must rotate it, by a policy of yours: a YAML file (--policy)
of owners and of routes, of which the first that matches decides. docs/owners.md takes you
through one.

What no route decides goes to the fallback; where there is none it is unrouted, and listed.
What is only worth a look (review) is not routed. Run it again after a sweep, or when the
policy has changed: who was told already keeps what is theirs.`,
		Example: `  mailsweep route check --policy owners.yaml
  mailsweep route --policy owners.yaml
  mailsweep route explain 3f9c2a --policy owners.yaml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.withPolicy(cmd, a.routeAll) },
	}
	cmd.PersistentFlags().String("policy", "", "the `file` that says who owns what")
	cmd.Flags().String("case", "", "the case it belongs to, for the log")
	check := &cobra.Command{
		Use:     "check",
		Short:   "Check a policy and the tables that it names",
		Example: "  mailsweep route check --policy owners.yaml",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings(cmd)
			if err != nil {
				return err
			}
			p, err := openPolicy(c)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s is in order: %d routes\n", c.Policy, len(p.Routes))
			return err
		},
	}
	explain := &cobra.Command{
		Use:     "explain EXPOSURE",
		Short:   "Say which route decides who owns an exposure, and why no other does",
		Example: "  mailsweep route explain 3f9c2a",
		Args:    someArgs("an exposure"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("route explain explains one exposure, but got %q", args)
			}
			return a.withPolicy(cmd, func(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
				return a.explainRoute(ctx, c, p, db, out, args[0])
			})
		},
	}
	cmd.AddCommand(check, explain)
	return cmd
}

// openPolicy reads the policy that the settings name.
func openPolicy(c config.Config) (*notify.Policy, error) {
	if c.Policy == "" {
		return nil, &usageError{hint(errors.New("there is no policy to say who owns what"), "name one with --policy, or as policy in the settings; docs/owners.md shows how to write it")}
	}
	set, err := openDetectors(c)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range set.Rules() {
		ids = append(ids, r.ID)
	}
	p, err := notify.ReadPolicy(os.DirFS(filepath.Dir(c.Policy)), filepath.Base(c.Policy), ids)
	if err != nil {
		return nil, &usageError{err}
	}
	return p, nil
}

// withPolicy does what the verbs of routing share.
func (a *app) withPolicy(cmd *cobra.Command, do func(context.Context, config.Config, *notify.Policy, *sqlite.DB, *output) error) (err error) {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if c.Format != "text" && c.Format != "jsonl" {
		return usage("route has no format %q: use text or jsonl", c.Format)
	}
	p, err := openPolicy(c)
	if err != nil {
		return err
	}
	db, err := readStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return a.deliver(c, func(out *output) error { return do(cmd.Context(), c, p, db, out) })
}

// leak is an exposure with all its sightings, the earliest first.
func leak(ctx context.Context, db *sqlite.DB, e sweeper.Exposure) (notify.Leak, error) {
	l := notify.Leak{Exposure: e}
	for f, err := range db.Findings(ctx, store.FindingFilter{Exposure: e.ID, Gone: true}) {
		if err != nil {
			return l, err
		}
		l.Sightings = append(l.Sightings, f)
	}
	l.Sort()
	return l, nil
}

// routed is how many exposures an owner has.
type routed struct {
	owner notify.Owner
	n     int
}

func (a *app) routeAll(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output) error {
	owners := map[string]*routed{}
	changed, all := 0, 0
	var unrouted []sweeper.Exposure
	err := a.eachRouted(ctx, c, p, db, func(e sweeper.Exposure, d notify.Decision, now bool) error {
		all++
		for _, o := range d.Owners {
			if owners[o.ID] == nil {
				owners[o.ID] = &routed{owner: o}
			}
			owners[o.ID].n++
		}
		if !d.Routed() {
			unrouted = append(unrouted, e)
		}
		if now {
			changed++
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tellRouted(c, out, owners, unrouted, all, changed)
}

// eachRouted gives all that is to be rotated to its owners and tells, of each exposure,
// what was decided, and whether that changed anything.
func (a *app) eachRouted(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, tell func(sweeper.Exposure, notify.Decision, bool) error) error {
	if _, err := db.Lapse(ctx, a.now(), actor(c)); err != nil {
		return err
	}
	dir, err := a.directory(c)
	if err != nil {
		return err
	}
	list, err := a.allowed(ctx, db, c)
	if err != nil {
		return err
	}
	filter := store.ExposureFilter{FindingFilter: store.FindingFilter{MinConfidence: sweeper.Likely}}
	for e, err := range toRotate(ctx, db, list, filter, a.leftOut) {
		if err != nil {
			return err
		}
		l, err := leak(ctx, db, e)
		if err != nil {
			return err
		}
		d, err := p.Route(ctx, l, dir)
		if err != nil {
			return err
		}
		assignment := store.Assignment{Exposure: e.ID, Actor: actor(c), Case: c.Case}
		if d.Route != nil {
			assignment.Route = d.Route.Name
		}
		for _, o := range d.Owners {
			assignment.Owners = append(assignment.Owners, o.ID)
		}
		changed, err := db.Assign(ctx, assignment)
		if err != nil {
			return err
		}
		if err := tell(e, d, changed); err != nil {
			return err
		}
	}
	return nil
}

// tellRouted lists the owners and what nobody owns.
func tellRouted(c config.Config, out *output, owners map[string]*routed, unrouted []sweeper.Exposure, all, changed int) error {
	ids := slices.Sorted(maps.Keys(owners))
	if c.Format == "jsonl" {
		enc := json.NewEncoder(out)
		for _, id := range ids {
			o := owners[id]
			if err := enc.Encode(map[string]any{"type": "routed", "owner": id, "name": o.owner.Name, "audience": o.owner.Audience, "to": append([]string{}, o.owner.To...), "exposures": o.n}); err != nil {
				return err
			}
		}
		for _, e := range unrouted {
			if err := enc.Encode(map[string]any{"type": "unrouted", "exposure": e.ID, "kind": e.Kind, "severity": e.Severity.String()}); err != nil {
				return err
			}
		}
		return enc.Encode(map[string]any{"type": "summary", "exposures": all, "changed": changed, "owners": len(ids), "unrouted": len(unrouted)})
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, id := range ids {
		o := owners[id]
		to := "no address"
		if len(o.owner.To) > 0 {
			to = o.owner.To[0]
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", humanize.Comma(int64(o.n)), visible.Text(o.owner.Name), o.owner.Audience, visible.Text(to))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, e := range unrouted {
		fmt.Fprintf(out, "unrouted  %s  %s  %s\n", e.ID, e.Severity, e.Kind)
	}
	_, err := fmt.Fprintf(out, "%s exposures, %d owners, %s unrouted; %s changed\n", humanize.Comma(int64(all)), len(ids), humanize.Comma(int64(len(unrouted))), humanize.Comma(int64(changed)))
	return err
}

func (a *app) explainRoute(ctx context.Context, c config.Config, p *notify.Policy, db *sqlite.DB, out *output, id string) error {
	e, err := oneExposure(ctx, db, id)
	if err != nil {
		return err
	}
	l, err := leak(ctx, db, e)
	if err != nil {
		return err
	}
	dir, err := a.directory(c)
	if err != nil {
		return err
	}
	d, err := p.Route(ctx, l, dir)
	if err != nil {
		return err
	}
	if c.Format == "jsonl" {
		ids := []string{}
		for _, o := range d.Owners {
			ids = append(ids, o.ID)
		}
		return json.NewEncoder(out).Encode(map[string]any{"type": "explanation", "exposure": e.ID, "owners": ids, "steps": d.Steps})
	}
	fmt.Fprintf(out, "exposure %s: %s, %s, %d sightings\n", e.ID, e.Kind, e.Severity, len(l.Sightings))
	for _, s := range d.Steps {
		fmt.Fprintf(out, "  %s\n", visible.Text(s))
	}
	for _, o := range d.Owners {
		fmt.Fprintf(out, "owner %s (%s), %s\n", visible.Text(o.ID), visible.Text(o.Name), o.Audience)
	}
	return nil
}
