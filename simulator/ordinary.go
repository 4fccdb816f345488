package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// outline begins a message of a text.
func (g *generator) outline(t text, when time.Time) Message {
	return Message{Subject: t.subject, BodyType: t.kind, Body: t.body, From: t.from, Sender: t.from, ConversationID: t.conversation,
		OData: t.odata, Received: when, Sent: when.Add(-3 * time.Second), Created: when, Modified: when}
}

// ordinary is the n-th mail of a mailbox that nothing was planted in.
func (g *generator) ordinary(rnd *rand.Rand, p *person, n int, when time.Time) Message {
	chance := rnd.IntN(100)
	var m Message
	switch {
	case chance < 12:
		m = g.outline(g.stock.bulletin[rnd.IntN(len(g.stock.bulletin))], when)
		m.FolderID, m.To = oneOf(rnd, "inbox", "inbox", "junkemail", "deleteditems"), []Address{p.address()}
		m.Headers = []Header{{"List-Unsubscribe", "<https://click.letter.example/unsubscribe/" + letters(rnd, lowerAlnum, 16) + ">"}, {"Precedence", "bulk"}}
	case chance < 19:
		m = g.outline(g.stock.meetings[rnd.IntN(len(g.stock.meetings))], when)
		m.To = []Address{p.address(), g.anyone(rnd).address(), g.anyone(rnd).address()}
	case chance < 24:
		m = g.outline(g.stock.notices[rnd.IntN(len(g.stock.notices))], when)
		m.FolderID, m.To = oneOf(rnd, "inbox", "archive"), []Address{p.address()}
	default:
		m = g.conversation(rnd, p, when)
	}
	m.IsRead = rnd.IntN(5) > 0
	m.InternetMessageID = fmt.Sprintf("<%s.%d@%s>", letters(rnd, lowerAlnum, 20), n, m.From.Address[strings.LastIndexByte(m.From.Address, '@')+1:])
	if rnd.IntN(20) == 0 {
		g.broadcast(rnd, &m)
	}
	g.attach(rnd, &m)
	return m
}

func oneOf(rnd *rand.Rand, of ...string) string { return of[rnd.IntN(len(of))] }

// conversation is a mail of a thread, received, or sent by the owner of the mailbox.
func (g *generator) conversation(rnd *rand.Rand, p *person, when time.Time) Message {
	lang := p.lang
	if rnd.IntN(4) == 0 {
		lang = &languages[0]
	}
	threads := g.stock.threads[lang.code]
	thread := threads[rnd.IntN(len(threads))]
	m := g.outline(thread[rnd.IntN(len(thread))], when)
	m.To = []Address{p.address()}
	if rnd.IntN(4) == 0 {
		m.Cc = []Address{g.anyone(rnd).address()}
	}
	switch chance := rnd.IntN(100); {
	case chance < 22:
		m.FolderID, m.From, m.Sender, m.To = "sentitems", p.address(), p.address(), []Address{g.anyone(rnd).address()}
	case chance < 24:
		m.FolderID, m.From, m.Sender, m.IsDraft = "drafts", p.address(), p.address(), true
	case chance < 42:
		m.FolderID = oneOf(rnd, p.own...)
	case chance < 50:
		m.FolderID = oneOf(rnd, "deleteditems", "archive", "junkemail")
	case chance < 52:
		m.FolderID = oneOf(rnd, "recoverableitemsdeletions", "purges", p.hidden)
	}
	return m
}

// broadcast makes a mail one that many mailboxes have: the same internet message id
// wherever it turns up.
func (g *generator) broadcast(rnd *rand.Rand, m *Message) {
	t := g.stock.notices[rnd.IntN(len(g.stock.notices))]
	m.Subject, m.BodyType, m.Body, m.From, m.Sender, m.ConversationID = t.subject, t.kind, t.body, t.from, t.from, t.conversation
	m.OData, m.FolderID, m.IsDraft, m.Cc = "", "inbox", false, nil
	m.To = []Address{{Name: "Everybody", Address: "everybody@" + g.tenant.Domain()}}
	m.InternetMessageID = "<" + t.conversation[20:44] + "@builds.example>"
}

// logo is a picture that signatures show: it does not count as an attachment.
const logo = "logo@signature"

// attach gives the share of mail that the size asks for an ordinary file, and a few HTML
// mails a picture of their signature.
func (g *generator) attach(rnd *rand.Rand, m *Message) {
	if rnd.Float64() < g.size.Attachments {
		m.Attachments = append(m.Attachments, g.files[rnd.IntN(len(g.files))])
	}
	if m.BodyType == "html" && rnd.IntN(40) == 0 {
		m.Body = strings.Replace(m.Body, "</div>\r\n</body>", `<p><img src="cid:`+logo+`" alt=""></p></div>`+"\r\n</body>", 1)
		m.Attachments = append(m.Attachments, &Attachment{Name: "image001.png", ContentType: "image/png", Inline: true, ContentID: logo, Content: g.signature})
	}
}
