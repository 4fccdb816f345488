//go:build !unix

package mailfile

import "io/fs"

// inodeOf is the file's number in its file system, 0 when unknown.
func inodeOf(fs.FileInfo) uint64 { return 0 }
