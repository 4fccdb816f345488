package sweeper

// Summary is a run's coverage. Its JSON is the one form in which it is stored and
// told; what is empty of the last five is left out.
type Summary struct {
	Run           string         `json:"run"`
	Mailboxes     int            `json:"mailboxes"`
	Folders       int            `json:"folders"`
	Messages      int            `json:"messages"`
	Parts         int            `json:"parts"`
	Bytes         int64          `json:"bytes"`
	Findings      int            `json:"findings"`
	NewFindings   int            `json:"new_findings"`
	Exposures     int            `json:"exposures"` // distinct, seen in this run
	Skips         int            `json:"skips"`
	SkipsByReason map[string]int `json:"skips_by_reason"`
	Seconds       float64        `json:"seconds"`

	Outcome Outcome `json:"outcome,omitempty"`
	// ByConfidence counts this run's distinct exposures by their strongest tier, but for
	// those that are settled.
	ByConfidence map[Confidence]int `json:"exposures_by_confidence,omitempty"`
	Reread       int                `json:"folders_read_again,omitempty"` // because rules, text patterns or decoders changed
	// Suppressed counts what looked like a secret and was passed over or lowered to
	// review, by the name of the reason.
	Suppressed map[string]int `json:"suppressed,omitempty"`
	// Allowed counts the findings that an allow-list covers, by its entries. They are in
	// none of the other counts.
	Allowed []AllowedCount `json:"allowed,omitempty"`
}

// Count adds findings and skips up. It belongs to one goroutine.
type Count struct {
	summary Summary
	seen    map[string]Confidence // exposures, with their strongest tier
	settled map[string]bool       // those of them that nobody has to do anything about
}

// Add counts what e tells.
func (c *Count) Add(e Event) {
	switch {
	case e.Finding != nil:
		c.summary.Findings++
		if e.Finding.New {
			c.summary.NewFindings++
		}
		if c.seen == nil {
			c.seen = map[string]Confidence{}
		}
		if e.Finding.Settled != c.settled[e.Finding.Exposure] {
			c.settle(e.Finding.Exposure, e.Finding.Settled)
		}
		c.seen[e.Finding.Exposure] = max(c.seen[e.Finding.Exposure], e.Finding.Confidence)
	case e.Allowed != nil:
		c.summary.allow(e.Allowed.Allowance)
	case e.Skip != nil:
		c.summary.Skips++
		if c.summary.SkipsByReason == nil {
			c.summary.SkipsByReason = map[string]int{}
		}
		c.summary.SkipsByReason[string(e.Skip.Reason)]++
	}
}

// settle notes whether an exposure is settled, as it was told last.
func (c *Count) settle(exposure string, settled bool) {
	if c.settled == nil {
		c.settled = map[string]bool{}
	}
	c.settled[exposure] = settled
}

// Summary is what was counted; the rest of it is zero.
func (c *Count) Summary() Summary {
	sum := c.summary
	sum.Exposures = len(c.seen)
	sum.ByConfidence = map[Confidence]int{}
	for exposure, tier := range c.seen {
		if !c.settled[exposure] {
			sum.ByConfidence[tier]++
		}
	}
	return sum
}
