package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"mailsweep/m365"
	"mailsweep/store"
	"mailsweep/visible"
)

// Exit codes, the same in every format.
const (
	exitClean       = 0   // nothing at or above --fail-on
	exitFailed      = 1   // something went wrong; the message says what
	exitUsage       = 2   // wrong usage or configuration
	exitFound       = 3   // this run saw open exposures at or above --fail-on
	exitNotSearched = 4   // none seen, but something could not be searched
	exitInterrupted = 130 // Ctrl-C
)

const exitHelp = `Exit status:
  0    nothing at or above --fail-on
  1    something failed; standard error says what
  2    wrong usage or configuration
  3    open exposures at or above --fail-on were seen
  4    none seen, but something could not be searched
  130  interrupted`

// exitCode is an outcome that is no error: there is nothing to print.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit status %d", int(c)) }

// usageError is a mistake of the person who typed the command or its settings.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hinted is an error together with what to do next.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

func hint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// conclude prints err for a person and turns it into an exit code.
func conclude(w io.Writer, err error) int {
	var code exitCode
	var use *usageError
	if err == nil {
		return exitClean
	}
	if errors.As(err, &code) {
		return int(code)
	}
	interrupted := errors.Is(err, context.Canceled)
	for _, e := range apart(err) {
		if !errors.Is(e, context.Canceled) {
			complain(w, e)
		}
	}
	switch {
	case interrupted:
		fmt.Fprintln(w, "mailsweep: interrupted")
		fmt.Fprintln(w, "hint: run the same command again: it goes on where it stopped")
		return exitInterrupted
	case errors.As(err, &use):
		return exitUsage
	}
	return exitFailed
}

// apart gives the errors that were joined into one.
func apart(err error) (list []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, e := range joined.Unwrap() {
		list = append(list, apart(e)...)
	}
	return list
}

// complain prints one error; it may name folders and files as strangers named them.
func complain(w io.Writer, err error) {
	for i, line := range strings.Split(err.Error(), "\n") {
		prefix := "mailsweep: "
		if i > 0 {
			prefix = "  "
		}
		fmt.Fprintln(w, prefix+visible.Text(line))
	}
	if advice := advice(err); advice != "" {
		fmt.Fprintln(w, "hint: "+visible.Text(advice))
	}
}

// advice is what the error says to do next, the nearest to the user first.
func advice(err error) string {
	var h *hinted
	var s *store.Advised
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &s):
		return s.Advice
	}
	return m365.Advice(err)
}
