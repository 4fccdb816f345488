package m365

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

const (
	folderFields = "id,displayName,parentFolderId,childFolderCount,totalItemCount,isHidden"
	folderPage   = "200"
	// deepest is how deep folders may be nested. Exchange allows 300 levels
	// (learn.microsoft.com, "Exchange Online limits").
	deepest = 300
	// unknownItems is the number of items of a folder that does not say it: it is not
	// taken for empty.
	unknownItems = -1
)

// tree is a walk through the folders of a mailbox, level by level. A level takes one
// request for each 20 folders that are asked for their children.
type tree struct {
	s     *Source
	box   *mailbox
	known map[string]*folder // by id
	all   []*folder          // those that hold mail of their own
	skips []*sweeper.Skip
	// hiddenCount says that childFolderCount counts hidden folders too, so that one of
	// 0 can be believed.
	hiddenCount bool
	levels      int // that were asked for, one after the other
}

// question is what a level of the tree is asked for.
type question struct {
	address string
	under   string // the name of the folder above what comes
	one     bool   // the reply is a folder and not a list
}

// tree lists the folders of a mailbox and remembers them, the largest first.
//
// A folder whose children cannot be listed is a Skip of that folder; the others are
// listed all the same.
func (s *Source) tree(ctx context.Context, box *mailbox) (*tree, error) {
	t := &tree{s: s, box: box, known: map[string]*folder{}}
	for asked := t.top(); len(asked) > 0; t.levels++ {
		if t.levels > deepest {
			t.lost(asked[0].under, "they are nested too deep")
			break
		}
		lists, err := t.ask(ctx, asked)
		if err != nil {
			return nil, err
		}
		if t.levels == 0 {
			t.hiddenCount = countsHidden(lists[0], lists[1])
			lists[1] = nil // the root holds no mail of its own
		}
		var next []question
		for i, list := range lists {
			next = append(next, t.add(list, asked[i].under)...)
		}
		asked = next
	}
	s.mu.Lock()
	box.folders = t.known
	s.mu.Unlock()
	slices.SortStableFunc(t.all, func(a, b *folder) int {
		if a.items != b.items {
			return b.items - a.items
		}
		return strings.Compare(a.name, b.name)
	})
	return t, nil
}

// top is what the first level asks for: the folders at the top, the root above them,
// and the chosen folders of recoverable items, which lie elsewhere.
func (t *tree) top() []question {
	fields := query{{"$select", folderFields}}
	folder := func(name string) string { return t.s.c.url(fields, "users", t.box.id, "mailFolders", name) }
	asked := []question{
		{address: t.s.c.url(append(slices.Clone(listing), twoLevels), "users", t.box.id, "mailFolders")},
		{address: folder("msgfolderroot"), one: true},
	}
	for _, name := range t.s.hidden {
		asked = append(asked, question{folder(name), recoverableTop, true})
	}
	return asked
}

var (
	listing = query{{"includeHiddenFolders", "true"}, {"$top", folderPage}, {"$select", folderFields}}
	// twoLevels brings the folders below those at the top with them. Where it does not
	// bring all, they are asked for.
	twoLevels = [2]string{"$expand", "childFolders($select=" + folderFields + ")"}
)

// ask gives the folders that answer each question. Only the list at the top must come;
// what else fails is a Skip, or, of the root and of what is not there any more, nothing.
func (t *tree) ask(ctx context.Context, asked []question) ([][]models.MailFolderable, error) {
	addresses := make([]string, len(asked))
	for i, q := range asked {
		addresses[i] = q.address
	}
	replies, err := t.s.c.batch(ctx, t.box.id, addresses)
	if err != nil {
		return nil, err
	}
	lists := make([][]models.MailFolderable, len(asked))
	for i, r := range replies {
		needed, root := t.levels == 0 && i == 0, t.levels == 0 && i == 1
		err := r.err
		if err == nil {
			lists[i], err = t.s.c.foldersOf(ctx, t.box.id, r.body, asked[i].one)
		}
		var e *Error
		if needed && errors.As(err, &e) && slices.Contains([]meaning{malformed, unknown, transient}, e.meaning()) {
			lists[i], err = t.plainTop(ctx)
		}
		switch {
		case err == nil:
		case needed || ctx.Err() != nil:
			return nil, err
		case root, errors.As(err, &e) && e.meaning() == vanished:
			lists[i] = nil // deleted since, or a mailbox without this one
		default:
			t.lost(asked[i].under, err.Error())
		}
	}
	return lists, nil
}

// plainTop lists the folders at the top alone, for a service that refuses to bring
// those below them: nobody has written down that it does so with hidden ones.
func (t *tree) plainTop(ctx context.Context) ([]models.MailFolderable, error) {
	r := t.s.c.single(ctx, t.box.id, t.s.c.url(listing, "users", t.box.id, "mailFolders"))
	if r.err != nil {
		return nil, r.err
	}
	return t.s.c.foldersOf(ctx, t.box.id, r.body, false)
}

// add takes up folders, and says which of them to ask for children: where the numbers
// can be believed, not those that have none, nor those whose children all came along.
func (t *tree) add(list []models.MailFolderable, under string) (next []question) {
	for _, m := range list {
		if m == nil {
			continue
		}
		f := folderOf(m, under)
		if f.id == "" || t.known[f.id] != nil {
			continue
		}
		t.known[f.id] = f
		if _, search := m.(models.MailSearchFolderable); !search { // it shows what other folders hold
			t.all = append(t.all, f)
		}
		below, n := m.GetChildFolders(), m.GetChildFolderCount()
		if t.hiddenCount && n != nil && int(*n) == len(distinct(below)) {
			next = append(next, t.add(below, f.name)...)
			continue
		}
		next = append(next, question{address: t.s.c.url(listing, "users", t.box.id, "mailFolders", f.id, "childFolders"), under: f.name})
	}
	return next
}

func (t *tree) lost(name, why string) {
	t.skips = append(t.skips, &sweeper.Skip{Ref: sweeper.Ref{Source: t.s.name, Mailbox: t.box.name, Folder: name},
		Skip: decode.Skip{Reason: decode.Unreadable, Detail: "its folders could not be listed: " + why}})
}

// countsHidden reports whether the service counts hidden folders in childFolderCount. It
// is not written anywhere, so each mailbox shows it: by the number that the root gives
// for the folders at the top, some of which are hidden. Where none is, or the number is
// not that of what was listed, it is not known, and no count is believed.
func countsHidden(top, root []models.MailFolderable) bool {
	if len(root) != 1 || root[0] == nil || root[0].GetChildFolderCount() == nil {
		return false
	}
	hidden := slices.ContainsFunc(top, func(f models.MailFolderable) bool {
		return f != nil && f.GetIsHidden() != nil && *f.GetIsHidden()
	})
	return hidden && int(*root[0].GetChildFolderCount()) == len(distinct(top))
}

// distinct are the ids of folders.
func distinct(list []models.MailFolderable) map[string]bool {
	ids := map[string]bool{}
	for _, f := range list {
		if f != nil {
			ids[text(f.GetId())] = true
		}
	}
	return ids
}

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
