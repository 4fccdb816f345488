package m365

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
)

func TestVouched(t *testing.T) {
	const pass = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com;compauth=pass reason=100"
	const fail = "spf=fail; dmarc=fail action=none header.from=example.com;compauth=fail reason=000"
	good := decode.Authentication{By: decode.Microsoft365, Author: "probe@example.com"}
	for name, c := range map[string]struct {
		headers [][2]string
		from    string // the property
		want    decode.Authentication
	}{
		"all headers":      {[][2]string{{"Authentication-Results", pass}, {"From", "Probe <probe@example.com>"}}, "probe@example.com", good},
		"without From":     {[][2]string{{"Authentication-Results", pass}}, "Probe@example.com", good},
		"a failure on top": {[][2]string{{"Authentication-Results", fail}, {"Authentication-Results", pass}}, "probe@example.com", decode.Authentication{}},
		"a failure below":  {[][2]string{{"Authentication-Results", pass}, {"Authentication-Results", fail}}, "probe@example.com", decode.Authentication{}},
		"twice the same":   {[][2]string{{"Authentication-Results", pass}, {"Authentication-Results", pass}}, "probe@example.com", good},
		"two From":         {[][2]string{{"Authentication-Results", pass}, {"From", "probe@example.com"}, {"From", "ceo@evil.example"}}, "probe@example.com", decode.Authentication{}},
		"no headers":       {nil, "probe@example.com", decode.Authentication{}},
	} {
		m := models.NewMessage()
		var list []models.InternetMessageHeaderable
		for _, h := range c.headers {
			one := models.NewInternetMessageHeader()
			one.SetName(&h[0])
			one.SetValue(&h[1])
			list = append(list, one)
		}
		m.SetInternetMessageHeaders(list)
		from, address := models.NewRecipient(), models.NewEmailAddress()
		address.SetAddress(&c.from)
		from.SetEmailAddress(address)
		m.SetFrom(from)
		if got := header(m).Authentication; got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
