package decode

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorporaFiles opens every file of the hard formats as an attachment of no
// declared type: each must end as a text, a container of keys or a Skip.
func TestCorporaFiles(t *testing.T) {
	dir := filepath.Join(corpora(t), "formats")
	kinds, reasons := map[kind]int{}, map[string]int{}
	for _, path := range files(t, dir, nil) {
		n := node{path: "1/" + filepath.Base(path), name: filepath.Base(path), data: readFile(t, path)}
		kinds[kindOf(n)]++
		out := opened(n, DefaultLimits())
		if len(out.Texts)+len(out.Files)+len(out.Skips) == 0 && len(n.data) > 0 {
			t.Errorf("%s: neither text nor skip", path)
		}
		for _, s := range out.Skips {
			reasons[fmt.Sprintf("%s %s", s.Reason, s.Detail)]++
		}
		if os.Getenv("MAILSWEEP_SHOW") != "" && strings.Contains(path, os.Getenv("MAILSWEEP_SHOW")) {
			show(t, path, out)
		}
	}
	t.Logf("kinds: %v", kinds)
	t.Logf("skips: %v", reasons)
}

func show(t *testing.T, path string, out Result) {
	t.Logf("=== %s", path)
	for _, x := range out.Texts {
		t.Logf("--- %s view %d %d bytes\n%.1500s", x.Path, x.View, len(x.Body), x.Body)
	}
	for _, f := range out.Files {
		t.Logf("--- file %s %s %d bytes, by name %v", f.Path, f.Kind, len(f.Data), f.ByName)
	}
	for _, s := range out.Skips {
		t.Logf("--- skip %s", s.Error())
	}
}

// opened is what becomes of one file.
func opened(n node, lim Limits) Result {
	w := &walker{ctx: context.Background(), b: NewBudget(lim, int64(len(n.data)))}
	w.open(n)
	w.out.Parts, w.out.Bytes = w.b.parts, w.b.bytes
	return w.out
}

// computed reports whether the credential stands nowhere as such: CredSweeper
// evaluated source code, tried passwords on a key store, or decoded what a text
// carries in an encoding that is the detectors' to see through.
func computed(info string) bool {
	for _, by := range []string{"BASE64", "ENCODED", "STRUCT", "LEXER", "MXFILE", "JKS", "PKCS_PASSWORD", "PATCH"} {
		if strings.Contains(info, by) {
			return true
		}
	}
	return false
}

// TestCorporaExpectedLines looks for the lines in which the corpora's planted
// credentials stand. Formats that a later issue reads do not count.
func TestCorporaExpectedLines(t *testing.T) {
	dir := filepath.Join(corpora(t), "formats", "credsweeper-samples", "tests")
	var findings []struct {
		Lines []struct {
			Line, Path, Info, Value string
		} `json:"line_data_list"`
	}
	if err := json.Unmarshal(readFile(t, filepath.Join(dir, "data", "depth_3_pedantic.json")), &findings); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	found, later, missed := map[string]int{}, map[string]int{}, 0
	total := 0
	for _, f := range findings {
		for _, l := range f.Lines {
			name := filepath.Base(l.Path)
			all, ok := texts[name]
			if !ok {
				out := opened(node{path: "1/" + name, name: name, data: readFile(t, filepath.Join(dir, "samples", name))}, DefaultLimits())
				var b strings.Builder
				for _, x := range out.Texts {
					b.WriteString(x.Body + "\n")
				}
				for _, s := range out.Skips {
					b.WriteString("\x00" + s.Detail)
				}
				all = strings.Join(strings.Fields(b.String()), "")
				texts[name] = all
			}
			want := strings.Join(strings.Fields(l.Value), "")
			switch {
			case strings.Contains(all, want):
				found[filepath.Ext(name)]++
				total++
			case strings.Contains(all, "\x00"), computed(l.Info):
				later[filepath.Ext(name)+" "+l.Info[strings.LastIndex(l.Info, "|")+1:]]++
			default:
				missed++
				t.Logf("missed in %s: %.80q (%s)", name, l.Line, l.Info)
			}
		}
	}
	t.Logf("found %d, of formats not read or computed %v, missed %d", total, later, missed)
	if missed*100 > total {
		t.Errorf("%d of %d lines missed", missed, total+missed)
	}
}
