package m365

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadWanted(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want Wanted
	}{
		"lines":                {"<a@x>\r\n\r\n# a comment\nb@x\n<a@x>\n", Wanted{"": {"<a@x>", "<b@x>"}}},
		"lines, marked":        {"\ufeff<a@x>", Wanted{"": {"<a@x>"}}},
		"as PowerShell writes": {"\xff\xfe<\x00a\x00@\x00x\x00>\x00\r\x00\n\x00", Wanted{"": {"<a@x>"}}},
		"a column":             {"Date,InternetMessageId\n2026-01-01,<a@x>\n2026-01-02,\n", Wanted{"": {"<a@x>"}}},
		"of a mailbox":         {"MailboxOwnerUPN;InternetMessageId\r\nAda@X;\"<a@x>\"\r\nbob@x;<b@x>\r\n", Wanted{"ada@x": {"<a@x>"}, "bob@x": {"<b@x>"}}},
		"an export of the audit search": {
			`RecordId,CreationDate,AuditData` + "\n" +
				`1,2026-01-01,"{""MailboxOwnerUPN"":""ada@x"",""Folders"":[{""Path"":""\\Inbox"",""FolderItems"":[{""InternetMessageId"":""<a@x>""},{""InternetMessageId"":""<b@x>""}]},{""FolderItems"":null}]}"` + "\n" +
				`2,2026-01-01,"{""MailboxOwnerUPN"":""bob@x"",""Item"":{""InternetMessageId"":""<c@x>""}}"` + "\n",
			Wanted{"ada@x": {"<a@x>", "<b@x>"}, "bob@x": {"<c@x>"}}},
		"records, one a line": {`{"auditData":{"MailboxOwnerUPN":"ada@x","Folders":[{"FolderItems":[{"InternetMessageId":"<a@x>"}]}]}}` + "\n" +
			`{"AuditData":"{\"MailboxOwnerUPN\":\"bob@x\",\"InternetMessageId\":\"<b@x>\"}"}`, Wanted{"ada@x": {"<a@x>"}, "bob@x": {"<b@x>"}}},
		"records in a list": {`[{"MailboxOwnerUPN":"ada@x","Item":{"InternetMessageId":"<a@x>","Size":1}},{"RecordType":"50"}]`, Wanted{"ada@x": {"<a@x>"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadWanted(strings.NewReader(c.in))
			if d := cmp.Diff(c.want, got); d != "" || err != nil {
				t.Errorf("%v\n%s", err, d)
			}
		})
	}
	for in, want := range map[string]string{
		"":                     "no internet message id",
		"<a@x>\nnonsense\n":    "line 2",
		"InternetMessageId\nx": "line 2",
		"AuditData\n{\n":       "line 2",
		"[{]":                  "record 1",
		"{}\n":                 "no internet message id",
	} {
		if _, err := ReadWanted(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzReadWanted(f *testing.F) {
	for _, s := range []string{"<a@x>", "InternetMessageId\n<a@x>", `{"InternetMessageId":"<a@x>"}`, "AuditData\n\"{\"\"x\"\":[[[]]]}\"", "\ufeff[", "a;b\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		w, err := ReadWanted(strings.NewReader(in))
		for box, ids := range w {
			if box != strings.ToLower(box) || len(ids) == 0 {
				t.Errorf("%q: %q", box, ids)
			}
			for _, id := range ids {
				if !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, ">") {
					t.Errorf("%q is no id", id)
				}
			}
		}
		if err == nil && len(w) == 0 {
			t.Error("nothing was read, and nothing said")
		}
	})
}
