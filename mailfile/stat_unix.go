//go:build unix

package mailfile

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// identify gives the time at which a file was changed in any way, in nanoseconds since
// 1970, and its number in its file system; 0 when unknown.
func identify(info fs.FileInfo) (ctime int64, inode uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return changed(st), uint64(st.Ino)
	}
	return 0, 0
}

// regularAt asks about a file in an open directory, which spares the system the way
// there. It returns false for everything but a regular file.
func regularAt(dir *os.File, name string) (stat, bool) {
	var st unix.Stat_t
	err := unix.Fstatat(int(dir.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW)
	if err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return stat{}, false
	}
	return stat{size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano(), inode: uint64(st.Ino)}, true
}
