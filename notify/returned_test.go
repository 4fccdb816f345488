package notify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

func TestReadReturned(t *testing.T) {
	const original = "Subject: Security notice from Contoso: 2 credentials to replace (N-7F3K-2Q9D)"
	const exchange = "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example"
	ann := Returned{References: []string{"N-7F3K-2Q9D"}, Recipients: []string{"ann@fabrikam.example"}, Status: "5.1.1"}
	for name, c := range map[string]struct {
		from  string
		texts []string
		want  Returned
		ok    bool
	}{
		"report": {"MAILER-DAEMON@mx.example", []string{
			"It could not be delivered.", "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; Ann@Fabrikam.example\r\nAction: failed\r\nStatus: 5.1.1\r\n", original,
		}, ann, true},
		"report without a mail system's name": {"bounce-handler@hoster.example", []string{
			"Final-Recipient: rfc822;ann@fabrikam.example\nAction: failed\nStatus: 5.1.1 (unknown)\n", original,
		}, ann, true},
		"action before the recipients": {"", []string{"Action: failed\nFinal-Recipient: rfc822;ann@fabrikam.example\nStatus: 5.1.1\n", original}, ann, true},
		"two recipients, one reached": {"", []string{
			"Final-Recipient: rfc822; ann@fabrikam.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; bob@fabrikam.example\nAction: delivered\nStatus: 2.0.0\n", original,
		}, ann, true},
		"given up": {"", []string{"Final-Recipient: rfc822; ann@fabrikam.example\nAction: failed\nStatus: 4.4.7\n", original},
			Returned{References: ann.References, Recipients: ann.Recipients, Status: "4.4.7"}, true},
		"late": {"MAILER-DAEMON@mx.example", []string{"Final-Recipient: rfc822; ann@fabrikam.example\nAction: delayed\nStatus: 4.4.1\n", original}, Returned{}, false},
		"of Exchange": {exchange, []string{
			"Your message to ann@fabrikam.example couldn't be delivered.\nRemote server returned '550 5.1.1 user unknown'\nOriginal message headers:\n" + original,
		}, ann, true},
		"of other mail": {exchange, []string{"Your message to ann@fabrikam.example couldn't be delivered: 550 5.1.1\nSubject: lunch"}, Returned{}, false},
		"an answer":     {"ann@fabrikam.example", []string{"Re: N-7F3K-2Q9D: we see error 5.1.1 at ann@fabrikam.example, what now?"}, Returned{}, false},
		"nothing":       {"", nil, Returned{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := sweeper.Mail{Header: decode.Header{From: c.from}}
			for _, body := range c.texts {
				m.Texts = append(m.Texts, decode.Text{Body: body})
			}
			got, ok := ReadReturned(m)
			if ok != c.ok {
				t.Fatalf("%v, want %v: %+v", ok, c.ok, got)
			}
			if diff := cmp.Diff(c.want, got); ok && diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReportOfSeveralNoticesIsNotClear(t *testing.T) {
	r, ok := ReadReturned(sweeper.Mail{Texts: []decode.Text{{Body: "Final-Recipient: rfc822; ann@fabrikam.example\nAction: failed\n\nN-7F3K-2Q9D, N-7F3K-2Q9E"}}})
	if !ok || r.Clear() || !r.Names("N-7F3K-2Q9E") {
		t.Errorf("%v, %+v", ok, r)
	}
}

func TestMissed(t *testing.T) {
	n := Notice{Owner: Owner{To: []string{"Ann@fabrikam.example", "bob@fabrikam.example"}}}
	missed, others := Returned{Recipients: []string{"ann@fabrikam.example"}}.Missed(n)
	if diff := cmp.Diff([][]string{{"Ann@fabrikam.example"}, {"bob@fabrikam.example"}}, [][]string{missed, others}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
