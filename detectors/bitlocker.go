package detectors

import (
	"strconv"
	"strings"
)

const bitLockerRule = "bitlocker-recovery-key"

// bitLocker checks a recovery key: each group of six digits is a number of 16 bits times
// 11 (libbde, "BitLocker Drive Encryption (BDE) format", recovery password).
func bitLocker(key string) bool {
	for _, group := range strings.Split(key, "-") {
		n, err := strconv.Atoi(group)
		if err != nil || n%11 != 0 || n/11 >= 1<<16 {
			return false
		}
	}
	return true
}
