package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"

	"mailsweep/sweeper"
)

// status is one line on a terminal that says how a sweep goes. Away from a
// terminal it writes nothing. Whatever else is written to the same terminal must
// go through wrap, which clears the line first.
type status struct {
	out      io.Writer
	width    int // 0: not a terminal, no line
	progress *sweeper.Progress
	now      func() time.Time
	began    time.Time

	mu    sync.Mutex
	shown bool
	quit  chan struct{}
	// cancel ends the count of the sources.
	cancel context.CancelFunc
	done   sync.WaitGroup
}

const statusEvery = 250 * time.Millisecond

func newStatus(out io.Writer, wanted bool, p *sweeper.Progress, now func() time.Time) *status {
	s := &status{out: out, progress: p, now: now, quit: make(chan struct{})}
	if wanted {
		s.width = terminalWidth(out)
	}
	return s
}

// terminalWidth is 0 when w is no terminal that can move its cursor.
func terminalWidth(w any) int {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// start draws the line until stop. The size of the sources is asked for beside it:
// where it is known, the line tells the time left.
func (s *status) start(ctx context.Context, sources []sweeper.Source) {
	s.began = s.now()
	if s.width == 0 {
		return
	}
	ctx, s.cancel = context.WithCancel(ctx)
	s.done.Go(func() {
		total := int64(0)
		for _, src := range sources {
			z, ok := src.(sweeper.Sizer)
			if !ok {
				return
			}
			total += z.Size(ctx)
		}
		if ctx.Err() == nil {
			s.progress.Total.Store(total)
		}
	})
	s.done.Go(func() {
		tick := time.NewTicker(statusEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.draw()
			case <-s.quit:
				return
			}
		}
	})
}

func (s *status) stop() {
	close(s.quit)
	if s.cancel != nil {
		s.cancel()
	}
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

func (s *status) draw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text()
	if len(text) > s.width-1 {
		text = text[:max(s.width-1, 0)]
	}
	fmt.Fprintf(s.out, "\r\x1b[K%s", text)
	s.shown = true
}

// text is plain ASCII, so that its length is its width.
func (s *status) text() string {
	p, took := s.progress, s.now().Sub(s.began)
	bytes := p.Bytes.Load()
	t := fmt.Sprintf("%s messages, %s", humanize.Comma(p.Messages.Load()), humanize.IBytes(uint64(bytes)))
	if sec := took.Seconds(); sec >= 1 {
		t += fmt.Sprintf(", %s/s", humanize.IBytes(uint64(float64(bytes)/sec)))
	}
	t += fmt.Sprintf(", %s findings, %s skips", humanize.Comma(p.Findings.Load()), humanize.Comma(p.Skips.Load()))
	if total, covered := p.Total.Load(), p.Covered.Load(); total > 0 && covered > 0 && took > 2*time.Second {
		left := time.Duration(float64(took) * float64(max(total-covered, 0)) / float64(covered))
		t += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	return t
}

func (s *status) clear() {
	if s.shown {
		fmt.Fprint(s.out, "\r\x1b[K")
		s.shown = false
	}
}

// wrap makes a writer that does not write into the status line.
func (s *status) wrap(w io.Writer) io.Writer { return &aroundStatus{s, w} }

type aroundStatus struct {
	s *status
	w io.Writer
}

func (a *aroundStatus) Write(p []byte) (int, error) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.s.clear()
	return a.w.Write(p)
}

// terminal is what a result may assume of where it goes: the width of the terminal,
// 0 when it is none, and whether to use colours (no-color.org).
func (a *app) terminal(out *output) (width int, color bool) {
	if out.file == nil {
		width = terminalWidth(a.stdout)
	}
	return width, width > 0 && os.Getenv("NO_COLOR") == ""
}
