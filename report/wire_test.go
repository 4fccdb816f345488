package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mailsweep/decode"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func finding(f sweeper.Finding) sweeper.Event { return sweeper.Event{Finding: &f} }

// wild is any text: hostile pieces, any rune, bytes that are no UTF-8.
func wild() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{
			"=", "+", "-", "@", "\t", "\r", "\n", " ", ";", ",", "\"", "'", "\uff1d", "\u00a0", "\ufeff", "\u202e", "\x1b[", "\u2028",
			"<", "&", "]", "(", "{", "\\", "\xff", "word", "\U000e0041", "\x00", "\x7f", "|", "\u200d",
		})), func(s []string) string { return strings.Join(s, "") }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
}

func wildFinding() *rapid.Generator[sweeper.Finding] {
	return rapid.Custom(func(t *rapid.T) sweeper.Finding {
		s := func(name string) string { return wild().Draw(t, name) }
		return sweeper.Finding{
			Rule: s("rule"), Kind: sweeper.Kind(s("kind")), Confidence: sweeper.Confidence(rapid.IntRange(-1, 5).Draw(t, "confidence")),
			Reason: s("reason"), Fingerprint: s("fingerprint"), Preview: s("preview"), Exposure: s("exposure"),
			Severity: sweeper.Severity(rapid.IntRange(-1, 6).Draw(t, "severity")),
			Details:  map[string]string{"user": s("user"), "host": s("host")},
			Ref:      sweeper.Ref{Mailbox: s("mailbox"), Folder: s("folder"), ID: s("id"), InternetMessageID: s("imid"), Thread: s("thread")},
			Envelope: sweeper.Envelope{
				Subject: s("subject"), From: s("from"), To: rapid.SliceOf(wild()).Draw(t, "to"), Cc: rapid.SliceOf(wild()).Draw(t, "cc"),
				Received: time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "received"), 0),
			},
			Part: s("part"), Line: rapid.IntRange(0, 1<<30).Draw(t, "line"), New: rapid.Bool().Draw(t, "new"),
		}
	})
}

// TestJSONLReadsBack: the values that went in come out, but for bytes that are no UTF-8.
func TestJSONLReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := wildFinding().Draw(t, "finding")
		var b bytes.Buffer
		if err := newJSONL(&b).Handle(finding(f)); err != nil {
			t.Fatal(err)
		}
		line := b.String()
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
			t.Fatalf("not one line: %q", line)
		}
		if i := strings.IndexFunc(strings.TrimSuffix(line, "\n"), bad); i >= 0 {
			t.Fatalf("%+q stands there openly", line[i:])
		}
		var got findingRecord
		dec := json.NewDecoder(&b)
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(valid(recordFinding(&f)), got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// valid is the record as JSON can hold it: each byte that is no UTF-8 is U+FFFD.
func valid(r findingRecord) findingRecord {
	fix := func(s string) string { return string([]rune(s)) }
	for _, s := range []*string{&r.Rule, &r.Kind, &r.Reason, &r.Fingerprint, &r.Preview, &r.Exposure, &r.Mailbox, &r.Folder,
		&r.MessageID, &r.InternetMessageID, &r.Thread, &r.Subject, &r.From, &r.Part} {
		*s = fix(*s)
	}
	for _, list := range [][]string{r.To, r.Cc} {
		for i := range list {
			list[i] = fix(list[i])
		}
	}
	for k, v := range r.Details {
		r.Details[k] = fix(v)
	}
	return r
}

// TestCSVReadsBack: cells come out as they went in, but for what neutral and
// Visible did to them, and no spreadsheet takes one for a formula.
func TestCSVReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := wildFinding().Draw(t, "finding")
		s := sweeper.Skip{Ref: f.Ref, Skip: decode.Skip{Path: f.Part, Reason: decode.Reason(f.Rule), Detail: f.Reason}}
		var b bytes.Buffer
		h := newCSV(&b, findingColumns())
		for _, e := range []sweeper.Event{finding(f), {Skip: &s}} {
			if err := h.Handle(e); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{findingColumns(), recordFinding(&f).cells(), recordSkip(&s).cells()}
		for _, row := range want[1:] {
			for i := range row {
				row[i] = visible.Cell(row[i])
			}
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Fatal(diff)
		}
		for _, cell := range slices.Concat(rows...) {
			for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return r == ';' }) {
				if strings.ContainsAny(firstRune(strings.TrimLeft(part, " \u00a0\u3000\"")), "=+-@\uff1d\uff0b\uff0d\uff20") {
					t.Fatalf("the cell %q is a formula", cell)
				}
			}
		}
	})
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// TestKeys holds the words on the wire to the letter: scripts depend on them.
func TestKeys(t *testing.T) {
	want := map[string]string{
		"finding": "type rule kind confidence reason fingerprint preview exposure severity details mailbox folder message_id internet_message_id thread subject from to cc received part line new",
		"skip":    "type mailbox folder message_id internet_message_id part reason detail",
		"summary": "type run mailboxes folders messages parts bytes findings new_findings exposures skips skips_by_reason seconds suppressed allowed",
		"allowed": "type entry reason by expires rule kind confidence fingerprint exposure severity mailbox folder message_id internet_message_id subject from received part line",
	}
	events := []sweeper.Event{{Finding: &sweeper.Finding{}}, {Skip: &sweeper.Skip{}}, {Allowed: &sweeper.Allowed{}}, {Summary: &sweeper.Summary{}}}
	for line := range strings.Lines(string(render(t, "jsonl", Options{}, events...))) {
		if strings.Contains(line, "null") {
			t.Errorf("a null: %s", line)
		}
		kind := ""
		dec := json.NewDecoder(strings.NewReader(line))
		var keys []string
		if _, err := dec.Token(); err != nil {
			t.Fatal(err)
		}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key.(string))
			var value any
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			if key == "type" {
				kind = value.(string)
			}
		}
		if diff := cmp.Diff(want[kind], strings.Join(keys, " ")); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
		delete(want, kind)
	}
	if len(want) > 0 {
		t.Errorf("no line for %v", slices.Collect(maps.Keys(want)))
	}
	for _, name := range slices.Concat(findingColumns(), exposureColumns()) {
		f, _ := json.Marshal([]any{findingRecord{}, skipRecord{}, exposureRecord{}})
		if !bytes.Contains(f, []byte(`"`+name+`":`)) {
			t.Errorf("the column %s is no key of jsonl", name)
		}
	}
}

// TestTimes: what RFC 3339 cannot write is unknown.
func TestTimes(t *testing.T) {
	for in, want := range map[time.Time]string{
		{}: "",
		time.Date(2026, 1, 2, 3, 4, 5, 999, time.FixedZone("", 2*60*60)): "2026-01-02T01:04:05Z",
		time.Date(12026, 1, 2, 3, 4, 5, 0, time.UTC):                     "",
		time.Date(-1, 1, 2, 3, 4, 5, 0, time.UTC):                        "",
	} {
		if got := stamp(in); got != want {
			t.Errorf("stamp(%v) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkFormats(b *testing.B) {
	f := token()
	f.Details = map[string]string{"user": "deploy", "host": "db1.example.org"}
	umlaut := f
	umlaut.Subject = "Zugangsdaten f\u00fcr \u00dcbergabe"
	for _, format := range Formats() {
		for name, one := range map[string]sweeper.Finding{"ascii": f, "utf8": umlaut} {
			b.Run(fmt.Sprintf("%s/%s", format, name), func(b *testing.B) {
				h, err := New(format, io.Discard, Options{Width: 80})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := h.Handle(finding(one)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "findings/s")
			})
		}
	}
}
