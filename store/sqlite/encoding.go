package sqlite

import (
	"encoding/json"
	"time"

	"mailsweep/store"
)

// timeText is t as the schema writes it, "" when it is unknown. A year that does not
// have four digits is no time at which mail was received: it is unknown too, and
// would not sort.
func timeText(t time.Time) string {
	t = t.UTC()
	if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return ""
	}
	return t.Format(store.TimeLayout)
}

// textTime is the opposite of timeText. What is no time is unknown.
func textTime(s string) time.Time {
	t, err := time.Parse(store.TimeLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// listText is a list as JSON, never null. Strings with bytes that are no UTF-8 come
// back with U+FFFD in their place.
func listText(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(list) // strings always marshal
	return string(b)
}

// mapText is a map as JSON, its keys in order, never null.
func mapText(m map[string]string) string {
	if len(m) == 0 {
		return "{}"
	}
	b, _ := json.Marshal(m) // strings always marshal
	return string(b)
}

// textList and textMap give nil for an empty list and map.
func textList(s string) (list []string, err error) {
	if s == "[]" {
		return nil, nil
	}
	return list, json.Unmarshal([]byte(s), &list)
}

func textMap(s string) (m map[string]string, err error) {
	if s == "{}" {
		return nil, nil
	}
	return m, json.Unmarshal([]byte(s), &m)
}
