package decode

// open finds out what n is, by its bytes more than by its name or declared type,
// and hands it to the format that reads it.
func (w *walker) open(n node) {
	if !w.enter(n.path, n.depth) {
		return
	}
	w.text(n, Body, string(n.data))
}
