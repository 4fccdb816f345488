package simulator

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// attached delivers a message with a file, an inline image, a link and a nested message.
func attached(w *world) Message {
	w.Helper()
	deep := &Message{Subject: "deep", Body: "deep body", From: Address{"", "c@fabrikam.example"}, Sent: noon, InternetMessageID: "<deep@x>",
		Attachments: []*Attachment{{Name: "deep.txt", ContentType: "text/plain", Content: []byte("deep file")}}}
	m, err := w.tenant.Deliver(w.ada.ID, Message{Subject: "Grüße", BodyType: "html", Body: "<p>see <img src=cid:pic></p>", From: Address{`Bob "B"`, "bob@fabrikam.example"},
		To: []Address{{"Ädä", "ada@contoso.example"}}, Sent: noon,
		Attachments: []*Attachment{
			{Name: "report ü.pdf", ContentType: "application/pdf", Content: bytes.Repeat([]byte("%PDF"), 10_000)},
			{Name: "pic.png", ContentType: "image/png", Inline: true, ContentID: "pic", Content: []byte("png")},
			{Name: "plan.docx", SourceURL: "https://contoso.example/plan.docx"},
			{Name: "Fwd", Item: &Message{Subject: "inner", Body: "inner body", InternetMessageID: "<inner@x>", Sent: noon, Attachments: []*Attachment{{Name: "deep", Item: deep}}}},
			{Name: "empty.txt", ContentType: "text/plain"},
		}})
	if err != nil {
		w.Fatal(err)
	}
	return m
}

func TestAttachmentsOfAllKinds(t *testing.T) {
	w := newWorld(t, Options{})
	m := attached(w)
	where := ada + "/messages/" + m.ID + "/attachments"
	list := w.ok(where).value()
	var kinds []string
	for _, a := range list {
		kinds = append(kinds, strings.TrimSuffix(strings.TrimPrefix(a["@odata.type"].(string), "#microsoft.graph."), "Attachment"))
	}
	if d := cmp.Diff([]string{"file", "file", "reference", "item", "file"}, kinds); d != "" {
		t.Fatal(d)
	}
	if list[0]["contentBytes"] == nil || list[2]["contentBytes"] != nil || list[3]["item"] != nil || list[4]["contentBytes"] != "" {
		t.Errorf("contents: %.200v", list[2:])
	}
	lean := w.ok(where + "?$select=id,name,size").value()
	if lean[0]["contentBytes"] != nil || lean[0]["size"] != 40000.0 {
		t.Errorf("selected: %v", lean[0])
	}
	w.refused(where+"?$select=contentBytes", 400, "BadRequest")
	file := w.ok(where + "/" + list[0]["id"].(string) + "/$value")
	if !bytes.Equal(file.raw, m.Attachments[0].Content) || file.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("$value: %d bytes of %s", len(file.raw), file.header.Get("Content-Type"))
	}
	item := where + "/" + list[3]["id"].(string)
	expanded := w.ok(item + "?$expand=microsoft.graph.itemattachment/item($expand=microsoft.graph.message/attachments($expand=microsoft.graph.itemattachment/item($expand=microsoft.graph.message/attachments)))")
	inner := expanded.json["item"].(map[string]any)
	if inner["subject"] != "inner" || inner["id"] != "" || inner["@odata.type"] != "#microsoft.graph.message" {
		t.Errorf("item: %v", inner)
	}
	if body := inner["body"].(map[string]any); body["contentType"] != "text" || strings.HasPrefix(inner["receivedDateTime"].(string), "0001") {
		t.Errorf("item is not complete: %v", inner)
	}
	deep := inner["attachments"].([]any)[0].(map[string]any)["item"].(map[string]any)
	if file := deep["attachments"].([]any)[0].(map[string]any); file["contentBytes"] != "ZGVlcCBmaWxl" {
		t.Errorf("attachment of an attachment of an attachment: %v", file)
	}
	if raw := string(w.ok(item + "/$value").raw); !strings.Contains(raw, "Subject: inner\r\n") {
		t.Errorf("item as MIME: %.200s", raw)
	}
	for _, c := range []struct{ expand, want string }{{"attachments", "contentBytes"}, {"attachments($select=id,name)", ""}} {
		got := w.ok(ada + "/messages?$expand=" + c.expand).value()[0]["attachments"].([]any)[0].(map[string]any)
		if (got["contentBytes"] != nil) != (c.want != "") {
			t.Errorf("$expand=%s in a list: %.100v", c.expand, got)
		}
	}
	w.refused(where+"/"+strings.Repeat("A", 40), 404, "ErrorItemNotFound")
}

func TestInlineOnlyHasNoAttachmentsAndScanningEnds(t *testing.T) {
	w := newWorld(t, Options{})
	m, err := w.tenant.Deliver(w.ada.ID, Message{Subject: "x", Attachments: []*Attachment{{Name: "a.png", Inline: true, Content: []byte("x"), Scanning: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if w.ok(ada + "/messages/" + m.ID).json["hasAttachments"] != false {
		t.Error("hasAttachments is false when all are inline")
	}
	where := ada + "/messages/" + m.ID + "/attachments"
	if a := w.ok(where).value()[0]; a["name"] != "Safe Attachments Scan In Progress" || a["contentBytes"] != "" {
		t.Errorf("first read: %v", a)
	}
	if a := w.ok(where).value()[0]; a["name"] != "a.png" || a["contentBytes"] != "eA==" {
		t.Errorf("second read: %v", a)
	}
}

func TestMIMEIsReadByOthers(t *testing.T) {
	w := newWorld(t, Options{})
	m := attached(w)
	raw := w.ok(ada + "/messages/" + m.ID + "/$value")
	msg, err := mail.ReadMessage(bytes.NewReader(raw.raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != "Grüße" {
		t.Errorf("subject %q %v", subject, err)
	}
	if from, err := msg.Header.AddressList("From"); err != nil || from[0].Name != `Bob "B"` {
		t.Errorf("from %v %v", from, err)
	}
	var names []string
	readParts(t, msg.Header.Get("Content-Type"), msg.Body, &names)
	want := []string{"text/html", "image/png pic.png", "application/pdf report ü.pdf", "message/rfc822", "text/plain", "message/rfc822", "text/plain", "text/plain deep.txt", "text/plain empty.txt"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	given := []byte("Subject: raw\r\n\r\nas it came\r\n")
	kept, err := w.tenant.Deliver(w.ada.ID, Message{Subject: "raw", MIME: given})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.ok(ada + "/messages/" + kept.ID + "/$value"); !bytes.Equal(got.raw, given) || got.header.Get("Content-Type") != "text/plain" {
		t.Errorf("stored MIME: %q", got.raw)
	}
}

func readParts(t *testing.T, contentType string, r io.Reader, names *[]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		*names = append(*names, kind)
		return
	}
	for mr := multipart.NewReader(r, params["boundary"]); ; {
		p, err := mr.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		switch {
		case strings.HasPrefix(kind, "multipart/"):
			readParts(t, p.Header.Get("Content-Type"), p, names)
		case kind == "message/rfc822":
			*names = append(*names, kind)
			inner, err := mail.ReadMessage(p)
			if err != nil {
				t.Fatal(err)
			}
			readParts(t, inner.Header.Get("Content-Type"), inner.Body, names)
		default:
			*names = append(*names, strings.TrimSpace(kind+" "+p.FileName()))
		}
	}
}

// TestBareItems: expanded items have headers, or as in the documentation's samples none;
// their MIME form has them always.
func TestBareItems(t *testing.T) {
	for _, bare := range []bool{false, true} {
		w := newWorld(t, Options{BareItems: bare})
		m, err := w.tenant.Deliver(w.ada.ID, Message{Subject: "s", Attachments: []*Attachment{{Name: "Fwd", Item: &Message{Subject: "inner", Headers: []Header{{"X-Key", "v"}}}}}})
		do(t, err)
		list := ada + "/messages/" + m.ID + "/attachments"
		inner := w.ok(list + "?$expand=microsoft.graph.itemattachment/item($expand=microsoft.graph.message/attachments)").value()[0]["item"].(map[string]any)
		if got := inner["internetMessageHeaders"].([]any); (len(got) == 0) != bare {
			t.Errorf("bare %v: headers %v", bare, got)
		}
		if raw := string(w.ok(list + "/" + m.Attachments[0].ID + "/$value").raw); !strings.Contains(raw, "X-Key: v\r\n") {
			t.Errorf("bare %v: MIME %q", bare, raw)
		}
	}
}
