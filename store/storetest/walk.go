package storetest

import (
	"errors"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func againOnPurpose(t *testing.T, h *house) {
	h.commit(reset(h.page("in", "", "c1", Mail("a", Token("one")))))
	h.commit(done(h.page("in", "c1", "c2", Mail("b", Token("two")))))

	h.run = h.begin()
	c := h.commit(reset(h.page("in", "", "c1", Mail("a", Token("one")))))
	equal(t, "again", c, sweeper.Committed{New: [][]bool{{false}}})
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c1")
	equal(t, "the same page twice", h.commit(reset(h.page("in", "", "c1", Mail("a", Token("one"))))).Repeated, true)
	h.commit(done(h.page("in", "c1", "c2")))
	equal(t, "b was not seen again", h.keys(store.FindingFilter{}), []string{"a"})

	// A folder that did not change ends where it ended before.
	h.run = h.begin()
	h.commit(done(reset(h.page("in", "", "c2", Mail("a", Token("one")), Mail("b", Token("two"))))))
	equal(t, "b is there again", h.keys(store.FindingFilter{Run: h.run}), []string{"a", "b"})
}

// A source that was narrowed to some of a folder's mail begins without a reset: what
// it leaves out is not gone, even when a walk of all of it was cut short before.
func someAgainOnPurpose(t *testing.T, h *house) {
	h.commit(done(reset(h.page("in", "", "c1", Mail("a", Token("one")), Mail("b", Token("two"))))))
	h.commit(reset(h.page("in", "c1", "c2"))) // cut short
	h.run = h.begin()
	c := h.commit(done(h.page("in", "", "c2", Mail("a", Token("one"), Token("missed before")))))
	equal(t, "again", c, sweeper.Committed{New: [][]bool{{false, true}}})
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"a", "b", "a"})

	// A folder that could not be listed comes to nothing: its cursor stays.
	h.run = h.begin()
	if _, err := h.Commit(h.Context(), done(h.page("in", "", ""))); !errors.Is(err, sweeper.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c2")
}

// Two processes meet a new folder at once; both have been told that it has no cursor.
func slowFirstPage(t *testing.T, h *house) {
	slow := h.begin()
	h.commit(reset(h.page("in", "", "c1")))
	h.commit(done(h.page("in", "c1", "c2")))
	p := reset(h.page("in", "", "c1", Mail("a", Token("one"))))
	p.Run = slow
	if _, err := h.Commit(h.Context(), p); !errors.Is(err, sweeper.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c2")
}

func goneMessages(t *testing.T, h *house) {
	locked := Mail("locked")
	locked.Skips = []sweeper.Skip{skip("", decode.Encrypted, "")}
	h.commit(h.page("in", "", "c1", Mail("a", Token("one")), Mail("b", Token("two")), locked))
	p := h.page("in", "c1", "c2")
	p.Gone = []string{"a", "locked", "never known"}
	h.commit(p)
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"b"})
	equal(t, "all", h.keys(store.FindingFilter{Gone: true}), []string{"a", "b"})
	equal(t, "skips", len(h.skips(store.SkipFilter{})), 0)
	equal(t, "all skips", len(h.skips(store.SkipFilter{Gone: true})), 1)
	equal(t, "exposures: a deleted mail rotates nothing", len(h.exposures(store.ExposureFilter{})), 2)

	h.commit(h.page("in", "c2", "c3", Mail("a", Token("one"))))
	equal(t, "restored", h.keys(store.FindingFilter{}), []string{"a", "b"})
	p = h.page("in", "c3", "c4", Mail("a", Token("one")))
	p.Gone = []string{"a"}
	h.commit(p)
	equal(t, "gone and come in one page", h.keys(store.FindingFilter{}), []string{"a", "b"})
}

// A folder is listed as long as there is anything in it that is not gone.
func folders(t *testing.T, h *house) {
	p := h.page("in", "", "c1", Mail("a", Token("one")))
	h.commit(p)
	sent := h.page("Sent", "", "s1")
	sent.Skips = []sweeper.Skip{skip("", decode.Unreadable, "")}
	h.commit(sent)
	h.commit(h.page("empty", "", "e1", Mail("b")))
	equal(t, "folders", all(t, h.Folders(h.Context())), []sweeper.Folder{sent.Folder, p.Folder})

	h.run = h.begin()
	h.commit(done(reset(h.page("in", "c1", ""))))
	h.commit(done(reset(h.page("Sent", "s1", ""))))
	equal(t, "after walks that saw nothing", len(all(t, h.Folders(h.Context()))), 0)
	equal(t, "what is gone", h.keys(store.FindingFilter{Gone: true}), []string{"a"})
	if c, _ := h.cursor(scope("in")); c != "" {
		t.Errorf("the cursor is %q", c)
	}
}

func movedMessage(t *testing.T, h *house) {
	for _, first := range []string{"the new folder", "the old folder"} {
		a, b := "in after "+first, "archive after "+first
		key := "moved after " + first
		h.commit(h.page(a, "", "c1", Mail(key, Token(key))))
		gone := h.page(a, "c1", "c2")
		gone.Gone = []string{key}
		come := h.page(b, "", "d1", Mail(key, Token(key)))
		if first == "the new folder" {
			h.commit(come)
			h.commit(gone)
		} else {
			h.commit(gone)
			h.commit(come)
		}
		got := h.findings(store.FindingFilter{Folders: []string{b}})
		if len(got) != 1 || got[0].Ref.Key != key {
			t.Errorf("%s told first: got %v in %s, want %s", first, got, b, key)
		}
		// A walk of the whole old folder does not miss it either.
		h.commit(done(reset(h.page(a, "c2", "c3"))))
		equal(t, "after a reset", len(h.findings(store.FindingFilter{Folders: []string{b}})), 1)
	}
	equal(t, "findings", len(h.findings(store.FindingFilter{Gone: true})), 2)
}

// metOutside meets messages of a folder by themselves, before and after its first walk and
// in the middle of one: only what the folder's own walks say is gone.
func metOutside(t *testing.T, h *house) {
	meet := func(since, next string, keys ...string) {
		t.Helper()
		p := h.page("by itself", since, next)
		for _, key := range keys {
			m := Mail(key, Token(key))
			m.Ref.Folder, m.Ref.FolderKey = "in", scope("in").FolderKey
			p.Messages = append(p.Messages, m)
		}
		h.commit(done(p))
	}
	there := func(when string, want ...string) {
		t.Helper()
		equal(t, when, h.keys(store.FindingFilter{Folders: []string{"in"}}), want)
	}
	meet("", "m1", "a", "b", "c")
	there("before the first walk", "a", "b", "c")
	h.commit(done(reset(h.page("in", "", "c1", Mail("a", Token("a")), Mail("b", Token("b")), Mail("d", Token("d"))))))
	there("after the first walk", "a", "b", "d")

	meet("m1", "m2", "a", "d")
	gone := h.page("in", "c1", "c2")
	gone.Gone = []string{"a"}
	h.commit(gone)
	there("when one went", "b", "d")

	h.commit(reset(h.page("in", "c2", "c3")))
	meet("m2", "m3", "b")
	h.commit(done(h.page("in", "c3", "c4")))
	there("met in the middle of a walk", "b")
	h.commit(done(reset(h.page("in", "c4", "c5"))))
	there("and not by the next one")
	equal(t, "findings", len(h.findings(store.FindingFilter{Gone: true})), 4)
	h.commit(done(reset(h.page("by itself", "m3", ""))))
}

func resetWalk(t *testing.T, h *house) {
	h.commit(done(h.page("in", "", "c1", Mail("a", Token("one")), Mail("b", Token("two")), Mail("c", Token("three")))))
	h.commit(done(h.page("other", "", "o1", Mail("d", Token("four")))))

	h.commit(reset(h.page("in", "c1", "c2", Mail("a", Token("one")))))
	equal(t, "half way nothing is gone", len(h.findings(store.FindingFilter{})), 4)
	h.commit(done(h.page("in", "c2", "c3", Mail("c")))) // seen, with nothing found in it any more
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"a", "c", "d"})
	equal(t, "history", h.keys(store.FindingFilter{Gone: true}), []string{"a", "b", "c", "d"})

	// The walk is over: the next page is a step, not the whole folder.
	h.commit(done(h.page("in", "c3", "c4", Mail("a", Token("one")))))
	equal(t, "after", h.keys(store.FindingFilter{}), []string{"a", "c", "d"})

	// Every walk counts on its own.
	h.commit(done(reset(h.page("in", "c4", "c5", Mail("b", Token("two"))))))
	equal(t, "another walk", h.keys(store.FindingFilter{}), []string{"b", "d"})
}

func resetWalkStopped(t *testing.T, h *house) {
	h.commit(done(h.page("in", "", "c1", Mail("a", Token("one")), Mail("b", Token("two")), Mail("c", Token("three")))))
	h.commit(reset(h.page("in", "c1", "c2", Mail("a", Token("one")))))
	h.Store = h.reopen() // as after a crash
	h.run = h.begin()
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c2")
	h.commit(done(h.page("in", "c2", "c3", Mail("c", Token("three")))))
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"a", "c"})

	// Begun over in the middle: what only the first attempt saw is gone.
	h.commit(reset(h.page("in", "c3", "c4", Mail("a", Token("one")))))
	h.commit(reset(h.page("in", "c4", "c5", Mail("c", Token("three")))))
	h.commit(done(h.page("in", "c5", "c6")))
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"c"})
}

func resetWalkInWindow(t *testing.T, h *house) {
	h.commit(done(h.page("in", "", "c1", at(day(1), Mail("early", Token("1"))), at(day(5), Mail("inside", Token("2"))),
		at(day(6), Mail("deleted", Token("3"))), at(day(9), Mail("late", Token("4"))), at(time.Time{}, Mail("dateless", Token("5"))))))
	p := done(reset(h.page("in", "", "w1", at(day(5), Mail("inside", Token("2"))))))
	p.Scope.Window = sweeper.Window{Since: day(2), Until: day(9)}
	h.commit(p)
	equal(t, "there", h.keys(store.FindingFilter{}), []string{"early", "inside", "late"})
}

func folderSkip(t *testing.T, h *house) {
	// A folder that could not be opened: nothing moves.
	h.commit(done(h.page("in", "", "c1")))
	p := h.page("in", "c1", "c1")
	p.Skips = []sweeper.Skip{skip("", decode.Unreadable, "permission")}
	h.commit(p)
	h.commit(p)
	p = h.page("in", "", "")
	p.Skips = []sweeper.Skip{skip("", decode.Unreadable, "permission")}
	h.commit(p)
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c1")

	// A mailbox that could not be opened has no folder.
	box := sweeper.PageResult{Run: h.run, Folder: sweeper.Folder{Source: "files", Mailbox: "ada@example.com"}, Scope: sweeper.Scope{Source: "files"}}
	box.Skips = []sweeper.Skip{skip("", decode.Unreadable, "mailbox")}
	h.commit(box)

	// A file that is no mail has a key, as a message has.
	file := skip("", decode.NotMail, "ELF")
	file.Ref = sweeper.Ref{Source: "files", Mailbox: "ada@example.com", Folder: "in", Key: "/in/a.out", ID: "a.out"}
	p = h.page("in", "c1", "c2")
	p.Skips = []sweeper.Skip{file}
	h.commit(p)

	var got []string
	for _, s := range h.skips(store.SkipFilter{}) {
		got = append(got, s.Ref.Mailbox+" "+s.Ref.Folder+" "+s.Ref.ID+" "+s.Detail)
	}
	equal(t, "skips", got, []string{"ada@example.com in  permission", "ada@example.com   mailbox", "ada@example.com in a.out ELF"})

	// A later run gets through: what stood in the way is no longer in the way.
	h.run = h.begin()
	h.commit(done(reset(h.page("in", "c2", "c3"))))
	equal(t, "after a walk", len(h.skips(store.SkipFilter{})), 0)
	equal(t, "with files that are gone", len(h.skips(store.SkipFilter{Gone: true})), 1)
}
