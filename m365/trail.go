package m365

import (
	"crypto/sha256"
	"fmt"
)

// trail counts how often each link was followed in one walk: a service that leads in a
// circle must not keep a sweep for ever.
type trail map[[sha256.Size]byte]int

// mostTurns is how often a link may come again. An empty page may lead to itself while
// the service is at work on it.
const mostTurns = 25

// follow notes a link that a reply leads to; an error says that it was followed too
// often.
func (t trail) follow(link string) error {
	sum := sha256.Sum256([]byte(link))
	if t[sum]++; link != "" && t[sum] > mostTurns {
		return fmt.Errorf("%w: its pages lead in a circle", errCut)
	}
	return nil
}
