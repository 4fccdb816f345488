package mailfile

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShapeOf(t *testing.T) {
	for line, want := range map[string]fromShape{
		"From ann@example.com Thu Jan  1 00:00:00 1970":                         dated,
		"From ann@example.com  Thu Jan 1 0:00:00 1970":                          dated,
		"From ann at example.com  Mon Feb  7 02:09:29 2005":                     dated,
		"From |kry|ov @end|ng |rom d|@root@org  Tue Mar 12 10:00:00 2024":       dated,
		"From - Thu Jan 01 00:00:00 1970":                                       dated,
		"From ???@??? Thu Jan 01 00:00:01 1998":                                 dated,
		"From MAILER-DAEMON Fri Apr 06 16:46:09 2001":                           dated,
		"From 1234567890@xxx Thu Feb 22 17:39:32 +0000 2018":                    dated,
		"From a@b Sat Jan 19 15:26:33 EST 2002":                                 dated,
		"From a@b Sat Jan 19 15:26 MET DST 2002":                                dated,
		"From a@b Sat Jan 19 15:26:33 2002 -0800":                               dated,
		"From a@b Wed, 2 May 2001 10:10:26 +0200":                               dated,
		"From a@b Wed, 2 May 2001 10:10:26 +0200 (CEST)":                        dated,
		"From a@b 2001-05-02 10:10:26 +02:00":                                   dated,
		"From a@b 2001-05-02T10:10:26Z":                                         dated,
		"From a@b Thu Jan  1 00:00:00 1970 remote from host":                    dated,
		"From ann@example.com":                                                  addressed,
		"From ann":                                                              addressed,
		"From what I hear, all is well":                                         prose,
		"From homebrew.":                                                        prose,
		"From the CRAN policies":                                                prose,
		"From 8:00 - 11:45 p.m., the team will stop the service Mar 23":         prose,
		"From Thu Jan  1 00:00:00 1970 on, all clocks count":                    prose,
		"From 10:30 on May 7 2001":                                              prose,
		"From ":                                                                 prose,
		"From a@b Thu Jan 41 00:00:00 1970":                                     prose,
		"From a@b Thu Jan  1 00:00:00 970":                                      prose,
		"From " + strings.Repeat("x", maxFromLine) + " Thu Jan 1 00:00:00 1970": prose,
	} {
		if got := shapeOf([]byte(line)); got != want {
			t.Errorf("shapeOf(%q) = %d, want %d", line, got, want)
		}
	}
}

const (
	sep  = "From a@example.com Thu Jan  1 00:00:00 1970\n"
	head = "From: Ann <a@example.com>\nSubject: hello\n\n"
)

// pieces splits an mbox as the scanner does.
func pieces(t *testing.T, mbox string) []string {
	t.Helper()
	sc := newScanner(strings.NewReader(mbox), 0, int64(len(mbox)))
	var all []string
	for {
		e, ok := sc.next()
		if !ok {
			break
		}
		all = append(all, mbox[e.start:e.end])
	}
	if sc.err != nil {
		t.Fatal(sc.err)
	}
	return all
}

func TestMboxes(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	one, two := sep+head+"one\n", sep+head+"two\n"
	for name, want := range map[string][]string{
		"plain":                       {one + "\n", two + "\n"},
		"no line end at the end":      {one + "\n", sep + head + "two"},
		"CRLF":                        {crlf(one + "\n"), crlf(two)},
		"mixed line ends":             {crlf(one + "\n"), two + "\r\n", crlf(one)},
		"CR":                          {strings.ReplaceAll(one+"\n", "\n", "\r"), strings.ReplaceAll(two, "\n", "\r")},
		"no empty line between":       {one, two, one},
		"no header":                   {sep + "\nfirst\n\n", sep + "\nsecond\n"},
		"no body":                     {sep + "Subject: a\n\n", sep + "Subject: b\n"},
		"prose":                       {sep + head + "one\n\nFrom what I hear\nall is well\n\n", two},
		"prose before a colon":        {sep + head + "\nFrom our policy\nhttp://example.com: read it\n\n", two},
		"quoted separator":            {sep + head + "one\n\n>" + sep + "Subject: quoted\n\n>>" + sep, two},
		"separator without a date":    {one + "\n", "From a@example.com\n" + head + "two\n"},
		"separator in running text":   {sep + head + "He wrote " + sep + "yesterday.\n\n", two},
		"separator inside a text":     {sep + head + "one\n" + sep + "is how it begins.\n\n", two},
		"two separators in a row":     {sep + sep + head + "one\n\n", two},
		"lost beginning":              {"of a message\nwhose start is lost\n\n", two},
		"header without end":          {sep + "Subject: a\n", two},
		"Content-Length":              {sep + "Content-Length: 56\nSubject: a\n\n" + "one\n\n" + sep + "\nmore\n\n", two},
		"Content-Length, last":        {one + "\n", sep + "Content-Length: 55\nSubject: a\n\n" + "one\n\n" + sep + "\nmore\n"},
		"Content-Length, wrong":       {sep + "Content-Length: 9\nSubject: a\n\n" + "one\n\n", two},
		"Content-Length, beyond":      {sep + "Content-Length: 99999\nSubject: a\n\n" + "one\n\n", two},
		"Content-Length, huge":        {sep + "Content-Length: 9223372036854775807\n\n" + "one\n\n", two},
		"Content-Length, negative":    {sep + "Content-Length: -1\n\n" + "one\n\n", two},
		"Content-Length, in the body": {sep + head + "Content-Length: 3\n\n", two},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(want, pieces(t, strings.Join(want, ""))); d != "" {
				t.Errorf("messages (-want +got):\n%s", d)
			}
		})
	}
}

// Separators are found wherever they lie in the chunks that a file is read in.
func TestMboxChunks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 4 {
		var b strings.Builder
		var want []int64
		for b.Len() < 3*chunkSize {
			want = append(want, int64(b.Len()))
			b.WriteString(sep + head)
			for range random.IntN(3 * chunkSize / 2 / 40 >> (4 * round)) {
				b.WriteString("From time to time one finds such a line\n")
			}
			b.WriteString(strings.Repeat("x", random.IntN(100)) + "\n\n")
		}
		mbox := b.String()
		sc := newScanner(strings.NewReader(mbox), 0, int64(len(mbox)))
		var got []int64
		for e, ok := sc.next(); ok; e, ok = sc.next() {
			got = append(got, e.start)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("offsets (-want +got):\n%s", d)
		}
	}
}

// Every chunk boundary is tried around a separator.
func TestMboxBoundaries(t *testing.T) {
	for shift := -80; shift < 80; shift++ {
		first := sep + head
		first += strings.Repeat("y", chunkSize+shift-len(first)-2) + "\n\n"
		if got := pieces(t, first+sep+head); len(got) != 2 || got[0] != first {
			t.Fatalf("with the separator at %d: %d messages, want 2", len(first), len(got))
		}
	}
}

// A file that is cut while it is read gives what is still there.
func TestMboxCutMidway(t *testing.T) {
	mbox := sep + head + "one\n\n" + sep + head + "two\n"
	sc := newScanner(strings.NewReader(mbox), 0, int64(len(mbox))+1000)
	n := 0
	for _, ok := sc.next(); ok; _, ok = sc.next() {
		n++
	}
	if n != 2 || sc.err != nil {
		t.Errorf("%d messages, %v; want 2", n, sc.err)
	}
}

type brokenReader struct{}

func (brokenReader) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestMboxInputError(t *testing.T) {
	sc := newScanner(brokenReader{}, 0, 1000)
	if _, ok := sc.next(); ok || sc.err != io.ErrClosedPipe {
		t.Errorf("next gives %t, %v; want the reader's error", ok, sc.err)
	}
}

func FuzzMbox(f *testing.F) {
	one := sep + head + "one\n\n"
	for _, seed := range []string{
		"", "\n", "From ", "From \n", one, one + one, "\xef\xbb\xbf\n" + one,
		strings.ReplaceAll(one+one, "\n", "\r\n"), strings.ReplaceAll(one+one, "\n", "\r"),
		sep + "Content-Length: 4\n\none\n" + one, sep + sep + sep, "junk\n" + one,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		size := int64(len(data))
		v, err := judge(bytes.NewReader(data), size, "x", false, make([]byte, headSize))
		if err != nil || v.start > size {
			t.Fatalf("judge: %+v, %v", v, err)
		}
		sc := newScanner(bytes.NewReader(data), 0, size)
		at := int64(0)
		for e, ok := sc.next(); ok; e, ok = sc.next() {
			if e.start != at || e.end <= e.start {
				t.Fatalf("the message at %d is %+v", at, e)
			}
			if e.start > 0 && !bytes.HasPrefix(data[e.start:], fromWord) {
				t.Fatalf("no separator at %d", e.start)
			}
			at = e.end
			payload(bytes.Clone(data[e.start:e.end]))
		}
		if at != size || sc.err != nil {
			t.Fatalf("the messages end at %d of %d, %v", at, size, sc.err)
		}
	})
}

func TestPayload(t *testing.T) {
	for in, want := range map[string]string{
		head + "body":                                                  head + "body",
		sep + head + "body":                                            head + "body",
		"\xef\xbb\xbf\r\n\n" + head + "body":                           head + "body",
		sep + ">From x@y Thu Jan 1 00:00:00 1970\n" + head:             head,
		sep + head + ">From you\n>>From me\n> From > >From\nx >From y": head + "From you\n>From me\n> From > >From\nx >From y",
		sep + "A: b\r\n\r\n>From you\r\n":                              "A: b\r\n\r\nFrom you\r\n",
		head + ">From you stays, this is no mbox":                      head + ">From you stays, this is no mbox",
		"From what I hear\n\nall is text":                              "From what I hear\n\nall is text",
		"131       \n" + head + "body":                                 head + "body",
		sep + head + "key=>From >From >>From\n>>>From ":                head + "key=>From >From >>From\n>>From ",
	} {
		if got := string(payload([]byte(in))); got != want {
			t.Errorf("payload(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	var text strings.Builder
	for i := 0; text.Len() < 64<<20; i++ {
		text.WriteString(sep + head)
		for range 60 + i%60 {
			fmt.Fprintf(&text, "This is line %d of a message, from which From is not far.\n", i)
		}
		text.WriteString("\n")
	}
	r := strings.NewReader(text.String())
	b.SetBytes(r.Size())
	b.ReportAllocs()
	for b.Loop() {
		sc := newScanner(r, 0, r.Size())
		for _, ok := sc.next(); ok; _, ok = sc.next() {
		}
	}
}
