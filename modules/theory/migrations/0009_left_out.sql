-- Rows of a table that were taken for no questions (totals, instructions), as JSON: who brings it in sees them.
ALTER TABLE question_import ADD COLUMN left_out @text;
