-- The two trees in one table: the four levels with the departments, and the Party organisations.
CREATE TABLE unit (
    id         @blob NOT NULL PRIMARY KEY,
    code       @text NOT NULL,
    name       @text NOT NULL,
    phone      @text,
    level      @text NOT NULL,
    parent     @blob,
    ord        @int  NOT NULL,
    valid_from @int  NOT NULL,
    valid_to   @int,
    successor  @blob,
    salt       @blob NOT NULL
) @end;
CREATE UNIQUE INDEX unit_code ON unit (code) WHERE valid_to IS NULL;

-- One row: a digest chained over every change of `unit`, by which a tree in memory is known to be current.
CREATE TABLE unit_version (
    one     @int  NOT NULL PRIMARY KEY CONSTRAINT unit_version_one CHECK (one = 1),
    version @blob NOT NULL,
    prior   @blob NOT NULL
) @end;

-- Staff and Party members. Residents are never here.
CREATE TABLE person (
    id         @blob NOT NULL PRIMARY KEY,
    name       @text NOT NULL,
    phone      @text,
    created_at @int  NOT NULL,
    salt       @blob NOT NULL
) @end;

CREATE TABLE post (
    id         @blob NOT NULL PRIMARY KEY,
    unit       @blob NOT NULL REFERENCES unit (id),
    reach      @blob NOT NULL REFERENCES unit (id),
    role       @text NOT NULL,
    title      @text NOT NULL,
    created_at @int  NOT NULL,
    salt       @blob NOT NULL
) @end;
CREATE INDEX post_by_unit ON post (unit);

-- Who holds a post, from when until when. Rows are ended, not removed.
CREATE TABLE holding (
    id         @blob NOT NULL PRIMARY KEY,
    post       @blob NOT NULL REFERENCES post (id),
    person     @blob NOT NULL REFERENCES person (id),
    from_at    @int  NOT NULL,
    to_at      @int
) @end;
CREATE UNIQUE INDEX holding_open ON holding (person, post) WHERE to_at IS NULL;
CREATE INDEX holding_by_post ON holding (post);
CREATE INDEX holding_by_person ON holding (person);

CREATE TABLE account (
    id          @blob NOT NULL PRIMARY KEY,
    person      @blob NOT NULL REFERENCES person (id),
    login       @text NOT NULL,
    hash        @text NOT NULL,
    locked      @int  NOT NULL CHECK (locked IN (0, 1)),
    totp        @blob,
    totp_step   @int  NOT NULL,
    created_at  @int  NOT NULL,
    password_at @int  NOT NULL
) @end;
CREATE UNIQUE INDEX account_login ON account (login);
CREATE UNIQUE INDEX account_person ON account (person);

-- Codes for when the phone is lost, hashed; a used one is gone.
CREATE TABLE recovery_code (
    account @blob NOT NULL REFERENCES account (id),
    hash    @blob NOT NULL,
    PRIMARY KEY (account, hash)
) @end;

-- A secret of a second factor that its owner has not confirmed yet.
CREATE TABLE totp_offer (
    account @blob NOT NULL PRIMARY KEY REFERENCES account (id),
    secret  @blob NOT NULL,
    made_at @int  NOT NULL
) @end;

-- Failed sign-ins by the digest of what was typed as login, whether or not there is such an account.
CREATE TABLE sign_in_guard (
    login        @blob NOT NULL PRIMARY KEY,
    failures     @int  NOT NULL,
    last_at      @int  NOT NULL,
    locked_until @int
) @end;
CREATE INDEX sign_in_guard_by_age ON sign_in_guard (last_at);

CREATE TABLE session (
    token      @blob NOT NULL PRIMARY KEY,
    id         @blob NOT NULL,
    account    @blob NOT NULL REFERENCES account (id),
    created_at @int  NOT NULL,
    seen_at    @int  NOT NULL,
    agent      @text NOT NULL,
    whole      @int  NOT NULL CHECK (whole IN (0, 1))
) @end;
CREATE UNIQUE INDEX session_id ON session (id);
CREATE INDEX session_by_account ON session (account, created_at);

-- One-time codes that let a person open an account or set a new password. Only the hash is here.
CREATE TABLE invitation (
    code       @blob NOT NULL PRIMARY KEY,
    person     @blob NOT NULL REFERENCES person (id),
    login      @text NOT NULL,
    reset_totp @int  NOT NULL CHECK (reset_totp IN (0, 1)),
    made_at    @int  NOT NULL,
    expires_at @int  NOT NULL
) @end;
CREATE INDEX invitation_by_person ON invitation (person);

-- The code with which the first administrator is made; gone once it was used.
CREATE TABLE setup_code (
    one        @int  NOT NULL PRIMARY KEY CONSTRAINT setup_code_one CHECK (one = 1),
    code       @blob NOT NULL,
    expires_at @int  NOT NULL
) @end;
