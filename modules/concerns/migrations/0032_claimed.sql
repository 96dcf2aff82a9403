-- What a resident who signed in claimed: by showing its receipt. What came with the number that they proved they see anyhow.
CREATE TABLE concern_claim (
    visitor @blob NOT NULL,
    concern @blob NOT NULL,
    at @int NOT NULL,
    CONSTRAINT concern_claim_key PRIMARY KEY (visitor, concern),
    CONSTRAINT concern_claim_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

-- A key for one concern that is good while a resident is signed in: it stands in the place of the receipt's secret.
CREATE TABLE concern_pass (
    digest @blob NOT NULL,
    concern @blob NOT NULL,
    visitor @blob NOT NULL,
    until @int NOT NULL,
    CONSTRAINT concern_pass_key PRIMARY KEY (digest),
    CONSTRAINT concern_pass_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;
CREATE INDEX concern_pass_by_visitor ON concern_pass (visitor);
CREATE INDEX concern_pass_by_age ON concern_pass (until, digest);

-- The concerns of a number: for whoever proved it, and for a look-up within a case.
CREATE INDEX concern_contact_by_phone ON concern_contact (phone_blind, concern);

-- Every look-up by telephone: who, when, from within which concern; why is the note of the event.
CREATE TABLE concern_lookup (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    person @blob NOT NULL,
    unit @blob NOT NULL,
    at @int NOT NULL,
    CONSTRAINT concern_lookup_key PRIMARY KEY (event),
    CONSTRAINT concern_lookup_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;
CREATE INDEX concern_lookup_by_person ON concern_lookup (person, at);
