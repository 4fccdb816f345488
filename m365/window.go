package m365

import "time"

// windowParts is into how many parts a window is cut. It forgets a part late rather
// than early, so it allows up to 1/windowParts less than the service does.
const windowParts = 50

// window counts what was used in a sliding window of time.
type window struct {
	most  int
	slice time.Duration
	used  [windowParts + 1]int
	at    int64 // number of the newest slice
	sum   int
}

func newWindow(most int, per time.Duration) *window {
	return &window{most: most, slice: per / windowParts}
}

// take uses n if the window has room for it, else says how long to wait before
// asking again.
func (w *window) take(n int, now time.Time) (wait time.Duration) {
	w.advance(now)
	if w.sum+n <= w.most || w.sum == 0 {
		w.used[w.at%int64(len(w.used))] += n
		w.sum += n
		return 0
	}
	free := 0
	for k := w.at - windowParts; k <= w.at; k++ {
		free += w.used[((k%int64(len(w.used)))+int64(len(w.used)))%int64(len(w.used))]
		if w.sum-free+n <= w.most {
			return time.Unix(0, (k+windowParts+1)*int64(w.slice)).Sub(now)
		}
	}
	return w.slice
}

// untake gives back what was taken just now and not used.
func (w *window) untake(n int) {
	i := w.at % int64(len(w.used))
	n = min(n, w.used[i])
	w.used[i] -= n
	w.sum -= n
}

func (w *window) advance(now time.Time) {
	at := now.UnixNano() / int64(w.slice)
	for k := max(w.at+1, at-windowParts); k <= at; k++ {
		i := k % int64(len(w.used))
		w.sum -= w.used[i]
		w.used[i] = 0
	}
	w.at = max(w.at, at)
}
