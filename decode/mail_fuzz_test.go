package decode

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func addMails(f *testing.F) {
	mails, _ := filepath.Glob("testdata/mail/*.[em]*")
	for _, path := range mails {
		f.Add(readFile(f, path))
	}
	f.Add([]byte("Content-Type: ,(c)a=b\nContent-Disposition: ,(c)a=b\n\nx")) // once ended the mail
	for _, raw := range hostile() {
		f.Add([]byte(raw[:min(len(raw), 2000)]))
	}
}

// tight are limits that a small input can reach.
func tight() Limits {
	return Limits{Depth: 6, Parts: 50, Bytes: 1 << 20, Ratio: 0, Time: 20 * time.Second}
}

// FuzzMIME takes anything apart: no panic, parts within the budget, each with a
// path of its own kind and content.
func FuzzMIME(f *testing.F) {
	addMails(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := NewBudget(tight(), int64(len(raw)))
		m := MIME(context.Background(), raw, b)
		if len(m.Parts) > tight().Parts {
			t.Errorf("%d parts", len(m.Parts))
		}
		if len(m.Parts) == 0 && len(m.Skips) == 0 {
			t.Error("no part and no skip")
		}
		for _, p := range m.Parts {
			if p.Path == "" || strings.ContainsFunc(p.Name, isControl) || !utf8.ValidString(p.Name) {
				t.Errorf("part %q named %q", p.Path, p.Name)
			}
			r, err := p.Open(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if c := r.(*content); len(c.data)+len(c.foreign) > len(raw)*2 {
				t.Errorf("%d bytes out of %d", len(c.data), len(raw))
			}
		}
	})
}

// FuzzDecode searches anything as mail: no panic, no error, the budget kept, no
// part without a trace, all of it UTF-8 with LF.
func FuzzDecode(f *testing.F) {
	addMails(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		lim := tight()
		b := NewBudget(lim, int64(len(raw)))
		m := MIME(context.Background(), raw, b)
		res, err := Decode(context.Background(), m, b)
		if err != nil {
			t.Fatal(err)
		}
		if res.Parts > lim.Parts || res.Bytes > lim.Bytes {
			t.Errorf("%d parts, %d bytes", res.Parts, res.Bytes)
		}
		if lost := silent(m, res); lost != "" {
			t.Errorf("part %q left no trace", lost)
		}
		for _, text := range res.Texts {
			if !utf8.ValidString(text.Body) || strings.Contains(text.Body, "\r") {
				t.Errorf("%s: %q", text.Path, text.Body)
			}
			if strings.ContainsFunc(text.Path, isControl) || !utf8.ValidString(text.Path) {
				t.Errorf("path %q", text.Path)
			}
		}
	})
}

// FuzzHeader decodes header values: one line of UTF-8, ASCII as it was.
func FuzzHeader(f *testing.F) {
	f.Add([]byte("=?utf-8?q?a=C3?= =?utf-8?q?=A9?="), "")
	f.Add([]byte("=?utf-8?b?ZmFrZV90b2t?= =?utf-8?b?lbg==?="), "koi8-r")
	f.Add([]byte("a =?x?b?==?="), "iso-2022-jp")
	f.Add([]byte("=?iso-2022-jp?B?GyRCJVElOSVvITwlSRsoQg==?= \xe9"), "latin1")
	f.Add([]byte("Tue, 4 Mar 2025 10:15:30 +0100 (CET)"), "")
	f.Add([]byte(`attachment; filename*0*=utf-8''a%C3; filename*1="b"`), "")
	f.Add([]byte(",(c)a=b"), "")
	f.Fuzz(func(t *testing.T, value []byte, hint string) {
		got := decodeWords(unfold(value), hint)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, isControl) {
			t.Errorf("%q", got)
		}
		addresses(unfold(value), hint)
		parseDate(string(value))
		_, params := parseParams(string(value), hint)
		for name, v := range params {
			if !utf8.ValidString(v) || strings.ContainsFunc(v, isControl) {
				t.Errorf("parameter %q: %q", name, v)
			}
		}
	})
}
