package decode

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
)

// corpora gives the directory of real mail, which is not part of the project.
func corpora(t testing.TB) string {
	dir := os.Getenv("MAILSWEEP_CORPORA")
	if dir == "" {
		t.Skip("MAILSWEEP_CORPORA is not set: it names a directory with mail/ and formats/")
	}
	return dir
}

func files(t testing.TB, dir string, keep func(path string) bool) []string {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (keep == nil || keep(path)) {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readFile(t testing.TB, path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// messages cuts a file of the corpora into mails.
func messages(data []byte) [][]byte {
	if !bytes.HasPrefix(data, []byte("From ")) {
		return [][]byte{data}
	}
	var out [][]byte
	for len(data) > 0 {
		i := bytes.Index(data[1:], []byte("\n\nFrom "))
		if i < 0 {
			return append(out, data)
		}
		out = append(out, data[:i+2])
		data = data[i+3:]
	}
	return out
}

func decodeRaw(t testing.TB, raw []byte) (Mail, Result) {
	b := NewBudget(DefaultLimits(), int64(len(raw)))
	m := MIME(context.Background(), raw, b)
	res, err := Decode(context.Background(), m, b)
	if err != nil {
		t.Errorf("decode: %v", err)
	}
	return m, res
}

// TestCorporaGoThrough decodes every file of the corpora as if it were mail: no
// panic, no error, no leaf without a text, a file or a skip.
func TestCorporaGoThrough(t *testing.T) {
	dir := corpora(t)
	for _, name := range []string{"mail", "formats"} {
		paths := files(t, filepath.Join(dir, name), nil)
		var mails int
		var size int64
		skips := map[string]int{}
		start := time.Now()
		var slowest time.Duration
		slowestPath := ""
		for _, path := range paths {
			for _, raw := range messages(readFile(t, path)) {
				mails++
				size += int64(len(raw))
				begin := time.Now()
				m, res := decodeRaw(t, raw)
				if d := time.Since(begin); d > slowest {
					slowest, slowestPath = d, path
				}
				for _, s := range res.Skips {
					skips[string(s.Reason)+" "+s.Detail]++
				}
				if lost := silent(m, res); lost != "" {
					t.Errorf("%s: part %s is neither text nor file nor skip", path, lost)
				}
			}
		}
		t.Logf("%s: %d mails, %.1f MB in %v; slowest %v: %s", name, mails, float64(size)/1e6, time.Since(start), slowest, slowestPath)
		for _, k := range sortedByCount(skips) {
			t.Logf("  %6d %s", skips[k], k)
		}
	}
}

func sortedByCount(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return m[b] - m[a] })
	return keys[:min(len(keys), 60)]
}

// silent gives the path of a part of m that left no trace in the result.
func silent(m Mail, res Result) string {
	seen := map[string]bool{}
	tooMany := false
	for _, text := range res.Texts {
		if text.View != Head {
			seen[text.Path] = true
		}
	}
	for _, f := range res.Files {
		seen[f.Path] = true
	}
	for _, s := range res.Skips {
		seen[s.Path] = true
		tooMany = tooMany || s.Reason == TooMany
	}
	for _, p := range m.Parts {
		path := p.Path
		if p.Name != "" {
			path += "/" + plain(p.Name)
		}
		if seen[path] || tooMany {
			continue
		}
		inner := false
		for s := range seen {
			inner = inner || strings.HasPrefix(s, path+"!")
		}
		for _, text := range res.Texts {
			inner = inner || strings.HasPrefix(text.Path, path+"!")
		}
		if !inner {
			return path
		}
	}
	return ""
}

// share says how much of an expected text is in what decode found: by lines,
// white space aside, weighted by length.
type share struct {
	have, all int
	least     int // shortest line that counts
	misses    []string
}

func (s *share) add(source string, texts map[string]bool, expected string) {
	// U+FFFD stands where the other program could not read what we can.
	_, expected = uuFiles(expected)
	if strings.Contains(expected, "</") || strings.Contains(expected, "<p>") {
		expected = strings.Join(htmlWords(expected), "\n")
	}
	for _, line := range strings.FieldsFunc(expected, func(r rune) bool { return r == '\n' || r == utf8.RuneError }) {
		line = squeeze(line)
		if line == "" {
			continue
		}
		if len(line) < s.least || strings.HasPrefix(line, "--") || strings.HasPrefix(line, "Content-T") {
			continue // scraps between the bytes of wide characters; structure that we see and the other does not
		}
		s.all += len(line)
		if found(texts, line) {
			s.have += len(line)
			continue
		}
		s.misses = append(s.misses, fmt.Sprintf("%s: %.150q", source, line))
	}
}

func found(texts map[string]bool, line string) bool {
	for t := range texts {
		if strings.Contains(t, line) {
			return true
		}
	}
	return false
}

func (s *share) report(t *testing.T, name string, want float64) {
	if s.all == 0 {
		t.Errorf("%s: nothing to compare with", name)
		return
	}
	got := float64(s.have) / float64(s.all)
	t.Logf("%-28s %8d of %8d bytes of expected text: %.3f %%", name, s.have, s.all, 100*got)
	for _, m := range s.misses[:min(len(s.misses), 25)] {
		t.Log("   missed ", m)
	}
	if got < want {
		t.Errorf("%s: %.2f %% of the expected text, want %.2f %%", name, 100*got, 100*want)
	}
}

// squeeze removes white space and what is not to be seen.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == 0xfeff || r == '>' { // a quote mark goes when lines are joined
			return -1
		}
		return r
	}, s)
}

func squeezed(res Result) map[string]bool {
	texts := map[string]bool{}
	for _, t := range res.Texts {
		texts[squeeze(t.Body)] = true
	}
	return texts
}

func TestExpectedStalwart(t *testing.T) {
	dir := filepath.Join(corpora(t), "formats", "stalwart-mail-parser", "eml")
	var s share
	for _, path := range files(t, dir, func(p string) bool { return strings.HasSuffix(p, ".eml") }) {
		for suffix, convert := range map[string]func([]byte) []byte{
			".json":      func(raw []byte) []byte { return raw },
			".crlf.json": func(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")) },
		} {
			golden, err := os.ReadFile(strings.TrimSuffix(path, ".eml") + suffix)
			if err != nil {
				continue
			}
			raw := convert(bytes.ReplaceAll(readFile(t, path), []byte("\r\n"), []byte("\n")))
			_, res := decodeRaw(t, raw)
			var want any
			if err := json.Unmarshal(golden, &want); err != nil {
				t.Fatal(path, err)
			}
			texts := squeezed(res)
			for _, text := range stalwartTexts(want) {
				s.add(filepath.Base(path), texts, text)
			}
		}
	}
	s.report(t, "stalwart-mail-parser", 0.99)
}

// stalwartTexts collects the texts of a golden: bodies, subjects, display names.
func stalwartTexts(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, stalwartTexts(x)...)
		}
	case map[string]any:
		for k, x := range v {
			text, ok := x.(string)
			switch {
			case ok && k == "Text" && v["name"] == nil:
				out = append(out, text)
			case ok && k == "Html":
				out = append(out, htmlWords(text)...)
			case k == "headers":
				out = append(out, stalwartHeaders(x)...)
			case !ok:
				out = append(out, stalwartTexts(x)...)
			}
		}
	}
	return out
}

func stalwartHeaders(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, h := range list {
		field, _ := h.(map[string]any)
		name, _ := field["name"].(string)
		value, _ := field["value"].(map[string]any)
		if text, ok := value["Text"].(string); ok && (name == "subject" || name == "comments") {
			out = append(out, text)
		}
		switch name {
		case "from", "to", "cc":
			out = append(out, names(value)...)
		}
	}
	return out
}

func names(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, names(x)...)
		}
	case map[string]any:
		for k, x := range v {
			if text, ok := x.(string); ok && k == "name" {
				out = append(out, text)
			} else if !ok {
				out = append(out, names(x)...)
			}
		}
	}
	return out
}

// htmlWords is the text between the tags, piece by piece.
func htmlWords(s string) []string {
	var out []string
	for s != "" {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		out = append(out, strings.Fields(s[:i])...)
		j := strings.IndexByte(s[i:], '>')
		if j < 0 {
			return out
		}
		s = s[i+j+1:]
	}
	out = append(out, strings.Fields(s)...)
	return slices.DeleteFunc(out, func(w string) bool { return strings.Contains(w, "&") })
}

func TestExpectedMime4j(t *testing.T) {
	dir := filepath.Join(corpora(t), "formats", "mime4j")
	var s share
	for _, path := range files(t, dir, func(p string) bool { return strings.HasSuffix(p, ".msg") }) {
		goldens, _ := filepath.Glob(strings.TrimSuffix(path, ".msg") + "_decoded_*.txt")
		_, res := decodeRaw(t, readFile(t, path))
		texts := squeezed(res)
		for _, g := range goldens {
			golden := readFile(t, g)
			if fields, _ := splitHeader(golden); len(fields) > 3 {
				continue // a message sent as text/plain: we take it apart further
			}
			// The goldens have the bytes of the mail's charset.
			s.add(filepath.Base(g), texts, toUTF8(golden, ""))
		}
	}
	s.report(t, "mime4j", 0.99)
}

// TestNotLessThanEnmime takes enmime's own decoding of mail as what is expected.
func TestNotLessThanEnmime(t *testing.T) {
	dir := corpora(t)
	for _, source := range []string{"formats/enmime", "formats/ruby-mail", "formats/python-email", "formats/php-imap", "formats/php-mime-mail-parser", "formats/rspamd", "formats/letters", "formats/nodemailer-mailparser", "formats/gembox", "formats/spamassassin-t", "mail/spamassassin"} {
		s := share{least: 4}
		for _, path := range files(t, filepath.Join(dir, source), func(p string) bool {
			return !strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, ".golden") && !strings.HasSuffix(p, ".js") && !strings.HasSuffix(p, ".md") && !strings.HasSuffix(p, ".cf") && !strings.HasSuffix(p, ".pm")
		}) {
			raw := readFile(t, path)
			parser := enmime.NewParser(enmime.DisableCharacterDetection(true), enmime.SkipMalformedParts(true))
			root, err := parser.ReadParts(bytes.NewReader(raw))
			if err != nil {
				continue
			}
			_, res := decodeRaw(t, raw)
			texts := squeezed(res)
			for _, part := range root.DepthMatchAll(func(p *enmime.Part) bool {
				return p.FirstChild == nil && (p.ContentType == "text/plain" || p.ContentType == "") && len(p.Errors) == 0
			}) {
				// Charsets are ours: enmime takes a declared one at its word, and
				// leaves 8-bit bytes where none is declared.
				s.add(filepath.Base(path), texts, string(ascii(part.Content)))
			}
		}
		s.report(t, source, 0.99)
	}
}

// ascii puts U+FFFD for all that is not ASCII.
func ascii(b []byte) []rune {
	out := make([]rune, len(b))
	for i, c := range b {
		if out[i] = rune(c); c >= utf8.RuneSelf {
			out[i] = utf8.RuneError
		}
	}
	return out
}
