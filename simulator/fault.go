package simulator

// Fault is one way in which the service misbehaves. A fault changes a reply, never the
// tenant, and is named in the reply's header X-Simulator-Fault. Sources: the error table and lists of the facts that the simulator was built
// from; each is documented, was seen live, or is marked made.
type Fault string

const (
	Unavailable       Fault = "503-empty"          // empty body, Retry-After: 10
	NotFoundEmpty     Fault = "404-empty"          // empty body; transient
	BadGateway        Fault = "502-html"           // an HTML page
	InternalError     Fault = "500-unknown"        // UnknownError with an empty message
	GatewayTimeout    Fault = "504"                // UnknownError with an empty message
	Unauthorized      Fault = "401"                // InvalidAuthenticationToken
	UnauthorizedBlank Fault = "401-unknown"        // UnknownError with an empty message
	Messageless       Fault = "500-messageless"    // an error object without message
	Denied            Fault = "403-denied"         // ErrorAccessDenied, generic
	DeniedPolicy      Fault = "403-policy"         // ErrorAccessDenied, "Access to OData is disabled."
	DeniedDirectory   Fault = "403-directory"      // Authorization_RequestDenied
	NotEnabled        Fault = "404-mailbox"        // MailboxNotEnabledForRESTAPI
	NotEnabledOld     Fault = "404-mailbox-old"    // the same, in its older words
	NotHosted         Fault = "404-not-hosted"     // MailboxNotHostedInExchangeOnline
	NonExistent       Fault = "404-nonexistent"    // ErrorNonExistentMailbox
	InvalidUser       Fault = "404-user"           // ErrorInvalidUser
	ResourceGone      Fault = "404-resource"       // ResourceNotFound
	DirectoryGone     Fault = "404-directory"      // Request_ResourceNotFound
	ItemGone          Fault = "404-item"           // ErrorItemNotFound: deleted or moved between list and GET
	AttachmentGone    Fault = "404-attachment"     // ErrorItemNotFound, on attachments only
	AttachmentLocked  Fault = "500-attachment"     // ErrorCannotOpenFileAttachment, on attachments only
	TooManyObjects    Fault = "500-objects"        // ErrorTooManyObjectsOpened, on attachments only
	Corrupt           Fault = "500-corrupt"        // ErrorCorruptData
	InvalidRecipients Fault = "500-recipients"     // ErrorInvalidRecipients
	FolderGone        Fault = "404-folder"         // ErrorSyncFolderNotFound
	Quota             Fault = "507-quota"          // ErrorQuotaExceeded
	Inefficient       Fault = "400-inefficient"    // InefficientFilter
	NotSupported      Fault = "400-unsupported"    // ErrorInvalidRequest; made: what a mailbox or an option is refused with
	MalformedID       Fault = "400-id"             // ErrorInvalidIdMalformed
	Throttled         Fault = "429"                // TooManyRequests, Retry-After: 2.128
	ThrottledMailbox  Fault = "429-concurrency"    // ApplicationThrottled, MailboxConcurrency, Retry-After: 1
	ThrottledRate     Fault = "429-rate"           // ApplicationThrottled, RequestRate
	ThrottledBytes    Fault = "429-bytes"          // ApplicationThrottled, IncomingBytes
	ThrottledSilent   Fault = "429-silent"         // no Retry-After
	ThrottledDate     Fault = "429-date"           // Retry-After as an HTTP date
	ThrottledHuge     Fault = "429-huge"           // Retry-After: 3600
	ThrottledEmpty    Fault = "429-empty"          // no body
	TruncatedValue    Fault = "200-cut-value"      // JSON ends after "value":[
	TruncatedMiddle   Fault = "200-cut-middle"     // JSON ends in the middle
	ResetBody         Fault = "reset"              // the connection breaks in the middle of the body
	ResetEarly        Fault = "reset-early"        // the connection breaks before the reply, and nothing is done
	LostReply         Fault = "reply-lost"         // what is asked for is done, and the connection breaks before the reply
	ControlCharacters Fault = "control-characters" // raw control characters inside JSON strings
	SlowBody          Fault = "slow"               // the body comes in pieces
	ForeignLink       Fault = "foreign-link"       // nextLink and deltaLink on another host
	Replay            Fault = "delta-replay"       // entries of before, again
	Duplicate         Fault = "delta-duplicate"    // an entry twice in one page
	ShortPage         Fault = "short-page"         // fewer entries than asked for, with a nextLink
	EmptyPage         Fault = "empty-page"         // no entries, with a nextLink
	ExpiredDelta      Fault = "410-sync-state"     // SyncStateNotFound, on delta with a token only
	ResyncRequired    Fault = "410-resync"         // resyncRequired and Location, on delta with a token only
	BadToken          Fault = "400-token"          // Badly formed token., on delta with a token only
	AttachmentPaging  Fault = "attachment-paging"  // a page of attachments whose nextLink gives the same page again
)

// Match says which requests a scripted fault is for. Empty fields match everything that
// the fault can happen to: [ExpiredDelta] passes over all but delta with a token.
type Match struct {
	Method  string
	Route   string // template, as in Stats: "/users/{id}/mailFolders/{id}/messages/delta"
	Mailbox string // id, UPN or address
	Nth     int    // the first of the matching requests that it is for, from 1; 0 is 1
}

// Scripted is a fault for certain requests.
type Scripted struct {
	Match
	Fault Fault
	Times int // how many matching requests in a row; 0 is one, below zero is all
}

// Faults say how often and where the service misbehaves. Which requests a rate hits
// follows from the seed, the route, the mailbox and the number of the request among
// those: not from what happens elsewhere at the same time.
type Faults struct {
	Rates  map[Fault]float64 // 0.1 is one request of ten; only requests that the fault applies to count
	Script []Scripted        // comes before rates; the first that matches
	// Pages of messages of more than MaxEntries or MaxBytes answer 504; zero is no bound.
	MaxEntries int
	MaxBytes   int64
}
