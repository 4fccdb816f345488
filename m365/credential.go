package m365

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// SignIn says as which application to sign in, and how: with a certificate, which
// is best, with a client secret, or as what a machine in Azure or a workload of a
// cluster already is. There is no sign-in as a person.
type SignIn struct {
	Cloud  Cloud
	Tenant string // id or domain
	Client string // id of the application

	Certificate string // path of a PEM or PFX file with certificate and key
	Password    string // of the certificate file
	Secret      string
	Managed     bool // a managed identity; Client chooses a user-assigned one
	Workload    bool // workload identity; the environment may name tenant and client
}

// Credential gives what signs in. It asks nothing yet. Tokens are kept in memory and
// renewed before they end, so a sweep may take longer than a token lives.
func (s SignIn) Credential() (azcore.TokenCredential, error) {
	ways := 0
	for _, set := range []bool{s.Certificate != "", s.Secret != "", s.Managed, s.Workload} {
		if set {
			ways++
		}
	}
	switch {
	case ways == 0:
		return nil, errors.New("nothing says how to sign in to the tenant: a certificate, a managed identity, a workload identity or a client secret")
	case ways > 1:
		return nil, errors.New("more than one way to sign in is set: choose one")
	}
	options := azcore.ClientOptions{Cloud: s.Cloud.authority}
	if s.Managed {
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if s.Client != "" {
			o.ID = azidentity.ClientID(s.Client)
		}
		return azidentity.NewManagedIdentityCredential(o)
	}
	if s.Workload {
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, TenantID: s.Tenant, ClientID: s.Client})
	}
	if s.Tenant == "" || s.Client == "" {
		return nil, errors.New("the tenant and the application's client id must be set to sign in")
	}
	if s.Secret != "" {
		return azidentity.NewClientSecretCredential(s.Tenant, s.Client, s.Secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options})
	}
	data, err := os.ReadFile(s.Certificate)
	if err != nil {
		return nil, fmt.Errorf("the certificate: %w", err)
	}
	certs, key, err := certificates(data, s.Password)
	if err != nil {
		return nil, fmt.Errorf("%s holds no certificate with its private key that can be opened: %s", s.Certificate, line(err.Error(), 200))
	}
	return azidentity.NewClientCertificateCredential(s.Tenant, s.Client, certs, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, SendCertificateChain: true})
}

// Token is what the service's token says of us, as far as it can be read: the format
// of a token is the service's own affair.
type Token struct {
	Tenant  string    // its id
	App     string    // client id
	Roles   []string  // permissions granted in Entra; RBAC for Applications shows none
	Expires time.Time // zero when there is no token
}

// Token signs in and reads the token. Without a credential it is empty.
func (c *Client) Token(ctx context.Context) (Token, error) {
	if c.t.cred == nil {
		return Token{}, nil
	}
	raw, err := c.t.cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{c.t.scope}})
	if err != nil {
		return Token{}, &signInError{err}
	}
	t := Token{Expires: raw.ExpiresOn}
	parts := strings.Split(raw.Token, ".")
	if len(parts) != 3 {
		return t, nil
	}
	var claims struct {
		TID   string
		AppID string
		Roles []string
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(body, &claims) != nil {
		return t, nil
	}
	t.Tenant, t.App, t.Roles = claims.TID, claims.AppID, claims.Roles
	return t, nil
}
