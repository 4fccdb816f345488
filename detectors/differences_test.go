package detectors

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zricethezav/gitleaks/v8/detect"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// A contrast is a difference between what we find and what gitleaks' DetectString finds that is
// meant. There are no others: see TestEveryDifferenceIsMeant.
type contrast struct {
	name, why    string
	text         string
	file         string   // its name, for rules and allowlists that look at it
	theirs, ours []string // "rule secret", in order
}

// The names under which differences are explained; several rows may show one.
const (
	wideEndings  = "endings for prose"
	fullStop     = "without the full stop"
	wholeSecret  = "the whole secret"
	outOfFrame   = "out of its frame"
	mendedAllow  = "mended allowlists"
	allowComment = "gitleaks:allow"
	anyPath      = "any path"
	decoding     = "decoding"
	wideDecoding = "base64 of UTF-16"
	ownRule      = "rules of our own"
	asTold       = "a password that is told"
	givesWay     = "one of several at one place"
	halves       = "an id with its secret"
	samePlace    = "generic gives way at its place, not on its line"
	lines        = "allowlists for lines"
)

// made up, each.
const (
	stripeKey = "sk_" + "live_x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1"
	// {"alg":"HS256","typ":"JWT"}.{"sub":"sample-of-ours"}.
	webTokenIn = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiJzYW1wbGUtb2Ytb3VycyJ9." + "x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1Jd5Fs0GaQeUi8Ww3Xx1"
	keyBlock   = "-----BEGIN PRIVATE KEY-----\nQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD\napi_key = " + genericIn + "\n-----END PRIVATE KEY-----"
	bearer     = "Kd83hGp2Qw9xLm47Zt5v"
	teamsHook  = "https://example.webhook.office.com/webhookb2/5f1c7a2e-93b4-4d08-8e6f-2a7c9b3d1e50@8b2d4f6a-1c3e-4a5b-9d7f-0e1c2b3a4d5f/IncomingWebhook/0a1b2c3d4e5f60718293a4b5c6d7e8f9/6e5d4c3b-2a19-4f8e-b7c6-d5e4f3a2b1c0"
)

func base(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func differences() []contrast {
	npm := "npm-access-token " + npmToken
	generic := "generic-api-key " + genericIn
	all := []contrast{
		{name: asTold, why: "what somebody calls a password is one, with its account", text: "db_password = " + genericIn, theirs: []string{generic}, ours: []string{"labelled-password " + genericIn}},
		{name: anyPath, why: "an attachment's name is the sender's choice", file: "creds.docx", text: npmToken, ours: []string{npm}},
		{name: anyPath, why: "as above", file: "node_modules/a.js", text: npmToken, ours: []string{npm}},
		{name: allowComment, why: "the sender could hide a line with it", text: npmToken + " # gitleaks:allow", ours: []string{npm}},
		{name: mendedAllow, why: "^true|false|null$ has no brackets", text: "api_key = Kd83falseQw9xLm47", ours: []string{"generic-api-key Kd83falseQw9xLm47"}},
		{name: mendedAllow, why: "as above", text: "api_key = true8hGp2Qw9xLm47x", ours: []string{"generic-api-key true8hGp2Qw9xLm47x"}},
		{name: mendedAllow, why: "as above", text: "api_key = Kd83hGp2Qw9xnull", ours: []string{"generic-api-key Kd83hGp2Qw9xnull"}},
		{
			name: mendedAllow, why: "a placeholder's beginning was taken for a placeholder",
			text: `curl -u "ann:xK9-fGp2Qw9x" https://api.example.net/`, ours: []string{"curl-auth-user xK9-fGp2Qw9x"},
		},
		{name: fullStop, why: "it ends the sentence", text: "api_key = " + genericIn + ".", theirs: []string{generic + "."}, ours: []string{generic}},
		{
			name: wholeSecret, why: "the first group was five characters of it", text: teamsHook,
			theirs: []string{"microsoft-teams-webhook 8e6f-"}, ours: []string{"microsoft-teams-webhook " + teamsHook},
		},
		{
			name: outOfFrame, why: "the password is the secret, not the pair",
			text:   `curl -u "ann:Tr0ub4dor-9x7" https://api.example.net/`,
			theirs: []string{`curl-auth-user "ann:Tr0ub4dor-9x7"`}, ours: []string{"curl-auth-user Tr0ub4dor-9x7"},
		},
		{name: decoding, why: "gitleaks' library does not unless asked", text: "see " + base("x "+npmToken+" y"), ours: []string{npm}},
		{name: decoding, why: "twice", text: "see " + base("x "+base("x "+npmToken+" y")+" y"), ours: []string{npm}},
		{
			name: wideDecoding, why: "as powershell -EncodedCommand takes it",
			text: base(strings.Join(strings.Split("x "+npmToken+" y.", ""), "\x00") + "\x00"), ours: []string{npm},
		},
		{
			name: ownRule, why: "gitleaks has none for it", text: "password 51:b:" + strings.Repeat("01000000D08C9DDF", 5),
			ours: []string{"rdp-file " + strings.Repeat("01000000D08C9DDF", 5)},
		},
		{
			name: samePlace, why: "another token on the line says nothing of this one", text: "api_key=" + bearer + " " + npmToken,
			theirs: []string{"generic-api-key " + bearer, npm}, ours: []string{"generic-api-key " + bearer, npm},
		},
		{
			name: lines, why: "of the line, what is near counts: in mail, a line may be a book",
			text: "RUN --mount=type=secret,id=x " + strings.Repeat("a ", 4000) + "\n api_key=" + genericIn + "\n",
			ours: []string{generic}, theirs: []string{generic},
		},
		{
			name: lines, why: "as above", text: "RUN --mount=type=secret,id=x " + strings.Repeat("a ", 4000) + "api_key=" + genericIn + "\n",
			ours: []string{generic},
		},
		{
			name: lines, why: "gitleaks takes a last line without an end for the whole text",
			text: "RUN --mount=type=secret,id=x\napi_key=" + genericIn, ours: []string{generic},
		},
	}
	all = append(all,
		contrast{
			name: wholeSecret, why: "the first group was a piece of its first claim", text: "see " + base(webTokenIn) + " there",
			theirs: []string{"jwt-base64 aGJHY2lPaU"}, ours: []string{"jwt " + webTokenIn, "jwt-base64 " + webTokenIn},
		},
		contrast{
			name: givesWay, why: "what a key block holds is the key's", text: keyBlock + "\n",
			theirs: []string{generic, "private-key " + keyBlock}, ours: []string{"private-key " + keyBlock},
		},
		contrast{
			name: halves, why: "one credential, and the id opens nothing by itself", text: "aws_access_key_id = " + awsID + "\naws_secret_access_key = " + awsSecret + "\n",
			theirs: []string{"aws-access-token " + awsID, "generic-api-key " + awsSecret}, ours: []string{"aws-secret-access-key " + awsSecret},
		},
	)
	for _, after := range []string{
		".", ",", ")", "]", "}", ">", "<b>", "|", "*", "&x=1", "!", "?", "#1", ":", "@host", "\u00a0", "\u200b", "\u2013", "”", "…", "»", "。", "\\t", "\ufeff",
	} {
		all = append(all, contrast{
			name: wideEndings, why: "prose goes on with it", text: "the token is " + stripeKey + after,
			ours: []string{"stripe-access-token " + stripeKey},
		})
	}
	return all
}

func theirFindings(d *detect.Detector, file, text string) (out []string) {
	for _, f := range d.Detect(detect.Fragment{Raw: text, FilePath: file}) {
		out = append(out, f.RuleID+" "+f.Secret)
	}
	slices.Sort(out)
	return out
}

func ourFindings(found []sweeper.Candidate) (out []string) {
	for _, c := range found {
		out = append(out, c.Rule+" "+c.Secret.Reveal())
	}
	slices.Sort(out)
	return out
}

func TestDifferences(t *testing.T) {
	s := newSet(t)
	theirs := Fresh(t)
	for _, d := range differences() {
		found, err := s.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Path: "1/" + d.file, Name: d.file, Body: d.text}}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.theirs, theirFindings(theirs, d.file, d.text)); diff != "" {
			t.Errorf("%s, %.200q: gitleaks finds (-want +got)\n%s", d.name, d.text, diff)
		}
		if diff := cmp.Diff(d.ours, ourFindings(found)); diff != "" {
			t.Errorf("%s, %.200q: we find (-want +got)\n%s", d.name, d.text, diff)
		}
	}
}
