package config

import "strings"

// Nearest is a hint at the name that was meant: ": did you mean x?", "" when none is
// like it.
func Nearest(name string, names []string) string { return nearest("", name, names) }

// nearest is a hint at the name that was meant, "" when none is like it. What all
// names begin with is not compared: it would make them all alike.
func nearest(begin, name string, names []string) string {
	name = strings.TrimPrefix(name, begin)
	best, least := "", len(name)/3+1
	for _, n := range names {
		if d := distance(name, strings.TrimPrefix(n, begin)); d <= least && (best == "" || d < least) {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

// distance counts the letters to insert, to leave out, to change or to swap with
// the next one that make b of a (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
