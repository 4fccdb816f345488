package analysis

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"

	"mailsweep/detectors/lazydfa"
)

var awsKeyForm = lazydfa.MustCompile(`^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$`)

// AWSKey tells the account of an access key id. The prefix says what the id is for
// (docs.aws.amazon.com, IAM, "Unique identifiers": AKIA access key, ASIA temporary key,
// ABIA bearer token, ACCA context). Behind it are 80 bits in base32; where the first is
// set (ids since 2019), the next 40 are the account's number (labs.withsecure.com, "A
// bitwise analysis of AWS access key identifiers"; aws sts get-access-key-info says the same).
func AWSKey(id string) (f Facts) {
	if !awsKeyForm.MatchString(id) {
		return f
	}
	f.tell("key_id", id)
	if id[:4] == "ASIA" {
		f.tell("lifetime", "temporary")
	}
	raw, err := base32.StdEncoding.DecodeString(id[4:])
	if err != nil || raw[0]&0x80 == 0 {
		return f
	}
	account := binary.BigEndian.Uint64(raw) >> (64 - 41) & (1<<40 - 1)
	if account < 1e12 {
		f.tell("account", fmt.Sprintf("%012d", account))
	}
	return f
}
