package main

import (
	"cmp"
	"fmt"
	"strings"

	"mailsweep/doctor"
	"mailsweep/notify"
)

// policy reads the policy, where there is one, and says which channels are set up. It
// connects to none: of graph, the examination of the tenant says whether it may send; of the
// others, that shows when they are used.
func (x *examination) policy() (all []doctor.Check) {
	if x.wrong != nil || x.c.Policy == "" {
		return nil
	}
	p, err := openPolicy(x.c)
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			all = append(all, doctor.Check{Name: "policy", Status: doctor.Failed, Finding: line, Advice: "mend it: mailsweep route check reads it again"})
		}
		return all
	}
	all = append(all, doctor.Check{Name: "policy", Status: doctor.OK, Finding: fmt.Sprintf("%s is in order: %d routes", x.c.Policy, len(p.Routes))})
	for _, audience := range []notify.Audience{notify.Inside, notify.Outside} {
		name := p.Channels[audience]
		k := doctor.Check{Name: "notices " + string(audience), Status: doctor.OK, Finding: "by " + name + ", which is set up"}
		if name == "" {
			k.Status, k.Finding = doctor.Warning, "the policy has no channel for who is "+string(audience)+": they are told nothing"
			k.Advice = "name one under channels: graph, smtp, webhook or files"
		} else if _, err := x.a.channel(x.c, p, name); err != nil {
			k = failed(k.Name, err)
		} else if name == "graph" {
			x.sender = cmp.Or(x.c.Notices.Graph, p.Organisation.Contact)
		}
		all = append(all, k)
	}
	return all
}
