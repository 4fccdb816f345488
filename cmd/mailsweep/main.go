// Command mailsweep says which secrets were shared by mail, where each one sits
// and what could not be searched. It never keeps a secret.
//
// Standard output is the result; everything else goes to standard error: errors
// begin "mailsweep: " and may be followed by a "hint: " line, progress is shown
// on a terminal only. Exit codes are the same in every format; see exit.go.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // quiet hours name zones, and not every machine knows them

	"github.com/spf13/cobra"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	stopOnSignal(cancel)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(code)
}

// stopOnSignal ends the work cleanly on the first signal and at once on the
// second: whatever was not committed is read again by the next sweep.
func stopOnSignal(cancel context.CancelFunc) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitInterrupted)
	}()
}

// app is what the verbs share: the streams and the clock.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	root := a.root()
	root.SetArgs(args)
	return conclude(stderr, root.ExecuteContext(ctx))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mailsweep",
		Short: "Find the secrets that were shared by mail, and who must rotate them",
		Long: `mailsweep reads a pile of mail, finds the credentials in it, remembers where each
one sits, and says what it could not search. It never keeps a secret.`,
		Example: `  mailsweep demo
  mailsweep sweep ~/Maildir
  mailsweep exposures --min-severity high
  mailsweep report --format csv --output findings.csv`,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{hint(err, "%s --help lists the flags", cmd.CommandPath())}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	f := root.PersistentFlags()
	f.String("config", "", "read settings from this `file` (default: config.yaml in the configuration directory)")
	f.String("db", "", "the database `file`")
	f.String("format", "text", "of the result: text, jsonl, csv or sarif")
	f.StringP("output", "o", "", "write the result to this `file` (default: standard output)")
	f.String("log-level", "info", "of messages on standard error: debug, info, warn or error")
	f.String("log-format", "text", "of messages on standard error: text or json")
	root.AddCommand(a.sweep(), a.findings(), a.exposures(), a.route(), a.notify(), a.forget(), a.report(), a.rules(), a.doctor(), a.demo(), a.simulate(), a.config(), a.log(), a.version())
	return root
}

// noArgs and the like give usage errors, so that the exit code is 2.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return &usageError{hint(usage("%s has no verb %q", cmd.CommandPath(), args[0]), "%s --help lists the verbs", cmd.CommandPath())}
	}
	return usage("%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
}

func someArgs(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &usageError{hint(usage("%s needs %s", cmd.CommandPath(), what), "%s --help shows examples", cmd.CommandPath())}
		}
		return nil
	}
}

func atMostArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usage("%s takes at most %d argument, but got %d", cmd.CommandPath(), n, len(args))
		}
		return nil
	}
}
