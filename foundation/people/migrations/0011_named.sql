-- Tables of staff name people by their names: each row looks one up.
CREATE INDEX person_by_name ON person (name);
