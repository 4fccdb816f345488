package credentials

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxLine is how far a line is read from a place in it, each way, in bytes: what is
	// further off says nothing about that place.
	maxLine = 1 << 10
	// lineAhead is how far the end of a line is looked for at once, in bytes.
	lineAhead = 8 * maxLine
	// knownLines is how many lines are remembered: those round two labels.
	knownLines = 32
)

// lines remembers where the lines of a text that were asked for last begin and end.
type lines struct {
	known [knownLines]knownLine
	used  int // of known
	next  int // the one to be forgotten
}

// knownLine is a piece of a text without a line end in it.
type knownLine struct {
	from, to int
	// begins and ends say that the line is no longer than the piece, on that side.
	begins, ends bool
}

// has reports whether a place is in the piece, and all of its line that is read.
func (k knownLine) has(at int) bool {
	return k.from <= at && at <= k.to && (k.begins || k.from <= at-maxLine) && (k.ends || k.to >= at+maxLine)
}

// of is the line of a place.
func (s *lines) of(text string, at int) knownLine {
	for i := range s.used {
		if s.known[i].has(at) {
			return s.known[i]
		}
	}
	k := knownLine{from: max(0, at-maxLine), to: min(len(text), at+lineAhead)}
	k.begins, k.ends = k.from == 0, k.to == len(text)
	if i := strings.LastIndexByte(text[k.from:at], '\n'); i >= 0 {
		k.from, k.begins = k.from+i+1, true
	}
	if i := strings.IndexByte(text[at:k.to], '\n'); i >= 0 {
		k.to, k.ends = at+i, true
	}
	s.known[s.next] = k
	s.used = max(s.used, s.next+1)
	s.next = (s.next + 1) % knownLines
	return k
}

// line is where the line of a place begins and ends, without its line end.
func (p *page) line(at int) (from, to int) {
	k := p.lines.of(p.text, at)
	from, to = k.from, k.to
	if first := at - maxLine; first >= from && first > 0 {
		for from = first; from < at && !utf8.RuneStart(p.text[from]); {
			from++
		}
	}
	if last := at + maxLine; last <= to {
		for to = last; to < len(p.text) && !utf8.RuneStart(p.text[to]); {
			to++
		}
	}
	if to > from && p.text[to-1] == '\r' {
		to--
	}
	return from, to
}

// nextLine is the first line that is not empty behind the one of a place, within a few.
func (p *page) nextLine(at int) (from, to int, ok bool) {
	_, end := p.line(at)
	for range 4 {
		behind, more := p.behindLine(end)
		if !more {
			return 0, 0, false
		}
		from, to = p.line(behind)
		if line := strings.Trim(p.text[from:to], " \t>|\u00a0\r"); line != "" && !ruled(line) {
			return from, to, true
		}
		end = max(to, behind)
	}
	return 0, 0, false
}

// ruled reports a line that is drawn under a heading.
func ruled(line string) bool {
	return len(line) >= 3 && strings.Trim(line, "-=_+|: ") == "" && (strings.Contains(line, "--") || strings.Contains(line, "==") || strings.Contains(line, "__"))
}

// behindLine is where the line after that of a place begins.
func (p *page) behindLine(at int) (int, bool) {
	if k := p.lines.of(p.text, at); k.ends {
		return k.to + 1, k.to < len(p.text)
	}
	if at < p.far.start || at > p.far.end {
		p.far = mark{at, len(p.text)}
		if i := strings.IndexByte(p.text[at:], '\n'); i >= 0 {
			p.far.end = at + i
		}
	}
	return p.far.end + 1, p.far.end < len(p.text)
}

// inLink reports whether a place is inside a link.
func (p *page) inLink(at int) bool {
	const breaks = " \t\n\"'<>("
	least := max(0, at-1000)
	from := least
	if p.run.start <= at && at >= p.run.end {
		from = max(from, p.run.end) // between the two places, there was no break
	}
	if i := strings.LastIndexAny(p.text[from:at], breaks); i >= 0 {
		p.run.start = from + i + 1
	} else if from == least {
		p.run.start = least
	}
	p.run.end = at
	run := p.text[max(p.run.start, least):at]
	return len(run) >= len("://") && (strings.Contains(run, "://") || len(run) >= 4 && strings.EqualFold(run[:4], "www."))
}
