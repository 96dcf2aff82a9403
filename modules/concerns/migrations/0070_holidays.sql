-- Public holidays of a year as the desk brought them in: they take the place of the program's own for that year.
CREATE TABLE concern_holidays (
    year @int NOT NULL,
    -- The notice that sets them.
    document @text NOT NULL,
    -- Days off and weekend days that are worked, as 2027-01-01, one space between them.
    off @text NOT NULL,
    work @text NOT NULL,
    CONSTRAINT concern_holidays_year PRIMARY KEY (year)
) @end;

-- By which working days the open deadlines were counted, and how far they have been counted anew since others hold.
CREATE TABLE concern_calendar (
    one @int NOT NULL CONSTRAINT concern_calendar_one CHECK (one = 1),
    years @text NOT NULL,
    -- The working days that hold now, and the last concern that was counted by them; nothing when all are.
    target @text,
    cursor @blob,
    CONSTRAINT concern_calendar_key PRIMARY KEY (one),
    CONSTRAINT concern_calendar_both CHECK ((target IS NULL) = (cursor IS NULL))
) @end;

-- What is open, in the order in which it came: the deadlines that are counted anew.
CREATE INDEX concern_open ON concern (id) WHERE due_at IS NOT NULL;
