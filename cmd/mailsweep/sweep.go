package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/allow"
	"mailsweep/config"
	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/m365"
	"mailsweep/mailfile"
	"mailsweep/report"
	"mailsweep/secret"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

func (a *app) sweep() *cobra.Command {
	var again, verbose bool
	var tenant tenantFlags
	cmd := &cobra.Command{
		Use:   "sweep SOURCE...",
		Short: "Search mail for secrets and remember what was found",
		Long: `Search mail for secrets and remember what was found.

A SOURCE is a file or a directory: single messages (.eml), mbox archives, Maildirs,
or any tree of these, recognised by content. "-" is one message on standard input.
"m365:" is the Microsoft 365 tenant of the settings, and "m365:TENANT" the one of that
id or domain. Say which of its mailboxes: some with --mailbox, --mailbox-file, --group
or --user-filter, or the whole tenant with --all.

A later sweep of the same mail reads only what has changed. Ctrl-C stops cleanly;
the next sweep goes on where this one stopped.

What an allow-list covers (--allow) is remembered, but told apart, by the entry that covers
it, and does not count for the exit status. The list holds at once for what is known;
only new text patterns mean that mail is read again.

` + exitHelp,
		Example: `  mailsweep sweep ~/Maildir
  mailsweep sweep --case IR-2026-017 --since 2025-01-01 /evidence/mailboxes
  mailsweep sweep --format jsonl --fail-on confirmed archive.mbox > findings.jsonl
  mailsweep sweep - < message.eml
  mailsweep sweep m365: --mailbox ceo@contoso.com --messages audit-export.csv
  mailsweep sweep m365: --all --exclude 'test-*' --case IR-2026-017`,
		Args: someArgs("at least one SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings(cmd)
			if err != nil {
				return err
			}
			return a.runSweep(cmd, c, args, again, verbose, tenant)
		},
	}
	f := cmd.Flags()
	f.StringArray("rules", nil, "add the gitleaks rules in this TOML `file` (may be repeated)")
	addAllow(f)
	addMail(f)
	f.Int("workers", 0, "messages searched at once (default: one for each processor)")
	f.String("fail-on", "likely", "exit with 3 from this confidence on: review, likely or confirmed")
	f.String("case", "", "why this sweep is done, for the log")
	f.BoolVar(&again, "again", false, "read everything again, also what has not changed")
	f.BoolVarP(&verbose, "verbose", "v", false, "in text: list every skip, and what is allowed; say which entries of the allow-list end soon, or cover nothing")
	f.Bool("no-progress", false, "show no status line")
	tenant.add(f)
	return cmd
}

func (a *app) runSweep(cmd *cobra.Command, c config.Config, args []string, again, verbose bool, tenant tenantFlags) (err error) {
	ctx := cmd.Context()
	progress := new(sweeper.Progress)
	line := newStatus(a.stderr, c.Progress, progress, a.now)
	log := logger(c, line.wrap(a.stderr))
	if tenant.estimate {
		return a.estimate(ctx, c, tenant, args, log)
	}
	key, err := openKey(c)
	if err != nil {
		return err
	}
	set, err := openDetectors(c)
	if err != nil {
		return err
	}
	list, err := a.openAllow(c, set)
	if err != nil {
		return err
	}
	own := map[string]bool{}
	chosen := newSelection(c.Mailboxes, c.Folders)
	sources, names, err := a.sources(ctx, c, chosen, args, own, tenant, log)
	if err != nil {
		return err
	}
	db, err := openStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, path := range db.Files() {
		own[resolved(path)] = true
	}
	for _, arg := range args {
		own[resolved(arg)] = own[resolved(arg)] || arg != "-" && c.Output != "" && resolved(arg) == resolved(c.Output)
	}
	if c.Output != "" && own[resolved(c.Output)] {
		return usage("--output names a SOURCE or the database: %s would be overwritten", c.Output)
	}
	if overwritesMail(c.Output, args) {
		return &usageError{hint(fmt.Errorf("--output names a file that lies in a SOURCE: %s would be overwritten", visible.Text(c.Output)),
			"name a file outside of the mail, or one that is not there yet")}
	}
	if err := db.CheckKey(ctx, key.Check()); errors.Is(err, store.ErrOtherKey) {
		return &usageError{err}
	} else if err != nil {
		return err
	}
	if err := a.expired(ctx, db, list); err != nil {
		return err
	}
	return a.search(ctx, c, search{key, set, list, db, sources, names, chosen, own, again, verbose, tenant, progress, line, log})
}

// overwritesMail reports whether the output is a file that is there and lies below one
// of the sources: it could be mail, and evidence. A new one may be made there; this
// sweep leaves it out.
func overwritesMail(output string, args []string) bool {
	info, err := os.Stat(output)
	if output == "" || err != nil || !info.Mode().IsRegular() {
		return false
	}
	for _, arg := range args {
		below, err := filepath.Rel(resolved(arg), resolved(output))
		if arg != "-" && err == nil && filepath.IsLocal(below) {
			return true
		}
	}
	return false
}

// search is all that a sweep is made of.
type search struct {
	key     secret.Key
	set     *detectors.Set
	allow   *allow.List // nil allows nothing
	db      *sqlite.DB
	sources []sweeper.Source
	names   []string // of the sources, for the log
	chosen  *selection
	own     map[string]bool // files that are the sweep's own, never mail
	again   bool
	verbose bool

	tenant   tenantFlags
	progress *sweeper.Progress
	line     *status
	log      *slog.Logger
}

// sweeper is the sweeper for it.
func (a *app) sweeper(c config.Config, s search) *sweeper.Sweeper {
	sw := &sweeper.Sweeper{
		Detector: s.set, Store: s.db, Key: s.key, Allow: s.allow,
		Limits:  decode.Limits{Depth: c.Limits.Depth, Parts: c.Limits.Parts, Bytes: c.Limits.Bytes, Ratio: c.Limits.Ratio, Time: c.Limits.Time},
		Workers: c.Workers, Memory: c.Memory,
		Window: sweeper.Window{Since: c.Since, Until: c.Until},
		Again:  s.again, Progress: s.progress, Log: s.log, Now: a.now,
	}
	for _, src := range s.sources {
		if _, far := src.(*m365.Source); far {
			// As many folders as a mailbox answers requests at once.
			sw.Mailboxes, sw.Folders = c.M365.AtOnce, m365.AtOnce
		}
	}
	return sw
}

func (a *app) search(ctx context.Context, c config.Config, s search) error {
	out, err := a.output(c)
	if err != nil {
		return err
	}
	if out.file != nil {
		s.own[resolved(out.file.Name())], s.own[resolved(c.Output)] = true, true
	}
	line, log := s.line, s.log
	width, color := a.terminal(out)
	handler, err := report.New(c.Format, line.wrap(out), report.Options{Width: width, Color: color, Verbose: s.verbose, Version: version().Version, Zone: time.Local})
	if err != nil {
		return errors.Join(&usageError{err}, out.close(false))
	}
	for _, w := range s.set.Warnings() {
		log.Warn(w)
	}
	sw := a.sweeper(c, s)
	sw.Events = handler.Handle
	memory := c.Memory
	if sw.Folders > 1 { // a tenant holds what it has fetched
		memory += m365.DefaultMemory
	}
	boundHeap(memory, c.Workers)
	line.start(ctx, s.sources)
	sum, err := sw.Sweep(ctx, sweeper.Run{
		Actor: actor(c), Case: c.Case, Version: version().Version, Sources: s.names, Filters: filters(c, s),
	}, s.sources...)
	line.stop()
	// Half a report of a sweep that was interrupted is still a report.
	err = errors.Join(err, handler.Close(), out.close(true))
	if err != nil {
		return err
	}
	if sum.Findings == 0 {
		if err := a.remind(ctx, s.db, s.allow); err != nil {
			return err
		}
	}
	if s.verbose {
		if err := a.upkeep(ctx, s.db, s.allow); err != nil {
			return err
		}
	}
	return errors.Join(verdict(c, sum), a.remark(c, s.chosen, sum))
}

// remark says what the result's format has no place for, and what was asked for and
// not there: nobody should take a mistyped name for a clean mailbox.
func (a *app) remark(c config.Config, chosen *selection, sum sweeper.Summary) error {
	if sum.Reread > 0 && c.Format != "text" { // text says it in its summary
		fmt.Fprintf(a.stderr, "mailsweep: folders read again, because rules, text patterns or decoders have changed: %s\n", humanize.Comma(int64(sum.Reread)))
	}
	idle := chosen.idle()
	if len(idle) == 0 {
		return nil
	}
	for _, p := range idle {
		fmt.Fprintf(a.stderr, "mailsweep: %s %s chose nothing: nothing was searched for it\n", p.flag, visible.Text(strconv.Quote(p.text)))
	}
	fmt.Fprintln(a.stderr, "hint: a pattern stands for the whole name (* and ? are wild), of a folder as its path within the mailbox")
	return exitCode(exitNotSearched)
}

// remind says, after a run that saw nothing, what is known all the same: nobody
// should take "nothing new" for "nothing there".
func (a *app) remind(ctx context.Context, db *sqlite.DB, list *allow.List) error {
	known := 0
	for _, err := range toRotate(ctx, db, list, store.ExposureFilter{States: sweeper.Unsettled()}, func(int) {}) {
		if err != nil {
			return err
		}
		known++
	}
	if known > 0 {
		fmt.Fprintf(a.stderr, "mailsweep: %s known from earlier sweeps are still open; mailsweep exposures lists them\n",
			humanize.Comma(int64(known))+" exposures")
	}
	return nil
}

// verdict turns what a run saw into its exit code.
func verdict(c config.Config, sum sweeper.Summary) error {
	from, err := sweeper.ParseConfidence(c.FailOn)
	if err != nil {
		return &usageError{err}
	}
	for tier := from; tier <= sweeper.Confirmed; tier++ {
		if sum.ByConfidence[tier] > 0 {
			return exitCode(exitFound)
		}
	}
	if sum.Skips > 0 {
		return exitCode(exitNotSearched)
	}
	return nil
}

// sources opens what the arguments name: all files and directories as one Source,
// so that mail named twice is swept once; standard input as another.
func (a *app) sources(ctx context.Context, c config.Config, chosen *selection, args []string, own map[string]bool, tenant tenantFlags, log *slog.Logger) (list []sweeper.Source, names []string, err error) {
	var roots []string
	tenants := 0
	for _, arg := range args {
		if arg == "-" && len(list) > 0 {
			return nil, nil, usage("standard input (-) can be read only once")
		}
		if arg == "-" {
			list = append(list, mailfile.NewStdin(a.stdin, mailfile.Options{}))
			names = append(names, "standard input")
			continue
		}
		if strings.HasPrefix(arg, tenantPrefix) {
			src, name, err := a.tenant(ctx, c, tenant, chosen, arg, log)
			if err != nil {
				return nil, nil, err
			}
			tenants++
			if slices.Contains(names, name) { // twice at once, it would get twice the requests that the service allows
				fmt.Fprintf(a.stderr, "mailsweep: %s is the tenant %s, which is swept once\n", visible.Text(arg), visible.Text(name))
				continue
			}
			list, names = append(list, src), append(names, name)
			continue
		}
		roots = append(roots, arg)
	}
	if flag := tenant.given(); flag != "" && tenants == 0 {
		return nil, nil, usage("%s chooses mail of a tenant, and no SOURCE is one: m365: is the tenant of the settings", flag)
	}
	if len(roots) > 0 {
		src, err := mailfile.New(roots, mailfile.Options{Match: chosen.match(), Leave: func(path string) bool { return own[path] }})
		if err != nil {
			return nil, nil, &usageError{hint(err, "a SOURCE is a file or a directory of mail, or - for standard input")}
		}
		list = append(list, src)
		for _, r := range src.Roots() {
			name := r.Given
			if name != r.Path {
				name += " (" + r.Path + ")"
			}
			if r.CoveredBy != "" {
				fmt.Fprintf(a.stderr, "mailsweep: %s lies in %s and is swept with it, once\n", visible.Text(r.Given), visible.Text(r.CoveredBy))
				continue
			}
			names = append(names, name)
		}
	}
	return list, names, nil
}

// resolved is the absolute path with links resolved; the file itself need not be
// there yet.
func resolved(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// actor is who runs this: user@host, as far as the system tells.
func actor(c config.Config) string {
	name, host := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		host = h
	}
	if c.Actor != "" {
		return c.Actor + " (" + name + "@" + host + ")"
	}
	return name + "@" + host
}

// filters are the settings that narrowed the sweep, for the log.
func filters(c config.Config, s search) map[string]string {
	m := map[string]string{}
	for k, v := range map[string][]string{"mailbox": c.Mailboxes, "folder": c.Folders, "rules": c.Rules} {
		if len(v) > 0 {
			m[k] = fmt.Sprintf("%q", v)
		}
	}
	for k, t := range map[string]time.Time{"since": c.Since, "until": c.Until} {
		if !t.IsZero() {
			m[k] = t.UTC().Format(time.RFC3339)
		}
	}
	for i, file := range s.allow.Files() {
		m[fmt.Sprintf("allow %d", i+1)] = file
	}
	if s.again {
		m["again"] = "true"
	}
	s.tenant.note(m, c)
	return m
}
