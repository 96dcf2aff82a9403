-- What came of a closed test by the unit for which it was sat: figures of 100,000 seats are read from as many rows as there are
-- units. Nobody is named; it follows from the seats and the sittings, and is compared with them.
CREATE TABLE test_unit (
    test     @blob NOT NULL,
    unit     @blob NOT NULL,
    enrolled @int  NOT NULL,
    -- Who has a score, and who of them passed.
    sat      @int  NOT NULL,
    passed   @int  NOT NULL,
    -- The best scores in tenths of a percent of the full marks, added up; and their squares.
    won      @int  NOT NULL,
    squares  @int  NOT NULL,
    CONSTRAINT test_unit_key PRIMARY KEY (test, unit),
    CONSTRAINT test_unit_test FOREIGN KEY (test) REFERENCES theory_test (id)
) @clustered;
CREATE INDEX seat_by_unit ON seat (test, unit, person);
INSERT INTO test_unit (test, unit, enrolled, sat, passed, won, squares)
SELECT b.test, b.unit, COUNT(*),
       CAST(SUM(CASE WHEN b.best IS NULL THEN 0 ELSE 1 END) AS BIGINT),
       CAST(SUM(CASE WHEN b.best * 100 >= b.full_marks * b.pass THEN 1 ELSE 0 END) AS BIGINT),
       CAST(COALESCE(SUM(b.best * 1000 / b.full_marks), 0) AS BIGINT),
       CAST(COALESCE(SUM((b.best * 1000 / b.full_marks) * (b.best * 1000 / b.full_marks)), 0) AS BIGINT)
  FROM (SELECT s.test, s.unit, t.pass, p.full_marks,
               (SELECT MAX(a.score) FROM attempt a WHERE a.test = s.test AND a.person = s.person) AS best
          FROM seat s JOIN theory_test t ON t.id = s.test JOIN paper p ON p.id = t.paper WHERE t.state = 'closed') b
 GROUP BY b.test, b.unit;
