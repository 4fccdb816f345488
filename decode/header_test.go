package decode

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeWords(t *testing.T) {
	for _, tt := range []struct{ name, in, hint, want string }{
		{"nothing to do", "hello", "", "hello"},
		{"Q", "=?utf-8?q?a=5Fb_c?=", "", "a_b c"},
		{"B", "=?UTF-8?B?aMOpbGxv?=", "", "héllo"},
		{"language", "=?utf-8*en?q?x?=", "", "x"},
		{"space between words goes", "=?utf-8?q?a?= \t=?utf-8?q?b?=", "", "ab"},
		{"space next to text stays", "x =?utf-8?q?a?= y", "", "x a y"},
		{"no space around", "x=?utf-8?q?a?=y", "", "xay"},
		{"character split over words", "=?utf-8?q?a=C3?= =?utf-8?q?=A9?=", "", "aé"},
		{"character split over base64 words", "=?utf-8?b?YcM=?= =?utf-8?b?qQ==?=", "", "aé"},
		{"group split over words", "=?utf-8?b?ZmFrZV90b2t?= =?utf-8?b?lbg==?=", "", "fake_token"},
		{"token split over words", "=?us-ascii?q?fake=5Fto?=\n =?us-ascii?q?ken?=", "", "fake_token"},
		{"spaces inside", "=?utf-8?q?a b c?=", "", "a b c"},
		{"no end", "=?utf-8?b?aGVsbG8=", "", "hello"},
		{"no end before the next", "=?utf-8?b?aGVs =?utf-8?b?bG8=?=", "", "hello"},
		{"equals before the end", "=?utf-8?q?a=3D?=", "", "a="},
		{"unknown charset", "=?x-nothing?q?h=C3=A9?=", "", "hé"},
		{"ISO-2022-JP", "=?iso-2022-jp?B?GyRCJVElOSVvITwlSRsoQg==?=", "", "パスワード"},
		{"not a word", "a =? b ?= =?utf-8?x?y?=", "", "a =? b ?= =?utf-8?x?y?="},
		{"raw UTF-8", "hé", "", "hé"},
		{"raw in the charset of the body", "\xcf\xc1", "koi8-r", "оа"},
		{"raw windows-1252", "caf\xe9", "", "café"},
		{"line ends inside", "=?utf-8?q?a=0D=0AX-Evil:_b?=", "", "a  X-Evil: b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := decodeWords(unfold([]byte(tt.in)), tt.hint); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	fields, body := splitHeader([]byte(strings.Join([]string{
		"Received: from a by b; Tue, 4 Mar 2025 10:00:00 +0100",
		"Received: from x by a; Tue, 4 Mar 2025 09:00:00 +0100",
		"Subject : one",
		"Subject: two",
		"To: a@example.org, \"B, c\" <b@example.org>,",
		"\t=?utf-8?q?D=2C_e?= <d@example.org>",
		"To: f@example.org (comment, with comma)",
		"Cc: undisclosed-recipients:;",
		"Message-ID:  <id@example.org> ",
		"In-Reply-To: your mail of Monday <up@example.org>",
		"X-Notes: fake",
		"DKIM-Signature: b=AAAA",
		"X-MS-Exchange-Organization-Id: zzz",
		"", "body",
	}, "\n")))
	got := headerOf(fields, "")
	want := Header{
		Subject: "one", To: []string{"a@example.org", `"B, c" <b@example.org>`, "D, e <d@example.org>", "f@example.org (comment, with comma)"},
		Cc: []string{"undisclosed-recipients:;"}, Received: time.Date(2025, 3, 4, 9, 0, 0, 0, time.UTC),
		InternetMessageID: "<id@example.org>", Thread: "<up@example.org>",
		Fields: []Field{
			{"subject", "one"}, {"subject", "two"},
			{"to", `a@example.org, "B, c" <b@example.org>, D, e <d@example.org>`}, {"to", "f@example.org (comment, with comma)"},
			{"cc", "undisclosed-recipients:;"}, {"x-notes", "fake"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if body == 0 || len(fields) != 12 {
		t.Errorf("%d fields, body at %d", len(fields), body)
	}
}

func TestThread(t *testing.T) {
	for _, tt := range []struct{ references, inReplyTo, id, want string }{
		{"<a@x> <b@x>", "<b@x>", "<c@x>", "<a@x>"},
		{"", "<b@x>", "<c@x>", "<b@x>"},
		{"", "your mail of Monday", "<c@x>", "<c@x>"},
		{"", "", "c@x", "c@x"},
		{"", "", "", ""},
	} {
		if got := threadOf(tt.references, tt.inReplyTo, tt.id); got != tt.want {
			t.Errorf("threadOf(%q, %q, %q) = %q, want %q", tt.references, tt.inReplyTo, tt.id, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Tue, 4 Mar 2025 10:15:30 +0100", "2025-03-04T09:15:30Z"},
		{"4 Mar 2025 10:15 -0530", "2025-03-04T15:45:00Z"},
		{"Tue, 04 Mar 25 10:15:30 EST", "2025-03-04T15:15:30Z"},
		{"4 Mar 99 10:15:30 GMT (comment (nested))", "1999-03-04T10:15:30Z"},
		{"4 Mar 101 10:15:30 Z", "2001-03-04T10:15:30Z"},
		{"Tuesday, 4-Mar-2025 10:15:30 UT", "2025-03-04T10:15:30Z"},
		{"Tue Mar  4 10:15:30 2025", "2025-03-04T10:15:30Z"},
		{"Tue Mar  4 10:15:30 CET 2025", "2025-03-04T10:15:30Z"},
		{"2025-03-04 10:15:30 +0200", "2025-03-04T08:15:30Z"},
		{"2025-03-04T10:15:30.5+02:00", "2025-03-04T08:15:30Z"},
		{"2025-03-04T10:15:30Z", "2025-03-04T10:15:30Z"},
		{"Tue, 4 Mar 2025 10:15:30", "2025-03-04T10:15:30Z"},
		{"4 Mar 2025", "2025-03-04T00:00:00Z"},
		{"03/04/2025 01:15:30 PM", "2025-04-03T13:15:30Z"},
		{"", ""}, {"yesterday", ""}, {"32 Mar 2025 10:00", ""}, {"4 Mar 2025 25:00", ""},
	} {
		got := ""
		if d := parseDate(tt.in); !d.IsZero() {
			got = d.Format(time.RFC3339)
		}
		if got != tt.want {
			t.Errorf("parseDate(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestTokenInFieldName: a name may be the secret; its letters stay as they are.
func TestTokenInFieldName(t *testing.T) {
	const name = "X-ghp_AbC123dEf456"
	for raw, want := range map[string]Text{
		name + ": 1\nSubject: x\n\nhello\n":                                                         {Path: name, View: Head, Body: name + ": 1"},
		"X-AKIAFAKE7: 1\nSubject: x\n\nhello\n":                                                     {Path: "X-AKIAFAKE7", View: Head, Body: "X-AKIAFAKE7: 1"},
		"X-Notes: 1\nSubject: x\n\nhello\n":                                                         {Path: "x-notes", View: Head, Body: "x-notes: 1"},
		multipart("mixed", "b", name+": 1\nContent-Type: text/plain\n\nhello"):                      {Path: "1.MIME", Body: name + ": 1"},
		"Content-Type: text/rfc822-headers\n\n" + name + ": 1\nSubject: x\n":                        {Path: "1", Body: name + ": 1\nsubject: x\n"},
		multipart("mixed", "b", "Content-Type: message/rfc822\n\n"+name+": 1\nSubject: x\n\nhello"): {Path: "1!" + name, View: Head, Body: name + ": 1"},
		strings.Repeat("X-Notes: 1\n", maxFields) + name + ": 1\nSubject: x\n\nhello\n":             {Path: "header", View: Head, Body: "header: " + name + ": 1 subject: x"},
	} {
		_, res := decodeRaw(t, []byte(raw))
		found := false
		for _, text := range res.Texts {
			text.Body = strings.TrimRight(text.Body, " ")
			found = found || text == want
		}
		if !found {
			t.Errorf("no %+v in the last of %d texts: %+v", want, len(res.Texts), res.Texts[max(0, len(res.Texts)-3):])
		}
	}
}
