package mailfile

import (
	"os"
	"path/filepath"
	"testing"

	"mailsweep/sweeper"
)

func TestLost(t *testing.T) {
	root := filepath.Join(t.TempDir(), "mail")
	for _, dir := range []string{"there", "orders/others", "left", "a\xffb"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	key := func(names ...string) string {
		top, err := filepath.EvalSymlinks(root)
		if err != nil {
			t.Fatal(err)
		}
		return keyOf(filepath.Join(append([]string{top}, names...)...))
	}
	s, err := New([]string{root}, Options{Match: func(mailbox, _ string) bool { return mailbox != "left out" }})
	if err != nil {
		t.Fatal(err)
	}
	lost := func(f sweeper.Folder) bool {
		got, err := s.Lost(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for name, c := range map[string]struct {
		folder sweeper.Folder
		want   bool
	}{
		"there":                  {sweeper.Folder{Source: SourceName, Mailbox: "there", Key: key("there")}, false},
		"deleted":                {sweeper.Folder{Source: SourceName, Mailbox: "deleted", Key: key("deleted")}, true},
		"deleted with what held": {sweeper.Folder{Source: SourceName, Mailbox: "deleted", Name: "in", Key: key("deleted", "in")}, true},
		"only orders others":     {sweeper.Folder{Source: SourceName, Mailbox: "orders", Key: key("orders")}, true},
		"of an odd name":         {sweeper.Folder{Source: SourceName, Mailbox: `a\xffb`, Key: key("a\xffb")}, false},
		"of a masked name":       {sweeper.Folder{Source: SourceName, Mailbox: "[redacted]", Key: key("deleted")}, false},
		"not asked for":          {sweeper.Folder{Source: SourceName, Mailbox: "left out", Key: key("deleted")}, false},
		"of other roots":         {sweeper.Folder{Source: SourceName, Mailbox: "deleted", Key: keyOf(root + "-other/deleted")}, false},
		"of another source":      {sweeper.Folder{Source: "m365:x", Key: key("deleted")}, false},
	} {
		if got := lost(c.folder); got != c.want {
			t.Errorf("%s: lost %v, want %v", name, got, c.want)
		}
	}
	deleted := key("deleted")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	if lost(sweeper.Folder{Source: SourceName, Mailbox: "deleted", Key: deleted}) {
		t.Error("without the root nothing is known")
	}
}
