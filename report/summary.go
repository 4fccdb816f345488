package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"mailsweep/decode"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// summarise says what was searched and found. It never says that mail is clean:
// only that nothing was found in what could be searched.
func (p *page) summarise(s *sweeper.Summary) {
	if p.written {
		p.WriteByte('\n')
	}
	switch s.Outcome {
	case sweeper.Interrupted:
		p.field("interrupted", "this is what was done until then; the next sweep goes on from there")
	case sweeper.Failed:
		p.field("stopped", "an error ended the sweep before its end; this is what was done until then")
	}
	p.field("searched", strings.Join([]string{
		many(int64(s.Mailboxes), "mailbox", "mailboxes"), many(int64(s.Folders), "folder", "folders"),
		many(int64(s.Messages), "message", "messages"), many(int64(s.Parts), "part", "parts"),
		size(s.Bytes),
	}, ", "))
	p.field("", pace(s))
	if s.Reread > 0 {
		p.field("", many(int64(s.Reread), "folder was", "folders were")+" read again, because rules, text patterns or decoders have changed")
	}
	p.field("found", found(s))
	p.field("", tiers(s.ByConfidence))
	p.field("", suppressed(s.Suppressed))
	p.allowed(s.Allowed)
}

// allowed counts what an allow-list covers, by its entries.
func (p *page) allowed(counts []sweeper.AllowedCount) {
	name := "allowed"
	for _, c := range counts {
		p.field(name, count(int64(c.Findings))+" by "+covers(c.Allowance))
		name = ""
	}
}

// covers says which entry of an allow-list it is, and why it is there.
func covers(a sweeper.Allowance) string {
	text := strconv.Quote(a.Entry) + " (expires " + a.Expires
	if a.By != "" {
		text += ", " + a.By
	}
	return visible.Text(text + "): " + a.Reason)
}

// suppressed names what was passed over or lowered, the most frequent first.
func suppressed(by map[string]int) string {
	total := 0
	names := slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(by[b]-by[a], cmp.Compare(a, b)) })
	for i, name := range names {
		total += by[name]
		names[i] = visible.Text(name) + " " + count(int64(by[name]))
	}
	if total == 0 {
		return ""
	}
	return "passed over or lowered: " + strings.Join(names, ", ")
}

func found(s *sweeper.Summary) string {
	if s.Findings == 0 {
		what := "nothing found in " + many(int64(s.Messages), "message", "messages")
		if s.Messages == 0 {
			what += ": there was no mail, or none that is new since the last sweep"
		}
		if len(s.Allowed) > 0 {
			what += " but what is allowed"
		}
		if s.Skips > 0 {
			what += ", but not everything could be searched: see below"
		}
		return what
	}
	what := many(int64(s.Exposures), "exposure", "exposures") + " in " + many(int64(s.Findings), "finding", "findings")
	if s.NewFindings == 0 {
		return what + ", none of them new"
	}
	return what + ", " + count(int64(s.NewFindings)) + " of them new"
}

func tiers(by map[sweeper.Confidence]int) string {
	var list []string
	for c := sweeper.Confirmed; c >= sweeper.Review; c-- {
		if by[c] > 0 {
			list = append(list, count(int64(by[c]))+" "+confidence(c))
		}
	}
	return strings.Join(list, ", ")
}

// pace is how long it took, and how fast that is; a rate of less than a tenth of
// a second means nothing.
func pace(s *sweeper.Summary) string {
	took := seconds(s.Seconds)
	if took < 0.1 {
		return "in less than 0.1 s"
	}
	text := fmt.Sprintf("in %.1f s", took)
	if took >= 60 {
		text = "in " + time.Duration(took*float64(time.Second)).Round(time.Second).String()
	}
	return fmt.Sprintf("%s (%s messages/s, %s/s)", text, humanize.CommafWithDigits(float64(s.Messages)/took, 1), size(int64(float64(s.Bytes)/took)))
}

// unsearched counts skips by reason, by the summary where there is one, with the
// examples that were seen.
func (t *text) unsearched() {
	byReason := map[decode.Reason]int{}
	for r, x := range t.reasons {
		byReason[r] = x.count
	}
	total := t.skips
	if t.summary != nil {
		total = t.summary.Skips
		byReason = map[decode.Reason]int{}
		for r, n := range t.summary.SkipsByReason {
			byReason[decode.Reason(r)] = n
		}
	}
	if total == 0 {
		return
	}
	if t.summary == nil && t.out.written {
		t.out.WriteByte('\n')
	}
	t.out.field("not searched", many(int64(total), "thing", "things"))
	for _, r := range ordered(byReason) {
		t.out.field("", fmt.Sprintf("%7s  %s: %s", count(int64(byReason[r])), r, meaning(r)))
		if x := t.reasons[r]; x != nil && !t.opts.Verbose {
			t.examples(x.some, byReason[r]-len(x.some))
		}
	}
}

func (t *text) examples(some []string, more int) {
	for _, one := range some {
		t.out.line(fieldWidth+9, "", cut(one, 2*longest))
	}
	if more > 0 {
		t.out.line(fieldWidth+9, faint, "and "+count(int64(more))+" more; --format jsonl names them all")
	}
}

// ordered are the reasons in the order of [decode.Reasons], unknown ones last.
func ordered(by map[decode.Reason]int) []decode.Reason {
	rank := map[decode.Reason]int{}
	for i, r := range decode.Reasons() {
		rank[r] = i - len(decode.Reasons())
	}
	return slices.SortedFunc(maps.Keys(by), func(a, b decode.Reason) int {
		return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a, b))
	})
}

// meaning says a reason in words.
func meaning(r decode.Reason) string {
	switch r {
	case decode.Encrypted:
		return "it needs a password or a key"
	case decode.Unsupported:
		return "a kind that mailsweep does not read"
	case decode.Oversized:
		return "larger than the limit for one mail"
	case decode.Bomb:
		return "it expands beyond any honest ratio"
	case decode.TooDeep:
		return "nested too deeply"
	case decode.TooMany:
		return "more parts than the limit for one mail"
	case decode.TimeLimit:
		return "it took longer than the limit for one mail"
	case decode.Damaged:
		return "broken; what could be read was searched"
	case decode.Unreadable:
		return "the source refused it or could not give it"
	case decode.Gone:
		return "deleted during the sweep"
	case decode.NotMail:
		return "a file that is no mail"
	}
	return "see the documentation"
}

func count(n int64) string { return humanize.Comma(n) }

func many(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + more
}

// size is in units of 1000, as disks and networks are measured.
func size(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }
