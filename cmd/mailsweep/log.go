package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/visible"
)

func (a *app) log() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Show and check the log of who swept what, when and why",
		Example: `  mailsweep log list
  mailsweep log verify`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use:     "list",
		Short:   "List the log's entries",
		Example: "  mailsweep log list --format jsonl",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.withLog(cmd, a.listLog) },
	}
	var heads []string
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Check that the log was not changed",
		Long: `Check that the log was not changed: every entry's hash covers the one before it.

The head's hash is printed. Keep it somewhere else, and give it back with --head: only so
can it be shown that the log's end was not cut off, nor all of it written anew.

Exits with 1 when the log is broken.`,
		Example: "  mailsweep log verify --head 9b1c…",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withLog(cmd, func(cmd *cobra.Command, c config.Config, db *sqlite.DB, out *output) error {
				return a.verifyLog(cmd, c, db, out, heads)
			})
		},
	}
	verify.Flags().StringArrayVar(&heads, "head", nil, "a head's `hash` noted earlier (may be repeated)")
	cmd.AddCommand(list, verify)
	return cmd
}

func (a *app) withLog(cmd *cobra.Command, do func(*cobra.Command, config.Config, *sqlite.DB, *output) error) (err error) {
	return a.list(cmd, &filterFlags{}, func(db *sqlite.DB, c config.Config, _ store.FindingFilter, out *output) error {
		if c.Format != "text" && c.Format != "jsonl" {
			return usage("log has no format %q: use text or jsonl", c.Format)
		}
		return do(cmd, c, db, out)
	})
}

// logLine is an entry on the wire; with seq, time, actor, action, run, case and
// detail as they stand, the hash can be computed anew (see store.Entry).
type logLine struct {
	Type   string          `json:"type"`
	Seq    int64           `json:"seq"`
	Time   string          `json:"time"`
	Actor  string          `json:"actor"`
	Action string          `json:"action"`
	Run    string          `json:"run"`
	Case   string          `json:"case"`
	Detail json.RawMessage `json:"detail"`
	Prev   string          `json:"prev"`
	Hash   string          `json:"hash"`
}

func (a *app) listLog(cmd *cobra.Command, c config.Config, db *sqlite.DB, out *output) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for e, err := range db.Entries(cmd.Context()) {
		if err != nil {
			return err
		}
		if c.Format == "jsonl" {
			err = enc.Encode(logLine{"log", e.Seq, e.Time.UTC().Format(store.TimeLayout), e.Actor, e.Action, e.Run, e.Case, e.Detail, e.Prev, e.Hash})
		} else {
			_, err = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%.12s\n", e.Seq, e.Time.In(time.Local).Format("2006-01-02 15:04:05"),
				visible.Text(e.Actor), visible.Text(e.Action), e.Run, visible.Text(e.Case), e.Hash)
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

func (a *app) verifyLog(cmd *cobra.Command, c config.Config, db *sqlite.DB, out *output, heads []string) error {
	v, err := db.Verify(cmd.Context(), heads...)
	if err != nil {
		return err
	}
	if c.Format == "jsonl" {
		err = json.NewEncoder(out).Encode(map[string]any{
			"type": "verification", "intact": v.Intact(), "entries": v.Entries, "head": v.Head,
			"broken_at": v.BrokenAt, "problem": v.Problem, "missing": append([]string{}, v.Missing...),
		})
	} else if v.Intact() {
		_, err = fmt.Fprintf(out, "the log is intact: %d entries\nhead %s\n", v.Entries, v.Head)
	}
	if err != nil {
		return err
	}
	switch {
	case v.BrokenAt != 0:
		return hint(fmt.Errorf("the log is broken: %s", v.Problem), "treat this database as evidence: copy it before anything else writes to it")
	case len(v.Missing) > 0:
		return hint(fmt.Errorf("the log does not hold the head %s: its end was cut off, or it was written anew", v.Missing[0]),
			"treat this database as evidence: copy it before anything else writes to it")
	}
	return nil
}
