-- What an allow-list asks of a finding beyond what it says already. Who vouches for the
-- author of its mail: authenticated_by is the server that says so, author the address,
-- in lower case; both '' when nobody does. marks: which of the allow-list's text patterns
-- match the line, by the digests of the patterns; the line itself is not kept.
ALTER TABLE messages ADD COLUMN authenticated_by TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN author TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN marks TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(marks));
