package sweeper_test

import (
	"fmt"
	"strings"
	"testing"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// What one mail of nothing but secrets leaves behind is bounded, says so, and
// holds none of them: what is masked does not depend on what is kept.
func TestMailOfManySecrets(t *testing.T) {
	b := newBench(t)
	b.Detector = words{surer: "token=sure"}
	var people, body strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&people, "token=in-a-name-%d <a%d@b.example>, ", i, i)
		fmt.Fprintf(&body, "token=value-%d\n", i)
	}
	subject := "token=in-the-subject " + strings.Repeat("very long ", 500) + "token=at-its-end"
	mail := strings.Replace(raw("1", subject, body.String()+"token=sure-one"), "To: c@d.example", "To: "+people.String(), 1)
	b.mail.Put("ann", "in", "1", strings.ReplaceAll(mail, "<1@b.example>", "<"+strings.Repeat("1", 5000)+"@b.example>"))
	s := b.must()
	if s.Findings != 1000 || s.SkipsByReason["too-many"] != 1 {
		t.Errorf("%+v", s)
	}
	surest := false
	for _, f := range b.findings(store.FindingFilter{}) {
		surest = surest || f.Confidence == sweeper.Confirmed
		said := fmt.Sprintf("%+v", f)
		if strings.Contains(said, "in-a-name") || strings.Contains(said, "in-the-subject") || strings.Contains(said, "value-") {
			t.Fatalf("kept: %.300s", said)
		}
		if len(said) > 30_000 {
			t.Fatalf("a finding takes %d bytes", len(said))
		}
		if !strings.HasPrefix(f.Subject, "[redacted] very long") && !strings.HasPrefix(f.Subject, "token=[redacted] very long") {
			t.Fatalf("subject %.100q", f.Subject)
		}
		if last := f.To[len(f.To)-1]; !strings.HasSuffix(last, " more, not kept]") {
			t.Fatalf("the last recipient is %q", last)
		}
	}
	if !surest {
		t.Error("the surest finding was dropped for others")
	}
}
