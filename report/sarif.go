package report

import (
	"fmt"
	"io"
	"strings"

	"mailsweep/decode"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// The parts of SARIF 2.1.0 that we write (docs.oasis-open.org/sarif/sarif/v2.1.0;
// the sections are named at each).

type sarifResult struct { // 3.27
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Level               string            `json:"level"`
	Message             sarifMessage      `json:"message"`
	Locations           []sarifLocation   `json:"locations"`
	PartialFingerprints sarifFingerprints `json:"partialFingerprints"`
	BaselineState       string            `json:"baselineState"`
	// Suppressions is there in every result, or in none (3.27.23).
	Suppressions []sarifSuppression `json:"suppressions"`
	Rank         float64            `json:"rank"`
	Properties   sarifProperties    `json:"properties"`
}

type sarifFingerprints struct { // 3.27.17: the name says which version of the calculation
	Fingerprint string `json:"mailsweepFingerprint/v1"`
	Exposure    string `json:"mailsweepExposure/v1"`
}

type sarifSuppression struct { // 3.35
	Kind          string            `json:"kind"`
	Status        string            `json:"status"`
	Justification string            `json:"justification"`
	Properties    map[string]string `json:"properties"`
}

type sarifProperties struct { // 3.8
	Kind              string            `json:"kind"`
	Confidence        string            `json:"confidence"`
	Severity          string            `json:"severity"`
	Preview           string            `json:"preview"`
	Reason            string            `json:"reason"`
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
}

type sarifMessage struct { // 3.11
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifLocation struct { // 3.28
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct { // 3.29
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct { // 3.4
	URI string `json:"uri"`
}

type sarifRegion struct { // 3.30
	StartLine int `json:"startLine"`
}

type sarifLogical struct { // 3.33
	Name          string `json:"name,omitempty"`
	QualifiedName string `json:"fullyQualifiedName"`
	Kind          string `json:"kind"`
}

type sarifNotification struct { // 3.58
	Descriptor sarifReference  `json:"descriptor"`
	Level      string          `json:"level"`
	Message    sarifMessage    `json:"message"`
	Locations  []sarifLocation `json:"locations,omitempty"`
}

type sarifReference struct { // 3.52
	ID string `json:"id"`
}

type sarifDescriptor struct { // 3.49
	ID         string         `json:"id"`
	Short      *sarifMessage  `json:"shortDescription,omitempty"`
	Properties map[string]any `json:"properties,omitempty"`
}

type sarifTool struct { // 3.18
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct { // 3.19
	Name          string            `json:"name"`
	Version       string            `json:"version,omitempty"`
	Rules         []sarifDescriptor `json:"rules"`
	Notifications []sarifDescriptor `json:"notifications"`
}

// sarif writes one run. Its results come first and are written as they come;
// rules are as many as there are rules, and skips wait in a [spool].
type sarif struct {
	out     sink
	begun   bool
	rules   map[string]int
	driver  sarifDriver
	skips   spool
	skipped int
	reasons map[decode.Reason]bool
	summary *sweeper.Summary
	list    bool // of findings, not the course of a sweep: it has no summary to wait for
}

func newSARIF(w io.Writer, o Options) *sarif {
	return &sarif{
		out: sink{w: w}, rules: map[string]int{}, reasons: map[decode.Reason]bool{},
		driver: sarifDriver{Name: "mailsweep", Version: o.Version, Rules: []sarifDescriptor{}, Notifications: []sarifDescriptor{}},
	}
}

func (s *sarif) Handle(e sweeper.Event) error {
	switch {
	case e.Finding != nil:
		return s.write(s.result(e.Finding))
	case e.Allowed != nil:
		r := s.result(&e.Allowed.Finding)
		r.Suppressions = append(r.Suppressions, suppression(e.Allowed.Allowance))
		return s.write(r)
	case e.Skip != nil:
		return s.keep(e.Skip)
	case e.Summary != nil:
		s.summary = e.Summary
	}
	return s.out.err
}

func (s *sarif) write(r sarifResult) error {
	s.separate()
	if err := encode(&s.out, r, true); err != nil {
		return err
	}
	return s.out.flush()
}

// suppression says which entry of an allow-list covers a result.
func suppression(a sweeper.Allowance) sarifSuppression {
	return sarifSuppression{
		Kind: "external", Status: "accepted", Justification: inert(a.Reason),
		Properties: map[string]string{"entry": inert(a.Entry), "by": inert(a.By), "expires": a.Expires},
	}
}

// Close ends the results and writes what follows them.
func (s *sarif) Close() error {
	if !s.begun {
		s.begin()
	}
	s.out.WriteString("],\n\"tool\":")
	if err := encode(&s.out, sarifTool{s.driver}, true); err != nil {
		return err
	}
	ended := s.list || s.summary != nil && (s.summary.Outcome == sweeper.Completed || s.summary.Outcome == "")
	fmt.Fprintf(&s.out, ",\"invocations\":[{\"executionSuccessful\":%t,\"toolExecutionNotifications\":[\n", ended) // 3.20
	if err := s.out.flush(); err != nil {
		return err
	}
	if err := s.skips.writeTo(s.out.w); err != nil {
		s.out.err = fmt.Errorf("write the report: %w", err)
		return s.out.err
	}
	s.out.WriteString("]}]")
	if s.summary != nil {
		s.out.WriteString(",\n\"automationDetails\":") // 3.17: the part after the slash is this run's own
		if err := encode(&s.out, map[string]string{"id": "mailsweep/" + visible.Text(s.summary.Run)}, true); err != nil {
			return err
		}
		s.out.WriteString(",\"properties\":")
		if err := encode(&s.out, recordSummary(s.summary), true); err != nil {
			return err
		}
	}
	s.out.WriteString("}]}\n")
	return s.out.flush()
}

func (s *sarif) begin() {
	s.begun = true
	s.out.WriteString(`{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",` +
		"\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"results\":[\n")
}

func (s *sarif) separate() {
	if !s.begun {
		s.begin()
		return
	}
	s.out.WriteByte(',')
}

// keep renders a skip for later.
func (s *sarif) keep(k *sweeper.Skip) error {
	if s.out.err != nil {
		return s.out.err
	}
	if !s.reasons[k.Reason] {
		s.reasons[k.Reason] = true
		s.driver.Notifications = append(s.driver.Notifications, sarifDescriptor{
			ID: string(k.Reason), Short: &sarifMessage{Text: "could not be searched: " + meaning(k.Reason)},
		})
	}
	text := "not searched: " + string(k.Reason)
	if k.Detail != "" {
		text += " (" + words(k.Detail) + ")"
	}
	n := sarifNotification{
		Descriptor: sarifReference{ID: string(k.Reason)}, Level: "warning", Message: sarifMessage{Text: literal(text)},
		Locations: place(k.Ref, k.Path, 0),
	}
	one := sink{}
	if s.skipped++; s.skipped > 1 {
		one.WriteByte(',')
	}
	if err := encode(&one, n, true); err != nil {
		return err
	}
	return s.skips.add(one.Bytes())
}

func (s *sarif) result(f *sweeper.Finding) sarifResult {
	rule := visible.Text(f.Rule)
	index, seen := s.rules[rule]
	if !seen {
		index = len(s.driver.Rules)
		s.rules[rule] = index
		s.driver.Rules = append(s.driver.Rules, sarifDescriptor{
			ID: rule, Properties: map[string]any{"kind": string(f.Kind), "tags": []string{"security", "secret"}},
		})
	}
	state := "unchanged" // 3.27.24
	if f.New {
		state = "new"
	}
	return sarifResult{
		RuleID: rule, RuleIndex: index, Level: level(f.Severity), Message: message(f),
		Locations:           place(f.Ref, f.Part, max(f.Line, 1)),
		PartialFingerprints: sarifFingerprints{f.Fingerprint, f.Exposure}, BaselineState: state,
		Suppressions: []sarifSuppression{}, Rank: rank(f.Confidence), Properties: properties(f),
	}
}

// properties are the keys of jsonl that SARIF has no place of its own for.
func properties(f *sweeper.Finding) sarifProperties {
	return sarifProperties{
		Kind: string(f.Kind), Confidence: confidence(f.Confidence), Severity: severity(f.Severity),
		Preview: inert(f.Preview), Reason: inert(f.Reason), Details: inertMap(f.Details),
		Mailbox: inert(f.Ref.Mailbox), Folder: inert(f.Ref.Folder), MessageID: inert(f.Ref.ID),
		InternetMessageID: inert(f.Ref.InternetMessageID), Thread: inert(f.Ref.Thread),
		Subject: inert(f.Subject), From: inert(f.From), To: inertList(f.To), Cc: inertList(f.Cc),
		Received: stamp(f.Received), Part: inert(f.Part),
	}
}

func inertMap(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[inert(k)] = inert(v)
	}
	return out
}

func inertList(list []string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = inert(list[i])
	}
	return out
}

// level is 3.27.10.
func level(s sweeper.Severity) string {
	switch {
	case s >= sweeper.High:
		return "error"
	case s == sweeper.Medium:
		return "warning"
	}
	return "note"
}

// rank orders results from 0 to 100 (3.27.25); the figures only say which comes first.
func rank(c sweeper.Confidence) float64 {
	switch c {
	case sweeper.Confirmed:
		return 95
	case sweeper.Likely:
		return 60
	}
	return 20
}

// place says where in the mail something is: a relative URI, and the same in words.
func place(r sweeper.Ref, part string, line int) []sarifLocation {
	uri := locator(r, part)
	if uri == "" {
		return []sarifLocation{}
	}
	p := sarifPhysical{Artifact: sarifArtifact{URI: uri}}
	if line > 0 {
		p.Region = &sarifRegion{StartLine: line}
	}
	name, kind := part, "part"
	switch {
	case part != "":
	case r.ID != "":
		name, kind = r.ID, "message"
	case r.Folder != "":
		name, kind = r.Folder, "folder"
	default:
		name, kind = r.Mailbox, "mailbox"
	}
	full := strings.Join(present(r.Mailbox, r.Folder, r.ID, part), " / ")
	return []sarifLocation{{
		Physical: &p, Logical: []sarifLogical{{Name: inert(name), QualifiedName: inert(full), Kind: kind}},
	}}
}

func present(all ...string) []string {
	var list []string
	for _, s := range all {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}
