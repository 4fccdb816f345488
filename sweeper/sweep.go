package sweeper

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"mailsweep/decode"
	"mailsweep/secret"
)

// Sweeper joins sources, a detector and a store into a sweep. The zero value of
// each optional field is a working default. A Sweeper may be used for one sweep
// at a time.
type Sweeper struct {
	Detector Detector
	Store    Store
	Key      secret.Key
	Limits   decode.Limits
	Allow    Allower // nil allows nothing

	// Workers is how many messages are searched at once; 0 means 1.
	Workers int
	// Mailboxes is how many mailboxes are read at once, and Folders how many folders
	// of each: more than Workers where a Source is far away and each walk mostly
	// waits. 0 means Workers, and 1.
	Mailboxes, Folders int
	// Memory bounds the mail in flight, in bytes, over the whole process; 0 means
	// 64 MiB. A larger message is read alone.
	Memory int64

	Window Window
	// Again reads everything again, whatever the cursors say.
	Again bool

	// Events is told what was committed, in order, by one goroutine at a time. An
	// error, such as a closed pipe, ends the sweep. nil is allowed.
	Events func(Event) error
	// Progress counts while the sweep runs; nil is allowed.
	Progress *Progress
	Log      *slog.Logger
	Now      func() time.Time

	started time.Time // of the run: what has expired by then opens nothing
}

// reading is how much memory a message takes for each of its bytes while it is
// searched: raw, decoded, and as text.
const reading = 3

// Sweep searches all that the sources hold and has changed since their cursors.
// The summary is always valid, also with an error: what was committed is
// committed. An error of one folder does not stop the others; all are joined.
// When ctx ends, Sweep stops after the pages that are being committed and
// returns an error that wraps ctx's.
func (s *Sweeper) Sweep(ctx context.Context, run Run, sources ...Source) (Summary, error) {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Progress == nil {
		s.Progress = new(Progress)
	}
	run, err := s.maskRun(ctx, run)
	if err != nil {
		return Summary{}, err
	}
	run.Started = s.Now()
	s.started = run.Started
	run.Digest = s.digest()
	id, err := s.Store.Begin(ctx, run)
	if err != nil {
		return Summary{}, err
	}
	w := s.newWork(id)
	err = w.sources(ctx, sources)
	if cerr := ctx.Err(); cerr != nil && !errors.Is(err, cerr) {
		err = errors.Join(err, cerr)
	}
	sum := w.tally.finish(err, ctx.Err() != nil, s.Now().Sub(run.Started))
	// The end of a run is written also when it was interrupted.
	ectx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if eerr := s.Store.End(ectx, id, sum); eerr != nil {
		err = errors.Join(err, fmt.Errorf("record the end of the run: %w", eerr))
	}
	if s.Events != nil {
		if eerr := s.Events(Event{Summary: &sum}); eerr != nil && err == nil {
			err = eerr
		}
	}
	return sum, err
}

// digest stands for everything that decides what is found in a mail.
func (s *Sweeper) digest() string {
	text := fmt.Appendf(nil, "decode %s limits %+v detect %s", decode.Version, s.Limits, s.Detector.Digest())
	if s.Allow != nil && s.Allow.Digest() != "" {
		text = fmt.Appendf(text, " mark %s", s.Allow.Digest())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// work is one sweep under way.
type work struct {
	*Sweeper
	run    string
	scoped string              // the digest of rules, decoders and limits
	slots  *semaphore.Weighted // messages being searched
	bytes  *semaphore.Weighted // memory for them
	listed sync.Map            // folderID: the folders that the sources list
	tally  tally
}

func (s *Sweeper) newWork(run string) *work {
	workers := max(s.Workers, 1)
	if s.Memory <= 0 {
		s.Memory = 64 << 20
	}
	w := &work{
		Sweeper: s, run: run, scoped: s.digest(),
		slots: semaphore.NewWeighted(int64(workers)),
		bytes: semaphore.NewWeighted(s.Memory),
	}
	w.tally.start(run, s.Allow, s.Events, s.Progress)
	return w
}

// sources fans the mailboxes of all sources out.
func (w *work) sources(outer context.Context, sources []Source) error {
	g, ctx := errgroup.WithContext(outer) // ends with the last mailbox
	g.SetLimit(cmp.Or(max(w.Mailboxes, 0), max(w.Workers, 1)))
	for _, src := range sources {
		sctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		err := each(sctx, src.Mailboxes(sctx), func(m Mailbox) error {
			g.Go(func() error { return w.mailbox(sctx, stop, src, m) })
			return sctx.Err()
		}, w.skipped(ctx, Folder{}))
		if err != nil && sctx.Err() == nil {
			w.fail(ctx, fmt.Errorf("list mailboxes: %w", err))
			if errors.Is(err, ErrStop) {
				stop(err)
			}
		}
	}
	err := g.Wait()
	if err == nil && outer.Err() == nil {
		err = w.lost(outer, sources)
	}
	return errors.Join(err, w.tally.failures())
}

// mailbox sweeps the folders of m, a few of them at once. What goes wrong with one
// folder is remembered and the next one is swept; the end of ctx and a store that
// does not work end the sweep, and [ErrStop] ends that of this Source.
func (w *work) mailbox(ctx context.Context, stop context.CancelCauseFunc, src Source, m Mailbox) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(w.Folders, 1))
	judge := func(doing string, err error) error {
		var fatal *fatalError
		switch {
		case err == nil || gctx.Err() != nil && context.Cause(gctx) != context.Canceled: // stopped: said already
			return nil
		case ctx.Err() != nil || errors.As(err, &fatal):
			return err
		case errors.Is(err, ErrStop):
			stop(err)
		}
		w.fail(ctx, fmt.Errorf("%s: %w", doing, err))
		return nil
	}
	counted := false
	err := each(gctx, src.Folders(gctx, m), func(f Folder) error {
		if !counted {
			counted = true
			w.tally.mailbox()
		}
		w.listed.Store(idOf(f), true)
		g.Go(func() error { return judge("sweep "+f.String(), w.folder(gctx, src, f)) })
		return nil
	}, w.skipped(ctx, Folder{Source: m.Source, Mailbox: m.Name}))
	if failed := g.Wait(); failed != nil {
		return failed
	}
	return judge("list the folders of "+m.Name, err)
}

// each calls do for every element, skip for every Skip, and returns the first
// other error.
func each[T any](ctx context.Context, seq iter.Seq2[T, error], do func(T) error, skip func(*Skip) error) error {
	for v, err := range seq {
		var s *Skip
		switch {
		case errors.As(err, &s):
			err = skip(s)
		case err == nil:
			err = do(v)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// skipped records a Skip that belongs to no page: a mailbox or folder that could
// not be listed.
func (w *work) skipped(ctx context.Context, f Folder) func(*Skip) error {
	return func(s *Skip) error {
		f := f
		if f.Source == "" {
			f.Source, f.Mailbox = s.Ref.Source, s.Ref.Mailbox
		}
		scope := w.scope(f)
		f, err := w.maskFolder(ctx, f)
		if err != nil {
			return err
		}
		skip := *s
		if skip.Ref, err = w.maskRef(ctx, skip.Ref); err != nil {
			return err
		}
		return w.commit(ctx, PageResult{Run: w.run, Folder: f, Scope: scope, Skips: []Skip{skip}})
	}
}

// fail notes what went wrong; the sweep goes on.
func (w *work) fail(ctx context.Context, err error) { w.tally.fail(w.maskError(ctx, err)) }

func (w *work) scope(f Folder) Scope {
	return Scope{Source: f.Source, FolderKey: f.Key, Window: w.Window, Digest: w.scoped}
}

// fatalError marks what no other folder will survive either: a store that does not
// work, a report that cannot be written.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// String names a folder for people: "mailbox/folder".
func (f Folder) String() string {
	if f.Name == "" {
		return f.Mailbox
	}
	return f.Mailbox + "/" + f.Name
}
