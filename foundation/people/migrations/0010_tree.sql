-- Those who hold a role are found without reading all posts.
CREATE INDEX post_by_role ON post (role);

-- 代理: held for a time, from and until set beforehand.
ALTER TABLE holding ADD COLUMN acting @int NOT NULL DEFAULT 0;

-- A post that ended, and the one that took its place.
ALTER TABLE post ADD COLUMN valid_to @int;
ALTER TABLE post ADD COLUMN successor @blob;

-- What a unit was called before, until when. Its code and place never change: another code is another unit.
CREATE TABLE unit_was (
    unit     @blob NOT NULL REFERENCES unit (id),
    until_at @int  NOT NULL,
    name     @text NOT NULL,
    phone    @text,
    ord      @int  NOT NULL,
    PRIMARY KEY (unit, until_at)
) @end;

-- What a unit gave something to: part of a community that was split, all of one that was merged.
CREATE TABLE unit_succession (
    unit      @blob NOT NULL REFERENCES unit (id),
    successor @blob NOT NULL REFERENCES unit (id),
    at        @int  NOT NULL,
    PRIMARY KEY (unit, successor)
) @end;
CREATE INDEX unit_succession_by_successor ON unit_succession (successor);

-- Which Party organisation is that of which unit: said explicitly, by nobody's name.
CREATE TABLE unit_link (
    id      @blob NOT NULL PRIMARY KEY,
    unit    @blob NOT NULL REFERENCES unit (id),
    party   @blob NOT NULL REFERENCES unit (id),
    from_at @int  NOT NULL,
    to_at   @int
) @end;
CREATE UNIQUE INDEX unit_link_open ON unit_link (unit, party) WHERE to_at IS NULL;
CREATE INDEX unit_link_by_party ON unit_link (party);

-- 第一责任人 and 一岗双责: which post answers for what in which unit. Whoever holds the post does.
CREATE TABLE unit_duty (
    id      @blob NOT NULL PRIMARY KEY,
    unit    @blob NOT NULL REFERENCES unit (id),
    post    @blob NOT NULL REFERENCES post (id),
    kind    @text NOT NULL CONSTRAINT unit_duty_kind_known CHECK (kind IN ('principal', 'dual')),
    matter  @text NOT NULL,
    salt    @blob NOT NULL,
    from_at @int  NOT NULL,
    to_at   @int
) @end;
CREATE INDEX unit_duty_by_unit ON unit_duty (unit);
CREATE INDEX unit_duty_by_post ON unit_duty (post);

-- What the board of a grid says of it, where it is known.
CREATE TABLE grid_profile (
    grid       @blob NOT NULL PRIMARY KEY REFERENCES unit (id),
    special    @int  NOT NULL CHECK (special IN (0, 1)),
    scope      @text NOT NULL,
    area       @text NOT NULL,
    households @int,
    people     @int,
    buildings  @int,
    watch      @text NOT NULL,
    note       @text NOT NULL,
    salt       @blob NOT NULL
) @end;
