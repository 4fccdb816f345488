package lined

import (
	"errors"
	"strings"
	"testing"
)

func parse(t *testing.T, text string) (*File, Value) {
	t.Helper()
	f, v, err := Parse("a.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f, v
}

func TestEmptyFiles(t *testing.T) {
	for _, text := range []string{"", "\ufeff", "# nothing yet\n", "---\n", "null\n"} {
		f, v := parse(t, text)
		if s := v.Struct("a"); s.Get("a").There() || f.Err() != nil {
			t.Errorf("%q: %v", text, f.Err())
		}
		v.Struct("a").Need("a")
		if err := f.Err(); err == nil || !strings.HasPrefix(err.Error(), "a.yaml:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestValues(t *testing.T) {
	f, v := parse(t, "a: &x  one \r\nb: [1, two, *x]\nc: three\nd: ~\ne: true\n")
	s := v.Struct("a", "b", "c", "d", "e")
	if got := s.Get("a").Text(); got != "one" {
		t.Errorf("a: %q", got)
	}
	if got := strings.Join(s.Get("b").Texts(), " "); got != "1 two one" {
		t.Errorf("b: %q", got)
	}
	if got := strings.Join(s.Get("c").Texts(), " "); got != "three" {
		t.Errorf("c: %q", got)
	}
	if s.Get("d").There() || s.Get("d").Text() != "" || !s.Get("e").Bool() || f.Err() != nil {
		t.Errorf("%v", f.Err())
	}
}

func TestProblemsInTheOrderOfTheirLines(t *testing.T) {
	f, v := parse(t, "a: 1\nb: [x, '']\nc: {}\nd: {k: 1, k: 2}\n")
	s := v.Struct("b", "c", "d", "e")
	s.Need("e")
	s.Get("d").Fields()
	s.Get("c").Text()
	s.Get("b").Texts()
	want := `a.yaml:1: there is no "a" here: did you mean b?
a.yaml:1: "e" is missing
a.yaml:2: b has an empty item
a.yaml:3: c must be one value
a.yaml:4: "k" stands twice`
	if got := f.Err(); got == nil || got.Error() != want {
		t.Errorf("%v", got)
	}
}

// TestAliasBomb: a few lines that stand for millions of values are refused.
func TestAliasBomb(t *testing.T) {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		n, m := string(rune('0'+i)), string(rune('1'+i))
		text += "a" + m + ": &a" + m + " [" + strings.TrimSuffix(strings.Repeat("*a"+n+", ", 9), ", ") + "]\n"
	}
	_, _, err := Parse("a.yaml", []byte(text))
	var p *Problem
	if !errors.As(err, &p) {
		t.Errorf("%v", err)
	}
	if _, _, err := Parse("a.yaml", []byte("a: &a [*a]\n")); err == nil {
		t.Error("an alias of what it stands in")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: [b, {c: d}]\n")
	f.Add("? [a]\n: &x {y: *x}\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, v, err := Parse("a.yaml", []byte(text))
		if err != nil {
			return
		}
		walk(v, 0)
		_ = file.Err()
	})
}

// walk uses every method of every value.
func walk(v Value, depth int) {
	v.Text()
	v.Bool()
	if depth > 20 {
		return
	}
	for _, f := range v.Fields() {
		walk(f.Value, depth+1)
	}
	if items := v.Items(); len(items) != 1 || items[0] != v {
		for _, i := range items {
			walk(i, depth+1)
		}
	}
}
