package lazydfa

import "math/bits"

type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (s bitset) has(i uint32) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s bitset) add(i uint32)      { s[i>>6] |= 1 << (i & 63) }

// each yields the members in order.
func (s bitset) each(yield func(uint32) bool) {
	for w, word := range s {
		for word != 0 {
			if !yield(uint32(w<<6 + bits.TrailingZeros64(word))) {
				return
			}
			word &= word - 1
		}
	}
}
