package notify

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mailsweep/sweeper"
)

const goodPolicy = `
organisation:
  name: Contoso Ltd
  domains: [contoso.example, "*.contoso.example"]
  contact: security@contoso.example
  verify: https://www.contoso.example/security/notices
  language: en
owners:
  cloud: {name: Cloud team, to: [cloud@contoso.example]}
  desk: {to: [desk@it.contoso.example], manager: cio@contoso.example}
customers: customers.csv
inventory: inventory.csv
routes:
  - name: cloud keys
    when: {rules: [aws-*], severity: high}
    owners: [cloud]
  - name: known hosts
    when: {details: {host: "*"}}
    owners: [inventory, cloud]
  - name: theirs
    when: {party: [received, sent]}
    owners: [customer, mailbox]
  - name: finance
    when: {departments: [Finance]}
    owners: [manager]
  - name: the rest
    when: {kinds: [password]}
    owners: sender
fallback: desk
due: {critical: 4h, low: 26w}
remind: [3d, 1w]
escalate: 10d
second_person: true
`

const goodCustomers = "\ufeffdomain,customer,contact,language,account_manager\r\n" +
	"gannet.example,Gannet Ltd,security@gannet.example,de,ann@contoso.example\r\n" +
	"gannet-labs.example,Gannet Ltd,ciso@mail.gannet.example,,\r\n" +
	"heron.example,\"Heron, Inc.\",abuse@heron.example,,\r\n"

const goodInventory = "detail,value,owner\nhost,db1.contoso.example,desk\naccount,0523*,cloud\nhost,vpn.contoso.example,bob@contoso.example\n"

func files(policy, customers, inventory string) fstest.MapFS {
	return fstest.MapFS{
		"policy.yaml": {Data: []byte(policy)}, "customers.csv": {Data: []byte(customers)}, "inventory.csv": {Data: []byte(inventory)},
	}
}

func ruleIDs() []string {
	return []string{"aws-access-token", "aws-secret-access-key", "labelled-password"}
}

func policy(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := ReadPolicy(files(text, goodCustomers, goodInventory), "policy.yaml", ruleIDs())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadPolicy(t *testing.T) {
	p := policy(t, goodPolicy)
	if len(p.Routes) != 5 || p.Routes[2].Name != "theirs" || p.Routes[2].Line != 20 || !p.SecondPerson || p.Escalate != 240*time.Hour {
		t.Errorf("%+v", p)
	}
	if p.Due[sweeper.Critical] != 4*time.Hour || p.Due[sweeper.High] != 72*time.Hour || p.Due[sweeper.Low] != 26*7*24*time.Hour {
		t.Errorf("due: %v", p.Due)
	}
	if fmt.Sprint(p.Remind) != "[72h0m0s 168h0m0s]" {
		t.Errorf("remind: %v", p.Remind)
	}
}

// TestMistakesInAPolicy: each is refused with the file and the line that it stands on.
func TestMistakesInAPolicy(t *testing.T) {
	change := func(from, to string) string {
		t.Helper()
		if !strings.Contains(goodPolicy, from) {
			t.Fatalf("%q is not in the policy", from)
		}
		return strings.Replace(goodPolicy, from, to, 1)
	}
	for name, c := range map[string]struct{ policy, want string }{
		"unknown field":            {change("severity: high", "sevrity: high"), `policy.yaml:15: there is no "sevrity" here: did you mean severity?`},
		"unknown field at the top": {change("fallback", "fall_back"), "policy.yaml:29: there is no \"fall_back\" here: did you mean fallback?"},
		"field twice":              {goodPolicy + "fallback: cloud\n", `policy.yaml:34: "fallback" stands twice`},
		"unknown rule":             {change("aws-*", "azure-*"), `policy.yaml:15: there is no rule "azure-*"`},
		"unknown kind":             {change("[password]", "[passwort]"), `policy.yaml:27: `},
		"unknown owner":            {change("owners: [cloud]", "owners: [clod]"), `policy.yaml:16: there is no owner "clod": owners has cloud, desk`},
		"unknown fallback":         {change("fallback: desk", "fallback: desks"), `policy.yaml:29: there is no owner "desks"`},
		"bad address":              {change("cloud@contoso.example", "cloud at contoso"), `policy.yaml:9: "cloud at contoso" is no address`},
		"address with a name":      {change("[cloud@contoso.example]", `"Cloud <cloud@contoso.example>"`), `policy.yaml:9: `},
		"address outside":          {change("cloud@contoso.example", "cloud@gannet.example"), "policy.yaml:9: cloud@gannet.example is not of the organisation's domains"},
		"name of a selector":       {change("desk: {", "mailbox: {to: [a@contoso.example]}\n  desk: {"), `policy.yaml:10: "mailbox" has a meaning of its own`},
		"catch-all first":          {change("when: {rules: [aws-*], severity: high}", "when: {}"), `policy.yaml:17: "known hosts" is never reached: "cloud keys", in line 14, matches all that it matches`},
		"narrower behind wider":    {change("    when: {departments: [Finance]}", "    when: {party: sent, severity: high}"), `policy.yaml:23: "finance" is never reached: "theirs", in line 20`},
		"two of a name":            {change("name: finance", "name: theirs"), `policy.yaml:23: the route of line 20 is called "theirs", too`},
		"no owners":                {change("    owners: sender\n", ""), `policy.yaml:26: "owners" is missing`},
		"party":                    {change("[received, sent]", "[recieved]"), `policy.yaml:21: "recieved" is no party`},
		"length of time":           {change("escalate: 10d", "escalate: soon"), `policy.yaml:32: "soon" is no length of time`},
		"negative time":            {change("escalate: 10d", "escalate: -1d"), `policy.yaml:32: "-1d" is no length of time`},
		"reminders backwards":      {change("[3d, 1w]", "[3d, 2d]"), `policy.yaml:31: reminders come one after the other`},
		"verify without https":     {change("https://www", "http://www"), `policy.yaml:6: "http://www.contoso.example/security/notices" is no https address`},
		"no organisation":          {change("organisation:", "organization:"), `policy.yaml:2: there is no "organization" here: did you mean organisation?`},
		"domain":                   {change("[contoso.example,", "[contoso,"), `policy.yaml:4: "contoso" is no domain`},
		"missing table":            {change("customers.csv", "customer.csv"), `policy.yaml:11: customer.csv cannot be read`},
		"table that is elsewhere":  {change("customers.csv", "../customers.csv"), `policy.yaml:11: ../customers.csv cannot be read`},
		"customers without a list": {change("customers: customers.csv\n", ""), `policy.yaml:21: "customer" needs a list of customers`},
		"syntax":                   {change("fallback: desk", "fallback: [desk"), `policy.yaml:28: did not find`},
		"a list for a text":        {change("name: Contoso Ltd", "name: [a, b]"), `policy.yaml:3: name must be one value`},
		"a text for a mapping":     {change("{rules: [aws-*], severity: high}", "everything"), `policy.yaml:15: when must be fields with values`},
		"two documents":            {goodPolicy + "---\na: b\n", "policy.yaml:34: a second document"},
	} {
		_, err := ReadPolicy(files(c.policy, goodCustomers, goodInventory), "policy.yaml", ruleIDs())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// TestMistakesInTables: as those of the policy.
func TestMistakesInTables(t *testing.T) {
	for name, c := range map[string]struct{ customers, inventory, want string }{
		"contact outside the customer's domain": {customers: goodCustomers + "crane.example,Crane,a@gannet.example,,\n", want: "customers.csv:5: the contact a@gannet.example is outside of Crane's domains"},
		"domain twice":                          {customers: goodCustomers + "heron.example,Crane,a@heron.example,,\n", want: "customers.csv:5: heron.example stands twice"},
		"our own domain":                        {customers: goodCustomers + "contoso.example,We,a@contoso.example,,\n", want: "customers.csv:5: contoso.example is a domain of the organisation itself"},
		"a provider's":                          {customers: goodCustomers + "gmail.com,Ann,ann@gmail.com,,\n", want: "customers.csv:5: anybody can have an address at gmail.com"},
		"no domain":                             {customers: goodCustomers + "crane,Crane,a@crane,,\n", want: `customers.csv:5: "crane" is no domain`},
		"no contact":                            {customers: goodCustomers + "crane.example,Crane,,,\n", want: `customers.csv:5: "contact" is empty`},
		"manager outside":                       {customers: goodCustomers + "crane.example,Crane,a@crane.example,,x@gannet.example\n", want: "customers.csv:5: the account manager x@gannet.example is not of the organisation"},
		"fields":                                {customers: goodCustomers + "crane.example,Crane\n", want: "customers.csv:5: 2 fields, and the header has 5"},
		"quotes":                                {customers: goodCustomers + "\"crane.example,Crane\n", want: "customers.csv:"},
		"column":                                {customers: "domain,customer,contact,lang\n", want: `customers.csv:1: there is no column "lang"`},
		"missing column":                        {customers: "domain,customer\n", want: `customers.csv:1: the column "contact" is missing`},
		"empty":                                 {customers: " ", want: "customers.csv:1: "},
		"inventory's owner":                     {inventory: goodInventory + "host,a.example,nobody\n", want: `inventory.csv:5: "nobody" is neither an owner of the policy nor an address of the organisation`},
		"inventory's outsider":                  {inventory: goodInventory + "host,a.example,x@gannet.example\n", want: "inventory.csv:5: "},
		"inventory twice":                       {inventory: goodInventory + "host,DB1.contoso.example,cloud\n", want: "inventory.csv:5: host db1.contoso.example stands in line 2, too"},
		"inventory of everything":               {inventory: goodInventory + "host,*,cloud\n", want: `inventory.csv:5: "*" is everything`},
	} {
		if c.customers == "" {
			c.customers = goodCustomers
		}
		if c.inventory == "" {
			c.inventory = goodInventory
		}
		_, err := ReadPolicy(files(goodPolicy, c.customers, c.inventory), "policy.yaml", ruleIDs())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// TestAllMistakesAtOnce: who has made three corrects three.
func TestAllMistakesAtOnce(t *testing.T) {
	text := strings.NewReplacer("fallback: desk", "fallback: x", "second_person: true", "second_person: yes please").Replace(goodPolicy)
	_, err := ReadPolicy(files(text, "domain,customer,contact\na,b,c\n", goodInventory), "policy.yaml", ruleIDs())
	if err == nil || strings.Count(err.Error(), "\n") < 3 || strings.Index(err.Error(), "policy.yaml:29") > strings.Index(err.Error(), "policy.yaml:33") {
		t.Errorf("%v", err)
	}
}
