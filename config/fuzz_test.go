package config

import (
	"strings"
	"testing"
)

// FuzzConfig: whatever a file says, it is read or refused with words, and what was
// read is within what the settings allow.
func FuzzConfig(f *testing.F) {
	f.Add(everythingYAML, true)
	f.Add(everythingTOML, false)
	for _, s := range []string{
		"", "limits: 5", "limits: [1]", "? [a]\n: b", "&a [*a]", "a: &a {<<: *a}", "<<: {workers: 3}", "workers: !!binary YQ==", "1: 2", "limits: {1: 2}",
		"since: 0001-01-01", "workers: 0x10", "workers: .inf", "memory: 1e3", "rules: [~]", "db: ~/../x", "limits::depth: 2", "---\n...\n---",
	} {
		f.Add(s, true)
	}
	for _, s := range []string{"limits = 5", "[[limits]]", "[limits.depth]", "a.b.c = 1", "since = 00:00:00", "workers = inf", "workers = 1_000", "\"\" = 1"} {
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, content string, yaml bool) {
		ending := ".toml"
		if yaml {
			ending = ".yaml"
		}
		values, err := decode(ending, []byte(content))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		l := newLayers("c" + ending)
		if l.refuse(values) != nil {
			return
		}
		if err := l.viper.MergeConfigMap(values); err != nil {
			t.Fatal(err)
		}
		c := Config{File: l.file}
		for _, s := range l.settings {
			value, origin := l.value(s.key)
			if s.set(&c, reader{now: now, zone: berlin}, value) != nil {
				_ = quote(value)
				continue
			}
			c.locate(s, origin)
			_ = s.show(&c)
		}
		if c.Workers < 0 || c.Workers > 256 || c.Memory < 0 || c.Memory > mostSize || c.Limits.Time < 0 {
			t.Fatalf("%+v", c)
		}
	})
}
