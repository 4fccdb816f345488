package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
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

const (
	folderFields = "id,displayName,parentFolderId,childFolderCount,totalItemCount,isHidden"
	folderPage   = "200"
)

// Folders implements [sweeper.Source]: all folders of the mailbox, the largest
// first, because the changes of one folder come one page after the other.
//
// Each folder is asked for its children, whatever it says about their number: it is
// not written anywhere whether hidden ones count. A level of the tree takes one
// request for each 20 folders.
func (s *Source) Folders(ctx context.Context, m sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) {
		box, err := s.named(ctx, m.Name)
		var all []*folder
		var skips []*sweeper.Skip
		if err == nil {
			all, skips, err = s.tree(ctx, box)
		}
		if err != nil {
			yield(sweeper.Folder{}, s.about(m.Name, err))
			return
		}
		for _, skip := range skips {
			if !yield(sweeper.Folder{}, skip) {
				return
			}
		}
		if s.ids != nil {
			s.listed(box, yield)
			return
		}
		for _, f := range all {
			if s.match != nil && !s.match(box.name, f.name) {
				continue
			}
			if !yield(sweeper.Folder{Source: s.name, Mailbox: box.name, Name: f.name, Key: box.id + "/" + f.id}, nil) {
				return
			}
		}
	}
}

// tree lists the folders of a mailbox and remembers them.
//
// A folder whose children cannot be listed is a Skip of that folder; the others are
// listed all the same.
func (s *Source) tree(ctx context.Context, box *mailbox) (all []*folder, skips []*sweeper.Skip, err error) {
	top := query{{"includeHiddenFolders", "true"}, {"$top", folderPage}, {"$select", folderFields}}
	asked := []string{s.c.url(top, "users", box.id, "mailFolders")}
	for _, name := range s.hidden {
		asked = append(asked, s.c.url(query{{"$select", folderFields}}, "users", box.id, "mailFolders", name))
	}
	under := make([]string, len(asked)) // the name of the parent of what is asked for
	for i := range s.hidden {
		under[i+1] = recoverableTop
	}
	known := map[string]*folder{}
	lost := func(name, why string) {
		skips = append(skips, &sweeper.Skip{Ref: sweeper.Ref{Source: s.name, Mailbox: box.name, Folder: name},
			Skip: decode.Skip{Reason: decode.Unreadable, Detail: "its folders could not be listed: " + why}})
	}
	for level := 0; len(asked) > 0; level++ {
		first := level == 0
		if level > deepest {
			lost(under[0], "they are nested too deep")
			break
		}
		replies, err := s.c.batch(ctx, box.id, asked)
		if err != nil {
			return nil, nil, err
		}
		var nextAsked, nextUnder []string
		for i, r := range replies {
			var e *Error
			if errors.As(r.err, &e) && e.meaning() == vanished && !(first && i == 0) {
				continue // deleted since, or a mailbox without this one
			}
			list := []models.MailFolderable(nil)
			if err = r.err; err == nil {
				list, err = s.c.foldersOf(ctx, box.id, r.body, first && i > 0)
			}
			if err != nil && (first && i == 0 || ctx.Err() != nil) {
				return nil, nil, err
			}
			if err != nil {
				lost(under[i], err.Error())
			}
			for _, m := range list {
				f := folderOf(m, under[i])
				if f.id == "" || known[f.id] != nil {
					continue
				}
				known[f.id] = f
				if _, search := m.(models.MailSearchFolderable); !search { // it shows what other folders hold
					all = append(all, f)
				}
				nextAsked = append(nextAsked, s.c.url(top, "users", box.id, "mailFolders", f.id, "childFolders"))
				nextUnder = append(nextUnder, f.name)
			}
		}
		asked, under = nextAsked, nextUnder
	}
	s.mu.Lock()
	box.folders = known
	s.mu.Unlock()
	slices.SortStableFunc(all, func(a, b *folder) int {
		if a.items != b.items {
			return b.items - a.items
		}
		return strings.Compare(a.name, b.name)
	})
	return all, skips, nil
}

// deepest is how deep folders may be nested. Exchange allows 300 levels
// (learn.microsoft.com, "Exchange Online limits").
const deepest = 300

// unknownItems is the number of items of a folder that does not say it: it is not taken
// for empty.
const unknownItems = -1

func folderOf(m models.MailFolderable, parent string) *folder {
	f := &folder{id: text(m.GetId()), name: text(m.GetDisplayName()), items: unknownItems}
	if parent != "" {
		f.name = parent + "/" + f.name
	}
	if n := m.GetTotalItemCount(); n != nil {
		f.items = int(*n)
	}
	return f
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
	if errors.As(err, &e) && (e.meaning() == forbidden || e.meaning() == signIn) || errors.As(err, &in) || errors.Is(err, errOtherHost) {
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
