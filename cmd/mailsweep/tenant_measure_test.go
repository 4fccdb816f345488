package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailsweep/m365"
	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// deltaRoute is the route of a folder's changes, as the simulator counts it.
const deltaRoute = "GET /users/{id}/mailFolders/{id}/messages/delta"

// documented reads the table of calls of docs/setup.md, with all its names as "{id}".
func documented(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../docs/setup.md")
	must(err)
	_, table, found := strings.Cut(string(text), "\n## What is called\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("docs/setup.md has no chapter \"What is called\"")
	}
	routes := map[string]bool{}
	call := regexp.MustCompile("`(GET|POST) (/[^`]*)`(?:, `…([^`]*)`)?")
	name := regexp.MustCompile(`\{[^}]*\}`)
	for line := range strings.Lines(table) {
		row := strings.Split(line, "|")
		if len(row) < 3 {
			continue
		}
		for _, m := range call.FindAllStringSubmatch(row[1], -1) {
			routes[m[1]+" "+name.ReplaceAllString(m[2], "{id}")] = true
			if m[3] != "" {
				routes[m[1]+" /users/{id}"+name.ReplaceAllString(m[3], "{id}")] = true
			}
		}
	}
	if len(routes) < 12 {
		t.Fatalf("docs/setup.md names only %v: the test looks at nothing", routes)
	}
	return routes
}

// kept checks what every sweep must keep: no write, no 429 where nobody else asks,
// four requests at once for a mailbox, and no call that is not documented.
func kept(t *testing.T, stats simulator.Stats) {
	t.Helper()
	if stats.Writes != 0 || stats.Throttled != 0 {
		t.Errorf("%d writes, %d replies of 429", stats.Writes, stats.Throttled)
	}
	for box, n := range stats.MostAtOnce {
		if n > m365.AtOnce {
			t.Errorf("%d requests at once for %s", n, box)
		}
	}
	known := documented(t)
	for route := range stats.ByRoute {
		if !known[route] {
			t.Errorf("docs/setup.md does not name %s", route)
		}
	}
}

// TestRequestsOfASweep counts: a first sweep asks for each page and each attachment once, a
// later one where nothing has changed asks each folder once.
func TestRequestsOfASweep(t *testing.T) {
	t.Parallel()
	for _, size := range []simulator.Size{
		{Seed: 8, Mailboxes: 5, Messages: 1000, Body: 300},
		{Seed: 3, Mailboxes: 10, Messages: 300, Body: 300},
	} {
		t.Run(fmt.Sprintf("%d x %d", size.Mailboxes, size.Messages), func(t *testing.T) { countRequests(t, size) })
	}
}

func countRequests(t *testing.T, size simulator.Size) {
	tenant, _ := simulator.Generate(size)
	client, server := served(t, tenant, simulator.Options{Limits: simulator.DefaultLimits(), Latency: 5 * time.Millisecond})
	p := newPipeline(t, ownRules())
	whole := func() *m365.Source { // with the recoverable items that are read unless others are chosen
		src, err := client.Source(m365.SourceOptions{Tenant: tenant.ID(), Select: m365.Selection{All: true}, Recoverable: []string{"deletions"}})
		must(err)
		return src
	}
	sum := p.swept(whole())
	first := server.Stats()
	kept(t, first)
	files, items, links := attached(tenant)
	attachments := files + items // a link is not read: what it costs must come out of the rest
	pages := first.ByRoute[deltaRoute]
	least := 0 // with the size that pages begin with
	for _, n := range folderSizes(tenant) {
		least += int(math.Ceil(float64(n) / 100))
	}
	if pages > least+sum.Folders {
		t.Errorf("%d pages of mail in %d folders, where %d hold it all", pages, sum.Folders, least)
	}
	asked := singly(first)
	most := int(1.15 * float64(pages+attachments))
	t.Logf("first: %d requests for %d pages, %d files and %d items (and %d links), %.3f for each: %v", asked, pages, files, items, links, float64(asked)/float64(pages+attachments), first.ByRoute)
	if asked > most {
		t.Errorf("%d requests, want at most %d: %v", asked, most, first.ByRoute)
	}

	server.ResetStats()
	again := p.swept(whole())
	second := server.Stats()
	kept(t, second)
	asked = singly(second)
	t.Logf("second: %d requests for %d folders", asked, again.Folders)
	if asked > again.Folders || second.ByRoute[deltaRoute] > again.Folders || again.Messages != 0 {
		t.Errorf("an unchanged sweep read %d messages with %d requests in %d folders: %v", again.Messages, asked, again.Folders, second.ByRoute)
	}
}

// singly are the requests as the service counts them: each part of a batch is one.
func singly(stats simulator.Stats) int { return stats.Requests - stats.ByRoute["POST /$batch"] }

// attached counts attachments by their kind, inline ones too.
func attached(tenant *simulator.Tenant) (files, items, links int) {
	for _, u := range tenant.Users() {
		for m := range tenant.Messages(u.ID) {
			for _, a := range m.Attachments {
				switch {
				case a.Item != nil:
					items++
				case a.SourceURL != "":
					links++
				default:
					files++
				}
			}
		}
	}
	return files, items, links
}

// folderSizes are the numbers of messages by folder.
func folderSizes(tenant *simulator.Tenant) map[string]int {
	sizes := map[string]int{}
	for _, u := range tenant.Users() {
		for m := range tenant.Messages(u.ID) {
			sizes[u.ID+m.FolderID]++
		}
	}
	return sizes
}

// TestCallsAreDocumented makes the calls of every other way to choose mail.
func TestCallsAreDocumented(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(9)
	users := owners(tenant)
	_, err := tenant.AddArchive(users[0].ID)
	must(err)
	group := tenant.AddGroup(simulator.Group{DisplayName: "Those", Mail: "those@contoso.example", Members: []string{users[0].ID, users[1].ID}})
	var wanted []string
	for m := range tenant.Messages(users[0].ID) {
		wanted = append(wanted, m.InternetMessageID)
	}
	since := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	for how, o := range map[string]m365.SourceOptions{
		"address":       {Select: m365.Selection{Addresses: []string{users[0].Mail, "nobody@contoso.example"}}},
		"group":         {Select: m365.Selection{Groups: []string{group.Mail}}},
		"not the group": {Select: m365.Selection{All: true, ExcludeGroups: []string{"Those"}}},
		"filter":        {Select: m365.Selection{Filter: "startswith(displayName,'" + users[0].DisplayName[:1] + "')"}},
		"since":         {Select: m365.Selection{All: true}, Window: sweeper.Window{Since: since}},
		"archive":       {Select: m365.Selection{All: true}, Archive: true},
		"messages":      {Select: m365.Selection{All: true}, Wanted: m365.Wanted{"": wanted}, Recoverable: m365.Recoverable()},
	} {
		client, server := served(t, tenant, simulator.Options{Limits: simulator.DefaultLimits()})
		o.Tenant = tenant.ID()
		src, err := client.Source(o)
		must(err)
		if sum := newPipeline(t, set).swept(src); sum.Messages == 0 {
			t.Errorf("%s: nothing was read: %+v", how, sum)
		}
		t.Run(how, func(t *testing.T) { kept(t, server.Stats()) })
	}
}
