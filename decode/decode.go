// Package decode turns a mail into every text that a reader, or an intruder,
// could get at, each with the path to it.
//
// It is pure: no network, no disk. It asks the clock only whether the time that the
// mail may take is up. Mail is hostile, so one [Budget] of depth, parts, bytes and
// time is shared by all formats that can be nested in each other. Nothing is passed over in silence: each leaf of a
// mail ends as a [Text], as a [File] (a container of keys, which a detector
// judges) or as a [Skip] that says why it could not be read. A damaged part
// gives what could be read and a Skip.
//
// # Paths
//
// A part of a mail is named by its section number (RFC 9051 section 6.4.5: "1",
// "2.1"), with a slash and its file name when it has one; what lies inside a
// file follows an exclamation mark: "2/invoice.zip!config/prod.env",
// "3/forwarded.eml!1.2". What stands in a file beside that of which its format takes
// account is "2/invoice.zip!leading", "!between" or "!trailing". A header is named by
// its lower-case field name: "subject", "3/forwarded.eml!subject"; one that holds digits
// or underscores by its name as written, so that a token in it can be masked. Text
// around the sections of a multipart is its "preamble" and "epilogue" ("2.preamble");
// words in the header of a section, such as Content-Description, are its "2.MIME".
// File names appear as the sender wrote them, but for characters that nobody sees.
package decode

import (
	"context"
	"io"
	"time"
)

// Version changes whenever the same mail may give other texts than before, or say more
// of itself, so that mail swept by an older version is read again.
const Version = "3"

// Mail is a message taken apart: what it says of itself, and its parts, not yet
// opened. [MIME] makes one from raw bytes; a Source that is given parts by a
// service makes its own.
type Mail struct {
	Header Header
	Parts  []Part
	// Skips are what was lost while the message was taken apart.
	Skips []Skip
}

// Header is what a message says about itself, decoded (RFC 2047) and on one line each.
type Header struct {
	Subject string
	From    string
	To, Cc  []string
	// Received is when the mail arrived: the date of its topmost Received field,
	// else its Date. Zero when it says neither.
	Received time.Time
	// InternetMessageID is the Message-ID as it stands, angle brackets included.
	InternetMessageID string
	// Thread is the same for all mails of one conversation; "" when unknown.
	Thread string
	// Authentication says who vouches for the author of From.
	Authentication Authentication
	// Fields are the header fields that hold words of people or of programs, in
	// the mail's order, to be searched. Fields that only route or sign the mail
	// are left out.
	Fields []Field
}

// Field is one header field; Name is in lower case, or as it is written where it
// holds digits or underscores, Value is decoded and unfolded.
type Field struct{ Name, Value string }

// Part is a leaf of a mail's structure, not yet opened.
type Part struct {
	Path string // section number: "1", "2.1"
	Name string // file name as the sender wrote it, "" when there is none
	Type string // media type as declared, lower case, no parameters: "text/plain"
	// Charset is the declared charset; "" when none was. Content of a service
	// that is Unicode already says "utf-8".
	Charset string
	// Flowed and DelSp are the parameters of text/plain; format=flowed (RFC 3676).
	Flowed, DelSp bool
	// Size is the size of the content in bytes, -1 when it is not known before Open.
	Size int64
	// Open gives the content with its transfer encoding removed. It is called at
	// most once. An error that is, or wraps, a *[Skip] is recorded as that Skip;
	// any other error is returned by [Decode].
	Open func(ctx context.Context) (io.ReadCloser, error)
	// Mail is the message that the part is, where a service gives it taken apart. Then
	// there is nothing to Open. Paths within it are those of the same message as a file.
	Mail *Mail
}

// View says what a text is within its part.
type View uint8

const (
	Body   View = iota // the text as a reader sees it
	Head               // a header field, a file name, a document property
	Markup             // attribute values, comments and hidden text of HTML, link targets
)

// Text is readable text, in UTF-8 with LF line ends.
type Text struct {
	Path string
	// Name is the base name of the file that holds the text, "" for bodies and
	// headers. Rules that look at file names get this one.
	Name string
	View View
	Body string
}

// File is a container of keys, whole: a detector recognises it, decode does not
// search it.
type File struct {
	Path string
	Name string
	Kind FileKind
	Data []byte
	// ByName is set when only the name says what it is.
	ByName bool
}

// FileKind is a kind of key container.
type FileKind string

const (
	PKCS12  FileKind = "pkcs12"
	JKS     FileKind = "jks" // Java key stores: JKS and JCEKS
	KeePass FileKind = "keepass"
)

// Result is all that [Decode] found. Texts are in the mail's order.
type Result struct {
	Texts []Text
	Files []File
	Skips []Skip
	Parts int   // leaves seen, whatever became of them
	Bytes int64 // bytes of content read, nested content counted at each level
}
