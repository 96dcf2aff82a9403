-- What a class is: training together, the district's yearly round for secretaries, training of new ones, a lecture.
ALTER TABLE training_class ADD COLUMN sort @text NOT NULL DEFAULT 'training'
    CONSTRAINT class_sort CHECK (sort IN ('training', 'rotation', 'induction', 'lecture'));
ALTER TABLE training_class ADD COLUMN v @int NOT NULL DEFAULT 1;

-- A class as it stood until it was corrected, under the version that it had.
CREATE TABLE class_was (
    class      @blob NOT NULL,
    v          @int  NOT NULL,
    title      @text NOT NULL,
    place      @text NOT NULL,
    notice     @text NOT NULL,
    salt       @blob NOT NULL,
    quota      @int  NOT NULL,
    join_until @int  NOT NULL,
    must       @int  NOT NULL,
    -- Its days, one a line: when it began, when it ended, the minutes that it counted.
    days       @text NOT NULL,
    changed_at @int  NOT NULL,
    changed_by @blob NOT NULL,
    CONSTRAINT class_was_key PRIMARY KEY (class, v),
    CONSTRAINT class_was_class FOREIGN KEY (class) REFERENCES training_class (id)
) @clustered;

-- When those who had not studied yet were reminded of a plan.
ALTER TABLE study_plan ADD COLUMN reminded_at @int;

-- Who sits on the committee 班子 of a branch beside its secretary.
CREATE TABLE branch_committee (
    branch @blob NOT NULL,
    person @blob NOT NULL,
    CONSTRAINT branch_committee_key PRIMARY KEY (branch, person)
) @clustered;
CREATE INDEX branch_committee_by_person ON branch_committee (person, branch);
