-- An entry is kept for a term, which begins anew whenever somebody confirms or changes it.
ALTER TABLE resident ADD COLUMN confirmed_at @int NOT NULL DEFAULT 0;
UPDATE resident SET confirmed_at = changed_at;
CREATE INDEX resident_by_term ON resident (confirmed_at, id);

-- By what right notes for care are kept: consent of whom, by what means, on which day, or a duty that the law sets; who noted
-- it and when; whether it was withdrawn. It holds codes and days only.
CREATE TABLE resident_basis (
    told         @blob NOT NULL,
    resident     @blob NOT NULL,
    ground       @text NOT NULL CONSTRAINT resident_basis_ground CHECK (ground IN ('consent', 'guardian', 'duty')),
    means        @text CONSTRAINT resident_basis_means CHECK (means IN ('written', 'spoken', 'telephone', 'online')),
    on_day       @text NOT NULL,
    noted_by     @blob,
    noted_at     @int NOT NULL,
    withdrawn_at @int,
    CONSTRAINT resident_basis_key PRIMARY KEY (told),
    CONSTRAINT resident_basis_whole CHECK ((means IS NULL) = (ground = 'duty'))
) @clustered;
CREATE INDEX resident_basis_by_resident ON resident_basis (resident, noted_at);

-- That an entry was erased, from which register, when and why: nothing of what it said.
CREATE TABLE resident_gone (
    told      @blob NOT NULL,
    resident  @blob NOT NULL,
    community @blob NOT NULL,
    gone_at   @int NOT NULL,
    why       @text NOT NULL CONSTRAINT resident_gone_why CHECK (why IN ('moved', 'died', 'asked', 'wrong', 'term', 'undone', 'twice')),
    gone_by   @blob,
    CONSTRAINT resident_gone_key PRIMARY KEY (told)
) @clustered;
CREATE INDEX resident_gone_by_community ON resident_gone (community, gone_at, told);
