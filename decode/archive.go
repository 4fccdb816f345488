package decode

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// archive handles every kind that is not text or mail: it opens what holds other
// files, hands containers of keys on, and records why the rest was not searched.
func (w *walker) archive(n node, k kind) {
	switch k {
	case kindKeyFile:
		w.keyFile(n)
		return
	case kindEncryptedOffice, kindEncryptedPGP, kindEncryptedKey:
		w.skip(n.path, Encrypted, string(k))
		return
	}
	read := map[kind]func(node){
		kindZip: w.zip, kindTar: w.tar,
		kindGzip: w.gzip, kindBzip2: w.bzip2, kindXZ: w.xz, kindLZMA: w.lzma, kindZstd: w.zstd,
	}[k]
	switch {
	case read == nil:
		w.skip(n.path, Unsupported, string(k))
	case n.depth >= w.b.lim.Depth: // asked here, so that nothing is unpacked in vain
		w.skip(n.path, TooDeep, "what lies inside")
	default:
		before := len(w.out.Texts) + len(w.out.Files) + len(w.out.Skips)
		if read(n); len(w.out.Texts)+len(w.out.Files)+len(w.out.Skips) == before {
			w.text(n, Body, "") // empty, and looked at
		}
	}
}

// unpack reads the entry c of an archive from r and opens it; packed is the size
// of the compressed stream, size what the archive says of the content, -1 when it
// says nothing. What a damaged or oversized entry gives is searched
// too. It reports whether it makes sense to go on with the next entry.
func (w *walker) unpack(c node, r io.Reader, packed, size int64) bool {
	data, err := w.b.read(w.ctx, &patient{w, r}, packed, size)
	w.fault(c.path, windowFault(err))
	if err != nil && len(data) == 0 {
		w.b.parts++ // it was looked at, whatever came of it
	} else {
		c.data = data
		w.open(c)
	}
	return w.err == nil && !errors.Is(err, errOversized) && !errors.Is(err, errOverlap)
}

// spent reports whether nothing more can be opened of an archive, and records why:
// once, for the entry at path and all that follow. path is that of the archive
// itself where the entry is not known yet.
func (w *walker) spent(path string) bool {
	if w.err != nil {
		return true
	}
	if w.b.parts >= w.b.lim.Parts {
		return !w.enter(path, 0)
	}
	err := w.b.late(w.ctx)
	if err == nil || w.ctx.Err() != nil {
		return !w.fault(path, err)
	}
	w.skip(path, TimeLimit, andThoseAfter)
	return true
}

// patient is a reader that fails once the time is up. It stands beneath
// decompressors, which can read a lot without giving anything.
type patient struct {
	w *walker
	r io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.w.b.late(p.w.ctx); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// head records a text that an archive holds beside its entries: a name, a
// comment, the target of a link. Passwords are written there.
func (w *walker) head(path, s string) {
	if s = strings.TrimSpace(s); s != "" {
		w.say(Text{Path: path, View: Head, Body: strings.ToValidUTF8(s, "\ufffd")})
	}
}

// entry is the node of the entry called name, its content not yet read. The name
// is searched whole; in paths, which are built up of names, it is cut.
func (w *walker) entry(n node, name string) node {
	c := n.child(shortened(name), nil)
	w.head(c.path, plain(name))
	return c
}

const maxName = 512

func shortened(name string) string {
	if len(name) <= maxName {
		return name
	}
	return "…" + strings.ToValidUTF8(name[len(name)-maxName:], "")
}

// nameText is a file name of unknown charset as UTF-8. Archives made in Japan hold
// Shift JIS; other old ones the code page of DOS (APPNOTE appendix D), in which
// every byte has a meaning.
func nameText(raw string) string {
	if utf8.ValidString(raw) {
		return raw
	}
	if s, err := japanese.ShiftJIS.NewDecoder().String(raw); err == nil && hasKana(s) {
		return s
	}
	s, err := charmap.CodePage437.NewDecoder().String(raw)
	if err != nil {
		return strings.ToValidUTF8(raw, "\ufffd")
	}
	return s
}

func hasKana(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError {
			return false
		}
	}
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x3041 && r <= 0x30fe || r >= 0x4e00 && r <= 0x9fff })
}
