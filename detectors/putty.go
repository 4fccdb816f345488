package detectors

import (
	"encoding/base64"
	"strings"

	"golang.org/x/crypto/ssh"

	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

var (
	ppkHeader = lazydfa.MustCompile(`(?m)^[>|\s]*(Encryption|Comment):[ \t]*(.*?)[ \t\r]*$`)
	ppkLines  = lazydfa.MustCompile(`(Public|Private)-Lines:[ \t]*\d+`)
)

// puttyKey looks into a PuTTY key file (PuTTY manual, appendix C). The secret is
// the private part without white space and quote marks, as with PEM blocks, so
// that the same key with other line ends or quoted in a reply is the same key.
func puttyKey(s string) found {
	f := found{secret: s, kind: sweeper.PrivateKey, prefix: "PuTTY-User-Key-File-", proven: map[string]string{}}
	parts := map[string]string{}
	places := ppkLines.FindAllStringSubmatchIndex(s, -1)
	for _, p := range places {
		parts[s[p[2]:p[3]]] = base64Lines(s[p[1]:])
	}
	private := parts["Private"]
	if private == "" {
		f.verdict = verdict{sweeper.Review, "the frame of a PuTTY key without a key: a sample, or cut"}
		return f
	}
	f.secret, f.prefix = private, ""
	locked := false
	for _, h := range ppkHeader.FindAllStringSubmatch(s, -1) {
		locked = locked || h[1] == "Encryption" && h[2] != "none"
	}
	public := false
	if b, err := base64.StdEncoding.DecodeString(parts["Public"]); err == nil {
		if key, err := ssh.ParsePublicKey(b); err == nil {
			describePublic(key, f.proven)
			public = true
		}
	}
	switch {
	case locked:
		f.verdict = encrypted(f.proven)
	case public:
		f.verdict = verdict{sweeper.Confirmed, "a PuTTY private key without a passphrase, its public part can be read"}
	default:
		f.verdict = verdict{sweeper.Likely, "a PuTTY private key that cannot be read: it may be cut or altered"}
	}
	return f
}

// base64Lines joins lines of base64 up to the first that is something else.
func base64Lines(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.Trim(line, "> \t\r|\"'")
		if line == "" {
			continue
		}
		if strings.Trim(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != "" {
			break
		}
		b.WriteString(line)
	}
	return b.String()
}
