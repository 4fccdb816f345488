package report

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// The records are the words on the wire: JSON Lines writes them as they are, CSV
// takes its columns from them. Their field order is the order of the keys.

type findingRecord struct {
	Type              string            `json:"type"`
	Rule              string            `json:"rule"`
	Kind              string            `json:"kind"`
	Confidence        string            `json:"confidence"`
	Reason            string            `json:"reason"`
	Fingerprint       string            `json:"fingerprint"`
	Preview           string            `json:"preview"`
	Exposure          string            `json:"exposure"`
	Severity          string            `json:"severity"`
	Details           map[string]string `json:"details"`
	Mailbox           string            `json:"mailbox"`
	Folder            string            `json:"folder"`
	MessageID         string            `json:"message_id"`
	InternetMessageID string            `json:"internet_message_id"`
	Thread            string            `json:"thread"`
	Subject           string            `json:"subject"`
	From              string            `json:"from"`
	To                []string          `json:"to"`
	Cc                []string          `json:"cc"`
	Received          string            `json:"received"`
	Part              string            `json:"part"`
	Line              int               `json:"line"`
	New               bool              `json:"new"`
}

// allowedRecord is a finding that an entry of an allow-list covers; reason is the entry's.
type allowedRecord struct {
	Type              string `json:"type"`
	Entry             string `json:"entry"`
	Reason            string `json:"reason"`
	By                string `json:"by"`
	Expires           string `json:"expires"`
	Rule              string `json:"rule"`
	Kind              string `json:"kind"`
	Confidence        string `json:"confidence"`
	Fingerprint       string `json:"fingerprint"`
	Exposure          string `json:"exposure"`
	Severity          string `json:"severity"`
	Mailbox           string `json:"mailbox"`
	Folder            string `json:"folder"`
	MessageID         string `json:"message_id"`
	InternetMessageID string `json:"internet_message_id"`
	Subject           string `json:"subject"`
	From              string `json:"from"`
	Received          string `json:"received"`
	Part              string `json:"part"`
	Line              int    `json:"line"`
}

type skipRecord struct {
	Type              string `json:"type"`
	Mailbox           string `json:"mailbox"`
	Folder            string `json:"folder"`
	MessageID         string `json:"message_id"`
	InternetMessageID string `json:"internet_message_id"`
	Part              string `json:"part"`
	Reason            string `json:"reason"`
	Detail            string `json:"detail"`
}

type summaryRecord struct {
	Type string `json:"type"`
	sweeper.Summary
	Suppressed map[string]int         `json:"suppressed"` // there also when it is empty
	Allowed    []sweeper.AllowedCount `json:"allowed"`    // likewise
}

type exposureRecord struct {
	Type        string            `json:"type"`
	ID          string            `json:"id"`
	Fingerprint string            `json:"fingerprint"`
	Kind        string            `json:"kind"`
	Confidence  string            `json:"confidence"`
	Severity    string            `json:"severity"`
	Preview     string            `json:"preview"`
	Details     map[string]string `json:"details"`
	State       string            `json:"state"`
	Findings    int               `json:"findings"`
	Mailboxes   int               `json:"mailboxes"`
	FirstSeen   string            `json:"first_seen"`
	LastSeen    string            `json:"last_seen"`
	FirstRun    string            `json:"first_run"`
	LastRun     string            `json:"last_run"`
}

// ownershipRecord is what one owner has to do about an exposure.
type ownershipRecord struct {
	Type     string `json:"type"`
	Exposure string `json:"exposure"`
	Owner    string `json:"owner"`
	State    string `json:"state"`
	Since    string `json:"since"`
	Due      string `json:"due"`
	Until    string `json:"until"`
	Reason   string `json:"reason"`
	Actor    string `json:"actor"`
	Route    string `json:"route"`
}

func recordOwnership(o *sweeper.Ownership) ownershipRecord {
	return ownershipRecord{
		Type: "owner", Exposure: o.Exposure, Owner: o.Owner, State: string(o.State), Since: stamp(o.Since), Due: stamp(o.Due),
		Until: stamp(o.Until), Reason: o.Reason, Actor: o.Actor, Route: o.Route,
	}
}

func recordFinding(f *sweeper.Finding) findingRecord {
	return findingRecord{
		Type: "finding", Rule: f.Rule, Kind: string(f.Kind), Confidence: confidence(f.Confidence),
		Reason: f.Reason, Fingerprint: f.Fingerprint, Preview: f.Preview, Exposure: f.Exposure,
		Severity: severity(f.Severity), Details: orEmpty(f.Details),
		Mailbox: f.Ref.Mailbox, Folder: f.Ref.Folder, MessageID: f.Ref.ID,
		InternetMessageID: f.Ref.InternetMessageID, Thread: f.Ref.Thread,
		Subject: f.Subject, From: f.From, To: append([]string{}, f.To...), Cc: append([]string{}, f.Cc...),
		Received: stamp(f.Received), Part: f.Part, Line: max(f.Line, 1), New: f.New,
	}
}

func recordAllowed(a *sweeper.Allowed) allowedRecord {
	f := a.Finding
	return allowedRecord{
		Type: "allowed", Entry: a.Entry, Reason: a.Reason, By: a.By, Expires: a.Expires,
		Rule: f.Rule, Kind: string(f.Kind), Confidence: confidence(f.Confidence), Fingerprint: f.Fingerprint,
		Exposure: f.Exposure, Severity: severity(f.Severity), Mailbox: f.Ref.Mailbox, Folder: f.Ref.Folder,
		MessageID: f.Ref.ID, InternetMessageID: f.Ref.InternetMessageID, Subject: f.Subject, From: f.From,
		Received: stamp(f.Received), Part: f.Part, Line: max(f.Line, 1),
	}
}

func recordSkip(s *sweeper.Skip) skipRecord {
	return skipRecord{
		Type: "skip", Mailbox: s.Ref.Mailbox, Folder: s.Ref.Folder, MessageID: s.Ref.ID,
		InternetMessageID: s.Ref.InternetMessageID, Part: s.Path, Reason: string(s.Reason), Detail: s.Detail,
	}
}

// recordSummary leaves out what only the store keeps of a summary: the keys on the
// wire are always the same.
func recordSummary(s *sweeper.Summary) summaryRecord {
	r := summaryRecord{Type: "summary", Summary: *s}
	r.Outcome, r.ByConfidence, r.Reread = "", nil, 0
	r.SkipsByReason, r.Seconds = orEmpty(s.SkipsByReason), seconds(s.Seconds)
	r.Suppressed = orEmpty(s.Suppressed)
	r.Allowed = append([]sweeper.AllowedCount{}, s.Allowed...)
	return r
}

func recordExposure(e *sweeper.Exposure) exposureRecord {
	return exposureRecord{
		Type: "exposure", ID: e.ID, Fingerprint: e.Fingerprint, Kind: string(e.Kind),
		Confidence: confidence(e.Confidence), Severity: severity(e.Severity), Preview: e.Preview,
		Details: orEmpty(e.Details), State: string(e.State), Findings: e.Findings, Mailboxes: e.Mailboxes,
		FirstSeen: stamp(e.FirstSeen), LastSeen: stamp(e.LastSeen), FirstRun: e.FirstRun, LastRun: e.LastRun,
	}
}

// findingColumns are the columns of findings, of those that are allowed, and of skips: the
// keys of a finding, then the detail of the others.
func findingColumns() []string {
	return []string{"type", "rule", "kind", "confidence", "reason", "fingerprint", "preview", "exposure",
		"severity", "details", "mailbox", "folder", "message_id", "internet_message_id", "thread", "subject",
		"from", "to", "cc", "received", "part", "line", "new", "detail"}
}

func (r findingRecord) cells() []string {
	return []string{r.Type, r.Rule, r.Kind, r.Confidence, r.Reason, r.Fingerprint, r.Preview, r.Exposure,
		r.Severity, pairs(r.Details), r.Mailbox, r.Folder, r.MessageID, r.InternetMessageID, r.Thread, r.Subject,
		r.From, strings.Join(r.To, "; "), strings.Join(r.Cc, "; "), r.Received, r.Part, strconv.Itoa(r.Line),
		strconv.FormatBool(r.New), ""}
}

func (r allowedRecord) cells() []string {
	return []string{r.Type, r.Rule, r.Kind, r.Confidence, r.Reason, r.Fingerprint, "", r.Exposure,
		r.Severity, "", r.Mailbox, r.Folder, r.MessageID, r.InternetMessageID, "", r.Subject,
		r.From, "", "", r.Received, r.Part, strconv.Itoa(r.Line), "",
		strings.Join(present("allowed by "+r.Entry+", expires "+r.Expires, r.By), ", ")}
}

func (r skipRecord) cells() []string {
	return []string{r.Type, "", "", "", r.Reason, "", "", "",
		"", "", r.Mailbox, r.Folder, r.MessageID, r.InternetMessageID, "", "",
		"", "", "", "", r.Part, "", "", r.Detail}
}

func exposureColumns() []string {
	return []string{"type", "id", "fingerprint", "kind", "confidence", "severity", "preview", "details",
		"state", "findings", "mailboxes", "first_seen", "last_seen", "first_run", "last_run"}
}

func (r exposureRecord) cells() []string {
	return []string{r.Type, r.ID, r.Fingerprint, r.Kind, r.Confidence, r.Severity, r.Preview, pairs(r.Details),
		r.State, strconv.Itoa(r.Findings), strconv.Itoa(r.Mailboxes), r.FirstSeen, r.LastSeen, r.FirstRun, r.LastRun}
}

// pairs writes details as "host=db1; user=deploy", by key.
func pairs(details map[string]string) string {
	list := make([]string, 0, len(details))
	for _, k := range slices.Sorted(maps.Keys(details)) {
		list = append(list, k+"="+details[k])
	}
	return strings.Join(list, "; ")
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// stamp writes a time for programs; "" when it is unknown, or lies in a year that
// RFC 3339 cannot write (section 1: four digits).
func stamp(t time.Time) string {
	t = t.UTC()
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.RFC3339)
}

// seconds keeps milliseconds; JSON has no word for what is no number.
func seconds(s float64) float64 {
	if math.IsNaN(s) || math.IsInf(s, 0) {
		return 0
	}
	return math.Round(s*1000) / 1000
}

// confidence and severity name a tier, and a value that is none "": a database
// written by a later version must not end a report.
func confidence(c sweeper.Confidence) string {
	if c < sweeper.Review || c > sweeper.Confirmed {
		return ""
	}
	return c.String()
}

func severity(s sweeper.Severity) string {
	if s < sweeper.Low || s > sweeper.Critical {
		return ""
	}
	return s.String()
}
