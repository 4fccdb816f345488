package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// AuditRecord is one record of the audit log. As on the wire, UserKey is what is called
// userId, and UserPrincipalName is what the classic log calls UserId.
type AuditRecord struct {
	ID, Operation, RecordType, Service string // RecordType in PascalCase: "ExchangeItemAggregated"
	UserType                           string
	UserKey, UserPrincipalName         string
	ClientIP, ObjectID                 string
	Created                            time.Time
	Data                               json.RawMessage // the raw record: auditData without its @odata.type
}

// AddAuditRecord adds a record of what others did, such as an intruder's reads.
func (t *Tenant) AddAuditRecord(r AuditRecord) AuditRecord {
	t.audit.mu.Lock()
	defer t.audit.mu.Unlock()
	t.audit.serial++
	if r.ID == "" {
		r.ID = guid(t.id, "audit", fmt.Sprint(t.audit.serial))
	}
	if r.Service == "" {
		r.Service = "Exchange"
	}
	if r.UserType == "" {
		r.UserType = "Regular"
	}
	t.audit.given = append(t.audit.given, r)
	return r
}

// auditLog is what happened in the tenant's mailboxes, as its audit log tells it.
type auditLog struct {
	mu     sync.Mutex
	serial uint64
	given  []AuditRecord
	binds  []*bind
	boxes  map[string]*boxAudit // by user id
}

// bind is a MailItemsAccessed record of messages that were read: those of two minutes.
type bind struct {
	id           string
	user         *User
	app, agent   string
	started      time.Time
	throttled    bool
	folders      []string // ids, in the order of their first message
	items        map[string][]*stored
	count        int
	organisation string
}

// boxAudit is how far the logging of a mailbox's reads has got.
type boxAudit struct {
	open    map[string]*bind // by application
	logged  map[string]time.Time
	day     time.Time // when the count began
	count   int
	stopped time.Time // until when nothing is logged
}

// Times and numbers of MailItemsAccessed (audit-log-investigate-accounts): reads of two
// minutes are one record; the same read is not logged again within an hour; after more
// than 1,000 in a day logging stops for a day. What counts toward the 1,000 is not
// told; here each message that was read does, the reading that is worst for a sweep.
const (
	bindWindow = 2 * time.Minute
	bindRepeat = time.Hour
	bindDay    = 24 * time.Hour
	maxBinds   = 1000
)

// accessed records that the call read messages.
func (c *call) accessed(messages ...*stored) {
	if c.s.options.Audit.Off || len(messages) == 0 {
		return
	}
	now := c.s.clock.Now().UTC()
	log := &c.s.tenant.audit
	log.mu.Lock()
	defer log.mu.Unlock()
	if log.boxes == nil {
		log.boxes = map[string]*boxAudit{}
	}
	b := log.boxes[c.user.ID]
	if b == nil {
		b = &boxAudit{open: map[string]*bind{}, logged: map[string]time.Time{}, day: now}
		log.boxes[c.user.ID] = b
	}
	if now.Before(b.stopped) {
		return
	}
	if now.Sub(b.day) >= bindDay {
		b.day, b.count = now, 0
		clear(b.logged)
	}
	for _, s := range messages {
		key := c.app + " " + s.msg.ID
		if at, ok := b.logged[key]; ok && now.Sub(at) < bindRepeat {
			continue
		}
		b.logged[key] = now
		b.count++
		r := b.record(log, c, now)
		if b.count > maxBinds {
			r.throttled = true
			b.stopped, b.day, b.count = now.Add(bindDay), now.Add(bindDay), 0
			clear(b.logged)
			clear(b.open)
			return
		}
		if r.items[s.msg.FolderID] == nil {
			r.folders = append(r.folders, s.msg.FolderID)
		}
		r.items[s.msg.FolderID] = append(r.items[s.msg.FolderID], s)
		r.count++
	}
}

// record is the open record of the application.
func (b *boxAudit) record(log *auditLog, c *call, now time.Time) *bind {
	if r := b.open[c.app]; r != nil && now.Sub(r.started) < bindWindow {
		return r
	}
	log.serial++
	r := &bind{id: guid(c.s.tenant.id, "audit", fmt.Sprint(log.serial)), user: c.user, app: c.app,
		agent: c.header.Get("User-Agent"), started: now, items: map[string][]*stored{}, organisation: c.s.tenant.id}
	b.open[c.app] = r
	log.binds = append(log.binds, r)
	return r
}

// records are all that there is up to a moment, oldest first.
func (t *Tenant) records(until time.Time) []AuditRecord {
	t.audit.mu.Lock()
	defer t.audit.mu.Unlock()
	var out []AuditRecord
	for _, r := range t.audit.given {
		if !r.Created.After(until) {
			out = append(out, r)
		}
	}
	for _, b := range t.audit.binds {
		if !b.started.After(until) {
			out = append(out, t.describe(b))
		}
	}
	slices.SortStableFunc(out, func(x, y AuditRecord) int { return x.Created.Compare(y.Created) })
	return out
}

// describe turns reads into the record that Exchange writes of them.
func (t *Tenant) describe(b *bind) AuditRecord {
	return AuditRecord{ID: b.id, Operation: "MailItemsAccessed", RecordType: "ExchangeItemAggregated", Service: "Exchange",
		UserType: "Application", UserKey: b.app, UserPrincipalName: b.user.UserPrincipalName, ClientIP: "192.0.2.10",
		ObjectID: "", Created: b.started, Data: t.bindData(b)}
}

// bindData is the raw record (sample: the app-only record of AttachmentAccess, and Bind
// of 2024 with the ids and sizes of items).
func (t *Tenant) bindData(b *bind) json.RawMessage {
	w := newWriter(1024)
	w.open('{')
	w.string("CreationTime", b.started.Format("2006-01-02T15:04:05"))
	w.string("Id", b.id)
	w.string("Operation", "MailItemsAccessed")
	w.string("OrganizationId", b.organisation)
	w.int("RecordType", 50)
	w.string("ResultStatus", "Succeeded")
	w.string("UserKey", b.app)
	w.int("UserType", 5)
	w.int("Version", 1)
	w.string("Workload", "Exchange")
	w.string("UserId", b.user.UserPrincipalName)
	w.string("AppId", b.app)
	w.object("AppAccessContext")
	w.string("APIId", graphAppID)
	w.string("ClientAppId", b.app)
	w.close('}')
	w.string("ActorInfoString", "Client=REST;Client=RESTSystem;UserAgent="+b.agent+"[AppId="+b.app+"];")
	w.string("ClientAppId", b.app)
	w.string("ClientIPAddress", "192.0.2.10")
	w.string("ClientInfoString", "Client=REST;Client=RESTSystem;;")
	w.bool("ExternalAccess", false)
	w.int("InternalLogonType", 0)
	w.int("LogonType", 0)
	w.string("MailboxGuid", guid("mailbox", b.user.ID))
	w.string("MailboxOwnerUPN", b.user.UserPrincipalName)
	w.array("OperationProperties")
	for _, p := range [...]field{{"MailAccessType", "Bind"}, {"IsThrottled", throttledWord(b.throttled)}} {
		w.element('{')
		w.string("Name", p.name)
		w.string("Value", p.value.(string))
		w.close('}')
	}
	w.close(']')
	w.string("OrganizationName", t.domain)
	t.bindFolders(w, b)
	w.int("OperationCount", int64(b.count))
	w.close('}')
	return w.body().flat()
}

func throttledWord(yes bool) string {
	if yes {
		return "True"
	}
	return "False"
}

func (t *Tenant) bindFolders(w *writer, b *bind) {
	w.array("Folders")
	for _, id := range b.folders {
		w.element('{')
		w.array("FolderItems")
		for _, s := range b.items[id] {
			w.element('{')
			w.string("Id", s.msg.ID)
			w.string("InternetMessageId", s.msg.InternetMessageID)
			w.int("SizeInBytes", s.size)
			w.close('}')
		}
		w.close(']')
		w.string("Id", id)
		w.string("Path", t.folderPath(b.user.ID, id))
		w.close('}')
	}
	w.close(']')
}

// folderPath is how audit records name a folder: "\Inbox\Projects".
func (t *Tenant) folderPath(user, id string) string {
	_, box := t.find(user)
	if box == nil {
		return ""
	}
	box.mu.RLock()
	defer box.mu.RUnlock()
	path := ""
	for f := box.folders[id]; f != nil && f.ParentID != ""; f = box.folders[f.ParentID] {
		path = `\` + f.DisplayName + path
	}
	return path
}
