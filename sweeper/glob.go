package sweeper

import (
	"regexp"
	"strings"
)

// Glob reports which names of mailboxes and folders a pattern chooses: "*" stands for
// any characters, "/" included, "?" for one, all others for themselves; upper and lower
// case are alike. No pattern is malformed: bytes that are no UTF-8 stand for any character.
func Glob(pattern string) func(name string) bool {
	re := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(strings.ToValidUTF8(pattern, "?")))
	return regexp.MustCompile(`(?is)^(?:` + re + `)$`).MatchString
}
