-- When a community was last told that the term of some of its entries is ending; the id is what it was told of.
CREATE TABLE resident_reminder (
    community @blob NOT NULL,
    id        @blob NOT NULL,
    at        @int NOT NULL,
    CONSTRAINT resident_reminder_key PRIMARY KEY (community)
) @clustered;
CREATE UNIQUE INDEX resident_reminder_id ON resident_reminder (id);
