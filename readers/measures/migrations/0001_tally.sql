-- What is counted, by measure, month of +08:00 and the unit it counts for. Sums up the tree are made on
-- reading. The month stands before the unit: a page asks for all units of a few months.
CREATE TABLE tally (
    measure @text NOT NULL,
    month   @int  NOT NULL,
    unit    @blob NOT NULL,
    n       @int  NOT NULL,
    CONSTRAINT tally_pk PRIMARY KEY (measure, month, unit)
) @clustered;
