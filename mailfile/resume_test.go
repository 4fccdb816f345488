package mailfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// Going on from each page of a walk over an mbox gives the rest, also when the mbox has grown
// or was replaced meanwhile.
func TestResumeInsideMbox(t *testing.T) {
	var subjects []string
	for i := range 500 {
		subjects = append(subjects, fmt.Sprintf("message %03d", i))
	}
	for name, after := range map[string][]string{
		"unchanged": subjects,
		"grown":     append(slices.Clone(subjects), "one more", "another"),
		"cut":       subjects[:300],
		"replaced":  append([]string{"put before all"}, subjects...),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "inbox.mbox")
			put(t, path, mboxOf(subjects...), 1)
			f := follow(t, path)
			var pages []sweeper.Page
			for p, err := range f.source.Changes(t.Context(), f.folder, nil) {
				if err != nil {
					t.Fatal(err)
				}
				pages = append(pages, p)
			}
			if len(pages) < 5 {
				t.Fatalf("%d pages, want several", len(pages))
			}
			if name != "unchanged" {
				put(t, path, mboxOf(after...), 2)
			}
			for i := range pages {
				known := map[string]bool{}
				apply := func(p sweeper.Page) {
					for _, key := range p.Gone {
						delete(known, key)
					}
					for _, m := range p.Messages {
						known[m.Ref.Key] = true
					}
				}
				for _, p := range pages[:i+1] {
					apply(p)
				}
				f.next = pages[i].Next
				var last []sweeper.Message
				for p, err := range f.source.Changes(t.Context(), f.folder, f.next) {
					if err != nil {
						t.Fatal(err)
					}
					apply(p)
					last = append(last, p.Messages...)
				}
				if len(known) != len(after) {
					t.Errorf("behind page %d: %d messages are known, want %d", i, len(known), len(after))
				}
				if name == "unchanged" && len(last) != len(subjects)-64*(i+1) && i < len(pages)-1 {
					t.Errorf("behind page %d came %d messages", i, len(last))
				}
			}
		})
	}
}

func TestMboxFindsAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	put(t, path, mboxOf("one", "two"), 1)
	messages, _ := everything(t, mailfile.Options{}, path)
	s := source(t, mailfile.Options{}, filepath.Dir(path))
	put(t, path, mboxOf("one", "two", "three"), 2)
	for i, want := range []string{"one", "two"} {
		ref := messages[i].Ref
		again, err := s.Message(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "subject", want, subject(t, *again))
	}
	put(t, path, mboxOf("this is another one", "two"), 3)
	if _, err := s.Message(t.Context(), messages[1].Ref); err == nil || err.Error() != "gone" {
		t.Errorf("finding a message of a replaced mbox gives %v, want gone", err)
	}
}

// Hundreds of messages that are gone come on pages, and a sweep may be killed after each.
func TestManyGoneFromMbox(t *testing.T) {
	var subjects []string
	for i := range 500 {
		subjects = append(subjects, fmt.Sprintf("message %03d", i))
	}
	for name, after := range map[string]string{
		"cut": mboxOf(subjects[:10]...), "deleted": "", "a message": letter("single"),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "inbox")
			put(t, path, mboxOf(subjects...), 1)
			f := follow(t, filepath.Dir(path))
			known := map[string]bool{}
			step := func() (done bool) {
				for p, err := range f.source.Changes(t.Context(), f.folder, f.next) {
					if err != nil {
						t.Fatal(err)
					}
					for _, key := range p.Gone {
						delete(known, key)
					}
					for _, m := range p.Messages {
						known[m.Ref.Key] = true
					}
					f.next = p.Next
					return p.Done
				}
				return false
			}
			for !step() {
			}
			if len(known) != len(subjects) {
				t.Fatalf("%d messages are known, want %d", len(known), len(subjects))
			}
			if put(t, path, after, 2); after == "" {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			for !step() {
			}
			if want := strings.Count(after, "Subject:"); len(known) != want {
				t.Errorf("%d messages are known, want %d", len(known), want)
			}
		})
	}
}
