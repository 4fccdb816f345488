package m365

import (
	"net/http/httptest"
	"strings"
	"testing"

	"mailsweep/doctor"
	"mailsweep/simulator"
	"mailsweep/simulator/contract"
)

// TestExamineNotices: what notices take is looked at when they are used, and nothing is
// sent by it.
func TestExamineNotices(t *testing.T) {
	const sendRoute, sentRoute = "/users/{id}/sendMail", "/users/{id}/mailFolders/{id}/messages"
	const people, send, look = "permission User.Read.All", "permission Mail.Send", "sent notices"
	from := Examination{Sender: "security@contoso.example"}
	all := Examination{Select: Selection{Addresses: []string{"ann@contoso.example"}}, People: true, Sender: "security@contoso.example"}
	fault := func(route string, f simulator.Fault) []simulator.Scripted {
		return []simulator.Scripted{{Match: simulator.Match{Route: route}, Fault: f, Times: -1}}
	}
	for name, k := range map[string]struct {
		x      Examination
		roles  []string
		faults []simulator.Scripted
		want   map[string]doctor.Status
		says   map[string]string // in what is found or advised
	}{
		"not used":                {Examination{Select: all.Select}, nil, nil, map[string]doctor.Status{}, nil},
		"all by scope":            {all, []string{"User.Read.All"}, nil, map[string]doctor.Status{people: doctor.OK, send: doctor.OK, look: doctor.OK}, map[string]string{send: "letter to nobody"}},
		"by a directory role":     {all, nil, nil, map[string]doctor.Status{people: doctor.OK, send: doctor.OK, look: doctor.OK}, map[string]string{people: "directory role"}},
		"more than needed":        {all, []string{"Directory.Read.All"}, nil, map[string]doctor.Status{people: doctor.OK, send: doctor.OK, look: doctor.OK}, map[string]string{people: "Directory.Read.All"}},
		"nobody to ask for":       {Examination{People: true}, nil, nil, map[string]doctor.Status{people: doctor.Warning}, map[string]string{people: "grant User.Read.All"}},
		"no profiles":             {all, []string{"User.ReadBasic.All"}, fault("/users/{id}/manager", simulator.DeniedDirectory), map[string]doctor.Status{people: doctor.Failed, send: doctor.OK, look: doctor.OK}, map[string]string{people: "grant User.Read.All"}},
		"sends as anybody":        {from, []string{"Mail.Send"}, nil, map[string]doctor.Status{send: doctor.Warning, look: doctor.OK}, map[string]string{send: "Application Mail.Send"}},
		"may not send":            {from, nil, fault(sendRoute, simulator.DeniedPolicy), map[string]doctor.Status{send: doctor.Failed, look: doctor.OK}, map[string]string{send: "Application Mail.Send"}},
		"may not look":            {from, nil, fault(sentRoute, simulator.DeniedPolicy), map[string]doctor.Status{send: doctor.OK, look: doctor.Warning}, map[string]string{look: "Application Mail.ReadBasic"}},
		"no answer":               {from, nil, fault(sendRoute, simulator.InternalError), map[string]doctor.Status{send: doctor.Unknown, look: doctor.OK}, nil},
		"no mailbox":              {Examination{Sender: "x@contoso.example"}, nil, nil, map[string]doctor.Status{send: doctor.Failed, look: doctor.Unknown}, nil},
		"no address":              {Examination{Sender: "security"}, nil, nil, map[string]doctor.Status{send: doctor.Failed}, nil},
		"Mail.Send without usage": {Examination{}, []string{"Mail.Send"}, nil, map[string]doctor.Status{send: doctor.Warning}, map[string]string{send: "a sweep sends nothing"}},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := staffed()
			server := simulator.NewServer(tenant, simulator.Options{Faults: simulator.Faults{Script: k.faults}})
			listener := httptest.NewServer(contract.Handler(t, server))
			defer listener.Close()
			c, err := New(Options{Endpoint: listener.URL, Credential: jwt{roles: k.roles}})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]doctor.Status{}
			for check := range c.Examine(t.Context(), k.x) {
				if check.Name != people && check.Name != send && check.Name != look {
					continue
				}
				got[check.Name] = check.Status
				if check.Status != k.want[check.Name] || check.Finding == "" || check.Status == doctor.Failed && check.Advice == "" || !strings.Contains(check.Finding+check.Advice, k.says[check.Name]) {
					t.Errorf("%+v", check)
				}
			}
			if len(got) != len(k.want) {
				t.Errorf("%v, want %v", got, k.want)
			}
			if n := len(tenant.Sent()); n != 0 {
				t.Errorf("%d letters went out", n)
			}
		})
	}
}
