-- Questions that were found in a file and wait to be brought in, or were.
CREATE TABLE question_import (
    id         @blob NOT NULL,
    bank       @blob NOT NULL,
    brought_by @blob NOT NULL,
    brought_at @int  NOT NULL,
    file       @text NOT NULL,
    -- What was found, as JSON.
    found      @text NOT NULL,
    good       @int  NOT NULL,
    bad        @int  NOT NULL,
    done       @int  NOT NULL,
    state      @text NOT NULL CONSTRAINT question_import_state CHECK (state IN ('shown', 'in', 'back')),
    CONSTRAINT question_import_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX question_import_by_bank ON question_import (bank, id);

-- What each became.
CREATE TABLE question_import_row (
    brought  @blob NOT NULL,
    n        @int  NOT NULL,
    question @blob NOT NULL,
    -- The version that was written; 0 where it stood there already.
    v        @int  NOT NULL,
    CONSTRAINT question_import_row_key PRIMARY KEY (brought, n)
) @clustered;
