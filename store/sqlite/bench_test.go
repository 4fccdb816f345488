package sqlite_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"mailsweep/decode"
	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
	"mailsweep/sweeper"
)

// BenchmarkCommit commits pages of 100 messages that were never seen before.
func BenchmarkCommit(b *testing.B) {
	for _, c := range []struct {
		name            string
		findings, skips int
		cursor          []byte
	}{
		{"clean", 0, 0, nil},
		{"5 findings", 5, 0, nil},
		{"100 findings", 100, 0, nil},
		{"5 findings 100 skips", 5, 100, nil},
		{"5 findings, cursor of 4 MB unchanged", 5, 0, bytes.Repeat([]byte("0123456789abcdef"), 1<<18)},
	} {
		b.Run(c.name, func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "mailsweep.db"), sqlite.Options{})
			run, err := db.Begin(b.Context(), sweeper.Run{})
			if err != nil {
				b.Fatal(err)
			}
			var since sweeper.Cursor
			for n := 0; b.Loop(); n++ {
				p := benchPage(n, c.findings, c.skips)
				p.Run, p.Since = run, since
				p.Next = sweeper.Cursor(fmt.Sprint("cursor ", n))
				if c.cursor != nil {
					p.Next = c.cursor
				}
				if _, err := db.Commit(b.Context(), p); err != nil {
					b.Fatal(err)
				}
				since = p.Next
			}
		})
	}
}

func benchPage(n, findings, skips int) sweeper.PageResult {
	p := storetest.Page("in", "", "", make([]sweeper.MessageResult, 100)...)
	for i := range p.Messages {
		m := &p.Messages[i]
		m.Ref.Mailbox, m.Ref.Key = "ada@example.com", fmt.Sprintf("/mail/ada/cur/%d.%d.host:2,S", n, i)
		m.Envelope.Subject = "an ordinary subject of a mail"
		if i < findings {
			m.Findings = []sweeper.Finding{storetest.Token(fmt.Sprint(n, " ", i))}
		}
		if i < skips {
			m.Skips = []sweeper.Skip{{Skip: decode.Skip{Path: "2/logo.png", Reason: decode.Unsupported, Detail: "image/png"}}}
		}
	}
	return p
}

func open(tb testing.TB, path string, o sqlite.Options) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}
