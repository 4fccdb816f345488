package decode

import (
	"strings"

	"golang.org/x/net/html"
)

// links searches text for links that a mail gateway rewrote, and emits what they
// lead to, in the clear, as one Markup text of n.
func (w *walker) links(n node, text string) {
	if targets := linkTargets(text); len(targets) > 0 {
		var m layout
		p := htmlPage{markup: &m, seen: map[string]bool{}}
		p.targets(targets)
		w.text(n, Markup, m.String())
	}
}

// rewriter knows the links of one service that wraps other links.
type rewriter struct {
	// host is the whole host name or, with a dot in front, its end.
	host string
	// path is what the path begins with.
	path string
	// target takes what follows the host and returns the wrapped link, "" when
	// there is none to be read.
	target func(rest string) string
}

// rewriters holds the formats whose target can be read without asking anybody.
// Mimecast (protect-*.mimecast.com), Hornetsecurity and Darktrace keep the target
// on their servers: there is nothing in the link to decode.
//
// "seen" means that several unrelated public repositories hold links of that form.
var rewriters = []rewriter{
	// learn.microsoft.com/defender-office-365/safe-links-about; the government and
	// Chinese clouds likewise (seen), and the page that Teams puts in front (seen).
	{".safelinks.protection.outlook.com", "/", param("url")},
	{".safelinks.protection.office365.us", "/", param("url")},
	{".safelinks.protection.outlook.cn", "/", param("url")},
	{"statics.teams.cdn.office.net", "/evergreen-assets/safelinks/", param("url")},
	// Proofpoint URL Defense: help.proofpoint.com, "How do I decode a rewritten URL?",
	// whose urldecoder.py states all three versions.
	{"urldefense.proofpoint.com", "/v1/", param("u")},
	{"urldefense.proofpoint.com", "/v2/", proofpointV2},
	{"urldefense.proofpoint.com", "/v3/", proofpointV3},
	{"urldefense.com", "/v1/", param("u")},
	{"urldefense.com", "/v2/", proofpointV2},
	{"urldefense.com", "/v3/", proofpointV3},
	{"urldefense.us", "/v2/", proofpointV2},
	{"urldefense.us", "/v3/", proofpointV3},
	// campus.barracuda.com/doc/49055519: linkprotect.cudasvc.com/url?a=http://...&c=...
	{"linkprotect.cudasvc.com", "/url", param("a")},
	// Cisco Secure Email's outbreak filters: the template is %(auth)s/%(url)s (seen).
	// Many such links hold no target.
	{"secure-web.cisco.com", "/", pathTail},
	// Trend Micro, several products: ...-ctp.trendmicro.com/wis/clicktime/v1/query?url= (seen)
	{".trendmicro.com", "/wis/clicktime/", param("url")},
	// FireEye, now Trellix: protect2.fireeye.com/v1/url?k=...&u= (seen)
	{".fireeye.com", "/", param("u")},
	// Check Point Harmony (Avanan): .../v2/r01/___https://..., then ___.signature (seen)
	{"protect.checkpoint.com", "/v2/", underscored},
	{"url.avanan.click", "/v2/", underscored},
	// Sophos: eu-central-1.protection.sophos.com/?d=example.com&u=base64 (seen)
	{".protection.sophos.com", "", base64Param("u")},
	// Symantec, Broadcom: clicktime.symantec.com/id?h=...&u= (seen)
	{"clicktime.symantec.com", "/", param("u")},
	// AppRiver, Zix: link.edgepilot.com/s/id/id?u= (seen)
	{"link.edgepilot.com", "/", param("u")},
	// Amazon SES open and click tracking: id.r.region.awstrack.me/L0/https:%2F%2F.../1/... (seen)
	{".awstrack.me", "/L0/", pathSegment},
	// Redirects that are common in mail (seen).
	{"www.google.com", "/url", param("q", "url")},
	{"slack-redir.net", "/link", param("url")},
	{"l.facebook.com", "/l.php", param("u")},
	{"www.youtube.com", "/redirect", param("q")},
}

// maxRewrites bounds how often a link is unwrapped: forwarded mail collects the
// wrapping of every gateway on its way.
const maxRewrites = 5

// originalTargets returns what url was before gateways rewrote it, the outermost
// wrapping taken off first; nothing when it is no rewritten link.
func originalTargets(url string) []string {
	var out []string
	for range maxRewrites {
		at := strings.Index(url, "://")
		if at < 0 {
			break
		}
		r, rest := rewriterOf(url[at+len("://"):])
		if r == nil {
			break
		}
		if url = strings.TrimSpace(r.target(rest)); url == "" {
			break
		}
		out = append(out, url)
	}
	return out
}

// linkTargets finds the rewritten links in text and returns what they lead to.
func linkTargets(text string) []string {
	var out []string
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			return out
		}
		after := text[i+len("://"):]
		if r, _ := rewriterOf(after); r != nil {
			end := strings.IndexFunc(after, endsLink)
			if end < 0 {
				end = len(after)
			}
			out = append(out, originalTargets("://"+after[:end])...)
			after = after[end:]
		}
		text = after
	}
}

func endsLink(r rune) bool {
	return r <= ' ' || r == '<' || r == '>' || r == '"' || r == 0x7f || r > 0x7f && charClass(r) != charSeen
}

// rewriterOf finds the service that a link belongs to; link begins with its host.
// rest is what follows the host.
func rewriterOf(link string) (r *rewriter, rest string) {
	const longestName = 255 // RFC 1035 section 2.3.4
	end := strings.IndexAny(link[:min(len(link), longestName)], "/?#\"<> \n")
	if end < 0 {
		return nil, ""
	}
	host, rest := strings.ToLower(link[:end]), link[end:]
	host, _, _ = strings.Cut(host, ":")
	for i := range rewriters {
		r := &rewriters[i]
		if (host == r.host || r.host[0] == '.' && strings.HasSuffix(host, r.host)) && startsFold(rest, r.path) {
			return r, rest
		}
	}
	return nil, ""
}

// param reads the first of the query's parameters that has a value. "&amp;" stands
// for "&" in links that were copied out of HTML.
func param(names ...string) func(string) string {
	return func(rest string) string {
		for _, name := range names {
			if v := unescaped(rawParam(rest, name)); v != "" {
				return v
			}
		}
		return ""
	}
}

func rawParam(rest, name string) string {
	_, query, _ := strings.Cut(rest, "?")
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		pair = strings.TrimPrefix(pair, "amp;")
		if key, value, _ := strings.Cut(pair, "="); strings.EqualFold(key, name) && value != "" {
			return value
		}
	}
	return ""
}

func unescaped(s string) string {
	if d, ok := percentDecoded(s); ok {
		s = d
	}
	return html.UnescapeString(s)
}

func base64Param(name string) func(string) string {
	return func(rest string) string {
		return looseBase64(rawParam(rest, name))
	}
}

// pathTail is the target of /token/https%3A%2F%2Fexample.com%2F.
func pathTail(rest string) string {
	_, tail, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
	if !startsFold(tail, "http") {
		return ""
	}
	return unescaped(tail)
}

// pathSegment is the target of /L0/https:%2F%2Fexample.com%2F/1/more.
func pathSegment(rest string) string {
	segment, _, _ := strings.Cut(rest[len("/L0/"):], "/")
	return unescaped(segment)
}

// underscored is the target of /v2/___https://example.com/___.signature.
func underscored(rest string) string {
	_, tail, ok := strings.Cut(rest, "___")
	if !ok {
		return ""
	}
	target, _, _ := strings.Cut(tail, "___")
	return twoSlashes(unescaped(target))
}

// twoSlashes gives back the slash of "https:/example.com" that some software drops.
func twoSlashes(url string) string {
	if scheme, rest, ok := strings.Cut(url, ":/"); ok && rest != "" && rest[0] != '/' && !strings.ContainsAny(scheme, "/?#") {
		return scheme + "://" + rest
	}
	return url
}
