package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// person is an account of a made tenant and the language of its mail.
type person struct {
	User
	lang       *language
	first      string // as in a greeting
	department int
	reads      bool     // its mailbox can be reached
	own        []string // ids of the folders that it made
	hidden     string   // id of a hidden one
}

func (p *person) address() Address { return Address{Name: p.DisplayName, Address: p.Mail} }

// staff adds the accounts of a tenant: the mailboxes that the size asks for (people, and
// some shared, room and equipment mailboxes), guests, groups, and those out of reach.
func (g *generator) staff() {
	rnd := rand.New(rand.NewPCG(g.size.Seed, 1))
	used := map[string]bool{}
	for i := range g.size.Mailboxes {
		switch {
		case i%10 == 4:
			g.shared(i, used)
		case i%20 == 12:
			g.place(i, used, RoomMailbox, "Room", "room")
		case i%40 == 27:
			g.place(i, used, EquipmentMailbox, "Van", "van")
		default:
			g.employee(rnd, used, Reachable)
		}
	}
	for range max(1, g.size.Mailboxes/20) {
		g.guest(rnd, used)
	}
	if g.size.Unreachable {
		for _, state := range []MailboxState{Unlicensed, OutOfScope, OnPremises} {
			g.employee(rnd, used, state)
		}
	}
	g.groups()
}

// unused makes a name that no account has yet.
func unused(used map[string]bool, name string) string {
	got := name
	for n := 2; used[got]; n++ {
		got = fmt.Sprint(name, n)
	}
	used[got] = true
	return got
}

func (g *generator) employee(rnd *rand.Rand, used map[string]bool, state MailboxState) {
	n := len(g.people)
	lang := &languages[0]
	if n%2 == 1 { // half of the house writes English
		lang = &languages[1+n/2%(len(languages)-1)]
	}
	given, givenMail, _ := strings.Cut(lang.given[rnd.IntN(len(lang.given))], "|")
	family, familyMail, _ := strings.Cut(lang.family[rnd.IntN(len(lang.family))], "|")
	shown := given + " " + family
	if lang.familyFirst {
		shown = family + " " + given
	}
	mail := unused(used, givenMail+"."+familyMail) + "@" + g.tenant.Domain()
	p := &person{lang: lang, first: given, department: n % len(departments), reads: state == Reachable}
	p.User = User{UserPrincipalName: mail, Mail: mail, DisplayName: shown, Department: departments[p.department].name,
		AccountEnabled: true, Mailbox: state}
	if n > 0 { // the first of each department leads it, the first of all leads the house
		p.ManagerID = g.people[0].ID
		for _, boss := range g.people {
			if boss.department == p.department && boss.Purpose == UserMailbox {
				p.ManagerID = boss.ID
				break
			}
		}
	}
	g.join(p)
}

func (g *generator) join(p *person) {
	p.User = g.tenant.AddUser(p.User)
	g.people = append(g.people, p)
}

func (g *generator) shared(i int, used map[string]bool) {
	d := i / 10 % len(departments)
	mail := unused(used, departments[d].shared) + "@" + g.tenant.Domain()
	g.join(&person{lang: &languages[0], first: departments[d].name, department: d, reads: true,
		User: User{UserPrincipalName: mail, Mail: mail, DisplayName: departments[d].name + " team", Department: departments[d].name, Purpose: SharedMailbox}})
}

func (g *generator) place(i int, used map[string]bool, purpose Purpose, shown, mail string) {
	mail = unused(used, fmt.Sprint(mail, i+1)) + "@" + g.tenant.Domain()
	d := len(departments) - 1
	g.join(&person{lang: &languages[0], first: shown, department: d, reads: true,
		User: User{UserPrincipalName: mail, Mail: mail, DisplayName: fmt.Sprintf("%s %d", shown, i+1), Department: departments[d].name, Purpose: purpose}})
}

// guest adds somebody of another house, who has an account and no mailbox here.
func (g *generator) guest(rnd *rand.Rand, used map[string]bool) {
	lang := &languages[rnd.IntN(len(languages))]
	given, givenMail, _ := strings.Cut(lang.given[rnd.IntN(len(lang.given))], "|")
	family, familyMail, _ := strings.Cut(lang.family[rnd.IntN(len(lang.family))], "|")
	name := unused(used, givenMail+"."+familyMail)
	p := &person{lang: lang, first: given}
	p.User = User{UserPrincipalName: name + "_fabrikam.example#EXT#@" + g.tenant.Domain(), Mail: name + "@fabrikam.example",
		DisplayName: given + " " + family, UserType: "Guest", AccountEnabled: true, Mailbox: Unlicensed}
	g.tenant.AddUser(p.User)
	g.outsiders = append(g.outsiders, p.address())
}

// groups adds one for each department, and one of all of those.
func (g *generator) groups() {
	var all []string
	for d := range departments {
		group := Group{DisplayName: departments[d].name, Mail: "all-" + departments[d].shared + "@" + g.tenant.Domain()}
		for _, p := range g.people {
			if p.department == d {
				group.Members = append(group.Members, p.ID)
			}
		}
		if group.Members != nil {
			all = append(all, g.tenant.AddGroup(group).ID)
		}
	}
	g.tenant.AddGroup(Group{DisplayName: "Everybody", Mail: "everybody@" + g.tenant.Domain(), Members: all})
}
