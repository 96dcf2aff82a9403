-- A resident may sign in without a telephone, by another house's word. SQLite cannot loosen a column, so the table is made
-- anew; sessions of half a day are not carried over.
DROP TABLE visitor_session;
CREATE TABLE visitor_before (id @blob NOT NULL, phone @blob, phone_blind @blob, made_at @int NOT NULL, seen_at @int NOT NULL) @end;
INSERT INTO visitor_before (id, phone, phone_blind, made_at, seen_at) SELECT id, phone, phone_blind, made_at, seen_at FROM visitor;
DROP TABLE visitor;

-- A resident who signs in: the number that they proved, if they did, and nothing else that says who it is.
CREATE TABLE visitor (
    id          @blob NOT NULL,
    phone       @blob,
    phone_blind @blob,
    made_at     @int  NOT NULL,
    seen_at     @int  NOT NULL,
    CONSTRAINT visitor_id PRIMARY KEY (id),
    CONSTRAINT visitor_whole CHECK ((phone IS NULL) = (phone_blind IS NULL))
) @clustered;
CREATE UNIQUE INDEX visitor_phone ON visitor (phone_blind);
CREATE INDEX visitor_by_age ON visitor (seen_at, id);
INSERT INTO visitor (id, phone, phone_blind, made_at, seen_at) SELECT id, phone, phone_blind, made_at, seen_at FROM visitor_before;
DROP TABLE visitor_before;

-- Who a resident is elsewhere: the issuer and the subject as one digest under a key of this purpose; neither name nor number.
CREATE TABLE visitor_identity (
    identity @blob NOT NULL,
    visitor  @blob NOT NULL,
    made_at  @int  NOT NULL,
    CONSTRAINT visitor_identity_key PRIMARY KEY (identity),
    CONSTRAINT visitor_identity_visitor FOREIGN KEY (visitor) REFERENCES visitor (id)
) @clustered;
CREATE INDEX visitor_identity_by_visitor ON visitor_identity (visitor);

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
