package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"mailsweep/m365"
	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// small is a tenant that takes a few dozen requests to sweep.
func small(seed uint64) *simulator.Tenant {
	tenant, _ := simulator.Generate(simulator.Size{Seed: seed, Mailboxes: 4, Messages: 150, Secrets: 15})
	return tenant
}

// TestFaultsChangeNothing: one reply in five fails, in every way that passes.
func TestFaultsChangeNothing(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(1)
	want := calm(t, set, tenant)
	for seed := range uint64(2) {
		s := simulation{faults: 0.2, speed: 50, latency: 20 * time.Millisecond, size: simulator.Size{Seed: seed}}
		client, server := served(t, tenant, s.options())
		p := newPipeline(t, set)
		p.swept(everything(client, tenant))
		same(t, fmt.Sprintf("faults of seed %d", seed), p.sightings(), want)
		if stats := server.Stats(); len(stats.Faults) < 10 {
			t.Errorf("only %v went wrong: the test shows little", stats.Faults)
		}
	}
}

// tenant gives the home the settings of a served tenant.
func (h home) tenant(t *testing.T, tenant *simulator.Tenant, o simulator.Options) *simulator.Server {
	t.Helper()
	server := simulator.NewServer(tenant, o)
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	must(os.MkdirAll(h.dir+"/config/mailsweep", 0o700))
	must(os.WriteFile(h.dir+"/config/mailsweep/config.yaml", fmt.Appendf(nil, "m365:\n  endpoint: %s\n  sign_in: none\n  tenant: contoso.example\n", listener.URL), 0o600))
	return server
}

// TestKillTenantSweep kills sweeps of a tenant at random points until one ends.
func TestKillTenantSweep(t *testing.T) {
	t.Parallel()
	tenant := small(2)
	quiet := newHome(t)
	quiet.tenant(t, tenant, simulator.Options{})
	if _, errs, code := quiet.run("sweep", "--no-progress", "m365:", "--all"); code != exitFound {
		t.Fatalf("exit %d: %s", code, errs)
	}
	want := sightings(t, quiet)
	h := newHome(t)
	h.tenant(t, tenant, simulator.Options{Latency: 30 * time.Millisecond})
	kills, code := 0, -1
	for try := 0; code < 0; try++ {
		if try == 200 {
			t.Fatal("no end after 200 kills: a sweep does not go on where it was")
		}
		cmd := h.command("sweep", "--no-progress", "m365:", "--all")
		must(cmd.Start())
		exited := make(chan error, 1)
		go func() { exited <- cmd.Wait() }()
		select {
		case <-exited:
			code = cmd.ProcessState.ExitCode()
		case <-time.After(time.Duration(300+rand.IntN(300)+40*try) * time.Millisecond):
			must(cmd.Process.Signal(syscall.SIGKILL))
			<-exited
			kills++
		}
	}
	if code == exitFailed || code == exitUsage || kills == 0 {
		t.Errorf("exit %d after %d kills", code, kills)
	}
	same(t, fmt.Sprintf("after %d kills", kills), sightings(t, h), want)
	if out, errs, code := h.run("log", "verify"); code != 0 {
		t.Errorf("the log did not survive %d kills: %s%s", kills, out, errs)
	}
	t.Logf("%d kills, %d findings", kills, len(want))
}

// TestInterruptTenantSweep: Ctrl-C in the middle exits with 130, and the next sweep goes on.
func TestInterruptTenantSweep(t *testing.T) {
	t.Parallel()
	tenant := small(3)
	h := newHome(t)
	server := h.tenant(t, tenant, simulator.Options{Latency: 50 * time.Millisecond})
	cmd := h.command("sweep", "--no-progress", "m365:", "--all")
	var errs strings.Builder
	cmd.Stderr = &errs
	must(cmd.Start())
	for range 1000 { // until mail is being read
		if server.Stats().ByRoute[deltaRoute] > 2 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	must(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != exitInterrupted || !strings.Contains(errs.String(), "hint: run the same command again") {
		t.Fatalf("exit %d: %s", cmd.ProcessState.ExitCode(), errs.String())
	}
	if _, errs, code := h.run("sweep", "--no-progress", "m365:", "--all"); code != exitFound {
		t.Errorf("after an interrupt: exit %d: %s", code, errs)
	}
	quiet := newHome(t)
	quiet.tenant(t, tenant, simulator.Options{})
	quiet.run("sweep", "--no-progress", "m365:", "--all")
	same(t, "after an interrupt", sightings(t, h), sightings(t, quiet))
}

// shortLived signs in with tokens that end after so many requests. As Entra's library
// does, it hands a token out until it believes it to have ended: after the service does.
type shortLived struct {
	mu         sync.Mutex
	tokens     int
	left, uses int
	refused    int
}

func (s *shortLived) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left < 0 || s.tokens == 0 {
		s.tokens, s.left = s.tokens+1, s.uses
	}
	return azcore.AccessToken{Token: fmt.Sprintf("token-%d", s.tokens), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// allow lets a request in whose token has not ended.
func (s *shortLived) allow(r *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") == fmt.Sprintf("Bearer token-%d", s.tokens) {
		s.left--
		if s.left >= 0 {
			return nil
		}
	}
	s.refused++
	return errors.New("Lifetime validation failed, the token is expired.")
}

// TestTokensEndInTheMiddle: the service refuses a token that has just ended; the next one is
// taken, and nothing is lost.
func TestTokensEndInTheMiddle(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(4)
	want := calm(t, set, tenant)
	cred := &shortLived{uses: 60}
	client, _ := served(t, tenant, simulator.Options{Auth: cred.allow}, func(o *m365.Options) { o.Credential = cred })
	p := newPipeline(t, set)
	p.swept(everything(client, tenant))
	same(t, "with tokens that end", p.sightings(), want)
	if cred.tokens < 4 || cred.refused < 3 {
		t.Errorf("only %d tokens, %d refused: none ended in the middle", cred.tokens, cred.refused)
	}
}

// TestTokensThatAreRefusedStop: a sign-in that stops working ends the sweep, once.
func TestTokensThatAreRefusedStop(t *testing.T) {
	t.Parallel()
	tenant := small(5)
	cred := &shortLived{uses: 1000}
	client, _ := served(t, tenant, simulator.Options{Auth: simulator.Bearer(nil, nil)}, func(o *m365.Options) { o.Credential = cred })
	p := newPipeline(t, ownRules())
	_, err := p.sweep(t.Context(), everything(client, tenant))
	if !errors.Is(err, sweeper.ErrStop) || strings.Count(err.Error(), "InvalidAuthenticationToken") != 1 || strings.Contains(err.Error(), "token-1") {
		t.Errorf("%v", err)
	}
}
