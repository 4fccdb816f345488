package m365

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kjson "github.com/microsoft/kiota-serialization-json-go"
	graphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Client asks Microsoft Graph. One Client keeps the limits of one application, so a
// process has one for each. It may be used from many goroutines.
type Client struct {
	root     *url.URL
	adapter  *graphcore.GraphRequestAdapterBase
	http     *http.Client
	t        *transport
	requests atomic.Int64
	log      *slog.Logger
	// noExpand is set when the service refused to expand attached items.
	noExpand atomic.Bool
}

// Options say whom to ask, and as whom.
type Options struct {
	Cloud Cloud // the zero value is the global one
	// Endpoint replaces the cloud's Graph root: "http://127.0.0.1:8080" of a
	// simulator. Plain HTTP is allowed to this machine only.
	Endpoint string
	// Credential signs in. nil is allowed only with an Endpoint on this machine.
	Credential azcore.TokenCredential
	Version    string // of mailsweep, for the User-Agent
	Log        *slog.Logger
	// Transport is beneath all; nil is one of net/http's.
	Transport http.RoundTripper
}

// New makes a Client. It asks nothing yet.
func New(o Options) (*Client, error) {
	if o.Cloud.Graph == "" {
		o.Cloud = Clouds()[0]
	}
	root, err := url.Parse(strings.TrimRight(o.Endpoint, "/"))
	if o.Endpoint == "" {
		root, err = url.Parse(o.Cloud.Graph)
	}
	if err != nil || root.Host == "" {
		return nil, fmt.Errorf("the Graph endpoint %q is no URL", o.Endpoint)
	}
	if err := trusted(root, o.Credential != nil); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = defaultTransport()
	}
	c := &Client{root: root, log: o.Log}
	c.t = &transport{
		base: o.Transport, root: root, cred: o.Credential,
		// Microsoft asks tools to name themselves so: learn.microsoft.com, "Avoid getting throttled".
		agent:  "NONISV|mailsweep|mailsweep/" + strings.TrimPrefix(o.Version, "v"),
		scope:  o.Cloud.Graph + "/.default",
		limits: newLimiter(), log: o.Log, now: time.Now,
		sent: func(call) { c.requests.Add(1) },
	}
	// No timeout here: it would cover the waits that the service asks for.
	c.http = &http.Client{Transport: c.t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c.adapter, err = graphcore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, graphcore.GraphClientOptions{},
		kjson.NewJsonParseNodeFactory(), kjson.NewJsonSerializationWriterFactory(), c.http)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// trusted refuses to talk to what a token must not be shown to.
func trusted(root *url.URL, signedIn bool) error {
	local := root.Hostname() == "localhost"
	if ip := net.ParseIP(root.Hostname()); ip != nil {
		local = ip.IsLoopback()
	}
	switch {
	case root.Scheme != "https" && !(root.Scheme == "http" && local):
		return fmt.Errorf("the Graph endpoint %s is not https", root)
	case !signedIn && !local:
		return errors.New("no credential: say how to sign in to the tenant")
	}
	return nil
}

// defaultTransport gives up on a service that does not answer at all; how long a
// reply may take is left to the service, which ends it with a 504.
func defaultTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 3 * time.Minute
	t.MaxIdleConnsPerHost = 256
	return t
}

// Requests is how many requests have been sent.
func (c *Client) Requests() int64 { return c.requests.Load() }

// query are options or headers of a request, in the order in which they are sent.
type query [][2]string

// immutable asks for ids that outlive a move to another folder
// (learn.microsoft.com, "Obtain immutable identifiers for Outlook resources"). It
// has to be asked for each time.
var immutable = [2]string{"Prefer", `IdType="ImmutableId"`}

// url is an address below v1.0.
func (c *Client) url(q query, segments ...string) string { return c.address("v1.0", q, segments...) }

// address is one below a version of Graph. Segments are escaped, query names are not:
// the service takes "$select" as it is.
func (c *Client) address(version string, q query, segments ...string) string {
	var b strings.Builder
	b.WriteString(c.root.String() + "/" + version)
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	sep := byte('?')
	for _, kv := range q {
		b.WriteByte(sep)
		b.WriteString(kv[0] + "=" + url.QueryEscape(kv[1]))
		sep = '&'
	}
	return b.String()
}

// get asks for a resource and reads it into one of the SDK's models.
func get[T serialization.Parsable](ctx context.Context, c *Client, of call, address string, headers query, model serialization.ParsableFactory) (T, error) {
	var none T
	u, err := c.root.Parse(address)
	if err != nil {
		return none, errors.New("a reply of Microsoft Graph holds a link that is no URL")
	}
	for try := 1; ; try++ {
		r := abstractions.NewRequestInformation()
		r.Method = abstractions.GET
		r.SetUri(*u)
		r.Headers.TryAdd("Accept", "application/json")
		for _, h := range headers {
			r.Headers.Add(h[0], h[1])
		}
		got, err := c.adapter.Send(withCall(ctx, of), r, model, nil)
		v, ok := got.(T)
		if err == nil && ok && listed(got) {
			return v, nil
		}
		if err = clean(ctx, err); final(ctx, err) || of.paged || try == maxParses {
			return none, err
		}
	}
}

// listed reports whether a reply that is a list has one: what has none is an error in
// disguise, and not empty.
func listed(reply serialization.Parsable) bool {
	switch l := reply.(type) {
	case models.MessageCollectionResponseable:
		return l.GetValue() != nil
	case models.MailFolderCollectionResponseable:
		return l.GetValue() != nil
	case models.UserCollectionResponseable:
		return l.GetValue() != nil
	case models.GroupCollectionResponseable:
		return l.GetValue() != nil
	}
	return true
}

// maxParses is how often a reply may come whole and yet make no sense.
const maxParses = 3

// final reports whether an error says more than that a reply made no sense.
func final(ctx context.Context, err error) bool {
	return ctx.Err() != nil || !errors.Is(err, errCut) || errors.As(err, new(*gaveUp))
}

// stream asks for raw content, to be read and closed by the caller.
func (c *Client) stream(ctx context.Context, of call, address string) (*http.Response, error) {
	of.stream = true
	req, err := http.NewRequestWithContext(withCall(ctx, of), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, clean(ctx, err)
	}
	return resp, nil
}

// clean takes the address out of an error: it names people.
func clean(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	// The rest comes from the parser, in words that say nothing to anyone.
	return errCut
}
