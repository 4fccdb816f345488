package contract

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequests(t *testing.T) {
	c := load(t)
	for _, r := range []struct{ method, url, body, wrong string }{
		{"GET", "/v1.0/users?$filter=x&$count=true&$top=5&$select=id,mail,userPrincipalName", "", ""},
		{"GET", "/v1.0/users?$skip=5", "", "$skip"},
		{"GET", "/v1.0/users/u/mailFolders?includeHiddenFolders=true&$top=100", "", ""},
		{"GET", "/v1.0/users/u/mailFolders/delta?includeHiddenFolders=true", "", "includeHiddenFolders"},
		{"GET", "/v1.0/users/u/mailFolders?$select=id,wellKnownName", "", `"wellKnownName"`},
		{"GET", "/v1.0/users/u/mailFolders/AQ%2B%3D/messages/delta()?$select=id,subject,body&$deltatoken=x", "", ""},
		{"GET", "/v1.0/users/u/mailFolders/x/messages/microsoft.graph.delta()?changeType=created", "", ""},
		{"GET", "/v1.0/users/u/mailFolders/x/messages?$deltatoken=x", "", "$deltatoken"},
		{"GET", "/v1.0/users/u/messages/m/attachments?$select=id,microsoft.graph.fileAttachment/contentId", "", ""},
		{"GET", "/v1.0/users/u/messages/m/attachments?$select=contentId", "", `"contentId"`},
		{"GET", "/v1.0/users/u/messages/m/attachments?$select=microsoft.graph.message/subject", "", "derive"},
		{"GET", "/v1.0/users/u/messages?$top=5&$top=6", "", "twice"},
		{"DELETE", "/v1.0/users/u/messages/m", "", "no DELETE"},
		{"PATCH", "/v1.0/users/u/messages/m", `{"isRead":true}`, "no PATCH"},
		{"GET", "/v1.0/users/u/events", "", "no path"},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{"subject":"s","toRecipients":[{"emailAddress":{"address":"a@b"}}]},"saveToSentItems":false}`, ""},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{"subject":"s"},"saveToSentItems":"false"}`, ""},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{"subject":"s"},"saveToSentItems":"no"}`, "/saveToSentItems"},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{"body":{"contentType":"Text","content":"c"}}}`, ""},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{"body":{"contentType":"RTF"}}}`, "/message/body/contentType"},
		{"GET", "/v1.0/users/u/manager?$select=mail,displayName", "", ""},
		{"GET", "/v1.0/users/u/manager?$select=subject", "", `"subject"`},
		{"GET", "/v1.0/groups/g/members?$select=userPrincipalName,groupTypes", "", ""},
		{"GET", "/v1.0/groups/g/members?$select=subject", "", `"subject"`},
		{"POST", "/v1.0/users/u/microsoft.graph.sendMail", `{"Message":{"subject":1}}`, "/Message/subject"},
		{"POST", "/v1.0/users/u/sendMail", `{"message":{},"urgent":true}`, "/urgent"},
		{"POST", "/v1.0/users/u/translateExchangeIds", `{"inputIds":["a"],"sourceIdType":"restId","targetIdType":"restImmutableEntryId"}`, ""},
		{"POST", "/v1.0/users/u/translateExchangeIds", `{"inputIds":"a"}`, "/inputIds"},
		{"POST", "/beta/security/auditLog/queries", `{"displayName":"d","filterStartDateTime":"2026-01-01T00:00:00Z","operationFilters":["MailItemsAccessed"]}`, ""},
		{"POST", "/v1.0/$batch", `{"requests":[]}`, ""},
		{"POST", "/v1.0/$batch", `{"requests":[{"id":"1","method":"GET"}]}`, `"url" is missing`},
		{"POST", "/v1.0/$batch", `{"requests":[` + strings.Repeat(`{"id":"1","method":"GET","url":"/users"},`, 20) + `{"id":"1","method":"GET","url":"/users"}]}`, "21 entries"},
	} {
		req := httptest.NewRequest(r.method, r.url, strings.NewReader(r.body))
		if r.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		err := c.Request(req)
		if (err == nil) != (r.wrong == "") || err != nil && !strings.Contains(err.Error(), r.wrong) {
			t.Errorf("%s %s: got %v, want %q", r.method, r.url, err, r.wrong)
		}
		if left, _ := io.ReadAll(req.Body); string(left) != r.body {
			t.Errorf("%s %s: the body was used up", r.method, r.url)
		}
	}
}

func TestMIMEIsSentAsBase64(t *testing.T) {
	c := load(t)
	for body, ok := range map[string]bool{"U3ViamVjdDogeA==": true, "Subject: x": false} {
		r := httptest.NewRequest("POST", "/v1.0/users/u/sendMail", strings.NewReader(body))
		r.Header.Set("Content-Type", "text/plain")
		if err := c.Request(r); (err == nil) != ok {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestBatchChecksItsPartsSingly(t *testing.T) {
	c := load(t)
	const two = `{"requests":[{"id":"1","method":"GET","url":"/users/u/messages?$top=1"},{"id":"2","method":"GET","url":"/users/u/messages/m/$value"}]}`
	const mime = `{"id":"2","status":200,"headers":{"Content-Type":"text/plain"},"body":"U3ViamVjdDogeA=="}`
	for _, r := range []struct{ request, reply, wrong string }{
		{two, `{"responses":[` + mime + `,{"id":"1","status":200,"headers":{"Content-Type":"application/json"},"body":{"value":[]}}]}`, ""},
		{two, `{"responses":[` + mime + `,{"id":"1","status":429,"headers":{"Retry-After":"1","Content-Type":"application/json"},"body":{"error":{"code":"x"}}}]}`, ""},
		{two, `{"responses":[` + mime + `,{"id":"1","status":200,"headers":{"Content-Type":"application/json"},"body":{"value":[{"isRead":"x"}]}}]}`, "/value/0/isRead"},
		{two, `{"responses":[` + mime + `,{"id":"1","status":200,"headers":{"x-simulator-fault":"made"},"body":{"values":[]}}]}`, ""},
		{two, `{"responses":[` + mime + `]}`, "1 replies to 2"},
		{two, `{"responses":[` + mime + `,` + mime + `]}`, "has no reply"},
		{strings.Replace(two, "$top", "$from", 1), `{"responses":[` + mime + `,{"id":"1","status":200}]}`, "$from"},
	} {
		err := c.Batch([]byte(r.request), []byte(r.reply))
		if (err == nil) != (r.wrong == "") || err != nil && !strings.Contains(err.Error(), r.wrong) {
			t.Errorf("%s: got %v, want %q", r.reply, err, r.wrong)
		}
	}
}

// complaints gathers what a handler reports.
type complaints struct{ list []string }

func (c *complaints) Helper()                      {}
func (c *complaints) Errorf(f string, args ...any) { c.list = append(c.list, fmt.Sprintf(f, args...)) }

func TestHandlerReports(t *testing.T) {
	for _, r := range []struct {
		name, method, url, body string
		status                  int
		fault                   string
		want                    int
	}{
		{"good", "GET", "/v1.0/users", `{"value":[]}`, 200, "", 0},
		{"bad reply", "GET", "/v1.0/users", `{"value":[{"x":1}]}`, 200, "", 1},
		{"cut on purpose", "GET", "/v1.0/users", `{"value":[`, 200, "200-cut-value", 0},
		{"bad request", "GET", "/v1.0/users?$where=x", `{"value":[]}`, 200, "", 1},
		{"bad request, refused", "GET", "/v1.0/users?$where=x", `{"error":{"code":"BadRequest","message":"m"}}`, 400, "", 0},
		{"bad request, throttled", "GET", "/v1.0/users?$where=x", `{"error":{"code":"TooManyRequests","message":"m"}}`, 429, "", 1},
		{"bad request, faulted", "GET", "/v1.0/users?$where=x", ``, 404, "404-empty", 1},
		{"write", "DELETE", "/v1.0/users/u/messages/m", ``, 204, "", 2},
	} {
		var got complaints
		h := Handler(&got, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.fault != "" {
				w.Header().Set(FaultHeader, r.fault)
			}
			w.WriteHeader(r.status)
			io.WriteString(w, r.body)
		}))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(r.method, r.url, nil))
		if len(got.list) != r.want || rec.Body.String() != r.body || rec.Code != r.status {
			t.Errorf("%s: %d complaints, want %d: %q; reply %d %q", r.name, len(got.list), r.want, got.list, rec.Code, rec.Body)
		}
	}
}
