package visible

import "strings"

// Cell is [Text] for a cell of a table: no spreadsheet takes it for a formula either.
func Cell(s string) string { return Text(neutral(s)) }

// neutral keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV
// Injection"): one that begins with = + - @, a tab or a line end, or with a wide
// form of these, after any white space or unseen runes, gets an apostrophe in
// front. So does what follows a semicolon or a tab within the cell: where the
// decimal sign is a comma, spreadsheets split there.
func neutral(cell string) string {
	if !formula(cell) && !strings.ContainsAny(cell, ";\t") {
		return cell
	}
	var b strings.Builder
	for {
		if formula(cell) {
			b.WriteByte('\'')
		}
		end := strings.IndexAny(cell, ";\t") + 1
		if end == 0 {
			b.WriteString(cell)
			return b.String()
		}
		b.WriteString(cell[:end])
		cell = cell[end:]
	}
}

// formula says that a spreadsheet may take what begins here for one.
func formula(text string) bool {
	prev := rune(0)
	for _, r := range text {
		switch {
		case strings.ContainsRune("=+-@\t\r\n＝＋－＠", r):
			return true
		case r != ' ' && r != '\u00a0' && r != '\u3000' && r != '"' && !Hidden(prev, r):
			return false
		}
		prev = r
	}
	return false
}
