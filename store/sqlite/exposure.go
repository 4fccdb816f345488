package sqlite

import (
	"context"
	"database/sql"

	"mailsweep/sweeper"
)

const insertExposure = `
	INSERT INTO exposures (id, fingerprint, kind, confidence, severity, preview, details, first_seen, last_seen, first_run, last_run)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?8, ?8, ?9, ?9)
	ON CONFLICT DO NOTHING`

// exposure makes sure that the finding's exposure is there. A new one says what its
// first finding says.
func (w *page) exposure(ctx context.Context, m known, f sweeper.Finding, details string) error {
	isNew, err := w.change(ctx, insertExposure, f.Exposure, f.Fingerprint, string(f.Kind), int(f.Confidence), int(f.Severity),
		f.Preview, details, m.received, w.run)
	w.touched[f.Exposure] = !isNew
	return err
}

// Each of these looks at one end of an index, however many findings there are.
const refreshExposure = `
	UPDATE exposures SET
		(kind, confidence, preview, details) =
			(SELECT kind, confidence, preview, details FROM findings WHERE exposure = ?1 ORDER BY confidence DESC, id LIMIT 1),
		severity = (SELECT max(severity) FROM findings WHERE exposure = ?1),
		first_seen = coalesce((SELECT min(received) FROM findings WHERE exposure = ?1 AND received > ''), ''),
		last_seen = (SELECT max(received) FROM findings WHERE exposure = ?1),
		last_run = max(last_run, ?2)
	WHERE id = ?1`

// forgetExposure drops an exposure whose findings now belong to others: more was
// learnt about what a password opens.
const forgetExposure = `
	DELETE FROM exposures WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM findings WHERE exposure = ?1)`

// refresh makes the exposures say again what their findings say.
func (w *page) refresh(ctx context.Context) error {
	for exposure := range w.left {
		if _, err := w.exec(ctx, forgetExposure, exposure); err != nil {
			return err
		}
		w.touched[exposure] = true // where it is still there
	}
	for exposure, changed := range w.touched {
		if !changed {
			continue
		}
		if _, err := w.exec(ctx, refreshExposure, exposure, w.run); err != nil {
			return err
		}
	}
	return nil
}

const listExposures = `
	SELECT e.id, e.fingerprint, e.kind, e.confidence, e.severity, e.preview, e.details, e.state,
		e.first_seen, e.last_seen, a.id, z.id,
		(SELECT count(*) FROM findings f WHERE f.exposure = e.id),
		(SELECT count(*) FROM (SELECT DISTINCT m.source, m.mailbox
			FROM findings f JOIN messages m ON m.id = f.message WHERE f.exposure = e.id))
	FROM exposures e CROSS JOIN runs a ON a.seq = e.first_run CROSS JOIN runs z ON z.seq = e.last_run`

func scanExposure(rows *sql.Rows) (e sweeper.Exposure, err error) {
	var details, first, last string
	err = rows.Scan(&e.ID, &e.Fingerprint, &e.Kind, &e.Confidence, &e.Severity, &e.Preview, &details, &e.State,
		&first, &last, &e.FirstRun, &e.LastRun, &e.Findings, &e.Mailboxes)
	if err != nil {
		return e, err
	}
	e.FirstSeen, e.LastSeen = textTime(first), textTime(last)
	e.Details, err = textMap(details)
	return e, err
}
