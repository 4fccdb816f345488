package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/sweeper"
)

// recoverableNames are the well-known names of the folders in which Exchange keeps
// what was deleted. They are not below the root folder: only their names find them.
var recoverableNames = map[string]string{
	"deletions":      "recoverableitemsdeletions",
	"purges":         "purges",
	"versions":       "versions",
	"discoveryholds": "discoveryholds",
}

// recoverableTop is what their names begin with: the folder above them has no name
// that people know.
const recoverableTop = "Recoverable Items"

// Recoverable are the names that [SourceOptions.Recoverable] takes.
func Recoverable() []string {
	return []string{"deletions", "purges", "versions", "discoveryholds"}
}

func recoverable(names []string) ([]string, error) {
	var all []string
	for _, n := range names {
		known := recoverableNames[strings.ToLower(n)]
		if known == "" {
			return nil, fmt.Errorf("there are no recoverable items called %q: it is one of %s", n, strings.Join(Recoverable(), ", "))
		}
		all = append(all, known)
	}
	return all, nil
}

// Folders implements [sweeper.Source]: all folders of the mailbox, the largest
// first, because the changes of one folder come one page after the other.
func (s *Source) Folders(ctx context.Context, m sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) {
		box, err := s.named(ctx, m.Name)
		t := new(tree)
		if err == nil {
			t, err = s.tree(ctx, box)
		}
		if err != nil {
			yield(sweeper.Folder{}, s.about(m.Name, err))
			return
		}
		for _, skip := range t.skips {
			if !yield(sweeper.Folder{}, skip) {
				return
			}
		}
		if s.ids != nil {
			s.listed(box, yield)
			return
		}
		for _, f := range t.all {
			if s.match != nil && !s.match(box.name, f.name) {
				continue
			}
			if !yield(sweeper.Folder{Source: s.name, Mailbox: box.name, Name: f.name, Key: box.id + "/" + f.id}, nil) {
				return
			}
		}
	}
}

// foldersOf reads one folder, or a list of them to its end.
func (c *Client) foldersOf(ctx context.Context, mailbox string, body []byte, one bool) ([]models.MailFolderable, error) {
	if one {
		f, err := parse[models.MailFolderable](body, models.CreateMailFolderFromDiscriminatorValue)
		return []models.MailFolderable{f}, err
	}
	page, err := parse[models.MailFolderCollectionResponseable](body, models.CreateMailFolderCollectionResponseFromDiscriminatorValue)
	var all []models.MailFolderable
	for walked := (trail{}); err == nil; {
		all = append(all, page.GetValue()...)
		link := text(page.GetOdataNextLink())
		if link == "" {
			break
		}
		if err = walked.follow(link); err != nil {
			break
		}
		page, err = get[models.MailFolderCollectionResponseable](ctx, c, call{mailbox: mailbox}, link, query{immutable},
			models.CreateMailFolderCollectionResponseFromDiscriminatorValue)
	}
	return all, err
}

// about says what an error of a whole mailbox means to the sweep.
func (s *Source) about(mailbox string, err error) error {
	if skip := s.archiveRefused(sweeper.Ref{Mailbox: mailbox}, err); skip != nil {
		return skip
	}
	var e *Error
	if errors.As(err, &e) && (e.meaning() == notCovered || e.meaning() == vanished) {
		return s.notCovered(mailbox, e)
	}
	return s.stop(err)
}

// stop marks an error after which no other mailbox can be read either.
func (s *Source) stop(err error) error {
	var e *Error
	var in *signInError
	if errors.As(err, &e) && (e.meaning() == forbidden || e.meaning() == signIn) || errors.As(err, &in) || errors.Is(err, errOtherHost) || errors.Is(err, ErrUnreachable) {
		return fmt.Errorf("%w: %w", sweeper.ErrStop, err)
	}
	return err
}

// parse reads a part of a reply into one of the SDK's models.
func parse[T serialization.Parsable](body []byte, model serialization.ParsableFactory) (T, error) {
	var none T
	node, err := kjson.NewJsonParseNode(body)
	if err != nil {
		return none, errCut
	}
	got, err := node.GetObjectValue(model)
	if v, ok := got.(T); err == nil && ok && listed(got) {
		return v, nil
	}
	return none, errCut
}
