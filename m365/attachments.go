package m365

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"mailsweep/decode"
)

const (
	// smallReply is what a list of attachments with their content is taken to be at
	// first, and largeReply what it may become while there is memory for it. Nearly
	// all messages with attachments need one request so.
	smallReply = 256 << 10
	largeReply = 16 << 20
	// mostFiles bounds the attachments of one message that are read by themselves.
	// Exchange takes messages of up to 150 MB (learn.microsoft.com, "Exchange Online
	// limits") but 35 MB unless an administrator changes it; what is beyond is a Skip.
	mostFiles = 64 << 20
	// mostReads is how often a stream that breaks is taken up again.
	mostReads = 6
)

// scanWaits is how long to wait for Defender to let an attachment go, each time:
// Safe Attachments delivers the mail first, with a placeholder for the attachment
// (learn.microsoft.com, "Dynamic Delivery in Safe Attachments policies";
// msgraph-sdk-dotnet#2416). What takes longer comes as a changed message later.
var scanWaits = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second}

// fetch reads all attachments of a message. A part of them that cannot be read is a
// Skip; an error means "try again".
// announced says that the message is said to have attachments.
func (a *attachments) fetch(ctx context.Context, s *Source, box, id string, announced bool) error {
	for try := 0; ; try++ {
		files, err := a.list(ctx, s, box, id)
		var e *Error
		if errors.As(err, &e) {
			switch e.meaning() {
			case vanished:
				a.skips = append(a.skips, decode.Skip{Reason: decode.Gone, Detail: "the message was deleted or moved while it was swept; its attachments were not searched"})
				return nil
			case unreadable, notCovered, malformed, transient:
				a.skips = append(a.skips, decode.Skip{Reason: decode.Unreadable, Detail: "its attachments: " + e.Error()})
				return nil
			}
		}
		if errors.Is(err, errOdd) || errors.Is(err, errCut) {
			a.skips = append(a.skips, decode.Skip{Reason: decode.Unreadable, Detail: "its attachments: " + err.Error()})
			return nil
		}
		if err != nil {
			return s.stop(fmt.Errorf("read attachments: %w", err))
		}
		if len(files) == 0 && announced {
			a.skips = append(a.skips, decode.Skip{Reason: decode.Unreadable, Detail: "the service says that there are attachments, and lists none"})
		}
		waiting := false
		for _, f := range files {
			waiting = waiting || !f.scanned()
		}
		if !waiting || try == len(s.scanWaits) {
			return a.read(ctx, s, box, id, files)
		}
		a.release()
		if err := sleep(ctx, s.scanWaits[try]); err != nil {
			return err
		}
	}
}

// list lists the attachments, with their content when all of it is small, and with the
// messages among them taken apart.
func (a *attachments) list(ctx context.Context, s *Source, box, id string) ([]file, error) {
	address := func(q query) string { return s.c.url(q, "users", box, "messages", id, "attachments") }
	var files []file
	var err error
	expand := !s.c.noExpand.Load()
	if expand {
		files, err = a.filled(ctx, s, box, address(query{{"$expand", expandItems}}))
	}
	if !expand || mayBeExpansion(err) {
		expanding := err
		files, err = a.filled(ctx, s, box, address(nil))
		if err == nil && cannotExpand(expanding) && !s.c.noExpand.Swap(true) {
			s.c.log.Info("the service does not expand attached items; each of them takes a request of its own")
		}
	}
	if !errors.Is(err, errLarge) {
		return files, err
	}
	few := query{{"$select", "id,name,contentType,size,isInline"}, {"$top", "1000"}}
	return a.page(ctx, s, box, address(few), nil)
}

// filled lists the attachments with as much content as the service gives, and holds the
// memory for it.
func (a *attachments) filled(ctx context.Context, s *Source, box, address string) ([]file, error) {
	memory := s.memory.lists.claim(2 * smallReply)
	files, err := a.page(ctx, s, box, address, memory)
	if err != nil {
		memory.leave()
		return nil, err
	}
	memory.fit(unpack(files, memory))
	a.hold(memory)
	return files, nil
}

// errOdd says that a reply came whole, time and again, and makes no sense.
var errOdd = errors.New("the reply of Microsoft Graph makes no sense")

// errLarge says that a list of attachments has too much content to be read at once.
var errLarge = errors.New("the attachments are large")

// page reads a list of attachments to its end.
func (a *attachments) page(ctx context.Context, s *Source, box, address string, memory *claim) ([]file, error) {
	var all []file
	seen, walked := map[string]bool{}, trail{}
	for n := 0; address != ""; n++ {
		if err := walked.follow(address); err != nil {
			// Lists of attachments have been seen to lead in a circle.
			a.skips = append(a.skips, decode.Skip{Reason: decode.Unreadable, Detail: "the service did not list all attachments"})
			break
		}
		var page listOfFiles
		of := call{mailbox: box}
		if n == 0 {
			of.memory = memory
		}
		if err := s.c.small(ctx, of, address, &page); err != nil {
			return nil, err
		}
		for _, f := range *page.Value {
			if f.ID == "" || !seen[f.ID] {
				seen[f.ID] = true
				all = append(all, f)
			}
		}
		address = page.Next
	}
	return all, nil
}

type listOfFiles struct {
	Value *[]file
	Next  string `json:"@odata.nextLink"`
}

// small reads a JSON reply of limited size. Memory is taken for it as it comes, twice:
// as text, and decoded.
func (c *Client) small(ctx context.Context, of call, address string, into *listOfFiles) error {
	for try := 1; ; try++ {
		resp, err := c.stream(ctx, of, address)
		if err != nil {
			return err
		}
		data, err := readGrowing(resp.Body, of.memory)
		resp.Body.Close()
		if errors.Is(err, errLarge) {
			return err
		}
		if err == nil {
			blankControls(data)
			if err = json.Unmarshal(data, into); err == nil && into.Value != nil {
				return nil
			}
			if try == maxParses {
				return errOdd
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if try == mostReads {
			return errCut
		}
		of.memory.leave()
		if err := sleep(ctx, backoff(try)); err != nil {
			return err
		}
	}
}

// readGrowing reads to the end as long as the claim can grow; a nil claim is never
// asked.
func readGrowing(r io.Reader, memory *claim) ([]byte, error) {
	room := smallReply
	var data []byte
	for {
		more, err := io.ReadAll(io.LimitReader(r, int64(room-len(data)+1)))
		data = append(data, more...)
		if err != nil || len(data) <= room {
			return data, err
		}
		if 2*room > largeReply || memory != nil && !memory.grow(2*int64(room)) {
			return nil, errLarge
		}
		room *= 2
	}
}

// read turns what was listed into parts, and reads what did not come with the list.
func (a *attachments) read(ctx context.Context, s *Source, box, id string, files []file) error {
	var size int64
	for _, f := range files {
		if !f.full() && f.kind() != reference {
			size += f.about()
		}
	}
	r := reader{s: s, box: box, message: id, left: mostFiles, memory: s.memory.files.claim(min(size, mostFiles))}
	a.hold(r.memory)
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	// The smallest first: one that is too large must not keep others from being read.
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(files[i].about(), files[j].about()) })
	for _, i := range order {
		if err := a.take(ctx, &r, i, files[i]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(a.parts, func(x, y decode.Part) int { return cmp.Compare(number(x.Path), number(y.Path)) })
	return nil
}

// take takes up one attachment.
func (a *attachments) take(ctx context.Context, r *reader, i int, f file) error {
	if !f.scanned() { // or called so by whoever sent it: what is there is read all the same
		a.skip(i, f, decode.Unreadable, "the service was still scanning it; sweep again later")
		if f.full() {
			a.keep(i, f)
		}
		return nil
	}
	switch {
	case f.kind() == reference:
		a.link(i, f)
	case f.full():
		a.keep(i, f)
	default:
		return a.open(ctx, r, i, f)
	}
	return nil
}

// reader reads the attachments of one message by themselves.
type reader struct {
	s            *Source
	box, message string
	left         int64 // bytes that may still be read
	memory       *claim
}

// open reads one attachment as it is; an item comes as MIME, iCalendar or vCard
// (learn.microsoft.com, "Get attachment").
func (a *attachments) open(ctx context.Context, r *reader, i int, f file) error {
	address := r.s.c.url(nil, "users", r.box, "messages", r.message, "attachments", f.ID, "$value")
	of := call{mailbox: r.box, memory: r.memory}
	if r.memory.entered() {
		of.memory = nil // it holds what was read before: no failure may give that back
	}
	data, more, err := r.s.c.bytes(ctx, of, address, f.about(), min(r.left, f.most()))
	var e *Error
	switch {
	case err == nil && len(data) == 0 && f.Size != nil && *f.Size > 0 && r.left > 0:
		a.skip(i, f, decode.Unreadable, "it came empty, though it is said to have content")
	case err == nil:
		r.left -= int64(len(data))
		a.add(i, f, data)
		if more {
			a.skip(i, f, decode.Oversized, fmt.Sprintf("only %d MB of the attachments of a message are read", mostFiles>>20))
		}
	case errors.As(err, &e) && e.meaning() == vanished:
		a.skip(i, f, decode.Gone, "it was deleted while it was swept")
	case errors.As(err, &e) && e.meaning() != forbidden && e.meaning() != signIn && e.meaning() != throttled, errors.Is(err, errCut):
		a.skip(i, f, decode.Unreadable, err.Error())
	default:
		return r.s.stop(fmt.Errorf("read an attachment: %w", err))
	}
	return nil
}

// bytes reads raw content of about want bytes, and no more than most; more says that
// there is more. A stream that breaks is asked for again from its start: the service
// does not give parts of an attachment.
func (c *Client) bytes(ctx context.Context, of call, address string, want, most int64) (data []byte, more bool, err error) {
	for try := 1; ; try++ {
		resp, err := c.stream(ctx, of, address)
		if err != nil {
			return nil, false, err
		}
		data, err = readSized(io.LimitReader(resp.Body, most+1), min(want, most))
		resp.Body.Close()
		if more := int64(len(data)) > most; err == nil || more {
			return data[:min(int64(len(data)), most)], more, nil
		}
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		if try == mostReads {
			return nil, false, errCut
		}
		if err := sleep(ctx, backoff(try)); err != nil {
			return nil, false, err
		}
	}
}

// readSized reads to the end, into memory of about the right size.
func readSized(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, 0, size+512)
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}
