-- Which table left, so that its exports are found by it. The reader fills it anew, since its version moved on.
ALTER TABLE audit_entry ADD COLUMN what @text;

CREATE INDEX audit_entry_by_what ON audit_entry (what, event) WHERE what IS NOT NULL;
