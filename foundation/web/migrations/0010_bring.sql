-- Tables of offices that were or are being brought in: units, people, registers.
CREATE TABLE brought (
    id         @blob NOT NULL PRIMARY KEY,
    -- Which kind of table, and into which unit with all under it.
    kind       @text NOT NULL,
    scope      @blob NOT NULL,
    file_name  @text NOT NULL,
    -- The sealed file among the blobs, let go of once nothing more is to be corrected.
    file       @blob,
    -- Which column of the file is which, as JSON.
    choices    @text NOT NULL,
    state      @text NOT NULL CONSTRAINT brought_state_known CHECK (state IN ('draft', 'checking', 'running', 'done', 'undoing', 'undone')),
    -- What a trial gave, as JSON.
    checked    @text,
    job        @blob,
    -- Rows of the file, rows gone through, and what became of them.
    total      @int NOT NULL,
    position   @int NOT NULL,
    made       @int NOT NULL,
    same       @int NOT NULL,
    changed    @int NOT NULL,
    wrong      @int NOT NULL,
    removed    @int NOT NULL,
    kept       @int NOT NULL,
    created_by @blob,
    created_at @int NOT NULL,
    ended_at   @int
) @end;
CREATE INDEX brought_by_kind ON brought (kind, created_at);
CREATE INDEX brought_files ON brought (ended_at) WHERE file IS NOT NULL AND ended_at IS NOT NULL;

-- What each row made or changed, and what stood there before, so that it can be undone.
CREATE TABLE brought_row (
    batch   @blob NOT NULL,
    row     @int  NOT NULL,
    subject @blob NOT NULL,
    before  @blob,
    CONSTRAINT brought_row_key PRIMARY KEY (batch, row)
) @clustered;

-- Cells that are wrong. In tables about residents without what stood in them.
CREATE TABLE brought_wrong (
    batch @blob NOT NULL,
    row   @int  NOT NULL,
    n     @int  NOT NULL,
    facts @text NOT NULL,
    CONSTRAINT brought_wrong_key PRIMARY KEY (batch, row, n)
) @clustered;
