package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mailsweep/simulator"
)

// scriptTenant has the mailboxes of ann, bo and cy, each with three mails, one with a token, and two that
// cannot be read: dora has no licence, eve is out of scope. ann and cy are the group
// Finance. Microsoft 365 vouches for who mails bo. cy has also deleted a mail with a token.
func scriptTenant() *simulator.Tenant {
	tenant := simulator.NewTenant("00000000-0000-4000-8000-000000000001", "contoso.example")
	var finance []string
	for i, name := range []string{"ann", "bo", "cy", "dora", "eve"} {
		u := simulator.User{UserPrincipalName: name + "@contoso.example", Mail: name + "@contoso.example", DisplayName: name}
		u.Department = map[bool]string{true: "Sales", false: "IT"}[i < 2]
		u = tenant.AddUser(u)
		for n := range 3 {
			m := simulator.Message{InternetMessageID: fmt.Sprintf("<%s-%d@contoso.example>", name, n), Subject: fmt.Sprint("mail ", n), BodyType: "text",
				Body: []string{"nothing", "the token: glpat-" + strings.Repeat("Qw7", 5) + "Xz4k" + fmt.Sprint(i), "nothing either"}[n]}
			if name == "bo" {
				m.Headers = []simulator.Header{{Name: "Authentication-Results", Value: "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=monitor.example;" +
					" dmarc=pass action=none header.from=monitor.example;compauth=pass reason=100"}, {Name: "From", Value: "Probe <probe@monitor.example>"}}
			}
			deliver(tenant, u.ID, m)
		}
		switch name {
		case "cy":
			deliver(tenant, u.ID, simulator.Message{InternetMessageID: "<cy-old@contoso.example>", Subject: "deleted", BodyType: "text",
				Body: "the token: glpat-" + strings.Repeat("Rt5", 5) + "Yp9m0", FolderID: "recoverableitemsdeletions"})
		case "dora":
			must(tenant.SetMailbox(u.ID, simulator.Unlicensed))
		case "eve":
			must(tenant.SetMailbox(u.ID, simulator.OutOfScope))
		}
		if name == "ann" || name == "cy" {
			finance = append(finance, u.ID)
		}
	}
	tenant.AddGroup(simulator.Group{DisplayName: "Finance", Mail: "finance@contoso.example", Members: finance})
	return tenant
}

// deliver gives the message the next day of March 2026.
func deliver(tenant *simulator.Tenant, user string, m simulator.Message) {
	m.Received = time.Date(2026, 3, 1+len(messagesOf(tenant, user)), 9, 0, 0, 0, time.UTC)
	_, err := tenant.Deliver(user, m)
	must(err)
}

// serveTenant serves scriptTenant to the rest of a script: tenant [FAULT ROUTE]
// makes all requests of that route fail so.
func serveTenant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 && len(args) != 2 {
		ts.Fatalf("usage: tenant [FAULT ROUTE]")
	}
	var o simulator.Options
	if len(args) == 2 {
		o.Faults.Script = []simulator.Scripted{{Match: simulator.Match{Route: args[1]}, Fault: simulator.Fault(args[0]), Times: -1}}
	}
	listener := httptest.NewServer(simulator.NewServer(scriptTenant(), o))
	ts.Defer(listener.Close)
	ts.Setenv("MAILSWEEP_M365_ENDPOINT", listener.URL)
	ts.Setenv("MAILSWEEP_M365_SIGN_IN", "none")
	ts.Setenv("MAILSWEEP_M365_TENANT", "contoso.example")
}
