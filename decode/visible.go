package decode

import "strings"

// visible is s as a reader takes it: characters that nobody sees are left out, so
// that they cannot part a token, and every kind of space is an ordinary one. No
// line begins or ends: U+2028 and its like become spaces, too.
func visible(s string) string {
	i := firstUnseen(s, 0)
	if i < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	begin := 0
	for ; i >= 0; i = firstUnseen(s, i) {
		out.WriteString(s[begin:i])
		n, kind := lookAt(s[i:])
		if kind != charUnseen {
			out.WriteByte(' ')
		}
		i += n
		begin = i
	}
	out.WriteString(s[begin:])
	return out.String()
}

// firstUnseen gives the offset of the first character from at that is not seen as
// it stands, or is a space other than ASCII's; -1 when there is none.
func firstUnseen(s string, at int) int {
	if at == 0 && isASCII(s) {
		return -1
	}
	for at < len(s) {
		if byteClass[s[at]] != leadByte {
			at++
			continue
		}
		n, kind := lookAt(s[at:])
		if kind != charSeen {
			return at
		}
		at += n
	}
	return -1
}
