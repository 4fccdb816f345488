package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// entra is a proxy behind which everything is Microsoft Entra, and refuses to sign anybody
// in: at once, where a sign-in that reaches nobody is tried again and again.
type entra struct {
	*httptest.Server
	trust string // path of a file of certificates with which it is believed

	mu   sync.Mutex
	sent url.Values // what was sent to sign in
}

func newEntra(t *testing.T, dir string) *entra {
	const host = "login.microsoftonline.com"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	must(err)
	e := &entra{trust: filepath.Join(dir, "entra.pem"), sent: url.Values{}}
	must(os.WriteFile(e.trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != host+":443" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n\r\n")
		e.talk(tls.Server(conn, config), host)
	}))
	t.Cleanup(e.Close)
	return e
}

// talk answers the requests of one connection.
func (e *entra) talk(conn net.Conn, host string) {
	for in := bufio.NewReader(conn); ; {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(r.Body)
		status, reply := http.StatusOK, fmt.Sprintf(`{"issuer":"https://%[1]s/x/v2.0","authorization_endpoint":"https://%[1]s/x/oauth2/v2.0/authorize","token_endpoint":"https://%[1]s/x/oauth2/v2.0/token","tenant_discovery_endpoint":"https://%[1]s/x/v2.0/.well-known/openid-configuration","metadata":[]}`, host)
		if strings.HasSuffix(r.URL.Path, "/token") {
			e.note(string(body))
			status, reply = http.StatusUnauthorized, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: 1","error_codes":[7000215]}`
		}
		fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, http.StatusText(status), len(reply), reply)
	}
}

func (e *entra) note(form string) {
	sent, _ := url.ParseQuery(form)
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, v := range sent {
		e.sent[k] = append(e.sent[k], v...)
	}
}

// got is all that was sent to sign in under a name.
func (e *entra) got(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.sent[name], " ")
}
