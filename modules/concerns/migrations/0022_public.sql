-- Texts of concerns for everybody to read: written by one person of the desk, published by another. The
-- texts themselves lie in `concern_text` with the event that brought them.
CREATE TABLE concern_publication (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    state @text NOT NULL CONSTRAINT concern_publication_state_known CHECK (state IN ('waiting', 'published', 'returned', 'withdrawn')),
    written_by @blob NOT NULL,
    decided_by @blob,
    published_at @int,
    CONSTRAINT concern_publication_key PRIMARY KEY (event),
    -- Two people: never the one who wrote it.
    CONSTRAINT concern_publication_two CHECK (decided_by IS NULL OR decided_by <> written_by),
    CONSTRAINT concern_publication_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_publication_by_concern ON concern_publication (concern, event);
CREATE INDEX concern_publication_waiting ON concern_publication (event) WHERE state = 'waiting';
-- One text of a concern is public at a time.
CREATE UNIQUE INDEX concern_publication_public ON concern_publication (concern) WHERE state = 'published';
CREATE INDEX concern_publication_list ON concern_publication (published_at, concern) WHERE state = 'published';
