//go:build !unix

package sqlite_test

import (
	"context"
	"errors"
)

func listAsSomebody(context.Context, string) error {
	return errors.New("users are not numbers on this system")
}
