package simulator

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"
)

// plant is a message with secrets in it, and where they are.
type plant struct {
	message   Message
	sightings []sighting
}

type sighting struct {
	number int
	secret *madeSecret
	where  string
	hidden bool
}

// planting is one secret on its way into the mail of a person.
type planting struct {
	*generator
	rnd     *rand.Rand
	owner   *person
	number  int
	secret  *madeSecret
	from    Address
	subject string
}

// spots are the places that secrets are put into, in turn. Their number is prime, and no
// divisor of that of kinds, so every kind comes to every place.
var spots = [...]func(*planting){
	(*planting).plainBody, (*planting).htmlBody, (*planting).textFile, (*planting).quoted, (*planting).inSubject,
	(*planting).document, (*planting).attribute, (*planting).archive, (*planting).shared, (*planting).nestedBody,
	(*planting).workbook, (*planting).hiddenFolder, (*planting).recoverable, (*planting).csvFile, (*planting).comment,
	(*planting).nestedFile, (*planting).inlineFile,
}

// sow makes the secrets of all mailboxes and puts them into messages.
func (g *generator) sow() {
	rnd := rand.New(rand.NewPCG(g.size.Seed, 4))
	kinds := secretKinds[:]
	if g.size.Passwords {
		kinds = append(kinds[:len(kinds):len(kinds)], passwordKinds[:]...)
	}
	n := 0
	for _, p := range g.readers {
		for range g.size.Secrets {
			secret := kinds[n%len(kinds)](rnd)
			from := g.author(rnd, n)
			if from.Address == p.Mail {
				from = g.outsider(rnd)
			}
			spots[n%len(spots)](&planting{generator: g, rnd: rnd, owner: p, number: n + 1, secret: &secret, from: from,
				subject: p.lang.topics[n%len(p.lang.topics)]})
			n++
		}
	}
}

// bury delivers a planted message and writes down where it went.
func (g *generator) bury(p *person, it plant, when time.Time) {
	m := it.message
	m.Received, m.Sent, m.Created, m.Modified = when, when.Add(-3*time.Second), when, when
	m, err := g.tenant.Deliver(p.ID, m)
	g.must(err)
	name := ""
	for _, f := range g.tenant.Folders(p.ID) {
		if f.ID == m.FolderID {
			name = f.DisplayName
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range it.sightings {
		values := s.secret.values
		g.answers.List = append(g.answers.List, Answer{Secret: s.number, Kind: s.secret.kind, Mailbox: p.UserPrincipalName, FolderID: m.FolderID, Folder: name,
			MessageID: m.ID, InternetMessageID: m.InternetMessageID, Where: s.where, Hidden: s.hidden, values: func() []string { return values }})
	}
}

// mail begins the message that the secret travels in.
func (p *planting) mail() Message {
	return Message{Subject: p.subject, BodyType: "text", From: p.from, Sender: p.from, To: []Address{p.owner.address()}, IsRead: true,
		InternetMessageID: "<" + letters(p.rnd, lowerAlnum, 28) + "@" + p.tenant.Domain() + ">"}
}

func (p *planting) put(owner *person, m Message, where string, hidden bool) {
	p.planted[owner] = append(p.planted[owner], plant{m, []sighting{{p.number, p.secret, where, hidden}}})
}

func (p *planting) around(middle string) string {
	return p.owner.lang.greeting + "\r\n\r\n" + paragraphs(p.rnd, p.owner.lang, p.size.Body/3, "\r\n\r\n") + "\r\n\r\n" + middle + "\r\n\r\n" +
		paragraphs(p.rnd, p.owner.lang, p.size.Body/6, "\r\n\r\n") + "\r\n\r\n" + p.owner.lang.closing + "\r\n" + p.from.Name + "\r\n"
}

// lines is the secret as settings with the line ends of mail.
func (p *planting) lines() string { return strings.ReplaceAll(p.secret.setting, "\n", "\r\n") }

// settings is a file of settings with the secret among others.
func (p *planting) settings() string {
	return "# staging\nLOG_LEVEL=info\nHTTP_PORT=8443\n" + p.secret.setting + "\nREGION=eu-central-1\n"
}

func (p *planting) ordinaryHTML(inner string) string {
	before, after := paragraphs(p.rnd, p.owner.lang, p.size.Body/3, "\r\n\r\n"), paragraphs(p.rnd, p.owner.lang, p.size.Body/6, "\r\n\r\n")
	return page(htmlText(p.owner.lang.greeting+"\r\n\r\n"+before) + inner + htmlText(after+"\r\n\r\n"+p.owner.lang.closing+"\r\n"+p.from.Name))
}

func (p *planting) plainBody() {
	m := p.mail()
	m.Body = p.around(p.lines())
	p.put(p.owner, m, "body", false)
}

func (p *planting) htmlBody() {
	m := p.mail()
	m.BodyType, m.Body = "html", p.ordinaryHTML("<pre>"+html.EscapeString(p.lines())+"</pre>")
	p.put(p.owner, m, "body", false)
}

// attribute puts a secret where only those who read the markup see it. A secret of
// several lines goes into the visible text.
func (p *planting) attribute() {
	if !p.secret.oneLine {
		p.htmlBody()
		return
	}
	m := p.mail()
	m.BodyType = "html"
	m.Body = p.ordinaryHTML(`<p><a href="https://portal.contoso.example/" title="` + html.EscapeString(p.secret.setting) + `">portal</a></p>`)
	p.put(p.owner, m, "body", true)
}

func (p *planting) comment() {
	m := p.mail()
	m.BodyType, m.Body = "html", p.ordinaryHTML("<!-- template settings\r\n"+p.lines()+"\r\n-->")
	p.put(p.owner, m, "body", true)
}

func (p *planting) inSubject() {
	if !p.secret.oneLine {
		p.plainBody()
		return
	}
	m := p.mail()
	m.Subject, m.Body = p.secret.setting, p.around(p.owner.lang.sentences[0])
	p.put(p.owner, m, "subject", false)
}

// quoted is a mail with the secret, and the answer to it that quotes it: kept by the one
// who sent the answer, and received by the other, where that is a colleague.
func (p *planting) quoted() {
	m := p.mail()
	m.ConversationID = opaqueID("AAQkAG", 84, p.tenant.ID(), "quoted", fmt.Sprint(p.number))
	m.BodyType, m.Body = "html", p.ordinaryHTML("<pre>"+html.EscapeString(p.lines())+"</pre>")
	p.put(p.owner, m, "body", false)

	answer := p.mail()
	answer.ConversationID, answer.From, answer.Sender, answer.To = m.ConversationID, p.owner.address(), p.owner.address(), []Address{p.from}
	answer.Subject, answer.BodyType = p.owner.lang.reply+m.Subject, "html"
	answer.Headers = []Header{{"In-Reply-To", m.InternetMessageID}, {"References", m.InternetMessageID}}
	answer.Body = page(htmlText(p.owner.lang.sentences[1]) + "<p>" + html.EscapeString(fmt.Sprintf(p.owner.lang.wrote, p.from.Name, "2026-01-15")) +
		"</p><blockquote><pre>" + html.EscapeString(p.lines()) + "</pre></blockquote>")
	kept := answer
	kept.FolderID = "sentitems"
	p.put(p.owner, kept, "body", false)
	for _, other := range p.readers {
		if other.Mail == p.from.Address {
			p.put(other, answer, "body", false)
		}
	}
}

// shared is one mail that several mailboxes received.
func (p *planting) shared() {
	m := p.mail()
	m.Body = p.around(p.lines())
	for i := range min(3, len(p.readers)) {
		other := p.readers[(p.number+i*7)%len(p.readers)]
		if i > 0 && (other == p.owner || len(p.readers) < 16) {
			continue
		}
		if i == 0 {
			other = p.owner
		} else {
			m.To = append(m.To, other.address())
		}
		p.put(other, m, "body", false)
	}
}

func (p *planting) hiddenFolder() {
	m := p.mail()
	m.FolderID, m.Body = p.owner.hidden, p.around(p.lines())
	p.put(p.owner, m, "body", false)
}

func (p *planting) recoverable() {
	m := p.mail()
	m.FolderID, m.Body = [...]string{"recoverableitemsdeletions", "purges", "versions"}[p.number%3], p.around(p.lines())
	p.put(p.owner, m, "body", false)
}

// enclose sends a file.
func (p *planting) enclose(where string, a *Attachment) {
	m := p.mail()
	m.Body, m.Attachments = p.around(p.owner.lang.sentences[2]), []*Attachment{a}
	p.put(p.owner, m, where, false)
}

func (p *planting) textFile() {
	p.enclose("staging.env", &Attachment{Name: "staging.env", ContentType: "text/plain", Content: []byte(p.settings())})
}

func (p *planting) document() {
	p.enclose("handover.docx", &Attachment{Name: "handover.docx", ContentType: docxType, Content: docx(p.settings())})
}

func (p *planting) workbook() {
	rows := "Service\tSetting\nportal\tLOG_LEVEL=info\n"
	for line := range strings.Lines(p.secret.setting) {
		if p.secret.oneLine {
			line = "portal\t" + line
		}
		rows += line
	}
	p.enclose("accounts.xlsx", &Attachment{Name: "accounts.xlsx", ContentType: xlsxType, Content: xlsx(rows + "\n")})
}

func (p *planting) archive() {
	p.enclose("config.zip!config/prod.env", &Attachment{Name: "config.zip", ContentType: "application/zip",
		Content: zipped(zipEntry{"readme.txt", p.owner.lang.sentences[0]}, zipEntry{"config/prod.env", p.settings()})})
}

func (p *planting) csvFile() {
	p.enclose("export.csv", &Attachment{Name: "export.csv", ContentType: "text/csv",
		Content: []byte("service,setting\r\nportal,LOG_LEVEL=info\r\nportal,\"" + p.lines() + "\"\r\n")})
}

func (p *planting) nestedBody() {
	inner := p.nested(p.rnd, p.owner.lang, p.around(p.lines()))
	p.enclose(inner.Subject+".eml!body", &Attachment{Name: inner.Subject, Item: inner})
}

func (p *planting) nestedFile() {
	inner := p.nested(p.rnd, p.owner.lang, p.around(p.owner.lang.sentences[0]))
	inner.Attachments = append(inner.Attachments, &Attachment{ID: opaqueID("AAMkAG", 64, inner.InternetMessageID), Name: "deploy.env", ContentType: "text/plain",
		Content: []byte(p.settings()), Modified: p.until})
	p.enclose(inner.Subject+".eml!deploy.env", &Attachment{Name: inner.Subject, Item: inner})
}

// inlineFile is a file that the body shows: its message says hasAttachments false.
func (p *planting) inlineFile() {
	m := p.mail()
	m.BodyType, m.Body = "html", p.ordinaryHTML(`<p><object data="cid:settings@inline" type="text/plain"></object></p>`)
	m.Attachments = []*Attachment{{Name: "settings.txt", ContentType: "text/plain", Inline: true, ContentID: "settings@inline", Content: []byte(p.settings())}}
	p.put(p.owner, m, "settings.txt", false)
}
