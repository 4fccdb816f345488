package m365

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"golang.org/x/sync/singleflight"

	"mailsweep/notify"
)

// Directory is the people of a tenant. It asks once for each person in the life of the
// process, and for those who work together at the same time. What it needs beyond the
// names is User.Read.All: User.ReadBasic.All shows neither departments nor managers
// (learn.microsoft.com, "Microsoft Graph permissions reference").
type Directory struct {
	c     *Client
	mu    sync.Mutex
	known map[string]found
	group singleflight.Group
}

// found is what was said of an address: somebody, or [notify.ErrNobody].
type found struct {
	person notify.Person
	err    error
}

// mostKnown bounds what is kept; beyond it, people are asked for again.
const mostKnown = 100_000

// NewDirectory asks c.
func NewDirectory(c *Client) *Directory { return &Directory{c: c, known: map[string]found{}} }

var _ notify.Directory = (*Directory)(nil)

// Person implements [notify.Directory].
func (d *Directory) Person(ctx context.Context, address string) (notify.Person, error) {
	key := strings.ToLower(address)
	d.mu.Lock()
	f, ok := d.known[key]
	d.mu.Unlock()
	if ok {
		return f.person, f.err
	}
	got, err, _ := d.group.Do(key, func() (any, error) {
		p, err := d.ask(ctx, key)
		if err != nil && !errors.Is(err, notify.ErrNobody) {
			return found{}, err // the next one asks again
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if len(d.known) < mostKnown {
			d.known[key] = found{p, err}
		}
		return found{p, err}, nil
	})
	if err != nil {
		return notify.Person{}, err
	}
	f = got.(found)
	return f.person, f.err
}

const personFields = "id,displayName,mail,userPrincipalName,department,preferredLanguage,accountEnabled"

func (d *Directory) ask(ctx context.Context, address string) (p notify.Person, err error) {
	account, err := d.c.user(ctx, address)
	if err != nil {
		return p, nobody(err)
	}
	u, err := get[models.Userable](ctx, d.c, call{}, d.c.url(query{{"$select", personFields}}, "users", account.id), nil, models.CreateUserFromDiscriminatorValue)
	if err != nil {
		return p, nobody(err)
	}
	p = notify.Person{Address: strings.ToLower(userOf(u).name()), Name: text(u.GetDisplayName()), Department: text(u.GetDepartment()), Language: text(u.GetPreferredLanguage())}
	enabled := u.GetAccountEnabled()
	p.Left = enabled != nil && !*enabled
	manager, err := get[serialization.Parsable](ctx, d.c, call{}, d.c.url(query{{"$select", userFields}}, "users", account.id, "manager"), nil, models.CreateDirectoryObjectFromDiscriminatorValue)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Status == 404: // nobody is above them
		return p, nil
	case err != nil:
		return p, permitted(err)
	}
	if m, ok := manager.(models.Userable); ok {
		p.Manager = strings.ToLower(userOf(m).name())
	}
	return p, nil
}

// nobody says that the directory has no such person, where that is what it said.
func nobody(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == 404 {
		return notify.ErrNobody
	}
	return permitted(err)
}

// permitted says which grant is missing, where one is.
func permitted(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == 403 {
		return fmt.Errorf("departments and managers need the application permission User.Read.All: %w", err)
	}
	return err
}
