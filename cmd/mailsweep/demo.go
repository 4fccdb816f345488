package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/m365"
	"mailsweep/report"
	"mailsweep/secret"
	"mailsweep/simulator"
	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// demoRows is how many exposures the demonstration shows: a screen of them.
const demoRows = 12

func (a *app) demo() *cobra.Command {
	size := simulator.Size{Mailboxes: 12, Messages: 150, Secrets: 2, Unreachable: true}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Sweep a small simulated tenant, and show what a sweep finds",
		Long: `Start a small simulated Microsoft 365 tenant in this process, sweep it over HTTP, show
what was found and what could not be searched, and hold that against what was planted.
Nothing leaves this machine, and every secret in it is fake. It exits with 0 when it ran
to its end, whatever it found.`,
		Example: `  mailsweep demo
  mailsweep demo --seed 7 --db demo.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runDemo(cmd, size) },
	}
	cmd.Flags().Uint64Var(&size.Seed, "seed", 1, "make the tenant of this `number`")
	cmd.Flags().Bool("no-progress", false, "show no status line")
	return cmd
}

func (a *app) runDemo(cmd *cobra.Command, size simulator.Size) (err error) {
	ctx := cmd.Context()
	c, err := a.settings(cmd)
	if err != nil {
		return err
	}
	if c.DB, err = demoDatabase(c.DB); err != nil {
		return err
	}
	tenant, answers := simulator.Generate(size)
	endpoint, stop, err := serveDemo(tenant)
	if err != nil {
		return err
	}
	defer stop()
	c.M365.Endpoint, c.M365.SignIn, c.M365.Tenant, c.Mailboxes, c.Folders = endpoint, "none", tenant.ID(), nil, nil
	c.M365.Recoverable = m365.Recoverable()
	fmt.Fprintf(a.stdout, "A simulated tenant, %s, has %d secrets in the mail of %d people. mailsweep reads it\nover HTTP, as it would read yours.\n\n",
		tenant.Domain(), answers.Secrets(), size.Mailboxes)

	set, err := openDetectors(c)
	if err != nil {
		return err
	}
	db, err := openStore(cmd, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s := search{key: secret.NewKey(), set: set, db: db, names: []string{"demo"}, progress: new(sweeper.Progress)}
	s.line = newStatus(a.stderr, c.Progress, s.progress, a.now)
	s.log = logger(c, s.line.wrap(a.stderr))
	src, _, err := a.tenant(ctx, c, tenantFlags{all: true}, newSelection(nil, nil), tenantPrefix, s.log)
	if err != nil {
		return err
	}
	s.sources = []sweeper.Source{src}
	seen := map[string]bool{}
	var skips []sweeper.Skip
	sw := a.sweeper(c, s)
	sw.Events = func(e sweeper.Event) error {
		switch {
		case e.Finding != nil:
			seen[e.Finding.Fingerprint] = true
		case e.Skip != nil:
			skips = append(skips, *e.Skip)
		}
		return nil
	}
	s.line.start(ctx, s.sources)
	sum, err := sw.Sweep(ctx, sweeper.Run{Actor: actor(c), Case: "demo", Version: version().Version, Sources: s.names}, s.sources...)
	s.line.stop()
	if err != nil {
		return err
	}
	if err := a.tellDemo(ctx, c, db, sum, skips); err != nil {
		return err
	}
	return tellAnswers(a.stdout, answers, s.key, seen, c.DB)
}

// demoDatabase is where the demonstration keeps what it finds: a new directory, or a
// file that is not there yet.
func demoDatabase(named string) (string, error) {
	if named != "" {
		if _, err := os.Lstat(named); err == nil {
			return "", &usageError{hint(fmt.Errorf("%s is there already: the demonstration does not touch a database", named), "choose another --db, or leave it out")}
		}
		return named, nil
	}
	dir, err := os.MkdirTemp("", "mailsweep-demo-*")
	if err != nil {
		return "", hint(err, "choose another place with --db")
	}
	return filepath.Join(dir, "demo.db"), nil
}

// serveDemo serves the tenant on this machine, a little slow and now and then faulty,
// as the real one is.
func serveDemo(t *simulator.Tenant) (endpoint string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	o := simulator.Options{Limits: simulator.DefaultLimits(), Latency: 20 * time.Millisecond}
	o.Faults.Rates = map[simulator.Fault]float64{simulator.BadGateway: 0.01, simulator.TruncatedMiddle: 0.01, simulator.ResetBody: 0.01}
	server := &http.Server{Handler: simulator.NewServer(t, o), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// tellDemo shows what was found, the most severe first, and what was not searched.
func (a *app) tellDemo(ctx context.Context, c config.Config, db *sqlite.DB, sum sweeper.Summary, skips []sweeper.Skip) error {
	shown := func(yield func(sweeper.Exposure, error) bool) {
		n := 0
		for e, err := range db.Exposures(ctx, store.ExposureFilter{States: sweeper.Unsettled()}) {
			if n++; n > demoRows || !yield(e, err) {
				return
			}
		}
	}
	out := &output{Writer: a.stdout}
	if err := report.WriteExposures(out, "text", shown, a.look(out)); err != nil {
		return err
	}
	if sum.Exposures > demoRows {
		fmt.Fprintf(a.stdout, "and %d more.\n", sum.Exposures-demoRows)
	}
	tellSkips(a.stdout, skips)
	fmt.Fprintf(a.stdout, "\nRead %s messages with %s parts in %d mailboxes in %.1f s.\n",
		humanize.Comma(int64(sum.Messages)), humanize.Comma(int64(sum.Parts)), sum.Mailboxes, sum.Seconds)
	return nil
}

// tellSkips says what was not searched: mailboxes by name, parts of mail by kind.
func tellSkips(w io.Writer, skips []sweeper.Skip) {
	fmt.Fprintf(w, "\nNot searched, and so not clean:\n")
	kinds := map[string]int{}
	for _, s := range skips {
		if s.Path == "" {
			fmt.Fprintf(w, "  %s: %s\n", visible.Text(s.Ref.Mailbox), visible.Text(s.Detail))
			continue
		}
		kinds[string(s.Reason)+", "+s.Detail]++
	}
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Or(cmp.Compare(kinds[b], kinds[a]), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(w, "  %d × %s\n", kinds[kind], visible.Text(kind))
	}
}

// tellAnswers holds what was found against what was planted.
func tellAnswers(w io.Writer, answers simulator.Answers, key secret.Key, seen map[string]bool, db string) error {
	found, planted := map[int]bool{}, map[string]bool{}
	var missed []string
	told := map[int]bool{}
	for _, s := range answers.List {
		for i, print := range s.Fingerprints(func(v string) string { return key.Fingerprint(secret.New(v)) }) {
			planted[print] = true
			if i == 0 && seen[print] {
				found[s.Secret] = true
			}
		}
	}
	for _, s := range answers.List {
		if !found[s.Secret] && !told[s.Secret] {
			told[s.Secret] = true
			missed = append(missed, s.String())
		}
	}
	others := 0
	for print := range seen {
		if !planted[print] {
			others++
		}
	}
	fmt.Fprintf(w, "Of %d planted secrets, %d were found, %d missed; %d findings are of something else.\n", answers.Secrets(), len(found), len(missed), others)
	for _, m := range missed {
		fmt.Fprintf(w, "  missed: %s\n", m)
	}
	fmt.Fprintf(w, `
Try next:
  mailsweep exposures --db %[1]s --min-severity high   what to rotate first
  mailsweep findings --db %[1]s --format csv           every sighting, for a table
  mailsweep sweep ~/Maildir                            your own mail; docs/setup.md for a tenant
`, db)
	return nil
}
