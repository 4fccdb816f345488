package decode

import "strings"

// HeaderField decodes one header field that a service hands out singly, as [MIME]
// decodes those of a message: name in lower case, value unfolded and its encoded
// words (RFC 2047) read. ok is false when the field only carries, signs or
// classifies the mail, or is empty, and is not to be searched.
func HeaderField(name, value string) (f Field, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if routes(name) {
		return Field{}, false
	}
	f = Field{Name: name, Value: decodeWords(unfold([]byte(value)), "")}
	return f, f.Name != "" && f.Value != ""
}

// Words makes one line of words that a service has decoded already, without what
// nobody sees: as [MIME] does with a subject.
func Words(s string) string { return oneLine(s) }
