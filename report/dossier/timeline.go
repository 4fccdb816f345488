package dossier

import (
	"time"
)

// The picture's measure; it grows with the page.
const (
	timeWidth, timeHeight = 720.0, 150.0
	timeTop, timeBottom   = 14.0, 22.0
	timeLabelHalf         = 26.0 // half the width of "2026-03"
	// mostMonths is beyond which a line of years is drawn.
	mostMonths = 36
)

// timeline is how many credentials were first mailed in each month or year.
type timeline struct {
	Unit    string // month or year
	Bars    []timeBar
	Most    int
	Undated int
	Width   float64
	Height  float64
	Base    float64 // where the bars stand
	Labels  []timeLabel
}

type timeBar struct {
	X, Y, Width, Height float64
	When                string
	N                   int
}

type timeLabel struct {
	X    float64
	Text string
}

func months(all []Exposure) timeline {
	t := timeline{Unit: "month", Width: timeWidth, Height: timeHeight, Base: timeHeight - timeBottom}
	var first, last time.Time
	for _, e := range all {
		at := e.FirstSeen.UTC()
		if at.IsZero() {
			t.Undated++
			continue
		}
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	if first.IsZero() {
		return t
	}
	step := func(at time.Time) time.Time { return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC) }
	next, format := func(at time.Time) time.Time { return at.AddDate(0, 1, 0) }, "2006-01"
	if (last.Year()-first.Year())*12+int(last.Month()-first.Month()) >= mostMonths {
		t.Unit, format = "year", "2006"
		step = func(at time.Time) time.Time { return time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }
		next = func(at time.Time) time.Time { return at.AddDate(1, 0, 0) }
	}
	n := map[time.Time]int{}
	for _, e := range all {
		if !e.FirstSeen.IsZero() {
			n[step(e.FirstSeen.UTC())]++
		}
	}
	var whens []time.Time
	for at := step(first); !at.After(last) && len(whens) < 200; at = next(at) {
		whens = append(whens, at)
		t.Most = max(t.Most, n[at])
	}
	t.draw(whens, n, format)
	return t
}

func (t *timeline) draw(whens []time.Time, n map[time.Time]int, format string) {
	slot := timeWidth / float64(len(whens))
	every := max(1, len(whens)/8)
	for i, at := range whens {
		height := (t.Base - timeTop) * float64(n[at]) / float64(max(t.Most, 1))
		x := slot * float64(i)
		t.Bars = append(t.Bars, timeBar{X: x + slot*0.1, Y: t.Base - height, Width: slot * 0.8, Height: height, When: at.Format(format), N: n[at]})
		if i%every == 0 && (len(whens)-i >= every/2+1) {
			t.Labels = append(t.Labels, timeLabel{min(max(x+slot/2, timeLabelHalf), timeWidth-timeLabelHalf), at.Format(format)})
		}
	}
}
