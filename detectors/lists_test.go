package detectors

import (
	"testing"

	"mailsweep/sweeper"
)

// TestLists: a seed or a list of codes is one secret however it is laid out, and what
// only looks like one is none.
func TestLists(t *testing.T) {
	s := newSet(t)
	const seed = "cause panel ritual oven clip mesh unlock orbit wage tomato fiscal dove"
	for name, c := range map[string]struct {
		text, rule, secret string
		confidence         sweeper.Confidence
	}{
		"numbered lines": {"Wallet backup\n\n1. cause\n2. panel\n3. ritual\n4. oven\n5. clip\n6. mesh\n7. unlock\n8. orbit\n9. wage\n10. tomato\n11. fiscal\n12. dove\n", walletSeedRule, seed, 0},
		"JSON":           {`{"mnemonic": ["cause", "panel", "ritual", "oven", "clip", "mesh", "unlock", "orbit", "wage", "tomato", "fiscal", "dove"]}`, walletSeedRule, seed, 0},
		"after prose":    {"the recovery phrase for our treasury wallet follows below please burn after reading: cause panel ritual oven clip mesh unlock orbit wage tomato fiscal dove thanks", walletSeedRule, seed, 0},
		"of tests":       {"MNEMONIC=\"test test test test test test test test test test test junk\"", walletSeedRule, "test test test test test test test test test test test junk", sweeper.Review},
		"prose":          {"seed capital round: please find attached the updated agreement between both parties regarding future investment into their company", walletSeedRule, "", 0},
		"codes, dashes":  {"2FA recovery codes\r\n\r\n• 3f2a1-9bc0d\r\n• a77e4-012cd\r\n• 9901b-ff3e2\r\n\r\nSee you", recoveryCodesRule, "3f2a1-9bc0d a77e4-012cd 9901b-ff3e2", sweeper.Likely},
		"codes, letters": {"Your backup codes: k3jd82ma ppqjwxyz 9dm2n4ks 77hd2kq0", recoveryCodesRule, "k3jd82ma ppqjwxyz 9dm2n4ks 77hd2kq0", sweeper.Likely},
		"two codes":      {"backup codes: 3f2a1-9bc0d, a77e4-012cd", recoveryCodesRule, "", 0},
		"no codes":       {"Please keep your recovery codes somewhere safe, print them or write them down on paper tonight", recoveryCodesRule, "", 0},
		"of forms":       {"backup codes exist for server2019 and db1234567 and storage-77 and vm20 in building4711x", recoveryCodesRule, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, confidence := "", sweeper.Confidence(0)
			for _, f := range search(t, s, texts(c.text)) {
				if f.Rule == c.rule {
					got, confidence = f.Secret.Reveal(), f.Confidence
				}
			}
			if got != c.secret || c.confidence != 0 && confidence != c.confidence {
				t.Errorf("found %q, %v; want %q, %v", got, confidence, c.secret, c.confidence)
			}
		})
	}
}
