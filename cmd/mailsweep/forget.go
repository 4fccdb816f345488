package main

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/spf13/cobra"

	"mailsweep/store"
)

func (a *app) forget() *cobra.Command {
	var f store.Forgetting
	var before string
	var yes bool
	cmd := &cobra.Command{
		Use:   "forget",
		Short: "Erase what is known of a mailbox, of a person, or of old mail",
		Long: `Erase what is known of a mailbox, of a person, or of old mail. Without --yes, say how much
that would be, and erase nothing.

  --mailbox  all that is known of mail in mailboxes that match
  --before   all that is known of mail received before a date; mail without one stays
  --person   all that is known of mail in that person's mailbox; in other mail, in details
             and in notices, the address

An exposure of which no sighting is left is erased with its states. It is overwritten in
the file. The log is not changed, ever: an entry says who erased what and why, a person
by a digest; earlier entries name owners by their addresses. Mail that is still there is
found again when it is read again, as new rules make it be.`,
		Example: `  mailsweep forget --mailbox leaver@example.com --reason 'left in March' --yes
  mailsweep forget --before 2024-01-01 --reason 'two years of retention'
  mailsweep forget --person ann@example.com --reason 'request 4711' --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := a.settings(cmd)
			if err != nil {
				return err
			}
			if before != "" {
				if f.Before, err = day(before); err != nil {
					return usage("--before: %q is no date such as 2026-03-01 and no time such as 2026-03-01T08:00:00Z", before)
				}
			}
			f.Mailboxes = c.Mailboxes
			if !cmd.Flags().Changed("mailbox") {
				f.Mailboxes = nil // a setting that narrows sweeps must not erase
			}
			switch a, err := mail.ParseAddress(f.Person); {
			case len(f.Mailboxes) == 0 && f.Before.IsZero() && f.Person == "":
				return usage("say what to forget: --mailbox, --before or --person")
			case f.Person != "" && (err != nil || a.Address != f.Person):
				return usage("--person: %q is no address", f.Person)
			case f.Reason == "":
				return usage("say why (--reason): whoever reads the log later will want to know")
			}
			if err := a.noFormat(c.Format, "forget"); err != nil {
				return err
			}
			f.Actor, f.Case, f.Try = actor(c), c.Case, !yes
			db, err := readStore(cmd, c)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			n, err := db.Forget(cmd.Context(), f)
			if err != nil {
				return err
			}
			return a.tellForgotten(n, f.Try)
		},
	}
	flags := cmd.Flags()
	flags.StringArray("mailbox", nil, "mail in mailboxes that match this `pattern` (* and ?; may be repeated)")
	flags.StringVar(&before, "before", "", "mail that was received before this `date`")
	flags.StringVar(&f.Person, "person", "", "the person with this `address`")
	flags.StringVar(&f.Reason, "reason", "", "why, for the log")
	flags.String("case", "", "the case it belongs to, for the log")
	flags.BoolVar(&yes, "yes", false, "do erase it")
	return cmd
}

func (a *app) tellForgotten(n store.Forgotten, try bool) error {
	var words []string
	for _, part := range []struct {
		n         int
		one, more string
	}{{n.Messages, "message", "messages"}, {n.Findings, "finding", "findings"}, {n.Skips, "skip", "skips"}, {n.Exposures, "exposure", "exposures"}, {n.Mentions, "mention", "mentions"}} {
		words = append(words, things(part.n, part.one, part.more))
	}
	end := "forgotten"
	if try {
		end = "would be forgotten; nothing was: say --yes"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %s\n", end, strings.Join(words, ", "))
	return err
}
