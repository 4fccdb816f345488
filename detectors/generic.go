package detectors

import (
	"strings"
	"unicode"

	"mailsweep/sweeper"
)

// gradeGeneric judges a value that is known only by the word before it ("key",
// "token", "password"). In mail most of these are trackers in links, names and
// dates: those are review.
func gradeGeneric(h hit, body, value string) verdict {
	switch {
	case !h.decoded && inLink(body, h.start):
		return verdict{sweeper.Review, "a value in a link, next to a word such as key or token; most are trackers"}
	case strings.Contains(strings.ToLower(h.label()), "master-key") && strings.Contains(body[max(0, h.start-400):h.start], "Session-ID"):
		// openssl s_client prints it; it opens what was recorded of that one session
		return verdict{sweeper.Review, "the master key of one TLS session, as a diagnosis prints it"}
	case passwordLabel.MatchString(h.label()):
		return verdict{sweeper.Likely, "a value that is no ordinary word, next to a word for a password"}
	case wordy(value) && !gibberish(value):
		return verdict{sweeper.Review, "next to a word such as key or token, but made of words or numbers"}
	}
	return verdict{sweeper.Likely, "a random-looking value next to a word such as key, token or secret"}
}

// maxLink is how far back the beginning of a link is looked for, in bytes.
const maxLink = 2048

// inLink reports whether the text at offset is inside a URL's query or path.
func inLink(body string, offset int) bool {
	run := body[max(0, offset-maxLink):offset]
	run = run[1+strings.LastIndexAny(run, " \t\n\"'<>"):]
	return strings.Contains(run, "://") || strings.HasPrefix(run, "www.")
}

// wordy reports a value without digits to speak of, or made of words, dates and
// versions put together: what a person can read. Random values change between
// letters, digits and cases all the time.
func wordy(s string) bool {
	var digits, letters, changes int
	last := rune(0)
	for _, r := range s {
		c := class(r)
		switch c {
		case '0':
			digits++
		case 'a', 'A':
			letters++
		}
		// A capital at the beginning of a word is no change.
		if last != 0 && c != last && (last != 'A' || c != 'a') {
			changes++
		}
		last = c
	}
	n := letters + digits
	hexLike := strings.Trim(strings.ToLower(s), "0123456789abcdef-") == "" && digits > 0 && letters > 0
	return !hexLike && (letters == 0 || digits == 0 || changes*5 < n)
}

func class(r rune) rune {
	switch {
	case unicode.IsDigit(r):
		return '0'
	case unicode.IsUpper(r):
		return 'A'
	case unicode.IsLetter(r):
		return 'a'
	}
	return '-'
}
