package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// errNot says that a value is none of what its setting allows.
var errNot = errors.New("not allowed")

// reader holds what a value's meaning depends on.
type reader struct {
	now  time.Time
	zone *time.Location
}

// scalar is a value as it could stand in the environment: whatever a file's
// format made of "8" or "true", it is the same setting.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case fromEnvironment:
		return string(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int, int64, uint64:
		return fmt.Sprint(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case fmt.Stringer: // time.Duration, and TOML's dates without a zone
		return v.String(), nil
	}
	return "", errNot
}

// scalars is a list; text of the environment is split at its commas.
func scalars(v any) ([]string, error) {
	var out []string
	switch v := v.(type) {
	case []string:
		out = append(out, v...)
	case []any:
		for _, one := range v {
			s, err := scalar(one)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	case fromEnvironment:
		for s := range strings.SplitSeq(string(v), ",") {
			out = append(out, strings.TrimSpace(s))
		}
	default:
		s, err := scalar(v)
		if err != nil || s == "" {
			return nil, err
		}
		out = append(out, s)
	}
	for _, s := range out {
		if s == "" {
			return nil, errNot
		}
	}
	return out, nil
}

// parseSize reads "256MB", "64MiB" or a number of bytes.
func parseSize(s string) (int64, error) {
	n, err := humanize.ParseBytes(s)
	if err != nil || n > math.MaxInt64 {
		return 0, errNot
	}
	return int64(n), nil
}

// showSize writes n so that it reads back to the byte.
func showSize(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TiB", 1 << 40}, {"TB", 1e12}, {"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}} {
		if n >= unit.size && n%unit.size == 0 {
			return strconv.FormatInt(n/unit.size, 10) + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

const (
	day      = 24 * time.Hour
	longSpan = 100 * 365 * day // more is a slip, and would overflow when added up
)

// parseSpan reads what time.ParseDuration does, and weeks and days before it:
// "2w", "1d12h". A day is 24 hours.
func parseSpan(s string) (time.Duration, error) {
	var total time.Duration
	rest := strings.TrimSpace(s)
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		digits, after, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > uint64(longSpan/unit.size) {
			return 0, errNot
		}
		total += time.Duration(n) * unit.size
		rest = after
	}
	if rest == "" && s != "" {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d > longSpan {
		return 0, errNot
	}
	return total + d, nil
}

// moment reads a time; how it may be written is in the package comment.
func (r reader) moment(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, r.zone); err == nil {
			return t, nil
		}
	}
	d, err := parseSpan(s)
	if err != nil || d == 0 {
		return time.Time{}, errNot
	}
	return r.now.Add(-d).Truncate(time.Second), nil
}
