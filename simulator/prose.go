package simulator

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"
)

// text is what a mail says: mailboxes share texts, so that a tenant takes little more
// memory than its messages' outlines.
type text struct {
	subject, kind, body string
	from                Address
	conversation        string
	odata               string
	lang                *language
}

// threadsEach is how many threads there are in each language.
const threadsEach = 14

// stock is the texts of a tenant.
type stock struct {
	threads  map[string][][]text // by language: successive mails, each quoting those before
	bulletin []text              // newsletters
	meetings []text
	notices  []text
}

func (g *generator) write() stock {
	rnd := rand.New(rand.NewPCG(g.size.Seed, 2))
	lib := stock{threads: map[string][][]text{}}
	for i := range languages {
		lang := &languages[i]
		for n := range threadsEach {
			lib.threads[lang.code] = append(lib.threads[lang.code], g.thread(rnd, lang, n))
		}
	}
	for n := range 24 {
		lib.bulletin = append(lib.bulletin, newsletter(rnd, g.size.Body, n))
		lib.meetings = append(lib.meetings, g.meeting(rnd, n))
		lib.notices = append(lib.notices, notice(rnd, n))
	}
	return lib
}

// paragraphs are sentences of a language up to about n bytes.
func paragraphs(rnd *rand.Rand, lang *language, n int, between string) string {
	var b strings.Builder
	for count := 1; b.Len() < n; count++ {
		if b.Len() > 0 {
			if count%4 == 0 {
				b.WriteString(between)
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(lang.sentences[rnd.IntN(len(lang.sentences))])
	}
	return b.String()
}

// thread is a conversation of one to five mails.
func (g *generator) thread(rnd *rand.Rand, lang *language, n int) []text {
	topic := lang.topics[n%len(lang.topics)]
	if n >= len(lang.topics) {
		topic += fmt.Sprintf(" (%d)", n)
	}
	asHTML := n%3 != 0
	conversation := opaqueID("AAQkAG", 84, g.tenant.ID(), lang.code, topic)
	var out []text
	quote := ""
	for depth := range 1 + n%5 {
		from := g.author(rnd, depth)
		fresh := paragraphs(rnd, lang, g.size.Body*(40+rnd.IntN(60))/100, "\r\n\r\n")
		if depth > 0 {
			fresh = paragraphs(rnd, lang, g.size.Body*(10+rnd.IntN(30))/100, "\r\n\r\n")
		}
		m := text{subject: topic, kind: "text", from: from, conversation: conversation, lang: lang}
		if depth > 0 {
			m.subject = lang.reply + topic
		}
		fresh = lang.greeting + "\r\n\r\n" + fresh + "\r\n\r\n" + lang.closing + "\r\n" + from.Name
		date := g.until.Add(time.Duration(-72*depth) * time.Hour).Format("02.01.2006 15:04")
		if asHTML {
			m.kind = "html"
			m.body = page(htmlText(fresh) + quote)
			quote = `<div class="gmail_quote"><p>` + html.EscapeString(fmt.Sprintf(lang.wrote, from.Name, date)) + `</p><blockquote>` + htmlText(fresh) + quote + `</blockquote></div>`
		} else {
			m.body = fresh + "\r\n\r\n" + quote
			quote = fmt.Sprintf(lang.wrote, from.Name, date) + "\r\n> " + strings.ReplaceAll(fresh+"\r\n"+quote, "\r\n", "\r\n> ")
		}
		out = append(out, m)
	}
	return out
}

// htmlText is plain text as paragraphs of HTML.
func htmlText(plain string) string {
	return "<p>" + strings.NewReplacer("\r\n\r\n", "</p>\r\n<p>", "\r\n", "<br>\r\n").Replace(html.EscapeString(plain)) + "</p>"
}

// page is a whole HTML mail as a desktop client writes it.
func page(inner string) string {
	return "<html><head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n<style>p.MsoNormal{margin:0cm;font-size:11.0pt;font-family:\"Calibri\",sans-serif}</style>\r\n</head>\r\n" +
		"<body lang=\"EN-GB\" link=\"#0563C1\">\r\n<div class=\"WordSection1\">" + inner + "</div>\r\n</body>\r\n</html>"
}

// newsletter is mail of tables, pixels and long links that mean nothing.
func newsletter(rnd *rand.Rand, size, n int) text {
	sender := Address{Name: fmt.Sprintf("Trade Letter %d", n%6+1), Address: fmt.Sprintf("news@letter%d.example", n%6+1)}
	var b strings.Builder
	for i := 0; b.Len() < size*2; i++ {
		link := "https://click.letter.example/ls/" + letters(rnd, base62, 90) + "?c=" + letters(rnd, lowerHex, 24) + "&amp;r=" + letters(rnd, digits, 9)
		fmt.Fprintf(&b, `<tr><td style="padding:12px"><a href="%s"><img src="https://img.letter.example/%s.png" width="600" alt="Story %d"></a><p>%s</p></td></tr>`,
			link, letters(rnd, lowerHex, 32), i+1, html.EscapeString(languages[0].sentences[rnd.IntN(len(languages[0].sentences))]))
	}
	body := page(`<table role="presentation" width="600">` + b.String() + `</table><img src="https://open.letter.example/` + letters(rnd, base62, 40) + `.gif" width="1" height="1">`)
	return text{subject: fmt.Sprintf("This week in trade: issue %d", 100+n), kind: "html", body: body, from: sender, lang: &languages[0],
		conversation: opaqueID("AAQkAG", 84, "letter", fmt.Sprint(n))}
}

func (g *generator) meeting(rnd *rand.Rand, n int) text {
	lang := &languages[n%len(languages)]
	from := g.author(rnd, n)
	inner := htmlText(paragraphs(rnd, lang, g.size.Body/4, "\r\n\r\n")) + `<p>________________________________________________________________________________</p>` +
		`<p><a href="https://teams.example/l/meetup-join/19%3ameeting_` + letters(rnd, base62, 48) + `%40thread.v2/0">Join on your computer</a><br>Meeting ID: ` +
		letters(rnd, digits, 3) + " " + letters(rnd, digits, 3) + " " + letters(rnd, digits, 3) + `</p>`
	subject := lang.topics[n%len(lang.topics)]
	return text{subject: subject, kind: "html", body: page(inner), from: from, odata: "microsoft.graph.eventMessage", lang: lang,
		conversation: opaqueID("AAQkAG", 84, g.tenant.ID(), "meeting", fmt.Sprint(n))}
}

// notice is the mail of a machine.
func notice(rnd *rand.Rand, n int) text {
	var b strings.Builder
	fmt.Fprintf(&b, "Job nightly-%02d finished.\r\n\r\n", n)
	for i := range 8 + rnd.IntN(20) {
		fmt.Fprintf(&b, "%02d:%02d:%02d INFO  worker-%d copied %s rows, commit %s\r\n", i/60, i%60, rnd.IntN(60), rnd.IntN(9), letters(rnd, digits, 5), letters(rnd, lowerHex, 40))
	}
	return text{subject: fmt.Sprintf("[ok] nightly-%02d", n), kind: "text", body: b.String(), from: Address{Name: "Builds", Address: "noreply@builds.example"}, lang: &languages[0],
		conversation: opaqueID("AAQkAG", 84, "notice", fmt.Sprint(n))}
}

// anyone is a person with a mailbox.
func (g *generator) anyone(rnd *rand.Rand) *person { return g.readers[rnd.IntN(len(g.readers))] }

func (g *generator) outsider(rnd *rand.Rand) Address { return g.outsiders[rnd.IntN(len(g.outsiders))] }

// author is a colleague, or every third time somebody from outside.
func (g *generator) author(rnd *rand.Rand, n int) Address {
	if n%3 == 2 {
		return g.outsider(rnd)
	}
	return g.anyone(rnd).address()
}
