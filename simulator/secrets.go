package simulator

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"strings"
)

// madeSecret is a fake credential: right in shape, never issued by anybody.
type madeSecret struct {
	kind    string   // the id of gitleaks' rule for it, or "password"
	values  []string // what identifies it, the secret itself first
	setting string   // as a line of settings: NAME=value; several lines for a key block
	oneLine bool     // fits a subject or an attribute
}

const (
	digits       = "0123456789"
	lowerHex     = "0123456789abcdef"
	base32Upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	lowerAlnum   = "0123456789abcdefghijklmnopqrstuvwxyz"
	secretSymbol = "!%&*+-:?@^_"
)

// secretKinds makes each kind in turn. Gitleaks' default rules find all of them.
var secretKinds = [...]func(*rand.Rand) madeSecret{
	githubToken, awsKey, slackToken, stripeKey, npmToken, pemKey, webToken, azureSecret,
	gitlabToken, sendgridKey, openAIKey, digitalOceanToken, slackWebhook, databricksToken,
	shopifyToken, pypiToken, postmanKey, terraformToken,
}

// passwordKinds have no shape of their own: what finds them reads what is around them.
var passwordKinds = [...]func(*rand.Rand) madeSecret{password, databaseURL}

// letters is a random text of n letters of an alphabet.
func letters(rnd *rand.Rand, alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[rnd.IntN(len(alphabet))]
	}
	return string(b)
}

func randomBytes(rnd *rand.Rand, n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, rnd.Uint64())
	}
	return b[:n]
}

func token(kind, name, value string) madeSecret {
	return madeSecret{kind: kind, values: []string{value}, setting: name + "=" + value, oneLine: true}
}

// checksummed is a token of 30 letters and the six of their CRC-32 in base 62, as GitHub
// and npm make theirs.
func checksummed(rnd *rand.Rand, prefix string) string {
	body := letters(rnd, base62, 30)
	sum := crc32.ChecksumIEEE([]byte(body))
	end := []byte("000000")
	for i := len(end) - 1; sum > 0; i-- {
		end[i] = base62[sum%62]
		sum /= 62
	}
	return prefix + body + string(end)
}

func githubToken(rnd *rand.Rand) madeSecret {
	return token("github-pat", "GITHUB_TOKEN", checksummed(rnd, "ghp_"))
}

func npmToken(rnd *rand.Rand) madeSecret {
	return token("npm-access-token", "NPM_TOKEN", checksummed(rnd, "npm_"))
}

func awsKey(rnd *rand.Rand) madeSecret {
	id := "AKIA" + letters(rnd, base32Upper, 16)
	key := letters(rnd, base62+"+/", 40)
	return madeSecret{kind: "aws-access-token", values: []string{key, id},
		setting: "AWS_ACCESS_KEY_ID=" + id + "\nAWS_SECRET_ACCESS_KEY=" + key}
}

func slackToken(rnd *rand.Rand) madeSecret {
	return token("slack-bot-token", "SLACK_BOT_TOKEN", "xoxb-"+"2"+letters(rnd, digits, 11)+"-4"+letters(rnd, digits, 12)+"-"+letters(rnd, base62, 24))
}

func slackWebhook(rnd *rand.Rand) madeSecret {
	return token("slack-webhook-url", "SLACK_WEBHOOK", "https://hooks.slack.com/services/T"+letters(rnd, base32Upper, 10)+"/B"+letters(rnd, base32Upper, 10)+"/"+letters(rnd, base62, 24))
}

func stripeKey(rnd *rand.Rand) madeSecret {
	return token("stripe-access-token", "STRIPE_SECRET_KEY", "sk_live_51"+letters(rnd, base62, 97))
}

func gitlabToken(rnd *rand.Rand) madeSecret {
	return token("gitlab-pat", "GITLAB_TOKEN", "glpat-"+letters(rnd, base62, 20))
}

func sendgridKey(rnd *rand.Rand) madeSecret {
	return token("sendgrid-api-token", "SENDGRID_API_KEY", "SG."+letters(rnd, base62, 22)+"."+letters(rnd, base62, 43))
}

func openAIKey(rnd *rand.Rand) madeSecret {
	return token("openai-api-key", "OPENAI_API_KEY", "sk-proj-"+letters(rnd, base62, 74)+"T3BlbkFJ"+letters(rnd, base62, 74))
}

func digitalOceanToken(rnd *rand.Rand) madeSecret {
	return token("digitalocean-pat", "DIGITALOCEAN_TOKEN", "dop_v1_"+letters(rnd, lowerHex, 64))
}

func databricksToken(rnd *rand.Rand) madeSecret {
	return token("databricks-api-token", "DATABRICKS_TOKEN", "dapi"+letters(rnd, lowerHex, 32))
}

func shopifyToken(rnd *rand.Rand) madeSecret {
	return token("shopify-access-token", "SHOPIFY_TOKEN", "shpat_"+letters(rnd, lowerHex, 32))
}

func pypiToken(rnd *rand.Rand) madeSecret {
	return token("pypi-upload-token", "TWINE_PASSWORD", "pypi-AgEIcHlwaS5vcmc"+letters(rnd, base62, 150))
}

func postmanKey(rnd *rand.Rand) madeSecret {
	return token("postman-api-token", "POSTMAN_API_KEY", "PMAK-"+letters(rnd, lowerHex, 24)+"-"+letters(rnd, lowerHex, 34))
}

func terraformToken(rnd *rand.Rand) madeSecret {
	return token("hashicorp-tf-api-token", "TFE_TOKEN", letters(rnd, base62, 14)+".atlasv1."+letters(rnd, base62, 67))
}

func azureSecret(rnd *rand.Rand) madeSecret {
	return token("azure-ad-client-secret", "AZURE_CLIENT_SECRET", letters(rnd, base62, 3)+"8Q~"+letters(rnd, base62, 34))
}

func webToken(rnd *rand.Rand) madeSecret {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	head := part(`{"alg":"HS256","typ":"JWT"}`)
	claims := part(fmt.Sprintf(`{"sub":"svc-%s","iss":"https://login.contoso.example","iat":1767600000,"exp":2082960000}`, letters(rnd, lowerAlnum, 8)))
	signature := base64.RawURLEncoding.EncodeToString(randomBytes(rnd, 32))
	return token("jwt", "SERVICE_BEARER", head+"."+claims+"."+signature)
}

func pemKey(rnd *rand.Rand) madeSecret {
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(randomBytes(rnd, ed25519.SeedSize)))
	if err != nil { // it knows keys of this type: then the block is simply not a key
		der = randomBytes(rnd, 48)
	}
	block := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return madeSecret{kind: "private-key", values: []string{block}, setting: block}
}

// strongPassword is 16 letters of all classes.
func strongPassword(rnd *rand.Rand) string {
	b := []byte(letters(rnd, base62, 16))
	b[5], b[11] = secretSymbol[rnd.IntN(len(secretSymbol))], digits[rnd.IntN(len(digits))]
	b[0], b[1] = 'A'+byte(rnd.IntN(26)), 'a'+byte(rnd.IntN(26))
	return string(b)
}

func password(rnd *rand.Rand) madeSecret {
	value := strongPassword(rnd)
	return madeSecret{kind: "password", values: []string{value}, setting: "password: " + value, oneLine: true}
}

func databaseURL(rnd *rand.Rand) madeSecret {
	value := letters(rnd, base62, 20)
	return madeSecret{kind: "password", values: []string{value}, oneLine: true,
		setting: "DATABASE_URL=postgres://svc_" + letters(rnd, "abcdefghijklm", 4) + ":" + value + "@db" + letters(rnd, digits, 2) + ".contoso.example:5432/billing"}
}
