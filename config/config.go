// Package config reads settings: built-in defaults, then a file, then the
// environment, then flags, later ones stronger.
package config

import (
	"errors"
	"time"
)

// Config is the settings in force, checked.
type Config struct {
	DB        string    // db: path of the database; "" when it is the default (see [Config.Database])
	Rules     []string  // rules: paths of rule files
	Format    string    // format: text, jsonl, csv or sarif
	Output    string    // output: a file; "" is standard output
	Workers   int       // workers: messages searched at once, from 1
	FailOn    string    // fail_on: review, likely or confirmed
	Since     time.Time // since: zero is open
	Until     time.Time // until: zero is open
	Mailboxes []string  // mailbox
	Folders   []string  // folder
	Case      string    // case: why this sweep is done, for the log
	Progress  bool      // progress
	LogLevel  string    // log_level: debug, info, warn or error
	LogFormat string    // log_format: text or json
	Limits    Limits    // limits.…: what one mail may cost
	Memory    int64     // memory: bytes of mail in flight

	// File is the configuration file that was read; "" when there was none.
	File string
}

// Limits bound what one mail may cost; see decode.Limits for their meaning.
type Limits struct {
	Depth int
	Parts int
	Bytes int64
	Ratio int64
	Time  time.Duration
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
	Value any    // string, []string, int or bool
}

// Load reads all layers and checks the result. Its errors are the user's to
// mend (exit code 2).
func Load(o Options) (Config, error) { return Config{}, errors.New("being written") }

// Keys are the names of all settings, in the order in which they are shown.
func Keys() []string { return nil }

// Setting is one effective setting for people to read.
type Setting struct {
	Key, Value string
	Origin     string // "default", "file <path>", "environment MAILSWEEP_DB", "flag --db"
}

// Effective lists the settings in force and where each comes from. The last one
// is fingerprint_key: its value is never shown, only where it comes from.
func (c Config) Effective() []Setting { return nil }

// Database is the path of the database: the setting db or, without one,
// mailsweep/mailsweep.db in the user's data directory. It is an error when
// neither is known.
func (c Config) Database() (string, error) { return "", errors.New("being written") }

// FingerprintKey says where the fingerprint key comes from: hex is the content of
// MAILSWEEP_FINGERPRINT_KEY, to be given to secret.ParseKey; when it is "", file
// is the path for secret.OpenKey. The error says that there is no home directory.
func (c Config) FingerprintKey() (hex, file string, err error) {
	return "", "", errors.New("being written")
}
