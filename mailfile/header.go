package mailfile

import "bytes"

// strongFields are fields that hardly anything but mail has; "x-" ones only where
// they are known, because calendars, cards and web servers use that prefix too.
var strongFields = fieldSet(
	"content-type", "received", "return-path", "delivered-to", "message-id", "mime-version",
	"content-transfer-encoding", "in-reply-to", "references", "reply-to",
	"dkim-signature", "domainkey-signature", "authentication-results", "received-spf",
	"arc-seal", "arc-message-signature", "arc-authentication-results",
	"envelope-to", "resent-from", "resent-to", "resent-date", "resent-message-id",
	"list-id", "list-unsubscribe", "list-post", "errors-to", "bcc", "disposition-notification-to",
	"x-mailer", "x-original-to", "x-received", "x-priority", "x-msmail-priority",
	"x-originating-ip", "x-spam-status", "x-spam-level", "x-spam-checker-version",
	"x-mozilla-status", "x-mozilla-status2", "x-uidl", "x-gmail-labels", "x-gm-thrid",
	"x-folder", "x-from", "x-envelope-from", "x-envelope-to", "x-mimeole", "thread-topic", "thread-index",
	"x-account-key", "x-evolution-source", "x-status", "x-keywords", "x-apparently-to",
)

// weakFields are fields of mail that other formats have, too.
var weakFields = fieldSet(
	"from", "to", "cc", "subject", "date", "sender", "content-disposition",
	"content-id", "content-description", "organization", "user-agent", "status", "lines",
	"newsgroups", "path", "xref", "importance", "priority", "precedence", "comments", "keywords", "apparently-to",
)

func fieldSet(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// fieldName is the lower-case name of the header field that a line begins (RFC 5322
// section 3.6.8, with the white space before the colon that section 4.5.8 allows),
// or "".
func fieldName(line []byte) string {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 76 {
		return ""
	}
	name := bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return ""
		}
	}
	return string(bytes.ToLower(name))
}

// isMailField reports whether text begins with a field of mail's.
func isMailField(text []byte) bool {
	line, _ := cutLine(text[:min(len(text), 512)])
	name := fieldName(line)
	return strongFields[name] || weakFields[name] || len(name) > 2 && name[:2] == "x-"
}

// maxHeaderLines bounds how far a header is looked at to tell what a file is.
const maxHeaderLines = 400

// block counts the lines of a text up to its first empty line.
type block struct {
	fields int // that begin a field, of whatever name
	strong int
	weak   int
	bad    int  // that neither begin nor continue one
	first  bool // the first line begins one
}

func readBlock(text []byte) block {
	var b block
	for n := 0; n < maxHeaderLines && len(text) > 0; n++ {
		var line []byte
		line, text = cutLine(text)
		if len(line) == 0 {
			break
		}
		if n > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue
		}
		name := fieldName(line)
		switch {
		case name == "":
			b.bad++
			continue
		case strongFields[name]:
			b.strong++
		case weakFields[name]:
			b.weak++
		}
		b.fields++
		b.first = b.first || n == 0
	}
	return b
}

// isMail judges a block. hinted says that something else than the content speaks
// for mail: its name, or where it lies.
func (b block) isMail(hinted bool) bool {
	switch {
	case b.first && b.strong > 0, hinted && b.strong+b.weak > 0:
		return true
	case b.first:
		return b.weak >= 2 && b.bad <= b.fields || b.weak == b.fields && b.bad == 0
	default:
		return b.strong > 0 && b.strong+b.weak >= 2 && b.bad <= b.fields
	}
}
