//go:build !unix

package mailfile

import (
	"io/fs"
	"os"
)

// identify tells nothing: the system does not say it in a way that is known here.
func identify(fs.FileInfo) (ctime int64, inode uint64) { return 0, 0 }

// regularAt asks about a file in an open directory, where the system can.
func regularAt(*os.File, string) (stat, bool) { return stat{}, false }
