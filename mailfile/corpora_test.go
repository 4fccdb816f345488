package mailfile_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// corpora is where the real mail is that these tests count.
func corpora(t *testing.T, dir string) string {
	t.Helper()
	root := os.Getenv("MAILSWEEP_CORPORA")
	if root == "" {
		t.Skip("MAILSWEEP_CORPORA does not name the directory of the corpora")
	}
	return filepath.Join(root, filepath.FromSlash(dir))
}

// everything lists all messages and skips of a root.
func everything(t *testing.T, opts mailfile.Options, roots ...string) (messages []sweeper.Message, skips []sweeper.Skip) {
	t.Helper()
	s := source(t, opts, roots...)
	for m, err := range s.Mailboxes(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for f, err := range s.Folders(t.Context(), m) {
			if err != nil {
				t.Fatal(err)
			}
			for p, err := range s.Changes(t.Context(), f, nil) {
				if err != nil {
					t.Fatal(err)
				}
				messages = append(messages, p.Messages...)
				skips = append(skips, p.Skips...)
			}
		}
	}
	return messages, skips
}

// The corpora say how many messages they have: one a file, and in mboxes one at each
// line "From " at the start or after an empty line. The two list archives have
// paragraphs that begin with "From the …" after an empty line, which separate
// nothing (29 in r-lists, 7 in berlios-lists); and r-lists has 21 separators
// without the empty line before them: 15,296 - 29 + 21 = 15,288 and 3,978 - 7 = 3,971.
func TestCorporaCounts(t *testing.T) {
	for dir, want := range map[string]struct{ messages, files, skips int }{
		"mail/cypherpunks":   {975, 1, 0},
		"mail/r-lists":       {15288, 58, 0},
		"mail/berlios-lists": {3971, 155, 0},
		"mail/spamassassin":  {3250, 3250, 3},   // a licence, a notice, a README
		"mail/enron-inbox":   {11778, 11778, 2}, // two tables of labels
	} {
		t.Run(path.Base(dir), func(t *testing.T) {
			messages, skips := everything(t, mailfile.Options{}, corpora(t, dir))
			files := map[string]bool{}
			for _, m := range messages {
				files[fileOf(m.Ref)] = true
			}
			if len(messages) != want.messages || len(files) != want.files || len(skips) != want.skips {
				t.Errorf("%d messages in %d files and %d skips, want %+v", len(messages), len(files), len(skips), want)
			}
		})
	}
}

// mailNames are names that only messages have in the corpus of formats.
var mailNames = regexp.MustCompile(`\.(eml|mbox|raw)$|/testmsgs/.*\.msg$|/msg_[0-9]+\.txt$|/mails/[^/.]+$|letters/tests/.*\.txt$`)

// notMail are the files with such names that are none: they begin with no header.
var notMail = []string{
	"enmime/testdata/mail/erroneous.raw",
	"letters/tests/test_english_empty.txt",
	"python-email/3.13/msg_19.txt",
	"python-email/3.6/msg_19.txt",
}

func TestCorporaFormats(t *testing.T) {
	_, skips := everything(t, mailfile.Options{}, corpora(t, "formats"))
	var missed []string
	for _, s := range skips {
		id := s.Ref.ID
		if mailNames.MatchString(id) && s.Detail != "Outlook message (.msg)" && !slices.Contains(notMail, id) {
			missed = append(missed, id+": "+s.Detail)
		}
	}
	if len(missed) > 0 {
		t.Errorf("not taken as mail:\n%s", strings.Join(missed, "\n"))
	}
}

var offset = regexp.MustCompile(`#[0-9]+$`)

// fileOf is the file that a message lies in.
func fileOf(r sweeper.Ref) string { return offset.ReplaceAllString(r.ID, "") }
