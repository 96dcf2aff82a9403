-- What the last run of each check found. It is no fact: the next run writes it anew.
CREATE TABLE data_check (
    id     @text NOT NULL,
    run_at @int  NOT NULL,
    found  @int  NOT NULL,
    CONSTRAINT data_check_id PRIMARY KEY (id)
) @end;
