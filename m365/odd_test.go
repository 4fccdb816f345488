package m365

import (
	"net/http"
	"strings"
	"testing"
)

// TestOddReplies answers as no simulator does: what a list or an attachment lacks is never taken
// for empty.
func TestOddReplies(t *testing.T) {
	const message = `{"value":[{"@odata.etag":"W/\"1\"","id":"m","subject":"s","receivedDateTime":"2026-01-01T00:00:00Z","hasAttachments":true,"body":{"contentType":"text","content":"b"}}],"@odata.deltaLink":"http://127.0.0.1:1/v1.0/d"}`
	for name, c := range map[string]struct {
		folders, messages, files, value string
		want                            string // of the errors and skips
	}{
		"folders that are an error": {folders: graphError("X", "y"), want: "cut off"},
		"folders that are null":     {folders: `{"value":null}`, want: "cut off"},
		"messages without a list":   {messages: `{"@odata.deltaLink":"http://127.0.0.1:1/v1.0/d"}`, want: "cut off"},
		"a message without an id":   {messages: `{"value":[{"subject":"s","body":{"content":"b"}}],"@odata.deltaLink":"http://127.0.0.1:1/v1.0/d"}`, want: "without an id"},
		"no attachments":            {messages: message, files: `{"value":[]}`, want: "lists none"},
		"attachments that are null": {messages: message, files: `{"value":null}`, want: "makes no sense"},
		"attachments in HTML":       {messages: message, files: `<html>`, want: "makes no sense"},
		"an empty attachment":       {messages: message, files: `{"value":[{"id":"a","name":"a.txt","size":500,"contentBytes":""}]}`, want: "came empty"},
		"what the list left out":    {messages: message, files: `{"value":[{"id":"a","name":"a.txt","size":5,"contentBytes":""}]}`, value: "there!", want: ""},
		"a list in a circle":        {messages: `{"value":[],"@odata.nextLink":"http://127.0.0.1:1/v1.0/d"}`, want: "circle"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := New(Options{Endpoint: "http://127.0.0.1:1", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				path := r.URL.Path
				switch {
				case strings.HasSuffix(path, "/$batch"):
					return reply(400, graphError("BadRequest", "one by one, please"))()
				case strings.HasSuffix(path, "/msgfolderroot"):
					return reply(404, graphError("ErrorItemNotFound", "not here"))()
				case strings.HasSuffix(path, "/users"):
					return reply(200, `{"value":[{"id":"u","mail":"u@x.example","userType":"Member"}]}`)()
				case strings.HasSuffix(path, "/mailFolders") && c.folders != "":
					return reply(200, c.folders)()
				case strings.HasSuffix(path, "/mailFolders"):
					return reply(200, `{"value":[{"id":"f","displayName":"Inbox"}]}`)()
				case strings.HasSuffix(path, "/childFolders"):
					return reply(200, `{"value":[]}`)()
				case strings.HasSuffix(path, "/attachments"):
					return reply(200, c.files)()
				case strings.HasSuffix(path, "/$value"):
					return reply(200, c.value)()
				}
				return reply(200, c.messages)()
			})})
			if err != nil {
				t.Fatal(err)
			}
			said := oddSweep(t, open(t, client, func(o *SourceOptions) { o.Recoverable = nil }))
			if c.want == "" && said != "" || !strings.Contains(said, c.want) {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}

// oddSweep reads everything and gives all errors and skips.
func oddSweep(t *testing.T, s *Source) string {
	var said []string
	note := func(err error) {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	for m, err := range s.Mailboxes(t.Context()) {
		note(err)
		for f, err := range s.Folders(t.Context(), m) {
			note(err)
			if err != nil {
				continue
			}
			for p, err := range s.Changes(t.Context(), f, nil) {
				note(err)
				for _, k := range p.Skips {
					note(&k)
				}
				for _, m := range p.Messages {
					for _, k := range read(t, m).Skips {
						note(&k)
					}
				}
			}
		}
	}
	return strings.Join(said, "; ")
}
