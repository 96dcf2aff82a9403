-- The map that the present one took the place of, so that a wrong one is undone by one press.
CREATE TABLE map_before (
    unit  @blob NOT NULL,
    rings @blob NOT NULL,
    CONSTRAINT map_before_unit PRIMARY KEY (unit)
) @clustered;
