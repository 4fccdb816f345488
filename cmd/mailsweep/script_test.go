package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
			graph := httptest.NewServer(http.HandlerFunc(fakeGraph))
			env.Defer(graph.Close)
			env.Setenv("GRAPH", graph.URL)
			return os.CopyFS(mail, os.DirFS(sample))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "append": appendFile, "tenant": serveTenant},
	})
}

// fakeGraph is a tenant of three accounts, of which only ann's mailbox can be read: ben
// has none, and cy's is out of scope.
func fakeGraph(w http.ResponseWriter, r *http.Request) {
	user := func(name string) string {
		return fmt.Sprintf(`{"id":"id-%[1]s","mail":"%[1]s@contoso.example","userPrincipalName":"%[1]s@contoso.example","userType":"Member"}`, name)
	}
	w.Header().Set("Content-Type", "application/json")
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1.0/"), "/")
	id := ""
	if len(path) > 1 {
		id = strings.TrimPrefix(strings.TrimSuffix(path[1], "@contoso.example"), "id-")
	}
	switch {
	case r.Method != http.MethodGet || r.Header.Get("Authorization") != "":
		w.WriteHeader(http.StatusTeapot)
	case r.URL.Path == "/v1.0/":
		fmt.Fprint(w, `{}`)
	case len(path) == 1 && r.FormValue("$filter") == "":
		fmt.Fprintf(w, `{"value":[%s,%s,%s]}`, user("ann"), user("ben"), user("cy"))
	case len(path) == 2 && (id == "ann" || id == "ben" || id == "cy"):
		fmt.Fprint(w, user(id))
	case strings.HasSuffix(r.URL.Path, "id-ann/mailFolders/inbox"):
		fmt.Fprint(w, `{"id":"inbox"}`)
	case id == "cy":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}`)
	case len(path) == 1:
		fmt.Fprint(w, `{"value":[]}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"The mailbox is either inactive, soft-deleted, or is hosted on-premise."}}`)
	}
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
