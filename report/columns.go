package report

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"mailsweep/visible"
)

// longest is where a line of mail ends when the terminal's width is not known:
// a subject may be a megabyte.
const longest = 200

// most is where even wrapped text ends: nobody reads a path of twenty lines, and
// finding the breaks of a hostile one must not take longer than the sweep.
const most = 2000

// measure counts terminal columns, the same in every locale: wide characters are
// two, marks that stand on others none.
func measure() *runewidth.Condition { return &runewidth.Condition{StrictEmojiNeutral: true} }

func columns(s string) int {
	if visible.Plain(s) {
		return len(s)
	}
	return measure().StringWidth(s)
}

// cut ends s after at most width columns, with "..." when something is missing.
// It also ends a heap of marks that takes no width at all.
func cut(s string, width int) string {
	if width <= 0 {
		width = longest
	}
	short := s
	if n := 4 * width; len(short) > n {
		runes := 0
		for i := range short {
			if runes++; runes > n {
				short = short[:i]
				break
			}
		}
	}
	if len(short) == len(s) && columns(s) <= width {
		return s
	}
	const more = "..."
	if width <= len(more) {
		return more[:width]
	}
	if columns(short) <= width-len(more) {
		return short + more
	}
	return measure().Truncate(short, width, more)
}

// pad fills s with spaces to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// wrap breaks s at spaces into lines of at most width columns, and a word longer
// than that where it must; 0 does not wrap.
func wrap(s string, width int) []string {
	s = cut(s, most)
	if width <= 0 || columns(s) <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && columns(line)+1+columns(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for columns(word) > width {
			head := headOf(word, width)
			lines = append(lines, head)
			word = word[len(head):]
		}
		line = word
	}
	return append(lines, line)
}

// headOf is the longest beginning of s within width columns, at least one rune.
func headOf(s string, width int) string {
	head := measure().Truncate(s, width, "")
	if head == "" {
		_, size := utf8.DecodeRuneInString(s)
		head = s[:size]
	}
	return head
}
