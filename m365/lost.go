package m365

import (
	"context"
	"errors"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/sweeper"
)

// Lost implements [sweeper.Witness]. A folder is gone when its mailbox was listed, the
// folder was not there, and the service, asked for it, says so: a listing lacks also what
// was moved while it ran, and what lies below a folder that could not be listed. A mailbox
// that is gone keeps its folders: it may only be out of reach.
func (s *Source) Lost(ctx context.Context, f sweeper.Folder) (bool, error) {
	user, id, ok := strings.Cut(f.Key, "/")
	if !ok || f.Source != s.name || s.ids != nil || strings.HasPrefix(id, "messages/") || s.spared(f) || !s.misses(user, id) {
		return false, nil
	}
	_, err := get[models.MailFolderable](ctx, s.c, call{mailbox: user}, s.c.url(query{{"$select", folderFields}}, "users", user, "mailFolders", id),
		query{immutable}, models.CreateMailFolderFromDiscriminatorValue)
	var e *Error
	switch {
	case errors.As(err, &e) && e.meaning() == vanished:
		return true, nil
	case errors.As(err, &e) && e.meaning() == notCovered:
		return false, nil
	}
	return false, err
}

// misses reports whether a mailbox was listed, and had no such folder.
func (s *Source) misses(user, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.boxes {
		if m.id == user && len(m.folders) > 0 {
			return m.folders[id] == nil
		}
	}
	return false
}

// spared are folders that this selection does not list: recoverable items that an
// earlier sweep was asked to read.
func (s *Source) spared(f sweeper.Folder) bool {
	return strings.HasPrefix(f.Name, recoverableTop+"/")
}
