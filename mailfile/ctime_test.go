//go:build unix

package mailfile_test

import (
	"path/filepath"
	"testing"
	"time"
)

// A file rewritten to the same size whose time was set back has changed.
func TestRewrittenWithItsTimeSetBack(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "a.eml"), letter("one"), 1)
	put(t, filepath.Join(root, "b.mbox"), mboxOf("two", "three"), 1)
	put(t, filepath.Join(root, "c.txt"), "no mail", 1)
	time.Sleep(100 * time.Millisecond) // so that the files are not fresh to the sweep
	f := follow(t, root)
	f.wants(t, "the first sweep", "reset", "one", "two", "three", "text/plain")
	f.wants(t, "nothing new")
	put(t, filepath.Join(root, "a.eml"), letter("ONE"), 1)
	put(t, filepath.Join(root, "b.mbox"), mboxOf("two", "THREE"), 1)
	f.wants(t, "both were rewritten", "ONE", "two", "THREE")
	f.wants(t, "nothing new again")
}
