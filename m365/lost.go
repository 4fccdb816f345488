package m365

import (
	"context"
	"strings"

	"mailsweep/sweeper"
)

// Lost implements [sweeper.Witness]. A folder is gone when its mailbox was listed and
// the folder was not there. A mailbox that is gone keeps its folders: it may only be
// out of reach. It asks nothing.
func (s *Source) Lost(_ context.Context, f sweeper.Folder) (bool, error) {
	user, id, ok := strings.Cut(f.Key, "/")
	if !ok || f.Source != s.name || s.ids != nil || strings.HasPrefix(id, "messages/") {
		return false, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.boxes {
		if m.id == user && len(m.folders) > 0 {
			return m.folders[id] == nil && !s.spared(f), nil
		}
	}
	return false, nil
}

// spared are folders that this selection does not list: recoverable items that an
// earlier sweep was asked to read.
func (s *Source) spared(f sweeper.Folder) bool {
	return strings.HasPrefix(f.Name, recoverableTop+"/")
}
