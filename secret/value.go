// Package secret holds the one type that may carry a credential, and the three
// things that may be made of it: a fingerprint, a preview and a mask.
//
// A [Value] lives in memory between the moment a detector matched it and the
// moment it was fingerprinted. Every way in which Go prints or marshals a value
// gives "[redacted]", so that a log line, an error or a panic cannot spill it.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Value is a credential that cannot be printed. The zero Value is empty.
// It is immutable and safe for concurrent use.
//
// It is a function because fmt does not call the methods of unexported fields, but
// looks behind pointers: a Value in somebody's struct prints as an address.
type Value struct{ reveal func() string }

// New wraps s. It does not copy: pass a clone when s is a slice of a large text.
func New(s string) Value { return Value{func() string { return s }} }

// Reveal returns the credential itself. Only code that fingerprints, compares,
// measures, masks, or signs in with it may call it; what it returns must not be stored.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// Len is the length in bytes.
func (v Value) Len() int { return len(v.Reveal()) }

func (v Value) String() string   { return redacted }
func (v Value) GoString() string { return redacted }

// Format overrides every verb, %v, %+v, %#v, %s, %q and %x included.
func (v Value) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

func (v Value) LogValue() slog.Value           { return slog.StringValue(redacted) }
func (v Value) MarshalText() ([]byte, error)   { return []byte(redacted), nil }
func (v Value) MarshalJSON() ([]byte, error)   { return []byte(`"` + redacted + `"`), nil }
func (v Value) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }
