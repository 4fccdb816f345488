package decode

import (
	"encoding/base64"
	"encoding/binary"
)

// mashup opens what Power Query keeps in a workbook: its queries, with whatever
// people wrote into them, in a zip archive in base64 ([MS-QDEFF] section 2.2).
func (o *office) mashup(c node) {
	v := &xmlText{}
	o.broken(c, o.w.xml(c.data, v))
	data, err := o.w.b.read(o.w.ctx, base64.NewDecoder(base64.RawStdEncoding, &base64Text{s: string(v.text)}), -1, int64(len(v.text)))
	o.w.fault(c.path, err)
	if o.w.err != nil {
		return
	}
	if len(data) < 4 {
		o.w.skip(c.path, Damaged, "Power Query: too short")
		return
	}
	rest := data[4:] // the version
	for _, name := range []string{"queries", "permissions", "metadata"} {
		var piece []byte
		if piece, rest = sized(rest); piece == nil {
			o.w.skip(c.path, Damaged, "Power Query: "+name)
			o.w.open(c.child("rest", rest))
			return
		}
		if name == "metadata" && len(piece) > 4 {
			piece, _ = sized(piece[4:]) // its own version; what follows is a cache
		}
		if len(piece) > 0 && o.w.err == nil {
			o.w.open(c.child(name, piece))
		}
	}
}

// sized cuts a piece that follows its length; nil when it is not all there.
func sized(d []byte) (piece, rest []byte) {
	if len(d) < 4 {
		return nil, d
	}
	n := int64(binary.LittleEndian.Uint32(d))
	if n > int64(len(d)-4) {
		return nil, d[4:]
	}
	return d[4 : 4+n : 4+n], d[4+n:]
}
