package visible

import "testing"

func TestNeutral(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"plain":                     "plain",
		"a=b+c-d@e":                 "a=b+c-d@e",
		"=1+1":                      "'=1+1",
		"+1":                        "'+1",
		"-1":                        "'-1",
		"@SUM(A1)":                  "'@SUM(A1)",
		"\t=1":                      "'\t'=1",
		"\r=1":                      "'\r=1",
		"  =1":                      "'  =1",
		"\u00a0=1":                  "'\u00a0=1",
		"\u200b=1":                  "'\u200b=1",
		"\ufeff=1":                  "'\ufeff=1",
		"\uff1d1":                   "'\uff1d1",
		"\uff0b1":                   "'\uff0b1",
		"\uff0d1":                   "'\uff0d1",
		"\uff201":                   "'\uff201",
		"\"=1\"":                    "'\"=1\"",
		"a;=1":                      "a;'=1",
		"a; b; -c":                  "a; b;' -c",
		";=1":                       ";'=1",
		"a\t=1":                     "a\t'=1",
		"x@example.org; y@z":        "x@example.org; y@z",
		"2026-04-01T10:12:00Z":      "2026-04-01T10:12:00Z",
		"<CAF+x@mail.example.org>;": "<CAF+x@mail.example.org>;",
	} {
		if got := neutral(in); got != want {
			t.Errorf("neutral(%q) = %q, want %q", in, got, want)
		}
	}
}
