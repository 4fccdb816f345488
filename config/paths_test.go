package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDatabase(t *testing.T) {
	home := alone(t)
	got, err := load(t, options("")).Database()
	if want := filepath.Join(home, "data/mailsweep/mailsweep.db"); err != nil || got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
	got, err = load(t, options("", Flag{"db", "--db", "here.db"})).Database()
	if err != nil || got != "here.db" {
		t.Errorf("got %s (%v), want here.db", got, err)
	}
}

func TestDataDirectories(t *testing.T) {
	home := alone(t, "XDG_DATA_HOME=relative", "LocalAppData=C:/Users/ann/AppData/Local")
	for goos, want := range map[string]string{
		"linux": filepath.Join(home, ".local/share"), "freebsd": filepath.Join(home, ".local/share"),
		"darwin": filepath.Join(home, "Library/Application Support"), "windows": "C:/Users/ann/AppData/Local",
	} {
		if got, err := dataDir(goos); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", goos, got, err, want)
		}
	}
	t.Setenv("LocalAppData", "")
	if _, err := dataDir("windows"); err == nil {
		t.Error("windows: no error without %LocalAppData%")
	}
}

// TestNoHome: settings load, and only what needs a home asks for one.
func TestNoHome(t *testing.T) {
	alone(t, "HOME=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=")
	c := load(t, options("", Flag{"rules", "--rules", []string{"~/x"}}))
	_, err := c.Database()
	if want := "there is no place for the database: $HOME is not defined"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, _, err = c.FingerprintKey()
	if want := "there is no place for the fingerprint key: neither $XDG_CONFIG_HOME nor $HOME are defined"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for _, s := range c.Effective() {
		if (s.Key == "db" || s.Key == "fingerprint_key") && (s.Value != "" || !strings.Contains(s.Origin, "there is no place for")) {
			t.Errorf("%+v does not say that it has no place", s)
		}
	}
}

func TestFingerprintKey(t *testing.T) {
	home := alone(t)
	hex, file, err := load(t, options("")).FingerprintKey()
	if want := filepath.Join(home, "conf/mailsweep/fingerprint.key"); err != nil || hex != "" || file != want {
		t.Errorf("got %q, %s (%v), want %s", hex, file, err, want)
	}
	t.Setenv(EnvFingerprintKey, "00ff")
	if hex, file, err := load(t, options("")).FingerprintKey(); hex != "00ff" || file != "" || err != nil {
		t.Errorf("got %q, %q, %v", hex, file, err)
	}
}

// TestEffective shows all settings, each once, and the key never.
func TestEffective(t *testing.T) {
	const key = "5ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4e75ec4"
	home := alone(t, "MAILSWEEP_CASE=IR-7", "MAILSWEEP_LIMITS_BYTES=300000000")
	file := write(t, filepath.Join(home, "conf/mailsweep/config.yaml"), "workers: 2\nrules: [a.toml, b.toml]\nallow: a.yaml\nsince: 2026-01-02\n")
	got := func() string {
		c := load(t, options("", Flag{"progress", "--no-progress", false}))
		var b strings.Builder
		for _, s := range c.Effective() {
			fmt.Fprintf(&b, "%s | %s | %s\n", s.Key, s.Value, s.Origin)
		}
		if dump := fmt.Sprintf("%+v %#v", c, c) + b.String(); strings.Contains(dump, key) {
			t.Error("the fingerprint key is shown")
		}
		return strings.ReplaceAll(strings.ReplaceAll(b.String(), file, "FILE"), home, "HOME")
	}
	want := `config | FILE | default
db | HOME/data/mailsweep/mailsweep.db | default
rules | HOME/conf/mailsweep/a.toml, HOME/conf/mailsweep/b.toml | file FILE
allow | HOME/conf/mailsweep/a.yaml | file FILE
format | text | default
output |  | default
workers | 2 | file FILE
fail_on | likely | default
since | 2026-01-02T00:00:00+02:00 | file FILE
until |  | default
mailbox |  | default
folder |  | default
policy |  | default
case | IR-7 | environment MAILSWEEP_CASE
actor |  | default
progress | false | flag --no-progress
log_level | info | default
log_format | text | default
limits.depth | 16 | default
limits.parts | 10000 | default
limits.bytes | 300MB | environment MAILSWEEP_LIMITS_BYTES
limits.ratio | 64 | default
limits.time | 30s | default
memory | 64MiB | default
m365.tenant |  | default
m365.client_id |  | default
m365.sign_in | certificate | default
m365.certificate |  | default
m365.cloud | global | default
m365.endpoint |  | default
m365.recoverable | deletions | default
m365.archive | false | default
m365.at_once | 64 | default
notices.directory | none | default
notices.per_minute | 30 | default
notices.graph |  | default
notices.smtp_host |  | default
notices.smtp_port | 587 | default
notices.smtp_security | starttls | default
notices.smtp_user |  | default
notices.smtp_from |  | default
notices.webhook |  | default
notices.files |  | default
fingerprint_key |  | file HOME/conf/mailsweep/fingerprint.key, made when it is first needed
`
	if diff := cmp.Diff(want, got()); diff != "" {
		t.Error(diff)
	}
	lastLine := func() string {
		lines := strings.Split(strings.TrimSpace(got()), "\n")
		return lines[len(lines)-1]
	}
	write(t, filepath.Join(home, "conf/mailsweep/fingerprint.key"), key)
	if want := "fingerprint_key | [redacted] | file HOME/conf/mailsweep/fingerprint.key"; lastLine() != want {
		t.Errorf("got %s, want %s", lastLine(), want)
	}
	t.Setenv(EnvClientSecret, "hunter2hunter2")
	if s := got(); !strings.Contains(s, "m365.client_secret | [redacted] | environment MAILSWEEP_M365_CLIENT_SECRET\n") || strings.Contains(s, "hunter2") {
		t.Errorf("the client secret is shown, or not named:\n%s", s)
	}
	t.Setenv(EnvFingerprintKey, key)
	if want := "fingerprint_key | [redacted] | environment MAILSWEEP_FINGERPRINT_KEY"; lastLine() != want {
		t.Errorf("got %s, want %s", lastLine(), want)
	}
}
