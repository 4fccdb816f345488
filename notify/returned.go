package notify

import (
	"regexp"
	"slices"
	"strings"

	"mailsweep/sweeper"
)

// Returned is what a mail system says of a letter that it could not deliver.
type Returned struct {
	References []string // of the notices that it names
	Recipients []string // whom it could not reach, in lower case
	Status     string   // RFC 3463: "5.1.1"; "" where it has none
}

var (
	inReport = regexp.MustCompile(`(?i)\bn-[` + referenceLetters + `]{4}-[` + referenceLetters + `]{4}\b`)
	// Fields of a delivery status notification (RFC 3464, section 2.3).
	reportField = regexp.MustCompile(`(?im)^(final-recipient|original-recipient|action|status):[ \t]*(.*?)[ \t\r]*$`)
	blankLine   = regexp.MustCompile(`\n[ \t\r]*\n`)
	address     = regexp.MustCompile(`(?i)[a-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,10}`)
	enhanced    = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)
	permanent   = regexp.MustCompile(`\b5\.\d{1,3}\.\d{1,3}\b`)
	// Who writes that a mail could not be delivered. Exchange Online's reports come from
	// MicrosoftExchange and a number.
	mailSystem = regexp.MustCompile(`(?i)(?:^|[<\s"])(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]{32})@`)
)

// ReadReturned reads a mail as the report that a letter was not delivered: one for
// programs (RFC 3464), or what Exchange Online shows of one, which Microsoft Graph gives
// as a text. A mail that is late, an answer, or one about other mail is none.
func ReadReturned(m sweeper.Mail) (Returned, bool) {
	var r Returned
	var all strings.Builder
	for _, t := range m.Texts {
		r.report(t.Body)
		all.WriteString(t.Body)
		all.WriteByte('\n')
	}
	text := all.String()
	if len(r.Recipients) == 0 && mailSystem.MatchString(m.Header.From) {
		if r.Status = permanent.FindString(text); r.Status != "" {
			r.Recipients = address.FindAllString(strings.ToLower(text), -1)
		}
	}
	for _, reference := range inReport.FindAllString(text, -1) {
		r.References = append(r.References, strings.ToUpper(reference))
	}
	r.References, r.Recipients = distinct(r.References), distinct(r.Recipients)
	return r, len(r.References) > 0 && len(r.Recipients) > 0
}

// report reads a report for programs: a block of fields for each recipient, in any order,
// with empty lines between.
func (r *Returned) report(text string) {
	for _, block := range blankLine.Split(text, -1) {
		var who []string
		failed, status := false, ""
		for _, f := range reportField.FindAllStringSubmatch(block, -1) {
			switch value := strings.ToLower(f[2]); strings.ToLower(f[1]) {
			case "original-recipient", "final-recipient":
				who = append(who, address.FindAllString(value, 1)...)
			case "action":
				failed = value == "failed"
			case "status":
				status = enhanced.FindString(value) // 4.4.7 at last is a failure, too
			}
		}
		if failed && len(who) > 0 {
			r.Recipients, r.Status = append(r.Recipients, who...), status
		}
	}
}

func distinct(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// Missed splits the addresses of n's owner into those that the report says were not
// reached and the others.
func (r Returned) Missed(n Notice) (missed, others []string) {
	for _, to := range n.Owner.To {
		if slices.Contains(r.Recipients, strings.ToLower(addressOf(to))) {
			missed = append(missed, to)
		} else {
			others = append(others, to)
		}
	}
	return missed, others
}

// Clear reports whether it names one notice. Of several, nobody can tell which did not
// arrive, and none may be told twice.
func (r Returned) Clear() bool { return len(r.References) == 1 }

// Names reports whether the report is about the notice with this reference.
func (r Returned) Names(reference string) bool { return slices.Contains(r.References, reference) }
