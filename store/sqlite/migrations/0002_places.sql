-- In which folders a message lies, by what each of them says of itself; what lies in
-- none is gone. Folders are read at the same time, and a page may be written long after
-- it was read: while a message is moved, two folders may well say that they hold it,
-- and which of them is late shows when one of them says that it does not. folder and
-- folder_key of a message are the place where it was seen last.
CREATE TABLE places (
    message    INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    source     TEXT NOT NULL,
    folder_key TEXT NOT NULL,
    folder     TEXT NOT NULL,
    generation INTEGER NOT NULL, -- of the walk that saw it there last, see cursors
    newest_run INTEGER NOT NULL, -- the newest run that had begun by then
    PRIMARY KEY (message, folder_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX places_by_folder ON places (source, folder_key, generation);

INSERT INTO places (message, source, folder_key, folder, generation, newest_run)
SELECT id, source, folder_key, folder, generation, 0 FROM messages WHERE gone = 0;

DROP INDEX messages_by_folder;
ALTER TABLE messages DROP COLUMN generation;
