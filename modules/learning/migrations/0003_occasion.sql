-- What a collective study was at the same time: the branch's theme day or a Party lecture, which rules want so many times.
ALTER TABLE collective_study ADD COLUMN occasion @text NOT NULL DEFAULT 'study'
    CONSTRAINT collective_occasion CHECK (occasion IN ('study', 'theme_day', 'lecture'));
