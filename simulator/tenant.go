// Package simulator is a Microsoft 365 tenant that speaks the calls of Microsoft
// Graph which a mail sweeper makes, over HTTP: paging, delta tokens, throttling
// and misbehaviour included. It is for tests, demonstrations and development;
// nothing in it is meant for real mail.
//
// A [Tenant] is the state: people, mailboxes, folders, messages. A [Server]
// serves it. Both may be used from many goroutines: a test changes the tenant
// while a client reads it.
package simulator

import "time"

// User is an account of the directory. Without a Mailbox it has none.
type User struct {
	ID                string // GUID
	UserPrincipalName string
	Mail              string // primary SMTP address; "" when there is none
	DisplayName       string
	Department        string
	PreferredLanguage string   // such as "de-DE"
	Aliases           []string // further SMTP addresses
	UserType          string   // "Member" or "Guest"
	AccountEnabled    bool
	ManagerID         string
	Purpose           Purpose
	Mailbox           MailboxState
}

// Purpose is what a mailbox is for: userPurpose of mailboxSettings.
type Purpose string

const (
	UserMailbox      Purpose = "user"
	SharedMailbox    Purpose = "shared"
	RoomMailbox      Purpose = "room"
	EquipmentMailbox Purpose = "equipment"
	LinkedMailbox    Purpose = "linked"
	OtherMailbox     Purpose = "others"
)

// MailboxState says how the service answers for a mailbox.
type MailboxState uint8

const (
	Reachable   MailboxState = iota
	Unlicensed               // no mailbox: 404 MailboxNotEnabledForRESTAPI
	SoftDeleted              // 404 MailboxNotEnabledForRESTAPI
	OnPremises               // 404 MailboxNotEnabledForRESTAPI
	OutOfScope               // 403 ErrorAccessDenied, by the tenant's access policy
)

// Folder is a mail folder.
type Folder struct {
	ID, ParentID string
	DisplayName  string
	WellKnown    string // "inbox", "recoverableitemsdeletions"; "" for folders that people made
	Hidden       bool
	Search       bool // a mailSearchFolder: it shows messages of other folders
}

// Message is one mail as Exchange keeps it: one body, and attachments.
type Message struct {
	ID        string // immutable id
	FolderID  string
	ChangeKey string

	InternetMessageID, ConversationID string
	Subject                           string
	BodyType                          string // "text" or "html"
	Body                              string
	From, Sender                      Address
	To, Cc, Bcc, ReplyTo              []Address
	Headers                           []Header
	Categories                        []string
	Received, Sent, Created, Modified time.Time
	IsRead, IsDraft                   bool
	Attachments                       []*Attachment
	// MIME is the raw message where it is known; else $value makes one.
	MIME []byte
	// OData is the type when it is not message: "microsoft.graph.eventMessage".
	OData string
}

// Address is a name and an SMTP address.
type Address struct{ Name, Address string }

// Header is one internet message header, as it stands.
type Header struct{ Name, Value string }

// Attachment is one attachment. Exactly one of Content, Item and SourceURL is set;
// an empty file has Content of length 0 and neither of the others.
type Attachment struct {
	ID          string
	Name        string
	ContentType string
	Inline      bool
	ContentID   string
	Modified    time.Time

	Content   []byte   // fileAttachment
	Item      *Message // itemAttachment
	SourceURL string   // referenceAttachment
	// Scanning is how many more reads see the placeholder of Safe Attachments
	// ("Safe Attachments Scan In Progress", no content) before the real one.
	Scanning int
}
