-- Progress reports. The figures they stand on are kept with them, as they were; `facts_salt` salts their digest.
CREATE TABLE report (
    id          @blob NOT NULL,
    unit        @blob NOT NULL,
    from_day    @text NOT NULL,
    to_day      @text NOT NULL,
    state       @text NOT NULL CONSTRAINT report_state CHECK (state IN ('draft', 'finished', 'discarded')),
    v           @int  NOT NULL,
    facts       @text NOT NULL,
    facts_salt  @blob NOT NULL,
    made_at     @int  NOT NULL,
    made_by     @blob NOT NULL,
    closed_at   @int,
    closed_by   @blob,
    CONSTRAINT report_pk PRIMARY KEY (id)
) @clustered;

CREATE INDEX report_of_unit ON report (unit, id);

-- Every version of the text is kept, with who wrote it.
CREATE TABLE report_version (
    report  @blob NOT NULL,
    v       @int  NOT NULL,
    at      @int  NOT NULL,
    by      @blob NOT NULL,
    body    @text NOT NULL,
    salt    @blob NOT NULL,
    CONSTRAINT report_version_pk PRIMARY KEY (report, v)
) @clustered;

-- Templates as offices rewrote them; no text where they went back to the one that comes with the product.
CREATE TABLE report_template (
    unit       @blob NOT NULL,
    paragraph  @text NOT NULL,
    v          @int  NOT NULL,
    at         @int  NOT NULL,
    by         @blob NOT NULL,
    text       @text,
    salt       @blob NOT NULL,
    CONSTRAINT report_template_pk PRIMARY KEY (unit, paragraph, v)
) @clustered;
