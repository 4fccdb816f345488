package multipattern

import "slices"

// occurrence says what a word, where it occurs in a text, means for one pattern.
type occurrence struct {
	pattern int
	word    string // as it has to be written; "" when case does not matter
	size    int    // of the word, in bytes
	// spelt is the word in lower case, where its bytes share their classes with others.
	spelt string
	// gate says that the word is one of the pattern's own; scan, that it is then looked for
	// from the first byte on; anchor, that a match may be there.
	gate, scan, anchor bool
	// next holds the bytes that may follow when a match is there.
	next byteSet
}

// at reports whether the word ends at a place that its classes end at.
func (o *occurrence) at(text string, end int) bool {
	for i := range len(o.spelt) {
		if lower(text[end-len(o.spelt)+i]) != o.spelt[i] {
			return false
		}
	}
	return true
}

// automaton finds all words in a text in one pass, whatever the case of their ASCII
// letters: Aho and Corasick, "Efficient string matching", CACM 18(6), 1975, with all
// transitions computed. It is immutable.
type automaton struct {
	class [256]uint8 // of a byte; upper case has the class of lower case
	// next is the table of transitions: state * row + column of a class → state. A row has
	// the common classes and is a line of the processor's cache; those of the others are
	// behind all of these. The table has its greatest length, of which only what is used
	// takes memory, so that no index needs a check.
	next   *[entries]uint16
	column [256]uint32 // of a byte's class
	first  uint16      // states from this one on have occurrences
	occurs [][]occurrence
	depth  []int32 // of a state: so many bytes of the text it knows
}

const (
	// maxStates bounds the automaton: its table is 8 MB at most.
	maxStates = 1 << 16
	classes   = 2 * row
	row       = 32
	entries   = maxStates * classes
	// plain is how many of the bytes of words have a class for themselves, and 0 is that of
	// bytes in none. The others share what is left.
	plain = 48
)

// common are bytes in the order of how often text has them. Those that begin a row of
// the table are in one line of the processor's cache, which is all that most texts ask of
// most rows.
const common = " etaoinsrhldcumfpgwybvk.,\n-'/x:jqz0123456789=_"

type trieNode struct {
	child map[uint8]int // by class
	fail  int
	depth int32
	ends  []occurrence
}

// newAutomaton builds the automaton of words, each with what it means. ok is false
// when there are too many.
func newAutomaton(words map[string][]occurrence) (a *automaton, ok bool) {
	a = &automaton{next: new([entries]uint16)}
	shared := a.classify(words)
	nodes := []trieNode{{child: map[uint8]int{}}}
	for _, w := range sortedKeys(words) {
		at := 0
		for i := range len(w) {
			c := a.class[w[i]]
			to, known := nodes[at].child[c]
			if !known {
				to = len(nodes)
				nodes = append(nodes, trieNode{child: map[uint8]int{}, depth: int32(i) + 1})
				nodes[at].child[c] = to
			}
			at = to
		}
		nodes[at].ends = append(nodes[at].ends, spelt(w, words[w], shared)...)
	}
	if len(nodes) >= maxStates {
		return nil, false
	}
	order := fail(nodes)
	// States with occurrences come last: one comparison tells them from the others.
	number := make([]uint16, len(nodes))
	slices.SortStableFunc(order, func(x, y int) int { return min(len(nodes[x].ends), 1) - min(len(nodes[y].ends), 1) })
	for i, n := range order {
		number[n] = uint16(i)
		a.occurs, a.depth = append(a.occurs, nodes[n].ends), append(a.depth, nodes[n].depth)
		if len(nodes[n].ends) == 0 {
			a.first = uint16(i + 1)
		}
	}
	a.fill(nodes, number)
	return a, true
}

// fail computes the failure links, hands occurrences down them, and gives the nodes in
// the order of their depth, the root first.
func fail(nodes []trieNode) (order []int) {
	order = []int{0}
	for i := 0; i < len(order); i++ {
		n := order[i]
		for _, c := range sortedKeys(nodes[n].child) {
			to := nodes[n].child[c]
			if n != 0 {
				nodes[to].fail = step(nodes, nodes[n].fail, c)
			}
			nodes[to].ends = append(slices.Clip(nodes[to].ends), nodes[nodes[to].fail].ends...)
			order = append(order, to)
		}
	}
	return order
}

func step(nodes []trieNode, n int, c uint8) int {
	for {
		if to, ok := nodes[n].child[c]; ok {
			return to
		}
		if n == 0 {
			return 0
		}
		n = nodes[n].fail
	}
}

// fill computes the transitions: those of a node are those of the node that it fails
// to, but for its own children.
func (a *automaton) fill(nodes []trieNode, number []uint16) {
	depth := []int{0}
	for i := 0; i < len(depth); i++ {
		n := depth[i]
		for class := range uint8(classes) {
			to, own := nodes[n].child[class]
			switch at := &a.next[int(number[n])*row+column(class)]; {
			case own:
				*at = number[to]
				depth = append(depth, to)
			case n != 0:
				*at = a.next[int(number[nodes[n].fail])*row+column(class)]
			}
		}
	}
}

// column is where the transitions of a class are.
func column(class uint8) int { return int(class)/row*maxStates*row + int(class)%row }

// classify gives each byte of the words its class, the most common ones first, and tells
// which of them share theirs with others.
func (a *automaton) classify(words map[string][]occurrence) (shared byteSet) {
	var used byteSet
	for w := range words {
		for i := range len(w) {
			used.add(w[i])
		}
	}
	n := 0
	add := func(c byte) {
		if !used.has(c) || a.class[c] != 0 {
			return
		}
		if n++; n < plain {
			a.class[c] = uint8(n)
			return
		}
		a.class[c] = plain + c%(classes-plain)
		shared.add(c)
	}
	for i := range len(common) {
		add(common[i])
	}
	for c := range len(a.class) {
		add(byte(c))
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[lower(c)]
	}
	for c, class := range a.class {
		a.column[c] = uint32(column(class))
	}
	return shared
}

// spelt notes the word itself where its classes do not tell it from others.
func spelt(word string, all []occurrence, shared byteSet) []occurrence {
	if !slices.ContainsFunc([]byte(word), shared.has) {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].spelt = word
	}
	return all
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
