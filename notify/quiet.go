package notify

import (
	"slices"
	"strings"
	"time"

	"mailsweep/lined"
)

// Quiet is when nothing is sent: from an hour of the day to another one, and on whole
// days of the week, in the zone of whoever is told. The zero value is never.
type Quiet struct {
	From, To time.Duration // since midnight; From may be the later one; both 0: no hours
	Days     []time.Weekday
	Zone     *time.Location
}

// Until says when the quiet ends in which a time lies; the time itself when it lies in
// none.
func (q Quiet) Until(at time.Time) time.Time {
	if q.Zone == nil {
		return at
	}
	end := at.In(q.Zone)
	for range 16 { // a week of quiet days, and the nights between them
		next := q.step(end)
		if next.Equal(end) {
			break
		}
		end = next
	}
	if end.Equal(at) {
		return at
	}
	return end
}

// step is the end of the quiet hours, or of the quiet day, that t lies in.
func (q Quiet) step(t time.Time) time.Time {
	y, m, d := t.Date()
	clock := func(day int, at time.Duration) time.Time { // by the clock on the wall, whatever a change of it adds
		return time.Date(y, m, day, int(at/time.Hour), int(at%time.Hour/time.Minute), 0, 0, q.Zone)
	}
	now := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	switch {
	case slices.Contains(q.Days, t.Weekday()):
		return clock(d+1, 0)
	case q.From < q.To && q.From <= now && now < q.To, q.From > q.To && now < q.To:
		return clock(d, q.To)
	case q.From > q.To && now >= q.From:
		return clock(d+1, q.To)
	}
	return t
}

// quiet reads {from: "18:00", to: "08:00", zone: Europe/Berlin, days: [saturday, sunday]}.
func (r *reader) quiet(v lined.Value) {
	if !v.There() {
		return
	}
	s := v.Struct("from", "to", "zone", "days")
	q := Quiet{From: hours(s.Get("from")), To: hours(s.Get("to")), Zone: time.UTC}
	if s.Get("from").There() != s.Get("to").There() {
		v.Complain("quiet hours have two ends: from and to")
	}
	if zone := s.Get("zone"); zone.There() {
		var err error
		if q.Zone, err = time.LoadLocation(zone.Text()); err != nil || zone.Text() == "Local" {
			zone.Complain("%q is no time zone: write one such as Europe/Berlin", zone.Text())
			q.Zone = time.UTC
		}
	}
	for _, item := range s.Get("days").Items() {
		day := slices.IndexFunc(weekdays(), func(d time.Weekday) bool { return strings.EqualFold(d.String(), item.Text()) })
		if day < 0 {
			item.Complain("%q is no day of the week: write saturday", item.Text())
			continue
		}
		q.Days = append(q.Days, time.Weekday(day))
	}
	if len(q.Days) > 6 {
		v.Complain("every day is quiet: nothing would ever be sent")
	}
	r.policy.Quiet = q
}

func weekdays() []time.Weekday {
	return []time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}
}

// hours reads a time of the day.
func hours(v lined.Value) time.Duration {
	if !v.There() {
		return 0
	}
	t, err := time.Parse("15:04", v.Text())
	if err != nil {
		v.Complain("%q is no time of the day: write \"18:00\"", v.Text())
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}
