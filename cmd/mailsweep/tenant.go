package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"mailsweep/config"
	"mailsweep/m365"
	"mailsweep/sweeper"
)

// tenantPrefix begins a SOURCE that is a tenant: "m365:", with its id or domain behind
// it unless the settings say it.
const tenantPrefix = "m365:"

// tenantFlags choose what of a tenant is swept. They are flags only: a sweep of a
// whole tenant must be said each time.
type tenantFlags struct {
	all           bool
	mailboxFile   string
	groups        []string
	filter        string
	exclude       []string
	excludeGroups []string
	messages      string
	recoverable   []string // a setting too: read from there
	archive       bool     // likewise
	estimate      bool
}

func (t *tenantFlags) add(f *pflag.FlagSet) {
	t.addSelection(f)
	f.StringVar(&t.messages, "messages", "", "tenant: only the messages whose internet message ids this `file` lists: plain, CSV or an audit export")
	f.StringArrayVar(&t.recoverable, "recoverable", nil, "tenant: also read these recoverable `items`: deletions (default), purges, versions, discoveryholds or none")
	f.BoolVar(&t.archive, "archive", false, "tenant: experimental: also read the in-place archives of the chosen mailboxes, which Microsoft does not support")
	f.BoolVar(&t.estimate, "estimate", false, "tenant: say what the sweep would cost, and sweep nothing")
}

// addSelection adds the flags that choose mailboxes.
func (t *tenantFlags) addSelection(f *pflag.FlagSet) {
	f.BoolVar(&t.all, "all", false, "tenant: every mailbox")
	f.StringVar(&t.mailboxFile, "mailbox-file", "", "tenant: the mailboxes whose addresses this `file` lists, one on a line or the first column of CSV")
	f.StringArrayVar(&t.groups, "group", nil, "tenant: the mailboxes of the members of this `group`, by address, name or id (may be repeated)")
	f.StringVar(&t.filter, "user-filter", "", "tenant: the users that this OData `filter` of Graph selects")
	f.StringArrayVar(&t.exclude, "exclude", nil, "tenant: not the mailboxes that match this `pattern` (* and ?; may be repeated)")
	f.StringArrayVar(&t.excludeGroups, "exclude-group", nil, "tenant: not the mailboxes of the members of this `group` (may be repeated)")
}

// note adds what was chosen of a tenant to the filters of a run, for the log.
func (t *tenantFlags) note(m map[string]string, c config.Config) {
	if t.given() == "" {
		return
	}
	for name, list := range map[string][]string{"group": t.groups, "exclude": t.exclude, "exclude_group": t.excludeGroups, "recoverable": c.M365.Recoverable} {
		if len(list) > 0 {
			m[name] = fmt.Sprintf("%q", list)
		}
	}
	for name, text := range map[string]string{"user_filter": t.filter, "mailbox_file": t.mailboxFile, "messages": t.messages} {
		if text != "" {
			m[name] = text
		}
	}
	if t.all {
		m["all"] = "true"
	}
	if c.M365.Archive {
		m["archive"] = "true"
	}
}

// given names a flag that is for tenants only, "" when none was given.
func (t *tenantFlags) given() string {
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"--all", t.all}, {"--mailbox-file", t.mailboxFile != ""}, {"--group", len(t.groups) > 0}, {"--user-filter", t.filter != ""},
		{"--exclude", len(t.exclude) > 0}, {"--exclude-group", len(t.excludeGroups) > 0}, {"--messages", t.messages != ""},
		{"--recoverable", len(t.recoverable) > 0}, {"--archive", t.archive}, {"--estimate", t.estimate},
	} {
		if f.set {
			return f.name
		}
	}
	return ""
}

// client connects to the tenant that a SOURCE names.
func client(c config.Config, arg string, log *slog.Logger) (*m365.Client, config.Config, error) {
	if tenant := strings.TrimPrefix(arg, tenantPrefix); tenant != "" {
		c.M365.Tenant = tenant
	}
	cloud, err := m365.CloudNamed(c.M365.Cloud)
	if err != nil {
		return nil, c, &usageError{err}
	}
	o := m365.Options{Cloud: cloud, Endpoint: c.M365.Endpoint, Version: version().Version, Log: log}
	if c.M365.SignIn != "none" {
		if o.Credential, err = signIn(c, cloud).Credential(); err != nil {
			return nil, c, &usageError{hint(err, "docs/setup.md shows how to register mailsweep with a certificate; mailsweep doctor checks it")}
		}
	}
	client, err := m365.New(o)
	if err != nil {
		return nil, c, &usageError{hint(err, "m365.endpoint is for a simulator on this machine; m365.cloud chooses a national cloud")}
	}
	return client, c, nil
}

func signIn(c config.Config, cloud m365.Cloud) m365.SignIn {
	s := m365.SignIn{Cloud: cloud, Tenant: c.M365.Tenant, Client: c.M365.ClientID}
	secret, password := c.Secrets()
	switch c.M365.SignIn {
	case "certificate":
		s.Certificate, s.Password = c.M365.Certificate, password
	case "secret":
		s.Secret = secret
	case "managed-identity":
		s.Managed = true
	case "workload-identity":
		s.Workload = true
	}
	return s
}

// tenant opens a tenant as a Source.
func (a *app) tenant(ctx context.Context, c config.Config, t tenantFlags, chosen *selection, arg string, log *slog.Logger) (*m365.Source, string, error) {
	client, c, err := client(c, arg, log)
	if err != nil {
		return nil, "", err
	}
	o := m365.SourceOptions{Window: sweeper.Window{Since: c.Since, Until: c.Until}, Archive: c.M365.Archive}
	if o.Select, err = t.selection(c); err != nil {
		return nil, "", err
	}
	if t.messages != "" {
		if o.Wanted, err = readWanted(t.messages); err != nil {
			return nil, "", &usageError{err}
		}
		for _, box := range slices.Sorted(maps.Keys(o.Wanted)) {
			if box != "" && !t.all && len(t.groups) == 0 && t.filter == "" && t.mailboxFile == "" && len(c.Mailboxes) == 0 {
				o.Select.Addresses = append(o.Select.Addresses, box)
			}
		}
	}
	o.Match = chosen.inTenant()
	for _, r := range c.M365.Recoverable {
		if r != "none" {
			o.Recoverable = append(o.Recoverable, r)
		}
	}
	token, err := client.Token(ctx)
	if err != nil {
		return nil, "", hint(err, "mailsweep doctor says what of the sign-in works")
	}
	if o.Tenant = token.Tenant; o.Tenant == "" {
		o.Tenant = strings.ToLower(c.M365.Tenant)
	}
	src, err := client.Source(o)
	if err != nil {
		return nil, "", &usageError{hint(err, "choose mailboxes with --mailbox, --mailbox-file, --group or --user-filter, or the whole tenant with --all")}
	}
	return src, tenantPrefix + o.Tenant, nil
}

var addressLike = regexp.MustCompile(`^[^\s@[:cntrl:]]+@[^\s@[:cntrl:]]+$`)

// selection says which mailboxes to read. Addresses without wildcards are asked for
// by name; with them, the directory is listed, which must have been said.
func (t *tenantFlags) selection(c config.Config) (m365.Selection, error) {
	s := m365.Selection{All: t.all, Groups: t.groups, Filter: t.filter, Exclude: t.exclude, ExcludeGroups: t.excludeGroups}
	listed := t.all || len(t.groups) > 0 || t.filter != ""
	for _, m := range c.Mailboxes {
		switch {
		case listed:
			s.Only = append(s.Only, m)
		case strings.ContainsAny(m, "*?"):
			return s, usage("--mailbox %s is a pattern: say among which mailboxes, with --all, --group or --user-filter", m)
		default:
			s.Addresses = append(s.Addresses, m)
		}
	}
	if t.mailboxFile == "" {
		return s, nil
	}
	f, err := os.Open(t.mailboxFile)
	if err != nil {
		return s, &usageError{hint(err, "--mailbox-file names a file with one address on a line")}
	}
	defer f.Close()
	r := csv.NewReader(m365.Lines(f))
	r.FieldsPerRecord, r.Comment, r.LazyQuotes = -1, '#', true
	rows, err := r.ReadAll()
	if err != nil {
		return s, &usageError{fmt.Errorf("%s: %w", t.mailboxFile, err)}
	}
	for i, row := range rows {
		switch address := strings.TrimSpace(row[0]); {
		case addressLike.MatchString(address):
			s.Addresses = append(s.Addresses, address)
		case i > 0 && address != "": // the first may name the columns
			return s, &usageError{fmt.Errorf("%s: entry %d begins with no address", t.mailboxFile, i+1)}
		}
	}
	if len(rows) > 0 && len(s.Addresses) == 0 {
		return s, &usageError{errors.New(t.mailboxFile + " lists no address")}
	}
	return s, nil
}

// readWanted reads the ids that --messages names.
func readWanted(path string) (m365.Wanted, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, hint(err, "--messages names a list of internet message ids, or an audit export")
	}
	defer f.Close()
	w, err := m365.ReadWanted(f)
	if err != nil {
		return nil, hint(fmt.Errorf("%s: %w", path, err), "one id on a line, CSV with a column InternetMessageId, or an audit export")
	}
	return w, nil
}
