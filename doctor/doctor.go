// Package doctor holds what an examination says: whoever looks at something gives
// [Check]s, and whoever shows them need not know where they come from.
package doctor

// Status is how a [Check] went.
type Status string

// What may come of a check. Unknown is for what could not be looked at, or cannot be
// told from here.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failed  Status = "failed"
	Unknown Status = "unknown"
)

// Check is one thing that was looked at. Its words may come from a service, so they
// are to be escaped like any foreign text. They hold no token, secret or password.
type Check struct {
	Name    string
	Status  Status
	Finding string // what is so
	Advice  string // what to do about it; "" when there is nothing to do
}
