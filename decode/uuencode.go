package decode

import (
	"strconv"
	"strings"
)

// uuFile is a file found in a text.
type uuFile struct {
	name   string
	data   []byte
	damage string
}

// uuText opens the uuencoded files in a text that is searched already.
func (w *walker) uuText(n node, text string) {
	files, _ := uuFiles(text)
	w.uuOpen(n, files)
}

func (w *walker) uuOpen(n node, files []uuFile) {
	for _, f := range files {
		c := n.child(f.name, f.data)
		if f.damage != "" {
			w.skip(c.path, Damaged, f.damage)
		}
		w.open(c)
	}
}

// unquoted is a text that quotes uuencoded files, as replies do, without the marks
// of quotation; "" when it quotes none.
func unquoted(text string) string {
	if !strings.Contains(text, ">begin") && !strings.Contains(text, "> begin") {
		return ""
	}
	var out strings.Builder
	out.Grow(len(text))
	mark := "" // of the file that is being quoted: its lines may begin with ">", too
	for at := 0; at < len(text); {
		line, next := textLine(text, at)
		at = next
		rest := strings.TrimLeft(line, "> ")
		if strings.HasPrefix(line, ">") && strings.HasPrefix(rest, "begin") {
			mark = line[:len(line)-len(rest)]
		}
		if mark == "" {
			continue // what is not quoted has been read already
		}
		line, found := strings.CutPrefix(line, mark)
		if !found {
			line = strings.TrimPrefix(line, strings.TrimRight(mark, " "))
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// uuFiles takes the uuencoded files out of a text: "begin 644 name" and its
// kin "begin-base64" (POSIX.1-2017, uuencode). In the rest their lines are
// blank, so that line numbers stay true.
func uuFiles(text string) (files []uuFile, rest string) {
	if !strings.Contains(text, "begin") {
		return nil, text
	}
	var out strings.Builder
	kept := 0
	for at := 0; at < len(text); {
		line, next := textLine(text, at)
		name, b64, ok := uuBegin(line)
		if !ok {
			// On to the next line that can be one; most texts have none.
			i := strings.Index(text[next-1:], "\nbegin")
			if i < 0 {
				break
			}
			at = next + i
			continue
		}
		f, end := uuFile{name: name}, next
		if b64 {
			end = f.base64Body(text, next)
		} else {
			end = f.body(text, next)
		}
		if end == next {
			at = next
			continue // prose
		}
		files = append(files, f)
		out.WriteString(text[kept:next])
		for range strings.Count(text[next:end], "\n") {
			out.WriteByte('\n')
		}
		kept, at = end, end
	}
	if len(files) == 0 {
		return nil, text
	}
	out.WriteString(text[kept:])
	return files, out.String()
}

// uuBegin reads the line that begins a file.
func uuBegin(line string) (name string, b64, ok bool) {
	words := strings.SplitN(line, " ", 3)
	if len(words) < 2 || len(line) > 1024 {
		return "", false, false
	}
	mode := words[1]
	if _, err := strconv.ParseUint(mode, 8, 16); err != nil || len(mode) < 3 || len(mode) > 5 {
		return "", false, false
	}
	if len(words) == 3 {
		name = strings.TrimSpace(words[2])
	}
	return name, words[0] == "begin-base64", words[0] == "begin" || words[0] == "begin-base64"
}

// body decodes the lines from at and gives the end of the file: the offset after
// its last line, at itself when there is not one good line.
func (f *uuFile) body(text string, at int) int {
	start := at
	for at < len(text) {
		line, next := textLine(text, at)
		if line == "end" && at > start {
			return at
		}
		n := 0
		if line != "" {
			n = int(line[0]-' ') & 63
		}
		chars := (n + 2) / 3 * 4
		switch {
		case n == 0 && (line == "" || len(line) <= 2):
			at = next // the line before "end"; blank lines in between happen
			continue
		// Spaces at the end get lost; a check character or two may follow.
		case len(line)-1 > chars+2 || chars-(len(line)-1) > 8 || !isUU(line):
			if at > start {
				f.damage = "uuencoded file ends early"
			}
			return at
		}
		f.data = appendUU(f.data, line[1:], n)
		at = next
	}
	if at > start {
		f.damage = "uuencoded file ends early"
	}
	return at
}

func (f *uuFile) base64Body(text string, at int) int {
	start := at
	for at < len(text) {
		line, next := textLine(text, at)
		if line == "====" {
			f.data = decodeBase64([]byte(text[start:at])).data
			return next
		}
		if isForeign([]byte(line), false) {
			break
		}
		at = next
	}
	if at > start {
		f.data = decodeBase64([]byte(text[start:at])).data
		f.damage = "uuencoded file ends early"
	}
	return at
}

func isUU(line string) bool {
	for i := range len(line) {
		if line[i] < ' ' || line[i] > '`' {
			return false
		}
	}
	return true
}

// appendUU decodes n bytes from the characters of a line; lost ones are spaces.
func appendUU(dst []byte, s string, n int) []byte {
	at := func(i int) byte {
		if i < len(s) {
			return (s[i] - ' ') & 63
		}
		return 0
	}
	for i := 0; n > 0; i, n = i+4, n-3 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		group := []byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		dst = append(dst, group[:min(n, 3)]...)
	}
	return dst
}

// textLine gives the line at at without its end, and where the next begins.
func textLine(text string, at int) (line string, next int) {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return strings.TrimSuffix(text[at:at+i], "\r"), at + i + 1
	}
	return text[at:], len(text)
}
