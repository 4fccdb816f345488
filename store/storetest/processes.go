package storetest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

const (
	processes = 3
	workPages = 60  // of each folder that processes share
	killPages = 400 // of the folder whose sweep is killed
)

// Processes runs a store in several processes at once, and kills them. child is a
// command that opens the store at which open looks, calls [Work] with what it was
// given, and ends with status 0 when that gave no error.
func Processes(t *testing.T, fresh func(t *testing.T) (open func() (Store, error), child func(work string) *exec.Cmd)) {
	for name, test := range map[string]func(*testing.T, *house, func(string) *exec.Cmd){
		"processes share a store": processesShare,
		"a killed sweep goes on":  killedSweep,
	} {
		t.Run(name, func(t *testing.T) {
			open, child := fresh(t)
			h := &house{T: t, open: open}
			h.Store = h.reopen()
			test(t, h, child)
		})
	}
}

// Work is what a child process does. It writes a line for each page that was
// committed: the folder, the page's number and how many of its findings were new.
func Work(ctx context.Context, s Store, work string, out io.Writer) error {
	kind, arg, _ := strings.Cut(work, " ")
	run, err := s.Begin(ctx, sweeper.Run{Actor: work, Case: "INC-9"})
	if err != nil {
		return err
	}
	folders := []string{"shared", "shared too", "own " + arg}
	pages := workPages
	if kind == "sweep" {
		folders, pages = []string{"killed"}, killPages
	} else if err := others(ctx, s); err != nil {
		return err
	}
	for _, folder := range folders {
		if err := sweepFolder(ctx, s, run, folder, pages, out); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return s.End(ctx, run, sweeper.Summary{Run: run, Outcome: sweeper.Completed})
}

// others waits until all processes are at work.
func others(ctx context.Context, s Store) error {
	for {
		n := 0
		for _, err := range s.Runs(ctx) {
			if err != nil {
				return err
			}
			n++
		}
		if n == processes {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
}

// sweepFolder goes on where the cursor stands. Unlike a real sweep it does not leave
// the folder to another process, but goes on from where that one is.
func sweepFolder(ctx context.Context, s Store, run, folder string, pages int, out io.Writer) error {
	for {
		cursor, _, err := s.Cursor(ctx, scope(folder))
		if err != nil {
			return err
		}
		n, _ := strconv.Atoi(strings.TrimPrefix(string(cursor), "c")) // "" is 0
		if n == pages {
			return nil
		}
		if folder != "killed" { // as if there were mail to read: others get their turn
			time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
		}
		p := workPage(folder, n)
		p.Run, p.Done = run, n == pages-1
		c, err := s.Commit(ctx, p)
		if errors.Is(err, sweeper.ErrStale) {
			continue
		}
		if err != nil {
			return err
		}
		fresh := 0
		for _, m := range c.New {
			for _, isNew := range m {
				if isNew {
					fresh++
				}
			}
		}
		fmt.Fprintf(out, "%s,%d,%d\n", folder, n, fresh)
	}
}

// workPage has two messages with two findings each, one of them of a token that is in
// every message. Its first page begins a walk of the whole folder.
func workPage(folder string, n int) sweeper.PageResult {
	p := Page(folder, cursorAt(n), cursorAt(n+1))
	p.Reset = n == 0
	for i := range 2 {
		key := fmt.Sprintf("%d.%d in %s", n, i, folder)
		p.Messages = append(p.Messages, Mail(key, Token(key), Token("everywhere")))
	}
	for i := range p.Messages {
		p.Messages[i].Ref.Folder = folder
	}
	return p
}

func processesShare(t *testing.T, h *house, child func(string) *exec.Cmd) {
	var outs, errs [processes]bytes.Buffer
	var cmds [processes]*exec.Cmd
	for i := range processes {
		cmds[i] = child(fmt.Sprint("hammer ", i))
		cmds[i].Stdout, cmds[i].Stderr = &outs[i], &errs[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	fresh, workers := 0, map[string]int{}
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v\n%s", i, err, &errs[i])
		}
		mine := map[string]bool{}
		for line := range strings.Lines(outs[i].String()) {
			fields := strings.Split(strings.TrimSpace(line), ",")
			n, err := strconv.Atoi(fields[2])
			if err != nil {
				t.Fatal(err)
			}
			fresh += n
			mine[fields[0]] = true
		}
		for folder := range mine {
			workers[folder]++
		}
	}
	const want = (2 + processes) * workPages * 4
	equal(t, "new findings, told to all processes together", fresh, want)
	equal(t, "findings", len(h.findings(store.FindingFilter{})), want)
	everywhere, err := h.Exposure(h.Context(), Token("everywhere").Exposure)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "sightings of one token", everywhere.Findings, want/2)
	equal(t, "runs", len(all(t, h.Runs(h.Context()))), processes)
	h.intact(2 * processes)
	if workers["shared"] < 2 {
		t.Errorf("one process did all of the shared folder: this tested nothing")
	}
}

func killedSweep(t *testing.T, h *house, child func(string) *exec.Cmd) {
	kills := 0
	for done := false; !done; {
		cmd := child("sweep")
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Killed some pages after it has begun, at any moment within a page. It is
		// given more pages each time, so that it comes to the end on any machine.
		pages, reported := 1+rand.IntN(60+20*kills), -1
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if reported, err = strconv.Atoi(strings.Split(lines.Text(), ",")[1]); err != nil {
				t.Fatal(err)
			}
			if pages--; pages == 0 {
				time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				_ = cmd.Process.Kill()
			}
		}
		err = cmd.Wait()
		switch {
		case err == nil:
			done = true
		case pages > 0:
			t.Fatalf("it ended by itself: %v\n%s", err, &complaint)
		default:
			kills++
		}
		// Nobody has cleaned up: this process looks at what the killed one left.
		cursor, _ := h.cursor(scope("killed"))
		stored, _ := strconv.Atoi(strings.TrimPrefix(cursor, "c"))
		if stored <= reported {
			t.Fatalf("page %d was reported, but the cursor is %q", reported, cursor)
		}
		equal(t, "findings up to the cursor", len(h.findings(store.FindingFilter{})), 4*stored)
	}
	equal(t, "exposures", len(h.exposures(store.ExposureFilter{})), 2*killPages+1)
	equal(t, "all are there", len(h.findings(store.FindingFilter{})), 4*killPages)
	h.intact(int64(kills) + 2)
	if kills == 0 {
		t.Error("the sweep was never killed")
	}
	t.Logf("killed %d times", kills)
}

// intact checks the log's chain and its length.
func (h *house) intact(entries int64) {
	h.Helper()
	v, err := h.Verify(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	if !v.Intact() || v.Entries != entries {
		h.Errorf("the log: %+v, want %d entries in one chain", v, entries)
	}
}
