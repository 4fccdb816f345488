package report

import "mailsweep/sweeper"

// allowed is a sweep that saw one finding to act on, and two that an allow-list covers.
func allowed() []sweeper.Event {
	probe := sweeper.Allowance{Entry: "monitoring probe", Reason: "logs in once an hour, rotates each week", By: "ada@example.com", Expires: "2027-01-31"}
	lab := sweeper.Allowance{Entry: "=lab\x1b[2J", Reason: "<b>ours</b>", Expires: "2027-02-28"}
	var count sweeper.Count
	var list []sweeper.Event
	for _, e := range []sweeper.Event{
		finding(token()),
		{Allowed: &sweeper.Allowed{Allowance: probe, Finding: password()}},
		{Allowed: &sweeper.Allowed{Allowance: lab, Finding: bare()}},
		{Allowed: &sweeper.Allowed{Allowance: probe, Finding: password()}},
	} {
		count.Add(e)
		list = append(list, e)
	}
	end := count.Summary()
	end.Run, end.Mailboxes, end.Folders, end.Messages, end.Parts, end.Bytes, end.Seconds = "r-0002", 1, 1, 3, 3, 4000, 1
	return append(list, sweeper.Event{Summary: &end})
}
