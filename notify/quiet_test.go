package notify

import (
	"testing"
	"time"

	"mailsweep/lined"
)

func TestQuiet(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, berlin) }
	night := Quiet{From: 18 * time.Hour, To: 8 * time.Hour, Zone: berlin}
	weekend := Quiet{From: 18 * time.Hour, To: 8*time.Hour + 30*time.Minute, Zone: berlin, Days: []time.Weekday{time.Saturday, time.Sunday}}
	noon := Quiet{From: 12 * time.Hour, To: 13 * time.Hour, Zone: berlin}
	for name, c := range map[string]struct {
		quiet    Quiet
		at, want time.Time
	}{
		"never":                       {Quiet{}, at(2, 3, 0), at(2, 3, 0)},
		"a day":                       {night, at(2, 12, 0), at(2, 12, 0)},
		"an evening":                  {night, at(2, 18, 0), at(3, 8, 0)},
		"a morning":                   {night, at(3, 7, 59), at(3, 8, 0)},
		"its end":                     {night, at(3, 8, 0), at(3, 8, 0)},
		"noon":                        {noon, at(3, 12, 30), at(3, 13, 0)},
		"a Friday evening":            {weekend, at(6, 19, 0), at(9, 8, 30)},
		"a Sunday":                    {weekend, at(8, 12, 0), at(9, 8, 30)},
		"the night of another clock":  {night, at(28, 20, 0), at(29, 8, 0)}, // 11 hours
		"as another zone has it":      {night, at(2, 18, 0).UTC(), at(3, 8, 0)},
		"days only":                   {Quiet{Zone: berlin, Days: []time.Weekday{time.Sunday}}, at(8, 1, 0), at(9, 0, 0)},
		"days only, and another one":  {Quiet{Zone: berlin, Days: []time.Weekday{time.Sunday}}, at(9, 1, 0), at(9, 1, 0)},
		"hours that begin and end at": {Quiet{Zone: berlin}, at(9, 0, 0), at(9, 0, 0)},
	} {
		if got := c.quiet.Until(c.at); !got.Equal(c.want) {
			t.Errorf("%s: until %s, not %s", name, got, c.want)
		}
	}
}

func TestFaultyQuiet(t *testing.T) {
	for text, want := range map[string]string{
		`{from: "18:00"}`:          "p.yaml:1: quiet hours have two ends: from and to",
		`{from: "25:00", to: "8"}`: "p.yaml:1: \"25:00\" is no time of the day: write \"18:00\"\np.yaml:1: \"8\" is no time of the day: write \"18:00\"",
		`{zone: Mars/Olympus}`:     `p.yaml:1: "Mars/Olympus" is no time zone: write one such as Europe/Berlin`,
		`{days: [caturday]}`:       `p.yaml:1: "caturday" is no day of the week: write saturday`,
		`{days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}`: "p.yaml:1: every day is quiet: nothing would ever be sent",
	} {
		f, root, err := lined.Parse("p.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r := &reader{file: f, policy: &Policy{}}
		if r.quiet(root); f.Err() == nil || f.Err().Error() != want {
			t.Errorf("%s: %v", text, f.Err())
		}
	}
}
