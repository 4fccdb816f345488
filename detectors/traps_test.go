package detectors

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Each trap of gitleaks as a library, with a test that fails for who falls in.

// npmToken and awsSecret are made up.
const (
	npmToken  = "npm_" + "x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1Jd5Fs029E3Bt"
	genericIn = "Kd83hGp2Qw9xLm47"
)

func texts(bodies ...string) sweeper.Mail {
	var m sweeper.Mail
	for i, b := range bodies {
		m.Texts = append(m.Texts, decode.Text{Path: fmt.Sprint(i + 1), Body: b})
	}
	return m
}

func search(t testing.TB, s *Set, m sweeper.Mail) []sweeper.Candidate {
	found, err := s.Detect(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// brief writes candidates for comparison: rule, line and secret.
func brief(found []sweeper.Candidate) string {
	var b strings.Builder
	for _, c := range found {
		fmt.Fprintf(&b, "%s:%d:%s\n", c.Rule, c.Line, c.Secret.Reveal())
	}
	return b.String()
}

func TestAttachmentNamesHideNothing(t *testing.T) {
	s := newSet(t)
	for _, name := range []string{
		"creds.docx", "a.xlsx", "a.pdf", "a.PNG", "a.svg", "a.bin", "a.exe", "go.sum", "package-lock.json", "yarn.lock", "x.gem",
		"node_modules/a.js", "vendor/github.com/a.go", ".git", "jquery.min.js", "gitleaks.toml", "verification-metadata.xml",
		"@octokit/auth-token/README.md",
	} {
		m := sweeper.Mail{Texts: []decode.Text{{Path: "2/" + name, Name: name, Body: "github: ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA04fYB71\n" + npmToken}}}
		if got := search(t, s, m); len(got) != 2 {
			t.Errorf("in an attachment called %s: %d secrets found, want 2", name, len(got))
		}
	}
}

func TestRulesThatNeedAName(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct{ rule, path, name, body string }{
		{"nuget-config-password", "2/nuget.config", "nuget.config", `<add key="ClearTextPassword" value="Tr0ub4dor-9x" />`},
		{"hashicorp-tf-password", "2/a.zip!main.tf", "main.tf", `password = "tr0ub4dor9x"`},
		{"kubernetes-secret-yaml", "1/a.yaml", "a.yaml", "kind: Secret\ndata:\n  password: VHIwdWI0ZG9yOXg=\n"},
		{"freemius-secret-key", "2/b.php", "b.php", `'secret_key' => 'sk_` + `aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA'`},
	} {
		with := search(t, s, sweeper.Mail{Texts: []decode.Text{{Path: c.path, Name: c.name, Body: c.body}}})
		without := search(t, s, sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: c.body}}})
		if !strings.Contains(brief(with), c.rule+":") || strings.Contains(brief(without), c.rule+":") {
			t.Errorf("%s: with its name found %q, without a name %q", c.rule, brief(with), brief(without))
		}
	}
}

func TestSecretsWithFalseTrueAndNull(t *testing.T) {
	s := newSet(t)
	for _, secret := range []string{"Kd83falseQw9xLm47", "true8hGp2Qw9xLm47x", "Kd83hGp2Qw9xnull"} {
		if got := search(t, s, texts("api_key = "+secret)); len(got) != 1 || got[0].Secret.Reveal() != secret {
			t.Errorf("api_key = %s: found %q", secret, brief(got))
		}
	}
}

func TestCurlPasswordsThatBeginLikePlaceholders(t *testing.T) {
	s := newSet(t)
	for _, password := range []string{"xK9-fGp2Qw9x", "test-88fGp2Qw", "password-9x7"} {
		if got := search(t, s, texts(`curl -u "ann:`+password+`" https://api.example.net/`)); len(got) != 1 || got[0].Secret.Reveal() != password {
			t.Errorf("password %s: found %q", password, brief(got))
		}
	}
	if got := search(t, s, texts(`curl -u "ann:xxxx" https://api.example.net/`)); len(got) != 0 {
		t.Errorf("a placeholder: found %q", brief(got))
	}
}

func TestHundredReloadsKeepEveryRule(t *testing.T) {
	file := writeRules(t, "[extend]\nuseDefault = true\n[[rules]]\nid = \"mine\"\nregex = '''mine-[a-z]{8}'''\nkeywords = [\"mine-\"]\n")
	first := newSet(t, file)
	if n := len(first.Rules()); n < minGitleaksRules+1 {
		t.Fatalf("%d rules at first", n)
	}
	var loads errgroup.Group
	loads.SetLimit(runtime.GOMAXPROCS(0))
	for range 100 {
		loads.Go(func() error {
			s, err := New(Options{RulesFiles: []string{file}})
			if err == nil && (len(s.Rules()) != len(first.Rules()) || s.Digest() != first.Digest()) {
				err = fmt.Errorf("%d rules, first %d", len(s.Rules()), len(first.Rules()))
			}
			return err
		})
	}
	if err := loads.Wait(); err != nil {
		t.Fatal(err)
	}
	if got := search(t, newSet(t, file), texts("mine-abcdefgh "+npmToken)); len(got) != 2 {
		t.Errorf("after a hundred loads found %q", brief(got))
	}
}

func TestGitleaksAllowHidesNothing(t *testing.T) {
	if got := search(t, newSet(t), texts(npmToken+" # gitleaks:allow")); len(got) != 1 {
		t.Errorf("found %q", brief(got))
	}
}

func TestCancellationIsAnError(t *testing.T) {
	s := newSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Detect(ctx, texts(npmToken)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if _, err := s.Detect(ctx, sweeper.Mail{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before an empty mail: %v", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := s.Detect(late, texts(npmToken)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
}

// stopper ends the context when the piece with this number begins.
type stopper struct {
	matcher
	at     int
	cancel context.CancelFunc
	pieces int
}

func (m *stopper) match(ctx context.Context, p piece) (findings, error) {
	m.pieces++
	if m.pieces == m.at {
		m.cancel()
	}
	return m.matcher.match(ctx, p)
}

// TestCancellationInTheMiddle: what was found until then is returned, and no piece
// more is begun, of a text on which every pattern has to be tried everywhere.
func TestCancellationInTheMiddle(t *testing.T) {
	s := newSet(t)
	var all strings.Builder
	for _, r := range s.Rules() {
		all.WriteString(strings.Join(r.Keywords, " ") + "\n")
	}
	bad := strings.Repeat(all.String(), 2<<20/all.Len())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	m := &stopper{matcher: s.engine, at: 2, cancel: cancel}
	s.engine = m
	found, err := s.Detect(ctx, texts(npmToken, bad))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if len(found) == 0 || found[0].Secret.Reveal() != npmToken {
		t.Errorf("what was found before is lost: %q", brief(found))
	}
	if m.pieces != m.at {
		t.Errorf("%d pieces were begun, the context ended with number %d", m.pieces, m.at)
	}
}

// TestManyMatches: where a text is full of them, each is found.
func TestManyMatches(t *testing.T) {
	s := newSet(t)
	const n = 64 << 10 / 26
	for _, separator := range []string{"\n", " "} {
		if got := search(t, s, texts(strings.Repeat("api_key="+genericIn+separator, n))); len(got) != n {
			t.Errorf("separated by %q: found %d of %d", separator, len(got), n)
		}
	}
}

func TestOrderIsStable(t *testing.T) {
	s := newSet(t)
	m := texts("x\n"+npmToken+" and xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx\nbittrex = qx7c4wk2m9zp3v8t1b6n5d0fgh2jr4sy", "api_key = "+genericIn)
	want := brief(search(t, s, m))
	for range 30 {
		if got := brief(search(t, s, m)); got != want {
			t.Fatalf("got\n%swant\n%s", got, want)
		}
	}
	if !strings.HasPrefix(want, "npm-access-token:2:") || strings.Count(want, "bittrex") != 2 {
		t.Errorf("found\n%s", want)
	}
}

func TestLongLinesAndLineAllowlist(t *testing.T) {
	s := newSet(t)
	hide := `RUN --mount=type=secret,id=x api_key=` + genericIn
	if got := search(t, s, texts(hide)); len(got) != 0 {
		t.Errorf("a rule's allowlist for lines is not applied: %q", brief(got))
	}
	far := `RUN --mount=type=secret,id=x ` + strings.Repeat("a ", 4000) + ` api_key=` + genericIn
	if got := search(t, s, texts(far)); len(got) != 1 {
		t.Errorf("half a book on one line hides a secret at its end: %q", brief(got))
	}
}
