package analysis

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// SharedAccess reads what stands open in a shared access signature, in a URL or after
// SharedAccessSignature: until when it is good, what it lets its holder do, to what.
// Storage: learn.microsoft.com/rest/api/storageservices/create-service-sas and
// create-account-sas (sv, st, se, sp, spr, sip, ss, srt, sr, skoid, sktid). Service Bus,
// Event Hubs and IoT Hub: learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
// (sr, se in seconds since 1970, skn). ok is false when there is no signature in it.
func SharedAccess(value string) (f Facts, ok bool) {
	if len(value) > maxToken {
		return f, false
	}
	query, found := strings.CutPrefix(strings.TrimSpace(value), "SharedAccessSignature")
	if found {
		query = strings.TrimLeft(query, " =")
	}
	if before, after, found := strings.Cut(query, "?"); found {
		query = after
		if u, err := url.Parse(before); err == nil && u.Host != "" {
			f.say("host", strings.ToLower(u.Hostname()))
			container, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
			f.say("container", container)
		}
	}
	fields, err := url.ParseQuery(strings.ReplaceAll(query, "&amp;", "&"))
	if err != nil && len(fields) == 0 || fields.Get("sig") == "" {
		return Facts{}, false
	}
	f.tell("expires", sharedDate(fields.Get("se")))
	f.tell("not_before", sharedDate(fields.Get("st")))
	f.tell("permissions", permissions(fields.Get("sp")))
	if fields.Get("sv") == "" { // the bus: sr is an address, skn the key's name
		f.say("key_name", fields.Get("skn"))
		if u, err := url.Parse(fields.Get("sr")); err == nil && u.Host != "" {
			f.say("host", strings.ToLower(u.Hostname()))
		}
	}
	if id := fields.Get("sktid"); guid.MatchString(id) {
		f.tell("tenant", id)
	}
	return f, true
}

// sharedDate reads one of the forms that Storage takes (learn.microsoft.com,
// "Formatting DateTime values": ISO 8601 with or without a time, in UTC), or seconds.
func sharedDate(s string) string {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04Z", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1970 {
			return moment(t)
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 && n < 1e11 {
		return moment(time.Unix(n, 0))
	}
	return ""
}

// storageRights are the letters of sp that open something (create-service-sas,
// "Specify permissions").
var storageRights = map[rune]string{
	'r': "read", 'a': "add", 'c': "create", 'w': "write", 'd': "delete", 'x': "delete version", 'y': "permanent delete",
	'l': "list", 't': "tags", 'f': "find", 'm': "move", 'e': "execute", 'o': "ownership", 'p': "permissions",
	'u': "update", 'i': "immutability",
}

func permissions(letters string) string {
	var all []string
	for _, r := range letters {
		if len(letters) > 20 || storageRights[r] == "" {
			return ""
		}
		all = append(all, storageRights[r])
	}
	return strings.Join(all, ", ")
}
