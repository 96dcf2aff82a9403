-- Documents by the number that they were given when they were first found. Numbers are given in the order
-- of the record, so that the highest is the newest. A document that is gone keeps its number, without words.
CREATE TABLE search_doc (
    shelf @int NOT NULL,
    n @int NOT NULL,
    doc @blob NOT NULL,
    -- Where it is: likeness is asked for near a place.
    area @blob NOT NULL,
    -- Its words as numbers of four bytes, in order.
    terms @blob NOT NULL,
    CONSTRAINT search_doc_key PRIMARY KEY (shelf, n)
) @clustered;

CREATE UNIQUE INDEX search_doc_id ON search_doc (shelf, doc);
CREATE INDEX search_doc_area ON search_doc (shelf, area, n);

-- Which documents of a full segment have a word: their numbers within it, two bytes each, in order. A
-- segment is written once, when it is full; the documents after it are looked through one by one.
CREATE TABLE search_posting (
    -- The shelf and the word.
    term @int NOT NULL,
    segment @int NOT NULL,
    docs @blob NOT NULL,
    CONSTRAINT search_posting_key PRIMARY KEY (term, segment)
) @clustered;
