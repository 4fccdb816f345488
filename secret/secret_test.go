package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mailsweep/secret"
)

const fake = "hunter2-hunter2-hunter2"

// TestValueCannotBePrinted tries every way in which Go prints or marshals a value.
func TestValueCannotBePrinted(t *testing.T) {
	key, err := secret.ParseKey(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	type box struct {
		V secret.Value
		P *secret.Value
		K secret.Key
	}
	type closed struct { // fmt calls no method of an unexported field
		v secret.Value
		k secret.Key
		l []secret.Value
	}
	v := secret.New(fake)
	b := box{v, &v, key}
	c := closed{v, key, []secret.Value{v}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", v, &v, b)
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+verb+"\n", c, &c)
	}
	fmt.Fprintln(&out, v, &v, key, fmt.Errorf("wrapped: %v", v))
	if err := json.NewEncoder(&out).Encode(map[string]any{"v": v, "b": b}); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v, "b", b, "k", key)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v, "b", b, "k", key)
	func() {
		defer func() { fmt.Fprint(&out, recover()) }()
		panic(v)
	}()
	hexed := fmt.Sprintf("%x", fake)
	for _, leak := range []string{fake, "hunter", hexed, strings.ToUpper(hexed), "abab", "171 171"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("printed %q in\n%s", leak, out.String())
		}
	}
}

// TestFingerprint holds ours against what openssl prints for
// printf %s hunter2 | openssl dgst -sha256 -mac HMAC -macopt hexkey:00…00 (64 zeros).
func TestFingerprint(t *testing.T) {
	key, _ := secret.ParseKey(strings.Repeat("00", 32))
	const want = "48d1763b879fda850b0a9457bae301bb6f6d50b9a240a8d995639c6f14d80ea1"
	if got := key.Fingerprint(secret.New("hunter2")); got != want {
		t.Errorf("got %s", got)
	}
}

func TestCanonicalPEM(t *testing.T) {
	plain := "-----BEGIN PRIVATE KEY-----\nMIIEabc+/=\ndef\n-----END PRIVATE KEY-----"
	want := "-----BEGINPRIVATEKEY-----MIIEabc+/=def-----ENDPRIVATEKEY-----"
	for name, s := range map[string]string{
		"plain":    plain,
		"crlf":     strings.ReplaceAll(plain, "\n", "\r\n"),
		"quoted":   "> " + strings.ReplaceAll(plain, "\n", "\n> "),
		"indented": "    " + strings.ReplaceAll(plain, "\n", "\n    "),
		"json":     `"` + strings.ReplaceAll(plain, "\n", `\n`) + `"`,
		"go":       `"` + strings.ReplaceAll(plain, "\n", `\n"`+"\n\t\"") + `"`,
	} {
		if got := secret.Canonical(s); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got := secret.Canonical(` p "w' > `); got != ` p "w' > ` {
		t.Errorf("a password was changed: %q", got)
	}
}

func TestPreview(t *testing.T) {
	for _, c := range []struct{ value, prefix, want string }{
		{"", "", "…"},
		{"hunter2", "", "…"},
		{"hunter2", "hunter2", "…"},
		{"123456789012345", "", "…"},
		{"ghp_0123456789012345678901234567890123456", "ghp_", "ghp_… (41 characters)"},
		{"ghp_012345678901", "ghp_", "ghp_… (16 characters)"},
		{"ghp_01234567890123", "ghp_012345", "… (18 characters)"},
		{"0123456789012345", "other", "… (16 characters)"},
		{"пароль-пароль-пароль", "", "… (20 characters)"},
	} {
		if got := secret.Preview(secret.New(c.value), c.prefix); got != c.want {
			t.Errorf("Preview(%q, %q) = %q, want %q", c.value, c.prefix, got, c.want)
		}
	}
}

func TestMask(t *testing.T) {
	values := func(list ...string) (out []secret.Value) {
		for _, s := range list {
			out = append(out, secret.New(s))
		}
		return out
	}
	for _, c := range []struct {
		text               string
		matched, elsewhere []secret.Value
		want               string
	}{
		{"x longsecret-tail abc longsecret", nil, values("abc", "longsecret", "longsecret-tail"), "x [redacted] abc [redacted]"},
		{"pw: abc", values("abc", ""), nil, "pw: [redacted]"},
		{"pw: abc", nil, nil, "pw: abc"},
		{"", values("abc"), nil, ""},
		{"пароль and пароль-1", nil, values("пароль", "пароль-1"), "пароль and [redacted]"},
		// One that begins within another leaves no tail of it.
		{"<xabcdefgh-tail>", values("xab", "abcdefgh-tail"), nil, "<[redacted]>"},
		{"aaaa", values("aa", "aaa"), nil, "[redacted]"},
		{"abab", values("ab"), nil, "[redacted][redacted]"},
		// The keys of a family: only some begin the text.
		{"token-12 token-1x", values("token-", "token-1", "token-123", "token-12", "token-2"), nil, "[redacted] [redacted]x"},
		{"ghp_b", values("ghp_a", "ghp_c", "gh"), nil, "[redacted]p_b"},
	} {
		if got := secret.NewMasker(c.matched, c.elsewhere).Mask(c.text); got != c.want {
			t.Errorf("Mask(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got := fmt.Sprintf("%v %+v %#v", secret.NewMasker(values(fake), nil), secret.NewMasker(values(fake), nil), secret.NewMasker(values(fake), nil)); strings.Contains(got, fake) {
		t.Errorf("it prints what it looks for: %s", got)
	}
}

// Whatever the secrets are, none is left whole, and what none covers stays.
func FuzzMask(f *testing.F) {
	f.Add("see abc and abcd", "abc", "abcd")
	f.Fuzz(func(t *testing.T, text, one, two string) {
		covered := make([]bool, len(text))
		for _, s := range []string{one, two} {
			for i := range len(text) {
				if s != "" && strings.HasPrefix(text[i:], s) {
					for j := range len(s) {
						covered[i+j] = true
					}
				}
			}
		}
		if strings.Contains(text, "[") {
			return // it could look like a mask
		}
		got := secret.NewMasker([]secret.Value{secret.New(one), secret.New(two)}, nil).Mask(text)
		rest, want := strings.ReplaceAll(got, "[redacted]", ""), ""
		for i := range len(text) {
			if !covered[i] {
				want += text[i : i+1]
			}
		}
		if rest != want {
			t.Errorf("%q without %q and %q: %q", text, one, two, got)
		}
	})
}

// TestOpenKeyAtOnce starts many first uses at the same time: they must agree.
func TestOpenKeyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "conf", "fingerprint.key")
	prints := make([]string, 16)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			key, err := secret.OpenKey(path)
			if err != nil {
				t.Error(err)
			}
			prints[i] = key.Fingerprint(secret.New(fake))
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p != prints[0] {
			t.Fatal("two processes got two keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	hidden, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*"))
	if len(left) != 1 || len(hidden) != 0 {
		t.Errorf("left behind: %v %v", left, hidden)
	}
}

func TestOpenKeyRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		want    string
	}{
		"wide":  {strings.Repeat("ab", 32), 0o644, "chmod 600"},
		"short": {"abcd", 0o600, "64 hexadecimal digits"},
		"empty": {"", 0o600, "64 hexadecimal digits"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.OpenKey(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		got, _ := os.ReadFile(path)
		if string(got) != c.content {
			t.Errorf("%s: the key file was changed", name)
		}
	}
}
