package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"mailsweep/simulator"
)

func Example() {
	tenant := simulator.NewTenant("", "contoso.example")
	ada := tenant.AddUser(simulator.User{UserPrincipalName: "ada@contoso.example", DisplayName: "Ada"})
	if _, err := tenant.Deliver(ada.ID, simulator.Message{Subject: "hello", Body: "text"}); err != nil {
		fmt.Println(err)
		return
	}
	server := simulator.NewServer(tenant, simulator.Options{Limits: simulator.DefaultLimits()})
	web := httptest.NewServer(server)
	defer web.Close()

	res, err := http.Get(web.URL + "/v1.0/users/ada@contoso.example/mailFolders/inbox/messages?$select=subject")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	var page struct{ Value []struct{ Subject string } }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.Value[0].Subject, server.Stats().Requests)
	// Output: hello 1
}
