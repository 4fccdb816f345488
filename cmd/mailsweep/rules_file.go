package main

import (
	"context"
	"io"
	"os"

	"mailsweep/config"
	"mailsweep/decode"
)

// trial is one file, or standard input, that rules are tried on. It is searched as if it
// were the only attachment of a mail; a mail is taken apart.
type trial struct {
	name  string // for people
	mail  decode.Mail
	close func() error
}

func (a *app) trial(c config.Config, args []string) (trial, error) {
	if len(args) == 0 || args[0] == "-" {
		t := trial{name: "standard input", close: func() error { return nil }}
		t.mail.Parts = []decode.Part{partOf("", "text/plain", a.stdin)}
		return t, nil
	}
	if c.Output != "" && resolved(c.Output) == resolved(args[0]) {
		return trial{}, usage("--output names the FILE: %s would be overwritten", c.Output)
	}
	f, err := os.Open(args[0])
	if err != nil {
		return trial{}, &usageError{err}
	}
	t := trial{name: args[0], close: f.Close}
	t.mail.Parts = []decode.Part{partOf(args[0], "application/octet-stream", f)}
	return t, nil
}

func partOf(name, typ string, in io.Reader) decode.Part {
	return decode.Part{Path: "1", Name: name, Type: typ, Size: -1,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(in), nil }}
}
