package detectors

import (
	"encoding/base64"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

func TestOneThingIsFoundOnce(t *testing.T) {
	s := newSet(t)
	b64 := base64.StdEncoding.EncodeToString
	routable := "glpat-" + "zv0ky8vre9po6m1s3fq5109gy4ek" + ".01krnxqo9"
	for name, c := range map[string]struct{ text, want string }{
		"a specific rule beats a generic one": {"api_key = " + npmToken, "npm-access-token:1:" + npmToken + "\n"},
		"decoded beats encoded":               {"api_key = " + b64([]byte(npmToken)), "npm-access-token:1:" + npmToken + "\n"},
		"a password in base64":                {"password: " + b64([]byte("Tr0ub4dor-9x-Zq7")), "generic-api-key:1:Tr0ub4dor-9x-Zq7\n"},
		"a key that happens to be base64":     {"api_key: " + b64([]byte("Kd83hGp2Qw9xLm47Zt")), "generic-api-key:1:" + b64([]byte("Kd83hGp2Qw9xLm47Zt")) + "\n"},
		"a basic header, twice encoded":       {b64([]byte("token " + b64([]byte("it is "+npmToken+" now")))), "npm-access-token:1:" + npmToken + "\n"},
		"two on one line":                     {npmToken + " " + npmToken, strings.Repeat("npm-access-token:1:"+npmToken+"\n", 2)},
		"a cut token and the whole":           {routable, "gitlab-pat:1:" + routable[:26] + "\ngitlab-pat-routable:1:" + routable + "\n"},
	} {
		if got := brief(search(t, s, texts(c.text))); got != c.want {
			t.Errorf("%s: found\n%swant\n%s", name, got, c.want)
		}
	}
	if got := search(t, s, texts(routable)); len(got) == 2 && got[0].Confidence != sweeper.Review {
		t.Errorf("the beginning of a longer token is %v (%s)", got[0].Confidence, got[0].Reason)
	}
}

func TestMarkupEchoesText(t *testing.T) {
	m := texts("see "+npmToken, `href="https://x/?`+npmToken+`"`)
	m.Texts[1].Path, m.Texts[1].View = m.Texts[0].Path, decode.Markup
	if got := search(t, newSet(t), m); len(got) != 1 || got[0].View != decode.Body {
		t.Errorf("found %+v", got)
	}
	m.Texts[0].Body = "click here"
	if got := search(t, newSet(t), m); len(got) != 1 || got[0].View != decode.Markup {
		t.Errorf("only in the markup: found %+v", got)
	}
}

func TestFullStopIsNoPartOfASecret(t *testing.T) {
	s := newSet(t)
	token := "pscale_tkn_" + "48jD6owx3porbX12ozqx75ecybk1m58ug08sq"
	for _, after := range []string{"", ".", ". ", "...", ".\nNext", ".)"} {
		got := search(t, s, texts("It is "+token+after))
		if len(got) != 1 || got[0].Secret.Reveal() != token {
			t.Errorf("before %q: found %q", after, brief(got))
		}
	}
}

// TestSecretIsACopy: a candidate must not keep the text that it was found in.
func TestSecretIsACopy(t *testing.T) {
	body := strings.Repeat("x", 1<<20) + "\n" + npmToken
	got := search(t, newSet(t), texts(body))
	if len(got) != 1 || within(got[0].Secret.Reveal(), body) || within(got[0].Prefix, body) {
		t.Errorf("found %q, or as a part of its text", brief(got))
	}
}
