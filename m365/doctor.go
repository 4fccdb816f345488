package m365

import (
	"context"
	"iter"
	"time"

	"mailsweep/doctor"
)

// Examination says what is going to be swept.
type Examination struct {
	// Select are the mailboxes. When it chooses none, none is tried.
	Select Selection
	// Probes is how many of them are tried at most; 0 is 20. They are taken evenly
	// from the whole list.
	Probes int
	// People says that notices go by people's departments or managers, and Sender is the
	// mailbox that sends them. What is not used is not asked for.
	People bool
	Sender string
}

const (
	mostProbes = 20
	// patience is how long one thing may take before it is called unknown. Requests
	// are asked again on failure, and that could go on for minutes.
	patience = 45 * time.Second
)

// Examine looks at everything that a sweep of the selection needs of the service: can
// it be reached, do its clock and ours agree, is there a token and which permissions are in
// it, and which of the mailboxes can be read. It goes on after whatever fails. It reads
// no mail, so it leaves no record of a read in the tenant's audit log, and sends none: for
// notices it offers a letter to nobody, which is refused.
func (c *Client) Examine(ctx context.Context, x Examination) iter.Seq[doctor.Check] {
	if x.Probes <= 0 {
		x.Probes = mostProbes
	}
	e := &examination{c: c, x: x}
	return func(yield func(doctor.Check) bool) {
		for _, step := range []func(context.Context) []doctor.Check{e.reach, e.signIn, e.choose, e.probe, e.permissions, e.notices} {
			for _, k := range step(ctx) {
				if ctx.Err() != nil || !yield(k) {
					return
				}
			}
		}
	}
}

// examination is what became known on the way.
type examination struct {
	c *Client
	x Examination

	reached bool
	signed  bool  // there is a token, or none is needed
	token   Token // of it, when it can be read

	chosen  []*mailbox
	missing []string // addresses that name nobody
	refused error    // why the directory did not give what was chosen
	tried   probes
}

// ready reports whether the service can be asked at all.
func (e *examination) ready() bool { return e.reached && e.signed }
