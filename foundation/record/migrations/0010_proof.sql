-- The log is a Merkle tree now. `head` stays what it was: the chained digest of the first `chained`
-- leaves of a store that was begun before; in one begun since, both stay at nothing.
ALTER TABLE log_head ADD COLUMN chained @int NOT NULL DEFAULT 0;
UPDATE log_head SET chained = size;

-- How far the tree has grown, and its root (RFC 9162). One row, moved on by compare-and-swap.
CREATE TABLE log_tree (
    one  @int  NOT NULL PRIMARY KEY CONSTRAINT log_tree_one CHECK (one = 1),
    size @int  NOT NULL,
    root @blob NOT NULL
) @end;

-- The tree's tiles of 256 hashes (C2SP tlog-tiles): level * 2^48 + number in its level. The last one
-- of each level grows; a tile of fewer hashes is its beginning.
CREATE TABLE log_tile (
    id     @int  NOT NULL PRIMARY KEY,
    hashes @blob NOT NULL
) @end;

-- What the log calls itself and the key that its signatures are checked with. Written once.
CREATE TABLE log_origin (
    one    @int  NOT NULL PRIMARY KEY CONSTRAINT log_origin_one CHECK (one = 1),
    origin @text NOT NULL,
    vkey   @text NOT NULL
) @end;

-- Signed heads of the tree (C2SP checkpoints): the newest, the first of each hour, and those that were
-- shown to a witness. What is signed is never signed otherwise: a size has one row.
CREATE TABLE checkpoint (
    size @int  NOT NULL PRIMARY KEY,
    at   @int  NOT NULL,
    kept @int  NOT NULL CONSTRAINT checkpoint_kept_bool CHECK (kept IN (0, 1)),
    note @text NOT NULL
) @end;

-- Witnesses that are asked, and how the last asking went.
CREATE TABLE witness (
    vkey     @text NOT NULL PRIMARY KEY,
    size     @int  NOT NULL,
    asked_at @int,
    failure  @text
) @end;

-- What witnesses have signed: a line of a note for each checkpoint and witness.
CREATE TABLE cosignature (
    size @int  NOT NULL,
    vkey @text NOT NULL,
    at   @int  NOT NULL,
    line @text NOT NULL,
    CONSTRAINT cosignature_key PRIMARY KEY (size, vkey)
) @end;

-- What somebody decided about an event that was set aside. The event EventSettled says the same.
ALTER TABLE quarantined_event ADD COLUMN outcome @text CONSTRAINT quarantined_event_outcome_known CHECK (outcome IN ('taken_back', 'left_out'));
ALTER TABLE quarantined_event ADD COLUMN settled_at @int;
ALTER TABLE quarantined_event ADD COLUMN settled_by @blob;
ALTER TABLE quarantined_event ADD COLUMN note @text;
ALTER TABLE quarantined_event ADD COLUMN salt @blob;
