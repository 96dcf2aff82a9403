-- Texts whose kind is known because somebody labelled them: what suggestions are learned from, beside
-- dispatches that people confirmed.
CREATE TABLE concern_label (
    -- SHA-256 of the text, by which the same case is known again.
    key @blob NOT NULL,
    kind @text NOT NULL,
    head @text NOT NULL,
    body @text NOT NULL,
    CONSTRAINT concern_label_key PRIMARY KEY (key),
    CONSTRAINT concern_label_kind FOREIGN KEY (kind) REFERENCES concern_kind (code)
) @clustered;

-- What was learned: one row a model, made anew as a whole.
CREATE TABLE concern_model (
    name @text NOT NULL CONSTRAINT concern_model_name_known CHECK (name IN ('top', 'leaf', 'unit')),
    body @blob NOT NULL,
    -- SHA-256 of the body: by it a process knows what it has in memory.
    digest @blob NOT NULL,
    cases @int NOT NULL,
    -- What was measured when it was trained, as JSON.
    measured @text NOT NULL,
    trained_at @int NOT NULL,
    CONSTRAINT concern_model_name PRIMARY KEY (name)
) @end;
