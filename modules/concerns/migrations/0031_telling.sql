-- Residents who agreed to be told by short message, each for one concern. A row is the consent, and since when.
CREATE TABLE concern_telling (
    concern @blob NOT NULL,
    since @int NOT NULL,
    CONSTRAINT concern_telling_key PRIMARY KEY (concern),
    CONSTRAINT concern_telling_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;
