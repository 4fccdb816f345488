package config

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// setting is one row of the table: a key, its default as a file would say it, how
// a value of it is checked and kept, and how it is shown.
type setting struct {
	key     string
	def     any
	allowed string // in words, for whoever gave something else
	set     func(c *Config, r reader, v any) error
	show    func(c *Config) string
	paths   func(c *Config) []*string // what of it is a path of a file
}

// settings is the table, in the order in which it is shown.
func settings() []setting {
	return []setting{
		file("db", func(c *Config) *string { return &c.DB }),
		files("rules", func(c *Config) *[]string { return &c.Rules }),
		files("allow", func(c *Config) *[]string { return &c.Allow }),
		choice("format", func(c *Config) *string { return &c.Format }, "text", "jsonl", "csv", "sarif", "html"),
		text("output", "", func(c *Config) *string { return &c.Output }),
		whole("workers", runtime.GOMAXPROCS(0), 1, 256, func(c *Config) *int { return &c.Workers }),
		choice("fail_on", func(c *Config) *string { return &c.FailOn }, "likely", "review", "confirmed"),
		moment("since", func(c *Config) *time.Time { return &c.Since }),
		moment("until", func(c *Config) *time.Time { return &c.Until }),
		list("mailbox", func(c *Config) *[]string { return &c.Mailboxes }),
		list("folder", func(c *Config) *[]string { return &c.Folders }),
		file("policy", func(c *Config) *string { return &c.Policy }),
		text("case", "", func(c *Config) *string { return &c.Case }),
		text("actor", "", func(c *Config) *string { return &c.Actor }),
		truth("progress", true, func(c *Config) *bool { return &c.Progress }),
		choice("log_level", func(c *Config) *string { return &c.LogLevel }, "info", "debug", "warn", "error"),
		choice("log_format", func(c *Config) *string { return &c.LogFormat }, "text", "json"),
		whole("limits.depth", 16, 1, 100, func(c *Config) *int { return &c.Limits.Depth }),
		whole("limits.parts", 10_000, 1, 1_000_000, func(c *Config) *int { return &c.Limits.Parts }),
		size("limits.bytes", "512MiB", func(c *Config) *int64 { return &c.Limits.Bytes }),
		whole("limits.ratio", 64, 1, 10_000, func(c *Config) *int64 { return &c.Limits.Ratio }),
		span("limits.time", "30s", func(c *Config) *time.Duration { return &c.Limits.Time }),
		size("memory", "64MiB", func(c *Config) *int64 { return &c.Memory }),
		text("m365.tenant", "", func(c *Config) *string { return &c.M365.Tenant }),
		text("m365.client_id", "", func(c *Config) *string { return &c.M365.ClientID }),
		choice("m365.sign_in", func(c *Config) *string { return &c.M365.SignIn }, "certificate", "managed-identity", "workload-identity", "secret", "none"),
		file("m365.certificate", func(c *Config) *string { return &c.M365.Certificate }),
		choice("m365.cloud", func(c *Config) *string { return &c.M365.Cloud }, "global", "gcc-high", "dod", "china"),
		text("m365.endpoint", "", func(c *Config) *string { return &c.M365.Endpoint }),
		listOf("m365.recoverable", []string{"deletions"}, func(c *Config) *[]string { return &c.M365.Recoverable }),
		truth("m365.archive", false, func(c *Config) *bool { return &c.M365.Archive }),
		whole("m365.at_once", 64, 1, 1000, func(c *Config) *int { return &c.M365.AtOnce }),
		choice("notices.directory", func(c *Config) *string { return &c.Notices.Directory }, "none", "m365"),
		whole("notices.per_minute", 30, 1, 100_000, func(c *Config) *int { return &c.Notices.PerMinute }),
		text("notices.graph", "", func(c *Config) *string { return &c.Notices.Graph }),
		text("notices.smtp_host", "", func(c *Config) *string { return &c.Notices.SMTPHost }),
		whole("notices.smtp_port", 587, 1, 65535, func(c *Config) *int { return &c.Notices.SMTPPort }),
		choice("notices.smtp_security", func(c *Config) *string { return &c.Notices.SMTPSecurity }, "starttls", "tls", "none"),
		text("notices.smtp_user", "", func(c *Config) *string { return &c.Notices.SMTPUser }),
		text("notices.smtp_from", "", func(c *Config) *string { return &c.Notices.SMTPFrom }),
		text("notices.webhook", "", func(c *Config) *string { return &c.Notices.Webhook }),
		file("notices.files", func(c *Config) *string { return &c.Notices.Files }),
	}
}

// Keys are the names of all settings, in the order in which they are shown.
func Keys() []string {
	var keys []string
	for _, s := range settings() {
		keys = append(keys, s.key)
	}
	return keys
}

// files is a list of paths.
func files(key string, at func(*Config) *[]string) setting {
	s := list(key, at)
	s.paths = func(c *Config) (all []*string) {
		for i := range *at(c) {
			all = append(all, &(*at(c))[i])
		}
		return all
	}
	return s
}

func file(key string, at func(*Config) *string) setting {
	s := text(key, "", at)
	s.paths = func(c *Config) []*string { return []*string{at(c)} }
	return s
}

func text(key, def string, at func(*Config) *string) setting {
	return setting{
		key: key, def: def, allowed: "text",
		set: func(c *Config, _ reader, v any) (err error) {
			*at(c), err = scalar(v)
			return err
		},
		show: func(c *Config) string { return *at(c) },
	}
}

// choice is one of a few words, the default first.
func choice(key string, at func(*Config) *string, words ...string) setting {
	return setting{
		key: key, def: words[0], allowed: oneOf(words),
		set: func(c *Config, _ reader, v any) error {
			s, err := scalar(v)
			if err != nil {
				return err
			}
			for _, w := range words {
				if s == w {
					*at(c) = w
					return nil
				}
			}
			return errNot
		},
		show: func(c *Config) string { return *at(c) },
	}
}

func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func list(key string, at func(*Config) *[]string) setting { return listOf(key, []string{}, at) }

func listOf(key string, def []string, at func(*Config) *[]string) setting {
	return setting{
		key: key, def: def, allowed: "a list of texts",
		set: func(c *Config, _ reader, v any) (err error) {
			*at(c), err = scalars(v)
			return err
		},
		show: func(c *Config) string { return strings.Join(*at(c), ", ") },
	}
}

func whole[N int | int64](key string, def, lo, hi N, at func(*Config) *N) setting {
	return setting{
		key: key, def: strconv.FormatInt(int64(def), 10), allowed: fmt.Sprintf("a whole number from %d to %d", lo, hi),
		set: func(c *Config, _ reader, v any) error {
			s, err := scalar(v)
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil || n < int64(lo) || n > int64(hi) {
				return errNot
			}
			*at(c) = N(n)
			return nil
		},
		show: func(c *Config) string { return strconv.FormatInt(int64(*at(c)), 10) },
	}
}

func truth(key string, def bool, at func(*Config) *bool) setting {
	return setting{
		key: key, def: strconv.FormatBool(def), allowed: "true or false",
		set: func(c *Config, _ reader, v any) error {
			s, err := scalar(v)
			if err != nil {
				return err
			}
			b, err := strconv.ParseBool(s)
			if err != nil {
				return errNot
			}
			*at(c) = b
			return nil
		},
		show: func(c *Config) string { return strconv.FormatBool(*at(c)) },
	}
}

const (
	leastSize = 1 << 20
	mostSize  = 1 << 40
)

func size(key, def string, at func(*Config) *int64) setting {
	return setting{
		key: key, def: def, allowed: "a size such as 256MB or 256MiB, from 1MiB to 1TiB",
		set: func(c *Config, _ reader, v any) error {
			s, err := scalar(v)
			if err != nil {
				return err
			}
			n, err := parseSize(s)
			if err != nil || n < leastSize || n > mostSize {
				return errNot
			}
			*at(c) = n
			return nil
		},
		show: func(c *Config) string { return showSize(*at(c)) },
	}
}

func span(key, def string, at func(*Config) *time.Duration) setting {
	return setting{
		key: key, def: def, allowed: "a duration such as 30s or 2m, from 100ms to 1d",
		set: func(c *Config, _ reader, v any) error {
			s, err := scalar(v)
			if err != nil {
				return err
			}
			d, err := parseSpan(s)
			if err != nil || d < 100*time.Millisecond || d > 24*time.Hour {
				return errNot
			}
			*at(c) = d
			return nil
		},
		show: func(c *Config) string { return at(c).String() },
	}
}

func moment(key string, at func(*Config) *time.Time) setting {
	return setting{
		key: key, def: "",
		allowed: "a date such as 2026-03-01, a time such as 2026-03-01T08:00:00Z, or how long ago it was, such as 7d or 12h",
		set: func(c *Config, r reader, v any) error {
			s, err := scalar(v)
			if err != nil || s == "" {
				return err
			}
			t, err := r.moment(s)
			if err != nil {
				return errNot
			}
			*at(c) = t
			return nil
		},
		show: func(c *Config) string {
			if at(c).IsZero() {
				return ""
			}
			return at(c).Format(time.RFC3339)
		},
	}
}
