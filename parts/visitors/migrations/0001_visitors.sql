-- A resident who signs in by a telephone. It holds the number and nothing else; no module's table is joined to it but that
-- module's own list of what the resident claimed there.
CREATE TABLE visitor (
    id          @blob NOT NULL,
    phone       @blob NOT NULL,
    phone_blind @blob NOT NULL,
    made_at     @int  NOT NULL,
    seen_at     @int  NOT NULL,
    CONSTRAINT visitor_id PRIMARY KEY (id)
) @clustered;
CREATE UNIQUE INDEX visitor_phone ON visitor (phone_blind);
CREATE INDEX visitor_by_age ON visitor (seen_at, id);

-- A code that was sent. The code itself is nowhere: it is worked out from the id under a key of the district.
CREATE TABLE visitor_code (
    id          @blob NOT NULL,
    phone       @blob NOT NULL,
    phone_blind @blob NOT NULL,
    made_at     @int  NOT NULL,
    tries       @int  NOT NULL,
    used        @int  NOT NULL CONSTRAINT visitor_code_used CHECK (used IN (0, 1)),
    CONSTRAINT visitor_code_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX visitor_code_by_phone ON visitor_code (phone_blind, made_at);
CREATE INDEX visitor_code_by_age ON visitor_code (made_at, id);

-- Only the digest of what the browser keeps.
CREATE TABLE visitor_session (
    token   @blob NOT NULL,
    visitor @blob NOT NULL,
    until   @int  NOT NULL,
    CONSTRAINT visitor_session_token PRIMARY KEY (token),
    CONSTRAINT visitor_session_visitor FOREIGN KEY (visitor) REFERENCES visitor (id)
) @clustered;
CREATE INDEX visitor_session_by_visitor ON visitor_session (visitor);
CREATE INDEX visitor_session_by_age ON visitor_session (until, token);
