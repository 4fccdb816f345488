package sweeper

import (
	"context"
	"strings"

	"mailsweep/decode"
)

// maskName masks in a name what a detector matches in it: files, folders and archives
// are named after subjects. Each name is searched by itself, whole and the parts of
// its path, so that a short secret in one does not wreck others. A name that a detector
// does not get through, or breaks on, is not shown at all.
func (s *Sweeper) maskName(ctx context.Context, name string) (masked string, err error) {
	if name == "" {
		return "", nil
	}
	const unsearched = "[not shown: it could not be searched for secrets]"
	defer func() {
		if recover() != nil {
			masked, err = unsearched, nil
		}
	}()
	texts := []decode.Text{{View: decode.Head, Body: name}}
	if strings.Contains(name, "/") {
		for part := range strings.SplitSeq(name, "/") {
			texts = append(texts, decode.Text{View: decode.Head, Body: part})
		}
	}
	found, late, err := s.detect(ctx, Mail{Texts: texts})
	if late || err != nil {
		return unsearched, err
	}
	return newWords(found).masked(name), nil
}

func (s *Sweeper) maskNames(ctx context.Context, names ...*string) error {
	for _, name := range names {
		var err error
		if *name, err = s.maskName(ctx, *name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sweeper) maskFolder(ctx context.Context, f Folder) (Folder, error) {
	err := s.maskNames(ctx, &f.Mailbox, &f.Name)
	return f, err
}

func (s *Sweeper) maskRef(ctx context.Context, r Ref) (Ref, error) {
	err := s.maskNames(ctx, &r.Mailbox, &r.Folder, &r.ID)
	return r, err
}

func (s *Sweeper) maskSkips(ctx context.Context, skips []Skip) (err error) {
	for i := range skips {
		if skips[i].Ref, err = s.maskRef(ctx, skips[i].Ref); err != nil {
			return err
		}
	}
	return nil
}

// maskRun masks what a run says of itself: mail is named on the command line by files.
func (s *Sweeper) maskRun(ctx context.Context, r Run) (_ Run, err error) {
	sources := make([]string, len(r.Sources))
	for i, name := range r.Sources {
		if sources[i], err = s.maskName(ctx, name); err != nil {
			return r, err
		}
	}
	filters := make(map[string]string, len(r.Filters))
	for k, v := range r.Filters {
		if filters[k], err = s.maskName(ctx, v); err != nil {
			return r, err
		}
	}
	r.Sources, r.Filters = sources, filters
	return r, nil
}

// maskError masks an error's text, which says what it is about.
func (s *Sweeper) maskError(ctx context.Context, err error) error {
	text, merr := s.maskName(context.WithoutCancel(ctx), err.Error())
	if merr != nil {
		text = "an error whose text could not be searched for secrets: " + merr.Error()
	}
	if text == err.Error() {
		return err
	}
	return &maskedError{text, err}
}

// maskedError is an error that says less than the one behind it.
type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.err }
