package notify

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// fit says what of a mail may be told to an owner. A stranger can mail us a secret that
// is made up for the notice to which it leads. So what a notice takes out of mail is not
// text, but things of a form that leaves no room for a sentence or a link: numbers,
// dates, digests, addresses and names. Names that belong to neither party are written so
// that no program makes a link of them: "evil[.]example". To an owner outside, they are
// not told at all, nor what is the organisation's own affair: its mailboxes and folders.
type fit struct {
	policy *Policy
	owner  Owner
}

func (p *Policy) fit(o Owner) fit { return fit{p, o} }

var (
	guid   = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	moment = regexp.MustCompile(`^\d{4}-\d\d(?:-\d\d)?(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$`)
	number = regexp.MustCompile(`^\d{1,20}$`)
	// word is a name of an account, a database, a project.
	word = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._+\\-]{0,63}$`)
	// hostName is a name in a form that all programs read alike (RFC 1123, section 2.1).
	hostName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?$`)
	// plainAddress is an address of letters that hide nothing.
	plainAddress = regexp.MustCompile(`^[a-z0-9!#$%&'*+=?^_{|}~.-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?$`)
	// plainMessageID is a Message-ID (RFC 5322, section 3.6.4) without what addresses of
	// pages are made of.
	plainMessageID = regexp.MustCompile(`^<[A-Za-z0-9!#$%&'*+=?^_{|}~.-]{1,120}@[A-Za-z0-9.-]{1,120}>$`)
)

// forms are what details must look like, by their names.
var forms = map[string]*regexp.Regexp{
	"account":           regexp.MustCompile(`^(?:\d{12}|AC[0-9a-f]{32})$`),
	"key_id":            regexp.MustCompile(`^(?:(?:AKIA|ASIA)[A-Z2-7]{16}|SK[0-9a-f]{32}|[0-9A-Fa-f]{16,64})$`),
	"tenant":            guid,
	"client_id":         guid,
	"app_id":            guid,
	"user_id":           number,
	"bot_id":            number,
	"bits":              number,
	"expires":           moment,
	"not_before":        moment,
	"created":           moment,
	"encrypted":         regexp.MustCompile(`^yes$`),
	"mode":              regexp.MustCompile(`^(?:test|live)$`),
	"key_type":          regexp.MustCompile(`^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d{3}|RSA|DSA|ECDSA|Ed25519)$`),
	"public_key":        regexp.MustCompile(`^SHA256:[A-Za-z0-9+/]{43}$`),
	"public_key_sha256": regexp.MustCompile(`^[0-9a-f]{64}$`),
}

// named are details that hold a name, and are told inside only.
var named = []string{"user", "account", "database", "project", "projects", "workspace", "client_id", "key_name", "service", "app_id", "bot_id", "user_id"}

// detail is what is told of a detail, "" for nothing.
func (f fit) detail(name, value string) string {
	if form := forms[name]; form != nil && form.MatchString(value) {
		return value
	}
	switch lower := strings.ToLower(value); {
	case name == "host" && hostName.MatchString(lower):
		return f.name(lower)
	case !slices.Contains(named, name) || f.owner.Audience == Outside:
		return ""
	case plainAddress.MatchString(lower):
		return f.name(lower)
	case word.MatchString(value):
		return f.name(value)
	}
	return ""
}

// name is a host, an address or a word: as it is when it is of the two parties or no
// program takes it for an address; else disarmed, or not at all.
func (f fit) name(s string) string {
	domain := s[strings.LastIndexByte(s, '@')+1:]
	if ip, err := netip.ParseAddr(domain); err == nil && f.owner.Audience == Inside && ip.IsPrivate() {
		return s
	}
	switch {
	case !strings.Contains(domain, ".") && f.owner.Audience == Inside, f.known(domain):
		return s
	case f.owner.Audience == Outside:
		return ""
	}
	return s[:len(s)-len(domain)] + strings.ReplaceAll(domain, ".", "[.]")
}

// known reports a domain of the organisation or of the owner; inside, of any customer.
func (f fit) known(domain string) bool {
	return f.policy.Organisation.Domains.Contain(domain) || f.theirs(domain) ||
		f.owner.Audience == Inside && f.policy.customers.of("@"+domain) != nil
}

// theirs reports a domain, or an address, of an owner outside.
func (f fit) theirs(domain string) bool {
	c := f.policy.customers.of("@" + domain[strings.LastIndexByte(domain, '@')+1:])
	return c != nil && c.ID == f.owner.ID
}

// concerns reports a mail that the owner may know of: one outside, if they had part in it.
func (f fit) concerns(m Mail) bool {
	return f.owner.Audience == Inside || f.theirs(m.From) || slices.ContainsFunc(m.To, f.theirs)
}

// mail is what is told of a mail.
func (f fit) mail(m Mail) Mail {
	m.From = f.address(m.From)
	var to []string
	for _, a := range m.To {
		if a = f.address(a); a != "" && len(to) < peopleTold {
			to = append(to, a)
		}
	}
	m.To = to
	if !plainMessageID.MatchString(m.MessageID) || strings.Contains(strings.ToLower(m.MessageID), "www.") {
		m.MessageID = ""
	}
	if f.owner.Audience == Outside {
		m.Mailbox, m.Folder, m.Copies = "", "", 0
	}
	m.Mailbox, m.Folder = place(m.Mailbox), place(m.Folder)
	return m
}

// place is the name of a mailbox or a folder, which its owner chose: no link either.
func place(s string) string {
	s = strings.NewReplacer("://", "[:]//", "www.", "www[.]").Replace(plain(s))
	if runes := []rune(s); len(runes) > 120 {
		s = string(runes[:119]) + "…"
	}
	return s
}

func (f fit) address(a string) string {
	if !plainAddress.MatchString(a) {
		return ""
	}
	return f.name(a)
}

// plain is one line of text: what could end a line, hide, or turn others round is a blank.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(s, unseen), " ")
}

// unseen are characters that are not shown, or that change how others are: white space,
// control and format characters (Unicode categories Zs, Cc, Cf, Zl, Zp), and what is no
// character.
func unseen(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar
}
