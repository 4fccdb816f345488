-- What mailsweep remembers. No secret is in here: a secret is known by its
-- fingerprint (a keyed digest) and a preview from which it cannot be used.
--
-- Times are RFC 3339 in UTC with six decimals (2024-03-01T09:30:00.000000Z), so
-- that they sort as text; '' is "unknown". Unknown text is '' too. Lists and maps
-- are JSON. Confidence: 1 review, 2 likely, 3 confirmed. Severity: 1 low, 2 medium,
-- 3 high, 4 critical. first_run and last_run are runs.seq.

PRAGMA application_id = 1836283760; -- "mswp": tells file(1), and us, whose file this is

-- fingerprint_key_check: tells whether the fingerprint key is the one with which
-- all fingerprints in here were made. It tells nothing else about the key.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One sweep each. ended is '' while it is at work, and for ever when it was killed.
CREATE TABLE runs (
    seq      INTEGER PRIMARY KEY, -- later runs have greater numbers
    id       TEXT NOT NULL UNIQUE,
    started  TEXT NOT NULL,
    ended    TEXT NOT NULL DEFAULT '',
    actor    TEXT NOT NULL,
    case_ref TEXT NOT NULL,
    version  TEXT NOT NULL,
    digest   TEXT NOT NULL, -- of rules and decoders
    sources  TEXT NOT NULL CHECK (json_valid(sources)),
    filters  TEXT NOT NULL CHECK (json_valid(filters)),
    -- What it has searched so far; the summary comes at its end.
    messages INTEGER NOT NULL DEFAULT 0,
    parts    INTEGER NOT NULL DEFAULT 0,
    bytes    INTEGER NOT NULL DEFAULT 0,
    summary  TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(summary))
) STRICT;

-- How far each folder has been swept: one row a scope. The scope is the folder, the
-- window of time and the digest of rules and decoders.
CREATE TABLE cursors (
    id         INTEGER PRIMARY KEY,
    source     TEXT NOT NULL,
    folder_key TEXT NOT NULL,
    since      TEXT NOT NULL, -- window, '' is open
    until      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    sha256     TEXT NOT NULL, -- of the cursor in cursor_values, '' when there is none
    -- A walk that began with a reset lists the whole folder. It has a number, larger
    -- than that of every earlier one of the folder; what carries a smaller one when
    -- the walk is done was not seen again.
    generation INTEGER NOT NULL,
    resetting  INTEGER NOT NULL CHECK (resetting IN (0, 1)),
    run        INTEGER NOT NULL REFERENCES runs (seq), -- which moved it last
    newest_run INTEGER NOT NULL, -- the newest run that had begun by then
    UNIQUE (source, folder_key, since, until, digest)
) STRICT;

-- Apart from their rows because some are megabytes long and seldom change.
CREATE TABLE cursor_values (
    cursor INTEGER PRIMARY KEY REFERENCES cursors (id) ON DELETE CASCADE,
    value  BLOB NOT NULL
) STRICT;

-- Messages in which something was found, or something could not be searched.
CREATE TABLE messages (
    id                  INTEGER PRIMARY KEY,
    source              TEXT NOT NULL,
    key                 TEXT NOT NULL, -- identity in the source, whatever folder it is in
    mailbox             TEXT NOT NULL,
    folder              TEXT NOT NULL,
    folder_key          TEXT NOT NULL,
    message_id          TEXT NOT NULL, -- as people are shown it
    internet_message_id TEXT NOT NULL, -- the header, angle brackets included
    thread              TEXT NOT NULL,
    subject             TEXT NOT NULL,
    sender              TEXT NOT NULL,
    recipients_to       TEXT NOT NULL CHECK (json_valid(recipients_to)),
    recipients_cc       TEXT NOT NULL CHECK (json_valid(recipients_cc)),
    received            TEXT NOT NULL CHECK (received = '' OR length(received) = 27),
    generation          INTEGER NOT NULL, -- of the walk that saw it last, see cursors
    gone                INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    UNIQUE (source, key)
) STRICT;
CREATE INDEX messages_by_folder ON messages (source, folder_key, generation);

-- One credential to rotate each. What it says of confidence, severity and times is
-- the strongest, highest, first and last of its findings, kept so by every commit.
CREATE TABLE exposures (
    id          TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
    kind        TEXT NOT NULL CHECK (kind <> ''),
    confidence  INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 3),
    severity    INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),
    preview     TEXT NOT NULL, -- preview and details of its surest finding
    details     TEXT NOT NULL CHECK (json_valid(details)),
    state       TEXT NOT NULL DEFAULT 'open',
    first_seen  TEXT NOT NULL, -- when the earliest mail with it was received
    last_seen   TEXT NOT NULL,
    first_run   INTEGER NOT NULL REFERENCES runs (seq),
    last_run    INTEGER NOT NULL REFERENCES runs (seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX exposures_by_severity ON exposures (severity DESC, first_seen, id);
CREATE INDEX exposures_by_fingerprint ON exposures (fingerprint);

-- One sighting of one secret each. Findings are never deleted: they were sightings.
CREATE TABLE findings (
    id          INTEGER PRIMARY KEY,
    message     INTEGER NOT NULL REFERENCES messages (id),
    rule        TEXT NOT NULL CHECK (rule <> ''),
    part        TEXT NOT NULL, -- path to the text: 2/invoice.zip!config/prod.env
    line        INTEGER NOT NULL,
    fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
    exposure    TEXT NOT NULL REFERENCES exposures (id),
    kind        TEXT NOT NULL CHECK (kind <> ''),
    confidence  INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 3),
    reason      TEXT NOT NULL, -- why it has this confidence
    severity    INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),
    preview     TEXT NOT NULL,
    details     TEXT NOT NULL CHECK (json_valid(details)),
    received    TEXT NOT NULL, -- its message's, for the order of lists
    first_run   INTEGER NOT NULL REFERENCES runs (seq),
    last_run    INTEGER NOT NULL REFERENCES runs (seq),
    UNIQUE (message, rule, part, line, fingerprint)
) STRICT;
CREATE INDEX findings_by_severity ON findings (severity DESC, received, id);
CREATE INDEX findings_by_confidence ON findings (exposure, confidence DESC);
CREATE INDEX findings_by_exposure_severity ON findings (exposure, severity);
CREATE INDEX findings_by_exposure_received ON findings (exposure, received);
CREATE INDEX findings_by_first_run ON findings (first_run);
CREATE INDEX findings_by_last_run ON findings (last_run);

-- What could not be searched, and why. Either a message is known, or mailbox and
-- folder say what the skip is of (a mailbox alone: folder_key is '').
CREATE TABLE skips (
    id         INTEGER PRIMARY KEY,
    message    INTEGER REFERENCES messages (id) ON DELETE CASCADE,
    source     TEXT NOT NULL,
    mailbox    TEXT NOT NULL,
    folder     TEXT NOT NULL,
    folder_key TEXT NOT NULL,
    part       TEXT NOT NULL, -- '' for all of it
    reason     TEXT NOT NULL CHECK (reason <> ''),
    detail     TEXT NOT NULL,
    generation INTEGER NOT NULL, -- as in messages, where no message is known
    first_run  INTEGER NOT NULL REFERENCES runs (seq),
    last_run   INTEGER NOT NULL REFERENCES runs (seq)
) STRICT;
CREATE UNIQUE INDEX skips_of_messages ON skips (message, part, reason, detail) WHERE message IS NOT NULL;
CREATE UNIQUE INDEX skips_of_folders ON skips (source, mailbox, folder_key, folder, part, reason, detail) WHERE message IS NULL;

-- Who did what, when and why; only ever appended to. hash is the lower-case hex
-- SHA-256 over eight netstrings (length in bytes, ":", bytes, ","), in this order:
-- prev seq time actor action run case_ref detail. prev is the hash of the entry
-- before, '' in the first. To check it without mailsweep:
--
--   import hashlib, sqlite3, sys
--   prev, n = "", 0
--   for *row, h in sqlite3.connect(sys.argv[1]).execute("SELECT prev, seq, time,"
--           " actor, action, run, case_ref, detail, hash FROM log ORDER BY seq"):
--       n += 1
--       fields = [str(f).encode() for f in row]
--       text = b"".join(b"%d:%s," % (len(f), f) for f in fields)
--       assert (row[0], row[1]) == (prev, n), "entry %d does not follow" % n
--       assert hashlib.sha256(text).hexdigest() == h, "entry %d was changed" % n
--       prev = h
--   print(n, "entries, head", prev)
CREATE TABLE log (
    seq      INTEGER PRIMARY KEY,
    time     TEXT NOT NULL CHECK (length(time) = 27),
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL CHECK (action <> ''),
    run      TEXT NOT NULL, -- runs.id, '' when it belongs to none
    case_ref TEXT NOT NULL, -- why
    detail   TEXT NOT NULL CHECK (json_valid(detail)),
    prev     TEXT NOT NULL,
    hash     TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is only ever appended to'); END;
CREATE TRIGGER log_is_not_cut BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is only ever appended to'); END;
-- Also keeps INSERT OR REPLACE from replacing an entry without a DELETE.
CREATE TRIGGER log_is_a_chain BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM log ORDER BY seq DESC LIMIT 1), '')
BEGIN SELECT RAISE(ABORT, 'the log is only ever appended to, one entry after the other'); END;
