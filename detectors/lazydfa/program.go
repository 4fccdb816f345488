package lazydfa

import (
	"iter"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// program is an expression as package regexp runs it, with characters sorted into classes
// that it does not tell apart.
type program struct {
	code  []syntax.Inst
	start uint32
	// anchored says that it matches nowhere but at the beginning of a text.
	anchored bool
	// into are, by instruction, those that lead to it.
	into [][]uint32
	// reads are, by instruction, the classes that it reads; nil for those that read nothing.
	reads []bitset
	// ascii and above give the class of a character.
	ascii [utf8.RuneSelf]uint16
	above []stretch
	// before and behind give, by class, what assertions want to know of a character that
	// stands before a place or behind it.
	before, behind []kind
	classes        int // the last one is edge
	edge           uint16
}

// stretch is a run of characters of one class, up to the next stretch.
type stretch struct {
	from  rune
	class uint16
}

// kind is what assertions want to know of a character: that there is none, that it is a
// line end, or one of a word.
type kind uint8

const (
	none kind = iota
	lineEnd
	ofWord
	other
	kinds
)

// holds are the assertions that hold between characters of two kinds.
var holds = func() (all [kinds][kinds]syntax.EmptyOp) {
	example := [kinds]rune{-1, '\n', 'a', '.'}
	for x := range kinds {
		for y := range kinds {
			all[x][y] = syntax.EmptyOpContext(example[x], example[y])
		}
	}
	return all
}()

func newProgram(re *syntax.Regexp) (*program, error) {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	p := &program{
		code: prog.Inst, start: uint32(prog.Start), anchored: prog.StartCond()&syntax.EmptyBeginText != 0,
		into: make([][]uint32, len(prog.Inst)), reads: make([]bitset, len(prog.Inst)),
	}
	var asserted syntax.EmptyOp
	for pc := range p.code {
		in := &p.code[pc]
		switch in.Op {
		case syntax.InstMatch, syntax.InstFail:
			continue
		case syntax.InstAlt, syntax.InstAltMatch:
			p.into[in.Arg] = append(p.into[in.Arg], uint32(pc))
		case syntax.InstEmptyWidth:
			asserted |= syntax.EmptyOp(in.Arg)
		}
		p.into[in.Out] = append(p.into[in.Out], uint32(pc))
	}
	p.classify(asserted)
	return p, nil
}

// reading tells an instruction that reads from one that reads something else. Repeats are
// written out: many read the same.
type reading struct {
	op    syntax.InstOp
	arg   uint32
	runes *rune
	n     int
}

// classify sorts the characters by which instructions read them, and by what assertions
// want to know of them.
func (p *program) classify(asserted syntax.EmptyOp) {
	readings := map[reading][]uint32{}
	var order []reading
	for pc := range p.code {
		in := &p.code[pc]
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			r := reading{op: in.Op, arg: in.Arg}
			if len(in.Rune) > 0 {
				r.runes, r.n = &in.Rune[0], len(in.Rune)
			}
			if readings[r] == nil {
				order = append(order, r)
			}
			readings[r] = append(readings[r], uint32(pc))
		}
	}
	word, line := asserted&(syntax.EmptyWordBoundary|syntax.EmptyNoWordBoundary) != 0, asserted&(syntax.EmptyBeginLine|syntax.EmptyEndLine) != 0
	var sets [][]rune // of pairs
	for _, r := range order {
		sets = append(sets, slices.Collect(ends(Ranges(&p.code[readings[r][0]]))))
	}
	sets = append(sets, []rune{'\n', '\n'}, []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'})
	pieces, class, classes := partition(sets, len(sets)-2, word, line)
	p.classes, p.edge = classes+1, uint16(classes)
	for i, from := range pieces {
		p.above = append(p.above, stretch{from, class[i]})
	}
	for c := range p.ascii {
		p.ascii[c] = p.search(rune(c))
	}
	p.before, p.behind = make([]kind, p.classes), make([]kind, p.classes)
	for i, from := range pieces {
		k := other
		switch {
		case line && from == '\n':
			k = lineEnd
		case word && syntax.IsWordChar(from):
			k = ofWord
		}
		p.before[class[i]], p.behind[class[i]] = k, k
	}
	if asserted&^(syntax.EmptyEndText|syntax.EmptyEndLine) == 0 {
		p.before[p.edge] = other // nobody asks what stands before
	}
	if asserted&^(syntax.EmptyBeginText|syntax.EmptyBeginLine) == 0 {
		p.behind[p.edge] = other
	}
	for i, r := range order {
		reads := newBitset(p.classes)
		for pair := range slices.Chunk(sets[i], 2) {
			at, _ := slices.BinarySearch(pieces, pair[0])
			for ; at < len(pieces) && pieces[at] <= pair[1]; at++ {
				reads.add(uint32(class[at]))
			}
		}
		for _, pc := range readings[r] {
			p.reads[pc] = reads
		}
	}
}

// partition cuts the characters into pieces none of which a set has a part of, and gives
// pieces that are in the same sets the same class. Of the sets from plain on, the first is
// looked at for lines and the second for words.
func partition(sets [][]rune, plain int, word, line bool) (pieces []rune, class []uint16, classes int) {
	if !line {
		sets = slices.Concat(sets[:plain], sets[plain+1:])
	}
	if !word {
		sets = sets[:len(sets)-1]
	}
	pieces = []rune{0}
	for _, s := range sets {
		for pair := range slices.Chunk(s, 2) {
			pieces = append(pieces, pair[0], pair[1]+1)
		}
	}
	slices.Sort(pieces)
	pieces = slices.Compact(pieces)
	class, classes = make([]uint16, len(pieces)), 1
	for _, s := range sets {
		moved := map[uint16]uint16{}
		last := -1
		for pair := range slices.Chunk(s, 2) {
			at, _ := slices.BinarySearch(pieces, pair[0])
			for at = max(at, last+1); at < len(pieces) && pieces[at] <= pair[1]; at++ {
				to, known := moved[class[at]]
				if !known {
					to = uint16(classes)
					moved[class[at]] = to
					classes++
				}
				class[at], last = to, at
			}
		}
	}
	return pieces, class, classes
}

// class is that of a character.
func (p *program) class(r rune) uint16 {
	if r < utf8.RuneSelf {
		return p.ascii[r]
	}
	return p.search(r)
}

func (p *program) search(r rune) uint16 {
	from, to := 0, len(p.above)
	for from < to {
		if mid := (from + to) / 2; p.above[mid].from <= r {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return p.above[from-1].class
}

// next is the class of the character at a place, and its length; edge at the end.
func (p *program) next(s string, pos int) (class uint16, size int) {
	if pos == len(s) {
		return p.edge, 0
	}
	r, n := utf8.DecodeRuneInString(s[pos:])
	return p.class(r), n
}

// last is the class of the character before a place, and its length; edge at the beginning.
func (p *program) last(s string, pos int) (class uint16, size int) {
	if pos == 0 {
		return p.edge, 0
	}
	r, n := utf8.DecodeLastRuneInString(s[:pos])
	return p.class(r), n
}

// ends yields the first and the last of each range, in the order of their first.
func ends(ranges iter.Seq2[rune, rune]) iter.Seq[rune] {
	var all [][2]rune
	for lo, hi := range ranges {
		all = append(all, [2]rune{lo, hi})
	}
	slices.SortFunc(all, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	return func(yield func(rune) bool) {
		for _, r := range all {
			if !yield(r[0]) || !yield(r[1]) {
				return
			}
		}
	}
}

// Ranges yields ranges that hold all characters that an instruction reads, and no others.
func Ranges(i *syntax.Inst) iter.Seq2[rune, rune] {
	return func(yield func(lo, hi rune) bool) {
		switch {
		case i.Op == syntax.InstRuneAny:
			yield(0, utf8.MaxRune)
		case i.Op == syntax.InstRuneAnyNotNL:
			_ = yield(0, '\n'-1) && yield('\n'+1, utf8.MaxRune)
		case len(i.Rune) == 1:
			for r := i.Rune[0]; yield(r, r) && syntax.Flags(i.Arg)&syntax.FoldCase != 0; {
				if r = unicode.SimpleFold(r); r == i.Rune[0] {
					return
				}
			}
		default:
			for pair := range slices.Chunk(i.Rune, 2) {
				if !yield(pair[0], pair[1]) {
					return
				}
			}
		}
	}
}
