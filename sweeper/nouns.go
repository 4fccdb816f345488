// Package sweeper is the domain: the nouns of a sweep, the small interfaces that
// sources, detectors and stores implement, and the pipeline that joins them.
//
//	mailbox ▸ folder ▸ page ▸ message ▸ parts ▸ text ▸ candidate ▸ finding ▸ exposure
//
// Data flows one way. A page's findings, skips, gone messages and the folder's
// new cursor are committed in one transaction, so a sweep can stop anywhere and
// go on: the cursor is the queue.
package sweeper

import (
	"context"
	"time"

	"mailsweep/decode"
	"mailsweep/secret"
)

// Mailbox is one mailbox of a Source.
type Mailbox struct {
	Source string // see [Ref]
	Name   string // as people name it: an address, or the top of a tree of files
}

// Folder is what a Cursor belongs to: a mail folder, or a directory of mail files.
type Folder struct {
	Source  string
	Mailbox string
	Name    string // path within the mailbox, "/" between its parts; "" for the top
	// Key is the folder's identity within its Source; it outlives renaming where
	// the Source can tell.
	Key string
}

// Ref is how to find one message again.
type Ref struct {
	Source  string // which system: "files", or "m365:" and the tenant's id
	Mailbox string
	Folder  string
	// FolderKey is the [Folder.Key] of the folder whose cursor covers the message.
	FolderKey string
	// Key is the message's identity within its Source, whatever folder it is moved
	// to and however the Source was named on the command line.
	Key string
	// ID is the identity that people are shown: message_id on the wire.
	ID                string
	InternetMessageID string
	Thread            string
}

// Cursor says how far a folder has been swept. It is opaque to all but its
// Source; nil is the beginning.
type Cursor []byte

// Page is a step through a folder. Messages may be in any order.
type Page struct {
	Messages []Message
	// Gone are the keys of messages that are no longer in this folder.
	Gone []string
	// Skips are what the Source met and cannot ever read: a file that is no mail.
	Skips []Skip
	// Covers are the bytes of the Source that lie between the page before and this
	// one, read or not; 0 when unknown. See [Sizer].
	Covers int64
	// Next is the cursor after this page.
	Next Cursor
	// Reset, on the first page of a walk, says that the pages up to Done are the
	// whole folder: what was known of it and does not come again is gone from it.
	Reset bool
	// Done is set on the last page. A Source always yields at least one page, and
	// a page with Done last, unless an error ends the walk before.
	Done bool
	// Release gives back what the Source holds for the page; it is called once, when
	// the page was committed or dropped. nil when there is nothing to give back.
	Release func()
}

// Message is one mail as its Source lists it, its content not yet read.
type Message struct {
	Ref Ref
	// Size is about how many bytes reading it will take in memory; 0 when unknown.
	Size int64
	// Fetch brings what Open needs from afar, and gives the size that it has then. It
	// is called at most once, before Open, and may wait for a network: no processor
	// and no memory are kept for the message meanwhile. A [*Skip] as the error is
	// recorded; any other error ends the sweep of the folder. nil when Open needs
	// nothing.
	Fetch func(ctx context.Context) (size int64, err error)
	// Release gives back what Fetch holds; it is called once after Fetch was called,
	// whatever came of it. nil when there is nothing to give back.
	Release func()
	// Open takes the message apart. It is called at most once, from any goroutine,
	// with the budget that its decoding will share. A [*Skip] as the error is
	// recorded; any other error ends the sweep of the folder.
	Open func(ctx context.Context, b *decode.Budget) (decode.Mail, error)
}

// Skip is something that could not be searched, and why. As an error it is
// permanent: recorded, not a failure.
type Skip struct {
	Ref Ref // as much of it as is known: a whole mailbox has no folder
	decode.Skip
}

// Mail is one decoded mail as a whole, for detectors.
type Mail struct {
	Ref    Ref
	Header decode.Header
	Texts  []decode.Text
	Files  []decode.File
	// Suppressed is where a detector counts what it passes over or lowers; nil counts
	// nothing.
	Suppressed *Suppressions
}

// Suppressions are how often something that looked like a secret was passed over, or
// lowered to review, by the name of the reason.
type Suppressions map[string]int

// Add counts one. It may be called on nil; the map is made when there is something to
// count. It belongs to one goroutine.
func (s *Suppressions) Add(name string) {
	if s == nil {
		return
	}
	if *s == nil {
		*s = Suppressions{}
	}
	(*s)[name]++
}

// Candidate is what a detector matched in a mail. It is the only noun that holds
// a secret; it lives in memory, for one message.
type Candidate struct {
	Rule       string
	Kind       Kind
	Confidence Confidence
	Reason     string // why it has this confidence, in words
	Secret     secret.Value
	// Seen is the text as it stands in the mail where that is not the Secret itself:
	// encoded, escaped, with words around it. It is masked like the Secret.
	Seen secret.Value
	// Prefix is the public prefix of a structured token ("ghp_"), for its preview.
	Prefix string
	Path   string // of the Text or File that holds it
	View   decode.View
	Line   int // from 1, in that Text; 1 in a File
	// Details are what comes with the secret and is no secret: see [Finding.Details].
	Details map[string]string
}

// Finding is one sighting of one secret. It holds no secret.
type Finding struct {
	Rule        string
	Kind        Kind
	Confidence  Confidence
	Reason      string
	Fingerprint string
	Preview     string
	// Exposure is the id of the [Exposure] that this is a sighting of.
	Exposure string
	Severity Severity
	// Details route it: user, host, database, account, client_id, key_id, …
	Details map[string]string
	Ref     Ref
	Envelope
	Part string
	Line int
	// Marks are the ids of the [Allower]'s text patterns that match the line.
	Marks []string
	// New is set when the store had not seen it before.
	New bool
	// Settled is set when nobody has to do anything about its exposure, when it is told
	// in a sweep.
	Settled bool
}

// Envelope is what a finding tells of its mail. What detectors matched in it is masked.
type Envelope struct {
	Subject  string
	From     string
	To, Cc   []string
	Received time.Time // zero when unknown
	// Authentication says who vouches for the author.
	Authentication decode.Authentication
}

// Exposure is one credential to rotate, with all its findings.
type Exposure struct {
	ID          string
	Fingerprint string
	Kind        Kind
	Confidence  Confidence // the strongest of its findings
	Severity    Severity   // the highest of its findings
	Preview     string
	Details     map[string]string
	State       State // the least settled of its owners
	Findings    int
	Mailboxes   int
	FirstSeen   time.Time // when the earliest mail with it was received; zero when unknown
	LastSeen    time.Time
	FirstRun    string
	LastRun     string
}
