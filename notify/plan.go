package notify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// Owed is one exposure that somebody owns, with what is known of it.
type Owed struct {
	Exposure  sweeper.Exposure
	Owner     Owner
	Ownership sweeper.Ownership
}

// Unreachable is an owner who cannot be told, and why.
type Unreachable struct {
	Owner     Owner
	Exposures int
	Reason    string
}

// Plan is who is to be told what. Nothing of it has left.
type Plan struct {
	Notices     []Notice // by the owners' ids
	Unreachable []Unreachable
}

// mostTold are the exposures in one notice: more than anybody reads in one go.
const mostTold = 200

// Plan makes one notice for each owner and occasion, or several where it would be too long. Told are all tellings that there
// are. What is only worth a look is in no notice, and neither is what is settled, what
// the owner was told and is not to be reminded of yet, or what is on its way.
func (p *Policy) Plan(owed []Owed, told []Telling, now time.Time, actor string) Plan {
	past := map[[2]string][]Telling{}
	for _, t := range told {
		key := [2]string{t.Exposure, t.Owner}
		past[key] = append(past[key], t)
	}
	b := &planner{policy: p, now: now, actor: actor, notices: map[string]*Notice{}, lost: map[string]*Unreachable{}}
	for _, o := range owed {
		if o.Exposure.Confidence < sweeper.Likely || o.Ownership.State.Settled() {
			continue
		}
		history := past[[2]string{o.Exposure.ID, o.Owner.ID}]
		if occasion := p.occasion(o, history, now); occasion != "" {
			b.tell(o, o.Owner, occasion, history)
		}
		if manager, ok := p.escalation(o, history, now); ok {
			above := past[[2]string{o.Exposure.ID, manager.ID}]
			if !slices.ContainsFunc(above, func(t Telling) bool { return t.Occasion == Escalation && !before(t, o.Ownership) }) {
				b.tell(o, manager, Escalation, above)
			}
		}
	}
	return b.plan()
}

// before reports a telling of an earlier life of the exposure, before it was opened again.
func before(t Telling, o sweeper.Ownership) bool {
	return t.Stage == Sent && t.Settled.Before(o.Opened)
}

// occasion is why the owner is to be told now, "" when not.
func (p *Policy) occasion(o Owed, history []Telling, now time.Time) Occasion {
	first, reminders := time.Time{}, 0
	for _, t := range history {
		switch {
		case before(t, o.Ownership):
			continue
		case t.Stage != Sent:
			return "" // it is on its way, or nobody knows
		case t.Occasion == Reminder:
			reminders++
		}
		if first.IsZero() || t.Settled.Before(first) {
			first = t.Settled
		}
	}
	switch {
	case first.IsZero():
		return First
	case o.Ownership.State == sweeper.Acknowledged && !o.Ownership.Overdue(now):
		return ""
	case reminders < len(p.Remind) && !now.Before(first.Add(p.Remind[reminders])):
		return Reminder
	}
	return ""
}

// escalation is the manager who is to be told, too.
func (p *Policy) escalation(o Owed, history []Telling, now time.Time) (manager Owner, ok bool) {
	if p.Escalate == 0 || o.Owner.Manager == "" || !p.Organisation.Domains.Contain(o.Owner.Manager) {
		return manager, false
	}
	for _, t := range history {
		if t.Stage == Sent && !before(t, o.Ownership) && !now.Before(t.Settled.Add(p.Escalate)) {
			return p.personal(Person{Address: o.Owner.Manager}), true
		}
	}
	return manager, false
}

// planner collects what is to be told.
type planner struct {
	policy  *Policy
	now     time.Time
	actor   string
	notices map[string]*Notice
	lost    map[string]*Unreachable
}

func (b *planner) tell(o Owed, to Owner, occasion Occasion, history []Telling) {
	channel := b.policy.Channels[to.Audience]
	reason := ""
	switch {
	case channel == "":
		reason = fmt.Sprintf("the policy has no channel for who is %s (channels)", to.Audience)
	case len(to.To) == 0:
		reason = "no address is known"
	}
	if reason != "" {
		if b.lost[to.ID] == nil {
			b.lost[to.ID] = &Unreachable{Owner: to, Reason: reason}
		}
		b.lost[to.ID].Exposures++
		return
	}
	key := to.ID + "\x00" + string(occasion)
	n := b.notices[key]
	if n == nil {
		n = &Notice{ID: NewReference(), Owner: to, Occasion: occasion, Channel: channel, Stage: Planned, PlannedBy: b.actor}
		b.notices[key] = n
	}
	item := Item{Exposure: o.Exposure.ID, Round: 1, Due: o.Ownership.Due}
	for _, t := range history {
		item.Round = max(item.Round, t.Round+1)
	}
	if item.Due.IsZero() {
		item.Due = b.now.Add(b.policy.Due[o.Exposure.Severity])
	}
	n.Items = append(n.Items, item)
}

func (b *planner) plan() (out Plan) {
	for _, key := range slices.Sorted(maps.Keys(b.notices)) {
		n := b.notices[key]
		slices.SortFunc(n.Items, func(a, b Item) int {
			return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Exposure, b.Exposure))
		})
		for items := range slices.Chunk(n.Items, mostTold) {
			part := *n
			part.Items, part.Due = items, items[0].Due
			if len(n.Items) > mostTold {
				part.ID = NewReference()
			}
			out.Notices = append(out.Notices, part)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.lost)) {
		out.Unreachable = append(out.Unreachable, *b.lost[key])
	}
	return out
}

// NeedsSecond reports whether somebody else than who planned it must approve a notice.
func (p *Policy) NeedsSecond(n Notice) bool { return p.SecondPerson || n.Owner.Audience == Outside }
