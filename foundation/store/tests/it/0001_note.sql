CREATE TABLE note (
    id @int NOT NULL CONSTRAINT note_pk PRIMARY KEY,
    body @text NOT NULL,
    no @text CONSTRAINT note_no UNIQUE,
    place @text,
    ord @int,
    flag @int NOT NULL DEFAULT 0 CONSTRAINT note_flag CHECK (flag IN (0, 1)),
    size @int CHECK (size < 100),
    share @real,
    raw @blob,
    parent @int CONSTRAINT note_parent REFERENCES note (id),
    UNIQUE (place, ord)
) @end;
CREATE UNIQUE INDEX note_body_flagged ON note (body) WHERE flag = 1;

-- A mistake that the rules forbid, here to show that it harms nobody else.
CREATE TABLE late (
    id @int NOT NULL CONSTRAINT late_pk PRIMARY KEY,
    note @int NOT NULL CONSTRAINT late_note REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED
) @end;
