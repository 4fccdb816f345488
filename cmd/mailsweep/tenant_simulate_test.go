package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSimulate starts a tenant of mail files, sweeps it as it says it can be swept, and stops
// it with Ctrl-C.
func TestSimulate(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	sample, err := filepath.Abs("../../testdata/mail")
	must(err)
	cmd := h.command("simulate", "--listen", "127.0.0.1:0", "--from", sample)
	pipe, err := cmd.StdoutPipe()
	must(err)
	must(cmd.Start())
	out := bufio.NewReader(pipe)
	first, err := out.ReadString('\n')
	must(err)
	hint, err := out.ReadString('\n')
	must(err)
	if !strings.HasPrefix(first, "serving contoso.example with 3 mailboxes at http://127.0.0.1:") {
		t.Error(first)
	}
	endpoint := regexp.MustCompile(`MAILSWEEP_M365_ENDPOINT=(\S+) mailsweep (sweep m365:\S+ --all)`).FindStringSubmatch(hint)
	if endpoint == nil {
		t.Fatalf("it does not say how to sweep it: %s", hint)
	}
	sweep := h.command(strings.Fields(endpoint[2])...)
	sweep.Env = append(sweep.Env, "MAILSWEEP_M365_SIGN_IN=none", "MAILSWEEP_M365_ENDPOINT="+endpoint[1])
	if told, _ := sweep.CombinedOutput(); sweep.ProcessState.ExitCode() != exitFound {
		t.Errorf("exit %d: %s", sweep.ProcessState.ExitCode(), told)
	}
	must(cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(out)
	must(err)
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != exitClean {
		t.Errorf("stopped with %d", cmd.ProcessState.ExitCode())
	}
	if !regexp.MustCompile(`(?s)^asked \d+ times, 0 throttled, 0 writes.*messages/delta\n`).Match(rest) {
		t.Errorf("it tells %q", rest)
	}
}
