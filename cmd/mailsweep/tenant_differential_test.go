package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
	"mailsweep/simulator"
)

// bothWays sweeps a directory as files, and loaded into a tenant. It gives the secrets
// that only one of the two shows, and the number that both show.
func bothWays(t *testing.T, set *detectors.Set, dir string) (onlyFiles, onlyTenant []string, both int) {
	t.Helper()
	files, far := newPipeline(t, set), newPipeline(t, set)
	files.swept(openFiles(dir))
	tenant, err := simulator.Load(os.DirFS(dir), "contoso.example")
	must(err)
	client, _ := served(t, tenant, simulator.Options{})
	far.swept(everything(client, tenant))
	f, m := files.secrets(), far.secrets()
	onlyFiles, onlyTenant = without(f, m), without(m, f)
	return onlyFiles, onlyTenant, len(f) - len(onlyFiles)
}

// TestSampleMailBothWays: the mail of the repository gives the same secrets from files
// and from a tenant.
func TestSampleMailBothWays(t *testing.T) {
	t.Parallel()
	onlyFiles, onlyTenant, both := bothWays(t, ownRules(), "../../testdata/mail")
	if len(onlyFiles)+len(onlyTenant) > 0 || both < 3 {
		t.Errorf("%d in both; only in files: %q; only in the tenant: %q", both, onlyFiles, onlyTenant)
	}
}

// TestSynthesizedMailBothWays plants a secret of its own in each part of each kind of
// mail, in Maildirs, mboxes and single files.
func TestSynthesizedMailBothWays(t *testing.T) {
	t.Parallel()
	set, dir := ownRules(), t.TempDir()
	planted := synthesize(t, set, dir)
	onlyFiles, onlyTenant, both := bothWays(t, set, dir)
	if len(onlyFiles)+len(onlyTenant) > 0 || both < planted {
		t.Errorf("%d planted, %d in both; only in files: %q; only in the tenant: %q", planted, both, onlyFiles, onlyTenant)
	}
}

// synthesize writes the tree, and gives the number of secrets in it.
func synthesize(t *testing.T, set *detectors.Set, dir string) (planted int) {
	t.Helper()
	var mails [][]byte
	for seed, round := range []func(int, detectorstest.Sample) []byte{written, wrapped, enclosed} {
		samples, err := detectorstest.Samples(set, uint64(100+seed))
		must(err)
		for i, s := range samples {
			if raw := round(i, s); raw != nil {
				mails, planted = append(mails, raw), planted+1
			}
		}
	}
	for _, d := range []string{"ann/cur", "ann/new", "ann/.Sent.2026/cur", "ann/.Sent.2026/new", "bo/inbox/deep", "cy"} {
		must(os.MkdirAll(filepath.Join(dir, d), 0o700))
	}
	boxes := map[string]*bytes.Buffer{"cy/archive.mbox": {}, "di.mbox": {}}
	for i, raw := range mails {
		raw = bytes.Replace(raw, []byte("From: "), fmt.Appendf(nil, "Message-ID: <%d@b.example>\r\nFrom: ", i), 1)
		switch name := fmt.Sprint(i); i % 6 {
		case 0:
			must(os.WriteFile(filepath.Join(dir, "ann/cur", name+":2,S"), raw, 0o600))
		case 1:
			must(os.WriteFile(filepath.Join(dir, "ann/.Sent.2026/new", name), raw, 0o600))
		case 2:
			must(os.WriteFile(filepath.Join(dir, "bo/inbox/deep", name+".eml"), raw, 0o600))
		case 3:
			must(os.WriteFile(filepath.Join(dir, "bo", name+".eml"), raw, 0o600))
		default:
			b := boxes[map[int]string{4: "cy/archive.mbox", 5: "di.mbox"}[i%6]]
			must2(fmt.Fprintf(b, "From a@b.example Mon Mar  2 09:14:00 2026\n%s\n\n", bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))))
		}
	}
	for name, b := range boxes {
		must(os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600))
	}
	t.Logf("%d planted", planted)
	return planted
}

// written plants a sample as an attachment in one of the writings.
func written(i int, s detectorstest.Sample) []byte {
	all := writingsOf(s)
	return mailOf(writings[all[i%len(all)]](s.Text, s.Name), "base64")
}

// wrapped plants a sample in a file of text that is packed.
func wrapped(i int, s detectorstest.Sample) []byte {
	all := keys(wrappings)
	return mailOf(wrappings[all[i%len(all)]](writings["text"](s.Text, named(s.Name, "notes.txt"))), "base64")
}

// enclosed plants a sample in another place of a mail each time.
func enclosed(i int, s detectorstest.Sample) []byte {
	if strings.Contains(s.Text, "\n") || s.Name != "" || len(s.Text) > 200 {
		return nil
	}
	const head = "From: a@b.example\r\nTo: c@d.example\r\nDate: Mon, 02 Mar 2026 09:14:00 +0100\r\nMIME-Version: 1.0\r\n"
	part := func(typ, text string) string { return "--=_x\r\nContent-Type: " + typ + "\r\n\r\n" + text + "\r\n" }
	multi := func(kind string, parts ...string) []byte {
		return []byte(head + "Subject: parts\r\nContent-Type: multipart/" + kind + "; boundary=\"=_x\"\r\n\r\n" + strings.Join(parts, "") + "--=_x--\r\n")
	}
	const plain, rich = "text/plain; charset=utf-8", "text/html; charset=utf-8"
	page := func(text string) string { return "<html><body><p>" + escaped(text) + "</p></body></html>" }
	switch i % 9 {
	case 0:
		return []byte(head + "Subject: " + s.Text + "\r\n\r\nhello\r\n")
	case 1:
		return []byte(head + "X-Note: " + s.Text + "\r\nSubject: a field\r\n\r\nhello\r\n")
	case 2:
		return []byte(head + "Subject: plain\r\n\r\n" + s.Text + "\r\n")
	case 3:
		return []byte(head + "Subject: html\r\nContent-Type: " + rich + "\r\n\r\n" + page(s.Text) + "\r\n")
	case 4: // only the text says it
		return multi("alternative", part(plain, s.Text), part(rich, page("see the text")))
	case 5: // only the HTML says it
		return multi("alternative", part(plain, "see the page"), part(rich, page(s.Text)))
	case 6: // a second text is no body
		return multi("mixed", part(plain, "hello"), part(plain, s.Text))
	case 7: // a calendar invitation beside the body
		return multi("alternative", part(plain, "come"), part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:meeting\r\nDESCRIPTION:"+strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`).Replace(s.Text)+"\r\nEND:VEVENT\r\nEND:VCALENDAR"))
	}
	return multi("mixed", part(plain, "forwarded"), part("message/rfc822", head+"Subject: inner\r\n\r\n"+s.Text))
}

// TestCorporaBothWays sweeps a few thousand real mails both ways.
func TestCorporaBothWays(t *testing.T) {
	t.Parallel()
	corpora := os.Getenv("MAILSWEEP_CORPORA")
	if corpora == "" {
		t.Skip("MAILSWEEP_CORPORA is not set: it names a directory with mail/ and formats/")
	}
	dir := t.TempDir()
	n := 0
	must(filepath.WalkDir(filepath.Join(corpora, "mail"), func(path string, d fs.DirEntry, err error) error {
		info, ierr := d.Info()
		if err != nil || ierr != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
			return err
		}
		if n++; n%5 != 0 {
			return nil
		}
		name, err := filepath.Rel(filepath.Join(corpora, "mail"), path)
		must(err)
		must(os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		raw, err := os.ReadFile(path)
		must(err)
		return os.WriteFile(filepath.Join(dir, name), raw, 0o600)
	}))
	onlyFiles, onlyTenant, both := bothWays(t, ownRules(), dir)
	if len(onlyFiles)+len(onlyTenant) > 0 || both == 0 {
		t.Errorf("%d in both, of %d files; only in files: %q; only in the tenant: %q", both, n/5, onlyFiles, onlyTenant)
	}
}
