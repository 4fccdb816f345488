package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// mailbox is the mail of one account. Every change raises version, and what changed is
// stamped with it: delta tokens are such versions.
type mailbox struct {
	tenant, owner string

	mu         sync.RWMutex
	serial     uint64
	version    uint64
	generation uint64 // of delta tokens: older ones are refused
	folders    map[string]*folder
	order      []*folder
	wellKnown  map[string]*folder
	lost       []lostFolder
	messages   map[string]*stored
	departed   map[string]bool // ids of messages that are no more
	scanned    map[string]int  // how often the placeholder of an attachment was shown
	all        []*stored       // under the root, newest first; nil when stale
	rules      []MessageRule
}

// folder is a mail folder and what happened in it.
type folder struct {
	Folder
	tag            string
	added, changed uint64
	members        map[string]*stored
	unread         int
	log            []event
	gone           map[string]departure
	returned       map[string]uint64 // when messages that left and came again had first come
	sorted         []*stored         // newest first; nil when stale
}

// event says that a message of the folder changed at a version. Only its newest counts.
type event struct {
	version uint64
	id      string
}

// departure is a message that left a folder: added is when it had first come, so that
// whoever never saw it need not hear of it.
type departure struct {
	version, added uint64
	reason         string // of @removed
}

type lostFolder struct {
	id             string
	version, added uint64
}

// stored is one state of a message. It is never changed, only replaced: a reader may
// keep it without the lock.
type stored struct {
	msg                  *Message
	added, changed, read uint64 // versions: came to its folder, changed in substance, changed its read flag
	tag                  string // of its folder, in ids that change with it
	preview              string
	size                 int64
}

// tagLength is how much of a folder is in an id that changes with it.
const tagLength = 12

func (s *stored) version() uint64 { return max(s.added, s.changed, s.read) }

// wellKnownFolders are the folders of every mailbox: name, parent's name, display name,
// hidden. Sources: resources/mailfolder of the Graph documentation and, for the
// recoverable items, measurements of others.
var wellKnownFolders = [...]struct {
	name, parent, display string
	hidden                bool
}{
	{"msgfolderroot", "", "Top of Information Store", false},
	{"archive", "msgfolderroot", "Archive", false},
	{"clutter", "msgfolderroot", "Clutter", true},
	{"conversationhistory", "msgfolderroot", "Conversation History", false},
	{"", "conversationhistory", "Team Chat", true},
	{"deleteditems", "msgfolderroot", "Deleted Items", false},
	{"drafts", "msgfolderroot", "Drafts", false},
	{"inbox", "msgfolderroot", "Inbox", false},
	{"junkemail", "msgfolderroot", "Junk Email", false},
	{"outbox", "msgfolderroot", "Outbox", false},
	{"sentitems", "msgfolderroot", "Sent Items", false},
	{"syncissues", "msgfolderroot", "Sync Issues", true},
	{"conflicts", "syncissues", "Conflicts", true},
	{"localfailures", "syncissues", "Local Failures", true},
	{"serverfailures", "syncissues", "Server Failures", true},
	{"recoverableitemsroot", "", "Recoverable Items", false},
	{"recoverableitemsdeletions", "recoverableitemsroot", "Deletions", false},
	{"purges", "recoverableitemsroot", "Purges", false},
	{"versions", "recoverableitemsroot", "Versions", false},
	{"discoveryholds", "recoverableitemsroot", "DiscoveryHolds", false},
}

func newMailbox(tenant, owner string) *mailbox {
	b := &mailbox{tenant: tenant, owner: owner, generation: 1,
		folders: map[string]*folder{}, wellKnown: map[string]*folder{},
		messages: map[string]*stored{}, departed: map[string]bool{}, scanned: map[string]int{}}
	for _, w := range wellKnownFolders {
		f := Folder{DisplayName: w.display, WellKnown: w.name, Hidden: w.hidden}
		if w.parent != "" {
			f.ParentID = b.wellKnown[w.parent].ID
		}
		b.insertFolder(f)
	}
	return b
}

// insertFolder adds a folder whose parent is known to exist. The caller holds the lock.
func (b *mailbox) insertFolder(f Folder) *folder {
	if f.ID == "" {
		f.ID = b.newID("AQMkAG", 78)
	}
	b.version++
	made := &folder{Folder: f, tag: opaqueID("", tagLength+1, f.ID)[:tagLength], added: b.version, changed: b.version,
		members: map[string]*stored{}, gone: map[string]departure{}, returned: map[string]uint64{}}
	b.folders[f.ID] = made
	b.order = append(b.order, made)
	if f.WellKnown != "" {
		b.wellKnown[f.WellKnown] = made
	}
	return made
}

// newID makes an id of the mailbox. The caller holds the lock.
func (b *mailbox) newID(prefix string, length int) string {
	b.serial++
	return opaqueID(prefix, length, b.tenant, b.owner, fmt.Sprint(b.serial))
}

// opaqueID makes an id of a length in the letters that Graph's ids have: those of
// base64url and a "=" at the end, which must be escaped in a path.
func opaqueID(prefix string, length int, parts ...string) string {
	var sb strings.Builder
	sb.Grow(length + 48)
	sb.WriteString(prefix)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	for sb.Len() < length-1 {
		sb.WriteString(base64.RawURLEncoding.EncodeToString(sum[:]))
		sum = sha256.Sum256(sum[:])
	}
	return sb.String()[:length-1] + "="
}

// at finds a folder by id or by well-known name. The caller holds the lock.
func (b *mailbox) at(id string) *folder {
	if f := b.folders[id]; f != nil {
		return f
	}
	return b.wellKnown[strings.ToLower(id)]
}

// within says whether a folder lies under the one of that well-known name. The caller holds the lock.
func (b *mailbox) within(f *folder, name string) bool {
	root := b.wellKnown[name]
	for range len(b.order) {
		if f == nil || root == nil || f == root {
			return f != nil && f == root
		}
		f = b.folders[f.ParentID]
	}
	return false
}

// children of a folder, by display name as Graph lists them. The caller holds the lock.
func (b *mailbox) children(parent string, hidden bool) []*folder {
	var out []*folder
	for _, f := range b.order {
		if f.ParentID == parent && (hidden || !f.Hidden) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(x, y *folder) int { return strings.Compare(x.DisplayName, y.DisplayName) })
	return out
}

// newest returns the messages of a folder, or of the whole tree under the root for nil
// and for a search folder, newest first. The slice is shared: read only.
func (b *mailbox) newest(f *folder) []*stored {
	everything := f == nil || f.Search
	b.mu.RLock()
	list := b.all
	if !everything {
		list = f.sorted
	}
	b.mu.RUnlock()
	if list != nil {
		return list
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if everything {
		if b.all == nil {
			b.all = b.sortAll()
		}
		return b.all
	}
	if f.sorted == nil {
		f.sorted = make([]*stored, 0, len(f.members))
		for _, s := range f.members {
			f.sorted = append(f.sorted, s)
		}
		sortNewest(f.sorted)
	}
	return f.sorted
}

func (b *mailbox) sortAll() []*stored {
	list := make([]*stored, 0, len(b.messages))
	for _, f := range b.order {
		if !b.within(f, "msgfolderroot") {
			continue
		}
		for _, s := range f.members {
			list = append(list, s)
		}
	}
	sortNewest(list)
	return list
}

func sortNewest(list []*stored) {
	slices.SortFunc(list, func(x, y *stored) int {
		if c := y.msg.Received.Compare(x.msg.Received); c != 0 {
			return c
		}
		return strings.Compare(x.msg.ID, y.msg.ID)
	})
}
