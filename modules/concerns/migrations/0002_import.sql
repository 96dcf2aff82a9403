-- Tables of other systems that were or are being brought in.
CREATE TABLE concern_import (
    id @blob NOT NULL,
    -- What the rows' numbers are numbers of: with it a row is known again.
    source @text NOT NULL,
    file_name @text NOT NULL,
    -- The file among the blobs, let go of once nothing more is to be corrected.
    file @blob,
    -- Which column of the file is which, as JSON.
    choices @text NOT NULL,
    state @text NOT NULL CONSTRAINT concern_import_state_known CHECK (state IN ('draft', 'running', 'done', 'undoing', 'undone')),
    job @blob,
    total @int NOT NULL,
    -- Rows gone through, and what became of them.
    position @int NOT NULL,
    made @int NOT NULL,
    same @int NOT NULL,
    changed @int NOT NULL,
    wrong @int NOT NULL,
    -- The last concern that the undoing looked at, and how many it removed and kept.
    undone_to @blob,
    removed @int NOT NULL,
    kept @int NOT NULL,
    created_by @blob,
    created_at @int NOT NULL,
    ended_at @int,
    CONSTRAINT concern_import_id PRIMARY KEY (id)
) @end;

CREATE INDEX concern_import_by_time ON concern_import (created_at);
CREATE INDEX concern_import_files ON concern_import (ended_at) WHERE file IS NOT NULL AND ended_at IS NOT NULL;

-- What a person should look at: cells that are wrong, rows that differ from what was brought in before,
-- kinds that are not known, concerns that an undoing kept.
CREATE TABLE concern_import_note (
    import @blob NOT NULL,
    what @text NOT NULL CONSTRAINT concern_import_note_what_known CHECK (what IN ('wrong', 'changed', 'kind', 'kept')),
    row @int NOT NULL,
    n @int NOT NULL,
    -- The concern that was changed or kept.
    concern_no @text,
    facts @text NOT NULL,
    CONSTRAINT concern_import_note_key PRIMARY KEY (import, what, row, n),
    CONSTRAINT concern_import_note_import FOREIGN KEY (import) REFERENCES concern_import (id)
) @clustered;

-- Keyed digests of what a row said when it was brought in, 8 bytes for each field, by the key of its
-- source: by which a later file is seen to differ without keeping it.
CREATE TABLE concern_import_seen (
    key @blob NOT NULL,
    fields @blob NOT NULL,
    CONSTRAINT concern_import_seen_key PRIMARY KEY (key)
) @clustered;
