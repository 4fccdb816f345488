package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"mailsweep/config"
	"mailsweep/detectors"
	"mailsweep/visible"
)

// ruleLine is a rule on the wire.
type ruleLine struct {
	ID          string           `json:"id"`
	Kind        string           `json:"kind"`
	Description string           `json:"description"`
	Keywords    []string         `json:"keywords"`
	Regex       string           `json:"regex"`
	Path        string           `json:"path"`
	SecretGroup int              `json:"secret_group"`
	Entropy     float64          `json:"entropy"`
	Origin      string           `json:"origin"`
	Line        int              `json:"line"`
	Source      string           `json:"source_sha256"`
	Search      detectors.Search `json:"search"`
	Anchors     []string         `json:"anchors"`
	Longest     int              `json:"longest"`
	Allowlists  []string         `json:"allowlists"`
	Required    []string         `json:"required"`
}

func line(r detectors.Rule) ruleLine {
	return ruleLine{
		r.ID, string(r.Kind), r.Description, list(r.Keywords), r.Regex, r.Path, r.SecretGroup, r.Entropy, r.Origin, r.Line, r.Source,
		r.Search, list(r.Anchors), r.Longest, list(r.Allowlists), list(r.Required),
	}
}

// list is never null on the wire.
func list(s []string) []string { return append([]string{}, s...) }

// wire encodes one object a line, in the words of JSON without those of HTML.
func wire(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// textOrLines refuses formats that the verbs of rules do not have.
func textOrLines(c config.Config) error {
	if c.Format != "text" && c.Format != "jsonl" {
		return usage("rules has no format %q: use text or jsonl", c.Format)
	}
	return nil
}

func listRules(set *detectors.Set, c config.Config, out *output) error {
	if err := textOrLines(c); err != nil {
		return err
	}
	if c.Format == "jsonl" {
		enc := wire(out)
		for _, r := range set.Rules() {
			if err := enc.Encode(line(r)); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, r := range set.Rules() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Kind, r.Origin, visible.Text(searched(r, 24)))
	}
	return w.Flush()
}

// searched says how a rule is looked for, with as many of its anchors as fit into
// about so many characters.
func searched(r detectors.Rule, room int) string {
	switch r.Search {
	case detectors.ByFile:
		return ""
	case detectors.Scanned:
		return "scanned"
	}
	anchors, shown := common(r.Anchors), 0
	for n := 0; shown < len(anchors) && (shown == 0 || n+len(anchors[shown]) <= room); shown++ {
		n += len(anchors[shown]) + len(", ")
	}
	words := "at " + strings.Join(anchors[:shown], ", ")
	if more := len(anchors) - shown; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// common leaves out the spellings with a Kelvin sign or a long s, which are looked for
// where case does not matter.
func common(anchors []string) []string {
	return slices.DeleteFunc(slices.Clone(anchors), func(a string) bool { return strings.ContainsAny(a, "\u212a\u017f") })
}

func showRule(set *detectors.Set, c config.Config, out *output, id string) error {
	if err := textOrLines(c); err != nil {
		return err
	}
	r, err := ruleOf(set, id)
	switch {
	case err != nil:
		return err
	case c.Format == "jsonl":
		return wire(out).Encode(line(r))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.ID)
	if r.Description != "" {
		fmt.Fprintf(&b, "  %s\n", r.Description)
	}
	for _, f := range [][2]string{
		{"kind", string(r.Kind)},
		{"origin", fmt.Sprintf("%s, line %d", r.Origin, r.Line)},
		{"", "sha256 " + r.Source},
		{"search", searchedInFull(r)},
		{"keywords", keywords(r)},
		{"regex", r.Regex},
		{"path", r.Path},
		{"secret group", secretGroup(r)},
		{"entropy", entropyWanted(r)},
		{"longest", longest(r)},
		{"requires", strings.Join(r.Required, ", ")},
	} {
		if f[1] != "" {
			fmt.Fprintf(&b, "  %-12s %s\n", f[0], visible.Text(f[1]))
		}
	}
	for _, a := range r.Allowlists {
		fmt.Fprintf(&b, "  %-12s %s\n", "passes over", visible.Text(a))
	}
	_, err = io.WriteString(out, b.String())
	return err
}

func ruleOf(set *detectors.Set, id string) (detectors.Rule, error) {
	for _, r := range set.Rules() {
		if r.ID == id {
			return r, nil
		}
	}
	return detectors.Rule{}, &usageError{hint(fmt.Errorf("there is no rule %q", id), "mailsweep rules list lists them")}
}

func searchedInFull(r detectors.Rule) string {
	switch r.Search {
	case detectors.ByFile:
		return "by files: their names, or what they are"
	case detectors.Scanned:
		texts := "every text"
		if len(r.Keywords) > 0 {
			texts += " that has a keyword"
		}
		return "scanned: the regex has no words that are worth looking for, so " + texts + " is read from its first byte on"
	}
	return fmt.Sprintf("at %s: a text is read only in windows round these", strings.Join(common(r.Anchors), ", "))
}

func keywords(r detectors.Rule) string {
	if len(r.Keywords) == 0 && r.Search != detectors.ByFile {
		return "none: every text is tried"
	}
	return strings.Join(r.Keywords, ", ")
}

func secretGroup(r detectors.Rule) string {
	if r.Search == detectors.ByFile {
		return ""
	}
	return strconv.Itoa(r.SecretGroup)
}

func entropyWanted(r detectors.Rule) string {
	switch {
	case r.Search == detectors.ByFile:
		return ""
	case r.Entropy == 0:
		return "any"
	}
	return fmt.Sprintf("more than %g bits a character", r.Entropy)
}

func longest(r detectors.Rule) string {
	switch {
	case r.Search == detectors.ByFile:
		return ""
	case r.Longest < 0:
		return "without a bound"
	}
	return fmt.Sprintf("%d characters", r.Longest)
}
