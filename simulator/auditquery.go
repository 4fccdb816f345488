package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// auditQueries are the searches of the audit log that a server was asked for.
type auditQueries struct {
	mu   sync.Mutex
	list []*auditQuery
}

// auditQuery is one search. Its fields are those of the request.
type auditQuery struct {
	ID             string    `json:"id"`
	DisplayName    string    `json:"displayName"`
	Start          time.Time `json:"filterStartDateTime"`
	End            time.Time `json:"filterEndDateTime"`
	RecordTypes    []string  `json:"recordTypeFilters"`
	Keyword        string    `json:"keywordFilter"`
	Services       []string  `json:"serviceFilters"`
	Operations     []string  `json:"operationFilters"`
	PrincipalNames []string  `json:"userPrincipalNameFilters"`
	IPAddresses    []string  `json:"ipAddressFilters"`
	ObjectIDs      []string  `json:"objectIdFilters"`
	Units          []string  `json:"administrativeUnitIdFilters"`

	created time.Time
}

// auditAbsent is the answer of a tenant whose v1.0 has no audit queries.
func (c *call) auditAbsent() *reply {
	if c.s.options.Audit.NoV1 && c.version == "/v1.0" {
		return c.fail(404, "UnknownError", "")
	}
	return nil
}

func (c *call) createAuditQuery() *reply {
	if bad := c.auditAbsent(); bad != nil {
		return bad
	}
	q := &auditQuery{}
	if err := json.Unmarshal(c.body, q); err != nil {
		return c.badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if q.Start.IsZero() || q.End.IsZero() || !q.Start.Before(q.End) {
		return c.badRequest("filterStartDateTime must be before filterEndDateTime.")
	}
	qs := &c.s.queries
	qs.mu.Lock()
	q.ID = guid(c.s.tenant.id, "query", fmt.Sprint(len(qs.list)))
	q.created = c.s.clock.Now().UTC()
	qs.list = append(qs.list, q)
	qs.mu.Unlock()
	r := c.auditQueryReply(q)
	r.status = 201
	return r
}

// auditQuery finds the query of the path.
func (c *call) auditQuery() (*auditQuery, *reply) {
	if bad := c.auditAbsent(); bad != nil {
		return nil, bad
	}
	c.s.queries.mu.Lock()
	defer c.s.queries.mu.Unlock()
	for _, q := range c.s.queries.list {
		if q.ID == c.ids[0] {
			return q, nil
		}
	}
	return nil, c.fail(404, "ItemNotFound", "The audit log query '"+c.ids[0]+"' was not found.")
}

func (c *call) getAuditQuery() *reply {
	q, bad := c.auditQuery()
	if bad != nil {
		return bad
	}
	return c.auditQueryReply(q)
}

func (c *call) auditQueryReply(q *auditQuery) *reply {
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("security/auditLog/queries/$entity"))
	c.writeQuery(w, q)
	w.close('}')
	return c.json(w)
}

func (c *call) writeQuery(w *writer, q *auditQuery) {
	w.string("@odata.type", "#microsoft.graph.security.auditLogQuery")
	w.string("id", q.ID)
	w.string("displayName", q.DisplayName)
	w.time("filterStartDateTime", q.Start)
	w.time("filterEndDateTime", q.End)
	w.strings("recordTypeFilters", q.RecordTypes)
	w.string("keywordFilter", q.Keyword)
	w.strings("serviceFilters", q.Services)
	w.strings("operationFilters", q.Operations)
	w.strings("userPrincipalNameFilters", q.PrincipalNames)
	w.strings("ipAddressFilters", q.IPAddresses)
	w.strings("objectIdFilters", q.ObjectIDs)
	w.strings("administrativeUnitIdFilters", q.Units)
	w.string("status", q.status(c.s.clock.Now(), c.s.options.Audit.RunTime))
}

// status is where a query stands: it waits for a quarter of its time.
func (q *auditQuery) status(now time.Time, runTime time.Duration) string {
	switch age := now.Sub(q.created); {
	case age >= runTime:
		return "succeeded"
	case age >= runTime/4:
		return "running"
	default:
		return "notStarted"
	}
}

func (c *call) listAuditQueries() *reply {
	if bad := c.auditAbsent(); bad != nil {
		return bad
	}
	c.s.queries.mu.Lock()
	list := slices.Clone(c.s.queries.list)
	c.s.queries.mu.Unlock()
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("security/auditLog/queries"))
	w.array("value")
	for _, q := range list {
		w.element('{')
		c.writeQuery(w, q)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(list))
}

var recordKind = &kind{name: "security.auditLogRecord", set: "security/auditLog/queries", standard: []string{"*"}}

// listAuditRecords lists what a query found, 150 a page, and nothing before it is done.
func (c *call) listAuditRecords() *reply {
	q, bad := c.auditQuery()
	if bad != nil {
		return bad
	}
	var all []entity
	o := c.s.options.Audit
	if q.status(c.s.clock.Now(), o.RunTime) == "succeeded" {
		for _, r := range c.s.tenant.records(q.created.Add(o.RunTime - o.Latency)) {
			if q.finds(&r) {
				all = append(all, r.entity(c.s.tenant.id))
			}
		}
	}
	return c.list(listing{kind: recordKind, context: "security/auditLog/queries" + inContext(q.ID) + "/records",
		standard: 150, most: 1000, all: all})
}

func (r *AuditRecord) entity(tenant string) entity {
	data := []byte(`{"@odata.type":"#microsoft.graph.security.defaultAuditData"`)
	if inner := bytes.TrimSpace(r.Data); len(inner) > 2 {
		data = append(append(data, ','), inner[1:]...)
	} else {
		data = append(data, '}')
	}
	return entity{id: r.ID, fields: []field{
		{"@odata.type", "#microsoft.graph.security.auditLogRecord"},
		{"id", r.ID},
		{"createdDateTime", r.Created},
		{"auditLogRecordType", r.RecordType},
		{"operation", r.Operation},
		{"organizationId", tenant},
		{"userType", r.UserType},
		{"userId", emptyString(r.UserKey)},
		{"service", r.Service},
		{"objectId", emptyString(r.ObjectID)},
		{"userPrincipalName", emptyString(r.UserPrincipalName)},
		{"clientIp", emptyString(r.ClientIP)},
		{"administrativeUnits", []string{}},
		{"auditData", json.RawMessage(data)},
	}}
}

// finds says whether a record is one that the query looks for. The names filter the
// actor, not the owner of the mailbox.
func (q *auditQuery) finds(r *AuditRecord) bool {
	if r.Created.Before(q.Start) || !r.Created.Before(q.End) {
		return false
	}
	if q.Keyword != "" && !strings.Contains(strings.ToLower(string(r.Data)+r.Operation), strings.ToLower(q.Keyword)) {
		return false
	}
	for _, f := range [...]struct {
		want []string
		is   string
	}{{q.RecordTypes, r.RecordType}, {q.Operations, r.Operation}, {q.PrincipalNames, r.UserPrincipalName},
		{q.IPAddresses, r.ClientIP}, {q.ObjectIDs, r.ObjectID}, {q.Services, r.Service}} {
		if len(f.want) > 0 && !has(f.want, f.is) {
			return false
		}
	}
	return true
}

// emptyString keeps an empty value a string: records know no null.
func emptyString(s string) any {
	if s == "" {
		return json.RawMessage(`""`)
	}
	return s
}
