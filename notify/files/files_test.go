package files_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"mailsweep/notify"
	"mailsweep/notify/files"
	"mailsweep/notify/notifytest"
)

func TestConformance(t *testing.T) {
	notifytest.Test(t, func(t *testing.T) notifytest.Channel {
		dir := filepath.Join(t.TempDir(), "out")
		return notifytest.Channel{
			Sender: files.New(dir), Looks: true,
			Arrived: func(t *testing.T) []notifytest.Arrived { return packages(t, dir) },
			Busy: func(t *testing.T) { // a file where the directory should be
				if err := os.WriteFile(dir, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func packages(t *testing.T, dir string) (all []notifytest.Arrived) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, p := range found {
		var w struct {
			InternetMessageID string   `json:"internet_message_id"`
			Subject           string   `json:"subject"`
			ReplyTo           string   `json:"reply_to"`
			To                []string `json:"to"`
		}
		if err := json.Unmarshal([]byte(read(t, p, "notice.json")), &w); err != nil {
			t.Fatal(err)
		}
		all = append(all, notifytest.Arrived{
			MessageID: w.InternetMessageID, Subject: w.Subject, Text: read(t, p, "letter.txt"), HTML: read(t, p, "letter.html"), ReplyTo: w.ReplyTo, To: w.To,
		})
	}
	return all
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPackage: its name, its rights, its table; and it is not written twice.
func TestPackage(t *testing.T) {
	dir := t.TempDir()
	s := files.New(dir)
	l := notifytest.Letter(1)
	place, err := s.Send(t.Context(), l)
	if err != nil || filepath.Base(place) != "2026-03-04-cloud-team-N-TEST-0001" {
		t.Fatal(place, err)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, place, "exposures.csv"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "3f9c2a7be15d0846" || rows[1][6] != "account: 052310077262 | host: =cmd|' /C calc'!A0" || rows[1][10] != "<a1@gannet.example>" {
		t.Errorf("%q, %v", rows, err)
	}
	if !strings.Contains(read(t, place, "exposures.csv"), "\r\n") {
		t.Error("its lines end otherwise than RFC 4180 says")
	}
	if info, err := os.Stat(filepath.Join(place, "notice.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if info, err := os.Stat(place); err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
	for _, later := range []int{0, 1} { // days
		l.Notice.Written = l.Notice.Written.AddDate(0, 0, later)
		if _, err := s.Send(t.Context(), l); err == nil || errors.Is(err, notify.ErrLater) || errors.Is(err, notify.ErrNotSent) {
			t.Errorf("written twice, or said not to have gone out: %v", err)
		}
	}
	if all := packages(t, dir); len(all) != 1 {
		t.Errorf("%d packages", len(all))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestOneAtATime: of many who write the same package one does, and nobody says that it did
// not go out.
func TestOneAtATime(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	var wrote atomic.Int32
	for range 8 {
		group.Go(func() {
			_, err := files.New(dir).Send(t.Context(), notifytest.Letter(1))
			if err == nil {
				wrote.Add(1)
			} else if errors.Is(err, notify.ErrLater) || errors.Is(err, notify.ErrNotSent) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := wrote.Load(); n != 1 || len(packages(t, dir)) != 1 {
		t.Errorf("%d wrote it, %d packages", n, len(packages(t, dir)))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNames: no owner's name leads out of the directory.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"../../etc/passwd": "2026-03-04-etc-passwd-N-TEST-0001", "": "2026-03-04-N-TEST-0001", "CON": "2026-03-04-con-N-TEST-0001", "\u202egnp.exe\x00": "2026-03-04-gnp-exe-N-TEST-0001",
		"鍵": "2026-03-04-N-TEST-0001", strings.Repeat("a", 300): "2026-03-04-" + strings.Repeat("a", 60) + "-N-TEST-0001",
	} {
		l := notifytest.Letter(1)
		l.Notice.Owner.Name = name
		place, err := files.New(t.TempDir()).Send(t.Context(), l)
		if err != nil || filepath.Base(place) != want {
			t.Errorf("%q: %s, %v", name, place, err)
		}
	}
	l := notifytest.Letter(1)
	l.Reference = "../N"
	if _, err := files.New(t.TempDir()).Send(t.Context(), l); !errors.Is(err, notify.ErrNotSent) {
		t.Error(err)
	}
}
