package config

import (
	"os"
	"strings"
)

// Setting is one effective setting for people to read.
type Setting struct {
	Key, Value string
	Origin     string // "default", "file <path>", "environment MAILSWEEP_DB", "flag --db"
}

// Effective lists the settings in force and where each comes from. The first is
// config, the file that was read. The last are secrets: their values are never
// shown, only where they come from.
func (c Config) Effective() []Setting {
	list := []Setting{{"config", c.File, c.origins["config"]}}
	for _, s := range settings() {
		list = append(list, Setting{s.key, s.show(&c), c.origins[s.key]})
	}
	for i := range list {
		if list[i].Key == "db" && list[i].Value == "" {
			path, err := c.Database()
			list[i].Value = path
			if err != nil {
				list[i].Origin += " (" + err.Error() + ")"
			}
		}
	}
	for _, name := range secrets() {
		if os.Getenv(name) != "" {
			key := strings.Replace(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", ".", 1)
			list = append(list, Setting{key, "[redacted]", "environment " + name})
		}
	}
	return append(list, c.fingerprintKey())
}

func (c Config) fingerprintKey() Setting {
	s := Setting{Key: "fingerprint_key", Value: "[redacted]", Origin: "environment " + EnvFingerprintKey}
	hex, file, err := c.FingerprintKey()
	switch {
	case err != nil:
		return Setting{Key: s.Key, Origin: "nowhere (" + err.Error() + ")"}
	case hex != "":
		return s
	}
	s.Origin = "file " + file
	if _, err := os.Stat(file); err != nil {
		s.Value = ""
		s.Origin += ", made when it is first needed"
	}
	return s
}
