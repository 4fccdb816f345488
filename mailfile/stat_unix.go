//go:build unix

package mailfile

import (
	"io/fs"
	"syscall"
)

// inodeOf is the file's number in its file system, 0 when unknown.
func inodeOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}
