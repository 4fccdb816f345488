package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/report"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

func (a *app) rules() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List, show, try, explain and measure the rules that find secrets",
		Example: `  mailsweep rules list
  mailsweep rules show github-pat
  mailsweep rules test --rules mine.toml sample.txt
  mailsweep rules explain --rule my-rule --rules mine.toml sample.txt
  mailsweep rules profile ~/Maildir`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringArray("rules", nil, "add the gitleaks rules in this TOML `file` (may be repeated)")
	list := &cobra.Command{
		Use:   "list",
		Short: "List all rules",
		Long: `List all rules: id, kind, where each comes from, and how it is looked for: "at" the
words that every match holds, or "scanned", when there are none, or only ones that all
texts have: then every text that has one of its keywords is read from its first byte on.`,
		Example: "  mailsweep rules list --format jsonl",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withRules(cmd, listRules)
		},
	}
	show := &cobra.Command{
		Use:     "show RULE",
		Short:   "Show one rule",
		Example: "  mailsweep rules show private-key",
		Args:    cobra.MatchAll(someArgs("a rule's id"), atMostArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withRules(cmd, func(set *detectors.Set, c config.Config, out *output) error { return showRule(set, c, out, args[0]) })
		},
	}
	test := &cobra.Command{
		Use:   "test [FILE]",
		Short: "Try the rules on a text, a mail or any other file",
		Long: `Try the rules on a text, a mail or any other file; without a FILE, or with "-", on
standard input. What matches is shown by rule, part, line and preview: the secret
itself is never shown. Nothing is stored.

Exits with 3 when anything was found.`,
		Example: "  mailsweep rules test --rules mine.toml sample.txt",
		Args:    atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withRules(cmd, func(set *detectors.Set, c config.Config, out *output) error {
				return a.testRules(cmd, set, c, out, args)
			})
		},
	}
	cmd.AddCommand(list, show, test, a.explainRules(), a.profileRules())
	return cmd
}

func (a *app) withRules(cmd *cobra.Command, do func(*detectors.Set, config.Config, *output) error) error {
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	set, err := openDetectors(c)
	if err != nil {
		return err
	}
	for _, w := range set.Warnings() {
		fmt.Fprintln(a.stderr, "mailsweep: warning:", w)
	}
	return a.deliver(c, func(out *output) error { return do(set, c, out) })
}

// testRules searches one file. The key is made for the occasion: its fingerprints mean
// nothing to anybody else.
func (a *app) testRules(cmd *cobra.Command, set *detectors.Set, c config.Config, out *output, args []string) error {
	t, err := a.trial(c, args)
	if err != nil {
		return err
	}
	defer t.close()
	look := a.look(out)
	look.Verbose = true
	handler, err := report.New(c.Format, out, look)
	if err != nil {
		return &usageError{err}
	}
	var count sweeper.Count
	tell := func(e sweeper.Event) error {
		count.Add(e)
		return handler.Handle(e)
	}
	limits := decode.DefaultLimits()
	one := sweeper.Sweeper{Detector: set, Key: secret.NewKey(), Limits: limits}
	ref := sweeper.Ref{Source: "test", ID: t.name, Key: t.name}
	result, err := one.Search(cmd.Context(), ref, t.mail, decode.NewBudget(limits, -1))
	for i := range result.Findings {
		err = errors.Join(err, tell(sweeper.Event{Finding: &result.Findings[i]}))
	}
	for i := range result.Skips {
		err = errors.Join(err, tell(sweeper.Event{Skip: &result.Skips[i]}))
	}
	sum := count.Summary()
	sum.Messages, sum.Parts, sum.Bytes = 1, result.Parts, result.Bytes
	if err = errors.Join(err, handler.Handle(sweeper.Event{Summary: &sum}), handler.Close()); err != nil {
		return err
	}
	return tried(sum.Findings > 0, sum.Skips > 0)
}

// tried is the outcome of a trial.
func tried(found, skipped bool) error {
	switch {
	case found:
		return exitCode(exitFound)
	case skipped:
		return exitCode(exitNotSearched)
	}
	return nil
}
