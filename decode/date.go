package decode

import (
	"strconv"
	"strings"
	"time"
)

// zones are the obsolete names (RFC 5322 section 4.3) and others met often, in
// minutes east of UTC. All other names, and the military letters, mean UTC there.
var zones = map[string]int{
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
	"CET": 60, "CEST": 120, "MET": 60, "MEST": 120, "EET": 120, "EEST": 180, "WEST": 60, "BST": 60, "IST": 330,
	"MSK": 180, "JST": 540, "KST": 540, "HST": -600, "AKST": -540, "AKDT": -480, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// parseDate reads a date as mail programs write it (RFC 5322 sections 3.3 and
// 4.3), and looser: comments, no or a wrong day name, no seconds, years of two
// digits, names for zones, dashes between day, month and year, and ISO 8601. It
// gives UTC; zero when s is no date.
func parseDate(s string) time.Time {
	if len(s) > 200 {
		return time.Time{}
	}
	d := date{day: -1, month: -1, year: -1, hour: -1}
	words := strings.FieldsFunc(stripComments(s), func(r rune) bool { return r <= ' ' || r == ',' || r == ';' })
	for _, word := range words {
		d.take(word)
	}
	if d.day < 1 || d.day > 31 || d.month < 1 || d.year < 0 || d.hour > 23 || d.minute > 59 || d.second > 60 {
		return time.Time{}
	}
	t := time.Date(d.year, time.Month(d.month), d.day, max(d.hour, 0), d.minute, d.second, 0, time.UTC)
	return t.Add(-time.Duration(d.zone) * time.Minute)
}

type date struct{ day, month, year, hour, minute, second, zone int }

// take reads one word of a date. Words that it does not know are passed over:
// day names, "at", "(CEST)".
func (d *date) take(word string) {
	switch {
	case strings.Contains(word, ":"):
		d.clock(word)
	case d.hour >= 0 && (word[0] == '+' || word[0] == '-') && len(word) >= 4:
		d.offset(word)
	case d.hour >= 0 && d.year >= 0 && zones[strings.ToUpper(word)] != 0:
		d.zone = zones[strings.ToUpper(word)]
	case strings.EqualFold(word, "PM") && d.hour >= 0 && d.hour < 12:
		d.hour += 12
	case strings.Contains(word, "-") || strings.Contains(word, "/"):
		for _, w := range strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '/' }) {
			d.take(w)
		}
	default:
		d.calendar(word)
	}
}

func (d *date) calendar(word string) {
	if d.month < 0 && len(word) >= 3 {
		if i := strings.Index(months, strings.ToLower(word[:3])); i >= 0 && i%3 == 0 {
			d.month = i/3 + 1
			return
		}
	}
	digits := strings.TrimRight(word, ".thsndr")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return
	}
	switch {
	case len(digits) == 4 && d.year < 0:
		d.year = n
	case d.month < 0 && d.year >= 0 && n <= 12: // ISO 8601: year first
		d.month = n
	case d.day < 0:
		d.day = n
	case d.month < 0 && n <= 12:
		d.month = n
	case d.year < 0 && n < 50:
		d.year = 2000 + n
	case d.year < 0 && n < 1000:
		d.year = 1900 + n // also three digits: years since 1900
	}
}

// clock reads "15:04", "15:04:05.678", and the day and zone that ISO 8601 writes
// next to it.
func (d *date) clock(word string) {
	if day, rest, ok := strings.Cut(word, "T"); ok && strings.Contains(day, "-") {
		d.take(day)
		word = rest
	}
	if d.hour >= 0 {
		return
	}
	if i := strings.IndexAny(word, "+-"); i > 0 {
		defer d.offset(word[i:])
		word = word[:i]
	}
	part := strings.Split(strings.TrimRight(word, "Zz"), ":")
	hour, err := strconv.Atoi(part[0])
	if err != nil || hour < 0 || len(part) < 2 {
		return
	}
	d.hour = hour
	d.minute = leadingInt(part[1])
	if len(part) > 2 {
		d.second = leadingInt(part[2])
	}
}

// offset reads "+0200" and "+02:00".
func (d *date) offset(word string) {
	digits := strings.ReplaceAll(word[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > 2400 {
		return
	}
	d.zone = n/100*60 + n%100
	if word[0] == '-' {
		d.zone = -d.zone
	}
}

func leadingInt(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 3 && '0' <= s[i] && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// stripComments removes what is in parentheses, nested ones too.
func stripComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var out strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
			out.WriteByte(' ')
		case depth == 0:
			out.WriteByte(s[i])
		}
	}
	return out.String()
}
