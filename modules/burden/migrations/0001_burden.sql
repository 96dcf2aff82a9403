-- What is asked of communities: each demand for a form, a table or a report, once.
CREATE TABLE burden_request (
    id            @blob NOT NULL,
    title         @text NOT NULL,
    -- Who asks: a unit of the district, or a body outside it by its name.
    asker         @blob,
    asker_name    @text NOT NULL,
    -- The document that orders it; empty for none.
    document      @text NOT NULL,
    -- The communities under this unit are asked.
    scope         @blob NOT NULL,
    -- The fields to be filled in, one on a line, and those of them that the record knows.
    field_names   @text NOT NULL,
    known_names   @text NOT NULL,
    fields        @int  NOT NULL,
    known         @int  NOT NULL,
    -- Minutes that one community needs each time.
    minutes       @int  NOT NULL,
    rhythm        @text NOT NULL CONSTRAINT burden_rhythm_known CHECK (rhythm IN ('once', 'month', 'quarter', 'half_year', 'year')),
    -- Civil dates, as 2026-03-31: the first time it is due, and the last day on which it can be.
    starts        @text NOT NULL,
    ends          @text,
    state         @text NOT NULL CONSTRAINT burden_state_known CHECK (state IN ('pending', 'fill', 'answer', 'refuse')),
    -- Why it was decided so.
    reason        @text NOT NULL,
    decided_on    @text,
    registered_by @blob NOT NULL,
    unit          @blob NOT NULL,
    created_at    @int  NOT NULL,
    salt          @blob NOT NULL,
    CONSTRAINT burden_request_id PRIMARY KEY (id),
    CONSTRAINT burden_decided CHECK ((state = 'pending') = (decided_on IS NULL))
) @clustered;
