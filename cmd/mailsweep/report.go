package main

import (
	"cmp"
	"errors"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/report"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

func (a *app) report() *cobra.Command {
	var o filterFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write a report of all that is known: findings, skips, coverage",
		Long: `Write a report of all that the database knows: findings, what could not be searched,
and a summary. With --run, of that run. What an allow-list covers (--allow) is told apart.
The same formats as a sweep's, and html: one file for whoever decides what is rotated first,
with owners, states and what is overdue. With a policy it also says who is outside.`,
		Example: `  mailsweep report
  mailsweep report --run last --format jsonl
  mailsweep report --format sarif --output mailsweep.sarif
  mailsweep report --format html --output mailsweep.html
  mailsweep report --format csv --min-confidence likely --output findings.csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.list(cmd, &o, func(db *sqlite.DB, c config.Config, f store.FindingFilter, out *output) error {
				if c.Format == "html" {
					return a.writeDossier(cmd, db, c, f, out)
				}
				return a.writeReport(cmd, db, c, f, out, o.verbose)
			})
		},
	}
	o.add(cmd)
	o.addVerbose(cmd, "in text: list every skip, and what is allowed")
	cmd.Flags().String("policy", "", "in html: the `file` that says which domains are the organisation's")
	cmd.Flags().String("case", "", "in html: the case it is for")
	return cmd
}

func (a *app) writeReport(cmd *cobra.Command, db *sqlite.DB, c config.Config, f store.FindingFilter, out *output, verbose bool) error {
	list, err := a.allowed(cmd.Context(), db, c)
	if err != nil {
		return err
	}
	look := a.look(out)
	look.Verbose = verbose
	handler, err := report.New(c.Format, out, look)
	if err != nil {
		return &usageError{err}
	}
	var count sweeper.Count
	skips := db.Skips(cmd.Context(), store.SkipFilter{Mailboxes: f.Mailboxes, Folders: f.Folders, Run: f.Run, New: f.New, Gone: f.Gone})
	limit := f.Limit
	f.Limit = 0
	err = events(told(list, db.Findings(cmd.Context(), f), limit), skips, func(e sweeper.Event) error {
		count.Add(e)
		return handler.Handle(e)
	})
	if err != nil {
		return errors.Join(err, handler.Close())
	}
	sum, err := runCoverage(cmd, db, f.Run, count.Summary())
	if err != nil {
		return err
	}
	return errors.Join(handler.Handle(sweeper.Event{Summary: &sum}), handler.Close())
}

// runCoverage joins what the report lists with what was searched: by the run that
// was asked for, or by all runs together.
func runCoverage(cmd *cobra.Command, db *sqlite.DB, run string, sum sweeper.Summary) (sweeper.Summary, error) {
	sum.Outcome = sweeper.Completed
	for r, err := range db.Runs(cmd.Context()) {
		if err != nil {
			return sum, err
		}
		if run != "" && r.ID != run {
			continue
		}
		if sum.Run == "" { // the latest comes first
			sum.Run = r.ID
		}
		if run != "" {
			sum.Outcome = cmp.Or(r.Summary.Outcome, sweeper.Interrupted) // killed, when it says nothing
		}
		sum.Mailboxes = max(sum.Mailboxes, r.Summary.Mailboxes)
		sum.Folders = max(sum.Folders, r.Summary.Folders)
		sum.Messages += r.Summary.Messages
		sum.Parts += r.Summary.Parts
		sum.Bytes += r.Summary.Bytes
		sum.Seconds += r.Summary.Seconds
	}
	return sum, nil
}
