package main

import (
	"context"
	"errors"
	"os"

	"mailsweep/config"
	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// corpus takes what there is in a pile of mail, one mail after the other.
type corpus struct {
	mail func(ctx context.Context, mail decode.Mail, b *decode.Budget) error
	skip func(s decode.Skip)
}

// walk goes through one file, directory or standard input. A file that is no mail is
// searched as a text.
func (a *app) walk(ctx context.Context, c config.Config, path string, to corpus) error {
	if path == "-" {
		return a.whole(ctx, c, path, to)
	}
	src, err := mailfile.New([]string{path}, mailfile.Options{})
	if err != nil {
		return &usageError{hint(err, "a PATH is a file or a directory of mail, or a text; - is standard input")}
	}
	info, err := os.Stat(path)
	if err != nil {
		return &usageError{err}
	}
	noMail := false
	inner := to
	inner.skip = func(s decode.Skip) {
		if s.Reason == decode.NotMail && !info.IsDir() {
			noMail = true
			return
		}
		to.skip(s)
	}
	if err := messages(ctx, src, inner); err != nil || !noMail {
		return err
	}
	return a.whole(ctx, c, path, to)
}

// whole searches a file as one text, or whatever it is.
func (a *app) whole(ctx context.Context, c config.Config, path string, to corpus) error {
	t, err := a.trial(c, []string{path})
	if err != nil {
		return err
	}
	defer t.close()
	return to.mail(ctx, t.mail, decode.NewBudget(decode.DefaultLimits(), -1))
}

// messages goes through all mail of a Source.
func messages(ctx context.Context, src sweeper.Source, to corpus) error {
	return each(src.Mailboxes(ctx), to, func(m sweeper.Mailbox) error {
		return each(src.Folders(ctx, m), to, func(f sweeper.Folder) error {
			return each(src.Changes(ctx, f, nil), to, func(p sweeper.Page) error {
				if p.Release != nil {
					defer p.Release()
				}
				for _, s := range p.Skips {
					to.skip(s.Skip)
				}
				for _, m := range p.Messages {
					if err := to.message(ctx, m); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
}

// each goes through a sequence; Skips in it are told of.
func each[T any](seq func(func(T, error) bool), to corpus, do func(T) error) error {
	for v, err := range seq {
		var skip *sweeper.Skip
		if errors.As(err, &skip) {
			to.skip(skip.Skip)
			continue
		}
		if err == nil {
			err = do(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (to corpus) message(ctx context.Context, m sweeper.Message) error {
	size := m.Size
	if size <= 0 {
		size = -1
	}
	b := decode.NewBudget(decode.DefaultLimits(), size)
	mail, err := m.Open(ctx, b)
	var skip *sweeper.Skip
	if errors.As(err, &skip) {
		to.skip(skip.Skip)
		return nil
	}
	if err != nil {
		return err
	}
	return to.mail(ctx, mail, b)
}
