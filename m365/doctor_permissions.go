package m365

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/doctor"
)

// Application permissions that do for what a sweep asks, the least first
// (learn.microsoft.com, "Microsoft Graph permissions reference"). What is not first
// among them is more than is needed.
var (
	forMail     = []string{"Mail.Read", "Mail.ReadWrite"}
	forUsers    = []string{"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	forProfiles = []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	forGroups   = []string{"GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
)

// used are those that get no warning. User.Read.All is what Microsoft's page on
// listing users asks for, where its reference says User.ReadBasic.All.
var used = []string{"Mail.Read", "User.ReadBasic.All", "User.Read.All", "GroupMember.Read.All"}

// permissions holds what the token shows, and what the probes have shown, against what
// is needed.
func (e *examination) permissions(ctx context.Context) []doctor.Check {
	if !e.signed || e.c.t.cred == nil {
		return nil // the token has been spoken of
	}
	all := []doctor.Check{e.mail(ctx), e.directory("permission User.ReadBasic.All", "finds mailboxes by address", forUsers)}
	if len(e.x.Select.Groups)+len(e.x.Select.ExcludeGroups) > 0 {
		all = append(all, e.directory("permission GroupMember.Read.All", "lists the members of groups", forGroups))
	}
	roles := slices.Clone(e.token.Roles)
	slices.Sort(roles)
	for _, r := range slices.Compact(roles) {
		if !slices.Contains(used, r) && (r != "Mail.Send" || e.x.Sender == "") {
			all = append(all, surplus(line(r, 80)))
		}
	}
	return all
}

// held is the least of some permissions that the token has, "" for none.
func (e *examination) held(any []string) string {
	for _, p := range any {
		if slices.Contains(e.token.Roles, p) {
			return p
		}
	}
	return ""
}

const byScope = "grant \"Application Mail.Read\" by RBAC for Applications, with a scope: docs/setup.md"

// mail says whether mail can be read, and how much of it. What RBAC for Applications
// grants is not in the token, so there the probes decide.
func (e *examination) mail(ctx context.Context) doctor.Check {
	k := doctor.Check{Name: "permission Mail.Read", Status: doctor.OK}
	if held := e.held(forMail); held != "" {
		k.Finding = held + " is granted in Entra: it reads every mailbox of the tenant, unless an application access policy limits it"
		if e.x.Select.some() && !e.x.Select.All {
			k.Status = doctor.Warning
			k.Advice = "to read the chosen mailboxes only, " + byScope + "; then remove the grant in Entra, because the two add up"
		}
		return k
	}
	switch {
	case len(e.tried.readable) > 0:
		return e.bodies(ctx, k)
	case e.tried.all() == 0:
		k.Status = doctor.Unknown
		k.Finding = "it is not in the token. Granted by RBAC for Applications it never is: only trying a mailbox tells"
		k.Advice = "mailsweep doctor m365: --mailbox ADDRESS tries one"
	case len(e.tried.outOfScope) > 0:
		k.Status = doctor.Failed
		k.Finding = "it is not in the token, and none of the mailboxes that were tried could be read"
		k.Advice = byScope + ". It takes effect after 30 minutes to 2 hours; leave the application idle meanwhile"
	default:
		k.Status = doctor.Unknown
		k.Finding = "it is not in the token, and what was tried does not tell"
		k.Advice = "name a mailbox that must be readable: mailsweep doctor m365: --mailbox ADDRESS"
	}
	return k
}

// bodies tells Mail.Read from Mail.ReadBasic, with which folders can be listed too: it
// asks for the bodies of mail from before there was mail, of which there is none.
// That the service refuses already the question is what others have measured of
// Mail.ReadBasic.All; it was not tried with RBAC for Applications.
func (e *examination) bodies(ctx context.Context, k doctor.Check) doctor.Check {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q := query{{"$select", "id,body"}, {"$top", "1"}, {"$filter", "receivedDateTime lt 1900-01-01T00:00:00Z"}}
	_, err := get[models.MessageCollectionResponseable](ctx, e.c, call{mailbox: e.tried.first},
		e.c.url(q, "users", e.tried.first, "mailFolders", "inbox", "messages"), query{immutable}, models.CreateMessageCollectionResponseFromDiscriminatorValue)
	var refused *Error
	switch {
	case err == nil:
		k.Finding = "it is not in the token, but mailboxes can be read: it is granted by RBAC for Applications"
	case errors.As(err, &refused) && refused.Status == 403:
		k.Status = doctor.Failed
		k.Finding = "folders can be listed, but bodies cannot be read: " + refused.Error()
		k.Advice = "Mail.ReadBasic is not enough: " + byScope
	default:
		k.Status = doctor.Unknown
		k.Finding = "folders can be listed; whether bodies can be read did not show: " + words(err)
	}
	return k
}

// directory says whether the directory gives what is asked of it.
func (e *examination) directory(name, does string, any []string) doctor.Check {
	k := doctor.Check{Name: name, Status: doctor.OK}
	held := e.held(any)
	var refused *Error
	switch {
	case held == any[0]:
		k.Finding = "granted: it " + does
	case held != "":
		k.Finding = held + " is granted, which " + does + " too"
	case e.refused == nil && len(e.chosen) > 0:
		k.Finding = "it is not in the token, but the directory answers: a directory role of the application may allow it"
	case errors.As(e.refused, &refused) && refused.Status == 403:
		k.Status, k.Finding = doctor.Failed, "it is not granted, and the directory refuses: "+refused.Error()
		k.Advice = "grant " + any[0] + " in Entra, with an administrator's consent"
	default:
		k.Status, k.Finding = doctor.Warning, "it is not granted; it "+does
		k.Advice = "grant " + any[0] + " in Entra, with an administrator's consent"
	}
	return k
}

// surplus warns of a permission that a sweep does not need.
func surplus(role string) doctor.Check {
	k := doctor.Check{Name: "permission " + role, Status: doctor.Warning, Finding: "it is granted, and nothing in mailsweep uses it",
		Advice: "remove the grant from the application in Entra"}
	lower := strings.ToLower(role)
	switch {
	case role == "Mail.Send":
		k.Finding = "it is granted in Entra, and sends mail as anybody in the tenant; a sweep sends nothing"
		k.Advice = "remove the grant; for notices, grant \"Application Mail.Send\" by RBAC for Applications for the sending mailbox alone"
	case strings.Contains(lower, "readwrite"), strings.Contains(lower, "full"), strings.Contains(lower, "manage"), strings.Contains(lower, "write"):
		k.Finding = "it is granted, and can change what it reaches; mailsweep only reads"
	case slices.Contains(forUsers, role) || slices.Contains(forGroups, role):
		k.Finding = "it is granted, and is more than is needed: User.ReadBasic.All, and GroupMember.Read.All for groups, are enough (departments and managers, with notices.directory m365, need User.Read.All)"
	}
	return k
}
