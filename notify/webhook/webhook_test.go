package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mailsweep/notify"
	"mailsweep/notify/notifytest"
	"mailsweep/notify/webhook"
	"mailsweep/secret"
)

const testKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" // of the specification

// hook is the other side: it checks signatures, and keeps what comes.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	all    []notifytest.Arrived
	ids    []string
	answer func(w http.ResponseWriter) // instead of taking it; nil takes it
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(testKey, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)))
	if r.Header.Get("webhook-signature") != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.answer != nil {
		h.answer(w)
		return
	}
	var l struct {
		InternetMessageID string   `json:"internet_message_id"`
		Subject           string   `json:"subject"`
		Text              string   `json:"text"`
		HTML              string   `json:"html"`
		ReplyTo           string   `json:"reply_to"`
		To                []string `json:"to"`
	}
	if err := json.Unmarshal(body, &l); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.ids = append(h.ids, r.Header.Get("webhook-id"))
	h.all = append(h.all, notifytest.Arrived{MessageID: l.InternetMessageID, Subject: l.Subject, Text: l.Text, HTML: l.HTML, ReplyTo: l.ReplyTo, To: l.To})
	_, _ = io.WriteString(w, "taken \x1b[31m\r\nthanks")
}

func (h *hook) arrived(*testing.T) []notifytest.Arrived {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

func (h *hook) say(code int) func(*testing.T) {
	return func(*testing.T) {
		h.answer = func(w http.ResponseWriter) { http.Error(w, "no\x1b[31m", code) }
	}
}

func (h *hook) sender(t *testing.T) *webhook.Sender {
	t.Helper()
	s, err := webhook.New(webhook.Options{URL: h.URL + "/token-in-a-path", Key: secret.New(testKey)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	notifytest.Test(t, func(t *testing.T) notifytest.Channel {
		h := newHook(t)
		return notifytest.Channel{
			Sender: h.sender(t), Arrived: h.arrived, Refuse: h.say(http.StatusGone), Busy: h.say(http.StatusTooManyRequests), Secret: "token-in-a-path",
			Cut: func(*testing.T) { h.answer = func(http.ResponseWriter) { panic(http.ErrAbortHandler) } },
		}
	})
}

// TestEcho: what may let somebody in is neither in an error nor in a receipt, even where the
// other side says it; nothing prints the key.
func TestEcho(t *testing.T) {
	const path, query = "T0P%20SECRET-path", "qu3ry-t0ken-4711"
	for _, code := range []int{200, 404, 429, 500} {
		for _, said := range []string{path, "T0P SECRET-path", query, strings.Repeat("x", 190) + query} {
			h := newHook(t)
			h.answer = func(w http.ResponseWriter) { w.WriteHeader(code); _, _ = io.WriteString(w, "Cannot POST /"+said) }
			s, err := webhook.New(webhook.Options{URL: h.URL + "/" + path + "?sig=" + query, Key: secret.New(testKey)})
			if err != nil {
				t.Fatal(err)
			}
			receipt, err := s.Send(t.Context(), notifytest.Letter(1))
			told := fmt.Sprint(receipt, err)
			for _, token := range []string{path, "T0P SECRET-path", query, query[:8]} {
				if strings.Contains(told, token) {
					t.Errorf("%d: %s", code, told)
				}
			}
			key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(testKey, "whsec_"))
			if got := fmt.Sprintf("%+v %#v %v", s, s, *s); strings.Contains(got, testKey) || strings.Contains(got, fmt.Sprint(key)) {
				t.Error("it prints its key")
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	for code, want := range map[int]error{301: notify.ErrNotSent, 400: notify.ErrNotSent, 401: notify.ErrNotSent, 408: notify.ErrLater, 425: notify.ErrLater, 503: notify.ErrLater, 500: nil, 502: nil} {
		h := newHook(t)
		h.say(code)(t)
		_, err := h.sender(t).Send(t.Context(), notifytest.Letter(1))
		if err == nil || want != nil && !errors.Is(err, want) || want == nil && (errors.Is(err, notify.ErrNotSent) || errors.Is(err, notify.ErrLater)) {
			t.Errorf("%d: %v", code, err)
		}
	}
	h := newHook(t)
	s := h.sender(t)
	h.Close()
	if _, err := s.Send(t.Context(), notifytest.Letter(1)); !errors.Is(err, notify.ErrLater) || strings.Contains(err.Error(), "token") {
		t.Errorf("nobody there: %v", err)
	}
}

// TestHeaders: the id is the notice's, the time is now; whether the signature is right the
// other side says in [TestConformance].
func TestHeaders(t *testing.T) {
	var got http.Header
	s, err := webhook.New(webhook.Options{
		URL: "https://hook.example/", Key: secret.New(testKey), Now: func() time.Time { return time.Unix(1614265330, 0) },
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) { got = r.Header; return nil, errors.New("no") }),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = s.Send(t.Context(), notifytest.Letter(1))
	if got.Get("webhook-id") != "N-TEST-0001" || got.Get("webhook-timestamp") != "1614265330" || !strings.HasPrefix(got.Get("webhook-signature"), "v1,") {
		t.Error(got)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestOptions(t *testing.T) {
	for name, o := range map[string]webhook.Options{
		"http elsewhere": {URL: "http://hook.example/", Key: secret.New(testKey)}, "no address": {URL: "hook", Key: secret.New(testKey)}, "a password": {URL: "https://a:b@hook.example/", Key: secret.New(testKey)},
		"no key": {URL: "https://hook.example/"}, "a short key": {URL: "https://hook.example/", Key: secret.New("whsec_c2hvcnQ=")}, "another key": {URL: "https://hook.example/", Key: secret.New("Tr0ub4dor")},
	} {
		if _, err := webhook.New(o); err == nil || strings.Contains(err.Error(), "Tr0ub4dor") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
