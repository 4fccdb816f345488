package m365

import (
	"errors"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func refused() (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
}

// TestNobodyListens: an address where nothing ever answered is given up within seconds; a
// service that did answer is given the time to come back.
func TestNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := talk(t, refused, refused, refused, refused, refused, refused, refused, refused)
		begun := time.Now()
		_, err := getFolder(t.Context(), c, call{mailbox: "u"})
		if !errors.Is(err, ErrUnreachable) || Advice(err) == "" || len(s.asked) != maxCalls || time.Since(begun) > 3*time.Second {
			t.Errorf("%v after %d requests in %v", err, len(s.asked), time.Since(begun))
		}
		folder := reply(200, `{"id":"f"}`)
		c, _ = talk(t, folder, refused, refused, refused, refused, refused, refused, folder)
		for range 2 {
			if _, err := getFolder(t.Context(), c, call{mailbox: "u"}); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestNetworkGone: a request waits out minutes without a network, and believes in them in
// the end; one that alone finds no connection ends as one that failed.
func TestNetworkGone(t *testing.T) {
	gone := func(n int) (list []func() (*http.Response, error)) {
		for range n {
			list = append(list, refused)
		}
		return list
	}
	folder := reply(200, `{"id":"f"}`)
	synctest.Test(t, func(t *testing.T) {
		// What comes back is not well at once, and the wait for it counts for nothing.
		replies := append([]func() (*http.Response, error){folder}, gone(maxTries+3)...)
		replies = append(replies, reply(502, ""), refused, reply(503, ""), folder, refused, folder)
		c, s := talk(t, replies...)
		for range 3 {
			if _, err := getFolder(t.Context(), c, call{mailbox: "u"}); err != nil {
				t.Errorf("after %d requests: %v", len(s.asked), err)
			}
			time.Sleep(2 * maxAway) // without a request there is no outage
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, _ := talk(t, append([]func() (*http.Response, error){folder}, gone(100)...)...)
		_, _ = getFolder(t.Context(), c, call{mailbox: "u"})
		begun := time.Now()
		_, err := getFolder(t.Context(), c, call{mailbox: "u"})
		if waited := time.Since(begun); !errors.Is(err, ErrUnreachable) || waited < maxAway || waited > maxAway+lastBackoff {
			t.Errorf("%v after %v", err, waited)
		}
	})
}

// TestBrokenConnectionsEnd: what keeps failing without a reply is believed after as many tries
// as a reply that says so.
func TestBrokenConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var always []func() (*http.Response, error)
		for range 100 {
			always = append(always, broken)
		}
		c, s := talk(t, always...)
		if _, err := getFolder(t.Context(), c, call{}); err == nil || len(s.asked) != maxTries {
			t.Errorf("%v after %d requests", err, len(s.asked))
		}
	})
}

func TestPasswordBesidePEM(t *testing.T) {
	now := time.Now()
	data, err := os.ReadFile(pemFile(t, now.Add(-time.Hour), now.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	if _, key, err := certificates(data, "of another file"); err != nil || key == nil {
		t.Error(err)
	}
}
