package mailfile

import "testing"

func TestDecodeUTF7(t *testing.T) {
	for in, want := range map[string]string{
		"Sent":                 "Sent",
		"Entw&APw-rfe":         "Entwürfe",
		"~peter/mail/&U,BTFw-": "~peter/mail/台北", // RFC 3501 section 5.1.3
		"R&-D":                 "R&D",
		"&2D3eAA-":             "😀",
		"Entwürfe":             "Entwürfe",
		"A&B":                  "A&B",
		"A&!!-":                "A&!!-",
		"A&AAA":                "A&AAA",
		"A&AP-":                "A&AP-",
	} {
		if got := decodeUTF7(in); got != want {
			t.Errorf("decodeUTF7(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaildirFolder(t *testing.T) {
	for in, want := range map[string]string{
		".Sent":              "Sent",
		".Sent.2024":         "Sent/2024",
		".Entw&APw-rfe.2024": "Entwürfe/2024",
	} {
		if got := maildirFolder(in); got != want {
			t.Errorf("maildirFolder(%q) = %q, want %q", in, got, want)
		}
	}
}
