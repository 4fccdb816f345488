package m365

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Error is a reply of the service that is no success, after all that could be done
// about it was done.
type Error struct {
	Status  int    // HTTP status
	Code    string // error.code; "" when the reply had none
	Message string // error.message, on one line and cut; "" when the reply had none
	// RequestID is what Microsoft's support asks for.
	RequestID string

	wait time.Duration // Retry-After; -1 when absent
}

func (e *Error) Error() string {
	s := fmt.Sprintf("Microsoft Graph answered %d", e.Status)
	if e.Code != "" {
		s += " " + e.Code
	} else if t := http.StatusText(e.Status); t != "" {
		s += " " + t
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.RequestID != "" {
		s += " (request-id " + e.RequestID + ")"
	}
	return s
}

// meaning is what a failed reply says about what was asked for.
type meaning uint8

const (
	unknown    meaning = iota // a bug of ours or theirs: the folder fails, the others go on
	transient                 // ask again
	throttled                 // ask again, but not now
	signIn                    // the token was refused
	forbidden                 // a permission of the application is missing: nothing else will work
	notCovered                // this mailbox cannot be read, now or later
	vanished                  // the message, attachment or folder is not there any more
	unreadable                // the service cannot give this item, now or later
	resync                    // the delta token is too old: read the folder anew
	malformed                 // the request was refused as wrong
)

// codes are the error codes that decide by themselves, in lower case because the
// service does not spell them always the same. Where they come from:
// learn.microsoft.com "Microsoft Graph error responses", "Use delta query", and
// replies that others have published.
var codes = map[string]meaning{
	"mailboxnotenabledforrestapi":       notCovered, // inactive, soft-deleted, on-premises, no licence
	"mailboxnothostedinexchangeonline":  notCovered,
	"errornonexistentmailbox":           notCovered,
	"errorinvaliduser":                  notCovered,
	"resourcenotfound":                  notCovered,
	"request_resourcenotfound":          notCovered,
	"erroraccessdenied":                 notCovered, // the tenant's access policy keeps us out
	"errormailboxmoveinprogress":        transient,
	"authorization_requestdenied":       forbidden,
	"errorinsufficientpermissions":      forbidden,
	"invalidauthenticationtoken":        signIn,
	"erroritemnotfound":                 vanished,
	"errorsyncfoldernotfound":           vanished,
	"errorfoldernotfound":               vanished,
	"errorcorruptdata":                  unreadable,
	"errorinvalidrecipients":            unreadable,
	"errorcannotopenfileattachment":     unreadable,
	"errorquotaexceeded":                unreadable,
	"errortoomanyobjectsopened":         transient,
	"syncstatenotfound":                 resync,
	"syncstateinvalid":                  resync,
	"resyncrequired":                    resync,
	"resyncchangesapplydifferences":     resync,
	"resyncchangesuploaddifferences":    resync,
	"applicationthrottled":              throttled,
	"toomanyrequests":                   throttled,
	"errorexceededconnectioncount":      throttled,
	"errorserverbusy":                   throttled,
	"errortimeoutexpired":               transient,
	"errorinternalservertransienterror": transient,
}

// meaning decides by code where the code is known, else by status.
func (e *Error) meaning() meaning {
	if m, ok := codes[strings.ToLower(e.Code)]; ok && !(m == resync && e.Status >= 500) {
		return m
	}
	switch e.Status {
	case http.StatusGone: // whatever its code: learn.microsoft.com, "Use delta query", Synchronization reset
		return resync
	case http.StatusTooManyRequests:
		return throttled
	case http.StatusUnauthorized:
		// So the service answers for a mailbox that is not there.
		if strings.EqualFold(e.Code, "UnknownError") && e.Message == "" {
			return notCovered
		}
		return signIn
	case http.StatusForbidden:
		return notCovered
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout, 509:
		return transient
	case http.StatusNotFound:
		if e.Code == "" { // seen for things that exist
			return transient
		}
		return vanished
	case http.StatusBadRequest:
		// A token that was cut or comes from elsewhere.
		if strings.Contains(strings.ToLower(e.Message), "badly formed token") {
			return resync
		}
		return malformed
	}
	return unknown
}

// Advice is what to do about an error of this room; "" when there is nothing to say.
func Advice(err error) string {
	var e *Error
	said := unknown
	if errors.As(err, &e) {
		said = e.meaning()
	}
	switch {
	case errors.Is(err, ErrUnreachable):
		return "check the network, its proxy and m365.cloud (mailsweep doctor says what answers), and run the same command again: it goes on where it stopped"
	case said == signIn, errors.As(err, new(*signInError)):
		return "mailsweep doctor says what of the sign-in works"
	case said == forbidden:
		return "mailsweep doctor says which permission is missing, and docs/setup.md how to grant it"
	}
	return ""
}

// maxMessage is how much of a message of the service is kept: it goes to logs and
// to the terminal.
const maxMessage = 300

// errorOf reads a failed reply. No shape of it is an error in itself: bodies may be
// empty, HTML, cut, or lack their message.
func errorOf(resp *http.Response, body []byte, now time.Time) *Error {
	e := &Error{
		Status:    resp.StatusCode,
		RequestID: resp.Header.Get("request-id"),
		wait:      retryAfter(resp.Header, now),
	}
	var reply struct {
		Error struct {
			Code    string
			Message string
		}
	}
	// A body that is no JSON leaves the fields as they were.
	_ = json.Unmarshal(body, &reply)
	e.Code, e.Message = line(reply.Error.Code, 100), line(reply.Error.Message, maxMessage)
	return e
}

// line puts foreign words on one line of limited length.
func line(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.Clone(s)
}
