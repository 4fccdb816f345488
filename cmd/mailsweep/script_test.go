package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mailsweep/simulator"
	"mailsweep/simulator/contract"
)

// TestMain lets the tests run this very binary as mailsweep: in scripts, and in
// tests that must kill it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mailsweep": main})
}

// TestScript runs every verb as a user would. Each script has a home of its own;
// $MAIL is a copy of the sample mail of the repository.
func TestScript(t *testing.T) {
	t.Parallel()
	sample, err := filepath.Abs("../../testdata/mail")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			mail := filepath.Join(env.WorkDir, "mail")
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("MAIL", mail)
			env.Setenv("TZ", "UTC")
			served := httptest.NewServer(graph(t))
			env.Defer(served.Close)
			env.Setenv("GRAPH", served.URL)
			return os.CopyFS(mail, os.DirFS(sample))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "append": appendFile, "idof": idOf, "tenant": serveTenant},
	})
}

// graph is a tenant of three accounts, of which only ann's mailbox can be read: ben has
// none, and cy's is out of scope. Whoever sends a token is refused: there is nothing to
// sign in with. What breaks Graph's contract fails the test.
func graph(t *testing.T) http.Handler {
	tenant := simulator.NewTenant("", "contoso.example")
	add := func(address string, state simulator.MailboxState) {
		tenant.AddUser(simulator.User{UserPrincipalName: address, Mail: address, Mailbox: state})
	}
	add("ann@contoso.example", simulator.Reachable)
	add("ben@contoso.example", simulator.Unlicensed)
	add("cy@contoso.example", simulator.OutOfScope)
	return contract.Handler(t, simulator.NewServer(tenant, simulator.Options{Auth: func(r *http.Request) error {
		if r.Header.Get("Authorization") != "" {
			return errors.New("a token, where there is none to have")
		}
		return nil
	}}))
}

// idOf sets $ID to the first exposure or notice of a list in JSON Lines: ids depend on the key of
// fingerprints, which every test makes anew.
func idOf(ts *testscript.TestScript, _ bool, args []string) {
	var e struct{ ID, Notice string }
	line, _, _ := strings.Cut(ts.ReadFile(args[0]), "\n")
	ts.Check(json.Unmarshal([]byte(line), &e))
	ts.Setenv("ID", cmp.Or(e.ID, e.Notice))
}

// exits runs a command and checks its exit code: exits 3 mailsweep sweep mail
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// appendFile adds one file's content to another: append TO FROM
func appendFile(ts *testscript.TestScript, _ bool, args []string) {
	add := ts.ReadFile(args[1])
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(add)
	ts.Check(errors.Join(err, f.Close()))
}
