package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"mailsweep/config"
)

// output is where the result goes: standard output, a file that is put in its
// place when it is whole, or, where the name is that of a device or a pipe, that.
type output struct {
	io.Writer
	file  *os.File // nil for standard output
	place string   // where the file goes; "" when it is there
}

func (a *app) output(c config.Config) (*output, error) {
	if c.Output == "" || c.Output == "-" {
		return &output{Writer: a.stdout}, nil
	}
	const advice = "--output must name a file in a directory that you can write to"
	// A link is followed: its target is replaced, not the link.
	place := c.Output
	if target, err := filepath.EvalSymlinks(place); err == nil {
		place = target
	}
	if info, err := os.Stat(place); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(place, os.O_WRONLY, 0)
		return &output{Writer: f, file: f}, hint(err, advice)
	}
	f, err := os.CreateTemp(filepath.Dir(place), ".mailsweep-*")
	if err != nil {
		return nil, hint(err, advice)
	}
	return &output{Writer: f, file: f, place: place}, nil
}

// close puts the file in its place, with mode 0600, because findings are
// confidential; or, when it is not to be kept, leaves what was there before.
func (o *output) close(keep bool) error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	if o.place == "" {
		return err
	}
	if err == nil && keep {
		return os.Rename(o.file.Name(), o.place)
	}
	return errors.Join(err, os.Remove(o.file.Name()))
}

// deliver writes a result to where it belongs. A file is put in its place when the
// result is whole, whatever exit code it leads to.
func (a *app) deliver(c config.Config, write func(*output) error) error {
	out, err := a.output(c)
	if err != nil {
		return err
	}
	var code exitCode
	err = write(out)
	outcome := errors.As(err, &code)
	if cerr := out.close(err == nil || outcome); cerr != nil {
		if outcome { // it would hide that the result is not there
			return cerr
		}
		return errors.Join(err, cerr)
	}
	return err
}
