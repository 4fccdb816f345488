package decode

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMailThatIsAPart: a message that comes taken apart gives what the same message as a
// file gives, and counts against the same budget.
func TestMailThatIsAPart(t *testing.T) {
	text := func(path, name, body string) Part {
		return Part{Path: path, Name: name, Type: "text/plain", Charset: "utf-8", Size: int64(len(body)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }}
	}
	inner := &Mail{Header: Header{Fields: []Field{{"subject", "inner"}}}, Parts: []Part{text("1", "", "hello\n"), text("2", "a.txt", "file\n")},
		Skips: []Skip{{Path: "3", Reason: Unreadable}}}
	outer := Mail{Parts: []Part{{Path: "2", Name: "fwd", Type: "message/rfc822", Mail: inner}}}
	file := "Subject: inner\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhello\n\n" +
		"--b\nContent-Type: text/plain; name=a.txt\n\nfile\n\n--b--\n"
	whole := text("2", "fwd", file)
	whole.Type = "message/rfc822"
	decoded := func(m Mail, lim Limits) Result {
		t.Helper()
		r, err := Decode(t.Context(), m, NewBudget(lim, -1))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	got, want := decoded(outer, DefaultLimits()), decoded(Mail{Parts: []Part{whole}}, DefaultLimits())
	if d := cmp.Diff(want.Texts, got.Texts); d != "" || got.Parts != want.Parts {
		t.Errorf("%d parts, want %d\n%s", got.Parts, want.Parts, d)
	}
	if d := cmp.Diff([]Skip{{Path: "2/fwd!3", Reason: Unreadable}}, got.Skips); d != "" {
		t.Error(d)
	}
	for range 200 { // mails in mails
		outer = Mail{Parts: []Part{{Path: "1", Mail: &Mail{Parts: outer.Parts}}}}
	}
	if r := decoded(outer, DefaultLimits()); len(r.Skips) != 1 || r.Skips[0].Reason != TooDeep {
		t.Errorf("skips: %v", r.Skips)
	}
	few := DefaultLimits()
	few.Parts = 1
	outer = Mail{Parts: []Part{{Path: "2", Mail: inner}, {Path: "3", Mail: inner}}}
	if r := decoded(outer, few); r.Parts != 1 || len(r.Skips) < 1 || r.Skips[len(r.Skips)-1].Reason != TooMany {
		t.Errorf("%d parts, skips: %v", r.Parts, r.Skips)
	}
}
