package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// AddFolder adds a folder to the mailbox of user, which is an id, UPN or address. It
// gets an id where it has none; ParentID is an id or a well-known name, empty the root
// of the mail folders. An error means that the user or the parent is unknown.
func (t *Tenant) AddFolder(user string, f Folder) (Folder, error) {
	b, err := t.mailboxOf(user)
	if err != nil {
		return Folder{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.ParentID == "" {
		f.ParentID = "msgfolderroot"
	}
	parent := b.at(f.ParentID)
	if parent == nil {
		return Folder{}, unknownFolder(user, f.ParentID)
	}
	if b.folders[f.ID] != nil {
		return Folder{}, fmt.Errorf("simulator: %s has a folder %q already", user, f.ID)
	}
	f.ParentID = parent.ID
	b.version++
	parent.changed = b.version // its count of children
	return b.insertFolder(f).Folder, nil
}

// Folders are all folders of a mailbox, roots included, in the order in which they were
// made; nil when there is no such mailbox.
func (t *Tenant) Folders(user string) []Folder {
	b, err := t.mailboxOf(user)
	if err != nil {
		return nil
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]Folder, len(b.order))
	for i, f := range b.order {
		out[i] = f.Folder
	}
	return out
}

// WellKnown finds a folder by its well-known name.
func (t *Tenant) WellKnown(user, name string) (Folder, bool) {
	b, err := t.mailboxOf(user)
	if err != nil {
		return Folder{}, false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	f := b.wellKnown[name]
	if f == nil {
		return Folder{}, false
	}
	return f.Folder, true
}

// RenameFolder gives a folder another display name.
func (t *Tenant) RenameFolder(user, folderID, name string) error {
	return t.changeFolder(user, folderID, func(b *mailbox, f *folder) error {
		f.DisplayName = name
		return nil
	})
}

// MoveFolder puts a folder, and what is in it, under another one. Its id stays.
func (t *Tenant) MoveFolder(user, folderID, parentID string) error {
	return t.changeFolder(user, folderID, func(b *mailbox, f *folder) error {
		parent := b.at(parentID)
		if parent == nil {
			return unknownFolder(user, parentID)
		}
		for p := parent; p != nil; p = b.folders[p.ParentID] {
			if p == f {
				return fmt.Errorf("simulator: folder %q cannot be moved into itself", folderID)
			}
		}
		f.ParentID = parent.ID
		b.all = nil
		return nil
	})
}

// RemoveFolder takes a folder away for good, with the folders and messages under it.
func (t *Tenant) RemoveFolder(user, folderID string) error {
	return t.changeFolder(user, folderID, func(b *mailbox, f *folder) error {
		if f.WellKnown != "" {
			return fmt.Errorf("simulator: the well-known folder %q cannot be removed", f.WellKnown)
		}
		b.drop(f)
		return nil
	})
}

// drop removes a folder and all under it. The caller holds the lock.
func (b *mailbox) drop(f *folder) {
	for _, child := range b.children(f.ID, true) {
		b.drop(child)
	}
	for id := range f.members {
		delete(b.messages, id)
		b.departed[id] = true
	}
	b.version++
	delete(b.folders, f.ID)
	b.order = slices.DeleteFunc(slices.Clone(b.order), func(x *folder) bool { return x == f })
	b.lost = append(b.lost, lostFolder{id: f.ID, version: b.version, added: f.added})
	b.all = nil
}

func (t *Tenant) changeFolder(user, folderID string, change func(*mailbox, *folder) error) error {
	b, err := t.mailboxOf(user)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.at(folderID)
	if f == nil {
		return unknownFolder(user, folderID)
	}
	if err := change(b, f); err != nil {
		return err
	}
	b.version++
	f.changed = b.version
	return nil
}

// ExpireDeltaTokens makes every delta token that was given out for a mailbox unknown:
// its next use answers 410 SyncStateNotFound. An empty user means all mailboxes.
func (t *Tenant) ExpireDeltaTokens(user string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	only := t.byName[strings.ToLower(user)]
	for _, a := range t.accounts {
		for _, x := range []*account{a, a.archive} {
			if x == nil || x.box == nil || user != "" && x != only {
				continue
			}
			x.box.mu.Lock()
			x.box.generation++
			x.box.mu.Unlock()
		}
	}
}

func unknownFolder(user, id string) error {
	return fmt.Errorf("simulator: no folder %q in the mailbox of %s", id, user)
}
