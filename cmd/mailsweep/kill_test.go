package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pile makes mail in all the kinds of files, with a token in every third message.
func pile(dir string, messages int) {
	token := func(i int) string {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		b := []byte("glpat-")
		for range 20 {
			b = append(b, "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[r.IntN(56)])
		}
		return string(b)
	}
	message := func(i int) string {
		body := strings.Repeat("Nothing to see in this line of ordinary words, and none in the next.\n", 40)
		if i%3 == 0 {
			body += "the token: " + token(i/2) + "\n" // some tokens stand in two mails
		}
		return fmt.Sprintf("From: a@b.example\nTo: c@d.example\nSubject: number %d\nDate: Mon, 02 Mar 2026 09:14:00 +0100\nMessage-ID: <n%d@b.example>\n\n%s", i, i, body)
	}
	for _, d := range []string{"alice/inbox", "carol/cur", "carol/new", "bob"} {
		must(os.MkdirAll(filepath.Join(dir, d), 0o700))
	}
	var mbox strings.Builder
	for i := range messages {
		switch i % 3 {
		case 0:
			must(os.WriteFile(filepath.Join(dir, "alice/inbox", fmt.Sprintf("%d.eml", i)), []byte(message(i*5)), 0o600))
		case 1:
			must(os.WriteFile(filepath.Join(dir, "carol/new", fmt.Sprintf("%d.host", i)), []byte(message(i*5)), 0o600))
		case 2:
			mbox.WriteString("From a@b.example Mon Mar  2 09:14:00 2026\n" + message(i*5) + "\n")
		}
	}
	must(os.WriteFile(filepath.Join(dir, "bob/archive.mbox"), []byte(mbox.String()), 0o600))
}

// sightings is what a database holds, without what differs between runs: the ids
// of runs, and exposures' ids, which depend on the key.
func sightings(t *testing.T, h home) []string {
	t.Helper()
	out, errs, code := h.run("findings", "--format", "jsonl")
	if code != 0 {
		t.Fatal(errs)
	}
	var list []string
	for line := range strings.Lines(out) {
		var f map[string]any
		must(json.Unmarshal([]byte(line), &f))
		list = append(list, fmt.Sprint(f["rule"], f["message_id"], f["internet_message_id"], f["part"], f["line"], f["subject"]))
	}
	slices.Sort(list)
	return list
}

// TestKillAndResume kills a sweep again and again, at random points, and goes on
// until it ends: what the database holds then is what a calm sweep finds, each once.
func TestKillAndResume(t *testing.T) {
	t.Parallel()
	mail := filepath.Join(t.TempDir(), "mail")
	pile(mail, 600)
	calm := newHome(t)
	if _, errs, code := calm.run("sweep", "--no-progress", mail); code != exitFound {
		t.Fatalf("exit %d: %s", code, errs)
	}
	want := sightings(t, calm)
	if len(want) < 150 {
		t.Fatalf("only %d findings: the pile is too small", len(want))
	}
	h := newHome(t)
	kills, done := 0, false
	for try := 0; !done; try++ {
		if try == 300 {
			t.Fatal("no end after 300 kills: a sweep does not go on where it was")
		}
		cmd := h.command("sweep", "--no-progress", "--workers", "2", "--format", "jsonl", mail)
		out, err := cmd.StdoutPipe()
		must(err)
		must(cmd.Start())
		lines := bufio.NewScanner(out)
		if try%4 == 3 { // wherever it is by then
			time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
		} else { // where it has told something, which was committed before
			for told := rand.IntN(12); told >= 0 && !done; told-- {
				done = !lines.Scan()
			}
		}
		if !done {
			must(cmd.Process.Signal(syscall.SIGKILL))
			kills++
		}
		_ = cmd.Wait()
		if done && cmd.ProcessState.ExitCode() != exitFound && cmd.ProcessState.ExitCode() != exitClean {
			t.Fatalf("exit %d after %d kills", cmd.ProcessState.ExitCode(), kills)
		}
	}
	if kills == 0 {
		t.Error("nothing was killed: the test shows nothing")
	}
	if got := sightings(t, h); !slices.Equal(got, want) {
		t.Errorf("after %d kills there are %d findings, want %d", kills, len(got), len(want))
	}
	if out, errs, code := h.run("log", "verify"); code != 0 {
		t.Errorf("the log did not survive %d kills: %s%s", kills, out, errs)
	}
	t.Logf("%d kills", kills)
}

// TestInterrupt sends Ctrl-C: the sweep stops cleanly, says so, and goes on later.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	mail := filepath.Join(t.TempDir(), "mail")
	pile(mail, 600)
	h := newHome(t)
	cmd := h.command("sweep", "--no-progress", "--workers", "1", mail)
	var errs strings.Builder
	cmd.Stderr = &errs
	must(cmd.Start())
	db := filepath.Join(h.dir, "data/mailsweep/mailsweep.db")
	for range 200 { // until the sweep has begun
		if _, err := os.Stat(db); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	must(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != exitInterrupted || !strings.Contains(errs.String(), "hint: run the same command again") {
		t.Fatalf("exit %d: %s", cmd.ProcessState.ExitCode(), errs.String())
	}
	if out, _, code := h.run("sweep", "--format", "jsonl", mail); code != exitFound || !strings.Contains(out, `"type":"summary"`) {
		t.Errorf("after an interrupt: exit %d", code)
	}
	calm := newHome(t)
	calm.run("sweep", "--no-progress", mail)
	if !slices.Equal(sightings(t, h), sightings(t, calm)) {
		t.Error("an interrupted sweep and the next one do not add up to a calm one")
	}
}

// TestTwoSweepsAtOnce: each finding is there once, whoever got there first.
func TestTwoSweepsAtOnce(t *testing.T) {
	t.Parallel()
	mail := filepath.Join(t.TempDir(), "mail")
	pile(mail, 600)
	h := newHome(t)
	first, second := h.command("sweep", "--no-progress", mail), h.command("sweep", "--no-progress", mail)
	var e1, e2 strings.Builder
	first.Stderr, second.Stderr = &e1, &e2
	must(first.Start())
	must(second.Start())
	_, _ = first.Process.Wait()
	_ = second.Wait()
	if strings.Contains(e1.String()+e2.String(), "mailsweep: ") && !strings.Contains(e1.String()+e2.String(), "still open") {
		t.Errorf("%s%s", e1.String(), e2.String())
	}
	calm := newHome(t)
	calm.run("sweep", "--no-progress", mail)
	if got, want := sightings(t, h), sightings(t, calm); !slices.Equal(got, want) {
		t.Errorf("two sweeps at once left %d findings, want %d", len(got), len(want))
	}
}
