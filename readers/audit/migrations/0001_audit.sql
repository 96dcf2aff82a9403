-- The logs of the audit: events of certain kinds, found by log and by who did them. Made from the record alone.
CREATE TABLE audit_entry (
    log        @text NOT NULL,
    event      @blob NOT NULL,
    actor      @blob,
    CONSTRAINT audit_entry_key PRIMARY KEY (log, event)
) @clustered;

CREATE INDEX audit_entry_by_actor ON audit_entry (log, actor, event) WHERE actor IS NOT NULL;
