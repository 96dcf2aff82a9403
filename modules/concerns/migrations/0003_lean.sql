-- Every index is written with every submission. One of a town that also holds where in the town serves
-- the lists of its communities and grids as well.
DROP INDEX concern_community;
DROP INDEX concern_town;
CREATE INDEX concern_town ON concern (town, id, community, place) WHERE town IS NOT NULL;

-- The same table as before, with a check that SQLite answers without making a table of the values.
CREATE TABLE concern_words (
    concern @blob NOT NULL,
    event @blob NOT NULL,
    part @text NOT NULL CONSTRAINT concern_words_part_known CHECK (
        part = 'words' OR part = 'spot' OR part = 'handlers' OR part = 'shown' OR part = 'note'),
    -- One of the two: sealed where the resident asked that handlers should not know them.
    body @text,
    sealed @blob,
    salt @blob NOT NULL,
    CONSTRAINT concern_words_key PRIMARY KEY (concern, event, part),
    CONSTRAINT concern_words_one_body CHECK ((body IS NULL) <> (sealed IS NULL)),
    CONSTRAINT concern_words_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;
INSERT INTO concern_words (concern, event, part, body, sealed, salt) SELECT concern, event, part, body, sealed, salt FROM concern_text;
DROP TABLE concern_text;
ALTER TABLE concern_words RENAME TO concern_text;
