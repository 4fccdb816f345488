package config

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	now    = time.Date(2026, 3, 31, 12, 30, 15, 999, time.UTC)
	berlin = time.FixedZone("CEST", 2*60*60)

	defaultNotices = Notices{Directory: "none", PerMinute: 30, SMTPPort: 587, SMTPSecurity: "starttls"}

	defaultM365 = M365{SignIn: "certificate", Cloud: "global", Recoverable: []string{"deletions"}, AtOnce: 64}
)

// alone gives the test a home of its own, and no settings of ours but env.
func alone(t *testing.T, env ...string) (home string) {
	t.Helper()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, prefix) {
			t.Setenv(name, "") // so that it is restored
			os.Unsetenv(name)
		}
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "conf"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		t.Setenv(name, value)
	}
	return home
}

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func options(file string, flags ...Flag) Options {
	return Options{File: file, Flags: flags, Now: func() time.Time { return now }, Zone: berlin}
}

func load(t *testing.T, o Options) Config {
	t.Helper()
	c, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func same(t *testing.T, want, got Config) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Config{}), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func defaults(t *testing.T) Config {
	c := load(t, options(""))
	c.Workers = 3 // as many as the machine has
	return c
}

func TestDefaults(t *testing.T) {
	alone(t)
	same(t, Config{
		Format: "text", Workers: 3, FailOn: "likely", Progress: true, LogLevel: "info", LogFormat: "text",
		M365: defaultM365, Notices: defaultNotices,
		Limits: Limits{Depth: 16, Parts: 10_000, Bytes: 512 << 20, Ratio: 64, Time: 30 * time.Second}, Memory: 64 << 20,
	}, defaults(t))
}

const everythingYAML = `
db: data/ours.db
rules: [ours.toml, ~/more.toml, /etc/all.toml]
format: jsonl
output: out.jsonl
workers: 7
fail_on: confirmed
since: 2026-01-02
until: 2026-03-01T08:00:00Z
mailbox: ["ann@Example.com", bob@example.org]
folder: Inbox
case: IR-7
progress: false
log_level: debug
log_format: json
limits: {depth: 3, parts: 9, bytes: 256MB, ratio: 5, time: 1m30s}
memory: 134217728
`

const everythingTOML = `
db = "data/ours.db"
rules = ["ours.toml", "~/more.toml", "/etc/all.toml"]
format = "jsonl"
output = "out.jsonl"
workers = 7
fail_on = "confirmed"
since = 2026-01-02
until = 2026-03-01T08:00:00Z
mailbox = ["ann@Example.com", "bob@example.org"]
folder = "Inbox"
case = "IR-7"
progress = false
log_level = "debug"
log_format = "json"
memory = 134217728
[limits]
depth = 3
parts = 9
bytes = "256MB"
ratio = 5
time = "1m30s"
`

// everything is what both files say.
func everything(home, file string) Config {
	dir := filepath.Dir(file)
	return Config{
		DB: filepath.Join(dir, "data/ours.db"), Rules: []string{filepath.Join(dir, "ours.toml"), filepath.Join(home, "more.toml"), "/etc/all.toml"},
		Format: "jsonl", Output: "out.jsonl", Workers: 7, FailOn: "confirmed",
		Since: time.Date(2026, 1, 2, 0, 0, 0, 0, berlin), Until: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Mailboxes: []string{"ann@Example.com", "bob@example.org"}, Folders: []string{"Inbox"}, Case: "IR-7",
		LogLevel: "debug", LogFormat: "json", Limits: Limits{Depth: 3, Parts: 9, Bytes: 256_000_000, Ratio: 5, Time: 90 * time.Second},
		Memory: 128 << 20, M365: defaultM365, Notices: defaultNotices, File: file,
	}
}

func TestFiles(t *testing.T) {
	for name, content := range map[string]string{
		"config.yaml": everythingYAML, "config.yml": everythingYAML, "config.toml": everythingTOML,
		"upper.YAML": "\ufeff" + strings.Replace(everythingYAML, "workers:", "Workers:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			home := alone(t)
			file := write(t, filepath.Join(home, "etc", name), content)
			same(t, everything(home, file), load(t, options(file)))
		})
	}
}

func TestFileIsFound(t *testing.T) {
	home := alone(t)
	inHome := write(t, filepath.Join(home, "conf/mailsweep/config.toml"), "workers = 5")
	if c := load(t, options("")); c.Workers != 5 || c.File != inHome {
		t.Errorf("the default file: %d workers of %q", c.Workers, c.File)
	}
	byEnv := write(t, filepath.Join(home, "env.yaml"), "workers: 6")
	t.Setenv(EnvFile, "~/env.yaml")
	if c := load(t, options("")); c.Workers != 6 || c.File != byEnv {
		t.Errorf("%s: %d workers of %q", EnvFile, c.Workers, c.File)
	}
	byFlag := write(t, filepath.Join(home, "flag.yaml"), "workers: 7")
	if c := load(t, options(byFlag)); c.Workers != 7 || c.File != byFlag {
		t.Errorf("--config: %d workers of %q", c.Workers, c.File)
	}
}

// TestEmptyFiles: a file of comments, of nulls, of an empty group.
func TestEmptyFiles(t *testing.T) {
	for name, content := range map[string]string{
		"a.yaml": "", "b.yaml": "# nothing yet\n", "c.yaml": "workers:\nlimits:\n", "d.yaml": "limits: {}\n", "e.toml": "", "f.toml": "[limits]\n", "g.yaml": "---\n",
	} {
		home := alone(t)
		got := load(t, options(write(t, filepath.Join(home, name), content)))
		want := load(t, options(""))
		want.File = got.File
		same(t, want, got)
	}
}

// TestLayers: every key, from every place, each stronger than the one before.
func TestLayers(t *testing.T) {
	values := map[string][3]string{ // in the file, the environment, a flag
		"db": {"/f", "/e", "/g"}, "rules": {"/f", "/e", "/g"}, "allow": {"/f", "/e", "/g"}, "format": {"csv", "sarif", "jsonl"}, "output": {"f", "e", "g"},
		"workers": {"2", "3", "4"}, "fail_on": {"review", "confirmed", "likely"},
		"since": {"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"},
		"until": {"2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z", "2026-02-03T00:00:00Z"}, "mailbox": {"f", "e", "g"},
		"folder": {"f", "e", "g"}, "case": {"f", "e", "g"}, "actor": {"f", "e", "g"}, "progress": {"false", "true", "false"},
		"log_level": {"debug", "warn", "error"}, "log_format": {"json", "text", "json"}, "limits.depth": {"2", "3", "4"},
		"limits.parts": {"2", "3", "4"}, "limits.bytes": {"2MiB", "3MiB", "4MiB"}, "limits.ratio": {"2", "3", "4"},
		"limits.time": {"2s", "3s", "4s"}, "memory": {"2MiB", "3MiB", "4MiB"},
		"m365.tenant": {"f", "e", "g"}, "m365.client_id": {"f", "e", "g"}, "m365.sign_in": {"secret", "managed-identity", "workload-identity"},
		"policy": {"/f", "/e", "/g"}, "m365.certificate": {"/f", "/e", "/g"}, "m365.cloud": {"dod", "china", "gcc-high"}, "m365.endpoint": {"f", "e", "g"},
		"m365.recoverable": {"purges", "versions", "deletions"}, "m365.archive": {"true", "false", "true"}, "m365.at_once": {"2", "3", "4"},
		"notices.directory": {"m365", "none", "m365"}, "notices.per_minute": {"2", "3", "4"}, "notices.graph": {"f", "e", "g"},
		"notices.smtp_host": {"f", "e", "g"}, "notices.smtp_port": {"2", "3", "4"}, "notices.smtp_security": {"tls", "none", "starttls"},
		"notices.smtp_user": {"f", "e", "g"}, "notices.smtp_from": {"f", "e", "g"}, "notices.webhook": {"f", "e", "g"}, "notices.files": {"/f", "/e", "/g"},
	}
	for _, key := range Keys() {
		t.Run(key, func(t *testing.T) {
			v, ok := values[key]
			if !ok {
				t.Fatal("the test knows no values for it")
			}
			home := alone(t)
			line := key + ": " + v[0] + "\n"
			if group, sub, nested := strings.Cut(key, "."); nested {
				line = group + ":\n  " + sub + ": " + v[0] + "\n"
			}
			file := write(t, filepath.Join(home, "c.yaml"), line)
			check := func(o Options, value, origin string) {
				t.Helper()
				for _, s := range load(t, o).Effective() {
					if s.Key == key && (s.Value != value || s.Origin != origin) {
						t.Errorf("got %q from %q, want %q from %q", s.Value, s.Origin, value, origin)
					}
				}
			}
			check(options(file), v[0], "file "+file)
			t.Setenv(variable(key), v[1])
			check(options(file), v[1], "environment "+variable(key))
			check(options(file, Flag{key, "--x", v[2]}), v[2], "flag --x")
			t.Setenv(variable(key), "")
			check(options(file), v[0], "file "+file)
		})
	}
}

func TestFlagTypes(t *testing.T) {
	alone(t)
	c := load(t, options("", Flag{"workers", "--workers", 9}, Flag{"mailbox", "--mailbox", []string{"a, b", "c"}},
		Flag{"progress", "--no-progress", false}, Flag{"limits.time", "--time", 2 * time.Second}, Flag{"memory", "--memory", int64(1 << 20)},
		Flag{"rules", "--rules", []string{"here.toml"}}))
	want := load(t, options(""))
	want.Workers, want.Mailboxes, want.Progress, want.Limits.Time, want.Memory = 9, []string{"a, b", "c"}, false, 2*time.Second, 1<<20
	want.Rules = []string{"here.toml"} // of the working directory, as the shell's completion gave it
	same(t, want, c)
}

func TestEnvironmentLists(t *testing.T) {
	home := alone(t, "MAILSWEEP_MAILBOX=ann@example.com, bob@example.org", "MAILSWEEP_RULES=~/a.toml,b.toml", "MAILSWEEP_TEST_POSTGRES=x", "MAILSWEEP_CORPORA=y")
	c := load(t, options(""))
	if diff := cmp.Diff([]string{"ann@example.com", "bob@example.org"}, c.Mailboxes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{filepath.Join(home, "a.toml"), "b.toml"}, c.Rules); diff != "" {
		t.Error(diff)
	}
}

func TestMoments(t *testing.T) {
	for in, want := range map[string]time.Time{
		"2026-01-02":                time.Date(2026, 1, 2, 0, 0, 0, 0, berlin),
		"2026-01-02T03:04":          time.Date(2026, 1, 2, 3, 4, 0, 0, berlin),
		"2026-01-02 03:04:05":       time.Date(2026, 1, 2, 3, 4, 5, 0, berlin),
		"2026-01-02T03:04:05Z":      time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"2026-01-02T03:04:05+05:00": time.Date(2026, 1, 1, 22, 4, 5, 0, time.UTC),
		"7d":                        time.Date(2026, 3, 24, 12, 30, 15, 0, time.UTC),
		"2w":                        time.Date(2026, 3, 17, 12, 30, 15, 0, time.UTC),
		"12h":                       time.Date(2026, 3, 31, 0, 30, 15, 0, time.UTC),
		"1d12h30m":                  time.Date(2026, 3, 30, 0, 0, 15, 0, time.UTC),
		" 7d ":                      time.Date(2026, 3, 24, 12, 30, 15, 0, time.UTC),
	} {
		alone(t)
		if got := load(t, options("", Flag{"since", "--since", in})).Since; !got.Equal(want) {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
	for _, in := range []string{"yesterday", "0d", "0s", "-7d", "7", "d", "7dd", "1d2w", "999999999w", "2026-02-30", "2026-1-2", "7d3", "1.5d"} {
		alone(t)
		if c, err := Load(options("", Flag{"since", "--since", in})); err == nil {
			t.Errorf("%q was taken for %v", in, c.Since)
		}
	}
}

func TestSizes(t *testing.T) {
	for in, want := range map[string]int64{
		"256MB": 256e6, "64MiB": 64 << 20, "1.5GiB": 3 << 29, "2 gb": 2e9, "1048577": 1<<20 + 1, "1TiB": 1 << 40, "64M": 64e6,
	} {
		got, err := parseSize(in)
		if err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", in, got, err, want)
		}
		if back, err := parseSize(showSize(got)); err != nil || back != got {
			t.Errorf("%d is shown as %q", got, showSize(got))
		}
	}
	for _, in := range []string{"", "big", "-1MB", "1XB", "99999999999GB", "\u0664MB", "1e9"} {
		if got, err := parseSize(in); err == nil {
			t.Errorf("%q was taken for %d", in, got)
		}
	}
	if got := showSize(math.MaxInt64); got != "9223372036854775807B" {
		t.Error(got)
	}
}
