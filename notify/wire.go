package notify

import (
	"encoding/json"
	"time"
)

// wireVersion changes when a field changes its meaning or goes.
const wireVersion = 1

type wireLetter struct {
	Type              string       `json:"type"` // "notice"
	Version           int          `json:"version"`
	Notice            string       `json:"notice"`
	Occasion          Occasion     `json:"occasion"`
	Owner             wireOwner    `json:"owner"`
	Organisation      string       `json:"organisation"`
	Contact           string       `json:"contact"`
	Verify            string       `json:"verify"`
	Written           string       `json:"written"`
	Due               string       `json:"due"`
	Secrets           []wireSecret `json:"secrets"`
	InternetMessageID string       `json:"internet_message_id"`
	To                []string     `json:"to"`
	ReplyTo           string       `json:"reply_to"`
	Language          string       `json:"language"`
	Subject           string       `json:"subject"`
	Text              string       `json:"text"`
	HTML              string       `json:"html"`
}

type wireOwner struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Audience Audience `json:"audience"`
}

type wireSecret struct {
	Exposure  string            `json:"exposure"`
	Kind      string            `json:"kind"`
	Rule      string            `json:"rule"`
	Severity  string            `json:"severity"`
	Preview   string            `json:"preview"`
	Details   map[string]string `json:"details,omitempty"`
	FirstSeen string            `json:"first_seen,omitempty"`
	Due       string            `json:"due"`
	Reopened  bool              `json:"reopened,omitempty"`
	Mails     []wireMail        `json:"mails"`
	MoreMails int               `json:"more_mails,omitempty"`
}

type wireMail struct {
	Received          string   `json:"received,omitempty"`
	From              string   `json:"from,omitempty"`
	To                []string `json:"to,omitempty"`
	InternetMessageID string   `json:"internet_message_id,omitempty"`
	Mailbox           string   `json:"mailbox,omitempty"`
	Folder            string   `json:"folder,omitempty"`
	Copies            int      `json:"copies,omitempty"`
}

// MarshalJSON is the letter for programs: what it says, and how it says it. Times are RFC
// 3339 in UTC.
func (l Letter) MarshalJSON() ([]byte, error) {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	c := l.Notice
	w := wireLetter{
		Type: "notice", Version: wireVersion, Notice: l.Reference, Occasion: c.Occasion,
		Owner:        wireOwner{c.Owner.ID, c.Owner.Name, c.Owner.Audience},
		Organisation: c.Organisation.Name, Contact: c.Organisation.Contact, Verify: c.Organisation.Verify, Written: at(c.Written), Due: at(c.Due), Secrets: []wireSecret{},
		InternetMessageID: l.MessageID, To: append([]string{}, l.To...), ReplyTo: l.ReplyTo, Language: l.Language, Subject: l.Subject, Text: l.Text, HTML: l.HTML,
	}
	for _, t := range c.Secrets {
		s := wireSecret{
			Exposure: t.Exposure, Kind: string(t.Kind), Rule: t.Rule, Severity: t.Severity.String(), Preview: t.Preview,
			FirstSeen: at(t.FirstSeen), Due: at(t.Due), Reopened: t.Reopened, Mails: []wireMail{}, MoreMails: t.More,
		}
		for _, d := range t.Details {
			if s.Details == nil {
				s.Details = map[string]string{}
			}
			s.Details[d.Name] = d.Value
		}
		for _, m := range t.Mails {
			s.Mails = append(s.Mails, wireMail{at(m.Date), m.From, m.To, m.MessageID, m.Mailbox, m.Folder, m.Copies})
		}
		w.Secrets = append(w.Secrets, s)
	}
	return json.Marshal(w)
}
