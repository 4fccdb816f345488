package decode

import "strings"

// message searches a message within the mail: forwarded, bounced, attached.
func (w *walker) message(n node) {
	w.mail(MIME(w.ctx, n.data, w.b), n.path+"!", n.depth+1)
}

// special searches what only its declared type tells from other content, and
// reports whether n was such.
func (w *walker) special(n node) bool {
	switch n.typ {
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
		"message/global-disposition-notification", "message/feedback-report", "message/tracking-status":
		w.plainText(n)
	case "text/rfc822-headers", "message/global-headers":
		w.headersOnly(n)
	case "message/partial":
		// The first piece begins with the header of the whole (RFC 2046 section 5.2.2).
		w.skip(n.path, Unsupported, "a piece of a message that was sent in several mails")
		w.message(n)
	case "message/external-body":
		w.skip(n.path, Unsupported, "message/external-body: the content is elsewhere")
		w.plainText(n)
	default:
		return false
	}
	return true
}

// headersOnly searches the header that a bounce returns instead of the message.
func (w *walker) headersOnly(n node) {
	fields, body := splitHeader(n.data)
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(f.shown + ": " + decodeWords(unfold(f.value), n.charset) + "\n")
	}
	w.text(n, Body, b.String()+w.decoded(n, n.data[body:]))
}
