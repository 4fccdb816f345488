//go:build unix

package mailfile

import "syscall"

// passingErrors say that the machine, not the file, is at its limits.
var passingErrors = []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EAGAIN, syscall.EINTR}
