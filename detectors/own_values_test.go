package detectors

import (
	"encoding/base32"
	"strings"
	"testing"
)

// seedOf makes a seed as nkeys does: two bytes of prefix, 32 of the seed, the checksum.
func seedOf(raw []byte, sum uint16) string {
	b := append(raw[:len(raw):len(raw)], byte(sum), byte(sum>>8))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// TestNKEYSeed: CRC-16/XMODEM of "123456789" is 0x31C3 (reveng.sourceforge.io,
// "Catalogue of parametrised CRC algorithms").
func TestNKEYSeed(t *testing.T) {
	raw := []byte("123456789")
	if !nkeySeed(seedOf(raw, 0x31c3)) {
		t.Error("the right checksum does not fit")
	}
	for _, bad := range []string{seedOf(raw, 0x31c4), seedOf([]byte("123456788"), 0x31c3), "", "S", "not base32!"} {
		if nkeySeed(bad) {
			t.Errorf("%q fits", bad)
		}
	}
}

// TestBase58Check: the private key 1 in wallet import format (Bitcoin wiki).
func TestBase58Check(t *testing.T) {
	one := "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf"
	if !base58Check(one) {
		t.Error("the right checksum does not fit")
	}
	for _, bad := range []string{one[:50] + "g", "", "1", "0OIl", strings.Repeat("5", 51)} {
		if base58Check(bad) {
			t.Errorf("%q fits", bad)
		}
	}
}

func TestGibberish(t *testing.T) {
	for s, want := range map[string]bool{
		"gwsfovlysxgefxuqxmsjtaae": true, "GWSFOVLYSXGEFXUQXMSJTAAEBEVQGLLL": true,
		"administratorpassword": false, "thequickbrownfoxjumps": false, "short": false, "user_name_of_the_thing": false,
	} {
		if gibberish(s) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
}

func TestStandInValues(t *testing.T) {
	for s, want := range map[string]bool{
		"${PASS}": true, "<password>": true, "%s": true, "********": true, "changeme": true, "your-password": true, "Wachtwoord": true,
		"Tr0ub4dor-9x": false, "kestrel9": false, "wexip843": false,
	} {
		if got := standIn.MatchString(s) || counted.MatchString(s); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
	for s, want := range map[string]bool{
		"process.env.SECRET": true, "get_key(config)": true, "client_application.secret": true, "0x2d9ce66d5c0": true,
		"Tr0ub4dor-9x": false, "kT8.v2Lq": false,
	} {
		if got := codeLike.MatchString(s); got != want {
			t.Errorf("%s: code %v", s, got)
		}
	}
}
