package notify

import (
	"context"
	"errors"
)

// ErrNobody says that the directory knows nobody with an address.
var ErrNobody = errors.New("the directory knows nobody with this address")

// Person is somebody of the organisation.
type Person struct {
	Address    string
	Name       string
	Department string
	Language   string // BCP 47; "" when unknown
	Manager    string // address; "" for none
	Left       bool   // the account is disabled: nobody reads what is sent there
}

// Directory knows the people of the organisation. Person gives [ErrNobody] for an
// address that is nobody's, and any other error when it could not be asked: that of a
// person's absence must not be read out of it. It may be called from many goroutines.
type Directory interface {
	Person(ctx context.Context, address string) (Person, error)
}

// NoDirectory knows nobody. With it, a person is an address.
type NoDirectory struct{}

func (NoDirectory) Person(context.Context, string) (Person, error) { return Person{}, ErrNobody }
