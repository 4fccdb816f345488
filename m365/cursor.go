package m365

import (
	"encoding/json"
	"errors"

	"mailsweep/sweeper"
)

// cursor is what a [sweeper.Cursor] of this Source holds: where a walk through a
// folder stands. It holds links of the service, which are opaque and no secret: they
// are worth nothing without a token.
type cursor struct {
	// Link is the nextLink or deltaLink to ask for; "" is the beginning.
	Link string `json:"link,omitempty"`
	// Empty says that the folder was empty when it was last looked at.
	Empty bool `json:"empty,omitempty"`
	// Lists says that the folder is read by lists, though no window was asked for.
	Lists bool `json:"lists,omitempty"`
	// From and Seen are where a walk by lists stands: what was received before From was
	// read, and of what was received at it, Seen.
	From string   `json:"from,omitempty"`
	Seen []string `json:"seen,omitempty"`
	// At counts the ids that were looked for, in a walk through a list of them.
	At int `json:"at,omitempty"`
	// Size is the page size that the folder took.
	Size int `json:"size,omitempty"`
}

var errCursor = errors.New("a stored cursor is not one of this version; sweep with --again")

func openCursor(c sweeper.Cursor) (cursor, error) {
	var v cursor
	if c == nil {
		return v, nil
	}
	if err := json.Unmarshal(c, &v); err != nil {
		return v, errCursor
	}
	return v, nil
}

func (c cursor) seal() sweeper.Cursor {
	b, _ := json.Marshal(c) // strings and numbers marshal
	return b
}
