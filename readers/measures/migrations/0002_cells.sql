DROP TABLE tally;

-- What is counted, by unit and month of +08:00: all measures of the two in one row, day by day (see
-- `cells.rs`). A unit's row counts for everything that stood under it when it happened.
CREATE TABLE tally (
    unit  @blob NOT NULL,
    month @int  NOT NULL,
    cells @blob NOT NULL,
    CONSTRAINT tally_key PRIMARY KEY (unit, month)
) @clustered;

-- The same taken apart by the keys of those measures that have one: kinds of concerns, rules, days.
CREATE TABLE tally_apart (
    unit  @blob NOT NULL,
    month @int  NOT NULL,
    cells @blob NOT NULL,
    CONSTRAINT tally_apart_key PRIMARY KEY (unit, month)
) @clustered;

-- Which events were counted: positions of the log by day and the unit they count for itself. The day
-- stands first: cases are shown newest first, and a page ends as soon as it is full.
CREATE TABLE tally_case (
    day   @int  NOT NULL,
    unit  @blob NOT NULL,
    cases @blob NOT NULL,
    CONSTRAINT tally_case_key PRIMARY KEY (day, unit)
) @clustered;
