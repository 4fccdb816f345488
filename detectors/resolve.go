package detectors

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// resolve leaves one hit where several are about the same thing, in the order of
// their places:
//   - what a key block holds is the key's, whatever else its letters resemble;
//   - a generic rule gives way to any other, as in gitleaks, and a rule of ours to
//     gitleaks' of the same thing;
//   - encoded text gives way to what it decodes to, but for values that are only
//     known by their label, and the same thing decoded twice is one;
//   - the same rule never reports two overlapping secrets.
//
// Two rules of one form (bittrex has two) both stay: nothing tells them apart.
//
// It stops when ctx is done: many secrets in one encoded segment are all compared with
// each other.
func resolve(ctx context.Context, hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(
			cmp.Compare(a.start, b.start), -cmp.Compare(a.end, b.end),
			cmp.Compare(a.rule.spec.ID, b.rule.spec.ID), cmp.Compare(a.secret, b.secret),
		)
	})
	var kept []hit
	reach := 0 // the furthest end so far
	from := 0  // in kept: the first hit of the cluster of overlapping ones
	for _, h := range hits {
		if ctx.Err() != nil {
			break
		}
		if h.start >= reach {
			from = len(kept)
		}
		reach = max(reach, h.end)
		kept = append(kept[:from], settle(kept[from:], h)...)
	}
	for i := range kept {
		kept[i].part = slices.ContainsFunc(neighbours(kept, i), kept[i].cutFrom)
	}
	return kept
}

// settle adds h to a cluster, and drops what gives way to what.
func settle(cluster []hit, h hit) []hit {
	for _, k := range cluster {
		if h.givesWayTo(k) {
			h.fate.drop(drop{check: gaveWay, by: k.rule.spec.ID})
			return cluster
		}
	}
	return append(slices.DeleteFunc(cluster, func(k hit) bool {
		gone := k.givesWayTo(h)
		if gone {
			k.fate.drop(drop{check: gaveWay, by: h.rule.spec.ID})
		}
		return gone
	}), h)
}

func (h hit) givesWayTo(k hit) bool {
	if h.start >= k.end || k.start >= h.end {
		return false
	}
	same := h.rule == k.rule
	switch {
	case k.block() && !k.decoded && k.start <= h.start && h.end <= k.end:
		return !h.block() || same
	case same && h.secret == k.secret:
		return true
	case h.decoded != k.decoded && same && h.rule.generic:
		// "key = c2VjcmV0…": what is used as a key is what stands there; a password
		// in base64 is the password.
		return h.decoded != passwordLabel.MatchString(h.label())
	case !h.decoded && k.decoded && (same || h.rule.generic):
		return true
	case h.decoded && !k.decoded && same:
		return false
	case h.rule.generic && k.rule.generic && !same, h.ours() && k.ours() && !h.rule.generic && !k.rule.generic && h.secret == k.secret:
		return h.rank() > k.rank() || h.rank() == k.rank() && h.rule.spec.ID > k.rule.spec.ID
	case h.ours() && !k.ours() && !h.rule.generic && !k.rule.generic:
		// One encoded segment may hold several secrets.
		return h.decoded == k.decoded && (!h.decoded || strings.Contains(h.secret, k.secret) || strings.Contains(k.secret, h.secret))
	case h.rule.generic && !k.rule.generic:
		return h.decoded == k.decoded || k.decoded
	case h.decoded || k.decoded:
		return false // several secrets in one encoded segment
	}
	return same
}

// ours reports a hit of a rule of mailsweep's own. Where gitleaks knows the same
// thing, its rule tells it: people know its names, and have allowlists for them.
func (h hit) ours() bool { return h.rule.spec.origin == ownOrigin }

// broad are rules of ours that know a secret by what is about it anywhere: those of one
// kind of address, file or command know it better.
var broad = []string{connectionRule, "settings-password", "bearer-authorization"}

// rank orders rules for one secret: gitleaks' before ours, ours for one thing before
// ours for many.
func (h hit) rank() int {
	switch {
	case !h.ours():
		return 0
	case slices.Contains(broad, h.rule.spec.ID):
		return 2
	}
	return 1
}

// block reports whether the hit is a whole key with its frame.
func (h hit) block() bool {
	return strings.HasPrefix(h.secret, "-----BEGIN") || strings.HasPrefix(h.secret, "PuTTY-User-Key-File")
}

// cutFrom reports whether h is the beginning of the longer secret k: gitlab-pat
// takes the first twenty characters of what gitlab-pat-routable takes whole.
func (h hit) cutFrom(k hit) bool {
	return h.rule != k.rule && h.decoded == k.decoded && len(k.secret) > len(h.secret) &&
		k.start <= h.start && h.end <= k.end && strings.Contains(k.secret, h.secret)
}

// neighbours are the hits near i in place; overlapping ones are seldom more.
func neighbours(hits []hit, i int) []hit {
	return hits[max(i-4, 0):min(i+5, len(hits))]
}
