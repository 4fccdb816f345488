package decode

// htmlScope follows the elements that are open, from the outermost one that hides
// its text or changes the layout inwards. While there is none, which is most of the
// time, elements are only counted.
type htmlScope struct {
	stack   []htmlFrame
	inside  [htmlElementCount]int32 // how many of each element the stack holds
	open    [htmlElementCount]int32 // how many are open around the stack
	hides   int                     // frames that hide
	keeping int                     // frames that keep white space
	zero    bool                    // the font size is nothing
	hiding  bool                    // text goes to the hidden layout
}

type htmlFrame struct {
	el   htmlElement
	look cssLook
	zero bool // htmlScope.zero before it
}

// impliedReach bounds the search for an element that a start tag closes, so that
// deep nesting costs no more than its length. Real ones are near.
const impliedReach = 64

// enter opens an element.
func (p *htmlPage) enter(el htmlElement, look cssLook) {
	if len(p.stack) > 0 {
		p.imply(el.kind)
	}
	switch el.kind {
	case elPre:
		look |= cssKeeps
		p.dropBreak = true
	case elUnseen:
		look |= cssHides
	case elBody:
		look &^= cssHides | cssShrinks // mail programs show the body without its tag
	case elTable:
		if p.zero {
			// Without a doctype, as most mail is, a table does not inherit its font
			// size (quirks.spec.whatwg.org section 3.7).
			look |= cssSized
		}
	}
	if look&cssHides == 0 {
		p.boundary(el.kind, true)
		if look&cssBoxed != 0 {
			p.edge((*layout).block)
		}
	}
	if len(p.stack) == 0 && look&(cssHides|cssKeeps|cssShrinks|cssBoxed) == 0 {
		p.open[el.id]++
		return
	}
	p.push(htmlFrame{el, look, p.zero})
}

func (p *htmlPage) push(f htmlFrame) {
	p.stack = append(p.stack, f)
	p.inside[f.el.id]++
	if f.look&cssHides != 0 {
		p.hides++
	}
	if f.look&cssKeeps != 0 {
		p.keeping++
	}
	if f.look&(cssShrinks|cssSized) != 0 {
		p.zero = f.look&cssShrinks != 0
	}
	p.hide(p.hides > 0 || p.zero)
}

// pop closes the innermost element of the stack.
func (p *htmlPage) pop() htmlFrame {
	f := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	p.inside[f.el.id]--
	if f.look&cssHides != 0 {
		p.hides--
	}
	if f.look&cssKeeps != 0 {
		p.keeping--
	}
	p.zero = f.zero
	p.hide(p.hides > 0 || p.zero)
	if f.look&cssBoxed != 0 {
		p.edge((*layout).block)
	}
	return f
}

// leave closes an element by its end tag. One that is not on the stack belongs to
// an element around it and closes all of the stack; one that belongs to none is
// ignored, as browsers do.
func (p *htmlPage) leave(el htmlElement) {
	switch {
	case p.inside[el.id] > 0:
		f := p.pop()
		for f.el != el {
			f = p.pop()
		}
		if f.look&cssHides != 0 {
			return // what is not there parts no lines
		}
	case p.open[el.id] > 0:
		if el.kind == elBody {
			p.finish()
		}
		for len(p.stack) > 0 {
			p.pop()
		}
		p.open[el.id]--
	}
	p.boundary(el.kind, false)
}

// imply closes what a start tag of this kind closes without an end tag.
func (p *htmlPage) imply(kind htmlKind) {
	closed, barriers := kind.implies()
	if closed == 0 {
		return
	}
	for i := len(p.stack) - 1; i >= max(0, len(p.stack)-impliedReach); i-- {
		k := p.stack[i].el.kind
		switch {
		case k >= elSetEnd:
		case closed&elSet(k) != 0:
			for len(p.stack) > i {
				p.pop()
			}
			return
		case barriers&elSet(k) != 0:
			return
		}
	}
}

// hide turns hiding on or off; what was hidden becomes a line of the markup.
func (p *htmlPage) hide(on bool) {
	if p.hiding == on {
		return
	}
	p.hiding = on
	if !on && !p.hidden.empty() {
		p.line(p.hidden.String())
		p.hidden = layout{}
	}
}

// reveal takes what is hidden as visible.
func (p *htmlPage) reveal() {
	p.shown.block()
	p.shown.write(p.hidden.String())
	p.hidden = layout{}
}

// edge applies what parts lines. A box whose font size is nothing still parts the
// lines around it, a hidden one does not.
func (p *htmlPage) edge(part func(*layout)) {
	if p.hiding {
		part(&p.hidden)
	}
	if p.hides == 0 {
		part(&p.shown)
	}
}

// boundary is what the start or the end of an element does to the layout.
func (p *htmlPage) boundary(kind htmlKind, start bool) {
	switch kind {
	case elCell:
		if start {
			p.edge((*layout).cell)
		}
	case elDefinition:
		if start {
			p.edge((*layout).cell)
		} else {
			p.edge((*layout).block)
		}
	case elRow, elRowGroup:
		p.edge((*layout).rowEdge)
	case elTerm:
		if start {
			p.edge((*layout).rowEdge)
		}
	case elTable:
		if start {
			p.edge((*layout).tableStart)
		} else {
			p.edge((*layout).tableEnd)
		}
	case elParagraph, elItem, elOption, elList, elDefinitions, elBody, elPre, elXmp, elTextarea, elBlock:
		p.edge((*layout).block)
	}
}
