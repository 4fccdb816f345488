package credentials

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestTheSentenceEnds: what is not read for a value before a label could not have had one.
func TestTheSentenceEnds(t *testing.T) {
	pieces := append([]string{" ", "\t", "  ", "is", "as", "was", "=", "will be", "Xy7kd92", "THE", "hi\u017f", "hi\u017f ", "\u212aur", "password", "é", "\xa0", "\u00a0"}, strings.Fields("the your my our a its their his her for new temporary temp default initial current old admin root login system user first network")...)
	rnd := rand.New(rand.NewPCG(5, 6))
	matched := 0
	for range 40000 {
		var b strings.Builder
		if rnd.IntN(2) == 0 {
			b.WriteString("Xy7kd92 is ")
		}
		for range rnd.IntN(6) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
			b.WriteString(strings.Repeat(" ", rnd.IntN(2)))
		}
		if isThe.MatchString(b.String()) {
			matched++
			if !endsAsThe(b.String()) {
				t.Errorf("%q would not be read", b.String())
			}
		}
	}
	if matched < 500 {
		t.Errorf("only %d of the texts match", matched)
	}
}
