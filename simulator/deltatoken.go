package simulator

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/url"
	"strconv"
	"strings"
)

// deltaToken is where a client stands in the changes of a folder, and what it asked for:
// tokens carry the query, headers they do not carry.
//
// A round begins at version base and ends with a deltaLink. Within it, position is the
// version up to which all was told; start is the version at which the round began.
type deltaToken struct {
	generation            uint64
	folder                string
	base, position, start uint64
	told                  int    // entries of this round so far
	after                 string // in a round ordered by date: the message told last
	query                 url.Values
}

// encode makes the token opaque, and such that a changed one is noticed.
func (t *deltaToken) encode() string {
	q := url.Values{}
	for k, v := range t.query {
		q["q"+k] = v
	}
	for k, n := range map[string]uint64{"g": t.generation, "b": t.base, "p": t.position, "s": t.start, "n": uint64(t.told)} {
		q.Set(k, strconv.FormatUint(n, 36))
	}
	q.Set("f", t.folder)
	q.Set("a", t.after)
	text := q.Encode()
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%08x%s", crc32.ChecksumIEEE([]byte(text)), text))
}

// decodeDeltaToken reads a token; ok is false for one that was not given out.
func decodeDeltaToken(s string) (t deltaToken, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(data) < 8 {
		return t, false
	}
	text := string(data[8:])
	if fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text))) != string(data[:8]) {
		return t, false
	}
	q, err := url.ParseQuery(text)
	if err != nil {
		return t, false
	}
	number := func(k string) uint64 {
		n, _ := strconv.ParseUint(q.Get(k), 36, 64) // the checksum vouches for it
		return n
	}
	t = deltaToken{generation: number("g"), base: number("b"), position: number("p"), start: number("s"),
		told: int(number("n")), folder: q.Get("f"), after: q.Get("a"), query: url.Values{}}
	for k, v := range q {
		if name, own := strings.CutPrefix(k, "q"); own {
			t.query[name] = v
		}
	}
	return t, true
}

// expired is the answer to a token of a generation that is no more.
func (c *call) expired(generation, highest uint64) *reply {
	return c.fail(410, "SyncStateNotFound", fmt.Sprintf("The sync state generation is not found; generation=%d;[highest=%d].", generation, highest))
}

// deltaState reads the token of the call, or begins a first round for the folder.
func (c *call) deltaState(folder string, options []string) (*deltaToken, *reply) {
	c.box.mu.RLock()
	generation, version := c.box.generation, c.box.version
	c.box.mu.RUnlock()
	token := c.option("$deltatoken") + c.option("$skiptoken")
	if token == "" {
		t := &deltaToken{generation: generation, folder: folder, start: version, query: url.Values{}}
		for _, name := range options {
			if v := c.option(name); v != "" {
				t.query.Set(name, v)
			}
		}
		return t, nil
	}
	t, ok := decodeDeltaToken(token)
	switch {
	case !ok || t.folder != folder:
		return nil, c.badRequest("Badly formed token.")
	case t.generation != generation:
		return nil, c.expired(t.generation+107, generation+107)
	}
	if t.position == t.base && t.told == 0 && t.after == "" {
		t.start = version // a new round
	}
	return &t, nil
}
