package simulator

import (
	"slices"
	"testing"
)

func TestTenantIsMadeAlikeFromTheSameCalls(t *testing.T) {
	made := func() []Message {
		ten := NewTenant("", "contoso.example")
		u := ten.AddUser(User{UserPrincipalName: "ada@contoso.example", Mail: "ada@contoso.example"})
		for range 3 {
			if _, err := ten.Deliver(u.ID, Message{Subject: "hello", Body: "text"}); err != nil {
				t.Fatal(err)
			}
		}
		return slices.Collect(ten.Messages("ADA@contoso.example"))
	}
	a, b := made(), made()
	if len(a) != 3 || a[0].ID != b[0].ID || a[2].ID != b[2].ID || a[0].ID == a[1].ID {
		t.Errorf("ids differ between two tenants of the same calls: %q %q", a[0].ID, b[0].ID)
	}
	if a[0].ConversationID != a[1].ConversationID || a[0].ChangeKey == a[1].ChangeKey {
		t.Error("mail of one topic is one conversation, and each message has its own change key")
	}
}

func TestMoveKeepsTheIDAndDeleteForgets(t *testing.T) {
	ten := NewTenant("", "contoso.example")
	ten.AddUser(User{UserPrincipalName: "ada@contoso.example"})
	m, err := ten.Deliver("ada@contoso.example", Message{Subject: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := ten.Move("ada@contoso.example", m.ID, "archive"); err != nil {
		t.Fatal(err)
	}
	archive, _ := ten.WellKnown("ada@contoso.example", "archive")
	for got := range ten.Messages("ada@contoso.example") {
		if got.ID != m.ID || got.FolderID != archive.ID {
			t.Errorf("moved message is %s in %s, want %s in %s", got.ID, got.FolderID, m.ID, archive.ID)
		}
	}
	if err := ten.Delete("ada@contoso.example", m.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.Collect(ten.Messages("ada@contoso.example"))); n != 0 {
		t.Errorf("%d messages after delete", n)
	}
}

func TestUnlicensedHasNoMailbox(t *testing.T) {
	ten := NewTenant("", "contoso.example")
	ten.AddUser(User{UserPrincipalName: "ada@contoso.example", Mailbox: Unlicensed})
	if _, err := ten.Deliver("ada@contoso.example", Message{}); err == nil {
		t.Error("mail was delivered to an account without a mailbox")
	}
	if err := ten.SetMailbox("ada@contoso.example", Reachable); err != nil {
		t.Fatal(err)
	}
	if _, err := ten.Deliver("ada@contoso.example", Message{}); err != nil {
		t.Error(err)
	}
}
