package m365

import (
	"context"
	"errors"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Message implements [sweeper.Source].
func (s *Source) Message(ctx context.Context, r sweeper.Ref) (*sweeper.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	gone := &sweeper.Skip{Ref: r, Skip: decode.Skip{Reason: decode.Gone, Detail: "it is no longer in the mailbox"}}
	user, id, ok := strings.Cut(r.Key, "/")
	if !ok || r.Source != s.name {
		return nil, gone
	}
	m, err := get[models.Messageable](ctx, s.c, call{mailbox: user}, s.c.url(query{{"$select", messageFields}}, "users", user, "messages", id),
		query{immutable}, models.CreateMessageFromDiscriminatorValue)
	var e *Error
	if errors.As(err, &e) {
		switch e.meaning() {
		case vanished, malformed:
			return nil, gone
		case unreadable:
			return nil, &sweeper.Skip{Ref: r, Skip: decode.Skip{Reason: decode.Unreadable, Detail: e.Error()}}
		}
	}
	if err != nil {
		return nil, s.about(r.Mailbox, err)
	}
	w := &walk{s: s, mailbox: &mailbox{id: user, name: r.Mailbox}, of: sweeper.Folder{Source: s.name, Mailbox: r.Mailbox, Name: r.Folder, Key: r.FolderKey}}
	return w.message(m), nil
}
