-- Rows of the file that were taken for no records and are taken in all the same: their numbers, as JSON.
ALTER TABLE concern_import ADD COLUMN taken @text NOT NULL DEFAULT '[]';
