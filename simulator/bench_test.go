package simulator

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// nowhere takes a reply and drops it, as fast as a server can send.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) WriteHeader(int)             {}
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }

// twelveKB is text as HTML mail has it: an attribute, a line of words, a line break.
var twelveKB = strings.Repeat("<p class=\"MsoNormal\">A line of plain words, as people write them to each other.</p>\r\n", 12_000/86)

func benchTenant(b *testing.B, messages int, body string) *Server {
	b.Helper()
	ten := NewTenant("", "contoso.example")
	ten.AddUser(User{UserPrincipalName: "ada@contoso.example"})
	for i := range messages {
		m := Message{Subject: fmt.Sprint("note ", i), BodyType: "html", Body: body, From: Address{"Bob", "bob@fabrikam.example"}, To: []Address{{"Ada", "ada@contoso.example"}}}
		if _, err := ten.Deliver("ada@contoso.example", m); err != nil {
			b.Fatal(err)
		}
	}
	return NewServer(ten, Options{Limits: DefaultLimits(), Audit: Audit{Off: true}, Clock: &handClock{now: noon}})
}

// BenchmarkPage is a page of 100 messages of 12 KB, by delta.
func BenchmarkPage(b *testing.B) {
	s := benchTenant(b, 2000, twelveKB)
	s.limits = newLimiter(Limits{}, s.clock)
	r := httptest.NewRequest("GET", "/v1.0"+inboxDelta, nil)
	r.Header.Set("Prefer", "odata.maxpagesize=100")
	for b.Loop() {
		s.ServeHTTP(nowhere{http.Header{}}, r)
	}
	b.SetBytes(s.Stats().BytesSent / int64(s.Stats().Requests))
}

// BenchmarkPageOverHTTP is the same through a connection.
func BenchmarkPageOverHTTP(b *testing.B) {
	s := benchTenant(b, 2000, twelveKB)
	s.limits = newLimiter(Limits{}, s.clock)
	hs := httptest.NewServer(s)
	defer hs.Close()
	req, _ := http.NewRequest("GET", hs.URL+"/v1.0"+inboxDelta, nil)
	req.Header.Set("Prefer", "odata.maxpagesize=100")
	for b.Loop() {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

// BenchmarkBigAttachment is 25 MB as contentBytes: it must not be held several times.
func BenchmarkBigAttachment(b *testing.B) {
	s := benchTenant(b, 1, "x")
	m, err := s.tenant.Deliver("ada@contoso.example", Message{Attachments: []*Attachment{{Name: "big", Content: make([]byte, 25<<20)}}})
	if err != nil {
		b.Fatal(err)
	}
	s.limits = newLimiter(Limits{}, s.clock)
	r := httptest.NewRequest("GET", "/v1.0"+ada+"/messages/"+m.ID+"/attachments", nil)
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(nowhere{http.Header{}}, r)
	}
}

// BenchmarkDeliver is what making a tenant costs for each message of 12 KB.
func BenchmarkDeliver(b *testing.B) {
	ten := NewTenant("", "contoso.example")
	ten.AddUser(User{UserPrincipalName: "ada@contoso.example"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ten.Deliver("ada@contoso.example", Message{Subject: "x", BodyType: "html", Body: twelveKB}); err != nil {
			b.Fatal(err)
		}
	}
}
