package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// TimeLayout is how times are written into the log: RFC 3339 in UTC with exactly
// six decimals, so that they sort as text.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// Entry is one line of the log: who did what, when and why.
//
// Entries are chained. Hash is the lower-case hexadecimal SHA-256 of eight fields,
// in this order: Prev, Seq (decimal), Time ([TimeLayout]), Actor, Action, Run,
// Case, Detail (the JSON text as stored, byte for byte). Each is written as a
// netstring: its length in bytes, in decimal, a colon, the bytes, a comma. An empty
// field is "0:,". Prev is the Hash of the entry before, "" in the first; Seq
// counts from 1 without a hole. So the whole chain can be checked with any tool
// that reads the log and computes SHA-256; docs of the schema show one.
//
// What that proves: no entry between the first and the head was changed, removed,
// added or reordered after it was written, unless everything after it was written
// anew as well. What it cannot prove: that the last entries were not cut off, or
// that the whole chain was not replaced. Whoever keeps a head's hash elsewhere (in
// a ticket, in another system's log) closes that gap up to that head.
type Entry struct {
	Seq    int64
	Time   time.Time
	Actor  string // user@host
	Action string // "run begin", "run end", …
	Run    string // "" when it belongs to none
	Case   string // why: --case
	Detail json.RawMessage
	Prev   string
	Hash   string
}

// Sum computes what Hash has to be.
func (e Entry) Sum() string {
	h := sha256.New()
	for _, field := range []string{
		e.Prev, strconv.FormatInt(e.Seq, 10), e.Time.UTC().Format(TimeLayout),
		e.Actor, e.Action, e.Run, e.Case, string(e.Detail),
	} {
		fmt.Fprintf(h, "%d:", len(field))
		_, _ = io.WriteString(h, field+",")
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Verification is what checking the log gave.
type Verification struct {
	Entries int64
	Head    string // the last entry's hash; note it elsewhere
	// BrokenAt is the Seq of the first entry that does not fit, 0 when all do, and
	// Problem says in words what is wrong with it.
	BrokenAt int64
	Problem  string
	// Missing are hashes noted earlier that are not in the chain: its end was cut
	// off, or it was written anew.
	Missing []string
}

// Intact reports whether nothing speaks against the log.
func (v Verification) Intact() bool { return v.BrokenAt == 0 && len(v.Missing) == 0 }

// Verifier checks entries one after the other. The zero Verifier stands before
// the first entry. It is for one goroutine.
type Verifier struct {
	v    Verification
	seen map[string]bool
	kept []string
}

// NewVerifier returns a Verifier that also looks for hashes noted earlier.
func NewVerifier(kept ...string) *Verifier {
	return &Verifier{kept: kept, seen: make(map[string]bool, len(kept))}
}

// Add checks the next entry, in the order of Seq.
func (c *Verifier) Add(e Entry) {
	if c.v.BrokenAt == 0 {
		if problem := c.problem(e); problem != "" {
			c.v.BrokenAt, c.v.Problem = max(e.Seq, 1), problem
		}
	}
	c.v.Entries++
	c.v.Head = e.Hash
	if slices.Contains(c.kept, e.Hash) {
		c.seen[e.Hash] = true
	}
}

func (c *Verifier) problem(e Entry) string {
	switch next := c.v.Entries + 1; {
	case e.Seq != next:
		return fmt.Sprintf("entry %d is missing: %d follows in its place", next, e.Seq)
	case e.Prev != c.v.Head:
		return fmt.Sprintf("entry %d does not continue the entry before it", e.Seq)
	case e.Hash != e.Sum():
		return fmt.Sprintf("entry %d was changed after it was written", e.Seq)
	}
	return ""
}

// Result is the verdict over all entries added so far.
func (c *Verifier) Result() Verification {
	v := c.v
	for _, hash := range c.kept {
		if !c.seen[hash] {
			v.Missing = append(v.Missing, hash)
		}
	}
	return v
}
