package detectors

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// namedGroups are the groups of a pattern with a name, by their number.
func namedGroups(re *lazydfa.Regexp) map[int]string {
	if re == nil {
		return nil
	}
	names := map[int]string{}
	for i, name := range re.SubexpNames() {
		if name != "" {
			names[i] = name
		}
	}
	return names
}

// detailNames are the groups whose detail has another name: a pattern may name a
// group once only.
var detailNames = map[string]string{"server": "host"}

// ownFound takes what our rules match apart: the secret, and what their named groups
// tell of it.
func ownFound(h hit) found {
	f := found{secret: h.secret, details: h.named()}
	switch h.rule.spec.ID {
	case "url-credentials":
		urlPassword(&f)
	case connectionRule:
		connectionString(&f, h)
	case "basic-authorization", "docker-auth":
		basicPair(&f)
	case "kubeconfig-key", "npmrc-token":
		decodedKey(&f)
	case "azure-shared-access-signature", "power-automate-webhook":
		f.verdict = verdict{sweeper.Likely, "a signed address with its signature; it may have expired"}
	case "bitcoin-private-key":
		if !base58Check(h.secret) {
			f.verdict = verdict{sweeper.Review, "in the form of a Bitcoin private key, but its checksum is wrong"}
		} else {
			f.verdict = verdict{sweeper.Confirmed, "a Bitcoin private key; its checksum is right"}
		}
	case "wallet-master-key":
		if base58Check(h.secret) {
			f.verdict = verdict{sweeper.Confirmed, "the extended private key of a wallet; its checksum is right"}
		}
	case "nats-seed":
		if nkeySeed(h.secret) {
			f.verdict = verdict{sweeper.Confirmed, "a seed of a NATS key; its checksum fits"}
		} else {
			f.verdict = verdict{sweeper.Likely, "in the form of a seed of a NATS key, but its checksum is wrong"}
		}
	case "crypt-hash":
		if strings.HasPrefix(h.secret, "$2") && f.details["user"] == "" && assignedHash.MatchString(h.near) {
			f.verdict = verdict{sweeper.Review, "a bcrypt hash without its account, in a setting: it takes long to guess, and opens nothing by itself"}
		}
	case bitLockerRule:
		if bitLocker(h.secret) {
			f.verdict = verdict{sweeper.Confirmed, "a recovery key of BitLocker; each of its groups is a multiple of 11"}
		} else {
			f.verdict = verdict{sweeper.Review, "in the form of a recovery key of BitLocker, but its groups are no multiples of 11"}
		}
	case walletSeedRule, recoveryCodesRule:
		return h.listed()
	case "cisco-password":
		f.verdict = verdict{sweeper.Likely, "a password in a Cisco configuration"}
	}
	if h.stock() {
		f.verdict = verdict{sweeper.Review, "a password as manuals have it; somebody may have taken it"}
	}
	switch {
	case f.verdict.confidence != 0 || !h.rule.spec.tagged(sweeper.Password) || h.rule.generic:
	case strings.HasSuffix(h.rule.spec.ID, "-hash"):
		f.verdict = verdict{sweeper.Likely, "in the form of " + h.rule.spec.ID + ": the password can be guessed from it, without asking anybody"}
	default:
		f.verdict = verdict{sweeper.Likely, "a password where " + h.rule.spec.ID + " has one"}
	}
	return f
}

// assignedHash is a hash that a setting, or a program's test, gives a user.
var assignedHash = lazydfa.MustCompile(`(?i)pass\w{0,8}\\?["']?\s{0,4}[:=]\s{0,4}["'\\]{0,2}\$2`)

func (r *ruleSpec) tagged(kind sweeper.Kind) bool { return slices.Contains(r.Tags, string(kind)) }

// named are the details that the pattern's named groups hold.
func (h hit) named() map[string]string {
	details := map[string]string{}
	if len(h.rule.details) == 0 {
		return details
	}
	groups := h.rule.regex.FindStringSubmatch(h.match)
	for i, name := range h.rule.details {
		if i >= len(groups) || groups[i] == "" {
			continue
		}
		if other, ok := detailNames[name]; ok {
			name = other
		}
		value := groups[i]
		if name == "host" {
			value = strings.ToLower(value)
		}
		details[name] = value
	}
	return details
}

// urlPassword undoes percent encoding (RFC 3986, section 2.1). What stands in the text
// is kept beside it, for hiding it there.
func urlPassword(f *found) {
	if plain, err := url.PathUnescape(f.secret); err == nil && plain != f.secret && utf8.ValidString(plain) {
		f.seen, f.secret = f.secret, plain
	}
	if user, err := url.PathUnescape(f.details["user"]); err == nil && user != "" {
		f.details["user"] = user
	}
	if user := f.details["user"]; noPassword.MatchString(f.secret) && user != "" {
		f.secret, f.seen, f.kind = user, user, sweeper.Token
		delete(f.details, "user")
		f.verdict = verdict{sweeper.Likely, "the token in the place of a URL's user"}
		return
	}
	f.verdict = verdict{sweeper.Likely, "the password of a URL with a user and a password"}
}

// basicPair takes apart base64 of user:password. A user of the name <token> or
// without a name has a token.
func basicPair(f *found) {
	b, err := base64.StdEncoding.DecodeString(pad(strings.TrimRight(f.secret, "=")))
	user, password, ok := strings.Cut(string(b), ":")
	if err != nil || !ok || password == "" || !utf8.Valid(b) {
		f.verdict = verdict{sweeper.Review, "where a user and a password in base64 should be, but it does not decode to them"}
		return
	}
	f.seen, f.secret = f.secret, password
	if user != "" {
		f.details["user"] = user
	}
	f.verdict = verdict{sweeper.Likely, "a user and a password in base64"}
}

// decodedKey makes of base64 what it is of: a key block, or the password of .npmrc.
func decodedKey(f *found) {
	b, err := base64.StdEncoding.DecodeString(f.secret)
	if err != nil || !utf8.Valid(b) || len(b) < 3 {
		return
	}
	plain := string(b)
	if strings.HasPrefix(plain, "-----BEGIN") {
		details, seen := f.details, f.secret
		*f = pemKey(strings.TrimSpace(plain))
		if f.details == nil {
			f.details = map[string]string{}
		}
		for k, v := range details {
			f.details[k] = v
		}
		f.seen = seen
	}
}

const base58Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58Check verifies the four bytes of checksum at the end (Bitcoin wiki,
// "Base58Check encoding"). Neither a WIF key nor an extended one begins with a zero byte.
func base58Check(s string) bool {
	n := new(big.Int)
	for _, r := range s {
		digit := strings.IndexRune(base58Letters, r)
		if digit < 0 {
			return false
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(digit)))
	}
	b := n.Bytes()
	if strings.HasPrefix(s, "xprv") && len(b) > 0 {
		b = append(make([]byte, max(0, 82-len(b))), b...)
	}
	if len(b) < 5 {
		return false
	}
	once := sha256.Sum256(b[:len(b)-4])
	twice := sha256.Sum256(once[:])
	return string(twice[:4]) == string(b[len(b)-4:])
}

// nkeySeed verifies the two bytes of checksum at the end of a seed: CRC-16/XMODEM, low
// byte first, of what is before it (github.com/nats-io/nkeys: README and crc16.go).
func nkeySeed(s string) bool {
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
	if err != nil || len(b) < 3 {
		return false
	}
	var sum uint16
	for _, c := range b[:len(b)-2] {
		sum ^= uint16(c) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
	}
	return b[len(b)-2] == byte(sum) && b[len(b)-1] == byte(sum>>8)
}
