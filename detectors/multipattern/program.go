package multipattern

import (
	"math/bits"
	"regexp/syntax"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
)

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(b byte)     { s[b>>6] |= 1 << (b & 63) }
func (s byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }
func (s *byteSet) union(o byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// any reports whether one of the bytes from lo to hi is in s.
func (s byteSet) any(lo, hi byte) bool {
	for b := int(lo); b <= int(hi); b++ {
		if s.has(byte(b)) {
			return true
		}
	}
	return false
}

// all is the set of all bytes.
func all() byteSet { return byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)} }

type op uint8

const (
	opRead op = iota // a byte of sets[set]
	opSplit
	opSkip  // reads nothing
	opEnd   // of the text
	opMatch // the pattern has matched
	opFail
)

type instruction struct {
	op        op
	set       int // of program.sets
	out, also int
}

// program is a pattern for bytes. It matches wherever the pattern does, and in some
// more places: word boundaries and line ends are taken as given, and of characters
// beyond ASCII the first byte decides. What it says is checked by the pattern itself.
type program struct {
	code    []instruction
	start   int
	marks   []int // where to go on behind a marked part
	sets    []byteSet
	class   [256]uint8 // bytes of one class are in the same sets
	sample  []byte     // one byte of each class
	classes int
}

func newProgram(re *syntax.Regexp) *program {
	prog, _ := syntax.Compile(re.Simplify()) // never fails: what was parsed can be compiled
	p := &program{start: prog.Start}
	known := map[byteSet]int{}
	read := map[reads]int{} // repeats are written out: many instructions read the same
	for _, i := range prog.Inst {
		in := instruction{out: int(i.Out), also: int(i.Arg)}
		switch i.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			in.op = opSplit
		case syntax.InstCapture:
			in.op = opSkip
			if i.Arg == 2*mark+1 {
				p.marks = append(p.marks, int(i.Out))
			}
		case syntax.InstNop:
			in.op = opSkip
		case syntax.InstEmptyWidth:
			in.op = opSkip
			if syntax.EmptyOp(i.Arg)&syntax.EmptyEndText != 0 {
				in.op = opEnd
			}
		case syntax.InstMatch:
			in.op = opMatch
		case syntax.InstFail:
			in.op = opFail
		default:
			r := reads{op: i.Op, arg: i.Arg}
			if len(i.Rune) > 0 {
				r.runes, r.n = &i.Rune[0], len(i.Rune)
			}
			n, ok := read[r]
			if !ok {
				s := firstBytes(&i)
				if n, ok = known[s]; !ok {
					n = len(p.sets)
					known[s] = n
					p.sets = append(p.sets, s)
				}
				read[r] = n
			}
			in.op, in.set = opRead, n
		}
		p.code = append(p.code, in)
	}
	p.classify()
	return p
}

// reads is what an instruction reads.
type reads struct {
	op    syntax.InstOp
	arg   uint32
	runes *rune
	n     int
}

// firstBytes are the bytes that what the instruction matches can begin with, in UTF-8.
// Bytes that are no UTF-8 read as U+FFFD each, like in package regexp.
func firstBytes(i *syntax.Inst) (s byteSet) {
	for lo, hi := range lazydfa.Ranges(i) {
		for c := lo; c <= min(hi, utf8.RuneSelf-1); c++ {
			s.add(byte(c))
		}
		if hi < utf8.RuneSelf {
			continue
		}
		first := utf8.AppendRune(nil, max(lo, utf8.RuneSelf))[0]
		last := utf8.AppendRune(nil, hi)[0]
		if lo <= utf8.RuneError && utf8.RuneError <= hi {
			first, last = utf8.RuneSelf, 255
		}
		for b := int(first); b <= int(last); b++ {
			s.add(byte(b))
		}
	}
	return s
}

// classify sorts the bytes by the sets that they are in. Bytes that go on with a
// character have classes of their own.
func (p *program) classify() {
	var class [256]int
	n := 1
	split := func(in func(b byte) bool) {
		moved := map[int]int{}
		for b := range 256 {
			if !in(byte(b)) {
				continue
			}
			to, ok := moved[class[b]]
			if !ok {
				to = n
				moved[class[b]] = to
				n++
			}
			class[b] = to
		}
	}
	split(goesOn)
	for _, s := range p.sets {
		split(s.has)
	}
	number := map[int]uint8{} // some have lost all their bytes
	for b, c := range class {
		if _, ok := number[c]; !ok {
			number[c] = uint8(len(p.sample))
			p.sample = append(p.sample, byte(b))
		}
		p.class[b] = number[c]
	}
	p.classes = len(p.sample)
}

// goesOn reports a byte that is not the first of its character (RFC 3629, section 3).
func goesOn(b byte) bool { return b&0xc0 == 0x80 }

// bitset is a set of instructions, by their number.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (s bitset) has(i int) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s bitset) add(i int)      { s[i>>6] |= 1 << (i & 63) }
func (s bitset) remove(i int)   { s[i>>6] &^= 1 << (i & 63) }

// each yields the members in order.
func (s bitset) each(yield func(int) bool) {
	for w, word := range s {
		for word != 0 {
			if !yield(w<<6 + bits.TrailingZeros64(word)) {
				return
			}
			word &= word - 1
		}
	}
}

// reach adds what can be got at from pc without reading. What is behind the end of
// the text is reached only where ended says that this is it.
func (p *program) reach(set bitset, pc int, ended bool) {
	stack := []int{pc}
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if set.has(pc) {
			continue
		}
		set.add(pc)
		switch in := p.code[pc]; in.op {
		case opSplit:
			stack = append(stack, in.also, in.out)
		case opSkip:
			stack = append(stack, in.out)
		case opEnd:
			if ended {
				stack = append(stack, in.out)
			}
		}
	}
}
