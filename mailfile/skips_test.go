//go:build unix

package mailfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

func makePipe(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compound is the beginning of a compound file with one stream of a name.
func compound(stream string) string {
	file := make([]byte, 512+512)
	copy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(file[30:], 9)
	for i, u := range utf16.Encode([]rune(stream)) {
		binary.LittleEndian.PutUint16(file[512+2*i:], u)
	}
	return string(file)
}

// Nothing is passed over in silence, and nothing that is not a file is opened.
func TestSkips(t *testing.T) {
	root := t.TempDir()
	elsewhere := t.TempDir()
	write(t, filepath.Join(elsewhere, "linked.eml"), letter("linked"))
	for name, content := range map[string]string{
		"README":          "This is how to read the mail: not at all.\n",
		"notes.json":      `{"from": "ann", "to": "bob"}`,
		"picture":         "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"empty.eml":       "",
		"blank.eml":       "\n\r\n\n",
		"a.msg":           compound("__properties_version1.0"),
		"b":               compound("__properties_version1.0"),
		"old.doc":         compound("WordDocument"),
		"mail.pst":        "!BDN\x00\x00\x00\x00SM",
		"1.eml.gz":        packed(t, letter("packed")),
		"2004-May.txt.gz": packed(t, separator+letter("packed")),
		"log.gz":          packed(t, "started\nstopped\n"),
		"calendar.ics":    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:work\r\nEND:VCALENDAR\r\n",
		"post.md":         "---\ntitle: On mail\nlayout: post\ndate: 2024-01-01\n---\nText.\n",
		"body.eml":        "no header at all, but the name says that it is mail",
		"text.msg":        "Subject: a message in spite of its name\nan invalid line\n\nbody\n",
		"bare":            "Subject: nothing else\n\nbody\n",
		"content":         "Content-Type: text/plain\n\nbody\n",
		"broken":          "garbage\nReceived: from a by b\nFrom: a@b\n\nbody\n",
		"apple.emlx":      "131\n" + letter("with a count"),
		"cut.mbox":        "the rest of a message\n\n" + separator + letter("whole"),
	} {
		write(t, filepath.Join(root, name), content)
	}
	makePipe(t, filepath.Join(root, "pipe"))
	l, err := net.Listen("unix", filepath.Join(root, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, target := range map[string]string{
		"dangling": filepath.Join(root, "nothing"), "loop": "loop", "directory": elsewhere,
		"inside": filepath.Join(root, "bare"), "file": filepath.Join(elsewhere, "linked.eml"), "up": root,
	} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	messages, skips := everything(t, mailfile.Options{}, root)
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.Ref.ID)
	}
	slices.Sort(ids)
	equal(t, "messages", []string{
		"apple.emlx", "bare", "body.eml", "broken", "content", "cut.mbox#0", "cut.mbox#23", "file", "text.msg",
	}, ids)
	got := map[string]string{}
	for _, s := range skips {
		got[s.Ref.ID] = string(s.Reason) + ": " + s.Detail
	}
	equal(t, "skips", map[string]string{
		"README":          "not-mail: text/plain",
		"notes.json":      "not-mail: application/json",
		"picture":         "not-mail: image/png",
		"empty.eml":       "not-mail: empty file",
		"blank.eml":       "not-mail: empty file",
		"a.msg":           "unsupported: Outlook message (.msg)",
		"b":               "unsupported: Outlook message (.msg)",
		"old.doc":         "not-mail: application/x-ole-storage",
		"mail.pst":        "unsupported: Outlook data file (.pst)",
		"1.eml.gz":        "unsupported: gzip",
		"2004-May.txt.gz": "unsupported: gzip",
		"log.gz":          "not-mail: application/gzip",
		"calendar.ics":    "not-mail: text/calendar",
		"post.md":         "not-mail: text/plain",
		"pipe":            "unsupported: named pipe",
		"socket":          "unsupported: socket",
		"dangling":        "unreadable: link to nothing",
		"loop":            "unreadable: links that lead in a circle",
		"directory":       "unsupported: link to a directory; name its target to have it swept",
	}, got)
}

func TestOversized(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "big.eml"), letter("big")+strings.Repeat("x", 1000)+" the end")
	messages, _ := everything(t, mailfile.Options{MaxMessage: 500}, root)
	mail, err := messages[0].Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), messages[0].Size))
	if err != nil || mail.Header.Subject != "big" {
		t.Fatalf("opening gives %q, %v", mail.Header.Subject, err)
	}
	want := []decode.Skip{{Reason: decode.Oversized, Detail: "only the first 500 of 1111 bytes were read"}}
	equal(t, "skips", want, mail.Skips)
	equal(t, "size that is charged for reading it", int64(500), messages[0].Size)
}

// One message of an mbox may be as large as the disk.
func TestOversizedTakesNoMoreThanTheBound(t *testing.T) {
	const bound = 4 << 20
	path := filepath.Join(t.TempDir(), "in.mbox")
	write(t, path, mboxOf("one")+separator+letter("big")+strings.Repeat("nothing here\n", 4*bound/13))
	messages, _ := everything(t, mailfile.Options{MaxMessage: bound}, path)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	mail, err := messages[1].Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), messages[1].Size))
	runtime.ReadMemStats(&after)
	if err != nil || len(mail.Skips) != 1 || mail.Skips[0].Reason != decode.Oversized || mail.Header.Subject != "big" {
		t.Fatalf("opening gives %q, %v, %v", mail.Header.Subject, mail.Skips, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > bound+bound/4 {
		t.Errorf("opening allocates %d bytes, want about %d", got, bound)
	}
}

// What was listed may be something else, or nothing, when it is opened.
func TestOpenOfWhatChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"deleted":     {func(*testing.T, string) {}, "gone (deleted while it was being swept)"},
		"a pipe":      {makePipe, "unreadable (is no longer a regular file)"},
		"a directory": {func(t *testing.T, path string) { write(t, filepath.Join(path, "x"), "") }, "unreadable (is no longer a regular file)"},
		"cut":         {func(t *testing.T, path string) { write(t, path, mboxOf("one")) }, "gone (the file was changed while it was being swept; the next sweep reads it again)"},
		"rewritten": {func(t *testing.T, path string) { write(t, path, mboxOf("a longer one", "two")) },
			"gone (the file was changed while it was being swept; the next sweep reads it again)"},
		"grown": {func(t *testing.T, path string) { write(t, path, mboxOf("one", "two", "three")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "inbox")
			put(t, path, mboxOf("one", "two"), 1)
			messages, _ := everything(t, mailfile.Options{}, path)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			c.change(t, path)
			mail, err := messages[1].Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), 100))
			got := ""
			if err != nil {
				var s *sweeper.Skip
				if !errors.As(err, &s) || s.Ref != messages[1].Ref {
					t.Fatalf("opening gives %v, want a Skip of the message", err)
				}
				got = err.Error()
			} else if mail.Header.Subject != "two" {
				t.Errorf("opening gives %q", mail.Header.Subject)
			}
			equal(t, "the error", c.want, got)
		})
	}
}

// A folder that cannot be listed is a Skip, and nothing in it is gone.
func TestUnreadableFolder(t *testing.T) {
	root := t.TempDir()
	box := filepath.Join(root, "box")
	put(t, filepath.Join(box, "a.eml"), letter("one"), 1)
	f := follow(t, root)
	f.wants(t, "the first sweep", "reset", "one")
	before := f.next
	if err := os.Rename(box, box+".away"); err != nil {
		t.Fatal(err)
	}
	write(t, box, "a file stands where the folder was")
	var got []string
	for p, err := range f.source.Changes(t.Context(), f.folder, before) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, fmt.Sprintf("a page, done: %t", p.Done))
	}
	equal(t, "the walk", []string{"unreadable (not a directory)"}, got)
}

// A link is what it leads to.
func TestLinkLeadsElsewhere(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	for _, name := range []string{"a", "b"} {
		put(t, filepath.Join(elsewhere, name), mboxOf("one of "+name, "two of "+name), 1)
	}
	link := filepath.Join(root, "link")
	lead := func(to string) {
		_ = os.Remove(link)
		if err := os.Symlink(filepath.Join(elsewhere, to), link); err != nil {
			t.Fatal(err)
		}
	}
	lead("a")
	f := follow(t, root)
	f.wants(t, "the first sweep", "reset", "one of a", "two of a")
	lead("b")
	f.wants(t, "the link leads to b", "gone link#0", "gone link#160", "one of b", "two of b")
	f.wants(t, "nothing new")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	f.wants(t, "the link is removed", "gone link#0", "gone link#160")
}
