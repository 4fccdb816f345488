package detectors

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

const connectionRule = "connection-string-password"

// lineAround is the line that a place is on, within reach of it.
func lineAround(text string, start, end int) string {
	from, to := max(0, start-lineReach), min(len(text), end+lineReach)
	if i := strings.LastIndexByte(text[from:start], '\n'); i >= 0 {
		from += i + 1
	}
	if i := strings.IndexByte(text[end:to], '\n'); i >= 0 {
		to = end + i
	}
	return text[from:to]
}

// connection are the other parts of a connection string, of which one stands on the
// same line as its password.
var connection = lazydfa.MustCompile(`(?i)\b(?:data source|server|host|hostname|address|addr|initial catalog|database|dbq|dsn|provider|driver|user id|userid|uid|user|trusted_connection|integrated security|endpoint|port)\s?=`)

var connectionParts = []struct {
	name string
	part *lazydfa.Regexp
}{
	{"user", lazydfa.MustCompile(`(?i)\b(?:user(?: ?(?:id|name))?|uid)\s?=\s?["']?([^;"'\s<>&]{1,100})`)},
	{"host", lazydfa.MustCompile(`(?i)\b(?:data source|server|host(?:name)?|addr(?:ess)?)\s?=\s?["']?(?:tcp:)?([^;"'\s<>&,:]{1,200})`)},
	{"database", lazydfa.MustCompile(`(?i)\b(?:initial catalog|database|dbname|dbq)\s?=\s?["']?([^;"'<>&\s]{1,100})`)},
}

// connectionString reads the parts beside the password (Microsoft Learn,
// "SqlConnection.ConnectionString": keywords and their synonyms).
func connectionString(f *found, h hit) {
	f.secret = strings.TrimSuffix(strings.TrimPrefix(f.secret, "{"), "}")
	for _, p := range connectionParts {
		if m := p.part.FindStringSubmatch(h.near); m != nil {
			value := m[1]
			if p.name == "host" {
				value = strings.ToLower(value)
			}
			f.details[p.name] = value
		}
	}
}
