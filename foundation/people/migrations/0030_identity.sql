-- Passwords that were used, newest last, so that none of the last few is taken again.
CREATE TABLE password_past (
    account @blob NOT NULL REFERENCES account (id),
    at      @int  NOT NULL,
    hash    @text NOT NULL,
    PRIMARY KEY (account, at)
) @end;

-- How a session began: by password, passkey, another house's sign-in, or as a demonstration.
ALTER TABLE session ADD COLUMN way @text NOT NULL DEFAULT 'password';

-- Keys that lie in a phone, a computer or a stick, and sign in its owner by a touch.
CREATE TABLE passkey (
    id         @blob NOT NULL PRIMARY KEY,
    account    @blob NOT NULL REFERENCES account (id),
    credential @blob NOT NULL,
    -- The public key: algorithm as COSE numbers it, then the key itself.
    algorithm  @int  NOT NULL,
    public_key @blob NOT NULL,
    counter    @int  NOT NULL,
    label      @text NOT NULL,
    made_at    @int  NOT NULL,
    used_at    @int,
    salt       @blob NOT NULL
) @end;
CREATE UNIQUE INDEX passkey_credential ON passkey (credential);
CREATE INDEX passkey_by_account ON passkey (account);

-- What a browser was asked to sign, good once and for minutes; by the digest of what the browser keeps.
CREATE TABLE challenge (
    digest     @blob NOT NULL PRIMARY KEY,
    bytes      @blob NOT NULL,
    account    @blob,
    expires_at @int  NOT NULL
) @end;
CREATE INDEX challenge_by_age ON challenge (expires_at);

-- Which account an identity of another house is: the issuer with its subject, digested with a key.
CREATE TABLE outside_identity (
    identity @blob NOT NULL PRIMARY KEY,
    account  @blob NOT NULL REFERENCES account (id),
    issuer   @text NOT NULL,
    made_at  @int  NOT NULL
) @end;
CREATE INDEX outside_identity_by_account ON outside_identity (account);

-- A sign-in that was sent to another house and has not come back yet.
CREATE TABLE outside_visit (
    state      @blob NOT NULL PRIMARY KEY,
    sealed     @blob NOT NULL,
    expires_at @int  NOT NULL
) @end;
CREATE INDEX outside_visit_by_age ON outside_visit (expires_at);
