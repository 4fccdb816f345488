package simulator

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// moves are all ways to do a few things to a message while somebody follows the folder
// that it was in: o moves it out, i back in, u changes it, d deletes it and i restores
// it, p asks for a page.
func moves(length int) []string {
	if length == 0 {
		return []string{""}
	}
	var all []string
	for _, s := range moves(length - 1) {
		for _, what := range "oiudp" {
			if !strings.HasSuffix(s, string(what)) {
				all = append(all, s+string(what))
			}
		}
	}
	return all
}

// Whatever happens to a message between two pages, who follows the delta of a folder
// knows in the end whether it is there.
func TestDeltaFollowsAMessageOnTheMove(t *testing.T) {
	w := newWorld(t, Options{})
	for _, first := range []int{2, 4} { // pages before, of a round that has three
		for _, script := range moves(4) {
			f := newFollower(w, fmt.Sprint(script, first))
			for range first {
				f.page()
			}
			for _, what := range script {
				f.do(what)
			}
			f.finish()
			f.finish() // what happened in the middle of a round, the next one tells
			if want := f.there(); !maps.Equal(f.known, want) {
				t.Errorf("%s after %d pages: known %v, there %v", script, first, f.known, want)
			}
		}
	}
}

// follower has a mailbox of its own, and knows of its inbox what delta has told.
type follower struct {
	w       *world
	user    User
	message Message
	link    string
	known   map[string]string // id to subject
}

func newFollower(w *world, name string) *follower {
	w.Helper()
	f := &follower{w: w, known: map[string]string{}}
	f.user = w.tenant.AddUser(User{UserPrincipalName: name + "@contoso.example", AccountEnabled: true})
	for i := range 3 {
		m, err := w.tenant.Deliver(f.user.ID, Message{Subject: fmt.Sprint(i)})
		do(w.T, err)
		if i == 1 {
			f.message = m
		}
	}
	f.link = "/users/" + f.user.ID + "/mailFolders/inbox/messages/delta?$select=subject"
	return f
}

func (f *follower) do(what rune) {
	f.w.Helper()
	user, id := f.user.ID, f.message.ID
	_, there := f.there()[id]
	lies := false
	for m := range f.w.tenant.Messages(user) {
		lies = lies || m.ID == id
	}
	switch {
	case what == 'p':
		f.page()
	case what == 'i' && !lies:
		_, err := f.w.tenant.Deliver(user, f.message)
		do(f.w.T, err)
	case what == 'i':
		do(f.w.T, f.w.tenant.Move(user, id, "inbox"))
	case what == 'o' && there:
		do(f.w.T, f.w.tenant.Move(user, id, "archive"))
	case what == 'u' && lies:
		do(f.w.T, f.w.tenant.Update(user, id, func(m *Message) { m.Subject += "!" }))
	case what == 'd' && lies:
		do(f.w.T, f.w.tenant.Delete(user, id))
	}
}

// page follows one page; done says that the round is over.
func (f *follower) page() (done bool) {
	f.w.Helper()
	a := f.w.ok(f.link, immutable, "Prefer: odata.maxpagesize=1")
	for _, e := range a.value() {
		id := e["id"].(string)
		switch {
		case e["@removed"] != nil:
			delete(f.known, id)
		case e["subject"] != nil:
			f.known[id] = e["subject"].(string)
		}
	}
	if f.link = a.next(); f.link == "" {
		f.link, done = a.delta(), true
	}
	return done
}

func (f *follower) finish() {
	f.w.Helper()
	for !f.page() {
	}
}

func (f *follower) there() map[string]string {
	all := map[string]string{}
	inbox, _ := f.w.tenant.WellKnown(f.user.ID, "inbox")
	for m := range f.w.tenant.Messages(f.user.ID) {
		if m.FolderID == inbox.ID {
			all[m.ID] = m.Subject
		}
	}
	return all
}
