package lazydfa

import "regexp/syntax"

// groups notes where the groups of a match are. From each place only such instructions are
// taken as lead to its end, so the first that is preferred is the right one, and none has
// to be tried twice (A. Frisch and L. Cardelli, "Greedy Regular Expression Matching", 2004).
type groups struct {
	p     *program
	tried seen // at one place
	at    []int
}

// follow goes the way of a match from its begin to its end.
func (g *groups) follow(s string, way []step) {
	pc := g.p.start
	class, _ := g.p.last(s, way[len(way)-1].pos)
	for i := len(way) - 1; i >= 0; i-- {
		g.tried.clear()
		asserted := holds[g.p.before[class]][way[i].behind]
		pc, _ = g.prefer(pc, asserted, way[i])
		if i > 0 {
			class, _ = g.p.next(s, way[i].pos)
			pc = g.p.code[pc].Out
		}
	}
}

// prefer is the instruction which reads, or matches, that is preferred of those that can be
// got at from pc and lead to the end.
func (g *groups) prefer(pc uint32, asserted syntax.EmptyOp, to step) (chosen uint32, ok bool) {
	if !g.tried.add(pc) {
		return 0, false
	}
	switch in := &g.p.code[pc]; in.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		if chosen, ok = g.prefer(in.Out, asserted, to); ok {
			return chosen, true
		}
		return g.prefer(in.Arg, asserted, to)
	case syntax.InstCapture:
		was := -1
		if int(in.Arg) < len(g.at) {
			was, g.at[in.Arg] = g.at[in.Arg], to.pos
		}
		if chosen, ok = g.prefer(in.Out, asserted, to); !ok && int(in.Arg) < len(g.at) {
			g.at[in.Arg] = was
		}
		return chosen, ok
	case syntax.InstNop:
		return g.prefer(in.Out, asserted, to)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(in.Arg)&^asserted != 0 {
			return 0, false
		}
		return g.prefer(in.Out, asserted, to)
	case syntax.InstFail:
		return 0, false
	}
	return pc, to.at.has(pc)
}
