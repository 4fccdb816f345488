package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

const (
	prefix = "MAILSWEEP_"
	// EnvFile names the configuration file, EnvFingerprintKey holds the key itself.
	EnvFile           = prefix + "CONFIG"
	EnvFingerprintKey = prefix + "FINGERPRINT_KEY"
	// EnvClientSecret and EnvCertificatePassword hold what signs in to a tenant.
	EnvClientSecret        = prefix + "M365_CLIENT_SECRET"
	EnvCertificatePassword = prefix + "M365_CERTIFICATE_PASSWORD"
	// EnvSMTPPassword signs in to the mail server, EnvWebhookKey signs what is posted.
	EnvSMTPPassword = prefix + "NOTICES_SMTP_PASSWORD"
	EnvWebhookKey   = prefix + "NOTICES_WEBHOOK_KEY"
)

// secrets are the variables whose values are never shown.
func secrets() []string {
	return []string{EnvClientSecret, EnvCertificatePassword, EnvSMTPPassword, EnvWebhookKey}
}

// delimiter joins the parts of a key within viper: with its own, a dot, a key that
// has one (a domain) would be taken apart.
const delimiter = "::"

// layers are the values of all keys, from all places. Viper says which is the
// strongest; unknown names are found here, so that each is named with its place,
// also where viper would not see it (an empty group, a null).
type layers struct {
	settings []setting
	viper    *viper.Viper
	flags    map[string]Flag
	file     string
}

// fromEnvironment is text that may be a list.
type fromEnvironment string

func newLayers(file string) *layers {
	l := &layers{
		settings: settings(), flags: map[string]Flag{}, file: file,
		viper: viper.NewWithOptions(viper.KeyDelimiter(delimiter), viper.EnvKeyReplacer(strings.NewReplacer(delimiter, "_"))),
	}
	l.viper.SetEnvPrefix(strings.TrimSuffix(prefix, "_"))
	l.viper.AutomaticEnv()
	for _, s := range l.settings {
		l.viper.SetDefault(inner(s.key), s.def)
	}
	return l
}

func inner(key string) string { return strings.ReplaceAll(key, ".", delimiter) }

func variable(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

func (l *layers) readFile() error {
	if l.file == "" {
		return nil
	}
	values, err := readFile(l.file)
	if err != nil {
		return err
	}
	if err := l.refuse(values); err != nil {
		return err
	}
	return l.viper.MergeConfigMap(values)
}

// refuse names every key of the file that is no setting.
func (l *layers) refuse(values map[string]any) error {
	var wrong []error
	seen := map[string]bool{}
	known := func(name, key string) {
		if !slices.Contains(Keys(), key) {
			wrong = append(wrong, fmt.Errorf("%s: there is no setting %s%s", l.file, name, nearest("", key, Keys())))
		}
		if seen[key] {
			wrong = append(wrong, fmt.Errorf("%s: %s is there twice", l.file, key))
		}
		seen[key] = true
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := strings.ToLower(name)
		if group, sub, nested := strings.Cut(key, "."); nested && slices.Contains(Keys(), key) {
			wrong = append(wrong, fmt.Errorf("%s: %s is the key %s of the group %s: write it below the group's name", l.file, name, sub, group))
			continue
		}
		if !l.isGroup(key) {
			known(name, key)
			continue
		}
		group, ok := values[name].(map[string]any)
		if !ok && values[name] != nil {
			wrong = append(wrong, fmt.Errorf("%s: %s is a group of settings, not a value: write its keys below it", l.file, name))
		}
		for _, sub := range slices.Sorted(maps.Keys(group)) {
			known(name+"."+sub, key+"."+strings.ToLower(sub))
		}
	}
	return errors.Join(wrong...)
}

func (l *layers) isGroup(key string) bool {
	return slices.ContainsFunc(l.settings, func(s setting) bool { return strings.HasPrefix(s.key, key+".") })
}

// readEnvironment refuses variables that look like ours and are not; viper reads
// those that are.
func (l *layers) readEnvironment(environ []string) error {
	ours := append([]string{EnvFile, EnvFingerprintKey}, secrets()...)
	for _, s := range l.settings {
		ours = append(ours, variable(s.key))
	}
	var wrong []error
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(ours, name) ||
			strings.HasPrefix(name, prefix+"TEST_") || name == prefix+"CORPORA" {
			continue
		}
		wrong = append(wrong, fmt.Errorf("the environment variable %s is no setting%s", name, nearest(prefix, name, ours)))
	}
	slices.SortFunc(wrong, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(wrong...)
}

func (l *layers) readFlags(flags []Flag) error {
	for _, f := range flags {
		if !slices.Contains(Keys(), f.Key) {
			return fmt.Errorf("the flag %s is for %s, which is no setting", f.Name, f.Key)
		}
		l.flags[f.Key] = f
		l.viper.Set(inner(f.Key), f.Value)
	}
	return nil
}

// value is the strongest layer's, and says where it comes from.
func (l *layers) value(key string) (value any, origin string) {
	value = l.viper.Get(inner(key))
	if f, ok := l.flags[key]; ok {
		return value, "flag " + f.Name
	}
	if s := os.Getenv(variable(key)); s != "" {
		return fromEnvironment(s), "environment " + variable(key)
	}
	if l.viper.InConfig(inner(key)) {
		return value, "file " + l.file
	}
	return value, "default"
}
