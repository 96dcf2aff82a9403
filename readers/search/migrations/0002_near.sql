-- Documents of a place lie together, by which likeness reads the newest of them in one walk. They are brought anew by the
-- reader of the record, whose version tells it to begin again.
DROP TABLE search_doc;
CREATE TABLE search_doc (
    shelf @int NOT NULL,
    -- Where it is: likeness is asked for near a place.
    area @blob NOT NULL,
    -- The number that it was given when it was first found, of all on its shelf.
    n @int NOT NULL,
    doc @blob NOT NULL,
    -- Its words as numbers of four bytes, in order.
    terms @blob NOT NULL,
    CONSTRAINT search_doc_key PRIMARY KEY (shelf, area, n)
) @clustered;
CREATE UNIQUE INDEX search_doc_n ON search_doc (shelf, n);
CREATE UNIQUE INDEX search_doc_id ON search_doc (shelf, doc);
DELETE FROM search_posting;
