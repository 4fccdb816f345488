package simulator

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
)

// chance decides which fault a call meets.
type chance struct {
	mu     *sync.Mutex
	faults Faults
	order  []Fault
	seed   uint64
	seen   map[string]uint64 // requests by route and mailbox
	played []int             // matching requests by scripted fault
}

func newChance(f Faults, seed uint64) chance {
	c := chance{mu: &sync.Mutex{}, faults: f, seed: seed, seen: map[string]uint64{}, played: make([]int, len(f.Script))}
	for fault := range f.Rates {
		c.order = append(c.order, fault)
	}
	slices.Sort(c.order)
	return c
}

// pick chooses the fault of a call, "" for none.
func (k *chance) pick(c *call) Fault {
	if len(k.faults.Script) == 0 && len(k.order) == 0 {
		return ""
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.faults.Script {
		if f := &k.faults.Script[i]; f.matches(c) && f.Fault.applies(c) {
			k.played[i]++
			first := max(f.Nth, 1)
			if n := k.played[i]; n >= first && (f.Times < 0 || n < first+max(f.Times, 1)) {
				return f.Fault
			}
		}
	}
	if c.route.area == service {
		return "" // the parts of a batch are drawn for, each by itself
	}
	place := c.route.template + " " + c.mailboxID()
	k.seen[place]++
	for _, fault := range k.order {
		if fault.applies(c) && k.draw(place, fault) < k.faults.Rates[fault] {
			return fault
		}
	}
	return ""
}

// draw is a number in [0,1) for the current request of a place.
func (k *chance) draw(place string, f Fault) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s %d", k.seed, place, f, k.seen[place])
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return float64((x^x>>33)>>11) / (1 << 53)
}

func (m *Match) matches(c *call) bool {
	switch {
	case m.Method != "" && !strings.EqualFold(m.Method, c.method):
		return false
	case m.Route != "" && !strings.EqualFold(m.Route, c.route.template):
		return false
	case m.Mailbox == "":
		return true
	}
	return c.user != nil && (strings.EqualFold(m.Mailbox, c.user.ID) ||
		strings.EqualFold(m.Mailbox, c.user.UserPrincipalName) || strings.EqualFold(m.Mailbox, c.user.Mail))
}

// applies says whether a fault can happen to a call at all.
func (f Fault) applies(c *call) bool {
	template := c.route.template
	delta := strings.HasSuffix(template, "/delta")
	switch f {
	case TruncatedMiddle, ControlCharacters, ResetBody, ResetEarly, LostReply, SlowBody, BadGateway:
		return !c.part // the envelope of a batch is whole
	case ExpiredDelta, ResyncRequired, BadToken:
		return delta && (c.option("$deltatoken") != "" || c.option("$skiptoken") != "")
	case Replay, Duplicate:
		return strings.HasSuffix(template, "/messages/delta")
	case AttachmentGone, AttachmentLocked, TooManyObjects:
		return strings.Contains(template, "/attachments")
	case TruncatedValue:
		return !c.part && (delta || strings.HasSuffix(template, "/messages"))
	case AttachmentPaging:
		return strings.HasSuffix(template, "/attachments")
	case ShortPage, EmptyPage, ForeignLink:
		return delta || strings.HasSuffix(template, "/messages") || strings.HasSuffix(template, "olders") || template == "/users"
	case ItemGone, Corrupt, InvalidRecipients, MalformedID:
		return strings.Contains(template, "/messages/{id}")
	case NotEnabled, NotEnabledOld, NotHosted, NonExistent, InvalidUser, ResourceGone, DeniedPolicy, Denied, FolderGone, Quota, NotSupported,
		ThrottledMailbox, ThrottledRate, ThrottledBytes:
		return c.route.area == exchange
	case DirectoryGone, DeniedDirectory:
		return c.route.area == directory
	case Inefficient:
		return strings.HasSuffix(template, "/messages")
	}
	return true
}
