-- A recording that belongs to a question, sound or film: its SHA-256, by which it lies among the blobs, what it is, and the name
-- of the file, by which questions in Word and Excel name it.
ALTER TABLE question_text ADD COLUMN recording @blob;
ALTER TABLE question_text ADD COLUMN recording_kind @text;
ALTER TABLE question_text ADD COLUMN recording_name @text;

-- Recordings that were sent for an import in hand: a question that names one waits for it.
CREATE TABLE question_import_file (
    brought @blob NOT NULL,
    -- Folded, as names are compared.
    name    @text NOT NULL,
    shown   @text NOT NULL,
    digest  @blob NOT NULL,
    kind    @text NOT NULL,
    CONSTRAINT question_import_file_key PRIMARY KEY (brought, name),
    CONSTRAINT question_import_file_of FOREIGN KEY (brought) REFERENCES question_import (id)
) @clustered;
