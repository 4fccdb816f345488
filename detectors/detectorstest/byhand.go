package detectorstest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"

	"github.com/tyler-smith/go-bip39"
)

// byHand writes samples of the rules whose patterns are too loose to make
// something real from, or whose secret is less than what they match.
var byHand = map[string]func(*rand.Rand) (text, secret string){
	"private-key":                privateKey,
	"putty-private-key":          puttyKey,
	"openvpn-profile":            openVPN,
	"rdp-file":                   remoteDesktop,
	"kubernetes-secret-yaml":     kubernetesSecret,
	"curl-auth-header":           curlHeader,
	"curl-auth-user":             curlUser,
	"sidekiq-sensitive-url":      sidekiqURL,
	"hashicorp-tf-password":      terraformPassword,
	"jwt":                        webToken,
	"jwt-base64":                 webTokenTwice,
	"generic-api-key":            genericKey,
	"connection-string-password": connectionString,
	"basic-authorization":        basicHeader,
	"docker-auth":                dockerAuth,
	"url-credentials":            urlCredentials,
	"generic-assigned-password":  passwordCall,
	"bitcoin-private-key":        bitcoinKey,
	"wallet-seed":                walletSeed,
	"recovery-codes":             recoveryCodes,
	"bitlocker-recovery-key":     bitLockerKey,
	"sshpass-password":           sshpass,
	"net-use-password":           quoted(`net use Z: \\files\team /user:sample "%s"`),
	"remote-command-password":    quoted(`psexec \\server -u sample -p "%s" cmd`),
	"database-command-password":  quoted(`mysql -h db.example.net --password="%s"`),
	"jdbc-password":              quoted(`jdbc:sqlserver://db.example.net:1433;user=sample;password=%s;encrypt=true`),
	"unattend-password":          quoted(`DefaultPassword="%s"`),
	"wifi-password":              quoted(`psk="%s"`),
	"redis-password":             quoted(`requirepass "%s"`),
	"client-command-password":    quoted(`docker login -u sample -p "%s"`),
	"entra-client-secret":        quoted(`client_secret = "%s"`),
	"generic-assigned-secret":    quoted(`nonce = "%s"`),

	"aws-amazon-bedrock-api-key-short-lived": bedrockKey,
}

func bitLockerKey(rnd *rand.Rand) (text, secret string) {
	groups := make([]string, 8)
	for i := range groups {
		groups[i] = fmt.Sprintf("%06d", 11*rnd.IntN(1<<16))
	}
	secret = strings.Join(groups, "-")
	return "Recovery key for BitLocker: " + secret, secret
}

func text(rnd *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphanumeric[rnd.IntN(len(alphanumeric))]
	}
	return string(b)
}

func bytes(rnd *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

func key(rnd *rand.Rand) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes(rnd, 32)) }

func privateKey(rnd *rand.Rand) (string, string) {
	der, err := x509.MarshalPKCS8PrivateKey(key(rnd))
	if err != nil {
		panic(err) // cannot happen: the key is of a kind that it knows
	}
	block := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return block, block
}

// wire writes strings as in RFC 4251, section 5.
func wire(parts ...[]byte) string {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func puttyKey(rnd *rand.Rand) (string, string) {
	k := key(rnd)
	public := wire([]byte("ssh-ed25519"), k.Public().(ed25519.PublicKey))
	private := wire(k.Seed())
	return fmt.Sprintf("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: sample\n"+
		"Public-Lines: 2\n%s\n%s\nPrivate-Lines: 1\n%s\nPrivate-MAC: %s",
		public[:64], public[64:], private, hex.EncodeToString(bytes(rnd, 32))), private
}

func openVPN(rnd *rand.Rand) (string, string) {
	password := text(rnd, 14)
	return "client\nremote vpn.example.net 1194\n<auth-user-pass>\nsample\n" + password + "\n</auth-user-pass>", password
}

func remoteDesktop(rnd *rand.Rand) (string, string) {
	blob := "01000000D08C9DDF0115D1118C7A00C04FC297EB" + strings.ToUpper(hex.EncodeToString(bytes(rnd, 80)))
	return "full address:s:server.example.net\nusername:s:sample\npassword 51:b:" + blob, blob
}

func kubernetesSecret(rnd *rand.Rand) (string, string) {
	password := text(rnd, 15)
	return "apiVersion: v1\nkind: Secret\nmetadata:\n  name: sample\ndata:\n  db-password: " +
		base64.StdEncoding.EncodeToString([]byte(password)), password
}

func curlHeader(rnd *rand.Rand) (string, string) {
	token := text(rnd, 32)
	return `curl -H "Authorization: Bearer ` + token + `" https://api.example.net/v1`, token
}

func curlUser(rnd *rand.Rand) (string, string) {
	password := text(rnd, 16)
	return `curl https://api.example.net/v1 -u "sample:` + password + `"`, password
}

func sidekiqURL(rnd *rand.Rand) (string, string) {
	password := hex.EncodeToString(bytes(rnd, 4))
	return "https://" + hex.EncodeToString(bytes(rnd, 4)) + ":" + password + "@gems.contribsys.com/", password
}

func terraformPassword(rnd *rand.Rand) (string, string) {
	password := strings.ToLower(text(rnd, 14))
	return `administrator_login_password = "` + password + `"`, password
}

func webToken(rnd *rand.Rand) (string, string) {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	token := part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(`{"sub":"`+text(rnd, 10)+`","iat":1700000000}`) + "." +
		base64.RawURLEncoding.EncodeToString(bytes(rnd, 32))
	return token, token
}

func webTokenTwice(rnd *rand.Rand) (string, string) {
	token, _ := webToken(rnd)
	return base64.StdEncoding.EncodeToString([]byte(token)), token
}

func genericKey(rnd *rand.Rand) (string, string) {
	secret := text(rnd, 24)
	return `api_key = "` + secret + `"`, secret
}

func bedrockKey(rnd *rand.Rand) (string, string) {
	secret := "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t" + base64.StdEncoding.EncodeToString(bytes(rnd, 120))
	return secret, secret
}

func connectionString(rnd *rand.Rand) (string, string) {
	password := text(rnd, 14)
	return "Server=db.example.net;Database=sample;User ID=sample;Password=" + password + ";Encrypt=True", password
}

func basicHeader(rnd *rand.Rand) (string, string) {
	password := text(rnd, 13)
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("sample:"+password)), password
}

func dockerAuth(rnd *rand.Rand) (string, string) {
	password := text(rnd, 13)
	return `{"auths": {"registry.example.net": {"auth": "` + base64.StdEncoding.EncodeToString([]byte("sample:"+password)) + `"}}}`, password
}

func urlCredentials(rnd *rand.Rand) (string, string) {
	password := text(rnd, 12)
	return "amqp://sample:" + password + "@queue.example.net:5671/jobs", password
}

func sshpass(rnd *rand.Rand) (string, string) {
	password := text(rnd, 12)
	return "sshpass -p " + password + " ssh sample@server.example.net", password
}

// bitcoinKey is the wallet import format: 0x80, the key, four bytes of a double SHA-256.
func bitcoinKey(rnd *rand.Rand) (string, string) {
	b := append([]byte{0x80}, bytes(rnd, 32)...)
	once := sha256.Sum256(b)
	twice := sha256.Sum256(once[:])
	n := new(big.Int).SetBytes(append(b, twice[:4]...))
	var key string
	for digit := new(big.Int); n.Sign() > 0; {
		n.DivMod(n, big.NewInt(58), digit)
		key = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit.Int64():][:1] + key
	}
	return "private key: " + key, key
}

func passwordCall(rnd *rand.Rand) (string, string) {
	password := text(rnd, 12)
	return `user.setPassword("` + password + `")`, password
}

// quoted writes a secret of letters and digits into a text.
func quoted(form string) func(*rand.Rand) (string, string) {
	return func(rnd *rand.Rand) (string, string) {
		secret := text(rnd, 32)
		return fmt.Sprintf(form, secret), secret
	}
}

func walletSeed(rnd *rand.Rand) (text, secret string) {
	entropy := make([]byte, 16)
	for i := range entropy {
		entropy[i] = byte(rnd.Uint32())
	}
	words, err := bip39.NewMnemonic(entropy)
	if err != nil {
		panic(err) // of 16 bytes it never is
	}
	return "seed phrase: " + words, words
}

func recoveryCodes(rnd *rand.Rand) (text, secret string) {
	codes := make([]string, 4)
	for i := range codes {
		codes[i] = fmt.Sprintf("%04d %04d", rnd.IntN(10_000), rnd.IntN(10_000))
	}
	return "backup codes: " + strings.Join(codes, ", "), strings.Join(codes, " ")
}
