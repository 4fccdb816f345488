package m365

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/notify"
	"mailsweep/notify/mime"
)

// Sender sends notices from one mailbox of a tenant. It needs Mail.Send for that mailbox
// and, to find out what became of a letter after a crash, Mail.ReadBasic. Exchange Online
// takes 30 messages a minute and 10,000 recipients a day from a mailbox
// (learn.microsoft.com, "Exchange Online limits", Sending limits): whoever calls keeps
// that pace.
type Sender struct {
	c    *Client
	from mime.From
	now  func() time.Time
}

// NewSender sends from a mailbox.
func NewSender(c *Client, from mime.From) (*Sender, error) {
	if err := from.Check(); err != nil {
		return nil, fmt.Errorf("notices.graph: %w", err)
	}
	return &Sender{c: c, from: from, now: time.Now}, nil
}

var _ notify.Sender = (*Sender)(nil)

// Name implements [notify.Sender].
func (*Sender) Name() string { return "graph" }

// Send sends a letter as MIME, so that it has its Message-ID and both of its forms; it is
// kept in Sent Items (learn.microsoft.com, "user: sendMail"). It is asked for once: only
// what was certainly not done is asked for again.
func (s *Sender) Send(ctx context.Context, l notify.Letter) (receipt string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
	}
	mail, err := mime.Bytes(l, s.from, s.now())
	if err != nil {
		return "", err
	}
	requestID, err := s.post(ctx, mail)
	if err != nil {
		return "", s.refused(clean(ctx, err))
	}
	return strings.TrimSpace(fmt.Sprintf("Microsoft Graph took it at %s, request-id %s", s.now().UTC().Format(time.RFC3339), requestID)), nil
}

// post hands MIME over, and is told the service's name for the request.
func (s *Sender) post(ctx context.Context, mail []byte) (requestID string, err error) {
	body := make([]byte, base64.StdEncoding.EncodedLen(len(mail)))
	base64.StdEncoding.Encode(body, mail)
	of := call{mailbox: s.from.Address, single: true}
	req, err := http.NewRequestWithContext(withCall(ctx, of), http.MethodPost, s.c.url(nil, "users", s.from.Address, "sendMail"), bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	req.Header.Set("Content-Type", "text/plain")
	resp, err := s.c.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // a 202 has none
	return line(resp.Header.Get("request-id"), 60), nil
}

// refused says what an error leaves of a letter.
func (s *Sender) refused(err error) error {
	var e *Error
	switch {
	case errors.As(err, new(*signInError)), away(err):
		return fmt.Errorf("%w: %w", notify.ErrLater, err)
	case !errors.As(err, &e), e.Status >= 500 && e.Status != http.StatusInsufficientStorage:
		return err
	case e.Status == http.StatusBadRequest, e.Status == http.StatusRequestEntityTooLarge:
		return fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	case e.Status == http.StatusForbidden:
		return fmt.Errorf("%w: %s may not be sent from: grant \"Application Mail.Send\" for it (docs/setup.md): %w", notify.ErrLater, s.from.Address, err)
	case e.Status == http.StatusNotFound:
		return fmt.Errorf("%w: %s is no mailbox of the tenant: %w", notify.ErrLater, s.from.Address, err)
	}
	return fmt.Errorf("%w: %w", notify.ErrLater, err)
}

// Look asks Sent Items. What is not there yet may be on its way: that is
// [notify.ErrCannotLook].
func (s *Sender) Look(ctx context.Context, messageID string) (bool, error) {
	found, err := s.sent(ctx, messageID)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Status == http.StatusForbidden:
		return false, fmt.Errorf("%w: reading Sent Items of %s needs \"Application Mail.ReadBasic\" for it: %w", notify.ErrCannotLook, s.from.Address, err)
	case err != nil:
		return false, fmt.Errorf("%w: %w", notify.ErrCannotLook, err)
	case !found:
		return false, fmt.Errorf("%w: it is not in Sent Items of %s, or not yet", notify.ErrCannotLook, s.from.Address)
	}
	return true, nil
}

// sent reports whether a letter is in Sent Items.
func (s *Sender) sent(ctx context.Context, messageID string) (bool, error) {
	quoted := "'" + strings.ReplaceAll(messageID, "'", "''") + "'"
	q := query{{"$select", "id"}, {"$top", "1"}, {"$filter", "internetMessageId eq " + quoted}}
	page, err := get[models.MessageCollectionResponseable](ctx, s.c, call{mailbox: s.from.Address}, s.c.url(q, "users", s.from.Address, "mailFolders", "sentitems", "messages"),
		nil, models.CreateMessageCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return false, err
	}
	return len(page.GetValue()) > 0, nil
}
