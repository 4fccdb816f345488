package main

import (
	"mailsweep/decode"
	"mailsweep/detectors"
)

// explainedLine is an explanation on the wire.
type explainedLine struct {
	Type        string        `json:"type"`
	Rule        string        `json:"rule"`
	Path        string        `json:"path"`
	View        string        `json:"view"`
	Decoded     int           `json:"decoded"`
	Keywords    []placeLine   `json:"keywords"`
	Anchors     []placeLine   `json:"anchors"`
	AnchorCount int           `json:"anchor_count"`
	Whole       bool          `json:"whole"`
	Windows     []windowLine  `json:"windows"`
	WindowCount int           `json:"window_count"`
	Matches     []matchedLine `json:"matches"`
	Verdict     string        `json:"verdict"`
}

type placeLine struct {
	Word   string `json:"word,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
}

type windowLine struct {
	placeLine
	Excerpt string `json:"excerpt"`
}

type matchedLine struct {
	placeLine
	Preview    string          `json:"preview"`
	Kept       bool            `json:"kept"`
	Check      detectors.Check `json:"check"`
	Confidence string          `json:"confidence"`
	Reason     string          `json:"reason"`
}

// lines writes one object for each rule and text, then one for each Skip.
func (x explanation) lines(out *output) error {
	enc := wire(out)
	for _, e := range x.Rules {
		l := explainedLine{
			Type: "explanation", Rule: e.Rule, Path: e.Path, View: viewOf(e.View), Decoded: e.Decoded,
			Keywords: placeLines(e.Keywords), Anchors: placeLines(e.Anchors), AnchorCount: e.AnchorCount, Whole: e.Whole,
			Windows: []windowLine{}, WindowCount: e.WindowCount, Matches: []matchedLine{}, Verdict: e.Verdict,
		}
		for _, v := range e.Windows {
			l.Windows = append(l.Windows, windowLine{placeLine(v.Place), v.Excerpt})
		}
		for _, m := range e.Matches {
			confidence := ""
			if m.Kept {
				confidence = m.Confidence.String()
			}
			l.Matches = append(l.Matches, matchedLine{placeLine(m.Place), m.Preview, m.Kept, m.Check, confidence, m.Reason})
		}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	for _, s := range x.skips {
		if err := enc.Encode(skipLine{"skip", s.Path, string(s.Reason), s.Detail}); err != nil {
			return err
		}
	}
	return nil
}

// skipLine is what could not be searched.
type skipLine struct {
	Type   string `json:"type"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

func placeLines(places []detectors.Place) []placeLine {
	all := []placeLine{}
	for _, p := range places {
		all = append(all, placeLine(p))
	}
	return all
}

func viewOf(v decode.View) string {
	switch v {
	case decode.Head:
		return "head"
	case decode.Markup:
		return "markup"
	}
	return "body"
}
