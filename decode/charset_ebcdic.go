package decode

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// ebcdicText reads the EBCDIC of mainframes; ok is false when key names no page
// of it, or data is in no EBCDIC, whatever was declared: a gateway has converted
// it. Letters and digits are the same in all pages, and above 0x80.
func ebcdicText(data []byte, key string) (text string, ok bool) {
	diff, known := ebcdicPage(key)
	if !known || !looksEBCDIC(data) {
		return "", false
	}
	page := ebcdicTable(diff)
	var out strings.Builder
	out.Grow(len(data) + len(data)/8)
	for _, c := range data {
		out.WriteRune(page[c])
	}
	return out.String(), true
}

// looksEBCDIC tells EBCDIC from what is ASCII for the most part.
func looksEBCDIC(data []byte) bool {
	high, low := 0, 0
	for _, c := range data {
		switch {
		case c > 0x80:
			high++
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			low++
		}
	}
	return high > low && !utf8.Valid(data)
}

// isEBCDIC reports whether n is text whose line ends are controls in other charsets.
func isEBCDIC(n node) bool {
	_, known := ebcdicPage(charsetKey(n.charset))
	return known && looksEBCDIC(n.data)
}

// ebcdicPage gives how the page that key names differs from code page 037.
func ebcdicPage(key string) (diff string, known bool) {
	if name, ok := ebcdicNames[strings.TrimPrefix(key, "cs")]; ok {
		key = "ibm" + name
	}
	if diff, known = ebcdicPages[strings.TrimPrefix(key, "cs")]; known {
		return diff, true
	}
	n := pageNumber(key)
	if len(n) == 5 && n != "20290" {
		// Windows numbers them so: 20273, 20924, 21025.
		if n = strings.TrimLeft(strings.TrimPrefix(n, "20"), "0"); len(n) == 5 {
			n = n[1:]
		}
	}
	diff, known = ebcdicPages[n]
	return diff, known
}

// ebcdicTable makes a page out of 037 and its differences: two hexadecimal digits
// and the character, again and again. The line end is NEL, as a rule.
func ebcdicTable(diff string) (page [256]rune) {
	for c := range page {
		page[c] = charmap.CodePage037.DecodeByte(byte(c))
	}
	page[0x15] = '\n'
	for len(diff) > 2 {
		r, n := utf8.DecodeRuneInString(diff[2:])
		page[hexValue(diff[0])<<4|hexValue(diff[1])] = r
		diff = diff[2+n:]
	}
	return page
}

// ebcdicNames are the names of pages that do not hold their number (IANA, Character Sets).
var ebcdicNames = map[string]string{
	"ebcdicus": "37", "ebcdiccpus": "37", "ebcdiccpca": "37", "ebcdiccpwt": "37", "ebcdiccpnl": "37", "ebcdicxmlus": "37", "ebcdicint": "500", "ebcdiccpbe": "500", "ebcdiccpch": "500",
	"ebcdiccpdk": "277", "ebcdiccpno": "277", "ebcdiccpfi": "278", "ebcdiccpse": "278", "ebcdiccpit": "280", "ebcdiccpes": "284", "ebcdiccpgb": "285",
	"ebcdiccpfr": "297", "ebcdiccpar1": "420", "ebcdiccpgr": "423", "ebcdiccphe": "424", "ebcdiccproece": "870", "ebcdiccpyu": "870", "ebcdiccpis": "871",
	"ebcdiccyrillic": "880", "ebcdiccptr": "905", "ebcdiccpar2": "918", "ibm924": "1047", "ebcdicbr": "275", "ebcdicbe": "274", "ebcdiclatin9euro": "1047",
	"ebcdicus37euro": "1140", "ebcdicde273euro": "1141", "ebcdicdk277euro": "1142", "ebcdicno277euro": "1142", "ebcdicfi278euro": "1143", "ebcdicse278euro": "1143",
	"ebcdicit280euro": "1144", "ebcdices284euro": "1145", "ebcdicgb285euro": "1146", "ebcdicfr297euro": "1147", "ebcdicinternational500euro": "1148", "ebcdicis871euro": "1149",
}

// ebcdicPages are the pages by number or name, as their differences from 037
// (glibc, localedata/charmaps). 290, whose small letters stand elsewhere, is none of them.
var ebcdicPages = map[string]string{
	"37": "", "1140": "9F€", "1047": "5F^AD[B0¬BAÝBB¨BD]",
	"38":            "4A[4F!5A]5F^",
	"256":           "4A[4F!5A]5F^B0¢B3₧B4ƒBA¬BB|BF‗E1\u2003",
	"273":           "43{4AÄ4F!59~5AÜ5F^63[6Aö7C§A1ßB0¢B5@BA¬BB|C0äCC¦D0üDC}E0ÖEC\\FC]",
	"274":           "4A[4F!5A]5F^6Aù7CàA1¨C0éD0èE0ç",
	"275":           "4AÉ4F!5A$5BÇ5F^6Aç79ã7BÕ7CÃC0õD0é",
	"277":           "47}4A#4F!5A¤5BÅ5F^67$6Aø70¦7BÆ7CØ80@9C{9E[9F]A1üB0¢BA¬BB|C0æD0åDC~",
	"278":           "43{47}4A§4F!51`5A¤5BÅ5F^63#67$6Aö79é7BÄ7CÖ9F]A1üB0¢B5[BA¬BB|C0äCC¦D0åDC~EC@",
	"280":           "44{48\\4A°4F!51]54}58~5Aé5F^6Aò79ù7B£7C§90[A1ìB0¢B1#B5@BA¬BB|C0àCD¦D0èDD`E0ç",
	"281":           "4A£5B¥A1‾E0$",
	"284":           "49¦4A[5A]69#6Añ7BÑA1¨B0¢BA^BB!BD~",
	"285":           "4A$5B£A1‾B0¢B1[BA^BC~",
	"297":           "44@48\\4A°4F!51{54}5A§5F^6Aù79µ7B£7Cà90[A0`A1¨B0¢B1#B5]BA¬BB|BD~C0éD0èDD¦E0ç",
	"420":           "42\u065143\ufe7d44\u064046\u062147\u062248\ufe8249\u062351\ufe8452\u062455\u062656\u062757\ufe8e58\u062859\ufe9162\u062963\u062a64\ufe9765\u062b66\ufe9b67\u062c68\ufe9f69\u062d70\ufea371\u062e72\ufea773\u062f74\u063075\u063176\u063277\u063378\ufeb379،80\u06348A\ufeb78B\u06358C\ufebb8D\u06368E\ufebf8F\u063790\u06389A\u06399B\ufeca9C\ufecb9D\ufecc9E\u063a9F\ufeceA0\ufecfA1÷AA\ufed0AB\u0641AC\ufed3AD\u0642AE\ufed7AF\u0643B0\ufedbB1\u0644B2\ufef5B3\ufef6B4\ufef7B5\ufef8B8\ufefbB9\ufefcBA\ufedfBB\u0645BC\ufee3BD\u0646BE\ufee7BF\u0647C0\u061bCB\ufeebCD\ufeecCF\u0648D0\u061fDA\u0649DB\ufef0DC\u064aDD\ufef2DE\ufef3DF\u0660E0×EA\u0661EB\u0662ED\u0663EE\u0664EF\u0665FB\u0666FC\u0667FD\u0668FE\u0669",
	"423":           "41Α42Β43Γ44Δ45Ε46Ζ47Η48Θ49Ι4A[4F!51Κ52Λ53Μ54Ν55Ξ56Ο57Π58Ρ59Σ5A]5F^62Τ63Υ64Φ65Χ66Ψ67Ω71Ά72Έ73Ή75Ί76Ό77Ύ78Ώ7B£7C§80Ä8Aα8Bβ8Cγ8Dδ8Eε8Fζ90Ö9Aη9Bθ9Cι9Dκ9Eλ9FμA0ÜA1¨AAνABξACοADπAEρAFςB1άB2έB3ήB4ϊB5ίB6όB7ύB8ϋB9ώBAσBBτBCυBDφBEχBFψC0¸CBωCCÂCDàCEäCFêD0´DA±DBéDCèDDëDEîDFïE0°EA½EBöECôEDûEEùEFüFAÿFBçFCÇ",
	"424":           "41\u05d042\u05d143\u05d244\u05d345\u05d446\u05d547\u05d648\u05d749\u05d851\u05d952\u05da53\u05db54\u05dc55\u05dd56\u05de57\u05df58\u05e059\u05e162\u05e263\u05e364\u05e465\u05e566\u05e667\u05e768\u05e869\u05e971\u05ea74\u00a078⇔",
	"500":           "4A[4F!5A]5F^B0¢BA¬BB|",
	"870":           "44ţ46ă47č49ć4A[4F!52ę54ů57ľ58ĺ5A]5F^64˝66Ă67Č69Ć6A|70ˇ72Ę74Ů77Ľ78Ĺ80˘8Aś8Bň8Cđ8Eř8Fş9Ał9Bń9Cš9E˛A0ąAAŚABŇACĐAEŘAFŞB0·B1ĄB2żB3ŢB4ŻB6žB7źB8ŽB9ŹBAŁBBŃBCŠCDŕCFőDAĚDBűDDťDFěEAďEDŔEFŐFAĎFBŰFDŤ",
	"871":           "4Aþ4F!5AÆ5FÖ79ð7CÐ8C`8E{9C}9E]A1öAC@AE[B0¢BA¬BB|BE\\C0ÞCC~D0æE0´EC^",
	"875":           "41Α42Β43Γ44Δ45Ε46Ζ47Η48Θ49Ι4A[4F!51Κ52Λ53Μ54Ν55Ξ56Ο57Π58Ρ59Σ5A]5F^62Τ63Υ64Φ65Χ66Ψ67Ω68Ϊ69Ϋ70¨71Ά72Έ73Ή74∇75Ί76Ό77Ύ78Ώ80΅8Aα8Bβ8Cγ8Dδ8Eε8Fζ9Aη9Bθ9Cι9Dκ9Eλ9FμA0´AAνABξACοADπAEρAFσB0£B1άB2έB3ήB4ϊB5ίB6όB7ύB8ϋB9ώBAςBBτBCυBDφBEχBFψCBωCCΐCDΰCE‘CF―DA±DB½DD·DE’DF¦EB§EE«EF¬FB©FE»",
	"880":           "42ђ43ѓ44ё46ѕ47і48ї49ј4A[4F!51љ52њ53ћ54ќ56џ57Ъ58№59Ђ5A]5F^62Ѓ63Ё65Ѕ66І67Ї68Ј69Љ70Њ71Ћ72Ќ75Џ76ю77а78б80ц8Aд8Bе8Cф8Dг8Eх8Fи90й9Aк9Bл9Cм9Dн9Eо9FпA0яAAрABсACтADуAEжAFвB0ьB1ыB2зB3шB4эB5щB6чB7ъB8ЮB9АBAБBBЦBCДBDЕBEФBFГCAХCBИCCЙCDКCEЛCFМDAНDBОDCПDDЯDEРDFСE1¤EAТEBУECЖEDВEEЬEFЫFAЗFBШFCЭFDЩFEЧ",
	"905":           "47ċ48{4AÇ4F!5AĞ5Bİ5F^67Ċ68[6Aş79ı7BÖ7CŞ7FÜ80˘8Aħ8Bĉ8Cŝ8Dŭ8F|9Aĥ9Bĝ9Cĵ9D˛A1öAAĦABĈACŜADŬAF@B0·B2żB3}B4ŻB6]B9$BAĤBBĜBCĴC0çCC~CFġD0ğDA`DC\\E0üEC#EFĠFC\"",
	"918":           "42،43\u061b44\u061f45\u062346\u062747\ufe8e49\u06284A[4F!51\ufe9152\u067e54\u062955\u062a56\ufe9759\u062b5A]5F^62\ufe9b63\u062c64\ufe9f67\u062d68\ufea369\u062e6A`70\u066071\u066172\u066273\u066374\u066475\u066576\u066677\u066778\u066879\u066980\ufea78A\u062f8C\u06308D\u06318F\u06329A\u06339B\ufeb39C\u06349D\ufeb79E\u06359F\ufebbA0\u0636AA\ufebfAB\u0637AC\u0638AD\u0639AE\ufecaAF\ufecbB0\ufeccB1\u063aB2\ufeceB3\ufecfB4\ufed0B5\u0641B6\ufed3B7\u0642B8\ufed7B9\u0643BA\ufedbBB|BE\u0644BF\ufedeCC\u0645CD\ufee3CF\u0646DA\ufee7DC\u0648EA\u0621FD\u0651FE\ufe7d",
	"1025":          "42ђ43ѓ44ё45є46ѕ47і48ї49ј4A[4F!51љ52њ53ћ54ќ55ў56џ57Ъ58№59Ђ5A]5F^62Ѓ63Ё64Є65Ѕ66І67Ї68Ј69Љ6A|70Њ71Ћ72Ќ73\u00ad74Ў75Џ76ю77а78б80ц8Aд8Bе8Cф8Dг8Eх8Fи90й9Aк9Bл9Cм9Dн9Eо9FпA0яAAрABсACтADуAEжAFвB0ьB1ыB2зB3шB4эB5щB6чB7ъB8ЮB9АBAБBBЦBCДBDЕBEФBFГCAХCBИCCЙCDКCEЛCFМDAНDBОDCПDDЯDEРDFСE1§EAТEBУECЖEDВEEЬEFЫFAЗFBШFCЭFDЩFEЧ",
	"1026":          "48{4AÇ4F!5AĞ5Bİ5F^68[6Aş79ı7BÖ7CŞ7FÜ8C}8D`8E¦9D˛A1öAC]AD$AE@B0¢BA¬BB|BC—C0çCC~D0ğDC\\E0üEC#FC\"",
	"1112":          "42š44ą45į46ū48ē49ž52ę53ė54č55ų56„57“58ģ62Š64Ą65Į66Ū68Ē69Ž72Ę73Ė74Č75Ų76Ī77Ļ78Ģ8Cā8Dż8Eń9AŖ9Bŗ9DķAA”ABźACĀADŻAEŃB2īBCŹBDĶBEļCBōCDņDBćDDłDEśDF’EBŌEDŅFBĆFDŁFEŚ",
	"1122":          "43{47}4A§4F!51`5A¤5BÅ5F^63#67$6Aö71\\79é7BÄ7CÖ8Cš8Ež9F]A1üACŠAEŽB0¢B5[BA¬BB|C0äCC¦D0åDC~E0ÉEC@",
	"1123":          "42ђ43ґ44ё45є46ѕ47і48ї49ј4A[4F!51љ52њ53ћ54ќ55ў56џ57Ъ58№59Ђ5A]5F^62Ґ63Ё64Є65Ѕ66І67Ї68Ј69Љ6A|70Њ71Ћ72Ќ73\u00ad74Ў75Џ76ю77а78б80ц8Aд8Bе8Cф8Dг8Eх8Fи90й9Aк9Bл9Cм9Dн9Eо9FпA0яAAрABсACтADуAEжAFвB0ьB1ыB2зB3шB4эB5щB6чB7ъB8ЮB9АBAБBBЦBCДBDЕBEФBFГCAХCBИCCЙCDКCEЛCFМDAНDBОDCПDDЯDEРDFСE1§EAТEBУECЖEDВEEЬEFЫFAЗFBШFCЭFDЩFEЧ",
	"1141":          "43{4AÄ4F!59~5AÜ5F^63[6Aö7C§9F€A1ßB0¢B5@BA¬BB|C0äCC¦D0üDC}E0ÖEC\\FC]",
	"1142":          "47}4A#4F!5A€5BÅ5F^67$6Aø70¦7BÆ7CØ80@9C{9E[9F]A1üB0¢BA¬BB|C0æD0åDC~",
	"1143":          "43{47}4A§4F!51`5A€5BÅ5F^63#67$6Aö71\\79é7BÄ7CÖ9F]A1üB0¢B5[BA¬BB|C0äCC¦D0åDC~E0ÉEC@",
	"1144":          "44{48\\4A°4F!51]54}58~5Aé5F^6Aò79ù7B£7C§90[9F€A1ìB0¢B1#B5@BA¬BB|C0àCD¦D0èDD`E0ç",
	"1145":          "49¦4A[5A]69#6Añ7BÑ9F€A1¨B0¢BA^BB!BD~",
	"1146":          "4A$5B£9F€A1¯B0¢B1[BA^BC~",
	"1147":          "44@48\\4A°4F!51{54}5A§5F^6Aù79µ7B£7Cà90[9F€A0`A1¨B0¢B1#B5]BA¬BB|BD~C0éD0èDD¦E0ç",
	"1148":          "4A[4F!5A]5F^9F€B0¢BA¬BB|",
	"1149":          "4AÞ4F!5AÆ5FÖ79ð7CÐ8C`8E{9C}9E]9F€A1öAC@AE[B0¢BA¬BB|BE\\C0þCC~D0æE0´EC^",
	"ebcdices":      "5B₧6Añ7BÑA1¨",
	"ebcdicfr":      "4A°4F!5A§5F^6Aù7B£7CàA1¨C0éD0èE0ç",
	"ebcdicit":      "4A°4F!5Aé5F^6Aò79ù7B£7C§A1ìC0àD0èE0ç",
	"ebcdicpt":      "4A[4F!5A]5F^6Aõ7BÃ7CÕA1çC0ãD0´E0Ç",
	"ebcdicuk":      "4A$5B£A1‾",
	"ebcdicesa":     "5B₧7BÑ7Fñ",
	"ebcdicess":     "6Añ7BÑA1¨",
	"ebcdicatde":    "4AÄ4F!5AÜ5F^6Aö7C§A1ßC0äD0üE0Ö",
	"ebcdiccafr":    "4Aà4F!5A´5F^6Aù75Î76ÏA1¨C0éD0èE0¸",
	"ebcdicdkno":    "4A#4F!5A¤5BÅ5F^6Aø7BÆ7CØA1üC0æD0å",
	"ebcdicfise":    "4A§4F!5A¤5BÅ5F^6Aö79é7BÄ7CÖA1üC0äD0åE0É",
	"ebcdicatdea":   "4Aö5Aü5BÜ6Aß7BÄ7CÖ7Fä",
	"ebcdicdknoa":   "4Aø5Aå5BÅ7BÆ7CØ7Fæ",
	"ebcdicfisea":   "4Aö5Aå5BÅ7BÄ7CÖ7Fä",
	"ebcdicisfriss": "4A<4CÁ4F!50Ð59$5A%5BÉ5F&69#6A‘6CÞ78|79ð7BÆ7CÖ8DÝA0°A1öAC[ADýBC]C0þD0æE0´FF\u007f",
}
