package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"mailsweep/config"
	"mailsweep/doctor"
	"mailsweep/m365"
	"mailsweep/visible"
)

func (a *app) doctor() *cobra.Command {
	var t tenantFlags
	cmd := &cobra.Command{
		Use:   "doctor [m365:[TENANT]]",
		Short: "Say what works, and what to do about what does not",
		Long: `Say, line by line, what works and what to do about what does not: settings, fingerprint
key, rules, allow-lists, policy and its channels, database, log; and where a tenant is named or configured, the way to it, clocks,
sign-in, the permissions held against those that are needed, and which of the chosen
mailboxes can be read. Of many mailboxes 20 are tried.

It reads no mail, changes nothing in the tenant, and shows no token, secret or password.
Where the policy sends through Graph, the right to is tried with a letter to nobody,
which the service refuses.

Exit status:
  0    all is well, or there are only warnings
  1    something failed
  2    wrong usage`,
		Example: `  mailsweep doctor
  mailsweep doctor m365: --mailbox ceo@contoso.com
  mailsweep doctor m365:contoso.com --group sweep-scope@contoso.com --format jsonl`,
		Args: atMostArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.diagnose(cmd, args, &t) },
	}
	f := cmd.Flags()
	f.StringArray("rules", nil, "add the gitleaks rules in this TOML `file` (may be repeated)")
	addAllow(f)
	f.String("policy", "", "the `file` that says who owns what")
	f.StringArray("mailbox", nil, "tenant: only mailboxes that match this `pattern` (* and ?; may be repeated)")
	t.addSelection(f)
	return cmd
}

func (a *app) diagnose(cmd *cobra.Command, args []string, t *tenantFlags) error {
	c, wrong := a.settings(cmd)
	if wrong != nil { // the other checks go on without
		c.Format, _ = cmd.Flags().GetString("format")
		c.Output, _ = cmd.Flags().GetString("output")
	}
	if c.Format != "text" && c.Format != "jsonl" {
		return usage("doctor has no format %q: use text or jsonl", c.Format)
	}
	x := &examination{a: a, c: c, wrong: wrong}
	if len(args) > 0 {
		if x.tenant = args[0]; !strings.HasPrefix(x.tenant, tenantPrefix) {
			return usage("doctor looks at a tenant, m365: or m365:TENANT, but got %q", x.tenant)
		}
	}
	if m := c.M365; x.tenant == "" && (m.Tenant != "" || m.ClientID != "" || m.Certificate != "" || m.Endpoint != "") {
		x.tenant = tenantPrefix
	}
	if flag := t.given(); flag != "" && x.tenant == "" && wrong == nil {
		return usage("%s chooses mailboxes of a tenant, and none is named or configured: m365:TENANT names one", flag)
	}
	if x.tenant != "" && wrong == nil {
		var err error
		if x.choice, err = t.selection(c); err != nil {
			return err
		}
	}
	return a.deliver(c, func(out *output) error {
		_, color := a.terminal(out)
		d := &diagnosis{out: out, format: c.Format, color: color, n: map[doctor.Status]int{}}
		for k := range x.checks(cmd) {
			if err := d.tell(k); err != nil {
				return err
			}
		}
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		return d.conclude()
	})
}

// examination is what is looked at, and what became known on the way.
type examination struct {
	a      *app
	c      config.Config
	wrong  error  // of the settings
	tenant string // as on the command line; "" for none
	choice m365.Selection
	key    keyState
	sender string // the mailbox that the policy sends notices from through Graph; "" for none
}

// checks looks at one thing after the other. None of them ends the others.
func (x *examination) checks(cmd *cobra.Command) iter.Seq[doctor.Check] {
	return func(yield func(doctor.Check) bool) {
		ctx := cmd.Context()
		for _, step := range []func() []doctor.Check{
			x.settings, x.fingerprintKey, x.rules, x.allowLists, x.policy,
			func() []doctor.Check { return x.database(ctx) },
		} {
			for _, k := range step() {
				if ctx.Err() != nil || !yield(k) {
					return
				}
			}
		}
		if x.wrong != nil {
			return
		}
		if x.tenant == "" {
			yield(doctor.Check{Name: "tenant", Status: doctor.OK, Finding: "none is configured: mail files can be swept", Advice: "docs/setup.md shows how to let mailsweep read a tenant"})
			return
		}
		client, c, err := client(x.c, x.tenant, slog.New(slog.DiscardHandler))
		signs := true
		if c.M365.SignIn != "none" {
			cloud, _ := m365.CloudNamed(c.M365.Cloud) // checked by config
			k := signIn(c, cloud).Examine(x.a.now())
			signs = k.Status != doctor.Failed
			if !yield(k) {
				return
			}
		}
		if err != nil {
			if signs {
				yield(failed("endpoint", err))
			}
			return
		}
		client.Examine(ctx, m365.Examination{Select: x.choice, People: x.c.Policy != "" && x.c.Notices.Directory == "m365", Sender: x.sender})(yield)
	}
}

// failed is the check that err ended.
func failed(name string, err error) doctor.Check {
	return doctor.Check{Name: name, Status: doctor.Failed, Finding: strings.Join(strings.Split(err.Error(), "\n"), "; "), Advice: advice(err)}
}

// diagnosis writes checks as they come.
type diagnosis struct {
	out    io.Writer
	format string
	color  bool
	n      map[doctor.Status]int
}

// checkLine is a check on the wire.
type checkLine struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Status  string `json:"status"`
	Finding string `json:"finding"`
	Advice  string `json:"advice"`
}

func (d *diagnosis) tell(k doctor.Check) error {
	d.n[k.Status]++
	if d.format == "jsonl" {
		enc := json.NewEncoder(d.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(checkLine{"check", k.Name, string(k.Status), k.Finding, k.Advice})
	}
	// The words differ without their colours too.
	word, paint := string(k.Status), "36"
	switch k.Status {
	case doctor.OK:
		paint = "32"
	case doctor.Warning:
		paint = "33"
	case doctor.Failed:
		word, paint = "FAILED", "1;31"
	}
	word = fmt.Sprintf("%-8s", word)
	if d.color {
		word = "\x1b[" + paint + "m" + word + "\x1b[0m"
	}
	_, err := fmt.Fprintf(d.out, "%s %-31s  %s\n", word, visible.Text(k.Name), visible.Text(k.Finding))
	if err == nil && k.Advice != "" {
		_, err = fmt.Fprintf(d.out, "%41s hint: %s\n", "", visible.Text(k.Advice))
	}
	return err
}

// conclude counts, and gives the exit code.
func (d *diagnosis) conclude() error {
	if d.format == "text" {
		if _, err := fmt.Fprintf(d.out, "\n%d failed, %d warnings, %d unknown, %d ok\n",
			d.n[doctor.Failed], d.n[doctor.Warning], d.n[doctor.Unknown], d.n[doctor.OK]); err != nil {
			return err
		}
	}
	if d.n[doctor.Failed] > 0 {
		return exitCode(exitFailed)
	}
	return nil
}
