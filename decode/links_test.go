package decode

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestOriginalTargets(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"Safe Links", "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com%2Fa%3Ftoken%3Dfake1%26b%3D2&data=05%7C02&sdata=x%3D&reserved=0",
			[]string{"https://example.com/a?token=fake1&b=2"}},
		{"Safe Links, &amp; and capitals", "HTTPS://EUR01.SafeLinks.protection.outlook.com/GetUrlReputation?x=1&amp;url=http%3A%2F%2Fexample.com",
			[]string{"http://example.com"}},
		{"Safe Links of a government", "https://usg02.safelinks.protection.office365.us/?url=https%3A%2F%2Fexample.gov", []string{"https://example.gov"}},
		{"Safe Links in Teams", "https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=https%3A%2F%2Fexample.com%2Fa&locale=en", []string{"https://example.com/a"}},
		{"Proofpoint 1", "https://urldefense.proofpoint.com/v1/url?u=http://www.example.com/&k=oIvR%3D%0A&r=x", []string{"http://www.example.com/"}},
		{"Proofpoint 2", "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.com_a-2Db-5Fc-3Ftoken-3Dfake1-26x-3Dp-2540&d=DwMFaQ&c=V&e=",
			[]string{"https://example.com/a-b_c?token=fake1&x=p%40"}},
		{"Proofpoint 3", "https://urldefense.com/v3/__https://example.com/a?token=fake1__;!!abc!def$", []string{"https://example.com/a?token=fake1"}},
		{"Proofpoint 3, characters", "https://urldefense.com/v3/__https://example.com/caf*/**Ax__;w6nDvMO2!!abc$", []string{"https://example.com/café/üöx"}},
		{"Proofpoint 3, one slash", "https://urldefense.us/v3/__https:/example.com/a__;!!abc$", []string{"https://example.com/a"}},
		{"Proofpoint 3, cut", "https://urldefense.com/v3/__https://example.com/a", []string{"https://example.com/a"}},
		{"Proofpoint 3, fewer characters than stars", "https://urldefense.com/v3/__https://example.com/*a*b__;w6k!!x$", []string{"https://example.com/éab"}},
		{"Barracuda", "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.com%2fa&c=E,1,x&typo=1", []string{"https://example.com/a"}},
		{"Cisco", "https://secure-web.cisco.com/1SOJrTG5gCru/https%3A%2F%2Fexample.com%2Fa%3Ftoken%3Dfake1", []string{"https://example.com/a?token=fake1"}},
		{"Cisco, no target", "https://secure-web.cisco.com/1SOJrTG5gCru", nil},
		{"Trend Micro", "https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.com%2fa%5fb&umid=1", []string{"https://example.com/a_b"}},
		{"FireEye", "https://protect2.fireeye.com/v1/url?k=84f6&q=1&e=67&u=https%3A%2F%2Fexample.com%2Fa%23b", []string{"https://example.com/a#b"}},
		{"Check Point", "https://protect.checkpoint.com/v2/r01/___https://example.com/a?t=1___.YzJ1On", []string{"https://example.com/a?t=1"}},
		{"Check Point, one slash", "https://protect.checkpoint.com/v2/___https:/example.com/a.pdf___.YzJ1", []string{"https://example.com/a.pdf"}},
		{"Sophos", "https://eu-west-1.protection.sophos.com?d=example.com&u=aHR0cHM6Ly9leGFtcGxlLmNvbS9hP3Q9ZmFrZTE=&i=1", []string{"https://example.com/a?t=fake1"}},
		{"Sophos, no padding", "https://us-west-2.protection.sophos.com/?d=example.com&u=aHR0cHM6Ly9leGFtcGxlLmNvbS9hP3Q9ZmFrZTE&i=1", []string{"https://example.com/a?t=fake1"}},
		{"Symantec", "https://clicktime.symantec.com/15xV?h=QCYV=&u=https://example.com/a?b%3Dc", []string{"https://example.com/a?b=c"}},
		{"EdgePilot", "https://link.edgepilot.com/s/4239f747/ca21?u=https://example.com/a", []string{"https://example.com/a"}},
		{"Amazon SES", "https://k97t.r.eu-west-1.awstrack.me/L0/https:%2F%2Fexample.com%2Fa%3Ft=fake1/1/01020/abc=447", []string{"https://example.com/a?t=fake1"}},
		{"Google", "https://www.google.com/url?q=https%3A%2F%2Fexample.com%2Fa&sa=D", []string{"https://example.com/a"}},
		{"Mimecast keeps its targets", "https://protect-eu.mimecast.com/s/abc?domain=example.com", nil},
		{"nested", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fexample.com%2Fa__%3B!!x%24&data=1",
			[]string{"https://urldefense.com/v3/__https://example.com/a__;!!x$", "https://example.com/a"}},
		{"not rewritten", "https://example.com/?url=https%3A%2F%2Fexample.org", nil},
		{"host of another", "https://safelinks.protection.outlook.com.example.com/?url=https%3A%2F%2Fexample.org", nil},
		{"no parameter", "https://nam02.safelinks.protection.outlook.com/?data=1", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, originalTargets(tt.in)); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNestingOfRewrittenLinksIsBounded(t *testing.T) {
	url := "https://example.com/"
	for range 50 {
		url = "https://urldefense.com/v3/__" + url + "__;!!x$"
	}
	if got := len(originalTargets(url)); got != maxRewrites {
		t.Errorf("%d targets, want %d", got, maxRewrites)
	}
}

func TestLinksInText(t *testing.T) {
	w := &walker{ctx: context.Background(), b: NewBudget(DefaultLimits(), -1)}
	n := node{path: "1"}
	w.links(n, "no link at all, nor https://example.com/?url=https://x")
	if len(w.out.Texts) != 0 {
		t.Errorf("texts %v of a text without rewritten links", w.out.Texts)
	}
	link := "https://urldefense.com/v3/__https://example.com/?p=p*40ss__;JQ!!x$"
	w.links(n, "See <"+link+"> and\n"+link+", or (https://www.google.com/url?q=https%3A%2F%2Fexample.com%2Fa)\nhttps://")
	want := []Text{{Path: "1", View: Markup, Body: "https://example.com/?p=p%40ss\nhttps://example.com/?p=p@ss\nhttps://example.com/a)"}}
	if diff := cmp.Diff(want, w.out.Texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestPercentDecoded(t *testing.T) {
	for in, want := range map[string]string{
		"p%40ss": "p@ss", "%41": "A", "%4": "", "100%": "", "%zz%41": "%zzA", "p%C3%A4": "pä", "p%E4": "pä", "": "",
	} {
		got, ok := percentDecoded(in)
		if got != want || ok != (want != "") {
			t.Errorf("percentDecoded(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzLinks(f *testing.F) {
	for _, s := range []string{
		"https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.com&data=1",
		"https://urldefense.proofpoint.com/v2/url?u=https-3A__example.com_a&d=1", "https://urldefense.com/v3/__https://e/**A*__;w6k!!$",
		"https://secure-web.cisco.com/x/https%3A%2F%2Fe", "https://a.awstrack.me/L0/https:%2F%2Fe/1", "https://a.protection.sophos.com?u=aHR0cA",
		"https://protect.checkpoint.com/v2/___https:/e___.x", "https://www.google.com/url?q=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		total := 0
		for _, target := range linkTargets(text) {
			total += len(target)
			if utf8.ValidString(text) && !utf8.ValidString(target) && !strings.Contains(text, "/v3/") {
				t.Errorf("%q is no valid UTF-8", target)
			}
		}
		// Invalid UTF-8 in a target doubles as Latin-1, once for each wrapping.
		if total > 2*maxRewrites*len(text)+64 {
			t.Errorf("%d bytes became %d", len(text), total)
		}
	})
}
