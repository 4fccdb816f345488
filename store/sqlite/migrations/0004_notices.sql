-- What owners were told, and are about to be: a row before it is a mail. stage is
-- planned, approved, sending, sent, in-doubt, failed or cancelled. No text of a notice is
-- kept: it is made of the exposures when it is sent.
CREATE TABLE notices (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE CHECK (id <> ''), -- the reference that its owner sees
    owner       TEXT NOT NULL CHECK (owner <> ''),
    name        TEXT NOT NULL,
    audience    TEXT NOT NULL,
    addresses   TEXT NOT NULL CHECK (json_valid(addresses)),
    language    TEXT NOT NULL,
    manager     TEXT NOT NULL,
    occasion    TEXT NOT NULL,
    channel     TEXT NOT NULL,
    stage       TEXT NOT NULL CHECK (stage IN ('planned', 'approved', 'sending', 'sent', 'in-doubt', 'failed', 'cancelled')),
    due         TEXT NOT NULL,
    planned     TEXT NOT NULL,
    planned_by  TEXT NOT NULL,
    approved    TEXT NOT NULL DEFAULT '',
    approved_by TEXT NOT NULL DEFAULT '',
    message_id  TEXT NOT NULL DEFAULT '', -- known before it is sent
    attempted   TEXT NOT NULL DEFAULT '',
    settled     TEXT NOT NULL DEFAULT '',
    receipt     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notices_by_stage ON notices (stage, seq);

-- The exposures that a notice tells of. live is 0 when it was not and will not be sent;
-- else the same exposure, owner and round are there once: nobody is told a thing twice.
CREATE TABLE notice_items (
    notice   INTEGER NOT NULL REFERENCES notices (seq) ON DELETE CASCADE,
    exposure TEXT NOT NULL,
    owner    TEXT NOT NULL,
    round    INTEGER NOT NULL CHECK (round > 0),
    due      TEXT NOT NULL,
    live     INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
    PRIMARY KEY (notice, exposure)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX told_once ON notice_items (exposure, owner, round) WHERE live = 1;
