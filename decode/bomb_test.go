package decode

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const defusedMiB = 640 // many times what it is for any bomb but the largest, of 7 MB

// defused opens a bomb of at most half a megabyte, or so, with all the time that it
// wants, and holds what it costs against the promise, in work: bytes read, memory
// taken. It stands for the time that is promised; no clock is asked.
func defused(t *testing.T, name string, data []byte) Result {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lim := DefaultLimits()
	lim.Time = 24 * time.Hour
	r := opened(node{path: "2/" + name, name: name, data: data}, lim)
	runtime.ReadMemStats(&after)
	if limit := max(ratioFloor, 64*int64(len(data))); r.Bytes > limit {
		t.Errorf("%d bytes read, the budget is %d", r.Bytes, limit)
	}
	allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
	if allocated > defusedMiB {
		t.Errorf("%d MiB allocated in all", allocated)
	}
	if len(r.Skips) > DefaultLimits().Parts {
		t.Errorf("%d skips are a flood", len(r.Skips))
	}
	t.Logf("%d bytes in, %d read, %d texts, %d skips, %d MiB allocated in all", len(data), r.Bytes, len(r.Texts), len(r.Skips), allocated)
	return r
}

func hasReason(r Result, want Reason) bool {
	return slices.ContainsFunc(r.Skips, func(s Skip) bool { return s.Reason == want })
}

func wantReason(t *testing.T, r Result, want Reason) {
	t.Helper()
	if !hasReason(r, want) {
		t.Errorf("no skip says %s: %v", want, r.Skips[:min(len(r.Skips), 10)])
	}
}

func TestZerosInGzipInGzip(t *testing.T) {
	wantReason(t, defused(t, "a.gz.gz", gzipOf(gzipOf(make([]byte, 10<<20)))), Bomb)
	wantReason(t, defused(t, "a.xz", xzOf(make([]byte, 10<<20))), Bomb)
	wantReason(t, defused(t, "a.zst", zstdOf(make([]byte, 100<<20))), Bomb)
}

// TestNestedZipBomb is 42.zip in small: sixteen archives in each, six deep.
func TestNestedZipBomb(t *testing.T) {
	data := zipOf(stored{"0.dll", []byte(strings.Repeat("0123456789abcdef", 200_000))})
	for depth := range 6 {
		var files []stored
		for i := range 16 {
			files = append(files, stored{fmt.Sprintf("%d-%d.zip", depth, i), data})
		}
		data = zipOf(files...)
	}
	r := defused(t, "42.zip", data)
	if !hasReason(r, Oversized) && !hasReason(r, Bomb) && !hasReason(r, TooMany) {
		t.Errorf("skips: %v", r.Skips[:min(len(r.Skips), 10)])
	}
}

func TestManyEmptyEntries(t *testing.T) {
	var files []stored
	for i := range 65_000 {
		files = append(files, stored{fmt.Sprint(i), nil})
	}
	wantReason(t, defused(t, "a.zip", zipOf(files...)), TooMany)
	wantReason(t, defused(t, "a.tar.gz", gzipOf(tarOf(files[:20_000]...))), TooMany)
}

func TestManyDirectories(t *testing.T) {
	var files []stored
	for i := range 40_000 {
		files = append(files, stored{fmt.Sprint(i, "/"), nil})
	}
	wantReason(t, defused(t, "a.zip", zipOf(files...)), TooMany)
}

// TestOverlappingEntries writes a directory whose entries all show the same
// content (Fifield's zip bomb, without its finesse).
func TestOverlappingEntries(t *testing.T) {
	kernel := []byte(strings.Repeat("kernel", 1000) + string(random(bytes.Repeat([]byte("0123456789"), 10_000))))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	must(must(z.CreateRaw(&zip.FileHeader{Name: "k", CRC32: crc32.ChecksumIEEE(kernel), CompressedSize64: uint64(len(kernel)), UncompressedSize64: uint64(len(kernel))})).Write(kernel))
	must(0, z.Close())
	data := b.Bytes()
	at := bytes.Index(data, []byte("PK\x01\x02"))
	end := bytes.Index(data, []byte("PK\x05\x06"))
	const n = 2000
	directory := bytes.Repeat(data[at:end], n)
	tail := bytes.Clone(data[end:])
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(directory)))
	r := defused(t, "overlap.zip", slices.Concat(data[:at], directory, tail))
	wantReason(t, r, Bomb)
	if len(r.Texts) > 100 {
		t.Errorf("%d texts of one kernel", len(r.Texts))
	}
}

// TestEndlessNesting: archives can hold themselves, or seem to archives that hold themselves (Russ Cox, "Zip Files All The Way
// Down", 2010). Ours holds its twin: what matters is that depth ends it.
func TestEndlessNesting(t *testing.T) {
	gz, z := []byte("core\n"), []byte("core\n")
	for range 200 {
		gz, z = gzipOf(gz), zipOf(stored{"a.zip", z})
	}
	wantReason(t, defused(t, "a.gz", gz), TooDeep)
	wantReason(t, defused(t, "a.zip", z), TooDeep)
}

// TestClaims: what headers claim is not allocated.
func TestClaims(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(0, w.WriteHeader(&tar.Header{Name: "huge", Size: 1 << 40, Mode: 0o600}))
	must(w.Write([]byte("password: hunter2\n")))
	sizes := rawZip([]*zip.FileHeader{{Name: "a", Method: zip.Deflate}}, []byte("\x4b\x04\x00"))
	at := bytes.Index(sizes, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(sizes[at+24:], 0xfffffff0)
	for name, data := range map[string][]byte{"a.tar": b.Bytes(), "a.zip": sizes, "a.lzma": lzmaClaim(1 << 31), "a.xz": xzClaim(40), "b.xz": xzClaim(39), "a.zst": zstdClaim(17)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := attached(name, data)
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 10 {
			t.Errorf("%s: %d MiB allocated", name, got)
		}
		if body := strings.Join(slices.Collect(maps.Values(bodies(r))), ""); name != "a.zip" && body != "password: hunter2\n" {
			t.Errorf("%s: what is there is searched: %q, skips %v", name, body, r.Skips)
		}
		// A window that is never filled is no loss; content that is missing is.
		if claimsContent := name == "a.tar" || name == "a.zip"; claimsContent != (len(r.Skips) > 0) {
			t.Errorf("%s: skips %v", name, r.Skips)
		}
	}
}

// xzClaim is an xz file whose block asks for the dictionary of that code: 39 is 3
// GiB, 40 is 4 GiB (xz file format, section 5.3.1).
func xzClaim(code byte) []byte {
	data := xzOf([]byte("password: hunter2\n"))
	block := data[12:]
	size := 4 * (int(block[0]) + 1)
	at := bytes.Index(block[:size], []byte{0x21, 1})
	block[at+2] = code
	binary.LittleEndian.PutUint32(block[size-4:], crc32.ChecksumIEEE(block[:size-4]))
	return data
}

// zstdClaim is a zst file whose frame asks for a window of 1 KiB << exponent (RFC
// 8878 section 3.1.1.1.2).
func zstdClaim(exponent byte) []byte {
	text := []byte("password: hunter2\n")
	frame := append([]byte("\x28\xb5\x2f\xfd\x00"), exponent<<3, byte(len(text)<<3|1), 0, 0) // one raw block, the last
	return append(frame, text...)
}

// TestManyWindows: what thousands of streams claim is not allocated; what a later
// block claims is allocated once.
func TestManyWindows(t *testing.T) {
	const n = 3000
	for name, data := range map[string][]byte{
		"xz": xzClaim(28), "lzma": lzmaClaim(64 << 20), "zst": zstdClaim(16), // 64 MiB
		"twice.xz": append(xzOf([]byte("password: hunter2\n")), xzClaim(22)...), "twice.zst": append(zstdClaim(0), zstdClaim(14)...), // 8, 16 MiB
	} {
		var files []stored
		for i := range n {
			files = append(files, stored{fmt.Sprint(i, ".", name), data})
		}
		var before, after runtime.MemStats
		archive := zipOf(files...)
		runtime.ReadMemStats(&before)
		r := attached("a.zip", archive)
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > n {
			t.Errorf("%s: %d MiB allocated, more than one for each of %d streams", name, got, n)
		}
		if got := bodies(r); len(got) != n || len(r.Skips) > 0 {
			t.Errorf("%s: %d texts, skips %v", name, len(got), r.Skips)
		}
	}
}

// TestWindowBeyondTheBudget: a block that really needs a larger window is a Skip,
// and what came before it is searched.
func TestWindowBeyondTheBudget(t *testing.T) {
	for name, data := range map[string][]byte{
		"a.xz": append(xzOf([]byte("before\n")), xzClaim(30)...), "a.zst": append(zstdClaim(0), zstdClaim(20)...),
	} {
		r := attached(name, data)
		if !strings.Contains(bodies(r)["2/"+name+"!a"], "\n") {
			t.Errorf("%s: %v", name, bodies(r))
		}
		wantSkips(t, r, "2/"+name+"!a: oversized")
	}
}

func lzmaClaim(dictionary uint32) []byte {
	data := lzmaOf([]byte("password: hunter2\n"))
	binary.LittleEndian.PutUint32(data[1:], dictionary)
	return data
}

func TestHostileSheets(t *testing.T) {
	var rows strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&rows, `<c t="s"><v>%d</v></c>`, i%2)
	}
	sheet := `<worksheet><sheetData><row>` + rows.String() + `</row></sheetData></worksheet>`
	long := strings.Repeat("0123456789abcdef", 2048)
	r := defused(t, "a.xlsx", officeOf("xl/sharedStrings.xml", `<sst><si><t>`+long+`</t></si><si><t>`+long+`</t></si></sst>`, "xl/worksheets/sheet1.xml", sheet))
	wantReason(t, r, Oversized)

	r = defused(t, "b.xlsx", officeOf("xl/sharedStrings.xml", `<sst><si><t>a</t></si><si><t>b</t></si></sst>`, "xl/worksheets/sheet1.xml", strings.Replace(sheet, "<row>", `<row r="1048576">`, 1)))
	wantSkips(t, r) // large, but honest

	var far strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&far, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, 1048576-i, 1048576-i)
	}
	defused(t, "c.xlsx", officeOf("xl/worksheets/sheet1.xml", `<worksheet>`+far.String()+`</worksheet>`))
}

func TestHostileXML(t *testing.T) {
	const n = 1_000_000
	for name, body := range map[string]string{
		"nested":     strings.Repeat("<w:p>", n) + "<w:t>pw: hunter2</w:t>" + strings.Repeat("</w:p>", n),
		"boxes":      strings.Repeat("<w:txbxContent>", n),
		"ended":      strings.Repeat("</w:del></w:ins></mc:Fallback></w:tc></w:tr>", n/5),
		"attributes": "<w:p " + strings.Repeat("a ", 8*n) + "><w:t>x</w:t>",
		"quoted":     "<w:p " + strings.Repeat(`a=">" `, 3*n) + ">",
		"entities":   `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + strings.Repeat("<w:p><w:t>&b;</w:t></w:p>", 1000),
		"one word":   "<w:p><w:t>" + strings.Repeat("x", 8*n) + "</w:t></w:p>",
		"changes":    "<w:p>" + strings.Repeat("<w:del><w:t>x</w:t></w:del>", n/3) + "</w:p>",
	} {
		t.Run(name, func(t *testing.T) {
			r := defused(t, "a.docx", wordOf(body))
			if name == "nested" && !strings.Contains(bodies(r)["2/a.docx!word/document.xml"], "pw: hunter2") {
				t.Error("the text within is not found")
			}
		})
	}
	r := defused(t, "b.docx", officeOf("word/document.xml", "<w:document/>", "customXml/item1.xml", "<a>"+strings.Repeat(`<b k="some words"/>`, n)+"</a>"))
	if got := ofView(r, Markup)["2/b.docx!customXml/item1.xml"]; len(got) > 100 {
		t.Errorf("a line that repeats is there once, not in %d bytes", len(got))
	}
}

// TestCancelledInFiles: the end of the context ends the walk, inside of any format.
func TestCancelledInFiles(t *testing.T) {
	text := []byte(strings.Repeat("some text ", 1000))
	for name, data := range map[string][]byte{
		"a.zip": zipOf(stored{"a", text}, stored{"b", text}), "a.tar.gz": gzipOf(tarOf(stored{"a", text})),
		"a.xz": xzOf(text), "a.zst": zstdOf(text), "a.docx": wordOf("<w:p/>"),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		w := &walker{ctx: ctx, b: NewBudget(DefaultLimits(), int64(len(data)))}
		cancel()
		w.archive(node{path: "2/" + name, name: name, data: data}, kindOf(node{data: data}))
		if w.err != context.Canceled || len(w.out.Skips) > 0 {
			t.Errorf("%s: error %v, skips %v", name, w.err, w.out.Skips)
		}
	}
}

func TestOutOfTime(t *testing.T) {
	lim := DefaultLimits()
	lim.Time = -time.Second
	for name, data := range map[string][]byte{"a.zip": zipOf(stored{"a", []byte("x")}), "a.gz": gzipOf([]byte("x")), "a.docx": wordOf("<w:p/>"), "a.xz": xzOf([]byte("x"))} {
		w := &walker{ctx: t.Context(), b: NewBudget(lim, -1)}
		w.archive(node{path: "2/" + name, name: name, data: data}, kindOf(node{data: data}))
		if !hasReason(w.out, TimeLimit) || w.err != nil {
			t.Errorf("%s: skips %v, error %v", name, w.out.Skips, w.err)
		}
	}
}

// TestOutOfTimeSaysWhere: when the time is up, the Skips name what was not searched.
func TestOutOfTimeSaysWhere(t *testing.T) {
	w := &walker{ctx: t.Context(), b: NewBudget(DefaultLimits(), -1)}
	w.b.deadline = time.Time{}
	if !w.spent("2/a.zip!b.txt") || !slices.Equal(w.out.Skips, []Skip{{Path: "2/a.zip!b.txt", Reason: TimeLimit, Detail: andThoseAfter}}) {
		t.Errorf("skips %v", w.out.Skips)
	}
	lim := DefaultLimits()
	lim.Time = -time.Second
	raw := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 1000)
	m := MIME(t.Context(), []byte(raw), NewBudget(lim, -1))
	if len(m.Parts) == 0 || len(m.Skips) != 1 || m.Skips[0] != (Skip{Path: fmt.Sprint(len(m.Parts) + 1), Reason: TimeLimit, Detail: andThoseAfter}) {
		t.Errorf("%d parts, skips %v", len(m.Parts), m.Skips)
	}
	res, err := Decode(t.Context(), m, NewBudget(lim, -1))
	if err != nil || len(res.Skips) != 1+len(m.Parts) || res.Skips[1].Path != "1" {
		t.Errorf("error %v, %d skips for %d parts", err, len(res.Skips), len(m.Parts))
	}
}
