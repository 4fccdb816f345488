package analysis

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

// Facts of Azure's identifiable keys are from github.com/microsoft/security-utilities:
// Marvin.Net5.cs, IdentifiableMetadata.cs (signatures, seeds), IdentifiableSecrets.cs
// (TryValidateBase64Key, TryValidateCommonAnnotatedKey), LegacyCommonAnnotatedSecurityKey.cs.

// marvin32 is Microsoft's Marvin checksum, folded to 32 bits.
func marvin32(data []byte, seed uint64) uint32 {
	a, b := uint32(seed), uint32(seed>>32)
	mix := func(n uint32) {
		a += n
		b ^= a
		a = bits.RotateLeft32(a, 20) + b
		b = bits.RotateLeft32(b, 9) ^ a
		a = bits.RotateLeft32(a, 27) + b
		b = bits.RotateLeft32(b, 19)
	}
	for ; len(data) >= 4; data = data[4:] {
		mix(binary.LittleEndian.Uint32(data))
	}
	var tail [4]byte
	tail[copy(tail[:], data)] = 0x80
	mix(binary.LittleEndian.Uint32(tail[:]))
	mix(0)
	return a ^ b
}

// azureKind is a kind of key in base64, known by the four characters before its
// checksum. The seed of the checksum is the name of the key's role.
type azureKind struct {
	signature, service string
	bytes              int // of the key
	url                bool
	seeds              []string
}

var azureKinds = [...]azureKind{
	{"+ASt", "Azure Storage", 64, false, []string{"Default0"}},
	{"+ABa", "Azure Batch", 64, false, []string{"AbAcct00"}},
	{"ACDb", "Azure Cosmos DB", 64, false, []string{"MastRO00", "MastRW00"}},
	{"+AMC", "Azure Machine Learning (classic)", 64, false, []string{"Classic0"}},
	{"AzCa", "Azure Cache for Redis", 32, false, []string{"Access00"}},
	{"+ACR", "Azure Container Registry", 39, false, []string{"ACRDflt0"}},
	{"+ASb", "Azure Service Bus", 32, false, []string{"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}},
	{"+AEh", "Azure Event Hubs", 32, false, []string{"Send0000", "Listen00", "Manage00", "System00", "Unknown0"}},
	{"+ARm", "Azure Relay", 32, false, []string{"Send0000", "Listen00", "Manage00", "Unknown0"}},
	{"AIoT", "Azure IoT Hub", 32, false, []string{"IoTHub00", "DpsKey00", "Device00"}},
	{"AzFu", "Azure Functions", 40, true, []string{"Functi00", "Master00", "System00"}},
	{"AzSe", "Azure AI Search", 39, false, []string{"Query000", "PAdmin00"}},
}

// rights are what the role of a key lets its holder do, where its seed tells.
var rights = map[string]string{
	"MastRO00": "read", "MastRW00": "read, write", "Send0000": "send", "Listen00": "listen", "Manage00": "manage",
	"Master00": "master", "Query000": "query", "PAdmin00": "admin",
}

// azureKey looks into a key that ends with a signature and Marvin's checksum of what is
// before it. A key of before 2021 has the four letters by chance, one in 16 million.
func azureKey(value string) (Facts, bool) {
	bare := strings.TrimRight(value, "=")
	for _, k := range azureKinds {
		if len(bare) != (k.bytes*8+5)/6 || len(value)-len(bare) > 2 || !k.ends(bare) {
			continue
		}
		encoding := base64.RawStdEncoding
		if k.url {
			encoding = base64.RawURLEncoding
		}
		data, err := encoding.DecodeString(bare)
		if err != nil {
			continue
		}
		f := checked(false)
		f.tell("service", k.service)
		if k.signature == "AzCa" { // some of its keys have a checksum of another making
			f.Checksum = NoChecksum
		}
		at := len(data) - 4
		for _, seed := range k.seeds {
			if marvin32(data[:at], binary.BigEndian.Uint64([]byte(seed))) == binary.LittleEndian.Uint32(data[at:]) {
				f.Checksum = Fits
				f.tell("permissions", rights[seed])
				break
			}
		}
		return f, true
	}
	return Facts{}, false
}

// ends reports whether the signature stands before the last six characters, which hold
// the checksum.
func (k azureKind) ends(bare string) bool {
	at := len(bare) - 6
	return at >= 4 && bare[at-4:at] == k.signature
}

// annotatedServices are providers by the signature in a common annotated key.
var annotatedServices = map[string]string{
	"AZDO": "Azure DevOps", "ACOG": "Azure AI services", "AZEG": "Azure Event Grid", "AZAC": "Azure App Configuration",
	"AZMP": "Azure Maps", "AZCS": "Azure Communication Services", "AZFR": "Azure Fluid Relay", "AZMR": "Azure Mixed Reality",
}

// annotatedKey looks into a "common annotated security key": 52 random characters,
// JQQJ99, year and month of making, what platform and provider keep, the provider's
// four letters, and Marvin's checksum of it all in base 62.
func annotatedKey(value string) (Facts, bool) {
	if len(value) != 84 && len(value) != 88 || value[52:57] != "JQQJ9" {
		return Facts{}, false
	}
	data, err := base64.StdEncoding.DecodeString(value[:80])
	if err != nil {
		return Facts{}, false
	}
	sum := marvin32(data, binary.BigEndian.Uint64([]byte("Default0")))
	raw := binary.LittleEndian.AppendUint32(nil, sum)
	tail := strings.TrimRight(value[80:], "=")
	// Base 62 of the four bytes read from the lowest, or plain base64 of them.
	text := inBase62Low(bits.ReverseBytes32(sum))
	f := checked(strings.HasPrefix(text, tail) || strings.HasPrefix(base64.RawStdEncoding.EncodeToString(raw), tail))
	f.tell("service", annotatedServices[strings.ToUpper(value[76:80])])
	if year, month := strings.IndexByte(azureYears, value[58]), int(value[59]-'A'); year >= 0 && month >= 0 && month < 12 {
		f.tell("created", fmt.Sprintf("%d-%02d", 2024+year, month+1))
	}
	return f, true
}

// azureYears count from 2024.
const azureYears = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// inBase62Low pads at the end, as Microsoft's GetBase62ChecksumBytes does.
func inBase62Low(n uint32) string {
	s := inBase62(n, 1)
	return s + strings.Repeat("0", 6-len(s))
}
