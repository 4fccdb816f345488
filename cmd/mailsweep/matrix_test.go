package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"html"
	"maps"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"pgregory.net/rapid"

	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// thing is something that can be attached to a mail, packed or nested.
type thing struct {
	name, typ string
	data      []byte
}

// writings are the ways in which people write a text down. name is the file name
// that a rule may want.
var writings = map[string]func(text, name string) thing{
	"text": func(s, name string) thing { return thing{name, "text/plain; charset=utf-8", []byte(s)} },
	"crlf": func(s, name string) thing {
		return thing{name, "text/plain", []byte(strings.ReplaceAll(s, "\n", "\r\n"))}
	},
	"sentence": func(s, name string) thing {
		return thing{name, "text/plain", []byte("Hello,\nas promised:\n" + s + ".\nBest wishes")}
	},
	"utf16": func(s, name string) thing {
		b := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u), byte(u>>8))
		}
		return thing{name, "text/plain", b}
	},
	"html": func(s, name string) thing {
		lines := strings.Split(s, "\n")
		for i, l := range lines {
			lines[i] = html.EscapeString(l)
		}
		return thing{named(name, "x.html"), "text/html; charset=utf-8", []byte("<html><body><pre>" + strings.Join(lines, "\n") + "</pre></body></html>")}
	},
	"html-split": func(s, name string) thing {
		var b strings.Builder
		b.WriteString("<html><body><div>")
		for i, r := range s {
			switch {
			case r == '\n':
				b.WriteString("<br>")
			case r == ' ':
				b.WriteString("&nbsp;")
			default:
				b.WriteString(html.EscapeString(string(r)))
				if i%7 == 3 {
					b.WriteString("<b></b>\u200b")
				}
			}
		}
		b.WriteString("</div></body></html>")
		return thing{named(name, "x.html"), "text/html; charset=utf-8", []byte(b.String())}
	},
	"html-comment": func(s, name string) thing {
		return thing{named(name, "x.html"), "text/html; charset=utf-8", []byte("<p>Hello</p><!-- " + s + " -->")}
	},
	"html-title": func(s, name string) thing {
		return thing{named(name, "x.html"), "text/html; charset=utf-8", []byte(`<p title="` + html.EscapeString(s) + `">Hello</p>`)}
	},
	"calendar": func(s, name string) thing {
		s = strings.NewReplacer(`\`, `\\`, "\n", `\n`, ",", `\,`, ";", `\;`).Replace(s)
		return thing{named(name, "x.ics"), "text/calendar; charset=utf-8", []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Call\r\n" +
			folded("DESCRIPTION:"+s) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")}
	},
	"docx": func(s, name string) thing {
		var b strings.Builder
		for _, l := range strings.Split(s, "\n") {
			fmt.Fprintf(&b, `<w:p><w:r><w:t xml:space="preserve">%s</w:t></w:r><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, escaped(l[:len(l)/2]), escaped(l[len(l)/2:]))
		}
		return thing{named(name, "plan.docx"), "application/octet-stream", office("word/document.xml",
			`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+b.String()+`</w:body></w:document>`)}
	},
	"xlsx": func(s, name string) thing {
		return thing{named(name, "list.xlsx"), "application/octet-stream", office("xl/workbook.xml",
			`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>`,
			"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>name</t></si><si><t xml:space="preserve">`+escaped(s)+`</t></si></sst>`,
			"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData></worksheet>`)}
	},
	"pptx": func(s, name string) thing {
		var b strings.Builder
		for _, l := range strings.Split(s, "\n") {
			b.WriteString(`<a:p><a:r><a:t>` + escaped(l) + `</a:t></a:r></a:p>`)
		}
		return thing{named(name, "slides.pptx"), "application/octet-stream", office("ppt/presentation.xml", `<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>`,
			"ppt/slides/slide1.xml", `<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:txBody>`+b.String()+`</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`)}
	},
}

// wrappings pack a thing into another. encoding is how a mail carries it.
var wrappings = map[string]func(x thing) thing{
	"zip": func(x thing) thing { return thing{"a.zip", "application/zip", zipped(x.name, x.data)} },
	"tar": func(x thing) thing {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		must(w.WriteHeader(&tar.Header{Name: "dir/" + x.name, Mode: 0o600, Size: int64(len(x.data))}))
		must2(w.Write(x.data))
		must(w.Close())
		return thing{"a.tar", "application/x-tar", b.Bytes()}
	},
	"gzip": func(x thing) thing {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		must2(w.Write(x.data))
		must(w.Close())
		return thing{x.name + ".gz", "application/gzip", b.Bytes()}
	},
	"xz": func(x thing) thing {
		var b bytes.Buffer
		w, err := xz.WriterConfig{DictCap: 1 << 16}.NewWriter(&b)
		must(err)
		must2(w.Write(x.data))
		must(w.Close())
		return thing{x.name + ".xz", "application/x-xz", b.Bytes()}
	},
	"zstd": func(x thing) thing {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<16))
		must(err)
		return thing{x.name + ".zst", "application/zstd", w.EncodeAll(x.data, nil)}
	},
	"mail-base64": func(x thing) thing { return thing{"m.eml", "message/rfc822", mailOf(x, "base64")} },
	"mail-qp":     func(x thing) thing { return thing{"m.eml", "message/rfc822", mailOf(x, "quoted-printable")} },
	"mail-uuencode": func(x thing) thing {
		return thing{"m.eml", "message/rfc822", []byte("From: a@b.example\nSubject: files\n\nbegin 644 " + x.name + "\n" + uuencoded(x.data) + "`\nend\n")}
	},
}

// mailOf is a mail with a short text and x attached.
func mailOf(x thing, encoding string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: a@b.example\r\nTo: c@d.example\r\nSubject: files\r\nDate: Mon, 02 Mar 2026 09:14:00 +0100\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=\"=_b%d\"\r\n\r\n--=_b%d\r\n\r\nSee the file.\r\n--=_b%d\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: %s\r\n\r\n",
		len(x.data), len(x.data), len(x.data), x.typ, x.name, encoding)
	if encoding == "quoted-printable" {
		w := quotedprintable.NewWriter(&b)
		w.Binary = !strings.HasPrefix(x.typ, "text/") || bytes.IndexByte(x.data, 0) >= 0 // UTF-16
		must2(w.Write(x.data))
		must(w.Close())
	} else {
		for s := base64.StdEncoding.EncodeToString(x.data); s != ""; {
			n := min(76, len(s))
			b.WriteString(s[:n] + "\r\n")
			s = s[n:]
		}
	}
	fmt.Fprintf(&b, "\r\n--=_b%d--\r\n", len(x.data))
	return b.Bytes()
}

// TestEncodingMatrix: whatever a rule finds in a plain text is found in every
// writing of it, in every wrapping of that.
func TestEncodingMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for _, s := range m.samples {
		for _, w := range writingsOf(s) {
			m.check(t, w, s, mailOf(writings[w](s.Text, s.Name), "base64"))
		}
		x := writings["text"](s.Text, named(s.Name, "notes.txt"))
		for w, wrap := range wrappings {
			m.check(t, w, s, mailOf(wrap(x), "base64"))
		}
		if !strings.Contains(s.Text, "\n") && s.Name == "" && !slices.Contains(ofFiles, s.Rule) {
			m.check(t, "subject", s, []byte("From: a@b.example\r\nSubject: "+mime.QEncoding.Encode("utf-8", "é "+s.Text)+"\r\n\r\nHello\r\n"))
			m.check(t, "raw subject", s, []byte("From: a@b.example\r\nSubject: "+s.Text+"\r\n\r\nHello\r\n"))
		}
	}
}

// TestEncodingMatrixNested draws a sample, a writing and up to three wrappings.
func TestEncodingMatrixNested(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.SampledFrom(m.samples).Draw(rt, "sample")
		write := rapid.SampledFrom(writingsOf(s)).Draw(rt, "writing")
		path := []string{write}
		x := writings[write](s.Text, s.Name)
		x.name = named(x.name, "notes.txt") // in a wrapping, the name alone says what it is
		for range rapid.IntRange(0, 3).Draw(rt, "depth") {
			w := rapid.SampledFrom(keys(wrappings)).Draw(rt, "wrapping")
			path = append(path, w)
			x = wrappings[w](x)
		}
		m.check(rt, strings.Join(path, " in "), s, mailOf(x, rapid.SampledFrom([]string{"base64", "quoted-printable"}).Draw(rt, "encoding")))
	})
}

// ofFiles are rules of whole lines or elements of a kind of file.
var ofFiles = []string{"openvpn-profile", "netrc-password", "pgpass-password", "npmrc-token", "rdg-password", "kubeconfig-key", "settings-password", "jenkins-credential"}

// writingsOf are the writings in which a sample is still one: a rule that wants a
// file of a certain name, or the first line of a profile, wants a file of text.
func writingsOf(s detectorstest.Sample) []string {
	if s.Name != "" || slices.Contains(ofFiles, s.Rule) {
		return []string{"crlf", "text", "utf16"}
	}
	return keys(writings)
}

type matrix struct {
	sweeper sweeper.Sweeper
	samples []detectorstest.Sample
}

func newMatrix(t *testing.T) *matrix {
	set, err := detectors.New(detectors.Options{})
	must(err)
	m := &matrix{sweeper: sweeper.Sweeper{Detector: set, Limits: decode.DefaultLimits()}}
	m.samples, err = detectorstest.Samples(set, 1)
	must(err)
	if len(m.samples) < 200 {
		t.Fatalf("only %d samples", len(m.samples))
	}
	return m
}

func (m *matrix) check(t interface {
	Helper()
	Errorf(string, ...any)
}, how string, s detectorstest.Sample, raw []byte) {
	t.Helper()
	ctx := context.Background()
	b := decode.NewBudget(m.sweeper.Limits, int64(len(raw)))
	r, err := m.sweeper.Search(ctx, sweeper.Ref{Key: "m"}, decode.MIME(ctx, raw, b), b)
	if err != nil {
		t.Errorf("%s: %s: %v", how, s.Rule, err)
		return
	}
	want := m.sweeper.Key.Fingerprint(secret.New(s.Secret))
	var got []string
	for _, f := range r.Findings {
		if f.Rule == s.Rule && f.Fingerprint == want {
			return
		}
		got = append(got, f.Rule+" in "+f.Part)
	}
	t.Errorf("%s: the sample of %s is lost; found %v, skipped %v", how, s.Rule, got, r.Skips)
}

func named(name, otherwise string) string {
	if name != "" {
		return name
	}
	return otherwise
}

// keys are sorted: rapid replays by index.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func escaped(s string) string {
	var b strings.Builder
	must(xml.EscapeText(&b, []byte(s)))
	return b.String()
}

func folded(s string) string {
	var b strings.Builder
	for len(s) > 60 {
		b.WriteString(s[:60] + "\r\n ")
		s = s[60:]
	}
	return b.String() + s
}

func zipped(files ...any) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i].(string))
		must(err)
		must2(fmt.Fprintf(f, "%s", files[i+1]))
	}
	must(w.Close())
	return b.Bytes()
}

func office(files ...string) []byte {
	list := []any{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`}
	for _, f := range files {
		list = append(list, f)
	}
	return zipped(list...)
}

func uuencoded(data []byte) string {
	var b strings.Builder
	char := func(v byte) { b.WriteByte(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"[v&63]) }
	for len(data) > 0 {
		n := min(45, len(data))
		char(byte(n))
		for i := 0; i < n; i += 3 {
			var g [3]byte
			copy(g[:], data[i:n])
			char(g[0] >> 2)
			char(g[0]<<4 | g[1]>>4)
			char(g[1]<<2 | g[2]>>6)
			char(g[2])
		}
		b.WriteByte('\n')
		data = data[n:]
	}
	return strings.ReplaceAll(b.String(), " ", "`")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func must2(_ int, err error) { must(err) }
