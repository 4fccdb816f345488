package report

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"mailsweep/visible"
)

// bad are runes that no output for people may hold.
func bad(r rune) bool {
	return r == 0xfffe || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

// TestNoFormatLetsARuneThrough: whatever the mail says, a terminal, a viewer or a
// page that shows the report is safe.
func TestNoFormatLetsARuneThrough(t *testing.T) {
	for _, format := range Formats() {
		out := render(t, format, Options{Verbose: true, Width: 60}, hostile()...)
		for line := range strings.Lines(string(out)) {
			if i := strings.IndexFunc(strings.TrimSuffix(line, "\n"), bad); i >= 0 {
				t.Errorf("%s: %+q in %q", format, []rune(line[i:])[0], line)
			}
		}
		if format == "sarif" {
			for _, s := range []string{"<", ">", "](javascript:x)", "\\u003c", "\\u003e"} {
				if strings.Contains(string(out), s) {
					t.Errorf("sarif holds %+q", s)
				}
			}
		}
	}
}

func TestWidth(t *testing.T) {
	wide := strings.Repeat("\u65e5\u672c", 40)
	marks := "a" + strings.Repeat("\u0301", 100_000)
	for _, c := range []struct {
		in    string
		width int
	}{
		{strings.Repeat("x", 300), 80}, {wide, 80}, {wide, 41}, {marks, 80}, {"short", 80}, {"e\u0301te\u0301", 4}, {"abcdef", 2}, {strings.Repeat("y", 10_000), 0},
	} {
		limit := c.width
		if limit == 0 {
			limit = longest
		}
		got := cut(c.in, c.width)
		if columns(got) > limit || len(got) > 16*limit+3 {
			t.Errorf("cut to %d takes %d columns, %d bytes", c.width, columns(got), len(got))
		}
		if columns(c.in) <= limit && len(c.in) < 100 && got != c.in {
			t.Errorf("cut changed %q to %q for nothing", c.in, got)
		}
	}
}

// TestNarrow: no line of text passes the width of the terminal, and no rune of a
// wrapped line is lost.
func TestNarrow(t *testing.T) {
	for _, width := range []int{40, 60, 80, 200} {
		out := render(t, "text", Options{Width: width, Verbose: true}, append(stream(), hostile()...)...)
		for line := range strings.Lines(string(out)) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d columns: %q", width, n, line)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := visible.Text(rapid.StringN(0, 100, -1).Draw(t, "s"))
		width := rapid.IntRange(16, 60).Draw(t, "width")
		lines := wrap(s, width)
		if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(s), ""); got != want {
			t.Fatalf("%q became %q", want, got)
		}
		for _, l := range lines {
			if columns(l) > width {
				t.Fatalf("%q takes %d columns of %d", l, columns(l), width)
			}
		}
	})
}

// TestLongTextIsQuick: a megabyte where a word was expected must not take the
// time of a sweep.
func TestLongTextIsQuick(t *testing.T) {
	f := token()
	f.Subject, f.Part, f.Reason = strings.Repeat("x", 1<<20), strings.Repeat("\u0301", 1<<19), strings.Repeat("\u65e5 ", 1<<18)
	f.Ref.ID = strings.Repeat("\u65e5", 1<<18)
	start := time.Now()
	out := render(t, "text", Options{Width: 80}, finding(f))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if len(out) > 100_000 {
		t.Errorf("%d bytes of text for one finding", len(out))
	}
}
