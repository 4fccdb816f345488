package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mailsweep/config"
)

func (a *app) config() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show the settings in force and where each comes from",
		Long: `Show the settings in force and where each comes from.

Defaults are overruled by the configuration file, that by the environment
(MAILSWEEP_DB, MAILSWEEP_FAIL_ON, …), that by flags. Secrets are not shown.`,
		Example: `  mailsweep config
  MAILSWEEP_WORKERS=8 mailsweep config --format jsonl`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings(cmd)
			if err != nil {
				return err
			}
			return a.deliver(c, func(out *output) error { return writeSettings(out, c) })
		},
	}
}

func writeSettings(out io.Writer, c config.Config) error {
	switch c.Format {
	case "jsonl":
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		for _, s := range c.Effective() {
			if err := enc.Encode(map[string]string{"key": s.Key, "value": s.Value, "origin": s.Origin}); err != nil {
				return err
			}
		}
		return nil
	case "text":
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		for _, s := range c.Effective() {
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Key, s.Value, s.Origin)
		}
		return w.Flush()
	}
	return usage("config has no format %q: use text or jsonl", c.Format)
}
