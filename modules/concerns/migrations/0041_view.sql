-- Filters of the list that somebody keeps under a name, for themselves.
CREATE TABLE concern_view (
    person @blob NOT NULL,
    id @blob NOT NULL,
    name @text NOT NULL,
    -- The filter as it stands in an address.
    filter @text NOT NULL,
    salt @blob NOT NULL,
    CONSTRAINT concern_view_key PRIMARY KEY (person, id)
) @clustered;
