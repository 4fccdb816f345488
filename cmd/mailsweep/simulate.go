package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"mailsweep/simulator"
)

// simulation is how a tenant is made and how it behaves.
type simulation struct {
	listen    string
	cert, key string
	from      string
	size      simulator.Size
	latency   time.Duration
	faults    float64
	speed     float64
	limits    bool
}

func (a *app) simulate() *cobra.Command {
	var s simulation
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Serve a simulated Microsoft 365 tenant, for tests and training",
		Long: `Serve a simulated Microsoft 365 tenant that speaks Microsoft Graph, until Ctrl-C: made
from a seed, with fake secrets planted in its mail, or loaded from a directory of mail.
It keeps Graph's limits, and misbehaves as often as it is told to.`,
		Example: `  mailsweep simulate --mailboxes 100 --messages 2000 --latency 80ms
  mailsweep simulate --from ./maildirs --faults 0.2
  MAILSWEEP_M365_SIGN_IN=none MAILSWEEP_M365_ENDPOINT=http://127.0.0.1:8365 mailsweep sweep m365:contoso.example --all`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runSimulate(cmd.Context(), s) },
	}
	f := cmd.Flags()
	f.StringVar(&s.listen, "listen", "127.0.0.1:8365", "the `address` to listen on; port 0 chooses one")
	f.StringVar(&s.cert, "tls-cert", "", "serve HTTPS with the certificate in this PEM `file`")
	f.StringVar(&s.key, "tls-key", "", "the private key for --tls-cert")
	f.StringVar(&s.from, "from", "", "load the tenant from this `directory` of mail instead of making one")
	f.Uint64Var(&s.size.Seed, "seed", 1, "make the tenant of this `number`")
	f.IntVar(&s.size.Mailboxes, "mailboxes", 10, "mailboxes to make")
	f.IntVar(&s.size.Messages, "messages", 200, "messages in each")
	f.Float64Var(&s.size.Attachments, "attachments", 0.15, "share of messages that carry an attachment")
	f.IntVar(&s.size.Secrets, "secrets", 2, "secrets to plant in each mailbox")
	f.BoolVar(&s.size.Unreachable, "unreachable", false, "add mailboxes that cannot be read")
	f.DurationVar(&s.latency, "latency", 0, "wait before each reply")
	f.Float64Var(&s.faults, "faults", 0, "share of replies that fail in a way that passes")
	f.BoolVar(&s.limits, "limits", true, "keep Graph's limits of requests")
	f.Float64Var(&s.speed, "speed", 1, "how fast the tenant's clock runs")
	return cmd
}

// passing are the faults after which asking again helps.
var passing = []simulator.Fault{
	simulator.Unavailable, simulator.NotFoundEmpty, simulator.BadGateway, simulator.InternalError, simulator.GatewayTimeout,
	simulator.Messageless, simulator.Throttled, simulator.ThrottledMailbox, simulator.ThrottledSilent, simulator.TruncatedValue,
	simulator.TruncatedMiddle, simulator.ResetBody, simulator.ResetEarly, simulator.ControlCharacters, simulator.Replay,
	simulator.Duplicate, simulator.ShortPage,
}

// options are those of the server.
func (s simulation) options() simulator.Options {
	o := simulator.Options{Latency: s.latency, Seed: s.size.Seed}
	if s.limits {
		o.Limits = simulator.DefaultLimits()
	}
	if s.speed != 1 {
		o.Clock = simulator.NewClock(time.Now(), s.speed)
	}
	if s.faults > 0 {
		o.Faults.Rates = map[simulator.Fault]float64{}
		for _, f := range passing {
			o.Faults.Rates[f] = s.faults / float64(len(passing))
		}
	}
	return o
}

func (s simulation) tenant() (*simulator.Tenant, error) {
	if s.from == "" {
		t, _ := simulator.Generate(s.size)
		return t, nil
	}
	t, err := simulator.Load(os.DirFS(s.from), "contoso.example")
	if err != nil {
		return nil, hint(fmt.Errorf("load a tenant from %s: %w", s.from, err), "--from names a directory with a directory or a file of mail for each mailbox")
	}
	return t, nil
}

func (a *app) runSimulate(ctx context.Context, s simulation) error {
	switch {
	case s.faults < 0 || s.faults > 0.9:
		return usage("--faults is %v: it is a share of replies, from 0 to 0.9", s.faults)
	case s.speed <= 0:
		return usage("--speed is %v: the clock must go forward", s.speed)
	case s.latency < 0:
		return usage("--latency is %v: it cannot be less than nothing", s.latency)
	case (s.cert == "") != (s.key == ""):
		return usage("--tls-cert and --tls-key go together")
	}
	tenant, err := s.tenant()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return hint(err, "--listen 127.0.0.1:0 chooses a free port")
	}
	sim := simulator.NewServer(tenant, s.options())
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	scheme := "http"
	if s.cert != "" {
		scheme = "https"
	}
	fmt.Fprintf(a.stdout, "serving %s with %s mailboxes at %s://%s\n", tenant.Domain(), humanize.Comma(int64(len(tenant.Users()))), scheme, listener.Addr())
	fmt.Fprintf(a.stdout, "sweep it: MAILSWEEP_M365_SIGN_IN=none MAILSWEEP_M365_ENDPOINT=%s://%s mailsweep sweep m365:%s --all\n", scheme, listener.Addr(), tenant.ID())
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if s.cert != "" {
		err = server.ServeTLS(listener, s.cert, s.key)
	} else {
		err = server.Serve(listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	writeStats(a, sim.Stats())
	return nil
}

// writeStats tells what the tenant was asked, for whoever measures a client.
func writeStats(a *app, s simulator.Stats) {
	fmt.Fprintf(a.stdout, "asked %s times, %d throttled, %d writes, %s sent\n",
		humanize.Comma(int64(s.Requests)), s.Throttled, s.Writes, humanize.Bytes(uint64(max(s.BytesSent, 0))))
	var routes []string
	for r := range s.ByRoute {
		routes = append(routes, r)
	}
	slices.Sort(routes)
	for _, r := range routes {
		fmt.Fprintf(a.stdout, "%8d  %s\n", s.ByRoute[r], r)
	}
}
