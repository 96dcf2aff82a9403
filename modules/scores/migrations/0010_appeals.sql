-- Whether the record says that the deadline of an appeal passed.
ALTER TABLE score_appeal ADD COLUMN passed @int NOT NULL DEFAULT 0 CONSTRAINT score_appeal_passed CHECK (passed IN (0, 1));
CREATE INDEX score_appeal_open ON score_appeal (due_at, id) WHERE state = 'open';

-- The rules whole, as they were in force: what an event names by a digest can be read. A row is never changed.
CREATE TABLE rule_version (
    digest  @blob NOT NULL,
    id      @blob NOT NULL,
    -- Names and texts of the packs, as JSON.
    packs   @text NOT NULL,
    kept_at @int  NOT NULL,
    CONSTRAINT rule_version_digest PRIMARY KEY (digest)
) @clustered;
