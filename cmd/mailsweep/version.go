package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/decode"
)

// build is what this binary says of itself.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Gitleaks string `json:"gitleaks"`
	Decoders string `json:"decoders"`
}

// version reads the build information that the Go tool writes into every binary;
// there is no other place where a version is kept.
func version() build {
	b := build{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Decoders: decode.Version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/zricethezav/gitleaks/v8" {
			b.Gitleaks = d.Version
		}
	}
	return b
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which mailsweep this is",
		Example: "  mailsweep version --format jsonl",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Flags alone: it must answer also where a configuration file is broken.
			var c config.Config
			c.Format, _ = cmd.Flags().GetString("format")
			c.Output, _ = cmd.Flags().GetString("output")
			return a.deliver(c, func(out *output) error { return writeVersion(out, c.Format) })
		},
	}
}

func writeVersion(out io.Writer, format string) error {
	b := version()
	switch format {
	case "jsonl":
		return json.NewEncoder(out).Encode(b)
	case "text":
		_, err := fmt.Fprintf(out, "mailsweep %s\nrevision  %s\ngo        %s %s\ngitleaks  %s\ndecoders  %s\n",
			b.Version, cmp.Or(b.Revision, "unknown"), b.Go, b.Platform, b.Gitleaks, b.Decoders)
		return err
	}
	return usage("version has no format %q: use text or jsonl", format)
}
