package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestErrors holds every error to its words. FILE is the file of the case, HOME
// the home directory.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		env                 []string
		flags               []Flag
		want                string
	}{
		{name: "mistyped", file: "c.yaml", content: "wrokers: 4\nFail-On: x\nsomething: {}\n",
			want: "FILE: there is no setting Fail-On: did you mean fail_on?\nFILE: there is no setting something\nFILE: there is no setting wrokers: did you mean workers?"},
		{name: "mistyped in TOML", file: "c.toml", content: "wrokers = 4", want: "FILE: there is no setting wrokers: did you mean workers?"},
		{name: "mistyped in a group", file: "c.yaml", content: "limits: {dept: 4}", want: "FILE: there is no setting limits.dept: did you mean limits.depth?"},
		{name: "null", file: "c.yaml", content: "wrokers:", want: "FILE: there is no setting wrokers: did you mean workers?"},
		{name: "dotted", file: "c.yaml", content: "limits.depth: 4", want: "FILE: limits.depth is the key depth of the group limits: write it below the group's name"},
		{name: "inner delimiter", file: "c.yaml", content: "limits::depth: 4", want: "FILE: there is no setting limits::depth: did you mean limits.depth?"},
		{name: "group as value", file: "c.yaml", content: "limits: 5", want: "FILE: limits is a group of settings, not a value: write its keys below it"},
		{name: "value as group", file: "c.yaml", content: "workers: {a: 5}", want: `workers is "map[a:5]" (file FILE), which is not a whole number from 1 to 256`},
		{name: "list as value", file: "c.yaml", content: "workers: [1, 2]", want: `workers is "[1 2]" (file FILE), which is not a whole number from 1 to 256`},
		{name: "twice", file: "c.yaml", content: "workers: 5\nWorkers: 6", want: "FILE: workers is there twice"},
		{name: "number", file: "c.yaml", content: "workers: lots", want: `workers is "lots" (file FILE), which is not a whole number from 1 to 256`},
		{name: "fraction", file: "c.yaml", content: "workers: 2.5", want: `workers is "2.5" (file FILE), which is not a whole number from 1 to 256`},
		{name: "out of range", env: []string{"MAILSWEEP_WORKERS=0"}, want: `workers is "0" (environment MAILSWEEP_WORKERS), which is not a whole number from 1 to 256`},
		{name: "word", flags: []Flag{{"fail_on", "--fail-on", "critical"}}, want: `fail_on is "critical" (flag --fail-on), which is not likely, review or confirmed`},
		{name: "format", flags: []Flag{{"format", "--format", "xml"}}, want: `format is "xml" (flag --format), which is not text, jsonl, csv, sarif or html`},
		{name: "truth", env: []string{"MAILSWEEP_PROGRESS=perhaps"}, want: `progress is "perhaps" (environment MAILSWEEP_PROGRESS), which is not true or false`},
		{name: "size", env: []string{"MAILSWEEP_LIMITS_BYTES=5 stones"}, want: `limits.bytes is "5 stones" (environment MAILSWEEP_LIMITS_BYTES), which is not a size such as 256MB or 256MiB, from 1MiB to 1TiB`},
		{name: "small size", file: "c.yaml", content: "memory: 5", want: `memory is "5" (file FILE), which is not a size such as 256MB or 256MiB, from 1MiB to 1TiB`},
		{name: "duration", file: "c.yaml", content: "limits: {time: soon}", want: `limits.time is "soon" (file FILE), which is not a duration such as 30s or 2m, from 100ms to 1d`},
		{name: "time", flags: []Flag{{"since", "--since", "last week"}}, want: `since is "last week" (flag --since), which is not a date such as 2026-03-01, a time such as 2026-03-01T08:00:00Z, or how long ago it was, such as 7d or 12h`},
		{name: "list", file: "c.yaml", content: "mailbox: [{a: b}]", want: `mailbox is "[map[a:b]]" (file FILE), which is not a list of texts`},
		{name: "empty in a list", file: "c.yaml", content: `mailbox: [""]`, want: `mailbox is "[]" (file FILE), which is not a list of texts`},
		{name: "text", file: "c.yaml", content: "case: [a]", want: `case is "[a]" (file FILE), which is not text`},
		{name: "long", flags: []Flag{{"format", "--format", strings.Repeat("x", 100) + "\x1b"}}, want: `format is "` + strings.Repeat("x", 60) + `..." (flag --format), which is not text, jsonl, csv, sarif or html`},
		{name: "several", file: "c.yaml", content: "workers: no\nmemory: no", want: "workers is \"no\" (file FILE), which is not a whole number from 1 to 256\nmemory is \"no\" (file FILE), which is not a size such as 256MB or 256MiB, from 1MiB to 1TiB"},
		{name: "empty window", flags: []Flag{{"since", "--since", "1d"}, {"until", "--until", "2d"}},
			want: "since is 2026-03-30T12:30:15Z (flag --since), which is not before until, 2026-03-29T12:30:15Z (flag --until): no mail can lie between them"},
		{name: "variables", env: []string{"MAILSWEEP_WROKERS=4", "MAILSWEEP_LIMITS=4", "MAILSWEEP_FINGERPRINTKEY=x", "MAILSWEEP_Q=1"},
			want: "the environment variable MAILSWEEP_FINGERPRINTKEY is no setting: did you mean MAILSWEEP_FINGERPRINT_KEY?\nthe environment variable MAILSWEEP_LIMITS is no setting\nthe environment variable MAILSWEEP_Q is no setting\nthe environment variable MAILSWEEP_WROKERS is no setting: did you mean MAILSWEEP_WORKERS?"},
		{name: "broken YAML", file: "c.yaml", content: "a: [", want: "FILE: yaml: line 1: did not find expected node content"},
		{name: "YAML key twice", file: "c.yaml", content: "workers: 1\nworkers: 2", want: "FILE: yaml: unmarshal errors:\n  line 2: mapping key \"workers\" already defined at line 1"},
		{name: "second document", file: "c.yaml", content: "workers: 1\n---\nworkers: 2", want: "FILE: there is a second document after the first: only one is read, so there may be only one"},
		{name: "no table", file: "c.yaml", content: "- workers", want: "FILE: this is no list of settings: write each as \"key: value\", on a line of its own"},
		{name: "broken TOML", file: "c.toml", content: "\nworkers = ", want: "FILE: line 2, column 11: toml: expected value, not eof"},
		{name: "ending", file: "c.json", content: "{}", want: "FILE: a configuration file ends in .yaml, .yml or .toml"},
		{name: "too large", file: "c.yaml", content: "#" + strings.Repeat("x", mostFile), want: "FILE is too large for a configuration file"},
		{name: "missing", file: "none.yaml", want: "the configuration file FILE cannot be read (flag --config): no such file or directory"},
		{name: "missing, by environment", env: []string{"MAILSWEEP_CONFIG=/none.yaml"}, want: "the configuration file /none.yaml cannot be read (environment MAILSWEEP_CONFIG): no such file or directory"},
		{name: "directory", file: "dir.yaml/", want: "the configuration file FILE cannot be read: is a directory"},
		{name: "several files", file: "conf/mailsweep/config.yaml", content: "workers: 1", env: []string{"ALSO=conf/mailsweep/config.toml"},
			want: "there are several configuration files, and only one can be meant: keep one of HOME/conf/mailsweep/config.yaml, HOME/conf/mailsweep/config.toml"},
		{name: "relative home", env: []string{"XDG_CONFIG_HOME=here"}, want: "path in $XDG_CONFIG_HOME is relative"},
		{name: "no setting of that flag", flags: []Flag{{"wrokers", "--wrokers", 1}}, want: "the flag --wrokers is for wrokers, which is no setting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := alone(t, c.env...)
			file := ""
			if c.file != "" {
				file = filepath.Join(home, c.file)
			}
			switch {
			case c.content != "":
				write(t, file, c.content)
			case strings.HasSuffix(c.file, "/"):
				if err := os.Mkdir(file, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if also := os.Getenv("ALSO"); also != "" {
				write(t, filepath.Join(home, also), "")
				file = ""
			}
			_, err := Load(options(file, c.flags...))
			if err == nil {
				t.Fatal("no error")
			}
			got := err.Error()
			if file != "" {
				got = strings.ReplaceAll(got, file, "FILE")
			}
			if diff := cmp.Diff(c.want, strings.ReplaceAll(got, home, "HOME")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnreadableFile: what is there and cannot be read is an error, also where
// nobody named it.
func TestUnreadableFile(t *testing.T) {
	home := alone(t)
	file := filepath.Join(home, "conf/mailsweep/config.yaml")
	if err := os.MkdirAll(file, 0o700); err != nil { // a directory cannot even be read by root
		t.Fatal(err)
	}
	_, err := Load(options(""))
	if want := "the configuration file " + file + " cannot be read: is a directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNearest(t *testing.T) {
	for in, want := range map[string]string{
		"wrokers": ": did you mean workers?", "worker": ": did you mean workers?", "fail-on": ": did you mean fail_on?",
		"loglevel": ": did you mean log_level?", "mailboxes": ": did you mean mailbox?", "zzzzzz": "", "": "",
	} {
		if got := nearest("", in, Keys()); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
