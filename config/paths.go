package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Database is the path of the database: the setting db or, without one,
// mailsweep/mailsweep.db in the user's data directory: $XDG_DATA_HOME or
// ~/.local/share, on macOS ~/Library/Application Support, on Windows
// %LocalAppData%. It is an error when neither is known.
func (c Config) Database() (string, error) {
	if c.DB != "" {
		return c.DB, nil
	}
	dir, err := dataDir(runtime.GOOS)
	if err != nil {
		return "", fmt.Errorf("there is no place for the database: %w", err)
	}
	return filepath.Join(dir, "mailsweep", "mailsweep.db"), nil
}

// FingerprintKey says where the fingerprint key comes from: hex is the content of
// MAILSWEEP_FINGERPRINT_KEY, to be given to secret.ParseKey and to nothing else;
// when it is "", file is the path for secret.OpenKey, apart from the database. The
// error says that there is no home directory.
func (c Config) FingerprintKey() (hex, file string, err error) {
	if hex := os.Getenv(EnvFingerprintKey); hex != "" {
		return hex, "", nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", "", fmt.Errorf("there is no place for the fingerprint key: %w", err)
	}
	return "", filepath.Join(dir, "mailsweep", "fingerprint.key"), nil
}

// Secrets reads what signs in to a tenant. It is in the environment only: a file of
// settings is read by more people than a secret should be.
func (Config) Secrets() (clientSecret, certificatePassword string) {
	return os.Getenv(EnvClientSecret), os.Getenv(EnvCertificatePassword)
}

// NoticeSecrets reads what signs in to the mail server and what signs webhooks, from
// the environment only.
func (Config) NoticeSecrets() (smtpPassword, webhookKey string) {
	return os.Getenv(EnvSMTPPassword), os.Getenv(EnvWebhookKey)
}

// dataDir is the user's data directory; Go knows only those of configuration and
// cache. A relative path in XDG_DATA_HOME counts as none (XDG Base Directory
// Specification, "Basics").
func dataDir(goos string) (string, error) {
	switch goos {
	case "windows":
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return dir, nil
		}
		return "", fmt.Errorf("%%LocalAppData%% is not set")
	case "darwin", "ios":
		dir, err := os.UserHomeDir()
		return filepath.Join(dir, "Library", "Application Support"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	dir, err := os.UserHomeDir()
	return filepath.Join(dir, ".local", "share"), err
}

// home puts the home directory in the place of "~/". Where there is none the path
// stays as it is, and whoever opens it says that it is not there.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, rest)
}
