package analysis

import (
	"encoding/base64"
	"hash/crc32"
	"strconv"
	"strings"

	"mailsweep/detectors/lazydfa"
)

// stripe tells a test key from a live one (docs.stripe.com/keys: "sk_test_", "sk_live_",
// "rk_" for restricted keys). gitleaks knows sk_prod_ too.
func stripe(value string) (Facts, bool) {
	parts := strings.SplitN(value, "_", 3)
	if len(parts) != 3 || parts[1] != "test" && parts[1] != "live" {
		return Facts{}, false
	}
	var f Facts
	f.tell("mode", parts[1])
	if parts[0] == "rk" {
		f.tell("permissions", "restricted")
	}
	return f, true
}

// sendgrid takes the id out of SG.id.secret: Twilio SendGrid's API names keys by it
// (twilio.com/docs/sendgrid/api-reference/api-keys: api_key_id).
func sendgrid(value string) (Facts, bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 || len(parts[1]) != 22 || len(parts[2]) != 43 {
		return Facts{}, false
	}
	var f Facts
	f.tell("key_id", parts[1])
	return f, true
}

var slackAppForm = lazydfa.MustCompile(`^xapp-\d-(A[A-Z0-9]{8,12})-\d+-[0-9a-f]+$`)

// slackApp takes the app's id out of an app-level token (docs.slack.dev/authentication/tokens).
func slackApp(value string) (Facts, bool) {
	m := slackAppForm.FindStringSubmatch(value)
	if m == nil {
		return Facts{}, false
	}
	var f Facts
	f.tell("app_id", m[1])
	return f, true
}

var slackHookForm = lazydfa.MustCompile(`hooks\.slack\.com/(services|workflows|triggers)/([TE][A-Z0-9]{6,12})/([A-Z0-9]{6,20})/`)

// slackWebhook takes the workspace out of a webhook's address
// (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks:
// /services/T…/B…/secret).
func slackWebhook(value string) (Facts, bool) {
	m := slackHookForm.FindStringSubmatch(value)
	if m == nil {
		return Facts{}, false
	}
	var f Facts
	f.tell("workspace", m[2])
	if m[1] == "services" {
		f.tell("webhook_id", m[3])
	}
	return f, true
}

var telegramForm = lazydfa.MustCompile(`^(\d{5,16}):A[\w-]{34}$`)

// telegram takes the bot's id out of its token, "123456:ABC-DEF1234…"
// (core.telegram.org/bots/api#authorizing-your-bot).
func telegram(value string) (Facts, bool) {
	m := telegramForm.FindStringSubmatch(value)
	if m == nil {
		return Facts{}, false
	}
	var f Facts
	f.tell("bot_id", m[1])
	return f, true
}

var discordForm = lazydfa.MustCompile(`^([MNO][\w-]{23,27})\.[\w-]{6}\.[\w-]{27,38}$`)

// discord takes the bot's user id out of its token: its first part in base64
// (discord.com/developers/docs/reference#authentication shows one).
func discord(value string) (Facts, bool) {
	m := discordForm.FindStringSubmatch(value)
	if m == nil {
		return Facts{}, false
	}
	id, err := base64.RawURLEncoding.DecodeString(m[1])
	if err != nil || len(id) < 17 || len(id) > 20 || !only(string(id), digits) {
		return Facts{}, false
	}
	var f Facts
	f.tell("bot_id", string(id))
	return f, true
}

var gitlabForm = lazydfa.MustCompile(`^gl[a-z]{1,10}-(?:t\d_)?([\w-]{27,300})\.(?:0[0-9a-z]\.)?([0-9a-z]{2})([0-9a-z]{7})$`)

// gitlabRoutable reads a routable token: what GitLab's routers read, in base64 after 16
// random bytes, its length in base 36, and the CRC-32 of all that, seven digits of base
// 36 (handbook.gitlab.com, "Routable tokens"; gitlab-org/gitlab,
// lib/authn/token_field/generator/routable_token.rb).
func gitlabRoutable(value string) (Facts, bool) {
	m := gitlabForm.FindStringSubmatch(value)
	if m == nil {
		return Facts{}, false
	}
	f := checked(inBase36(crc32.ChecksumIEEE([]byte(value[:len(value)-7]))) == m[3])
	size, err := strconv.ParseUint(m[2], 36, 16)
	if f.Checksum != Fits || err != nil || int(size) > len(m[1]) {
		return f, true
	}
	payload, err := base64.RawURLEncoding.DecodeString(m[1][len(m[1])-int(size):])
	if err != nil || len(payload) < 18 {
		return f, true
	}
	for pair := range strings.SplitSeq(string(payload[16:len(payload)-1]), "\n") {
		name, number, _ := strings.Cut(pair, ":")
		if n, err := strconv.ParseUint(number, 36, 63); err == nil {
			f.tell(gitlabNames[name], strconv.FormatUint(n, 10))
		}
	}
	delete(f.Details, "")
	return f, true
}

var gitlabNames = map[string]string{"o": "organization_id", "u": "user_id", "p": "project_id", "g": "group_id"}
