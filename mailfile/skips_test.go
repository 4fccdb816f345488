//go:build unix

package mailfile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"mailsweep/decode"
	"mailsweep/mailfile"
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
}
