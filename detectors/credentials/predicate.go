package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// saidOf are words that a sentence says of a password: "the password is broken". Behind a
// sign, in quotes or in capitals, they may be one.
var saidOf = words(`
useless worthless pointless meaningless harmless hopeless priceless endless timeless seamless awful weird stupid rubbish crap crappy broken gone dead fine great
nonsense silly lame bogus legit legitimate active inactive current temporary permanent complex complicated ridiculous insane cryptic long-gone plaintext
cleartext plain clear public nowhere everywhere somewhere elsewhere here there uppercase lowercase alphanumeric numeric alphabetic shorter longer
stronger weaker better worse older newer similar irrelevant relevant crucial vital imperative paramount holy dangerous risky insecure unsafe
safer worldwide local global remote internal external corporate department departmental individual generic written apparent top-secret forbidden
overdue obsolete cumbersome funny hilarious lovely pretty cool nice bad evil horrendous atrocious right-here hers whatever whichever today tomorrow
yesterday tonight later often rarely sometimes mostly probably possibly maybe perhaps likely unlikely certainly simply merely hardly almost nearly
quite rather enough plenty half double single dual triple multiple several many few two three four five six seven eight nine ten twelve characters char
chars digits hex ascii unicode void transparent opaque camelcase kept taken chosen beaten eaten spoken proven sworn torn worn drawn grown thrown
blown flown burnt built spent lent bent held told sold shut hit fast slow heavy light dark bright young tough tricky lousy terrific excellent perfect
sufficient insufficient adequate acceptable inadequate arbitrary ambiguous anonymous suspicious malicious notorious numerous previous serious anywhere
truly really only poorly easily readily properly purely exactly strictly totally solely necessarily arbitrarily up down on off back away around
there's invisible inaccessible irretrievable nonexistent non-existent existent absent present missing blank outstanding forthcoming upcoming
onbekend fout verkeerd nieuw oud sterk zwak kort leeg juist hetzelfde geldig veilig anders kwijt gewijzigd aangepast vergeten bekend gelijk onveilig persoonlijk
case-sensitive caseless monthly weekly daily yearly quarterly annual
`)

var (
	// compoundOf are such words of two: "six-digit", "mixed-case".
	compoundOf = lazydfa.MustCompile(`(?i)^[a-z]+-(?:case|characters?|digits?|letters?|times?|factor|level|words?|long|chars?|bits?|days?|hours?|based|proof|wide|like|user|in|out|up|off)$`)
	// encodings are what it may be written in.
	encodings = lazydfa.MustCompile(`(?i)^(?:md[245]|sha-?\d{1,3}|base-?64|utf-?8|(?:3|triple)?des|aes-?\d{3}|rot-?13|ascii|unicode|hex|null)$`)
)

// predicate reports a word without quotes that a sentence says of a password, rather than
// the password itself.
func (p *page) predicate(v value) bool {
	if v.quoted {
		return false
	}
	word := strings.Trim(v.text, "!.,?")
	return saidOf[word] || encodings.MatchString(word) || strings.IndexByte(word, '-') > 0 && compoundOf.MatchString(word) ||
		strings.HasSuffix(word, "'s") || strings.HasSuffix(word, "’s")
}
