-- A picture that belongs to a question: its SHA-256, by which it lies among the blobs.
ALTER TABLE question_text ADD COLUMN picture @blob;
