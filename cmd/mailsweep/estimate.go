package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"

	"mailsweep/config"
	"mailsweep/m365"
)

// estimate says what a sweep of a tenant would cost, and sweeps nothing.
func (a *app) estimate(ctx context.Context, c config.Config, t tenantFlags, args []string, log *slog.Logger) error {
	if len(args) != 1 || !strings.HasPrefix(args[0], tenantPrefix) {
		return usage("--estimate is for one tenant: mailsweep sweep m365: --all --estimate")
	}
	src, _, err := a.tenant(ctx, c, t, newSelection(c.Mailboxes, c.Folders), args[0], log)
	if err != nil {
		return err
	}
	e, err := src.Estimate(ctx, c.M365.AtOnce)
	if err != nil {
		return err
	}
	return a.deliver(c, func(out *output) error { return writeEstimate(out, c.Format, e) })
}

func writeEstimate(out io.Writer, format string, e m365.Estimate) error {
	switch format {
	case "jsonl":
		return json.NewEncoder(out).Encode(e)
	case "text":
	default:
		return usage("--estimate has no format %q: use text or jsonl", format)
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	row := func(name, value, note string) { fmt.Fprintf(w, "%s\t%s\t%s\n", name, value, note) }
	row("mailboxes", humanize.Comma(int64(e.Mailboxes)), "")
	if e.NotCovered > 0 {
		row("not covered", humanize.Comma(int64(e.NotCovered)), "they cannot be read; mailsweep doctor says why")
	}
	row("folders", humanize.Comma(int64(e.Folders)), "")
	row("messages", humanize.Comma(e.Messages), "")
	row("requests", humanize.Comma(e.Requests), "about; attachments are taken to be in 15 of 100 messages")
	row("time", "at least "+time.Duration(e.Hours*float64(time.Hour)).Round(time.Second).String(), "by the limits of the service")
	row("audit records", humanize.Comma(e.AuditRecords), "at most, in the tenant's log (MailItemsAccessed)")
	if e.AuditBlind > 0 {
		row("audit limit", humanize.Comma(int64(e.AuditBlind)), "mailboxes where the log may stop for a day: query the audit log before the sweep")
	}
	return w.Flush()
}
