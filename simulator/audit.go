package simulator

import (
	"sync"
)

// auditLog is what happened in the tenant's mailboxes, as its audit log tells it.
type auditLog struct {
	mu sync.Mutex
}
