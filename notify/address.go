package notify

import (
	"net/mail"
	"strings"
)

// isAddress reports one plain address: no name, no group, no list.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && isDomain(domainOf(s)) && !strings.ContainsAny(s, "\r\n")
}

// isDomain reports a host name of at least two labels (RFC 1123, section 2.1), or one
// in the letters of its own language (RFC 5890).
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") || strings.ContainsAny(l, " \t@/:*?\"'<>()[],;\\_") {
			return false
		}
	}
	return len(labels) > 1 && len(s) <= 253
}
