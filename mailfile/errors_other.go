//go:build !unix

package mailfile

// passingErrors say that the machine, not the file, is at its limits.
var passingErrors []error
