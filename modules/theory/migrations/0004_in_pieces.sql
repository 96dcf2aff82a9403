-- Enrolling goes in pieces: how far it is, as JSON; nothing once everybody has a seat.
ALTER TABLE theory_test ADD COLUMN enrolling @text;
-- The last batch of seats that was told that the test is soon, and that its results are out.
ALTER TABLE theory_test ADD COLUMN reminded @int NOT NULL DEFAULT 0;
ALTER TABLE theory_test ADD COLUMN results_told @int;
CREATE INDEX theory_test_enrolling ON theory_test (id) WHERE enrolling IS NOT NULL;
CREATE INDEX seat_by_batch ON seat (test, batch, person);
