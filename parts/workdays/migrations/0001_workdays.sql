-- The working days by which deadlines are counted, as they came to hold one after the other; the last one holds.
CREATE TABLE working_days (
    v @int NOT NULL,
    -- Of which edition of the tables in files: a program that has an older one changes nothing.
    edition @int NOT NULL,
    -- A line for each year: the year, its days off, its weekend days that are worked.
    years @text NOT NULL,
    held_at @int NOT NULL,
    CONSTRAINT working_days_v PRIMARY KEY (v)
) @end;

-- By which of them the open deadlines of a kind of work were counted, and how far they have been counted anew.
CREATE TABLE recount (
    name @text NOT NULL,
    v @int NOT NULL,
    -- By which they are being counted, and the last that was; nothing when all are.
    target @int,
    cursor @blob,
    CONSTRAINT recount_name PRIMARY KEY (name),
    CONSTRAINT recount_both CHECK ((target IS NULL) = (cursor IS NULL))
) @end;
