package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mailsweep/config"
	"mailsweep/detectors"
	"mailsweep/secret"
	"mailsweep/store"
	"mailsweep/store/sqlite"
)

// settings reads all layers; flags given on the command line are the strongest.
func (a *app) settings(cmd *cobra.Command) (config.Config, error) {
	o := config.Options{Now: a.now}
	o.File, _ = cmd.Flags().GetString("config")
	known := map[string]bool{}
	for _, k := range config.Keys() {
		known[k] = true
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if s, ok := setting(cmd, f, known); ok {
			o.Flags = append(o.Flags, s)
		}
	})
	c, err := config.Load(o)
	if err != nil {
		return c, &usageError{err}
	}
	return c, nil
}

// setting is the setting that a flag stands for, if it stands for one.
func setting(cmd *cobra.Command, f *pflag.Flag, known map[string]bool) (config.Flag, bool) {
	s := config.Flag{Key: strings.ReplaceAll(f.Name, "-", "_"), Name: "--" + f.Name}
	if tenant := "m365." + s.Key; known[tenant] {
		s.Key = tenant
	}
	if f.Name == "no-progress" {
		off, _ := cmd.Flags().GetBool(f.Name)
		s.Key, s.Value = "progress", !off
		return s, true
	}
	if f.Name == "recoverable" {
		s.Key = "m365.recoverable"
	}
	switch f.Value.Type() {
	case "stringArray":
		s.Value, _ = cmd.Flags().GetStringArray(f.Name)
	case "int":
		s.Value, _ = cmd.Flags().GetInt(f.Name)
	default:
		s.Value = f.Value.String()
	}
	return s, known[s.Key]
}

// logger writes to w as the settings say. Nothing that is logged at any level
// holds a secret or a text from mail.
func logger(c config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked by config
	o := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// openKey gives the fingerprint key, made on first use.
func openKey(c config.Config) (secret.Key, error) {
	hex, file, err := c.FingerprintKey()
	if err != nil {
		return secret.Key{}, &usageError{hint(err, "set HOME, or give the key itself in MAILSWEEP_FINGERPRINT_KEY")}
	}
	if hex != "" {
		k, err := secret.ParseKey(hex)
		if err != nil {
			return k, &usageError{fmt.Errorf("MAILSWEEP_FINGERPRINT_KEY: %w", err)}
		}
		return k, nil
	}
	k, err := secret.OpenKey(file)
	if errors.Is(err, fs.ErrPermission) {
		return k, hint(err, "the key's directory must be writable by you, or set MAILSWEEP_FINGERPRINT_KEY")
	}
	return k, err
}

func databasePath(c config.Config) (string, error) {
	path, err := c.Database()
	if err != nil {
		return "", &usageError{hint(err, "name one with --db or MAILSWEEP_DB")}
	}
	return path, nil
}

// openStore opens the database, made on first use.
func openStore(cmd *cobra.Command, c config.Config) (*sqlite.DB, error) {
	path, err := databasePath(c)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(cmd.Context(), path, sqlite.Options{})
}

// readStore opens a database that must be there: asking an empty one would answer
// "nothing found" to a mistyped path.
func readStore(cmd *cobra.Command, c config.Config) (*sqlite.DB, error) {
	path, err := databasePath(c)
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(cmd.Context(), path, sqlite.Options{Existing: true})
	if errors.Is(err, store.ErrNotFound) {
		return nil, &usageError{hint(fmt.Errorf("there is no database at %s", path), "mailsweep sweep SOURCE makes it; --db names another")}
	}
	return db, err
}

// openDetectors loads the rules.
func openDetectors(c config.Config) (*detectors.Set, error) {
	set, err := detectors.New(detectors.Options{RulesFiles: c.Rules})
	if err != nil {
		return nil, &usageError{err}
	}
	return set, nil
}
