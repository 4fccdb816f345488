package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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
		Short: "List, show and try the rules that find secrets",
		Example: `  mailsweep rules list
  mailsweep rules show github-pat
  mailsweep rules test --rules mine.toml sample.txt`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringArray("rules", nil, "add the gitleaks rules in this TOML `file` (may be repeated)")
	list := &cobra.Command{
		Use:     "list",
		Short:   "List all rules",
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
	cmd.AddCommand(list, show, test)
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

// testRules searches one file as if it were the only attachment of a mail; a mail
// is taken apart. The key is made for the occasion: its fingerprints mean nothing to
// anybody else.
func (a *app) testRules(cmd *cobra.Command, set *detectors.Set, c config.Config, out *output, args []string) error {
	name, in := "standard input", a.stdin
	if len(args) == 1 && args[0] != "-" {
		if c.Output != "" && resolved(c.Output) == resolved(args[0]) {
			return usage("--output names the FILE: %s would be overwritten", c.Output)
		}
		f, err := os.Open(args[0])
		if err != nil {
			return &usageError{err}
		}
		defer f.Close()
		name, in = args[0], f
	}
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
	part := decode.Part{Path: "1", Name: name, Type: "application/octet-stream", Size: -1,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(in), nil }}
	if in == a.stdin {
		part.Name, part.Type = "", "text/plain"
	}
	one := sweeper.Sweeper{Detector: set, Key: secret.NewKey(), Limits: limits}
	ref := sweeper.Ref{Source: "test", ID: name, Key: name}
	result, err := one.Search(cmd.Context(), ref, decode.Mail{Parts: []decode.Part{part}}, decode.NewBudget(limits, -1))
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
	switch {
	case sum.Findings > 0:
		return exitCode(exitFound)
	case sum.Skips > 0:
		return exitCode(exitNotSearched)
	}
	return nil
}
