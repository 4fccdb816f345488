package simulator

import (
	"bytes"
	"regexp"
)

var (
	separator = regexp.MustCompile(`^From (\S.*)?\d{1,2}:\d{2}`)
	escaped   = regexp.MustCompile(`(?m)^>(>*From )`)
)

// startsMessage says whether an mbox message begins here: a separator with a time of
// day, and the line of a header after it.
func startsMessage(b []byte) bool {
	if !bytes.HasPrefix(b, []byte("From ")) || !separator.Match(firstLine(b)) {
		return false
	}
	_, rest, _ := bytes.Cut(b, []byte("\n"))
	return headerLine.Match(firstLine(rest))
}

// mbox loads the messages of an mbox file into one folder.
func (l *loader) mbox(name string, raw []byte, to *shelf) error {
	for len(raw) > 0 {
		_, rest, _ := bytes.Cut(raw, []byte("\n"))
		end := nextMessage(rest)
		one := rest[:end:end]
		raw = rest[end:]
		one = bytes.TrimSuffix(bytes.TrimSuffix(one, []byte("\n")), []byte("\r")) // the empty line before the next
		if bytes.Contains(one, []byte(">From ")) {
			one = escaped.ReplaceAll(one, []byte("$1"))
		}
		if err := l.message(name, one, to, marks{read: statusRead.Match(one[:len(one)-len(afterHeaders(one))])}); err != nil {
			return err
		}
	}
	return nil
}

var statusRead = regexp.MustCompile(`(?m)^Status:[ \t]*[A-Z]*R`)

// nextMessage is where in b the next message begins: after an empty line, as the format
// wants it, so that a sentence that begins with From is no separator.
func nextMessage(b []byte) int {
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte("\nFrom "))
		if i < 0 {
			return len(b)
		}
		at += i + 1
		before := bytes.TrimSuffix(b[:at-1], []byte("\r"))
		if (len(before) == 0 || before[len(before)-1] == '\n') && startsMessage(b[at:]) {
			return at
		}
	}
}
