-- Programs of others that may hand concerns in (Open311), each with a key of its own that can be taken back.
CREATE TABLE concern_program (
    id @blob NOT NULL,
    -- Whose it is, in the words of whoever admitted it; the record holds a salted digest.
    name @text NOT NULL,
    salt @blob NOT NULL,
    -- SHA-256 of the key.
    key @blob NOT NULL,
    -- Whether it is told a token first, and the number when it asks with that.
    token_first @int NOT NULL CONSTRAINT concern_program_token_bool CHECK (token_first IN (0, 1)),
    admitted_at @int NOT NULL,
    revoked_at @int,
    CONSTRAINT concern_program_id PRIMARY KEY (id)
) @clustered;

CREATE UNIQUE INDEX concern_program_key ON concern_program (key);

-- Which program brought a concern. It may add to it, and finds its number by the token, which is the secret of the receipt.
CREATE TABLE concern_through (
    concern @blob NOT NULL,
    program @blob NOT NULL,
    -- SHA-256 of the token.
    token @blob NOT NULL,
    CONSTRAINT concern_through_key PRIMARY KEY (concern),
    CONSTRAINT concern_through_concern FOREIGN KEY (concern) REFERENCES concern (id),
    CONSTRAINT concern_through_program FOREIGN KEY (program) REFERENCES concern_program (id)
) @clustered;

CREATE UNIQUE INDEX concern_through_token ON concern_through (token);
CREATE INDEX concern_through_by_program ON concern_through (program, concern);
