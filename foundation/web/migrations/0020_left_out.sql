-- Rows of a file that were taken for no records, sealed, since they may say something about residents; gone with the file.
ALTER TABLE brought ADD COLUMN left_out @blob;
-- Those that a person wants taken in all the same: their numbers in the file, as JSON.
ALTER TABLE brought ADD COLUMN taken @text NOT NULL DEFAULT '[]';
