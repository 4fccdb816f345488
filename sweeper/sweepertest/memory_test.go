package sweepertest_test

import (
	"errors"
	"fmt"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
	"mailsweep/sweeper/sweepertest"
)

// memoryWorld names messages by the subject that they had first.
type memoryWorld struct {
	m   *sweepertest.Memory
	ids map[string]string // by present subject
}

const mailbox = "a@example.com"

func (w memoryWorld) Source(*testing.T) sweeper.Source       { return w.m }
func (w memoryWorld) MakeFolder(_ *testing.T, folder string) { w.m.MakeFolder(mailbox, folder) }

func (w memoryWorld) Add(_ *testing.T, folder string, subjects ...string) {
	for _, s := range subjects {
		w.ids[s] = s
		w.m.Put(mailbox, folder, s, raw(s))
	}
}

func (w memoryWorld) Replace(_ *testing.T, folder, subject, by string) {
	w.ids[by] = w.ids[subject]
	w.m.Put(mailbox, folder, w.ids[by], raw(by))
}

func (w memoryWorld) Remove(_ *testing.T, folder, subject string) {
	w.m.Remove(mailbox, folder, w.ids[subject])
}

func raw(subject string) string { return fmt.Sprintf("Subject: %s\r\n\r\nHello.\r\n", subject) }

func TestMemory(t *testing.T) {
	sweepertest.Source(t, func(*testing.T) sweepertest.World {
		return memoryWorld{&sweepertest.Memory{}, map[string]string{}}
	})
}

func TestMemoryExpire(t *testing.T) {
	m := &sweepertest.Memory{}
	m.Put(mailbox, "inbox", "1", raw("one"))
	f := sweeper.Folder{Source: "memory", Mailbox: mailbox, Name: "inbox", Key: mailbox + "/inbox"}
	var next sweeper.Cursor
	for p := range m.Changes(t.Context(), f, nil) {
		next = p.Next
	}
	m.Expire(mailbox, "inbox")
	for p, err := range m.Changes(t.Context(), f, next) {
		if err != nil || !p.Reset || len(p.Messages) != 1 {
			t.Errorf("after Expire came %+v, %v; want a Reset with all messages", p, err)
		}
	}
}

func TestMemoryInjectsErrors(t *testing.T) {
	broken := errors.New("broken")
	skip := &sweeper.Skip{Skip: decode.Skip{Reason: decode.Unreadable}}
	m := &sweepertest.Memory{PageSize: 1}
	for i := range 3 {
		m.Put(mailbox, "inbox", fmt.Sprint(i), raw("a subject"))
	}
	m.BeforePage = func(_ sweeper.Folder, pages int) error {
		switch pages {
		case 1:
			return skip
		case 2:
			return broken
		}
		return nil
	}
	m.BeforeOpen = func(sweeper.Ref) error { return broken }
	f := sweeper.Folder{Source: "memory", Mailbox: mailbox, Name: "inbox", Key: mailbox + "/inbox"}
	var got []string
	for p, err := range m.Changes(t.Context(), f, nil) {
		switch {
		case errors.Is(err, skip):
			got = append(got, "skip")
		case err != nil:
			got = append(got, err.Error())
		default:
			got = append(got, "page")
			if _, err := p.Messages[0].Open(t.Context(), nil); !errors.Is(err, broken) {
				t.Errorf("Open gives %v, want the injected error", err)
			}
		}
	}
	if want := "[page skip page broken]"; fmt.Sprint(got) != want {
		t.Errorf("the walk gave %v, want %s", got, want)
	}
}
