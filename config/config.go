// Package config reads settings: built-in defaults, then a file, then the
// environment, then flags, later ones stronger.
//
// # File
//
// YAML or TOML, told apart by the ending (.yaml, .yml, .toml): the one named with
// --config or MAILSWEEP_CONFIG, which must be there, or else mailsweep/config.yaml
// or .toml in the user's configuration directory, which may be absent. Its keys
// are those of [Keys]; limits is a group:
//
//	workers: 4
//	fail_on: confirmed
//	since: 30d
//	rules: [ours.toml]
//	allow: [allow.yaml]
//	limits:
//	  bytes: 256MiB
//
// In a file, the paths db, rules, allow, policy, m365.certificate and notices.files are relative to the file's directory. There
// and in the environment "~/" is the home directory.
//
// # Environment
//
// MAILSWEEP_ and the key in upper case, a group and its key joined by "_":
// MAILSWEEP_FAIL_ON, MAILSWEEP_LIMITS_BYTES. Lists are separated by commas. An
// empty variable is as good as none. MAILSWEEP_FINGERPRINT_KEY is read only when
// it is needed and never kept here, and so are MAILSWEEP_M365_CLIENT_SECRET,
// MAILSWEEP_M365_CERTIFICATE_PASSWORD, MAILSWEEP_NOTICES_SMTP_PASSWORD and
// MAILSWEEP_NOTICES_WEBHOOK_KEY; MAILSWEEP_CORPORA and what begins with
// MAILSWEEP_TEST_ belong to the tests.
//
// # Values
//
// Sizes are "256MB" (1000) or "256MiB" (1024). Durations are "30s", "12h", "7d" or
// "2w". The times since and until are RFC 3339 ("2026-03-01T08:00:00Z"), a date or
// date and time without a zone, which is local time, or a duration back from now.
//
// An unknown key or variable is an error that names it, and so is a value that
// cannot be: nobody should sweep for a night with a setting that was mistyped.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Config is the settings in force, checked.
type Config struct {
	DB        string    // db: path of the database; "" when it is the default (see [Config.Database])
	Rules     []string  // rules: paths of rule files
	Allow     []string  // allow: paths of allow-lists
	Format    string    // format: text, jsonl, csv, sarif or, of a report, html
	Output    string    // output: a file; "" is standard output
	Workers   int       // workers: messages searched at once, from 1
	FailOn    string    // fail_on: review, likely or confirmed
	Since     time.Time // since: zero is open
	Until     time.Time // until: zero is open
	Mailboxes []string  // mailbox
	Folders   []string  // folder
	Policy    string    // policy: a file, see package notify
	Case      string    // case: why this sweep is done, for the log
	Actor     string    // actor: who you are, for the log; "" is who the system says
	Progress  bool      // progress
	LogLevel  string    // log_level: debug, info, warn or error
	LogFormat string    // log_format: text or json
	Limits    Limits    // limits.…: what one mail may cost
	Memory    int64     // memory: bytes of mail in flight
	M365      M365      // m365.…: how to reach the tenant
	Notices   Notices   // notices.…: how to reach owners

	// File is the configuration file that was read; "" when there was none.
	File string

	origins map[string]string // of each key, and of "config"
}

// Limits bound what one mail may cost; see decode.Limits for their meaning. The
// defaults are the same.
type Limits struct {
	Depth int
	Parts int
	Bytes int64
	Ratio int64
	Time  time.Duration
}

// M365 says how to reach a Microsoft 365 tenant, and how much at once. Its secrets are
// no settings: see [Config.Secrets].
type M365 struct {
	Tenant      string   // tenant: id or domain
	ClientID    string   // client_id: of the application
	SignIn      string   // sign_in: certificate, managed-identity, workload-identity, secret or none
	Certificate string   // certificate: path of a PEM or PFX file
	Cloud       string   // cloud: global, gcc-high, dod or china
	Endpoint    string   // endpoint: of a simulator; "" is the cloud's
	Recoverable []string // recoverable: deletions, purges, versions, discoveryholds
	Archive     bool     // archive: read archive mailboxes too; experimental
	AtOnce      int      // at_once: mailboxes read at once
}

// Notices says how notices reach owners. Its secrets are no settings: see
// [Config.NoticeSecrets].
type Notices struct {
	Directory    string // directory: who knows the people of the organisation: none or m365
	PerMinute    int    // per_minute: letters a minute by each channel of mail
	Graph        string // graph: the mailbox from which Microsoft Graph sends
	SMTPHost     string // smtp_host
	SMTPPort     int    // smtp_port
	SMTPSecurity string // smtp_security: starttls, tls or none
	SMTPUser     string // smtp_user
	SMTPFrom     string // smtp_from: "" is the policy's contact
	Webhook      string // webhook: address to which notices are posted
	Files        string // files: directory into which packages are written
}

// Options say where settings come from.
type Options struct {
	// File is the file named with --config; "" looks at MAILSWEEP_CONFIG, then for
	// the default file.
	File string
	// Flags are the flags that were given on the command line, and only those.
	Flags []Flag
	// Now is the clock for "7d"; nil is time.Now.
	Now func() time.Time
	// Zone is the zone of dates without one; nil is time.Local.
	Zone *time.Location
}

// Flag is a flag that was given.
type Flag struct {
	Key   string // of the setting, as in the file: "fail_on", "limits.depth"
	Name  string // as people type it: "--fail-on", "--no-progress"
	Value any    // string, []string, int, int64, bool, time.Duration
}

// Load reads all layers and checks the result. Its errors are the user's to mend
// (exit code 2): all that is wrong is told at once, a line each.
func Load(o Options) (Config, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.Local
	}
	file, namedBy, err := findFile(o.File)
	if err != nil {
		return Config{}, err
	}
	l := newLayers(file)
	if err := errors.Join(l.readFile(), l.readEnvironment(os.Environ()), l.readFlags(o.Flags)); err != nil {
		return Config{}, err
	}
	c := Config{File: file, origins: map[string]string{"config": namedBy}}
	r := reader{now: o.Now(), zone: o.Zone}
	var wrong []error
	for _, s := range l.settings {
		value, origin := l.value(s.key)
		c.origins[s.key] = origin
		if s.set(&c, r, value) != nil {
			wrong = append(wrong, fmt.Errorf("%s is %s (%s), which is not %s", s.key, quote(value), origin, s.allowed))
			continue
		}
		c.locate(s, origin)
	}
	if err := errors.Join(wrong...); err != nil {
		return Config{}, err
	}
	if !c.Since.IsZero() && !c.Until.IsZero() && !c.Since.Before(c.Until) {
		return Config{}, fmt.Errorf("since is %s (%s), which is not before until, %s (%s): no mail can lie between them",
			c.Since.Format(time.RFC3339), c.origins["since"], c.Until.Format(time.RFC3339), c.origins["until"])
	}
	return c, nil
}

// locate makes the paths of a file relative to it, and the home directory of "~/",
// which a shell does only for flags.
func (c *Config) locate(s setting, origin string) {
	if s.paths == nil || strings.HasPrefix(origin, "flag ") {
		return
	}
	for _, p := range s.paths(c) {
		if *p == "" {
			continue
		}
		*p = home(*p)
		if strings.HasPrefix(origin, "file ") && !filepath.IsAbs(*p) {
			*p = filepath.Join(filepath.Dir(c.File), *p)
		}
	}
}

// quote shows a value as it was given, cut where it is long.
func quote(v any) string {
	s, err := scalar(v)
	if err != nil {
		s = fmt.Sprint(v)
	}
	if runes := []rune(s); len(runes) > 60 {
		s = string(runes[:60]) + "..."
	}
	return strconv.Quote(s)
}
