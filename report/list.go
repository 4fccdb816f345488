package report

import (
	"errors"
	"io"
	"iter"

	"mailsweep/sweeper"
)

// WriteExposures lists exposures as text, jsonl or csv. An error of the sequence
// ends the list and is returned as it is.
func WriteExposures(w io.Writer, format string, list iter.Seq2[sweeper.Exposure, error], o Options) error {
	return errors.New("being written")
}

// WriteExposure shows one exposure with all its sightings: as text; as jsonl (the
// exposure's object, then one object a finding); as csv (its findings).
func WriteExposure(w io.Writer, format string, e sweeper.Exposure, sightings iter.Seq2[sweeper.Finding, error], o Options) error {
	return errors.New("being written")
}

// WriteFindings lists findings in any format. An error of the sequence ends the
// list and is returned as it is.
func WriteFindings(w io.Writer, format string, list iter.Seq2[sweeper.Finding, error], o Options) error {
	return errors.New("being written")
}

// WriteFinding shows one finding with all that is known of it, in any format.
func WriteFinding(w io.Writer, format string, f sweeper.Finding, o Options) error {
	return errors.New("being written")
}

// Visible makes text from mail safe for a terminal and for the eye: control
// characters, bidirectional overrides and other runes that cannot be seen become
// escapes such as \x1b or \u202e; bytes that are no UTF-8 become U+FFFD.
func Visible(s string) string { return s }
