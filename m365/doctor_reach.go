package m365

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"mailsweep/doctor"
)

const (
	// Entra refuses what signs in with a clock that is more than five minutes off
	// (learn.microsoft.com, AADSTS700024), and tokens seem to have ended, or not yet begun.
	mostDrift = 5 * time.Minute
	someDrift = 2 * time.Minute
)

// reach asks the service's root once, without a token, and looks at its clock.
func (e *examination) reach(ctx context.Context) []doctor.Check {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	host := e.c.root.Host + e.via()
	begun := e.c.t.now()
	resp, err := e.c.t.greet(ctx)
	ended := e.c.t.now()
	if err != nil {
		finding, advice := unreachable(err)
		return []doctor.Check{{Name: "endpoint", Status: doctor.Failed, Finding: host + ": " + finding, Advice: advice}}
	}
	e.reached = true
	reply := doctor.Check{Name: "endpoint", Status: doctor.OK, Finding: fmt.Sprintf("%s answers, in %s", host, ended.Sub(begun).Round(time.Millisecond))}
	if resp.StatusCode >= 500 {
		reply.Status = doctor.Warning
		reply.Finding = fmt.Sprintf("%s answers %d %s", host, resp.StatusCode, http.StatusText(resp.StatusCode))
		reply.Advice = "the service or a proxy before it has trouble: look at status.cloud.microsoft, and try again"
	}
	return []doctor.Check{reply, clock(resp.Header.Get("Date"), begun, ended)}
}

// via names the proxy on the way, without what may sign in to it.
func (e *examination) via() string {
	req := &http.Request{URL: e.c.root}
	if proxy, err := http.ProxyFromEnvironment(req); err == nil && proxy != nil {
		return " (through the proxy " + line(proxy.Host, 100) + ")"
	}
	return ""
}

// clock compares the Date of a reply, which has whole seconds, with our clock between
// request and reply.
func clock(date string, begun, ended time.Time) doctor.Check {
	k := doctor.Check{Name: "clock"}
	theirs, err := http.ParseTime(date)
	if err != nil {
		k.Status, k.Finding = doctor.Unknown, "the reply does not tell the time"
		return k
	}
	theirs = theirs.Add(500 * time.Millisecond)
	drift := begun.Add(ended.Sub(begun) / 2).Sub(theirs)
	way := "ahead of"
	if drift < 0 {
		way = "behind"
	}
	by := drift.Abs().Round(time.Second)
	k.Finding = fmt.Sprintf("this machine's clock is %s %s the service's", by, way)
	switch {
	case by > mostDrift:
		k.Status, k.Advice = doctor.Failed, "set the clock (NTP): more than five minutes off, signing in fails"
	case by > someDrift:
		k.Status, k.Advice = doctor.Warning, "set the clock (NTP) before it drifts further: at five minutes, signing in fails"
	default:
		k.Status, k.Finding = doctor.OK, fmt.Sprintf("this machine's clock and the service's agree (within %s)", max(by, time.Second))
	}
	return k
}

// unreachable puts into words why nothing answered.
func unreachable(err error) (finding, advice string) {
	var (
		dns    *net.DNSError
		op     *net.OpError
		host   x509.HostnameError
		issuer x509.UnknownAuthorityError
		dates  x509.CertificateInvalidError
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		slow   net.Error
	)
	const inspects = "if a proxy inspects TLS, have the operating system trust its certificate (or name it in SSL_CERT_FILE)"
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect", strings.Contains(err.Error(), "Proxy Authentication Required"):
		return "the proxy does not let us through: " + line(err.Error(), 200), "check HTTPS_PROXY and NO_PROXY, and what the proxy asks for"
	case errors.As(err, &dns):
		return "its name cannot be resolved (" + line(dns.Err, 100) + ")", "check DNS, m365.cloud and m365.endpoint; behind a proxy, set HTTPS_PROXY"
	case errors.As(err, &issuer):
		return "its certificate is signed by nobody that this machine trusts", inspects
	case errors.As(err, &host):
		return "its certificate is for another name", inspects
	case errors.As(err, &dates) && dates.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet", "check this machine's clock; " + inspects
	case errors.As(err, &verify):
		return "its certificate is not valid: " + line(verify.Err.Error(), 200), inspects
	case errors.As(err, &record):
		return "what answers there does not speak TLS", "check m365.endpoint and HTTPS_PROXY"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "nothing answered in time", "a firewall may drop the connection: allow port 443 to it, or set HTTPS_PROXY"
	}
	return line(err.Error(), 200), "check the network, a firewall on the way, and HTTPS_PROXY"
}
