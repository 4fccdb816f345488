package simulator

import "slices"

// listRules lists the rules of the inbox; other folders have none.
func (c *call) listRules() *reply {
	f, bad := c.folderOf()
	if bad != nil {
		return bad
	}
	c.box.mu.RLock()
	rules := slices.Clone(c.box.rules)
	c.box.mu.RUnlock()
	if f.WellKnown != "inbox" {
		rules = nil
	}
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/mailFolders"+inContext(c.ids[1])+"/messageRules"))
	w.array("value")
	for _, r := range rules {
		w.element('{')
		r.write(w)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(rules))
}

func (r *MessageRule) write(w *writer) {
	w.string("id", r.ID)
	w.string("displayName", r.DisplayName)
	w.int("sequence", int64(r.Sequence))
	w.bool("isEnabled", !r.Disabled)
	w.bool("hasError", false)
	w.bool("isReadOnly", false)
	w.object("conditions")
	if len(r.SubjectContains) > 0 {
		w.strings("subjectContains", r.SubjectContains)
	}
	if len(r.SenderContains) > 0 {
		w.strings("senderContains", r.SenderContains)
	}
	w.close('}')
	w.object("actions")
	for _, f := range [...]struct {
		name string
		set  bool
	}{{"delete", r.Delete}, {"markAsRead", r.MarkAsRead}, {"stopProcessingRules", r.StopProcessing}} {
		if f.set {
			w.bool(f.name, true)
		}
	}
	if r.MoveToFolder != "" {
		w.string("moveToFolder", r.MoveToFolder)
	}
	for _, to := range [...]struct {
		name string
		list []Address
	}{{"forwardTo", r.ForwardTo}, {"redirectTo", r.RedirectTo}, {"forwardAsAttachmentTo", r.ForwardAsAttachmentTo}} {
		if len(to.list) == 0 {
			continue
		}
		w.array(to.name)
		for _, a := range to.list {
			w.element('{')
			w.emailAddress(a)
			w.close('}')
		}
		w.close(']')
	}
	w.close('}')
}
