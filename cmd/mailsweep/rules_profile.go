package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/sweeper"
)

func (a *app) profileRules() *cobra.Command {
	var top int
	cmd := &cobra.Command{
		Use:   "profile PATH...",
		Short: "Measure what each rule costs over a pile of mail",
		Long: `Measure what each rule costs over a pile of mail: files and directories as sweep takes
them, a text, or "-" for standard input. For each rule it counts

  texts    those that have one of its keywords, encodings undone counted by themselves
  anchors  places where it was looked for
  read     bytes that were read from there to see whether a match can be
  windows  pieces that its regex was run on; run: their bytes
  matches  of its regex; kept: those that became findings
  ms       the time of all this; regex: of its regex alone; share: of all rules

The costliest come first. Times are of one processor. Nothing is stored.`,
		Example: `  mailsweep rules profile --rules mine.toml ~/Maildir
  mailsweep rules profile --top 0 --format jsonl archive.mbox`,
		Args: someArgs("at least one PATH"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if top < 0 {
				return usage("--top is %d: it must be 0 (all rules) or more", top)
			}
			return a.withRules(cmd, func(set *detectors.Set, c config.Config, out *output) error {
				return a.profile(cmd.Context(), set, c, out, top, args)
			})
		},
	}
	cmd.Flags().IntVar(&top, "top", 20, "show the costliest `N` rules; 0 shows all")
	return cmd
}

// profiled is what was measured.
type profiled struct {
	detectors.Profile
	mails  int
	decode time.Duration
	skips  map[decode.Reason]int
}

func (a *app) profile(ctx context.Context, set *detectors.Set, c config.Config, out *output, top int, args []string) error {
	if err := textOrLines(c); err != nil {
		return err
	}
	if overwritesMail(c.Output, args) || slices.ContainsFunc(args, func(arg string) bool {
		return c.Output != "" && arg != "-" && resolved(arg) == resolved(c.Output)
	}) {
		return usage("--output names mail: %s would be overwritten", c.Output)
	}
	p := &profiled{skips: map[decode.Reason]int{}}
	corpus := corpus{
		mail: func(ctx context.Context, mail decode.Mail, b *decode.Budget) error { return p.add(ctx, set, mail, b) },
		skip: func(s decode.Skip) { p.skips[s.Reason]++ },
	}
	for _, arg := range args {
		if err := a.walk(ctx, c, arg, corpus); err != nil {
			return err
		}
	}
	write := p.text
	if c.Format == "jsonl" {
		write = p.lines
	}
	if err := write(out, top); err != nil {
		return err
	}
	return tried(false, p.mails == 0 && len(p.skips) > 0)
}

// add measures one mail.
func (p *profiled) add(ctx context.Context, set *detectors.Set, mail decode.Mail, b *decode.Budget) error {
	begin := time.Now()
	d, err := decode.Decode(ctx, mail, b)
	p.decode += time.Since(begin)
	if err != nil {
		return err
	}
	p.mails++
	for _, s := range d.Skips {
		p.skips[s.Reason]++
	}
	late, cancel := context.WithTimeout(ctx, decode.DefaultLimits().Time)
	defer cancel()
	err = set.Profile(late, sweeper.Mail{Header: mail.Header, Texts: d.Texts, Files: d.Files}, &p.Profile)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		p.skips[decode.TimeLimit]++
		return nil
	}
	return err
}

// chosen are the costliest rules, and the time of all.
func (p *profiled) chosen(top int) (shown []detectors.RuleCost, all int, time time.Duration) {
	shown = p.Rules()
	for _, r := range shown {
		time += r.Time
	}
	all = len(shown)
	if top > 0 {
		shown = shown[:min(top, all)]
	}
	return shown, all, time
}

func (p *profiled) text(out *output, top int) error {
	shown, all, rules := p.chosen(top)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 1, ' ', tabwriter.AlignRight)
	if len(shown) > 0 {
		fmt.Fprintln(w, "ms\tregex\tshare\ttexts\tanchors\tread\twindows\trun\tmatches\tkept\t  rule")
	}
	for _, r := range shown {
		fmt.Fprintf(w, "%.1f\t%.1f\t%.0f%%\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t  %s\n",
			ms(r.Time), ms(r.PatternTime), share(r.Time, rules), short(r.Texts), short(r.Anchors), short(r.Read),
			short(r.Windows), short(r.Ran), short(r.Matches), short(r.Kept), r.Rule)
	}
	_ = w.Flush() // into memory
	if more := all - len(shown); more > 0 {
		fmt.Fprintf(&b, "and %d more rules; --top 0 shows all\n", more)
	}
	if len(shown) > 0 {
		fmt.Fprintln(&b)
	}
	fmt.Fprintf(&b, "searched  mails: %s, texts: %s, %.1f MB in %.2f s: %.1f MB/s\n",
		humanize.Comma(int64(p.mails)), humanize.Comma(int64(p.Texts)), float64(p.Bytes)/1e6, p.Time.Seconds(), p.speed())
	fmt.Fprintf(&b, "of that   %.0f%% for single rules; the rest for keywords, encodings and measuring\n", share(rules, p.Time))
	fmt.Fprintf(&b, "before    %.2f s to decode\n", p.decode.Seconds())
	if reasons := p.reasons(); reasons != "" {
		fmt.Fprintf(&b, "not searched: %s\n", reasons)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (p *profiled) reasons() string {
	var all []string
	for _, reason := range decode.Reasons() {
		if n := p.skips[reason]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, reason))
		}
	}
	return strings.Join(all, ", ")
}

// speed is in megabytes of text a second.
func (p *profiled) speed() float64 {
	return float64(p.Bytes) / 1e6 / max(p.Time.Seconds(), 1e-9)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// share is in percent.
func share(part, whole time.Duration) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// short is a number in at most five characters: 9999, 10k, 1.2M.
func short[N int | int64](n N) string {
	f := float64(n)
	unit := ""
	for _, u := range []string{"k", "M", "G", "T"} {
		if f < 10_000 && unit == "" || f < 1000 {
			break
		}
		f, unit = f/1000, u
	}
	if f < 10 && unit != "" {
		return fmt.Sprintf("%.1f%s", f, unit)
	}
	return fmt.Sprintf("%.0f%s", f, unit)
}

// costLine is a rule's cost on the wire; profileLine is the last line.
type costLine struct {
	Type      string  `json:"type"`
	Rule      string  `json:"rule"`
	Texts     int     `json:"texts"`
	Anchors   int     `json:"anchors"`
	Windows   int     `json:"windows"`
	ReadBytes int64   `json:"read_bytes"`
	RunBytes  int64   `json:"run_bytes"`
	Matches   int     `json:"matches"`
	Kept      int     `json:"kept"`
	MS        float64 `json:"ms"`
	RegexMS   float64 `json:"regex_ms"`
	Share     float64 `json:"share_percent"`
}

type profileLine struct {
	Type     string                `json:"type"`
	Mails    int                   `json:"mails"`
	Texts    int                   `json:"texts"`
	Bytes    int64                 `json:"bytes"`
	Rules    int                   `json:"rules"`
	MS       float64               `json:"ms"`
	RulesMS  float64               `json:"rules_ms"`
	DecodeMS float64               `json:"decode_ms"`
	Speed    float64               `json:"mb_per_second"`
	Skips    map[decode.Reason]int `json:"skips"`
}

func (p *profiled) lines(out *output, top int) error {
	shown, all, rules := p.chosen(top)
	enc := wire(out)
	for _, r := range shown {
		if err := enc.Encode(costLine{
			"rule", r.Rule, r.Texts, r.Anchors, r.Windows, r.Read, r.Ran, r.Matches, r.Kept,
			ms(r.Time), ms(r.PatternTime), share(r.Time, rules),
		}); err != nil {
			return err
		}
	}
	return enc.Encode(profileLine{
		"summary", p.mails, p.Texts, p.Bytes, all, ms(p.Time), ms(rules), ms(p.decode), p.speed(), p.skips,
	})
}
