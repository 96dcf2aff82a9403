-- A test that some sit on paper: its results wait for sheets that are typed in after it closed, for so long at most, or until
-- its office says that all are in.
ALTER TABLE theory_test ADD COLUMN on_paper @int NOT NULL DEFAULT 0 CONSTRAINT theory_test_on_paper CHECK (on_paper IN (0, 1));
ALTER TABLE theory_test ADD COLUMN typing_ended_at @int;
