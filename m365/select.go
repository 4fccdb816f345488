package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Selection says which mailboxes to read: at least one of the first four fields.
type Selection struct {
	All       bool
	Addresses []string // addresses or user principal names
	Groups    []string // addresses or ids of groups, whose members are read, nested ones too
	Filter    string   // an OData filter over users, as Graph takes it
	// Only, when there are any, are patterns of addresses, "*" and "?", of which a
	// mailbox must match one. Exclude takes those that match out again.
	Only    []string
	Exclude []string
	// ExcludeGroups takes the members of groups out again.
	ExcludeGroups []string
}

// some reports whether any mailbox is chosen.
func (p Selection) some() bool {
	return p.All || len(p.Addresses) > 0 || len(p.Groups) > 0 || p.Filter != ""
}

func (p Selection) check() error {
	if !p.some() {
		return errors.New("no mailbox is chosen")
	}
	if p.All && p.Filter != "" {
		return errors.New("all mailboxes and a filter over them exclude each other")
	}
	return nil
}

// user is an account of the directory.
type user struct{ id, principal, mail, kind string }

// name is what people call the mailbox: its primary address.
func (u user) name() string {
	if u.mail != "" {
		return u.mail
	}
	return u.principal
}

const (
	userFields = "id,userPrincipalName,mail,userType"
	userPage   = "999" // the most: learn.microsoft.com, "List users"
)

// user finds one by address, principal name or id.
func (c *Client) user(ctx context.Context, name string) (user, error) {
	u, err := get[models.Userable](ctx, c, call{}, c.url(query{{"$select", userFields}}, "users", name), nil, models.CreateUserFromDiscriminatorValue)
	if err == nil {
		return userOf(u), nil
	}
	var e *Error
	if !errors.As(err, &e) || e.Status != 404 {
		return user{}, err
	}
	// An address need not be the principal name.
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
	filter := "mail eq " + quoted + " or proxyAddresses/any(a:a eq " + "'smtp:" + quoted[1:] + ")"
	for u, ferr := range c.users(ctx, query{{"$filter", filter}}, "users") {
		var fe *Error
		if ferr != nil && !(errors.As(ferr, &fe) && fe.meaning() == malformed) {
			return user{}, ferr
		}
		if ferr == nil {
			return u, nil
		}
	}
	return user{}, err
}

// users lists accounts, page by page.
func (c *Client) users(ctx context.Context, q query, segments ...string) iter.Seq2[user, error] {
	return func(yield func(user, error) bool) {
		// Some filters work only so: learn.microsoft.com, "Advanced query capabilities
		// on directory objects".
		headers := query{{"ConsistencyLevel", "eventual"}}
		q := append(query{{"$select", userFields}, {"$top", userPage}, {"$count", "true"}}, q...)
		link, walked := c.url(q, segments...), trail{}
		for link != "" {
			err := walked.follow(link)
			if err != nil {
				yield(user{}, err)
				return
			}
			page, err := get[models.UserCollectionResponseable](ctx, c, call{}, link, headers, models.CreateUserCollectionResponseFromDiscriminatorValue)
			if err != nil {
				yield(user{}, err)
				return
			}
			for _, u := range page.GetValue() {
				if u != nil && !yield(userOf(u), nil) {
					return
				}
			}
			link = text(page.GetOdataNextLink())
		}
	}
}

func userOf(u models.Userable) user {
	return user{id: text(u.GetId()), principal: text(u.GetUserPrincipalName()), mail: text(u.GetMail()), kind: text(u.GetUserType())}
}

// members lists the accounts in a group, those of groups inside it too.
func (c *Client) members(ctx context.Context, group string) iter.Seq2[user, error] {
	return func(yield func(user, error) bool) {
		id, err := c.group(ctx, group)
		if err != nil {
			yield(user{}, err)
			return
		}
		for u, err := range c.users(ctx, nil, "groups", id, "transitiveMembers", "microsoft.graph.user") {
			if !yield(u, err) {
				return
			}
		}
	}
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// group finds a group's id by its address or name.
func (c *Client) group(ctx context.Context, name string) (string, error) {
	if guid.MatchString(name) {
		return name, nil
	}
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
	q := query{{"$select", "id"}, {"$filter", "mail eq " + quoted + " or displayName eq " + quoted}}
	page, err := get[models.GroupCollectionResponseable](ctx, c, call{}, c.url(q, "groups"), nil, models.CreateGroupCollectionResponseFromDiscriminatorValue)
	if err != nil {
		return "", err
	}
	switch found := page.GetValue(); len(found) {
	case 0:
		return "", fmt.Errorf("there is no group %q in the tenant", name)
	case 1:
		return text(found[0].GetId()), nil
	default:
		return "", fmt.Errorf("%d groups are called %q: name it by its address or id", len(found), name)
	}
}

// text is the string behind a pointer of the SDK, "" for none, in memory of its own:
// the SDK's strings may be parts of a whole reply.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.Clone(*s)
}

// extra is a property that the SDK's model does not know.
func extra(m serialization.AdditionalDataHolder, name string) (any, bool) {
	v, ok := m.GetAdditionalData()[name]
	if s, is := v.(*string); is {
		return text(s), ok
	}
	return v, ok
}
