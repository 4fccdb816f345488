package mailfile

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"mailsweep/decode"
)

// stat is what tells that a file has not changed.
type stat struct {
	size  int64
	mtime int64 // nanoseconds since 1970
	// ctime is when the file or what the system knows of it was changed: unlike mtime
	// nobody can set it back. 0 where the system does not tell, and in a Maildir, where
	// files are renamed, which changes it, and never rewritten.
	ctime int64
	inode uint64
}

func statOf(info fs.FileInfo) stat {
	st := stat{size: info.Size(), mtime: info.ModTime().UnixNano()}
	st.ctime, st.inode = identify(info)
	return st
}

// racy reports whether a file listed at start could change once more without
// its time telling: Linux stamps files with a clock of 1 to 10 ms, FAT and some
// network file systems with seconds.
func (s stat) racy(start time.Time) bool {
	fresh := func(at int64) bool {
		window := 50 * time.Millisecond
		if at%int64(time.Second) == 0 {
			window = 2 * time.Second
		}
		return at >= start.Add(-window).UnixNano()
	}
	return fresh(s.mtime) || fresh(s.ctime)
}

// entry is one file in a folder.
type entry struct {
	// slot names it in the folder's manifest: the digest of its path; in a Maildir's
	// tmp, new and cur of "cur/" and the part of the name that never changes.
	slot string
	name string // below the folder's directory: what the file is called now
	link string // digest of the path of the file that a link leads to
	stat
	skip *decode.Skip // why it is not to be opened
	err  error        // that may pass, met when the system was asked
}

// list gives the files of a folder, sorted by slot.
func (s *Source) list(p place) ([]entry, error) {
	if p.root.file {
		name := filepath.Base(p.path)
		e, ok := s.look(filepath.Dir(p.path), name, name)
		if !ok || e.err != nil {
			return nil, e.err
		}
		return digested(p.dir(), []entry{e}), nil
	}
	l, err := readDir(p.path)
	if err != nil {
		return nil, err
	}
	entries, err := s.lookAll(p.path, "", l.names)
	if err != nil {
		return nil, err
	}
	if p.maildir {
		// What is moved from tmp to new to cur meanwhile is seen in both, never in none.
		for _, dir := range []string{"tmp", "new", "cur"} {
			l, err := readDir(filepath.Join(p.path, dir))
			if dir == "tmp" && errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			more, err := s.lookAll(p.path, dir, l.names)
			if err != nil {
				return nil, err
			}
			entries = append(entries, more...)
		}
	}
	return digested(p.dir(), sorted(entries)), nil
}

// digested makes the slots of entries digests, and sorts by these.
func digested(dir string, entries []entry) []entry {
	dir = strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator)
	for i := range entries {
		entries[i].slot = digestOf(dir + entries[i].slot)
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.slot, b.slot) })
	return entries
}

// lookAll makes the entries of the files names in dir, in order; sub is tmp, new or cur in a Maildir.
// Most of the time of a sweep that finds nothing new goes into asking the system about
// each file, so it is asked from several goroutines.
func (s *Source) lookAll(dir, sub string, names []string) ([]entry, error) {
	slices.Sort(names)
	entries := make([]entry, len(names))
	there := make([]bool, len(names))
	at, err := os.Open(filepath.Join(dir, sub))
	if err != nil {
		return nil, err
	}
	defer at.Close()
	var wait sync.WaitGroup
	share := max(1024, (len(names)+3)/4)
	for from := 0; from < len(names); from += share {
		to := min(from+share, len(names))
		wait.Go(func() {
			for i := from; i < to; i++ {
				name, slot := names[i], names[i]
				if sub != "" {
					name, slot = filepath.Join(sub, name), "cur/"+uniqueName(name)
				}
				if st, ok := regularAt(at, names[i]); ok {
					entries[i], there[i] = entry{slot: slot, name: name, stat: st}, true
				} else {
					entries[i], there[i] = s.look(dir, name, slot)
				}
				if sub != "" {
					entries[i].ctime = 0
				}
			}
		})
	}
	wait.Wait()
	kept := entries[:0]
	for i := range entries {
		if entries[i].err != nil {
			return nil, entries[i].err
		}
		if there[i] {
			kept = append(kept, entries[i])
		}
	}
	return kept, nil
}

// sorted sorts entries by slot, before these are digests, without losing one: of two
// that share a slot and are not the same file the second goes by its own name.
func sorted(entries []entry) []entry {
	bySlot := func(a, b entry) int { return strings.Compare(a.slot, b.slot) }
	if !slices.IsSortedFunc(entries, bySlot) {
		slices.SortStableFunc(entries, bySlot)
	}
	clash := false
	for i := 1; i < len(entries); i++ {
		a, b := &entries[i-1], &entries[i]
		if a.slot != b.slot {
			continue
		}
		clash = true
		if a.inode != b.inode || a.size != b.size {
			a.slot = filepath.ToSlash(a.name) + "\x00"
		}
	}
	if !clash {
		return entries
	}
	slices.SortStableFunc(entries, bySlot)
	return slices.CompactFunc(entries, func(a, b entry) bool { return cmp.Compare(a.slot, b.slot) == 0 })
}

// look makes the entry of a file; false when it is not there any more, is a
// directory, or is a link to what this Source finds elsewhere.
func (s *Source) look(dir, name, slot string) (entry, bool) {
	e := entry{slot: slot, name: name}
	path := dir + string(filepath.Separator) + name
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		info, err = s.follow(path, &e)
		if info == nil && err == nil {
			return e, false
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, false
	case passing(err):
		e.err = err
		return e, true
	case err != nil:
		e.skip = &decode.Skip{Reason: decode.Unreadable, Detail: complaint(err)}
		return e, true
	}
	e.stat = statOf(info)
	switch mode := info.Mode(); {
	case e.skip != nil, mode.IsRegular():
	case mode.IsDir():
		return e, false
	default:
		e.skip = &decode.Skip{Reason: decode.Unsupported, Detail: typeName(mode)}
	}
	return e, true
}

// follow follows a link. It returns nothing when the target is found elsewhere.
func (s *Source) follow(path string, e *entry) (fs.FileInfo, error) {
	target, err := filepath.EvalSymlinks(path)
	if passing(err) {
		return nil, err
	}
	if err != nil {
		link, err2 := os.Lstat(path)
		if err2 != nil {
			return nil, err2
		}
		e.skip = &decode.Skip{Reason: decode.Unreadable, Detail: "link to nothing"}
		if errors.Is(err, fs.ErrPermission) {
			e.skip.Detail = "link to what may not be read"
		} else if !errors.Is(err, fs.ErrNotExist) {
			e.skip.Detail = "links that lead in a circle"
		}
		return link, nil
	}
	e.link = digestOf(target)
	for i := range s.roots {
		if within(filepath.ToSlash(target), s.roots[i].slashed) {
			return nil, nil
		}
	}
	info, err := os.Stat(target)
	if err == nil && info.IsDir() {
		e.skip = &decode.Skip{Reason: decode.Unsupported, Detail: "link to a directory; name its target to have it swept"}
	}
	return info, err
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "no regular file"
}

// uniqueName is the part of a Maildir file's name that stays the same when its
// flags change. The colon before them is ";" or "!" where colons are forbidden.
func uniqueName(name string) string {
	for _, info := range []string{"2,", "1,"} {
		if i := strings.LastIndex(name, info); i > 0 && strings.IndexByte(":;!", name[i-1]) >= 0 {
			return name[:i-1]
		}
	}
	return name
}

// openFile opens a file that was listed as a regular one. It never waits, should a pipe
// have taken its place.
func openFile(path string) (*os.File, stat, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, stat{}, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no longer a regular file")
	}
	if err != nil {
		_ = f.Close()
		return nil, stat{}, err
	}
	return f, statOf(info), nil
}
