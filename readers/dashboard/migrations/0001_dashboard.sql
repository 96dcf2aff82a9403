-- The outline of each unit that has one: rings of points, as `shape` packs them.
CREATE TABLE map_shape (
    unit  @blob NOT NULL,
    rings @blob NOT NULL,
    CONSTRAINT map_shape_unit PRIMARY KEY (unit)
) @clustered;

-- Links by which a screen on a wall is let in without an account, each for one screen and revocable.
CREATE TABLE wall_link (
    id         @blob NOT NULL,
    unit       @blob NOT NULL,
    -- Where the screen hangs, in the words of whoever made the link; the record holds a salted digest.
    name       @text NOT NULL,
    salt       @blob NOT NULL,
    -- SHA-256 of the secret in the link.
    secret     @blob NOT NULL,
    made_at    @int  NOT NULL,
    revoked_at @int,
    CONSTRAINT wall_link_id PRIMARY KEY (id)
) @clustered;

CREATE UNIQUE INDEX wall_link_secret ON wall_link (secret);
