-- Schemes of assessment. A row is one version and is never changed: what was scored by it can be scored again.
CREATE TABLE scheme (
    scheme     @blob NOT NULL,
    version    @int  NOT NULL,
    level      @text NOT NULL,
    period     @text NOT NULL,
    from_day   @text NOT NULL,
    -- Name, items, weights, bands and documents, as JSON.
    body       @text NOT NULL,
    salt       @blob NOT NULL,
    created_at @int  NOT NULL,
    created_by @blob NOT NULL,
    CONSTRAINT scheme_key PRIMARY KEY (scheme, version)
) @clustered;

-- Scores that were locked. A row stays as it was; what an appeal changes is a new row with the next revision.
CREATE TABLE score_round (
    id        @blob NOT NULL,
    scheme    @blob NOT NULL,
    version   @int  NOT NULL,
    from_day  @text NOT NULL,
    to_day    @text NOT NULL,
    revision  @int  NOT NULL,
    -- The position of the log up to which everything was counted.
    pos       @int  NOT NULL,
    appeal    @blob,
    locked_at @int  NOT NULL,
    locked_by @blob NOT NULL,
    CONSTRAINT score_round_id PRIMARY KEY (id),
    CONSTRAINT score_round_scheme FOREIGN KEY (scheme, version) REFERENCES scheme (scheme, version)
) @clustered;
CREATE UNIQUE INDEX score_round_revision ON score_round (scheme, from_day, revision);

-- The units of a round. A revision holds only those that it changed.
CREATE TABLE score_line (
    round @blob NOT NULL,
    unit  @blob NOT NULL,
    -- In hundredths of a point; none where there was too little to score.
    total @int,
    band  @text,
    -- What was counted and the points of each item, as JSON.
    items @text NOT NULL,
    CONSTRAINT score_line_key PRIMARY KEY (round, unit),
    CONSTRAINT score_line_round FOREIGN KEY (round) REFERENCES score_round (id)
) @clustered;

-- A unit says that a case should not have counted for it.
CREATE TABLE score_appeal (
    id           @blob NOT NULL,
    round        @blob NOT NULL,
    unit         @blob NOT NULL,
    event        @blob NOT NULL,
    reason       @text NOT NULL,
    salt         @blob NOT NULL,
    appealed_at  @int  NOT NULL,
    appealed_by  @blob NOT NULL,
    due_at       @int  NOT NULL,
    state        @text NOT NULL CONSTRAINT score_appeal_state CHECK (state IN ('open', 'upheld', 'refused')),
    answer       @text,
    answer_salt  @blob,
    decider      @blob,
    decided_at   @int,
    decided_by   @blob,
    CONSTRAINT score_appeal_id PRIMARY KEY (id),
    CONSTRAINT score_appeal_round FOREIGN KEY (round) REFERENCES score_round (id),
    CONSTRAINT score_appeal_decided CHECK ((state = 'open') = (decided_at IS NULL))
) @clustered;
CREATE UNIQUE INDEX score_appeal_once ON score_appeal (round, unit, event);
