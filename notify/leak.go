package notify

import (
	"cmp"
	"net/mail"
	"slices"
	"strings"

	"mailsweep/sweeper"
)

// Leak is one exposure with all its sightings: what a route looks at.
type Leak struct {
	sweeper.Exposure
	Sightings []sweeper.Finding // the earliest first
}

// Party says who mailed a secret to whom.
type Party string

const (
	PartyReceived Party = "received" // from outside
	PartySent     Party = "sent"     // by us to somebody outside
	PartyInternal Party = "internal" // by us to us
	PartyUnknown  Party = "unknown"  // the mail says not whom it is from
)

// Domains are those of the organisation: "contoso.example", and "*.contoso.example" for
// all below it.
type Domains []string

// Contain reports whether an address or a domain is the organisation's.
func (d Domains) Contain(address string) bool {
	domain := strings.ToLower(address)
	if strings.Contains(address, "@") {
		domain = domainOf(address)
	}
	return domain != "" && slices.ContainsFunc(d, func(own string) bool {
		above, all := strings.CutPrefix(own, "*.")
		return domain == own || all && strings.HasSuffix(domain, "."+above)
	})
}

// Party is that of one sighting.
func (d Domains) Party(f sweeper.Finding) Party {
	from := addressOf(f.From)
	switch {
	case domainOf(from) == "":
		return PartyUnknown
	case !d.Contain(from):
		return PartyReceived
	case slices.ContainsFunc(recipients(f), func(to string) bool { return !d.Contain(to) }):
		return PartySent
	}
	return PartyInternal
}

// addressOf is the address of a mailbox as a header has it (RFC 5322, section 3.4), in
// small letters; "" when there is none. Two addresses in one are none: programs differ
// in which of them they show.
func addressOf(mailbox string) string {
	a, err := mail.ParseAddress(mailbox)
	if err == nil {
		return strings.ToLower(a.Address)
	}
	if i, j := strings.LastIndexByte(mailbox, '<'), strings.LastIndexByte(mailbox, '>'); i >= 0 && j > i {
		mailbox = mailbox[i+1 : j]
	}
	mailbox = strings.ToLower(strings.TrimSpace(mailbox))
	if strings.Count(mailbox, "@") != 1 || strings.ContainsAny(mailbox, " \t<>,;\"()") {
		return ""
	}
	return mailbox
}

// recipients are the addresses in To and Cc.
func recipients(f sweeper.Finding) (all []string) {
	for _, r := range slices.Concat(f.To, f.Cc) {
		if a := addressOf(r); a != "" {
			all = append(all, a)
		}
	}
	return all
}

// Sort puts the sightings in the order in which their mails were received; those
// without a date come last.
func (l Leak) Sort() {
	slices.SortStableFunc(l.Sightings, func(a, b sweeper.Finding) int {
		if a.Received.IsZero() != b.Received.IsZero() {
			return cmp.Compare(boolean(a.Received.IsZero()), boolean(b.Received.IsZero()))
		}
		return a.Received.Compare(b.Received)
	})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
