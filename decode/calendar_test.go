package decode

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func mustCalendar(t testing.TB, src string) calendarDoc {
	t.Helper()
	c, err := calendarTexts(src, onTime)
	if err != nil {
		t.Fatalf("calendarTexts: %v", err)
	}
	return c
}

func TestCalendar(t *testing.T) {
	event := func(lines ...string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	for _, tt := range []struct{ name, in, body, markup string }{
		{"property", event(`SUMMARY:Access for Ann`), "SUMMARY: Access for Ann", ""},
		{"folded", event("DESCRIPTION:Password: Hun", " ter2 and", "\t more"), "DESCRIPTION: Password: Hunter2 and more", ""},
		{"CRLF", strings.ReplaceAll(event("SUMMARY:a", " b"), "\n", "\r\n"), "SUMMARY: ab", ""},
		{"escapes", event(`DESCRIPTION:User: ann\nPassword: a\,b\;c\\d\Ne\x`), "DESCRIPTION: User: ann\nPassword: a,b;c\\d\ne\\x", ""},
		{"parameters", event(`ATTENDEE;CN="Ann; Bob: x";ROLE=REQ-PARTICIPANT;X-KEY=fake1:mailto:ann@example.com`),
			"ATTENDEE: mailto:ann@example.com", `CN="Ann; Bob: x" X-KEY="fake1"`},
		{"parameter escapes", event(`ATTENDEE;CN=a^nb^'c^^d:x`), "ATTENDEE: x", "CN=\"a\nb\"c^d\""},
		{"quote never closed", event(`ATTENDEE;CN="Ann:mailto:x`), "ATTENDEE: mailto:x", `CN="Ann"`},
		{"link as parameter", event(`DESCRIPTION;ALTREP="https://example.com/?p=p%40ss":x`), "DESCRIPTION: x",
			"ALTREP=\"https://example.com/?p=p%40ss\"\nhttps://example.com/?p=p@ss"},
		{"rewritten link", event(`URL:https://urldefense.com/v3/__https://example.com/a__;!!x$`),
			"URL: https://urldefense.com/v3/__https://example.com/a__;!!x$", "https://example.com/a"},
		{"HTML of Outlook", event(`X-ALT-DESC;FMTTYPE=text/html:<p>Pass<b>word</b>\; <a href="x">y</a></p>\n`),
			"X-ALT-DESC: Password; y", `href="x"`},
		{"HTML of others", event(`DESCRIPTION:Pass<b>word</b><br>x`), "DESCRIPTION: Password\nx", ""},
		{"line that is no property", event("SUMMARY:a", "Password Hunter2", ""), "SUMMARY: a\nPassword Hunter2", ""},
		{"no calendar", "Password: Hun\\nter2\n  indented\nBEGIN here: x\n", "Password: Hun\\nter2\n  indented\nBEGIN here: x", ""},
		{"cut off", "BEGIN:VCALENDAR\nSUMMARY;CN=\"a", "SUMMARY;CN=\"a", ""},
		{"after the end", event("SUMMARY:a") + "Password\n Hunter2\n", "SUMMARY: a\nPassword\n Hunter2", ""},
		{"group", "BEGIN:VCARD\nitem1.EMAIL;TYPE=home:a@example.com\nEND:VCARD", "item1.EMAIL: a@example.com", ""},
		{"quoted-printable", "BEGIN:VCARD\nVERSION:2.1\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Pa=DFwort=\n: Hunter=\n2=0D=0AEnde\nTEL;HOME:1\nEND:VCARD",
			"VERSION: 2.1\nNOTE: Paßwort: Hunter2\nEnde\nTEL: 1", ""},
		{"bare encoding", "BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:a=3Db=\n", "NOTE: a=b", ""},
		{"folds of vCard 2.1", "BEGIN:VCARD\nVERSION:2.1\nNOTE:Password:\n Hunter2\nEND:VCARD", "VERSION: 2.1\nNOTE: Password: Hunter2", ""},
		{"zero-width characters", event("SUMMARY:Hun\u200bter2"), "SUMMARY: Hunter2", ""},
		{"empty", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCalendar(t, tt.in)
			if diff := cmp.Diff([]string{tt.body, tt.markup}, []string{c.body, c.markup}); diff != "" {
				t.Errorf("body, markup (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilesInCalendars(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     calendarFile
	}{
		{"attachment", "ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-FILENAME=\"a.txt\":SHVu\n dGVyMg==\nSUMMARY:x",
			calendarFile{"a.txt", "text/plain", "SHVudGVyMg=="}},
		{"key", "KEY;ENCODING=b:SHVudGVyMg==", calendarFile{"key", "", "SHVudGVyMg=="}},
		{"photo of vCard 2.1", "PHOTO;JPEG;BASE64:SHVu\ndGVyMg==\n\nSUMMARY:x", calendarFile{"photo", "", "SHVudGVyMg==\n"}},
		{"data URL", "KEY:data:application/pgp-keys;base64\\,SHVudGVyMg==", calendarFile{"key", "application/pgp-keys", "SHVudGVyMg=="}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := mustCalendar(t, "BEGIN:VCARD\n"+tt.in+"\nEND:VCARD\n")
			if diff := cmp.Diff([]calendarFile{tt.want}, c.files, cmp.AllowUnexported(calendarFile{})); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if want := strings.Contains(tt.in, "SUMMARY"); want != strings.Contains(c.body, "SUMMARY: x") {
				t.Errorf("body %q", c.body)
			}
		})
	}
}

func TestCalendarOfAPart(t *testing.T) {
	w := &walker{ctx: context.Background(), b: NewBudget(DefaultLimits(), -1)}
	w.calendar(node{path: "1/invite.ics"}, "BEGIN:VEVENT\nATTENDEE;CN=Ann:a\nATTACH;ENCODING=BASE64;FILENAME=a.txt:SHVudGVyMg\nKEY;ENCODING=B:SHVudG!\nEND:VEVENT\n")
	want := Result{
		Texts: []Text{
			{Path: "1/invite.ics", View: Body, Body: "ATTENDEE: a"},
			{Path: "1/invite.ics", View: Markup, Body: "CN=\"Ann\"\nFILENAME=\"a.txt\""},
			{Path: "1/invite.ics!a.txt", Name: "a.txt", View: Body, Body: "Hunter2"},
			{Path: "1/invite.ics!key", Name: "key", View: Body, Body: "Hun"},
		},
		Skips: []Skip{{Path: "1/invite.ics!key", Reason: Damaged}},
	}
	if diff := cmp.Diff(want, w.out, cmpopts.IgnoreFields(Skip{}, "Detail")); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	if w.b.bytes != int64(len("Hunter2Hun")) || w.b.parts != 2 {
		t.Errorf("%d bytes and %d parts of the budget", w.b.bytes, w.b.parts)
	}
}

func TestCalendarGoldens(t *testing.T) {
	calendars, err := filepath.Glob("testdata/calendar/*.[iv]c[sf]")
	if err != nil || len(calendars) == 0 {
		t.Fatalf("calendars %v, error %v", calendars, err)
	}
	for _, file := range calendars {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c := mustCalendar(t, string(src))
			golden(t, file+".golden", c.body+"\n----\n"+c.markup+"\n")
		})
	}
}

func TestHostileCalendarIsLinear(t *testing.T) {
	const n = hostileCount
	for name, src := range map[string]string{
		"folds":       "BEGIN:VEVENT\nSUMMARY:x" + strings.Repeat("\n x", n),
		"components":  strings.Repeat("BEGIN:A\n", n) + strings.Repeat("END:B\n", n),
		"parameters":  "BEGIN:VEVENT\nSUMMARY" + strings.Repeat(";A=B", n) + ":x",
		"quotes":      "BEGIN:VEVENT\n" + strings.Repeat(`A;B="`, n),
		"soft breaks": "BEGIN:VCARD\n" + strings.Repeat("NOTE;ENCODING=QUOTED-PRINTABLE:=\n", n/4),
		"base64":      "BEGIN:VCARD\n" + strings.Repeat("KEY;ENCODING=B:AAAA\n", n/4),
		"HTML":        "BEGIN:VEVENT\n" + strings.Repeat("X-ALT-DESC:<b>\n", n/4),
	} {
		t.Run(name, func(t *testing.T) {
			c := mustCalendar(t, src)
			if got := len(c.body) + len(c.markup); got > 4*len(src) {
				t.Errorf("%d bytes became %d", len(src), got)
			}
		})
	}
}

func TestCalendarStopsInTime(t *testing.T) {
	asked := 0
	late := func() error {
		if asked++; asked > 2 {
			return context.DeadlineExceeded
		}
		return nil
	}
	c, err := calendarTexts("BEGIN:VEVENT\n"+strings.Repeat("SUMMARY:x\n", 1<<18), late)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the time limit", err)
	}
	if !strings.HasPrefix(c.body, "SUMMARY: x") || len(c.body) > 1<<18 {
		t.Errorf("got %d bytes, want what was read until the time limit", len(c.body))
	}
}

func FuzzCalendar(f *testing.F) {
	for _, s := range []string{
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;CN=\"a\":b\n c\\n\nATTACH;ENCODING=BASE64:QQ==\nEND:VEVENT\nEND:VCALENDAR\n",
		"BEGIN:VCARD\nVERSION:2.1\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=A4=\n=0A\nPHOTO;BASE64:\n QUJD\n\nEND:VCARD",
		"BEGIN:VCARD\nKEY:data:x/y;base64,QQ==\nX-ALT-DESC:<b>x</b>\nitem1.URL:http://a/%41\nEND:VCARD", "A;B=\"c:d", "BEGIN:A\nA;=:\n:\n;\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		c := mustCalendar(t, src)
		checkText(t, src, c.body)
		checkText(t, src, c.markup)
		if got := len(c.body) + len(c.markup); got > 16*len(src)+64 {
			t.Errorf("%d bytes became %d", len(src), got)
		}
	})
}
