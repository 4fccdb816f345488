package main

import (
	"regexp"
	"strings"
)

// matcher selects folders whose mailbox matches one of the mailbox patterns and
// whose name matches one of the folder patterns; no patterns match everything.
func matcher(mailboxes, folders []string) func(mailbox, folder string) bool {
	m, f := globs(mailboxes), globs(folders)
	if m == nil && f == nil {
		return nil
	}
	return func(mailbox, folder string) bool {
		return (m == nil || m.MatchString(mailbox)) && (f == nil || f.MatchString(folder))
	}
}

// globs compiles patterns for names: "*" stands for any characters, "/"
// included, "?" for one; upper and lower case are alike. nil for no patterns.
func globs(patterns []string) *regexp.Regexp {
	if len(patterns) == 0 {
		return nil
	}
	alternatives := make([]string, len(patterns))
	for i, p := range patterns {
		alternatives[i] = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(p))
	}
	return regexp.MustCompile(`(?is)^(?:` + strings.Join(alternatives, "|") + `)$`)
}
