-- A list that is changed is another row: of which list it is a version (by the first one; none for a first one), and which.
ALTER TABLE checklist ADD COLUMN list @blob;
ALTER TABLE checklist ADD COLUMN version @int NOT NULL DEFAULT 1;
-- When the whole list was taken out of use; on its first version.
ALTER TABLE checklist ADD COLUMN ended_at @int;
ALTER TABLE checklist ADD COLUMN ended_by @blob;
CREATE UNIQUE INDEX checklist_version ON checklist (list, version);

-- Whether the record says that the deadline passed: of putting right, or of the second look.
ALTER TABLE finding ADD COLUMN passed @int NOT NULL DEFAULT 0 CONSTRAINT finding_passed CHECK (passed IN (0, 1));
DROP INDEX finding_by_state;
CREATE INDEX finding_open ON finding (due_at, id) WHERE state <> 'closed';
CREATE INDEX finding_open_unit ON finding (unit, due_at, id) WHERE state <> 'closed';
CREATE INDEX finding_by_unit ON finding (unit, id);
CREATE INDEX finding_photo_by_finding ON finding_photo (finding, event, n);
