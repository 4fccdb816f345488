package detectors

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// hostile are texts to be repeated, made by who wants the search to be slow.
func hostile(s *Set) map[string]string {
	all := map[string]string{
		"a":                    "a",
		"base64":               "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODkrLw",
		"hex digits":           "0123456789abcdef",
		"spaces":               " ",
		"line ends":            "\n",
		"no UTF-8":             "\xff",
		"percent":              "%41",
		"percent, apart":       "%41 ",
		"percent, undecodable": "%41%ff",
		"code points":          "U+0041 ",
		"escapes":              `\u0041`,
		"half escapes":         `\u004`,
		"backslashes":          `\`,
		"dashes":               "-",
		"key begin":            "-----BEGIN PRIVATE KEY-----",
		"key begin, lines":     "-----BEGIN PRIVATE KEY-----\n",
		"kubernetes":           "data: kind:",
		"kubernetes secret":    "kind: secret data: ",
		"curl":                 "curl",
		"curl -u":              `curl -u "a`,
		"curl, spaces":         "curl -H ",
		"too short":            "key=aB3dE6g ",
		"wrong end":            "key=aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0$ ",
		"low entropy":          "key=aaaaaaaaaaaa1 ",
		"stop word":            "key=aB3dE6gH9jexamplepQ8sT1 ",
		"letters only":         "key=qwertzuiopasdfghjklyx ",
		"secrets":              "key=aB3dE6gH9jK2mN5pQ8sT1vW4 ",
		"equals":               "key=",
		"jwt":                  "eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJIUzI1NiJ9.",
		"bars":                 "1234567890123456|",
		"short secrets":        "api_key = aB3dE6gH9j\n",
		"key blocks":           "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xt\n", 3) + "-----END PRIVATE KEY-----\n",
		"labelled":             "password: Tr0ub4dor9x\n",
		"labels, joined":       "password=",
		"pairs":                "AKIAIOSFODNN7QRSTUV2 aws_secret_access_key = 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\n",
	}
	for _, k := range []string{"key", "key ", "ey", "s.", "sk", "secret", "secret ", "api.", "token:", "=", "AKIA", "xox", "hooks.slack.com/", "SG.", "putty-user-key-file-3:", "<auth-user-pass>"} {
		all["keyword "+k] = k
	}
	for _, k := range []string{"api", "token", "access", "auth", "client", "credential", "pass", "passwd", "password", "login", "user", "bearer", "http://", "curl "} {
		for _, joint := range []string{" ", "=", ": ", "\n"} {
			all["keyword "+k+joint] = k + joint
		}
	}
	var anchors []string
	e := s.engine.(*engine)
	for i := range e.rules {
		anchors = append(anchors, e.patterns.Plan(i).Anchors...)
	}
	slices.Sort(anchors)
	anchors = slices.Compact(anchors)
	all["all anchors"] = strings.Join(anchors, " ")
	all["all anchors, joined"] = strings.Join(anchors, "")
	return all
}

// varied are such texts of units each of which is another.
func varied() map[string]func(*rand.Rand) string {
	const small, alnum = "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	some := func(rnd *rand.Rand, n int, of string) string {
		x := make([]byte, n)
		for i := range x {
			x[i] = of[rnd.IntN(len(of))]
		}
		return string(x)
	}
	return map[string]func(*rand.Rand) string{
		"too short":    func(rnd *rand.Rand) string { return "key=" + some(rnd, 7, alnum) + " " },
		"wrong end":    func(rnd *rand.Rand) string { return "api_key = " + some(rnd, 25, alnum) + "$ " },
		"low entropy":  func(rnd *rand.Rand) string { return "key=" + strings.Repeat(some(rnd, 1, alnum), 11) + "27 " },
		"letters only": func(rnd *rand.Rand) string { return "token: " + some(rnd, 20, small) + "\n" },
		"stop word": func(rnd *rand.Rand) string {
			return "secret=" + some(rnd, 6, alnum) + "example" + some(rnd, 6, alnum) + "\n"
		},
		"no value": func(rnd *rand.Rand) string { return "key " + some(rnd, 6, small) + " = { " },
		"prose": func(rnd *rand.Rand) string {
			return "the access to " + some(rnd, 5, small) + " is the key of " + some(rnd, 7, small) + " and token " + some(rnd, 6, small) + ".\n"
		},
		"secrets":           func(rnd *rand.Rand) string { return "key=" + some(rnd, 24, alnum) + "\n" },
		"passwords":         func(rnd *rand.Rand) string { return "password " + some(rnd, 6, small) + "\n" },
		"passwords, told":   func(rnd *rand.Rand) string { return "password is " + some(rnd, 6, small) + " and so\n" },
		"passwords, joined": func(rnd *rand.Rand) string { return "password=" + some(rnd, 6, small) + "&" },
		"labels, joined":    func(rnd *rand.Rand) string { return some(rnd, 2, small) + "passwd=" },
	}
}

// BenchmarkHostile shows that time is linear in the text whatever it holds: MB/s must
// not fall with its size. Nothing is remembered from one round to the next, but for the
// states of automata.
func BenchmarkHostile(b *testing.B) {
	units := hostile(newSet(b))
	for _, name := range slices.Sorted(maps.Keys(units)) {
		for _, size := range []int{1 << 20, 4 << 20} {
			unit := units[name]
			hostileText(b, name, strings.Repeat(unit, 1+size/len(unit))[:size])
		}
	}
	different := varied()
	for _, name := range slices.Sorted(maps.Keys(different)) {
		for _, size := range []int{1 << 20, 4 << 20} {
			rnd := rand.New(rand.NewPCG(1, 2))
			var t strings.Builder
			for t.Len() < size {
				t.WriteString(different[name](rnd))
			}
			hostileText(b, "different, "+name, t.String())
		}
	}
	for _, size := range []int{1 << 20, 4 << 20} {
		hostileText(b, "key and a long run", "key="+strings.Repeat("a1", size/2))
		hostileText(b, "key begin without end", "-----BEGIN PRIVATE KEY-----"+strings.Repeat("QUJD\n", size/5))
		hostileText(b, "key begin with one end", strings.Repeat("-----BEGIN PRIVATE KEY-----", size/54)+strings.Repeat("QUJD\n", size/10)+"-----END PRIVATE KEY-----")
		hostileText(b, "nested base64", nested(size))
	}
}

// nested is base64 in base64, as deep as it fits.
func nested(size int) string {
	text := "key=aB3dE6gH9jK2mN5pQ8sT1vW4 "
	for len(text) < size*3/5 {
		text = base64.StdEncoding.EncodeToString([]byte(strings.Repeat(text, 2)))
	}
	return text
}

func hostileText(b *testing.B, name, text string) {
	b.Run(fmt.Sprintf("%s/%dMB", name, (len(text)+1<<19)>>20), func(b *testing.B) {
		s := newSet(b)
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			s.engine.(*engine).patterns.Forget()
			if _, err := s.Detect(b.Context(), texts(text)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
