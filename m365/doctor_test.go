package m365

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"mailsweep/doctor"
)

// tenant answers like a small Graph: users and what each one's inbox says.
type tenant struct {
	inbox  map[string]func() (*http.Response, error) // by id; absent is readable
	users  []string                                  // ids
	listed func() (*http.Response, error)            // instead of the users
	bodies func() (*http.Response, error)            // instead of an empty list of messages
	greet  func() (*http.Response, error)
	asked  []string
}

func (f *tenant) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(r.URL.Path, "/v1.0")
	f.asked = append(f.asked, r.Method+" "+path)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case path == "/":
		if f.greet != nil {
			return f.greet()
		}
		return reply(200, `{}`, "Date: "+time.Now().UTC().Format(http.TimeFormat))()
	case len(parts) <= 2 && f.listed != nil:
		return f.listed()
	case path == "/users" && r.URL.Query().Get("$filter") != "":
		return reply(200, `{"value":[]}`)()
	case path == "/users":
		var all []string
		for _, u := range f.users {
			all = append(all, fmt.Sprintf(`{"id":%q,"mail":"%s@contoso.example","userType":"Member"}`, u, u))
		}
		return reply(200, `{"value":[`+strings.Join(all, ",")+`]}`)()
	case len(parts) == 2:
		for _, u := range f.users {
			if parts[1] == u || parts[1] == u+"@contoso.example" {
				return reply(200, fmt.Sprintf(`{"id":%q,"mail":"%s@contoso.example","userType":"Member"}`, u, u))()
			}
		}
		return reply(404, graphError("Request_ResourceNotFound", "Resource does not exist."))()
	case parts[len(parts)-1] == "microsoft.graph.user":
		return reply(200, `{"value":[]}`)()
	case parts[len(parts)-1] == "messages":
		if f.bodies != nil {
			return f.bodies()
		}
		return reply(200, `{"value":[]}`)()
	}
	if say := f.inbox[parts[1]]; say != nil {
		return say()
	}
	return reply(200, `{"id":"inbox"}`)()
}

// jwt gives a token with these claims, and nothing that could be used.
type jwt struct {
	roles []string
	err   error
}

func (j jwt) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if j.err != nil {
		return azcore.AccessToken{}, j.err
	}
	body, _ := json.Marshal(map[string]any{"tid": "the-tenant", "appid": "the-app", "roles": j.roles})
	return azcore.AccessToken{Token: "canary." + base64.RawURLEncoding.EncodeToString(body) + ".canary", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func examine(t *testing.T, f *tenant, cred azcore.TokenCredential, s Selection) map[string]doctor.Check {
	t.Helper()
	c, err := New(Options{Endpoint: "http://127.0.0.1:1", Transport: serial(f), Credential: cred})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]doctor.Check{}
	for k := range c.Examine(t.Context(), Examination{Select: s}) {
		if all[k.Name].Name != "" {
			t.Errorf("%s is told twice", k.Name)
		}
		if k.Finding == "" || k.Status == doctor.Failed && k.Advice == "" || strings.Contains(k.Finding+k.Advice, "canary") || strings.Contains(k.Finding+k.Advice, "\n") {
			t.Errorf("%+v", k)
		}
		all[k.Name] = k
	}
	return all
}

// serial lets one request through at a time.
func serial(f http.RoundTripper) http.RoundTripper {
	turn := make(chan struct{}, 1)
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		turn <- struct{}{}
		defer func() { <-turn }()
		return f.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func hold(t *testing.T, all map[string]doctor.Check, want map[string]doctor.Status) {
	t.Helper()
	for name, status := range want {
		if all[name].Status != status {
			t.Errorf("%s: %+v, want %s", name, all[name], status)
		}
	}
	for name, k := range all {
		if _, ok := want[name]; !ok && k.Status != doctor.OK {
			t.Errorf("beside: %+v", k)
		}
	}
}

var (
	raop = reply(403, graphError("ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."))
	none = reply(404, graphError("MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."))
)

type answer = func() (*http.Response, error)

// TestExamine is the table of what an administrator can have done.
func TestExamine(t *testing.T) {
	three := []string{"a", "b", "c"}
	basic := []string{"User.ReadBasic.All"}
	for _, c := range []struct {
		name   string
		f      *tenant
		roles  []string
		pick   Selection
		want   map[string]doctor.Status
		says   map[string]string
		advice map[string]string
	}{
		{name: "scoped by RBAC", f: &tenant{users: three}, roles: basic, pick: Selection{Addresses: []string{"a@contoso.example"}},
			want: map[string]doctor.Status{"permission Mail.Read": doctor.OK, "mailboxes": doctor.OK, "selection": doctor.OK, "token": doctor.OK, "endpoint": doctor.OK, "clock": doctor.OK},
			says: map[string]string{"permission Mail.Read": "granted by RBAC", "token": "tenant the-tenant, application the-app"}},
		{name: "tenant-wide, all", f: &tenant{users: three}, roles: append([]string{"Mail.Read"}, basic...), pick: Selection{All: true},
			want: map[string]doctor.Status{"permission Mail.Read": doctor.OK}, says: map[string]string{"mailboxes": "3 of 3 tried can be read"}},
		{name: "tenant-wide, but one chosen", f: &tenant{users: three}, roles: append([]string{"Mail.Read"}, basic...), pick: Selection{Addresses: []string{"a"}},
			want: map[string]doctor.Status{"permission Mail.Read": doctor.Warning}, says: map[string]string{"permission Mail.Read": "reads every mailbox"},
			advice: map[string]string{"permission Mail.Read": "add up"}},
		{name: "one out of scope", f: &tenant{users: three, inbox: map[string]answer{"b": raop}}, roles: basic, pick: Selection{All: true},
			want: map[string]doctor.Status{"out of scope": doctor.Warning}, says: map[string]string{"mailboxes": "2 of 3", "out of scope": "b@contoso.example: "}},
		{name: "one named is out of scope", f: &tenant{users: three, inbox: map[string]answer{"b": raop}}, roles: basic, pick: Selection{Addresses: []string{"a", "b"}},
			want: map[string]doctor.Status{"out of scope": doctor.Failed}},
		{name: "one without a mailbox", f: &tenant{users: three, inbox: map[string]answer{"c": none}}, roles: basic, pick: Selection{All: true},
			want: map[string]doctor.Status{"no mailbox": doctor.Warning}},
		{name: "nothing granted for mail", f: &tenant{users: three, inbox: map[string]answer{"a": raop, "b": raop, "c": raop}}, roles: basic, pick: Selection{All: true},
			want: map[string]doctor.Status{"out of scope": doctor.Failed, "mailboxes": doctor.Failed, "permission Mail.Read": doctor.Failed}},
		{name: "bodies are refused", f: &tenant{users: three, bodies: raop}, roles: append([]string{"Mail.ReadBasic.All"}, basic...), pick: Selection{All: true},
			want: map[string]doctor.Status{"permission Mail.Read": doctor.Failed, "permission Mail.ReadBasic.All": doctor.Warning}, says: map[string]string{"permission Mail.Read": "bodies cannot"}},
		{name: "the directory refuses", f: &tenant{users: three, listed: reply(403, graphError("Authorization_RequestDenied", "Insufficient privileges."))}, pick: Selection{All: true},
			want: map[string]doctor.Status{"selection": doctor.Failed, "permission User.ReadBasic.All": doctor.Failed, "permission Mail.Read": doctor.Unknown}},
		{name: "nobody of that name", f: &tenant{users: three}, roles: basic, pick: Selection{Addresses: []string{"x@contoso.example"}},
			want: map[string]doctor.Status{"no such account": doctor.Failed, "permission Mail.Read": doctor.Unknown}, says: map[string]string{"no such account": "x@contoso.example"}},
		{name: "nothing chosen", f: &tenant{}, roles: basic,
			want: map[string]doctor.Status{"selection": doctor.Unknown, "permission Mail.Read": doctor.Unknown}},
		{name: "too many", f: &tenant{users: three}, pick: Selection{All: true},
			roles: []string{"Mail.ReadWrite", "User.Read.All", "Directory.ReadWrite.All", "full_access_as_app", "Mail.Send", "Sites.Read.All"},
			want: map[string]doctor.Status{"permission Mail.ReadWrite": doctor.Warning, "permission Directory.ReadWrite.All": doctor.Warning, "permission full_access_as_app": doctor.Warning,
				"permission Mail.Send": doctor.Warning, "permission Sites.Read.All": doctor.Warning},
			says: map[string]string{"permission Mail.ReadWrite": "can change", "permission full_access_as_app": "can change", "permission Sites.Read.All": "nothing in mailsweep"}},
		{name: "groups", f: &tenant{users: three}, roles: append([]string{"Group.Read.All"}, basic...), pick: Selection{All: true, ExcludeGroups: []string{"00000000-0000-0000-0000-000000000000"}},
			want: map[string]doctor.Status{"permission Group.Read.All": doctor.Warning, "permission GroupMember.Read.All": doctor.OK}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := examine(t, c.f, jwt{roles: c.roles}, c.pick)
			hold(t, all, c.want)
			for name, part := range c.says {
				if !strings.Contains(all[name].Finding, part) {
					t.Errorf("%s finds %q", name, all[name].Finding)
				}
			}
			for name, part := range c.advice {
				if !strings.Contains(all[name].Advice, part) {
					t.Errorf("%s advises %q", name, all[name].Advice)
				}
			}
			for _, a := range c.f.asked {
				if !strings.HasPrefix(a, "GET ") {
					t.Errorf("it asked %s", a)
				}
			}
		})
	}
}

// TestExamineTriesFewOfMany: evenly, and says how many there are.
func TestExamineTriesFewOfMany(t *testing.T) {
	f := &tenant{}
	for i := range 1000 {
		f.users = append(f.users, fmt.Sprintf("u%03d", i))
	}
	all := examine(t, f, jwt{roles: []string{"Mail.Read", "User.Read.All"}}, Selection{All: true})
	inboxes := 0
	for _, a := range f.asked {
		if strings.HasSuffix(a, "/inbox") {
			inboxes++
		}
	}
	if got := all["mailboxes"].Finding; inboxes != mostProbes || !strings.HasPrefix(got, "20 of 20 tried (1000 are chosen) can be read: u000@") || !strings.Contains(got, "and 17 more") {
		t.Errorf("%d inboxes, %q", inboxes, got)
	}
}

// TestExamineDoesNotWaitForever: what is asked again and again is bounded.
func TestExamineDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		f := &tenant{users: []string{"a", "b"}, inbox: map[string]answer{"a": reply(429, "", "Retry-After: 600"), "b": raop}}
		all := examine(t, f, jwt{roles: []string{"User.ReadBasic.All"}}, Selection{All: true})
		if took := time.Since(begun); took > 2*patience {
			t.Errorf("it took %s", took)
		}
		hold(t, all, map[string]doctor.Status{"mailboxes": doctor.Failed, "out of scope": doctor.Failed, "no answer": doctor.Failed, "permission Mail.Read": doctor.Failed})
		if !strings.Contains(all["out of scope"].Finding, "RAOP") || !strings.Contains(all["no answer"].Finding, "a@contoso.example: nothing useful came within 45s") {
			t.Errorf("%+v", all)
		}
	})
}

// TestExamineGoesOnWithoutAService: each thing that fails is told, and nothing is
// asked that cannot be answered.
func TestExamineGoesOnWithoutAService(t *testing.T) {
	f := &tenant{greet: func() (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "graph.example", IsNotFound: true}}
	}}
	refused := errors.New("ClientSecretCredential authentication failed.\nPOST https://login.microsoftonline.com/x\n{\n \"error_description\": \"AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2\"}")
	all := examine(t, f, jwt{err: refused}, Selection{All: true})
	hold(t, all, map[string]doctor.Status{"endpoint": doctor.Failed, "token": doctor.Failed, "selection": doctor.Unknown})
	if k := all["token"]; k.Finding != "AADSTS7000215: Invalid client secret provided." || !strings.Contains(k.Advice, "value, not its id") {
		t.Errorf("%+v", k)
	}
	if !strings.Contains(all["endpoint"].Finding, "cannot be resolved") || len(f.asked) != 1 {
		t.Errorf("%+v after %q", all["endpoint"], f.asked)
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ahead time.Duration // our clock
		want  doctor.Status
		says  string
	}{
		{0, doctor.OK, "agree"}, {-time.Second, doctor.OK, "agree"}, {119 * time.Second, doctor.OK, "agree"}, {3 * time.Minute, doctor.Warning, "ahead of"},
		{-3 * time.Minute, doctor.Warning, "3m0s behind"}, {6 * time.Minute, doctor.Failed, "ahead"}, {-26 * time.Hour, doctor.Failed, "26h0m0s behind"},
	} {
		theirs := now.Add(-c.ahead).Format(http.TimeFormat)
		if k := clock(theirs, now, now.Add(time.Second)); k.Status != c.want || !strings.Contains(k.Finding, c.says) {
			t.Errorf("%s: %+v", c.ahead, k)
		}
	}
	if k := clock("", now, now); k.Status != doctor.Unknown {
		t.Errorf("%+v", k)
	}
}

func TestUnreachable(t *testing.T) {
	for want, err := range map[string]error{
		"cannot be resolved": &net.DNSError{Err: "server misbehaving", Name: "x"},
		"machine trusts":     &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"another name":       x509.HostnameError{Certificate: new(x509.Certificate), Host: "x"},
		"expired":            x509.CertificateInvalidError{Cert: new(x509.Certificate), Reason: x509.Expired},
		"does not speak TLS": tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
		"in time":            context.DeadlineExceeded,
		"the proxy":          &net.OpError{Op: "proxyconnect", Err: errors.New("refused")},
		"connection refused": &net.OpError{Op: "dial", Err: errors.New("connection refused")},
	} {
		if finding, advice := unreachable(err); !strings.Contains(finding, want) || advice == "" {
			t.Errorf("%v: %q, %q", err, finding, advice)
		}
	}
}

// TestSignInIsExamined: what of a certificate can be seen before it is used.
func TestSignInIsExamined(t *testing.T) {
	now := time.Now()
	file := pemFile(t, now.Add(-time.Hour), now.Add(100*24*time.Hour))
	s := SignIn{Tenant: "00000000-0000-0000-0000-000000000001", Client: "00000000-0000-0000-0000-000000000002", Certificate: file}
	for _, c := range []struct {
		at   time.Time
		want doctor.Status
		says string
	}{
		{now, doctor.OK, ""}, {now.Add(80 * 24 * time.Hour), doctor.Warning, "expires in 19 days"}, {now.Add(101 * 24 * time.Hour), doctor.Failed, "has expired"},
		{now.Add(-2 * time.Hour), doctor.Failed, "not valid before"},
	} {
		if k := s.Examine(c.at); k.Status != c.want || !strings.Contains(k.Advice, c.says) || !strings.Contains(k.Finding, "thumbprint ") {
			t.Errorf("%+v", k)
		}
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if k := s.Examine(now); k.Status != doctor.Warning || !strings.Contains(k.Advice, "chmod 600") {
		t.Errorf("%+v", k)
	}
	s.Secret, s.Certificate = "canary", ""
	if k := s.Examine(now); k.Status != doctor.OK || strings.Contains(k.Finding+k.Advice, "canary") {
		t.Errorf("%+v", k)
	}
	if k := (SignIn{}).Examine(now); k.Status != doctor.Failed || k.Advice == "" {
		t.Errorf("%+v", k)
	}
}

func pemFile(t *testing.T, from, until time.Time) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailsweep"}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	data := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...)
	path := filepath.Join(t.TempDir(), "mailsweep.pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
