-- Texts that handlers of a confidential concern may read: written by one person of the desk, approved or
-- given back by another. The text itself lies in `concern_text` with the event that brought it.
CREATE TABLE concern_redaction (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    -- What the caller added, by its event; nothing where it stands for the words that it began with.
    of @blob,
    state @text NOT NULL CONSTRAINT concern_redaction_state_known CHECK (state IN ('waiting', 'approved', 'returned')),
    share_photos @int NOT NULL CONSTRAINT concern_redaction_share_bool CHECK (share_photos IN (0, 1)),
    written_by @blob NOT NULL,
    decided_by @blob,
    CONSTRAINT concern_redaction_key PRIMARY KEY (event),
    -- Two people: never the one who wrote it.
    CONSTRAINT concern_redaction_two CHECK (decided_by IS NULL OR decided_by <> written_by),
    CONSTRAINT concern_redaction_decided CHECK ((state = 'waiting') = (decided_by IS NULL)),
    CONSTRAINT concern_redaction_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_redaction_by_concern ON concern_redaction (concern, event);
CREATE INDEX concern_redaction_waiting ON concern_redaction (event) WHERE state = 'waiting';
