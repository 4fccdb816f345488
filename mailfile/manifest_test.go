package mailfile

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sampleRecords() []record {
	return []record{
		{name: "a.eml", stat: stat{size: 100, mtime: 1_700_000_000_123_456_789, ctime: 1_700_000_000_123_456_789 + 5, inode: 42}, kind: message, start: -1},
		{name: "a2.eml", link: "/elsewhere/x", stat: stat{size: 5, mtime: -5, ctime: -5 + 5, inode: 41}, kind: message, racy: true, sum: 1 << 63, start: 3},
		{name: "b.mbox", stat: stat{size: 5 << 30, mtime: 1_700_000_001_000_000_000, ctime: 1_700_000_001_000_000_000 + 5, inode: 1 << 40}, kind: mbox, sum: 7, offsets: []int64{0, 100, 4 << 30}, swept: 5 << 30},
		{name: "c.mbox", stat: stat{size: 900, mtime: 0, ctime: 0 + 5, inode: 0}, kind: mbox, sum: 8, offsets: []int64{0}, swept: 400, partial: true, old: []int64{400, 500}},
		{name: "d\xff\n.png", stat: stat{size: 1, mtime: 2, ctime: 2 + 5, inode: 3}, kind: other, reason: "not-mail", detail: "image/png"},
	}
}

func TestCursorRoundTrip(t *testing.T) {
	var enc encoder
	want := manifest{mid: true, at: "c.mbox", records: sampleRecords()}
	for i := range want.records {
		enc.add(&want.records[i])
	}
	got, err := decodeManifest(cursor(true, "c.mbox", enc.buf))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(manifest{}, record{}, stat{})); d != "" {
		t.Errorf("what was decoded (-want +got):\n%s", d)
	}
	if got.passed() != 3 {
		t.Errorf("passed() = %d, want 3: the walk is in the middle of the fourth", got.passed())
	}
}

func TestCursorOfAnotherVersion(t *testing.T) {
	for _, c := range [][]byte{nil, {}, {0}, {cursorVersion}, {cursorVersion + 1, 0, 0}, []byte("delta-link")} {
		if m, err := decodeManifest(c); err == nil {
			t.Errorf("decodeManifest(%q) = %+v, want an error", c, m)
		}
	}
}

// What decodes, encodes to something that decodes to the same; all else is an error.
func FuzzCursor(f *testing.F) {
	var enc encoder
	for _, r := range sampleRecords() {
		enc.add(&r)
		f.Add([]byte(cursor(true, r.name, enc.buf)))
	}
	f.Add([]byte(cursor(false, "", nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeManifest(data)
		if err != nil {
			return
		}
		if n := m.passed(); n < 0 || n > len(m.records) {
			t.Fatalf("passed() = %d of %d", n, len(m.records))
		}
		var enc encoder
		for i := range m.records {
			enc.add(&m.records[i])
		}
		again := cursor(m.mid, m.at, enc.buf)
		m2, err := decodeManifest(again)
		if err != nil {
			t.Fatalf("what was encoded again does not decode")
		}
		var enc2 encoder
		for i := range m2.records {
			enc2.add(&m2.records[i])
		}
		if !bytes.Equal(again, cursor(m2.mid, m2.at, enc2.buf)) {
			t.Fatal("encoding is not stable")
		}
	})
}
