package simulator

import (
	"net/url"
	"slices"
	"strings"
)

// area says who owns a route: whose limits it counts against.
type area uint8

const (
	service   area = iota // the gateway: $batch, unknown routes
	directory             // Entra: users, groups, principals
	exchange              // Exchange: the mailbox of the first id
	auditing              // Purview
)

// route is a call that the server answers.
type route struct {
	method, template string
	area             area
	answer           func(*call) *reply
	parts            []string // of the template, lower-case; "" takes any segment
}

const message1 = "/users/{id}/messages/{id}"
const message2 = "/users/{id}/mailFolders/{id}/messages/{id}"

// routes is the table of calls. A fixed segment must come before an id in its place.
func routes() []route {
	list := []route{
		{method: "POST", template: "/$batch", area: service, answer: (*call).batch},
		{method: "GET", template: "/users", area: directory, answer: (*call).listUsers},
		{method: "GET", template: "/users/$count", area: directory, answer: (*call).countUsers},
		{method: "GET", template: "/users/{id}", area: directory, answer: (*call).getUser},
		{method: "GET", template: "/users/{id}/manager", area: directory, answer: (*call).getManager},
		{method: "GET", template: "/users/{id}/settings/exchange", area: directory, answer: (*call).getExchangeSettings},
		{method: "GET", template: "/groups", area: directory, answer: (*call).listGroups},
		{method: "GET", template: "/groups/{id}", area: directory, answer: (*call).getGroup},
		{method: "GET", template: "/groups/{id}/members", area: directory, answer: (*call).listMembers},
		{method: "GET", template: "/groups/{id}/members/microsoft.graph.user", area: directory, answer: (*call).listUserMembers},
		{method: "GET", template: "/groups/{id}/transitiveMembers", area: directory, answer: (*call).listAllMembers},
		{method: "GET", template: "/groups/{id}/transitiveMembers/microsoft.graph.user", area: directory, answer: (*call).listAllUserMembers},
		{method: "GET", template: "/servicePrincipals", area: directory, answer: (*call).listPrincipals},
		{method: "GET", template: "/servicePrincipals/{id}", area: directory, answer: (*call).getPrincipal},
		{method: "GET", template: "/servicePrincipals/{id}/appRoleAssignedTo", area: directory, answer: (*call).listAssignedTo},
		{method: "GET", template: "/servicePrincipals/{id}/appRoleAssignments", area: directory, answer: (*call).listAssignments},
		{method: "GET", template: "/servicePrincipals/{id}/oauth2PermissionGrants", area: directory, answer: (*call).listPrincipalGrants},
		{method: "GET", template: "/oauth2PermissionGrants", area: directory, answer: (*call).listGrants},

		{method: "GET", template: "/users/{id}/mailboxSettings", area: exchange, answer: (*call).getMailboxSettings},
		{method: "GET", template: "/users/{id}/mailboxSettings/userPurpose", area: exchange, answer: (*call).getUserPurpose},
		{method: "GET", template: "/users/{id}/mailFolders", area: exchange, answer: (*call).listFolders},
		{method: "GET", template: "/users/{id}/mailFolders/delta", area: exchange, answer: (*call).folderDelta},
		{method: "GET", template: "/users/{id}/mailFolders/{id}", area: exchange, answer: (*call).getFolder},
		{method: "GET", template: "/users/{id}/mailFolders/{id}/childFolders", area: exchange, answer: (*call).listChildFolders},
		{method: "GET", template: "/users/{id}/mailFolders/{id}/messageRules", area: exchange, answer: (*call).listRules},
		{method: "GET", template: "/users/{id}/mailFolders/{id}/messages", area: exchange, answer: (*call).listMessages},
		{method: "GET", template: "/users/{id}/mailFolders/{id}/messages/delta", area: exchange, answer: (*call).messageDelta},
		{method: "GET", template: "/users/{id}/mailFolders/{id}/messages/$count", area: exchange, answer: (*call).countMessages},
		{method: "GET", template: "/users/{id}/messages", area: exchange, answer: (*call).listMessages},
		{method: "GET", template: "/users/{id}/messages/$count", area: exchange, answer: (*call).countMessages},
		{method: "POST", template: "/users/{id}/sendMail", area: exchange, answer: (*call).sendMail},
		{method: "POST", template: "/users/{id}/translateExchangeIds", area: exchange, answer: (*call).translateIDs},

		{method: "POST", template: "/security/auditLog/queries", area: auditing, answer: (*call).createAuditQuery},
		{method: "GET", template: "/security/auditLog/queries", area: auditing, answer: (*call).listAuditQueries},
		{method: "GET", template: "/security/auditLog/queries/{id}", area: auditing, answer: (*call).getAuditQuery},
		{method: "GET", template: "/security/auditLog/queries/{id}/records", area: auditing, answer: (*call).listAuditRecords},
	}
	for _, m := range []string{message1, message2} {
		list = append(list,
			route{method: "GET", template: m, area: exchange, answer: (*call).getMessage},
			route{method: "GET", template: m + "/$value", area: exchange, answer: (*call).getMIME},
			route{method: "GET", template: m + "/attachments", area: exchange, answer: (*call).listAttachments},
			route{method: "GET", template: m + "/attachments/{id}", area: exchange, answer: (*call).getAttachment},
			route{method: "GET", template: m + "/attachments/{id}/$value", area: exchange, answer: (*call).getAttachmentValue})
	}
	for i := range list {
		list[i].parts = strings.Split(strings.ReplaceAll(strings.ToLower(list[i].template[1:]), "microsoft.graph.", ""), "/")
		for j, p := range list[i].parts {
			if p == "{id}" {
				list[i].parts[j] = ""
			}
		}
	}
	return list
}

// match finds the route of the segments; known says that another method has one.
func (s *Server) match(method string, segments []string) (r *route, ids []string, known bool) {
	for i := range s.routes {
		r := &s.routes[i]
		got, ok := r.ids(segments)
		switch {
		case !ok:
		case r.method == method:
			return r, got, true
		default:
			known = true
		}
	}
	return nil, nil, known
}

// ids are the segments that stand where the template has an id.
func (r *route) ids(segments []string) ([]string, bool) {
	if len(segments) != len(r.parts) {
		return nil, false
	}
	for i, p := range r.parts {
		if p != "" && !strings.EqualFold(p, segments[i]) {
			return nil, false
		}
	}
	var ids []string
	for i, p := range r.parts {
		if p == "" {
			ids = append(ids, segments[i])
		}
	}
	return ids, true
}

// splitPath takes an escaped path apart: keys in parentheses are segments of their own
// (mailFolders('x')), functions lose theirs (delta()), and a folder named through its
// parents stands alone, as its id says enough. ok is false for an escape that is none.
func splitPath(escaped string) (segments []string, ok bool) {
	for part := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		s, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		name, key, found := strings.Cut(s, "(")
		name = strings.TrimPrefix(name, "microsoft.graph.")
		key, closed := strings.CutSuffix(key, ")")
		switch {
		case !found || !closed:
			segments = append(segments, strings.TrimPrefix(s, "microsoft.graph."))
		case key == "":
			segments = append(segments, name)
		default:
			if q, ok := strings.CutPrefix(key, "'"); ok {
				key = strings.ReplaceAll(strings.TrimSuffix(q, "'"), "''", "'")
			}
			segments = append(segments, name, key)
		}
	}
	return withoutParents(segments), true
}

// withoutParents turns mailFolders/a/childFolders/b/x into mailFolders/b/x.
func withoutParents(segments []string) []string {
	for {
		i := slices.IndexFunc(segments, func(s string) bool { return strings.EqualFold(s, "childFolders") })
		if i < 1 || i+1 >= len(segments) || strings.HasPrefix(segments[i+1], "$") {
			return segments
		}
		segments = slices.Delete(slices.Clone(segments), i-1, i+1)
	}
}
