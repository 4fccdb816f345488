package notifytest

import (
	"context"
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
	stdmime "mime"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// Exim is a real mail server, Debian's exim4-daemon-light, of one test alone: on 127.0.0.1
// it asks for STARTTLS and a password, and delivers into a Maildir.
type Exim struct {
	Port        int
	Certificate string // file of the only authority to trust, in PEM
	dir         string
	roots       *x509.CertPool
	rcpt, data  string
}

// Who may send.
const (
	EximUser     = "notices"
	EximPassword = "kestrel-9-Tamarisk"
)

// StartExim starts a server that ends with the test. rcpt and data are statements of its
// access lists, for each recipient and each letter; "" takes all.
func StartExim(t *testing.T, rcpt, data string) *Exim {
	t.Helper()
	binary, err := exec.LookPath("exim4")
	if err != nil {
		if binary, err = exec.LookPath("/usr/sbin/exim4"); err != nil {
			t.Fatal("there is no exim4: apt-get install exim4-daemon-light")
		}
	}
	e := &Exim{dir: t.TempDir(), rcpt: rcpt, data: data}
	// Its deliveries are not root's even where the test is, and find their way in here.
	for _, d := range []string{e.dir, filepath.Dir(e.dir)} {
		must(t, os.Chmod(d, 0o777))
	}
	for _, d := range []string{"spool", "log", "mail"} {
		must(t, os.Mkdir(filepath.Join(e.dir, d), 0o777))
		must(t, os.Chmod(filepath.Join(e.dir, d), 0o777))
	}
	e.certificate(t)
	e.Port = freePort(t)
	config := filepath.Join(e.dir, "exim.conf")
	me, err := user.Current()
	must(t, err)
	must(t, os.WriteFile(config, []byte(e.config(me)), 0o644))
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "-bdf", "-C", config, "-oX", fmt.Sprintf("127.0.0.1:%d", e.Port))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = 5 * time.Second
	must(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(e.dir, "log/mainlog"))
			t.Logf("exim said: %s\n%s", said.String(), log)
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", e.Port))
		if err == nil {
			_ = c.Close()
			return e
		}
		if time.Now().After(deadline) {
			t.Fatalf("exim does not answer: %s", said.String())
		}
	}
}

// config is for a server of whoever runs the test. Exim gives up root's rights when anybody
// else names a configuration (its manual, section 5.2), and then delivers as that user;
// as root it never delivers.
func (e *Exim) config(me *user.User) string {
	deliver := "user = nobody\n  group = nogroup"
	if me.Uid != "0" {
		deliver = ""
	}
	return fmt.Sprintf(`
exim_user = %[7]s
exim_group = %[8]s
deliver_drop_privilege = %[10]t
never_users =
spool_directory = %[1]s/spool
log_file_path = %[1]s/log/%%slog
primary_hostname = mx.contoso.example
domainlist local_domains = *
tls_advertise_hosts = *
tls_certificate = %[1]s/cert.pem
tls_privatekey = %[1]s/key.pem
auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
host_lookup =
rfc1413_query_timeout = 0s
queue_only = false
message_size_limit = 50M
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
daemon_smtp_ports = %[2]d
begin acl
rcpt:
  %[3]s
  deny !authenticated = *
  accept
data:
  %[4]s
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = %[1]s/mail
  maildir_format
  envelope_to_add
  %[9]s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${if and{{eq{$auth2}{%[5]s}}{eq{$auth3}{%[6]s}}}}
  server_set_id = $auth2
`, e.dir, e.Port, e.rcpt, e.data, EximUser, EximPassword, me.Uid, me.Gid, deliver, me.Uid != "0")
}

// certificate makes one for 127.0.0.1 that only the tests trust.
func (e *Exim) certificate(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.contoso.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	e.Certificate = filepath.Join(e.dir, "cert.pem")
	must(t, os.WriteFile(e.Certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644))
	must(t, os.WriteFile(filepath.Join(e.dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	e.roots = x509.NewCertPool()
	e.roots.AddCert(cert)
}

// TLS trusts the server.
func (e *Exim) TLS() *tls.Config { return &tls.Config{RootCAs: e.roots, ServerName: "127.0.0.1"} }

// Arrived are the letters in the Maildir, where each recipient has one. What is on its way
// is waited for.
func (e *Exim) Arrived(t *testing.T) (all []Arrived) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		queued, err := filepath.Glob(filepath.Join(e.dir, "spool/input/*-H"))
		must(t, err)
		if len(queued) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d letters are still on their way", len(queued))
		}
	}
	found, err := filepath.Glob(filepath.Join(e.dir, "mail/new/*"))
	must(t, err)
	times := map[[2]string]int{} // of a letter and a recipient
	told := map[string]int{}
	for _, path := range found {
		f, err := os.Open(path)
		must(t, err)
		a, recipient := arrivedMail(t, f)
		must(t, f.Close())
		if times[[2]string{a.MessageID, recipient}]++; times[[2]string{a.MessageID, recipient}] > told[a.MessageID] {
			told[a.MessageID]++
			all = append(all, a)
		}
	}
	return all
}

// arrivedMail reads a mail as a client would.
func arrivedMail(t *testing.T, r io.Reader) (a Arrived, recipient string) {
	t.Helper()
	m, err := message.Read(r)
	must(t, err)
	a.MessageID = m.Header.Get("Message-Id")
	a.Subject, err = m.Header.Text("Subject")
	must(t, err)
	for name, into := range map[string]func(string){"To": func(s string) { a.To = append(a.To, s) }, "Reply-To": func(s string) { a.ReplyTo = s }} {
		list, err := mail.ParseAddressList(m.Header.Get(name))
		must(t, err)
		for _, address := range list {
			into(address.Address)
		}
	}
	must(t, m.Walk(func(_ []int, part *message.Entity, err error) error {
		must(t, err)
		kind, _, _ := stdmime.ParseMediaType(part.Header.Get("Content-Type"))
		if !slices.Contains([]string{"text/plain", "text/html"}, kind) {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		must(t, err)
		if kind == "text/plain" {
			a.Text = string(body)
		} else {
			a.HTML = string(body)
		}
		return nil
	}))
	return a, m.Header.Get("Envelope-To")
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
