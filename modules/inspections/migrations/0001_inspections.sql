-- What visits look for. A row is one version of a list and is never changed.
CREATE TABLE checklist (
    id         @blob NOT NULL,
    name       @text NOT NULL,
    -- One line for each thing to look at.
    lines      @text NOT NULL,
    salt       @blob NOT NULL,
    created_at @int  NOT NULL,
    created_by @blob NOT NULL,
    CONSTRAINT checklist_id PRIMARY KEY (id)
) @clustered;

-- A visit to a unit.
CREATE TABLE inspection (
    id         @blob NOT NULL,
    checklist  @blob NOT NULL,
    unit       @blob NOT NULL,
    visited_on @text NOT NULL,
    note       @text NOT NULL,
    salt       @blob NOT NULL,
    made_at    @int  NOT NULL,
    made_by    @blob NOT NULL,
    by_unit    @blob NOT NULL,
    CONSTRAINT inspection_id PRIMARY KEY (id),
    CONSTRAINT inspection_checklist FOREIGN KEY (checklist) REFERENCES checklist (id)
) @clustered;
CREATE INDEX inspection_by_unit ON inspection (unit, id);

-- What was found wrong, and how far it is put right.
CREATE TABLE finding (
    id         @blob NOT NULL,
    inspection @blob NOT NULL,
    unit       @blob NOT NULL,
    item       @text NOT NULL,
    text       @text NOT NULL,
    salt       @blob NOT NULL,
    state      @text NOT NULL CONSTRAINT finding_state CHECK (state IN ('open', 'rectified', 'closed')),
    due_at     @int  NOT NULL,
    v          @int  NOT NULL,
    CONSTRAINT finding_id PRIMARY KEY (id),
    CONSTRAINT finding_inspection FOREIGN KEY (inspection) REFERENCES inspection (id)
) @clustered;
CREATE INDEX finding_by_inspection ON finding (inspection);
CREATE INDEX finding_by_state ON finding (state, due_at);

-- What was said at each step, by the event that tells of it.
CREATE TABLE finding_step (
    event   @blob NOT NULL,
    finding @blob NOT NULL,
    text    @text NOT NULL,
    salt    @blob NOT NULL,
    CONSTRAINT finding_step_event PRIMARY KEY (event),
    CONSTRAINT finding_step_finding FOREIGN KEY (finding) REFERENCES finding (id)
) @clustered;
CREATE INDEX finding_step_by_finding ON finding_step (finding, event);

-- Evidence that something was put right.
CREATE TABLE finding_photo (
    event   @blob NOT NULL,
    n       @int  NOT NULL,
    finding @blob NOT NULL,
    digest  @blob NOT NULL,
    CONSTRAINT finding_photo_key PRIMARY KEY (event, n),
    CONSTRAINT finding_photo_finding FOREIGN KEY (finding) REFERENCES finding (id)
) @clustered;
