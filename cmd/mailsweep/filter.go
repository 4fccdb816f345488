package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mailsweep/config"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// filterFlags are the flags with which findings and exposures are chosen.
type filterFlags struct {
	rules, kinds               []string
	confidence, severity       string
	fingerprint, exposure, run string
	onlyNew, gone              bool
	limit                      int
	verbose                    bool
}

// addMail adds the flags that choose mail.
func addMail(f *pflag.FlagSet) {
	f.String("since", "", "only mail received at or after this `time`: a date, RFC 3339, or 7d for seven days ago")
	f.String("until", "", "only mail received before this `time`")
	f.StringArray("mailbox", nil, "only mailboxes that match this `pattern` (* and ?; may be repeated)")
	f.StringArray("folder", nil, "only folders that match this `pattern` (* and ?; may be repeated)")
}

func (o *filterFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.rules, "rule", nil, "only this `rule` (may be repeated)")
	f.StringArrayVar(&o.kinds, "kind", nil, "only this `kind`: token, private-key, key-file or password (may be repeated)")
	f.StringVar(&o.confidence, "min-confidence", "", "only from this `tier` on: review, likely or confirmed")
	f.StringVar(&o.severity, "min-severity", "", "only from this `severity` on: low, medium, high or critical")
	addMail(f)
	f.StringVar(&o.fingerprint, "fingerprint", "", "only fingerprints that begin so")
	f.StringVar(&o.run, "run", "", "only what this `run` saw first or last; \"last\" is the last one")
	f.BoolVar(&o.onlyNew, "new", false, "with --run: only what that run was the first to see")
	f.BoolVar(&o.gone, "gone", false, "also what was in mail that is no longer there")
	f.IntVar(&o.limit, "limit", 0, "at most so many")
	addAllow(f)
}

func (o *filterFlags) addVerbose(cmd *cobra.Command, what string) {
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, what)
}

// filter checks the flags.
func (o *filterFlags) filter(c config.Config) (store.FindingFilter, error) {
	f := store.FindingFilter{
		Rules: o.rules, Mailboxes: c.Mailboxes, Folders: c.Folders,
		Fingerprint: strings.ToLower(o.fingerprint), Exposure: strings.ToLower(o.exposure),
		Received: sweeper.Window{Since: c.Since, Until: c.Until},
		Run:      o.run, New: o.onlyNew, Gone: o.gone, Limit: o.limit,
	}
	for _, k := range o.kinds {
		kind, err := sweeper.ParseKind(k)
		if err != nil {
			return f, &usageError{fmt.Errorf("--kind: %w", err)}
		}
		f.Kinds = append(f.Kinds, kind)
	}
	var err error
	if o.confidence != "" {
		if f.MinConfidence, err = sweeper.ParseConfidence(o.confidence); err != nil {
			return f, &usageError{fmt.Errorf("--min-confidence: %w", err)}
		}
	}
	if o.severity != "" {
		if f.MinSeverity, err = sweeper.ParseSeverity(o.severity); err != nil {
			return f, &usageError{fmt.Errorf("--min-severity: %w", err)}
		}
	}
	if o.onlyNew && o.run == "" {
		return f, usage("--new needs --run: new to which run?")
	}
	if o.limit < 0 {
		return f, usage("--limit is %d: it cannot be negative", o.limit)
	}
	return f, nil
}
