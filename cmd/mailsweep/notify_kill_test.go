package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
	"mailsweep/sweeper"
)

// leaks gives the home a database of exposures in the mailboxes of so many owners.
func (h home) leaks(exposures, owners int) {
	h.t.Helper()
	path := filepath.Join(h.dir, "m.db")
	db, err := sqlite.Open(h.t.Context(), path, sqlite.Options{})
	must(err)
	defer db.Close()
	run, err := db.Begin(h.t.Context(), sweeper.Run{Started: time.Now(), Actor: "ada@here", Version: "test", Digest: "rules-1"})
	must(err)
	for from := 0; from < exposures; from += 100 {
		var page []sweeper.MessageResult
		for i := from; i < min(from+100, exposures); i++ {
			m := storetest.Mail(fmt.Sprint("m", i), storetest.Token(fmt.Sprint("t", i)))
			m.Ref.Mailbox = fmt.Sprintf("user%d@heron.example", i%owners)
			page = append(page, m)
		}
		p := storetest.Page(fmt.Sprint("in", from), "", "c", page...)
		p.Run = run
		_, err := db.Commit(h.t.Context(), p)
		must(err)
	}
}

// notices gives the home a policy that gives each mailbox's exposures to its owner, and
// settings for a channel.
func (h home) notices(channel, settings string) {
	must(os.MkdirAll(h.dir+"/config/mailsweep", 0o700))
	must(os.WriteFile(h.dir+"/config/mailsweep/config.yaml", []byte("db: ../../m.db\npolicy: ../../owners.yaml\n"+settings), 0o600))
	must(os.WriteFile(h.dir+"/owners.yaml", []byte(`
organisation: {name: Heron Ltd, domains: [heron.example], contact: security@heron.example, verify: "https://www.heron.example/notices"}
owners: {desk: {to: desk@heron.example}}
routes: [{owners: [mailbox]}]
channels: {inside: `+channel+`}
`), 0o600))
}

// stages are the notices by their references.
func (h home) stages() map[string]string {
	h.t.Helper()
	out, errs, code := h.run("notify", "status", "--format", "jsonl")
	if code != 0 {
		h.t.Fatal(errs)
	}
	all := map[string]string{}
	for line := range strings.Lines(out) {
		var n struct{ Notice, Stage string }
		must(json.Unmarshal([]byte(line), &n))
		all[n.Notice] = n.Stage
	}
	return all
}

func (h home) planAndApprove() {
	h.t.Helper()
	for _, args := range [][]string{{"notify", "plan"}, {"notify", "approve", "--all"}} {
		if out, errs, code := h.run(args...); code != 0 {
			h.t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
		}
	}
}

// kills is how often to kill: make kill says 200.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("MAILSWEEP_TEST_KILLS")); err == nil {
		return n
	}
	return 15
}

// sendAndKill sends, is killed when so many letters have arrived, and begins anew, until
// nothing is left to send.
func (h home) sendAndKill(arrived func() int, environ ...string) {
	h.t.Helper()
	killed := 0
	for killed < kills() {
		cmd := h.command("notify", "send", "--send")
		cmd.Env = append(cmd.Env, environ...)
		must(cmd.Start())
		exited := make(chan struct{})
		go func() { _ = cmd.Wait(); close(exited) }()
		target := arrived() + rand.IntN(4)
		for wait := true; wait; {
			select {
			case <-exited:
				h.t.Fatalf("all was sent after %d kills: the test shows too little", killed)
			default:
				if wait = arrived() <= target; wait {
					time.Sleep(200 * time.Microsecond)
				}
			}
		}
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-exited
		killed++
	}
	cmd := h.command("notify", "send", "--send")
	cmd.Env = append(cmd.Env, environ...)
	if out, err := cmd.CombinedOutput(); err != nil && !strings.Contains(string(out), "in doubt") {
		h.t.Fatalf("%v: %s", err, out)
	}
}

// TestKillWhileSending: with a channel that cannot say what it has sent, nobody is told
// twice, and everybody is told or in doubt.
func TestKillWhileSending(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	var mu sync.Mutex
	took := map[string]int{}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		took[r.Header.Get("webhook-id")]++
		mu.Unlock()
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	}))
	t.Cleanup(hook.Close)
	arrived := func() int { mu.Lock(); defer mu.Unlock(); return len(took) }
	owners := 12 * kills()
	h.leaks(owners, owners)
	h.notices("webhook", "notices: {webhook: \""+hook.URL+"\"}\n")
	h.planAndApprove()
	h.sendAndKill(arrived, "MAILSWEEP_NOTICES_WEBHOOK_KEY=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	stages, doubted := h.stages(), 0
	for id, stage := range stages {
		switch {
		case took[id] > 1:
			t.Errorf("%s was told %d times", id, took[id])
		case stage == "sent" && took[id] == 1:
		case stage == "in-doubt":
			doubted++
		default:
			t.Errorf("%s is %s and was told %d times", id, stage, took[id])
		}
	}
	if len(stages) != owners || doubted > kills() {
		t.Errorf("%d notices, %d in doubt after %d kills", len(stages), doubted, kills())
	}
	t.Logf("%d kills: %d sent, %d in doubt", kills(), len(stages)-doubted, doubted)
	if out, errs, code := h.run("log", "verify"); code != 0 {
		t.Errorf("the log: %s%s", out, errs)
	}
}

// TestKillWhileWriting: with a channel that knows what it has sent, nobody is in doubt.
func TestKillWhileWriting(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	packages := func() int {
		found, err := filepath.Glob(filepath.Join(h.dir, "out", "2*"))
		must(err)
		return len(found)
	}
	owners := 20 * kills()
	h.leaks(owners, owners)
	h.notices("files", "notices: {files: ../../out}\n")
	h.planAndApprove()
	h.sendAndKill(packages)
	for id, stage := range h.stages() {
		found, err := filepath.Glob(filepath.Join(h.dir, "out", "*-"+id))
		must(err)
		if stage != "sent" || len(found) != 1 {
			t.Errorf("%s is %s and was written %d times", id, stage, len(found))
		}
	}
}
