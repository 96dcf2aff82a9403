-- Why a test was called off, in the words of its office; and the last batch of seats that was told so. Of those that were called
-- off before anybody was told there is neither.
ALTER TABLE theory_test ADD COLUMN why @text NOT NULL DEFAULT '';
ALTER TABLE theory_test ADD COLUMN off_told @int;
