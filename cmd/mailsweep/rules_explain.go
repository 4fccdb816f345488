package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func (a *app) explainRules() *cobra.Command {
	var rule string
	cmd := &cobra.Command{
		Use:   "explain [FILE]",
		Short: "Explain what each rule makes of a text or a mail",
		Long: `Explain what each rule makes of a text, a mail or any other file; without a FILE, or
with "-", of standard input. For each rule that had anything to do with a text it says
which keyword and which anchor is there, in which window the regex was run, whether it
matched, and which check dropped the match or how sure it is. Places are LINE:COLUMN.

With --rule it explains one rule, and says why it found nothing. All text but the
rule's own words is masked: no secret is ever shown. Nothing is stored.

Exits with 3 when anything was found.`,
		Example: `  mailsweep rules explain sample.txt
  mailsweep rules explain --rule github-pat message.eml
  pbpaste | mailsweep rules explain --rule generic-api-key`,
		Args: atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withRules(cmd, func(set *detectors.Set, c config.Config, out *output) error {
				return a.explain(cmd.Context(), set, c, out, rule, args)
			})
		},
	}
	cmd.Flags().StringVar(&rule, "rule", "", "explain only the rule of this `id`")
	return cmd
}

// explanation is what there is to tell of a trial.
type explanation struct {
	detectors.Explained
	rule  *detectors.Rule // the only one that is asked for; nil for all
	texts int
	skips []decode.Skip
}

func (a *app) explain(ctx context.Context, set *detectors.Set, c config.Config, out *output, id string, args []string) error {
	if err := textOrLines(c); err != nil {
		return err
	}
	var only *detectors.Rule
	if id != "" {
		r, err := ruleOf(set, id)
		if err != nil {
			return err
		}
		only = &r
	}
	t, err := a.trial(c, args)
	if err != nil {
		return err
	}
	defer t.close()
	x, err := explainMail(ctx, set, t.mail, only)
	if err != nil {
		return err
	}
	write := x.text
	if c.Format == "jsonl" {
		write = x.lines
	}
	if err := write(out); err != nil {
		return err
	}
	return tried(x.found(), len(x.skips) > 0)
}

func explainMail(ctx context.Context, set *detectors.Set, mail decode.Mail, only *detectors.Rule) (explanation, error) {
	x := explanation{rule: only}
	limits := decode.DefaultLimits()
	d, err := decode.Decode(ctx, mail, decode.NewBudget(limits, -1))
	if err != nil {
		return x, err
	}
	late, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	_, x.Explained, err = set.Explain(late, sweeper.Mail{Texts: d.Texts, Files: d.Files})
	if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
		return x, err
	}
	if err != nil {
		d.Skips = append(d.Skips, decode.Skip{Reason: decode.TimeLimit, Detail: "the detectors did not finish"})
	}
	for _, s := range d.Skips {
		s.Path, s.Detail = x.Mask.Mask(s.Path), x.Mask.Mask(s.Detail)
		x.skips = append(x.skips, s)
	}
	x.texts = len(d.Texts)
	if only == nil {
		return x, nil
	}
	var mine []detectors.Explanation
	for _, e := range x.Rules {
		if e.Rule == only.ID || e.Rule == "" {
			mine = append(mine, e)
		}
	}
	if len(mine) == 0 {
		mine = []detectors.Explanation{{Rule: only.ID, Verdict: absent(*only, x.texts)}}
	}
	x.Rules = mine
	return x, nil
}

// absent says why a rule had nothing to do with any text.
func absent(r detectors.Rule, texts int) string {
	where := "in the text"
	if texts > 1 {
		where = fmt.Sprintf("in any of the %d texts", texts)
	}
	switch {
	case texts == 0:
		return "there is no text to search"
	case r.Search == detectors.ByFile:
		return "it looks at files, and there is none of its kind"
	case len(r.Keywords) > 0:
		return "none of its keywords is " + where + ": " + strings.Join(r.Keywords, ", ")
	}
	return "none of its anchors is " + where + " with anything behind it that could match: " + strings.Join(common(r.Anchors), ", ")
}

func (x explanation) found() bool {
	for _, e := range x.Rules {
		for _, m := range e.Matches {
			if m.Kept {
				return true
			}
		}
	}
	return false
}

// text writes the rules whose regex was run, part by part, and names the others.
func (x explanation) text(out *output) error {
	w := &narrow{}
	path, idle := "\x00", []string(nil)
	for _, e := range x.Rules {
		if e.Path != path {
			idle = w.rest(idle)
			path = e.Path
			if path != "" {
				w.line(0, "", visible.Text(path))
			}
		}
		if x.rule == nil && e.Rule != "" && e.WindowCount == 0 && len(e.Matches) == 0 {
			idle = append(idle, e.Rule)
			continue
		}
		w.explain(e)
	}
	w.rest(idle)
	for _, s := range x.skips {
		w.line(0, "", visible.Text(fmt.Sprintf("not searched: %s: %s %s", s.Path, s.Reason, s.Detail)))
	}
	if len(x.Rules) == 0 {
		w.line(0, "", fmt.Sprintf("no rule had anything to do with any of the %d texts", x.texts))
	}
	_, err := out.Write([]byte(w.String()))
	return err
}

// rest names rules of which a word is in the text, and no more.
func (w *narrow) rest(idle []string) []string {
	if len(idle) > 0 {
		w.line(2, "words only ", strings.Join(idle, ", "))
	}
	return nil
}

func (w *narrow) explain(e detectors.Explanation) {
	head := e.Rule
	if e.Decoded > 0 {
		head += fmt.Sprintf(" (encodings undone: %d)", e.Decoded)
	}
	w.line(2, "", visible.Text(head))
	if len(e.Keywords) > 0 {
		w.line(4, "keyword  ", placed(e.Keywords, len(e.Keywords)))
	}
	if len(e.Anchors) > 0 {
		w.line(4, "anchor   ", placed(e.Anchors, e.AnchorCount))
	}
	if e.Whole {
		w.line(4, "read     ", "from the first byte on")
	}
	for _, v := range e.Windows {
		w.line(4, "window   ", fmt.Sprintf("from %d:%d, bytes %d to %d: %s", v.Line, v.Column, v.Start, v.End, visible.Text(strings.TrimSpace(v.Excerpt))))
	}
	if more := e.WindowCount - len(e.Windows); more > 0 {
		w.line(4, "         ", fmt.Sprintf("and %d more windows", more))
	}
	for _, m := range e.Matches {
		if m.Kept {
			w.line(4, "found    ", visible.Text(fmt.Sprintf("%d:%d %s, %s: %s", m.Line, m.Column, m.Preview, m.Confidence, m.Reason)))
		} else {
			w.line(4, "dropped  ", visible.Text(fmt.Sprintf("%d:%d %s, %s: %s", m.Line, m.Column, m.Preview, m.Check, m.Reason)))
		}
	}
	if e.Verdict != "" {
		w.line(4, "nothing  ", visible.Text(e.Verdict))
	}
}

// placed lists words with their places.
func placed(places []detectors.Place, of int) string {
	var all []string
	for _, p := range places {
		all = append(all, fmt.Sprintf("%s at %d:%d", visible.Text(p.Word), p.Line, p.Column))
	}
	if more := of - len(places); more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}

// narrow is text for people, its lines folded at 80 columns.
type narrow struct{ strings.Builder }

// line writes a labelled text; what does not fit stands below it.
func (w *narrow) line(indent int, label, text string) {
	const width = 80
	lead := strings.Repeat(" ", indent) + label
	at := len(lead)
	w.WriteString(lead)
	for i, word := range strings.Split(text, " ") {
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > width:
			w.WriteString("\n" + strings.Repeat(" ", len(lead)))
			at = len(lead)
		default:
			w.WriteByte(' ')
			at++
		}
		w.WriteString(word)
		at += n
	}
	w.WriteByte('\n')
}
