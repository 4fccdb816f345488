package simulator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

var small = Size{Seed: 7, Mailboxes: 24, Messages: 60, Secrets: 15, Passwords: true, Unreachable: true}

func TestGenerateMakesTheSameTenantAgain(t *testing.T) {
	outline := func(size Size) (out []string) {
		ten, answers := Generate(size)
		for _, u := range ten.Users() {
			out = append(out, fmt.Sprintf("%+v", u))
			for _, f := range ten.Folders(u.ID) {
				out = append(out, fmt.Sprintf("%+v", f))
			}
			for m := range ten.Messages(u.ID) {
				out = append(out, m.ID, m.FolderID, m.InternetMessageID, m.Subject, m.Body, m.Received.String())
				for _, a := range m.Attachments {
					out = append(out, a.ID, a.Name, string(a.Content))
				}
			}
		}
		for _, a := range answers.List {
			out = append(out, a.String(), strings.Join(a.Fingerprints(strings.ToUpper), " "))
		}
		return out
	}
	size := Size{Seed: 3, Mailboxes: 6, Messages: 30, Unreachable: true}
	one := outline(size)
	if diff := cmp.Diff(one, outline(size)); diff != "" {
		t.Error("two tenants of one seed differ")
	}
	size.Seed++
	if cmp.Equal(one, outline(size)) {
		t.Error("another seed made the same tenant")
	}
}

func TestGenerateKeepsToItsSize(t *testing.T) {
	ten, answers := Generate(Size{Seed: 1, Mailboxes: 40, Messages: 150})
	boxes, purposes, attached, inline, total, odd := 0, map[Purpose]int{}, 0, 0, 0, 0
	ids := map[string]int{}
	for _, u := range ten.Users() {
		if u.Mailbox != Reachable {
			continue
		}
		boxes++
		purposes[u.Purpose]++
		n := 0
		for m := range ten.Messages(u.ID) {
			n++
			ids[m.InternetMessageID]++
			if strings.HasSuffix(m.OData, "eventMessage") {
				odd++
			}
			if slices.ContainsFunc(m.Attachments, func(a *Attachment) bool { return !a.Inline }) {
				attached++
			} else if len(m.Attachments) > 0 {
				inline++
			}
		}
		total += n
		if n != 150 {
			t.Errorf("%s has %d messages, want 150", u.Mail, n)
		}
	}
	if boxes != 40 || purposes[SharedMailbox] == 0 || purposes[RoomMailbox] == 0 || purposes[EquipmentMailbox] == 0 {
		t.Errorf("%d mailboxes: %v", boxes, purposes)
	}
	if share := float64(attached) / float64(total); share < .13 || share > .18 {
		t.Errorf("%.3f of the mail has attachments, want 0.15", share)
	}
	if inline == 0 || odd == 0 {
		t.Errorf("%d messages with inline pictures only, %d meetings", inline, odd)
	}
	if twice := slices.Max(slices.Collect(maps.Values(ids))); twice < 10 {
		t.Errorf("the same mail lies in %d mailboxes at most", twice)
	}
	if got := answers.Secrets(); got != 80 {
		t.Errorf("%d secrets, want 2 for each of 40 mailboxes", got)
	}
}

// TestAnswersAreTrue looks up each sighting in the tenant.
func TestAnswersAreTrue(t *testing.T) {
	ten, answers := Generate(small)
	if answers.Secrets() != small.Mailboxes*small.Secrets {
		t.Fatalf("%d secrets", answers.Secrets())
	}
	byID := map[string]Message{}
	for _, u := range ten.Users() {
		for m := range ten.Messages(u.ID) {
			byID[m.ID] = m
		}
	}
	kinds, wheres := map[string]bool{}, map[string]bool{}
	for _, a := range answers.List {
		m, ok := byID[a.MessageID]
		if !ok || m.FolderID != a.FolderID || m.InternetMessageID != a.InternetMessageID {
			t.Errorf("%v: no such message in that folder", a)
			continue
		}
		texts := html.UnescapeString(strings.ReplaceAll(at(t, m, a.Where), "\r\n", "\n"))
		for _, found := range a.Fingerprints(func(v string) string { return fmt.Sprint(strings.Contains(texts, v)) }) {
			if found != "true" {
				t.Errorf("%v: not there", a)
			}
		}
		kinds[a.Kind], wheres[a.Where] = true, true
	}
	if len(kinds) < 19 || len(wheres) < 10 {
		t.Errorf("kinds %v, places %v", kinds, wheres)
	}
}

// at is the text of the place in a message.
func at(t *testing.T, m Message, where string) string {
	t.Helper()
	switch where {
	case "subject":
		return m.Subject
	case "body":
		return m.Body
	}
	name, inner, _ := strings.Cut(where, "!")
	for _, a := range m.Attachments {
		switch {
		case a.Item != nil && a.Name+".eml" == name:
			return at(t, *a.Item, inner)
		case a.Name != name:
		case bytes.HasPrefix(a.Content, []byte("PK")):
			return unzipped(t, a.Content, inner)
		default:
			return string(a.Content)
		}
	}
	t.Errorf("no %s in %q", where, m.Subject)
	return ""
}

func unzipped(t *testing.T, b []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		if name != "" && f.Name != name {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&out, r); err != nil {
			t.Fatal(err)
		}
	}
	return strings.NewReplacer("</w:t></w:r></w:p><w:p><w:r><w:t xml:space=\"preserve\">", "\n", "</t></is></c></row><row><c t=\"inlineStr\"><is><t>", "\n").Replace(out.String())
}

// TestAnswersDoNotPrintSecrets: whoever logs an answer logs no secret, fake as it is.
func TestAnswersDoNotPrintSecrets(t *testing.T) {
	_, answers := Generate(small)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		text := fmt.Sprintf(form, answers) + fmt.Sprintf(form, answers.List[0])
		for _, a := range answers.List {
			for _, v := range a.Fingerprints(func(v string) string { return v }) {
				if strings.Contains(text, v) {
					t.Fatalf("%s prints a secret of %v", form, a)
				}
			}
		}
	}
}

// shapes are the patterns of gitleaks' default rules, v8.30.1, without their context.
var shapes = map[string]string{
	"github-pat": `^ghp_[0-9a-zA-Z]{36}$`, "npm-access-token": `^npm_[A-Za-z0-9]{36}$`, "aws-access-token": `^[A-Za-z0-9+/]{40}$`,
	"slack-bot-token": `^xoxb-[0-9]{10,13}-[0-9]{10,13}[a-zA-Z0-9-]*$`, "slack-webhook-url": `^https://hooks.slack.com/services/[A-Za-z0-9+/]{43,56}$`,
	"stripe-access-token": `^sk_live_[a-zA-Z0-9]{10,99}$`, "gitlab-pat": `^glpat-[\w-]{20}$`, "sendgrid-api-token": `^SG\.[A-Za-z0-9=_.-]{66}$`,
	"openai-api-key": `^sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}$`, "digitalocean-pat": `^dop_v1_[a-f0-9]{64}$`, "databricks-api-token": `^dapi[a-f0-9]{32}$`,
	"shopify-access-token": `^shpat_[a-fA-F0-9]{32}$`, "pypi-upload-token": `^pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}$`, "postman-api-token": `^PMAK-[a-f0-9]{24}-[a-f0-9]{34}$`,
	"hashicorp-tf-api-token": `^[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}$`, "azure-ad-client-secret": `^[a-zA-Z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34}$`,
	"jwt": `^ey[a-zA-Z0-9]{17,}\.ey[a-zA-Z0-9/_-]{17,}\.[a-zA-Z0-9/_-]{10,}$`, "private-key": `^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{64,}\n-----END PRIVATE KEY-----$`,
	"password": `^.{16,20}$`,
}

func TestSecretsHaveTheirShapes(t *testing.T) {
	_, answers := Generate(small)
	for _, a := range answers.List {
		shape := regexp.MustCompile(shapes[a.Kind])
		got := a.Fingerprints(func(v string) string { return fmt.Sprint(shapes[a.Kind] != "" && shape.MatchString(v)) })
		if got[0] != "true" {
			t.Errorf("%v has not the shape of its kind", a)
		}
	}
}

// TestMailboxesShareTheirTexts: what a message adds to a tenant is its outline, however
// long its body is.
func TestMailboxesShareTheirTexts(t *testing.T) {
	ten, _ := Generate(Size{Seed: 1, Mailboxes: 10, Messages: 400, Body: 20_000})
	total, texts := 0, map[*byte]int{}
	for _, u := range ten.Users() {
		for m := range ten.Messages(u.ID) {
			total += len(m.Body)
			texts[unsafe.StringData(m.Body)] = len(m.Body)
		}
	}
	distinct := 0
	for _, n := range texts {
		distinct += n
	}
	if total < 40e6 || distinct > total/5 {
		t.Errorf("bodies of %d bytes are kept in %d", total, distinct)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		ten, _ := Generate(Size{Seed: 1, Mailboxes: 100, Messages: 2000})
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MiB-kept")
		runtime.KeepAlive(ten)
	}
}
