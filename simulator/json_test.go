package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c\r\n\t\x00\x1f", "Grüße 😊", "\xff\xfe bad", strings.Repeat("x", 7) + "\"", strings.Repeat("é", 9) + "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add("a eq 'b' and (c in ('d','e''f') or not startswith(g,'h'))")
	f.Add("((((")
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := parseFilter(s)
		if err == nil {
			parsed.paths()
			parsed.holds(func(string) (any, bool) { return "x", true })
		}
	})
}

func FuzzDeltaToken(f *testing.F) {
	f.Add((&deltaToken{generation: 1, folder: "x"}).encode())
	f.Fuzz(func(t *testing.T, s string) { decodeDeltaToken(s) })
}

func FuzzPathAndExpand(f *testing.F) {
	f.Add("users/a/mailFolders('x')/messages/delta()")
	f.Add("attachments($select=id;$expand=microsoft.graph.itemattachment/item($expand=a))")
	f.Fuzz(func(t *testing.T, s string) {
		splitPath(s)
		parseExpand(s)
		parsePrefer([]string{s})
	})
}

// No request may bring the server down, and what it calls JSON is JSON.
func FuzzServer(f *testing.F) {
	ten := NewTenant("", "contoso.example")
	ten.AddUser(User{UserPrincipalName: "ada@contoso.example"})
	m, err := ten.Deliver("ada@contoso.example", Message{Subject: "x", Attachments: []*Attachment{{Name: "a", Item: &Message{}}}})
	if err != nil {
		f.Fatal(err)
	}
	s := NewServer(ten, Options{})
	for _, r := range s.routes {
		path := strings.Replace(r.template, "{id}", "ada@contoso.example", 1)
		path = strings.Replace(path, "mailFolders/{id}", "mailFolders/inbox", 1)
		path = strings.Replace(path, "messages/{id}", "messages/"+m.ID, 1)
		path = strings.Replace(path, "{id}", m.Attachments[0].ID, 1)
		f.Add(r.method, path, "$select=id,subject&$top=5&$filter=subject eq 'x'", `{"requests":[{"id":"1","method":"GET","url":"/users"}]}`)
	}
	f.Add("GET", "/users/ada@contoso.example/messages", "$expand=attachments($expand=microsoft.graph.itemattachment/item)&$orderby=subject desc&$count=true", "")
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		u := &url.URL{Path: "/v1.0" + path, RawQuery: query}
		r := &http.Request{Method: method, URL: u, Host: "h", Header: http.Header{}, Body: httptest.NewRequest("POST", "/", strings.NewReader(body)).Body}
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		if strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") && !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%s %s?%s: not JSON: %.300q", method, path, query, rec.Body.Bytes())
		}
	})
}
