package sqlite_test

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

func logged(t *testing.T) (*sqlite.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	db := open(t, path, sqlite.Options{})
	for i := range 5 {
		_, err := db.Begin(t.Context(), sweeper.Run{Actor: "ada@desk", Case: fmt.Sprint("Fall Ä", i), Sources: []string{"ü"}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

func TestLogIsOnlyAppendedTo(t *testing.T) {
	db, _ := logged(t)
	for _, statement := range []string{
		`UPDATE log SET actor = 'eve' WHERE seq = 2`,
		`DELETE FROM log WHERE seq = 5`,
		`DELETE FROM log`,
		`INSERT OR REPLACE INTO log SELECT seq, time, 'eve', action, run, case_ref, detail, prev, hash FROM log WHERE seq = 5`,
		`INSERT INTO log SELECT seq + 2, time, actor, action, run, case_ref, detail, hash, hash FROM log WHERE seq = 5`,
		`INSERT INTO log SELECT seq + 1, time, actor, action, run, case_ref, detail, prev, hash FROM log WHERE seq = 5`,
	} {
		if err := sqlite.Exec(t.Context(), db, statement); err == nil || !strings.Contains(err.Error(), "only ever appended to") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if v, err := db.Verify(t.Context()); err != nil || !v.Intact() || v.Entries != 5 {
		t.Errorf("%+v, %v", v, err)
	}
}

// Who holds the file can drop the triggers. The chain shows what was done to it.
func TestVerifyShowsTampering(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		brokenAt  int64
	}{
		"another actor":     {`UPDATE log SET actor = 'eve' WHERE seq = 3`, 3},
		"another time":      {`UPDATE log SET time = '2020-01-01T00:00:00.000000Z' WHERE seq = 3`, 3},
		"the time's form":   {`UPDATE log SET time = replace(time, 'T', ' ') WHERE seq = 3`, 3},
		"words moved":       {`UPDATE log SET actor = actor || substr(action, 1, 1), action = substr(action, 2) WHERE seq = 3`, 3},
		"white space":       {`UPDATE log SET detail = detail || ' ' WHERE seq = 3`, 3},
		"another hash":      {`UPDATE log SET hash = replace(hash, '0', '1') WHERE seq = 2`, 2},
		"an entry less":     {`DELETE FROM log WHERE seq = 3`, 4},
		"the first less":    {`DELETE FROM log WHERE seq = 1`, 2},
		"closed up":         {`DELETE FROM log WHERE seq = 3; UPDATE log SET seq = seq - 1 WHERE seq > 3`, 3},
		"an entry more":     {`INSERT INTO log SELECT 6, time, actor, action, run, case_ref, detail, prev, hash FROM log WHERE seq = 5`, 6},
		"exchanged entries": {`UPDATE log SET seq = 9 WHERE seq = 2; UPDATE log SET seq = 2 WHERE seq = 3; UPDATE log SET seq = 3 WHERE seq = 9`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := logged(t)
			const open = `DROP TRIGGER log_is_not_changed; DROP TRIGGER log_is_not_cut; DROP TRIGGER log_is_a_chain; `
			if err := sqlite.Exec(t.Context(), db, open+c.statement); err != nil {
				t.Fatal(err)
			}
			v, err := db.Verify(t.Context())
			if err != nil || v.BrokenAt != c.brokenAt || v.Problem == "" {
				t.Errorf("%+v, %v; want it broken at %d", v, err, c.brokenAt)
			}
		})
	}
}

// A cut end does not show in the chain, but to who has kept the head's hash.
func TestVerifyShowsACutEnd(t *testing.T) {
	db, _ := logged(t)
	before, err := db.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Exec(t.Context(), db, `DROP TRIGGER log_is_not_cut; DELETE FROM log WHERE seq = 5`); err != nil {
		t.Fatal(err)
	}
	if v, err := db.Verify(t.Context()); err != nil || !v.Intact() {
		t.Errorf("without a kept hash: %+v, %v", v, err)
	}
	if v, err := db.Verify(t.Context(), before.Head); err != nil || v.Intact() || len(v.Missing) != 1 {
		t.Errorf("with the kept hash: %+v, %v", v, err)
	}
}

// The documented form, computed anew from the columns of the table.
func TestHashIsAsDocumented(t *testing.T) {
	_, path := logged(t)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT prev, CAST(seq AS TEXT), time, actor, action, run, case_ref, detail, hash FROM log ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var f [8]string
		var hash string
		if err := rows.Scan(&f[0], &f[1], &f[2], &f[3], &f[4], &f[5], &f[6], &f[7], &hash); err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, field := range f {
			text += fmt.Sprintf("%d:%s,", len(field), field)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); sum != hash {
			t.Errorf("entry %s: the hash of %q is %s, stored is %s", f[1], text, sum, hash)
		}
		n++
	}
	if n != 5 || rows.Err() != nil {
		t.Errorf("%d entries, %v", n, rows.Err())
	}
}
