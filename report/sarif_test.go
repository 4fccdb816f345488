package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mailsweep/sweeper"
)

// shape is what SARIF 2.1.0 says of an object, for the objects that we write: the
// properties it may have, each with the shape of its value, and those it must
// have. None of them allows others but a property bag.
type shape struct {
	must []string
	may  map[string]any // a *shape, a []any with one shape, or a func(any) error
}

func str(v any) error {
	if _, ok := v.(string); !ok {
		return fmt.Errorf("no string: %v", v)
	}
	return nil
}

func truth(v any) error {
	if _, ok := v.(bool); !ok {
		return fmt.Errorf("no boolean: %v", v)
	}
	return nil
}

func bag(v any) error {
	if _, ok := v.(map[string]any); !ok {
		return fmt.Errorf("no object: %v", v)
	}
	return nil
}

func stringBag(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("no object: %v", v)
	}
	for _, s := range m {
		if err := str(s); err != nil {
			return err
		}
	}
	return nil
}

func oneOf(words ...string) func(any) error {
	return func(v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fmt.Errorf("%v is none of %v", v, words)
		}
		return nil
	}
}

func between(lo, hi float64, whole bool) func(any) error {
	return func(v any) error {
		n, ok := v.(float64)
		if !ok || n < lo || n > hi || whole && n != float64(int64(n)) {
			return fmt.Errorf("%v is not from %v to %v", v, lo, hi)
		}
		return nil
	}
}

// reference is RFC 3986 section 4.2, and here always a relative one.
func reference(v any) error {
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	if s == "" || u.IsAbs() || u.Host != "" || strings.HasPrefix(s, "/") || u.Opaque != "" {
		return fmt.Errorf("%q is no relative path", s)
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return fmt.Errorf("%q has %q", s, c)
		}
	}
	for _, segment := range strings.Split(u.EscapedPath(), "/") {
		if segment == "." || segment == ".." {
			return fmt.Errorf("%q climbs", s)
		}
	}
	return nil
}

func sarifLog() *shape {
	message := &shape{[]string{"text"}, map[string]any{"text": str, "markdown": str}}
	location := &shape{nil, map[string]any{
		"physicalLocation": &shape{[]string{"artifactLocation"}, map[string]any{
			"artifactLocation": &shape{[]string{"uri"}, map[string]any{"uri": reference}},
			"region":           &shape{[]string{"startLine"}, map[string]any{"startLine": between(1, 1<<31, true)}},
		}},
		"logicalLocations": []any{&shape{nil, map[string]any{"name": str, "fullyQualifiedName": str, "kind": str}}},
	}}
	descriptor := &shape{[]string{"id"}, map[string]any{"id": str, "shortDescription": message, "properties": bag}}
	result := &shape{[]string{"message"}, map[string]any{
		"ruleId": str, "ruleIndex": between(-1, 1<<31, true), "level": oneOf("none", "note", "warning", "error"),
		"message": message, "locations": []any{location}, "partialFingerprints": stringBag,
		"baselineState": oneOf("new", "unchanged", "updated", "absent"), "rank": between(-1, 100, false), "properties": bag,
		"suppressions": []any{&shape{[]string{"kind"}, map[string]any{
			"kind": oneOf("inSource", "external"), "status": oneOf("accepted", "underReview", "rejected"), "justification": str, "properties": bag,
		}}},
	}}
	notification := &shape{[]string{"message"}, map[string]any{
		"descriptor": &shape{[]string{"id"}, map[string]any{"id": str}}, "level": oneOf("none", "note", "warning", "error"),
		"message": message, "locations": []any{location},
	}}
	run := &shape{[]string{"tool"}, map[string]any{
		"columnKind": oneOf("utf16CodeUnits", "unicodeCodePoints"), "results": []any{result},
		"tool": &shape{[]string{"driver"}, map[string]any{"driver": &shape{[]string{"name"}, map[string]any{
			"name": str, "version": str, "rules": []any{descriptor}, "notifications": []any{descriptor},
		}}}},
		"invocations": []any{&shape{[]string{"executionSuccessful"}, map[string]any{
			"executionSuccessful": truth, "toolExecutionNotifications": []any{notification},
		}}},
		"automationDetails": &shape{nil, map[string]any{"id": str}}, "properties": bag,
	}}
	return &shape{[]string{"version", "runs"}, map[string]any{"$schema": str, "version": oneOf("2.1.0"), "runs": []any{run}}}
}

func check(at string, v, against any) error {
	switch s := against.(type) {
	case func(any) error:
		if err := s(v); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	case []any:
		list, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%s: no array", at)
		}
		for i := range list {
			if err := check(fmt.Sprintf("%s[%d]", at, i), list[i], s[0]); err != nil {
				return err
			}
		}
	case *shape:
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: no object", at)
		}
		for _, key := range s.must {
			if _, ok := m[key]; !ok {
				return fmt.Errorf("%s: %s is missing", at, key)
			}
		}
		for key := range m {
			if s.may[key] == nil {
				return fmt.Errorf("%s: %s is not known", at, key)
			}
			if err := check(at+"."+key, m[key], s.may[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

func parse(t interface{ Fatal(...any) }, doc []byte) map[string]any {
	var log map[string]any
	if err := json.Unmarshal(doc, &log); err != nil {
		t.Fatal(err)
	}
	if err := check("log", log, sarifLog()); err != nil {
		t.Fatal(err)
	}
	return log["runs"].([]any)[0].(map[string]any)
}

// TestSARIFIsValid also joins what the schema cannot: rule indexes, notifications
// that are described, and the number of results and notifications.
func TestSARIFIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		findings := rapid.SliceOfN(wildFinding(), 0, 3).Draw(t, "findings")
		var b bytes.Buffer
		h := newSARIF(&b, Options{Version: "v0"})
		for _, f := range findings {
			s := sweeper.Skip{Ref: f.Ref}
			s.Path, s.Detail, s.Reason = f.Part, f.Reason, "damaged"
			for _, e := range []sweeper.Event{{Skip: &s}, finding(f)} {
				if err := h.Handle(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		end := summary()
		if err := h.Handle(sweeper.Event{Summary: &end}); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		run := parse(t, b.Bytes())
		driver := run["tool"].(map[string]any)["driver"].(map[string]any)
		rules := driver["rules"].([]any)
		results := run["results"].([]any)
		for _, r := range results {
			r := r.(map[string]any)
			if rule := rules[int(r["ruleIndex"].(float64))].(map[string]any); rule["id"] != r["ruleId"] {
				t.Fatalf("%v points at %v", r["ruleId"], rule["id"])
			}
		}
		notes := run["invocations"].([]any)[0].(map[string]any)["toolExecutionNotifications"].([]any)
		if len(results) != len(findings) || len(notes) != len(findings) {
			t.Fatalf("%d results, %d notifications of %d findings and skips", len(results), len(notes), len(findings))
		}
	})
}

func TestSARIFGoldensAreValid(t *testing.T) {
	for _, events := range [][]sweeper.Event{stream(), hostile(), nil} {
		parse(t, render(t, "sarif", Options{}, events...))
	}
}

func TestSARIFLevels(t *testing.T) {
	for s, want := range map[sweeper.Severity]string{
		sweeper.Critical: "error", sweeper.High: "error", sweeper.Medium: "warning", sweeper.Low: "note", 0: "note",
	} {
		if got := level(s); got != want {
			t.Errorf("level(%d) = %s, want %s", s, got, want)
		}
	}
	if !(rank(sweeper.Confirmed) > rank(sweeper.Likely) && rank(sweeper.Likely) > rank(sweeper.Review)) {
		t.Error("ranks do not follow confidence")
	}
}

func TestSARIFSuccess(t *testing.T) {
	for outcome, want := range map[sweeper.Outcome]bool{
		sweeper.Completed: true, "": true, sweeper.Interrupted: false, sweeper.Failed: false,
	} {
		end := summary()
		end.Outcome = outcome
		run := parse(t, render(t, "sarif", Options{}, sweeper.Event{Summary: &end}))
		if got := run["invocations"].([]any)[0].(map[string]any)["executionSuccessful"]; got != want {
			t.Errorf("%q: successful is %v", outcome, got)
		}
	}
}

func TestLocator(t *testing.T) {
	for _, c := range []struct {
		ref  sweeper.Ref
		part string
		want string
	}{
		{sweeper.Ref{Mailbox: "ann@example.com", Folder: "Inbox/2026", ID: "AAMk=="}, "2/a b.zip!c.env", "ann%40example.com/Inbox/2026/AAMk%3D%3D#2/a%20b.zip%21c.env"},
		{sweeper.Ref{Mailbox: "mail", ID: "old.mbox#4711"}, "1", "mail/old.mbox%234711#1"},
		{sweeper.Ref{Mailbox: "C:\\mail", Folder: "/x/", ID: "/y"}, "", "C%3A%5Cmail/x/y"},
		{sweeper.Ref{Mailbox: "..", Folder: "../.", ID: "a..b/..."}, "", "%2E%2E/%2E%2E/%2E/a..b/..."},
		{sweeper.Ref{Mailbox: "\xff"}, "", "%EF%BF%BD"},
		{sweeper.Ref{}, "", ""},
	} {
		if got := locator(c.ref, c.part); got != c.want {
			t.Errorf("locator(%+v) = %s, want %s", c.ref, got, c.want)
		}
	}
}
