package m365

import (
	"context"
	"crypto/sha1" // the thumbprint by which Entra lists a certificate
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"mailsweep/doctor"
)

// soon is when a certificate's end is near enough to speak of.
const soon = 30 * 24 * time.Hour

// Examine looks at what signs in, as far as it can be seen on this machine.
func (s SignIn) Examine(now time.Time) doctor.Check {
	k := doctor.Check{Name: "sign-in", Status: doctor.OK}
	if _, err := s.Credential(); err != nil {
		k.Status, k.Finding, k.Advice = doctor.Failed, line(err.Error(), 300), "docs/setup.md shows which settings each way to sign in takes"
		return k
	}
	switch {
	case s.Managed:
		k.Finding = "as the managed identity of this machine"
		return k
	case s.Workload:
		k.Finding = "as a workload identity, with the token file of the cluster"
		return k
	case s.Secret != "":
		k.Finding = "with a client secret from the environment"
		k.Advice = "a certificate is safer: its key never travels"
		return k
	}
	data, err := os.ReadFile(s.Certificate)
	if err != nil {
		k.Status, k.Finding = doctor.Failed, err.Error()
		return k
	}
	certs, _, err := certificates(data, s.Password)
	if err != nil || len(certs) == 0 {
		k.Status, k.Finding = doctor.Failed, s.Certificate+" holds no certificate"
		return k
	}
	k.Finding = fmt.Sprintf("with the certificate %s, thumbprint %X, valid until %s", s.Certificate, sha1.Sum(certs[0].Raw), certs[0].NotAfter.UTC().Format(time.DateOnly))
	k.Status, k.Advice = validity(certs[0], now)
	if info, err := os.Stat(s.Certificate); err == nil && os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0 && k.Status == doctor.OK {
		k.Status = doctor.Warning
		k.Advice = fmt.Sprintf("others on this machine can read the private key (mode %04o): run chmod 600 on the file", info.Mode().Perm())
	}
	return k
}

func validity(c *x509.Certificate, now time.Time) (doctor.Status, string) {
	switch left := c.NotAfter.Sub(now); {
	case left < 0:
		return doctor.Failed, "it has expired: make a new one and add it to the application in Entra"
	case now.Before(c.NotBefore):
		return doctor.Failed, "it is not valid before " + c.NotBefore.UTC().Format(time.DateTime) + " UTC: check this machine's clock"
	case left < soon:
		return doctor.Warning, fmt.Sprintf("it expires in %d days: make a new one and add it to the application in Entra; two may be there at once", int(left.Hours()/24))
	}
	return doctor.OK, ""
}

// signIn gets a token and says whose it is.
func (e *examination) signIn(ctx context.Context) []doctor.Check {
	k := doctor.Check{Name: "token", Status: doctor.OK}
	if e.c.t.cred == nil {
		e.signed = true
		k.Finding = "none: this endpoint is asked without signing in"
		return []doctor.Check{k}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	token, err := e.c.Token(ctx)
	if err != nil {
		k.Status = doctor.Failed
		k.Finding, k.Advice = notSignedIn(err)
		if ctx.Err() != nil {
			k.Finding, k.Advice = "the sign-in service did not answer in time", reachSignIn
		}
		return []doctor.Check{k}
	}
	e.signed, e.token = true, token
	if token.App == "" {
		k.Status, k.Finding = doctor.Unknown, "there is one, but it cannot be read: its permissions show only in what works"
		return []doctor.Check{k}
	}
	k.Finding = fmt.Sprintf("tenant %s, application %s, valid until %s UTC; it is renewed by itself",
		line(token.Tenant, 60), line(token.App, 60), token.Expires.UTC().Format(time.TimeOnly))
	return []doctor.Check{k}
}

const reachSignIn = "allow port 443 to the sign-in host of the cloud (login.microsoftonline.com, .us, or login.chinacloudapi.cn), or set HTTPS_PROXY"

// refusals are what Entra says when it gives no token, by code (learn.microsoft.com,
// "Microsoft Entra authentication and authorization error codes"), and what to do.
var refusals = map[string]string{
	"AADSTS90002":   "m365.tenant names no tenant of this cloud: check its id, and m365.cloud",
	"AADSTS900023":  "m365.tenant is neither the id nor a domain of a tenant",
	"AADSTS700016":  "the tenant does not know the application: check m365.client_id (the application's id, not an object id) and m365.tenant",
	"AADSTS7000112": "the application is disabled in the tenant: enable it under Enterprise applications",
	"AADSTS7000215": "the client secret is wrong: it must be the secret's value, not its id",
	"AADSTS7000222": "the client secret has expired: make a new one, or better use a certificate",
	"AADSTS700027":  "Entra does not know the certificate, or it has expired: compare the thumbprint above with those of the application",
	"AADSTS700024":  "this machine's clock is off: set it (NTP)",
	"AADSTS700213":  "the application trusts no federated identity like this one: compare issuer, subject and audience",
	"AADSTS70021":   "the application trusts no federated identity like this one: compare issuer, subject and audience",
	"AADSTS53003":   "a Conditional Access policy for workload identities blocks the application: exclude it, or sign in from an allowed place",
	"AADSTS900382":  "the application belongs to another national cloud: check m365.cloud",
}

var aadsts = regexp.MustCompile(`(AADSTS\d+)(: [^"\r\n]*)?`)

// notSignedIn puts into words why there is no token. What Entra says ends where it
// names its trace.
func notSignedIn(err error) (finding, advice string) {
	text := err.Error()
	var in *signInError
	if errors.As(err, &in) {
		text = in.err.Error() // whole: the other's words are cut
	}
	if found := aadsts.FindStringSubmatch(text); found != nil {
		words, _, _ := strings.Cut(found[0], " Trace ID:")
		advice := refusals[found[1]]
		if advice == "" {
			advice = "login.microsoftonline.com/error explains the code"
		}
		return line(words, 400), advice
	}
	if finding, advice := unreachable(err); strings.HasPrefix(finding, "its ") {
		return "the sign-in service cannot be reached: " + finding, advice
	}
	text, _, _ = strings.Cut(text, ". To troubleshoot")
	return line(text, 400), reachSignIn
}
