package m365

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Wanted are messages to read and nothing else: internet message ids by mailbox, as an
// audit export lists what an intruder opened. Ids under "" are looked for in every
// mailbox of the selection. Mailboxes are in lower case; ids have their angle brackets.
type Wanted map[string][]string

// messageID is an internet message id as it stands in a list. RFC 5322 section
// 3.6.4 allows more than Exchange and its exports show.
var messageID = regexp.MustCompile(`<[^<>\s"]+@[^<>\s"]+>`)

// ReadWanted reads a list of internet message ids: one on each line, with or without
// angle brackets; CSV with a column InternetMessageId and maybe one that names the
// mailbox (MailboxOwnerUPN, mailbox); an export of Microsoft Purview's audit search,
// whose column AuditData holds JSON; or audit records as JSON lines or an array. What
// is neither is an error that names its line: nobody should take a list that was not
// read for mail that was not there.
func ReadWanted(r io.Reader) (Wanted, error) {
	data, err := io.ReadAll(Lines(r))
	if err != nil {
		return nil, err
	}
	w := Wanted{}
	// PowerShell writes the type of its objects above them.
	if head, rest, _ := bytes.Cut(bytes.TrimSpace(data), []byte("\n")); bytes.HasPrefix(head, []byte("#TYPE")) {
		data = rest
	}
	first := firstLine(data)
	switch lower := bytes.ToLower(first); {
	case bytes.HasPrefix(first, []byte("{")), bytes.HasPrefix(first, []byte("[")):
		err = w.records(data)
	case bytes.Contains(lower, []byte("internetmessageid")) || bytes.Contains(lower, []byte("auditdata")):
		err = w.table(data)
	default:
		err = w.lines(data)
	}
	if err != nil {
		return nil, err
	}
	n := 0
	for name, ids := range w {
		slices.Sort(ids)
		w[name] = slices.Compact(ids)
		n += len(w[name])
	}
	if n == 0 {
		return nil, errors.New("it lists no internet message id")
	}
	return w, nil
}

// Lines reads a list that people or PowerShell wrote, as UTF-8 without a mark: it may
// be UTF-16.
func Lines(r io.Reader) io.Reader {
	return transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder()))
}

// firstLine is the first line that is no comment.
func firstLine(data []byte) []byte {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return line
		}
	}
	return nil
}

func (w Wanted) add(mailbox, id string) {
	mailbox = strings.ToLower(strings.TrimSpace(mailbox))
	w[mailbox] = append(w[mailbox], id)
}

func (w Wanted) lines(data []byte) error {
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		ids := messageID.FindAllString(line, -1)
		if len(ids) == 0 && messageID.MatchString("<"+line+">") {
			ids = []string{"<" + line + ">"}
		}
		if len(ids) == 0 {
			return fmt.Errorf("line %d is no internet message id", n)
		}
		for _, id := range ids {
			w.add("", id)
		}
	}
	return s.Err()
}

func (w Wanted) table(data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if head, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return err
	}
	column := func(names ...string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(h)))
		})
	}
	id, audit := column("internetmessageid"), column("auditdata")
	owner := column("mailboxownerupn", "mailbox")
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		mailbox := ""
		if owner >= 0 && owner < len(row) {
			mailbox = row[owner]
		}
		switch {
		case id >= 0 && id < len(row) && strings.TrimSpace(row[id]) != "":
			found := idOf(row[id])
			if found == "" {
				return fmt.Errorf("line %d: its InternetMessageId is none", line)
			}
			w.add(mailbox, found)
		case audit >= 0 && audit < len(row):
			var v any
			if err := json.Unmarshal([]byte(row[audit]), &v); err != nil {
				return fmt.Errorf("line %d: its AuditData is no JSON", line)
			}
			if err := w.record(v, mailbox); err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
		}
	}
}

// idOf is the id that a field holds, with its angle brackets; "" for none.
func idOf(s string) string {
	if id := messageID.FindString(s); id != "" {
		return id
	}
	return messageID.FindString("<" + strings.TrimSpace(s) + ">")
}

func (w Wanted) records(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	for n := 1; ; n++ {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("record %d is no JSON: %w", n, err)
		}
		if err := w.record(v, ""); err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
	}
}

// record takes all ids below one audit record. Where in it they stand differs from
// operation to operation (learn.microsoft.com, "MailItemsAccessed").
func (w Wanted) record(v any, mailbox string) error {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if err := w.record(one, mailbox); err != nil {
				return err
			}
		}
	case map[string]any:
		for k, one := range v {
			if s, ok := one.(string); ok && (strings.EqualFold(k, "MailboxOwnerUPN") || strings.EqualFold(k, "mailbox")) {
				mailbox = s
			}
		}
		for k, one := range v {
			s, ok := one.(string)
			switch {
			case ok && strings.EqualFold(k, "InternetMessageId") && strings.TrimSpace(s) != "":
				id := idOf(s)
				if id == "" {
					return errors.New("its InternetMessageId is none")
				}
				w.add(mailbox, id)
			case ok && strings.EqualFold(k, "AuditData"):
				var inner any
				if json.Unmarshal([]byte(s), &inner) != nil {
					return errors.New("its AuditData is no JSON")
				}
				if err := w.record(inner, mailbox); err != nil {
					return err
				}
			case !ok:
				if err := w.record(one, mailbox); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
