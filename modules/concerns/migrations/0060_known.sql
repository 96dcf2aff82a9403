-- One row: a digest chained over every change of `concern_kind`, by which a catalogue in memory is known to be current.
CREATE TABLE concern_kind_version (
    one     @int  NOT NULL PRIMARY KEY CONSTRAINT concern_kind_version_one CHECK (one = 1),
    version @blob NOT NULL,
    prior   @blob NOT NULL
) @end;

-- An inbox is walked and counted in these alone: what was merged into another waits nowhere by itself.
DROP INDEX concern_inbox;
CREATE INDEX concern_inbox ON concern (holder, state, due_at, id, merged_into) WHERE holder IS NOT NULL;
DROP INDEX concern_mine;
CREATE INDEX concern_mine ON concern (assignee, due_at, id, holder, merged_into) WHERE assignee IS NOT NULL;
DROP INDEX concern_merged_at;
