package sqlite

import (
	"strings"

	"mailsweep/store"
)

// query is SQL with its arguments.
type query struct {
	text string
	args []any
}

// where collects conditions that must all hold.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// text is the conditions behind a word, "" when there are none.
func (w *where) text(word string) string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " " + word + " (" + strings.Join(w.conditions, ") AND (") + ")"
}

func (w *where) query(list, order string, limit int) query {
	q := query{list + w.text("WHERE") + " ORDER BY " + order, w.args}
	if limit > 0 {
		q.text += " LIMIT ?"
		q.args = append(q.args, limit)
	}
	return q
}

// oneOf asks that column is one of values, when there are any.
func oneOf[S ~string](w *where, column string, values []S) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	w.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// globs asks that one of the globs matches column, when there are any. They are those of
// [sweeper.Glob], but the database matches them, so that it can count and page; its
// lower() knows the letter case of ASCII only.
func (w *where) globs(column string, globs []string) {
	if len(globs) == 0 {
		return
	}
	args := make([]any, len(globs))
	for i, g := range globs {
		args[i] = strings.ReplaceAll(g, "[", "[[]") // else it begins a set
	}
	one := "lower(" + column + ") GLOB lower(?)"
	w.and(one+strings.Repeat(" OR "+one, len(globs)-1), args...)
}

// prefix asks that column, in lower-case hexadecimal, begins with p.
func (w *where) prefix(column, p string) {
	if p != "" {
		p = strings.ToLower(p)
		w.and(column+" >= ? AND "+column+" < ?", p, p+"g") // "g" is after every digit
	}
}

// findingWhere is what f asks of a finding f and its message m, Gone and New apart.
func findingWhere(f store.FindingFilter, run int64) *where {
	w := &where{}
	oneOf(w, "f.rule", f.Rules)
	oneOf(w, "f.kind", f.Kinds)
	if f.MinConfidence > 0 {
		w.and("f.confidence >= ?", int(f.MinConfidence))
	}
	if f.MinSeverity > 0 {
		w.and("f.severity >= ?", int(f.MinSeverity))
	}
	w.globs("m.mailbox", f.Mailboxes)
	w.globs("m.folder", f.Folders)
	w.prefix("f.exposure", f.Exposure)
	fingerprint := &where{}
	if fingerprint.prefix("fingerprint", f.Fingerprint); f.Fingerprint != "" {
		w.and("f.exposure IN (SELECT id FROM exposures"+fingerprint.text("WHERE")+")", fingerprint.args...)
	}
	if since := timeText(f.Received.Since); since != "" {
		w.and("f.received = '' OR f.received >= ?", since)
	}
	if until := timeText(f.Received.Until); until != "" {
		w.and("f.received = '' OR f.received < ?", until)
	}
	if f.Run != "" {
		w.and("f.first_run = ? OR f.last_run = ?", run, run)
	}
	return w
}

// exposureWhere asks for exposures e with a finding that matches. What is known of
// the exposure itself is asked of it: that is quicker.
func exposureWhere(f store.ExposureFilter, run int64) *where {
	w := &where{}
	if f.Owner != "" || !f.Overdue.IsZero() {
		of := ownershipWhere(store.OwnershipFilter{Owner: f.Owner, States: f.States, Overdue: f.Overdue})
		w.and("EXISTS (SELECT 1 FROM ownerships o WHERE o.exposure = e.id"+of.text("AND")+")", of.args...)
	} else {
		oneOf(w, "e.state", f.States)
	}
	w.prefix("e.id", f.Exposure)
	w.prefix("e.fingerprint", f.Fingerprint)
	if f.New && f.Run != "" {
		w.and("e.first_run = ?", run)
	}
	if f.MinSeverity > 0 {
		w.and("e.severity >= ?", int(f.MinSeverity))
	}
	f.Exposure, f.Fingerprint = "", ""
	if of := findingWhere(f.FindingFilter, run); len(of.conditions) > 0 {
		w.and(`EXISTS (SELECT 1 FROM findings f JOIN messages m ON m.id = f.message
			WHERE f.exposure = e.id`+of.text("AND")+")", of.args...)
	}
	return w
}

func skipWhere(f store.SkipFilter, run int64) *where {
	w := &where{}
	w.globs("coalesce(m.mailbox, s.mailbox)", f.Mailboxes)
	w.globs("coalesce(m.folder, s.folder)", f.Folders)
	if f.Run != "" {
		w.and("s.first_run = ? OR s.last_run = ?", run, run)
	}
	if f.New && f.Run != "" {
		w.and("s.first_run = ?", run)
	}
	if !f.Gone {
		w.and("m.gone IS NOT 1")
	}
	return w
}
