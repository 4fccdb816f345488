package decode

import "strings"

// paramWords is what the Content-Type and Content-Disposition among fields say,
// one parameter a line, but for what is there for programs, and for name, by which
// the part is called already: a second name that differs, any parameter that somebody
// made up, what is no type.
func paramWords(fields []rawField, hint, name string) string {
	var lines []string
	for _, f := range fields {
		if f.name != "content-type" && f.name != "content-disposition" {
			continue
		}
		s := unfold(f.value)
		value, _, all := parseAllParams(s, hint)
		if len(s) > maxParams || !ordinaryValue(f.name, value) {
			lines = append(lines, f.name+": "+decodeWords(s, hint))
		}
		for _, p := range all {
			if v := strings.TrimSpace(p.value); v != "" && v != name && !formal(p.name, v) {
				lines = append(lines, p.name+": "+v)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// ordinaryValue reports whether value is what a field says before its parameters.
func ordinaryValue(field, value string) bool {
	if field == "content-disposition" {
		return value == "" || value == "attachment" || value == "inline" || value == "form-data"
	}
	typ, sub, ok := strings.Cut(value, "/")
	return value == "" || value == "text" || ok && !strings.ContainsAny(sub, "/_ ") && len(typ) < 20 && len(sub) < 80
}

// formal reports whether a parameter says nothing that a person would: ids, and
// short values that are drawn from a list or count something.
func formal(name, value string) bool {
	switch name {
	case "boundary", "start", "id", "x-apple-part-url":
		return true
	case "charset":
		return !unknownCharset([]byte{0xff}, value)
	case "format", "delsp", "type", "micalg", "protocol", "report-type", "reply-type", "method", "component",
		"version", "profile", "number", "total", "size", "creation-date", "modification-date", "read-date", "smime-type",
		"access-type", "expiration", "permission", "handling", "x-unix-mode", "x-mac-type", "x-mac-creator",
		"x-mac-hide-extension", "start-info", "encoding", "padding", "hash", "differences", "variant", "conversions":
		return len(value) <= 40 && !strings.Contains(value, "_")
	}
	return false
}
