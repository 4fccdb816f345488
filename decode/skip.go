package decode

// Reason says why something could not be searched. The list is fixed: reports
// and scripts count by it.
type Reason string

const (
	Encrypted   Reason = "encrypted"   // needs a password or a key: S/MIME, PGP, encrypted zip or Office
	Unsupported Reason = "unsupported" // a kind that decode does not read; Detail names it
	Oversized   Reason = "oversized"   // larger than the bytes left in the budget
	Bomb        Reason = "bomb"        // expands beyond any honest ratio
	TooDeep     Reason = "too-deep"    // nested beyond the budget
	TooMany     Reason = "too-many"    // more parts than the budget
	TimeLimit   Reason = "time-limit"  // the budget's time was up
	Damaged     Reason = "damaged"     // broken: what could be read was read
	Unreadable  Reason = "unreadable"  // the source refused it or could not give it: permission, input error
	Gone        Reason = "gone"        // deleted while it was being swept
	NotMail     Reason = "not-mail"    // a file among mail that is no mail
)

// Reasons are all of them, in the order in which reports show them.
func Reasons() []Reason {
	return []Reason{Encrypted, Unsupported, Oversized, Bomb, TooDeep, TooMany, TimeLimit, Damaged, Unreadable, Gone, NotMail}
}

// Skip is something that could not be searched, or not wholly, and why. As an
// error it is permanent: trying again will not help.
type Skip struct {
	Path   string // as in [Text]; "" for the whole mail
	Reason Reason
	// Detail is for people: a kind ("PDF", "image/png"), a format's complaint. It
	// never quotes content.
	Detail string
}

func (s *Skip) Error() string {
	msg := string(s.Reason)
	if s.Path != "" {
		msg = s.Path + ": " + msg
	}
	if s.Detail != "" {
		msg += " (" + s.Detail + ")"
	}
	return msg
}
