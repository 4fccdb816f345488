package simulator

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// faultHeader is the header of a reply that misbehaves on purpose, in the header or
// among the headers of a part of a batch. Its value is the fault.
const faultHeader = "X-Simulator-Fault"

// instead is the reply of a fault that comes in the place of an answer, nil of others.
func (c *call) instead() *reply {
	switch c.fault {
	case "":
		return nil
	case Unavailable:
		return empty(503).set("Retry-After", retryAfter(10*time.Second, c.s.clock.Speed()))
	case NotFoundEmpty:
		return empty(404)
	case BadGateway:
		r := empty(502)
		r.kind = "text/html"
		r.body = body{{data: []byte("<html><head><title>502 Bad Gateway</title></head><body></body></html>")}}
		return r
	case ResetEarly:
		r := empty(200)
		r.broken = true
		return r
	case Messageless:
		r := c.fail(500, "", "")
		r.body = body{{data: []byte(`{"error":{"code":"InternalServerError","innererror":{"requestId":"` + c.request + `"}}}`)}}
		return r
	case ResyncRequired:
		return c.fail(410, "resyncRequired", "Resync required. Replace any local items with the server’s version (including deletes).").
			set("Location", c.tokenLink("$deltatoken", ""))
	case ExpiredDelta:
		return c.expired(108, 143)
	}
	if r := c.throttled(); r != nil {
		return r
	}
	for _, e := range plainErrors {
		if e.fault == c.fault {
			return c.fail(e.status, e.code, strings.ReplaceAll(e.message, "{user}", c.firstID()))
		}
	}
	return nil
}

func (c *call) firstID() string {
	if len(c.ids) == 0 {
		return ""
	}
	return c.ids[0]
}

// plainErrors are the faults that are an error object and nothing else. Messages of
// which no source gives the words are made: those of AttachmentLocked, TooManyObjects,
// InvalidRecipients, FolderGone, NotHosted and NotSupported.
var plainErrors = [...]struct {
	fault         Fault
	status        int
	code, message string
}{
	{InternalError, 500, "UnknownError", ""},
	{GatewayTimeout, 504, "UnknownError", ""},
	{Unauthorized, 401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."},
	{UnauthorizedBlank, 401, "UnknownError", ""},
	{Denied, 403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."},
	{DeniedPolicy, 403, "ErrorAccessDenied", "Access to OData is disabled."},
	{DeniedDirectory, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."},
	{NotEnabled, 404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise."},
	{NotEnabledOld, 404, "MailboxNotEnabledForRESTAPI", "REST API is not yet supported for this mailbox."},
	{NotHosted, 404, "MailboxNotHostedInExchangeOnline", "The mailbox is not hosted in Exchange Online."},
	{NonExistent, 404, "ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it."},
	{InvalidUser, 404, "ErrorInvalidUser", "The requested user '{user}' is invalid."},
	{ResourceGone, 404, "ResourceNotFound", "Resource could not be discovered."},
	{DirectoryGone, 404, "Request_ResourceNotFound", "Resource '{user}' does not exist or one of its queried reference-property objects are not present."},
	{ItemGone, 404, "ErrorItemNotFound", "The specified object was not found in the store."},
	{AttachmentGone, 404, "ErrorItemNotFound", "The specified object was not found in the store., The process failed to get the correct properties."},
	{AttachmentLocked, 500, "ErrorCannotOpenFileAttachment", "Could not open the file attachment."},
	{TooManyObjects, 500, "ErrorTooManyObjectsOpened", "Too many objects were opened at once."},
	{Corrupt, 500, "ErrorCorruptData", "Data is corrupt."},
	{InvalidRecipients, 500, "ErrorInvalidRecipients", "At least one recipient is not valid."},
	{FolderGone, 404, "ErrorSyncFolderNotFound", "The folder to synchronize was not found."},
	{Quota, 507, "ErrorQuotaExceeded", "The process failed to get the correct properties."},
	{Inefficient, 400, "InefficientFilter", "The restriction or sort order is too complex for this operation."},
	{NotSupported, 400, "ErrorInvalidRequest", "The request is not supported."},
	{MalformedID, 400, "ErrorInvalidIdMalformed", "Id is malformed."},
	{BadToken, 400, "BadRequest", "Badly formed token."},
}

// throttled is the reply of a fault that is a 429.
func (c *call) throttled() *reply {
	const many, over = "TooManyRequests", "ApplicationThrottled"
	switch c.fault {
	case Throttled:
		r := c.fail(429, many, "Please retry again later.")
		return r.set("Retry-After", "2.128")
	case ThrottledMailbox:
		return c.fail(429, over, "Application is over its MailboxConcurrency limit.").set("Retry-After", "1")
	case ThrottledRate:
		return c.fail(429, over, "Application is over its RequestRate limit.").set("Retry-After", "1")
	case ThrottledBytes:
		return c.fail(429, over, "Application is over its IncomingBytes limit.").set("Retry-After", "1")
	case ThrottledSilent:
		return c.fail(429, over, "Application is over its MailboxConcurrency limit.")
	case ThrottledDate:
		at := time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) // the caller's time
		return c.fail(429, many, "Please retry again later.").set("Retry-After", at)
	case ThrottledHuge:
		return c.fail(429, many, "Please retry again later.").set("Retry-After", "3600")
	case ThrottledEmpty:
		return empty(429).set("Retry-After", "1")
	}
	return nil
}

// spoil does to an answer what its fault does.
func (c *call) spoil(r *reply) *reply {
	f := c.s.options.Faults
	ofMessages := strings.HasSuffix(c.route.template, "/messages") || strings.HasSuffix(c.route.template, "/messages/delta")
	if r.entries >= 0 && ofMessages &&
		(f.MaxEntries > 0 && r.entries > f.MaxEntries || f.MaxBytes > 0 && r.body.length() > f.MaxBytes) {
		c.fault = GatewayTimeout
		return c.fail(504, "UnknownError", "")
	}
	if c.fault == LostReply {
		return &reply{status: r.status, entries: -1, broken: true}
	}
	if c.fault == "" || r.status != 200 {
		return r
	}
	switch c.fault {
	case TruncatedValue, TruncatedMiddle, ControlCharacters:
		whole := r.body.flat()
		switch c.fault {
		case TruncatedValue:
			if i := bytes.Index(whole, []byte(`"value":[`)); i >= 0 {
				whole = whole[:i+len(`"value":[`)]
			}
		case TruncatedMiddle:
			whole = whole[:len(whole)/2]
		case ControlCharacters:
			whole = withControls(whole)
		}
		r.body = body{{data: whole}}
	case ResetBody:
		whole := r.body.flat()
		r.body, r.broken = body{{data: whole[:len(whole)/2]}}, true
	case SlowBody:
		r.slow = true
	}
	return r
}

// withControls puts raw control characters into the strings that hold text of mail.
func withControls(whole []byte) []byte {
	for _, name := range []string{`"subject":"`, `"bodyPreview":"`, `"displayName":"`} {
		whole = bytes.ReplaceAll(whole, []byte(name), []byte(name+"\x01\x0b"))
	}
	return whole
}
