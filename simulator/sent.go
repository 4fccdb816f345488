package simulator

import (
	"slices"
	"time"
)

// SentMail is a mail that sendMail accepted.
type SentMail struct {
	From    string // user id
	AppID   string
	At      time.Time
	Message Message
	MIME    []byte // when it was sent so
	Saved   bool   // in Sent Items
}

// Sent is what sendMail accepted, in that order.
func (t *Tenant) Sent() []SentMail {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.sent)
}

// MessageRule is a rule of an inbox.
type MessageRule struct {
	ID, DisplayName                              string
	Sequence                                     int
	Disabled                                     bool
	SubjectContains, SenderContains              []string
	ForwardTo, RedirectTo, ForwardAsAttachmentTo []Address
	Delete, MarkAsRead, StopProcessing           bool
	MoveToFolder                                 string // folder id
}

// AddRule adds a rule to the inbox of user, which is an id, UPN or address. The rule is
// shown, not carried out.
func (t *Tenant) AddRule(user string, r MessageRule) (MessageRule, error) {
	b, err := t.mailboxOf(user)
	if err != nil {
		return MessageRule{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.ID == "" {
		r.ID = b.newID("AQAAA", 12)
	}
	if r.Sequence == 0 {
		r.Sequence = len(b.rules) + 1
	}
	b.rules = append(slices.Clone(b.rules), r)
	return r, nil
}
