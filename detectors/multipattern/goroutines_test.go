package multipattern

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
)

// TestManyGoroutines: fifty share a set while its states are made, and forgotten
// because only a few are kept; what they find is what each pattern finds.
func TestManyGoroutines(t *testing.T) {
	for _, kept := range []int{2, 60, maxKept} {
		s := newSet(t, patterns...)
		for _, p := range s.patterns {
			if p.forward != nil {
				p.forward.most, p.backward().most = kept, kept
			}
		}
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() {
				rnd := rand.New(rand.NewPCG(uint64(n%10), 8))
				for range 2 {
					text := ruleText(rnd)
					found, err := s.FindAll(t.Context(), text, nil, nil)
					if err != nil {
						t.Error(err)
					}
					got := make([][][]int, len(s.patterns))
					for _, m := range found {
						got[m.Pattern] = append(got[m.Pattern], []int{m.Start, m.End})
					}
					for i, p := range s.patterns {
						if want := p.re.Regexp.FindAllStringIndex(text, -1); !reflect.DeepEqual(want, got[i]) {
							t.Errorf("%d kept: %s found %v, want %v", kept, p.re, got[i], want)
						}
					}
				}
			})
		}
		wg.Wait()
	}
}

// ruleText makes states in all patterns.
func ruleText(rnd *rand.Rand) (text string) {
	for range 8 {
		switch rnd.IntN(8) {
		case 0:
			text += fmt.Sprintf("%s_key%s=%s ", letters(rnd, 9), letters(rnd, 4), letters(rnd, 20))
		case 1:
			text += "ey" + letters(rnd, 20) + ".ey" + letters(rnd, 20) + ".\""
		case 2:
			text += "-----BEGIN" + letters(rnd, 8) + " PRIVATE KEY-----" + letters(rnd, 90) + "KEY-----"
		case 3:
			text += " AKIA" + letters(rnd, 16)
		case 4:
			text += fmt.Sprintf("%016d|%s", rnd.Int64N(1e15), letters(rnd, 30))
		case 5:
			text += " data: " + letters(rnd, 5) + ": " + letters(rnd, 12) + " kind: secret"
		case 6:
			text += "\ntoken " + letters(rnd, 5) + "\n"
		case 7:
			text += " abc8Q~" + letters(rnd, 33) + "<dxf" + letters(rnd, 7) + "g\xff\u212a"
		}
	}
	return text
}

func letters(rnd *rand.Rand, n int) string {
	b := make([]byte, rnd.IntN(n)+n/2)
	for i := range b {
		b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"[rnd.IntN(64)]
	}
	return string(b)
}
