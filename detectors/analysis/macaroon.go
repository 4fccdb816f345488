package analysis

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"time"
)

// pypi reads an upload token of PyPI: a macaroon in the binary form of version 2
// (github.com/rescrv/libmacaroons, doc/format.txt: packets of type, length and bytes,
// numbers as varints), whose caveats are JSON lists or an object (pypitoken's
// documentation, "restrictions": [0, expiry, not before], [1, [project names]], [2,
// [project ids]], [3, user id]; {"version": 1, "permissions": …} in old ones).
func pypi(value string) (f Facts, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value[len("pypi-"):], "="))
	if err != nil || len(data) < 2 || data[0] != 2 {
		return f, false
	}
	location := false
	for rest := data[1:]; len(rest) > 0; {
		kind, n := binary.Uvarint(rest)
		if n <= 0 {
			return f, false
		}
		rest = rest[n:]
		if kind == 0 { // the end of a section
			continue
		}
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return f, false
		}
		field := rest[n : n+int(size)]
		rest = rest[n+int(size):]
		switch {
		case kind == 1 && (string(field) == "pypi.org" || string(field) == "test.pypi.org"):
			f.tell("host", string(field))
			location = true
		case kind == 2 && location:
			f.caveat(field)
		}
	}
	return f, location
}

// caveat tells what an identifier restricts, where it is a caveat that PyPI documents.
// The token's own identifier is a number of PyPI's, and none.
func (f *Facts) caveat(field []byte) {
	var list []json.RawMessage
	if json.Unmarshal(field, &list) == nil && len(list) >= 2 {
		switch string(list[0]) {
		case "0":
			var expiry int64
			if json.Unmarshal(list[1], &expiry) == nil && expiry > 0 && expiry < 1e11 {
				f.tell("expires", moment(time.Unix(expiry, 0)))
			}
		case "1":
			f.projects(list[1])
		case "3":
			if id := text(list[1]); guid.MatchString(id) {
				f.tell("user_id", id)
			}
		}
		return
	}
	var old struct{ Permissions json.RawMessage }
	if json.Unmarshal(field, &old) == nil {
		var of struct{ Projects json.RawMessage }
		if json.Unmarshal(old.Permissions, &of) == nil {
			f.projects(of.Projects)
		}
	}
}

func (f *Facts) projects(raw json.RawMessage) {
	var names []string
	if json.Unmarshal(raw, &names) == nil {
		f.say("projects", strings.Join(names[:min(len(names), 5)], ", "))
	}
}
