package multipattern

import "slices"

// occurrence says what a word, where it occurs in a text, means for one pattern.
type occurrence struct {
	pattern int
	word    string // as it has to be written; "" when case does not matter
	size    int    // of the word, in bytes
	// gate says that the word is one of the pattern's own; anchor, that a match may
	// be there.
	gate, anchor bool
	// next holds the bytes that may follow when a match is there.
	next byteSet
}

// automaton finds all words in a text in one pass, whatever the case of their ASCII
// letters: Aho and Corasick, "Efficient string matching", CACM 18(6), 1975, with all
// transitions computed. It is immutable.
type automaton struct {
	class [256]uint8 // of a byte; upper case has the class of lower case
	// next is the table for the common classes: state * commonClasses + class → state.
	// Its rows are kept short because texts want many of them at hand; rare is that for
	// the other classes.
	next, rare  []uint16
	rareClasses int
	first       uint16 // states from this one on have occurrences
	occurs      [][]occurrence
	// longest is the length of the longest word: a state knows so much of the text.
	longest int
}

const (
	// maxStates bounds the automaton: tables of this many rows are 32 MB at most.
	maxStates = 1 << 16
	// commonClasses is how many classes of bytes have their transitions together.
	commonClasses = 64
)

// common are bytes in the order of how often text has them. Those that begin a row of
// the table are in one line of the processor's cache, which is all that most texts ask of
// most rows.
const common = " etaoinsrhldcumfpgwybvk.,\n-'/x:jqz0123456789=_"

type trieNode struct {
	child map[byte]int
	fail  int
	ends  []occurrence
}

// newAutomaton builds the automaton of words, each with what it means. ok is false
// when there are too many.
func newAutomaton(words map[string][]occurrence) (a *automaton, ok bool) {
	a = &automaton{}
	nodes := []trieNode{{child: map[byte]int{}}}
	for _, w := range sortedKeys(words) {
		at := 0
		a.longest = max(a.longest, len(w))
		for i := range len(w) {
			c := lower(w[i])
			to, known := nodes[at].child[c]
			if !known {
				to = len(nodes)
				nodes = append(nodes, trieNode{child: map[byte]int{}})
				nodes[at].child[c] = to
			}
			at = to
		}
		nodes[at].ends = append(nodes[at].ends, words[w]...)
	}
	if len(nodes) >= maxStates {
		return nil, false
	}
	order := fail(nodes)
	classes := a.classify(nodes)
	a.rareClasses = max(0, classes-commonClasses)
	// States with occurrences come last: one comparison tells them from the others.
	number := make([]uint16, len(nodes))
	slices.SortStableFunc(order, func(x, y int) int { return min(len(nodes[x].ends), 1) - min(len(nodes[y].ends), 1) })
	for i, n := range order {
		number[n] = uint16(i)
		a.occurs = append(a.occurs, nodes[n].ends)
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

func step(nodes []trieNode, n int, c byte) int {
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
	a.next = make([]uint16, len(nodes)*commonClasses)
	a.rare = make([]uint16, len(nodes)*a.rareClasses)
	row := func(n int) (common, rare []uint16) {
		at := int(number[n])
		return a.next[at*commonClasses:][:commonClasses], a.rare[at*a.rareClasses:][:a.rareClasses]
	}
	depth := []int{0}
	for i := 0; i < len(depth); i++ {
		n := depth[i]
		common, rare := row(n)
		if n != 0 {
			failed, failedRare := row(nodes[n].fail)
			copy(common, failed)
			copy(rare, failedRare)
		}
		for c, to := range nodes[n].child {
			if class := int(a.class[c]); class < commonClasses {
				common[class] = number[to]
			} else {
				rare[class-commonClasses] = number[to]
			}
			depth = append(depth, to)
		}
	}
}

// classify gives each byte of the words a class of its own, the most common ones first,
// and all others class 0.
func (a *automaton) classify(nodes []trieNode) (classes int) {
	var used [256]bool
	for _, n := range nodes {
		for c := range n.child {
			used[c] = true
		}
	}
	classes = 1
	add := func(c byte) {
		if used[c] && a.class[c] == 0 {
			a.class[c] = uint8(classes)
			classes++
		}
	}
	for i := range len(common) {
		add(common[i])
	}
	for c := range used {
		add(byte(c))
	}
	for c := byte('A'); c <= 'Z'; c++ {
		a.class[c] = a.class[lower(c)]
	}
	return classes
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
