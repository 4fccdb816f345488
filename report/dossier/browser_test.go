package dossier

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// frame shows the page in a window of a width, and says into its own title what became
// of it: a browser's own window cannot be as narrow as a telephone's.
const frame = `<!doctype html><title>waiting</title>
<iframe id="f" src="/page" style="border: 0; width: %dpx; height: 900px"></iframe>
<script>
document.getElementById('f').onload = function () {
  var d = this.contentDocument, e = d.documentElement, clipped = 0;
  d.querySelectorAll('h1, h2, p, .figure, .cards td').forEach(function (x) { if (x.getBoundingClientRect().right > e.clientWidth + 1) clipped++; });
  document.title = 'width ' + e.scrollWidth + ' of ' + e.clientWidth + ', rows ' + d.querySelectorAll('.all tbody tr').length + ', clipped ' + clipped +
    ', svg ' + d.querySelectorAll('svg').length + ', links ' + d.querySelectorAll('a, img, script').length;
};
</script>`

// TestBrowser: in a real browser, as wide as a screen and as a telephone, nothing is cut
// off, and the page asks for nothing but itself.
func TestBrowser(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("there is no chromium: apt-get install chromium")
	}
	page := written(t, big(3000))
	for _, width := range []int{390, 1280} {
		var mu sync.Mutex
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked = append(asked, r.URL.Path)
			mu.Unlock()
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			switch r.URL.Path {
			case "/":
				fmt.Fprintf(w, frame, width)
			case "/page":
				fmt.Fprint(w, page)
			default:
				http.NotFound(w, r)
			}
		}))
		defer server.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--window-size=1400,1000", "--virtual-time-budget=10000", "--dump-dom", server.URL+"/")
		cmd.WaitDelay = 10 * time.Second
		dom, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %.500s", err, dom)
		}
		_, title, _ := strings.Cut(string(dom), "<title>")
		title, _, _ = strings.Cut(title, "</title>")
		if want := fmt.Sprintf("width %d of %[1]d, rows 1000, clipped 0, svg 2, links 0", width); title != want {
			t.Errorf("at %d: %s, not %s", width, title, want)
		}
		mu.Lock()
		for _, path := range asked {
			if path != "/" && path != "/page" && path != "/favicon.ico" {
				t.Errorf("it asks for %s", path)
			}
		}
		mu.Unlock()
	}
}
