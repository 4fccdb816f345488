package allow

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailsweep/decode"
	"mailsweep/lined"
	"mailsweep/sweeper"
)

const (
	// mostFile bounds a file: whoever names a larger one named another.
	mostFile = 1 << 20
	// leastFingerprint are the hexadecimal digits that a fingerprint must have: with 48
	// bits, among a million secrets a prefix stands for another one too once in 280 million.
	leastFingerprint = 12
	allFingerprint   = 64
	// masked is what a pattern sees of a secret.
	masked = "[redacted]"
)

// Options say what an allow-list may mean.
type Options struct {
	Now time.Time
	// Rules are the ids of all rules; with none, no rule is looked up.
	Rules []string
	// Nearest is a hint at the name that was meant: ": did you mean x?", or "".
	Nearest func(name string, names []string) string
}

// Read reads the files. All that is wrong with them is told at once, each with its file
// and line; there is no list with anything wrong in it.
func Read(paths []string, o Options) (*List, error) {
	var all []*Entry
	var wrong []error
	var files []string
	for _, path := range paths {
		data, err := load(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		files = append(files, fmt.Sprintf("%s sha256 %x", path, sha256.Sum256(data)))
		entries, err := parse(path, data, o, all)
		all, wrong = append(all, entries...), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	l := newList(all, o.Now)
	l.files = files
	return l, nil
}

func load(path string) ([]byte, error) {
	f, err := os.Open(path)
	var data []byte
	if err == nil {
		defer f.Close()
		data, err = io.ReadAll(io.LimitReader(f, mostFile+1))
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if err != nil {
		return nil, fmt.Errorf("the allow-list %s cannot be read: %w", path, err)
	}
	if len(data) > mostFile {
		return nil, fmt.Errorf("%s is too large for an allow-list", path)
	}
	return data, nil
}

// parse reads one file; before are the entries of those before it.
func parse(name string, data []byte, o Options, before []*Entry) ([]*Entry, error) {
	f, root, err := lined.Parse(name, data)
	if err != nil {
		return nil, err
	}
	r := reader{Options: o, file: name}
	s := root.Struct("servers", "allow")
	for _, item := range s.Get("servers").Items() {
		r.servers = append(r.servers, server(item))
	}
	var entries []*Entry
	for _, item := range s.Get("allow").Items() {
		e := r.entry(item)
		for _, other := range slices.Concat(before, entries) {
			if e.Name != "" && e.Name == other.Name {
				item.Complain("the entry of %s is called %q, too", other.Place(), e.Name)
				break
			}
		}
		entries = append(entries, e)
	}
	return entries, f.Err()
}

// server is an authserv-id.
func server(v lined.Value) string {
	id := strings.ToLower(v.Text())
	if id == "" || strings.ContainsAny(id, "*?;= \t") {
		v.Complain("%q is no authserv-id: it is the first word of the Authentication-Results that your own server writes, or %s", id, decode.Microsoft365)
	}
	return id
}

type reader struct {
	Options
	file    string
	servers []string
}

// conditions are the fields of an entry of which at least one must be there.
func conditions() []string {
	return []string{"fingerprints", "rules", "mailboxes", "folders", "texts", "senders"}
}

func (r *reader) entry(v lined.Value) *Entry {
	s := v.Struct(append([]string{"name", "reason", "by", "expires"}, conditions()...)...)
	e := &Entry{File: r.file, Line: v.Line(), By: s.Get("by").Text(), servers: r.servers}
	e.Name, e.Reason = said(s, "name"), said(s, "reason")
	r.expires(e, s)
	if !slices.ContainsFunc(conditions(), func(name string) bool { return s.Get(name).There() }) {
		s.Complain("the entry has no condition and would cover everything: add one of %s", strings.Join(conditions(), ", "))
	}
	e.fingerprints = items(s.Get("fingerprints"), fingerprint)
	e.rules = items(s.Get("rules"), r.rule)
	e.mailboxes, e.folders = items(s.Get("mailboxes"), glob), items(s.Get("folders"), glob)
	e.texts = items(s.Get("texts"), compile)
	e.senders = items(s.Get("senders"), sender)
	if at := s.Get("senders"); at.There() && len(r.servers) == 0 {
		at.Complain("senders count only where a server of yours vouches for them: name it in servers, at the top of the file")
	}
	return e
}

// said is a field in words that must be there, and not be empty.
func said(s lined.Struct, name string) string {
	v := s.Need(name)
	text := v.Text()
	if v.There() && text == "" {
		v.Complain("%q is empty", name)
	}
	return text
}

func (r *reader) expires(e *Entry, s lined.Struct) {
	v := s.Need("expires")
	if !v.There() {
		return
	}
	day, err := time.Parse(time.DateOnly, v.Text())
	if err != nil {
		v.Complain("%q is no day such as 2027-01-31, the last one on which the entry holds (in UTC)", v.Text())
	}
	e.Expires = day
}

// items reads the values of one condition. One that is there and empty is a problem: it
// could mean everything or nothing.
func items[T any](v lined.Value, read func(lined.Value) T) (all []T) {
	list := v.Items()
	if v.There() && len(list) == 0 {
		v.Complain("there is nothing in it: leave the condition out, or say what it asks")
	}
	for _, item := range list {
		if item.Text() == "" {
			item.Complain("there is nothing in it: leave the condition out, or say what it asks")
			continue
		}
		all = append(all, read(item))
	}
	return all
}

func fingerprint(v lined.Value) string {
	text := strings.ToLower(v.Text())
	if len(text) < leastFingerprint || len(text) > allFingerprint || strings.Trim(text, "0123456789abcdef") != "" {
		v.Complain("%s is no fingerprint, nor the beginning of one: %d to %d hexadecimal digits, as mailsweep findings --format jsonl shows them",
			quoted(text), leastFingerprint, allFingerprint)
	}
	return text
}

// quoted shows what was given, but not all of what could be a secret.
func quoted(s string) string {
	if len(s) > 4 {
		return fmt.Sprintf("%q (%d characters)", s[:4]+"…", len(s))
	}
	return fmt.Sprintf("%q", s)
}

func (r *reader) rule(v lined.Value) func(string) bool {
	name := v.Text()
	match := sweeper.Glob(name)
	if len(r.Rules) > 0 && !slices.ContainsFunc(r.Rules, match) {
		nearest := ""
		if r.Nearest != nil {
			nearest = r.Nearest(name, r.Rules)
		}
		if nearest == "" {
			nearest = ": mailsweep rules list shows them"
		}
		v.Complain("there is no rule %q%s", name, nearest)
	}
	return match
}

func glob(v lined.Value) func(string) bool { return sweeper.Glob(v.Text()) }

func compile(v lined.Value) *pattern {
	re, err := regexp.Compile(v.Text())
	if err != nil {
		v.Complain("it is no regular expression (RE2): %v", err)
		return &pattern{}
	}
	if re.MatchString("") || re.MatchString(masked) {
		v.Complain("%q matches every line with a secret, which it sees as %s: say what must stand beside it", v.Text(), masked)
	}
	return &pattern{id: digest(v.Text()), re: re}
}

// sender is an address or a domain, in lower case.
func sender(v lined.Value) string {
	text := strings.ToLower(v.Text())
	local, domain, address := strings.Cut(text, "@")
	if !address {
		local, domain = "x", text
	}
	if local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(text, " \t<>*?,;") || strings.Contains(domain, "@") || strings.HasPrefix(domain, ".") {
		v.Complain("%q is no address, such as probe@example.com, and no domain, such as example.com: neither may hold * or ?", text)
	}
	return text
}
