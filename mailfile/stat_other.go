//go:build !unix

package mailfile

import (
	"io/fs"
	"os"
)

// inodeOf is the file's number in its file system, 0 when unknown.
func inodeOf(fs.FileInfo) uint64 { return 0 }

// regularAt asks about a file in an open directory, where the system can.
func regularAt(*os.File, string) (stat, bool) { return stat{}, false }
