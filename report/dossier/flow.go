package dossier

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	flowWidth   = 720.0
	flowRow     = 26.0 // the height of a name
	flowTop     = 8.0
	flowNames   = 9 // on each side; the rest is one
	flowLeft    = 250.0
	flowRight   = 470.0
	flowThick   = 14.0 // the thickest line
	flowLetters = 34
)

// flow is the picture of who mailed credentials to whom.
type flow struct {
	Width, Height float64
	From, To      []flowName
	Lines         []flowLine
	Ways          []flowWay // the same as a table, the most first
	More          int       // ways that are not in the table
}

type flowName struct {
	X, Y float64
	Text string
	Full string
	N    int
}

type flowLine struct {
	Path  string
	Thick float64
	Title string
}

type flowWay struct {
	From, To string
	N        int
}

func newFlow(all []Exposure) flow {
	ways := map[Way]int{}
	for _, e := range all {
		seen := map[Way]bool{}
		for _, w := range e.Ways {
			w.From, w.To = cmp.Or(w.From, "unknown"), cmp.Or(w.To, "unknown")
			if !seen[w] {
				seen[w] = true
				ways[w]++
			}
		}
	}
	f := flow{Width: flowWidth}
	order := slices.SortedFunc(maps.Keys(ways), func(a, b Way) int {
		return cmp.Or(ways[b]-ways[a], strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	for i, w := range order {
		if i >= 2*flowNames {
			f.More++
			continue
		}
		f.Ways = append(f.Ways, flowWay{w.From, w.To, ways[w]})
	}
	from, to := map[string]int{}, map[string]int{}
	for w, n := range ways {
		from[w.From] += n
		to[w.To] += n
	}
	fromName, toName := lump(from), lump(to)
	lumped := map[Way]int{}
	for w, n := range ways {
		lumped[Way{fromName(w.From), toName(w.To)}] += n
	}
	f.draw(lumped)
	return f
}

// lump makes one name of those that are not among the most frequent.
func lump(n map[string]int) func(string) string {
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	if len(names) <= flowNames+1 {
		return func(s string) string { return s }
	}
	kept := map[string]bool{}
	for _, name := range names[:flowNames] {
		kept[name] = true
	}
	others := strconv.Itoa(len(names)-flowNames) + othersName
	return func(s string) string {
		if kept[s] {
			return s
		}
		return others
	}
}

const othersName = " others"

// isOthers reports the name of all that have none: no address has a blank.
func isOthers(name string) bool { return strings.HasSuffix(name, othersName) }

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f *flow) draw(ways map[Way]int) {
	most := 1
	from, to := map[string]int{}, map[string]int{}
	for w, n := range ways {
		from[w.From] += n
		to[w.To] += n
		most = max(most, n)
	}
	var fromY, toY map[string]float64
	f.From, fromY = column(from, flowLeft-8)
	f.To, toY = column(to, flowRight+8)
	f.Height = 2*flowTop + flowRow*float64(max(len(f.From), len(f.To)))
	for _, w := range slices.SortedFunc(maps.Keys(ways), func(a, b Way) int { return cmp.Or(ways[a]-ways[b], strings.Compare(a.From+a.To, b.From+b.To)) }) {
		y1, y2 := fromY[w.From], toY[w.To]
		middle := (flowLeft + flowRight) / 2
		f.Lines = append(f.Lines, flowLine{
			Path:  fmt.Sprintf("M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", flowLeft, y1, middle, y1, middle, y2, flowRight, y2),
			Thick: max(1, math.Round(10*flowThick*math.Sqrt(float64(ways[w])/float64(most)))/10),
			Title: fmt.Sprintf("%s to %s: %d", w.From, w.To, ways[w]),
		})
	}
}

// column puts names below each other, the most frequent first.
func column(n map[string]int, x float64) (all []flowName, y map[string]float64) {
	y = map[string]float64{}
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		return cmp.Or(cmp.Compare(boolean(isOthers(a)), boolean(isOthers(b))), n[b]-n[a], strings.Compare(a, b))
	})
	for i, name := range names {
		y[name] = flowTop + flowRow*(float64(i)+0.5)
		shown := name
		if letters := []rune(name); len(letters) > flowLetters {
			shown = string(letters[:flowLetters-1]) + "…"
		}
		all = append(all, flowName{x, y[name], shown, name, n[name]})
	}
	return all, y
}
