-- Questions that were found in a file and wait to be brought in, or were.
CREATE TABLE brought (
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
    state      @text NOT NULL CONSTRAINT brought_state CHECK (state IN ('shown', 'in', 'back')),
    CONSTRAINT brought_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX brought_by_bank ON brought (bank, id);

-- What each became.
CREATE TABLE brought_question (
    brought  @blob NOT NULL,
    n        @int  NOT NULL,
    question @blob NOT NULL,
    -- The version that was written; 0 where it stood there already.
    v        @int  NOT NULL,
    CONSTRAINT brought_question_key PRIMARY KEY (brought, n)
) @clustered;
