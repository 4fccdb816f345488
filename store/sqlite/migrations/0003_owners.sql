-- Who has to do something about an exposure, and how far they are. owner '' is nobody
-- yet: what is said of an exposure before it has owners. since is when the state came
-- to be (of a rotation, when it was rotated), until the end of an accepted risk.
-- opened is when it came to be the owner's, or was opened again.
-- exposures.state is the least settled of these, kept so by every change.
CREATE TABLE ownerships (
    exposure TEXT NOT NULL REFERENCES exposures (id) ON DELETE CASCADE,
    owner    TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'notified', 'acknowledged', 'rotated', 'closed', 'dismissed', 'accepted', 'reopened')),
    since    TEXT NOT NULL CHECK (length(since) = 27),
    opened   TEXT NOT NULL CHECK (length(opened) = 27),
    due      TEXT NOT NULL DEFAULT '',
    until    TEXT NOT NULL DEFAULT '',
    reason   TEXT NOT NULL DEFAULT '',
    actor    TEXT NOT NULL DEFAULT '',
    route    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (exposure, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX ownerships_by_owner ON ownerships (owner, exposure);
CREATE INDEX exposures_by_state ON exposures (state);
