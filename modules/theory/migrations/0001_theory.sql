-- A bank of questions, kept by a unit and open to the units under it.
CREATE TABLE bank (
    id         @blob NOT NULL,
    unit       @blob NOT NULL,
    name       @text NOT NULL,
    salt       @blob NOT NULL,
    created_at @int  NOT NULL,
    created_by @blob NOT NULL,
    CONSTRAINT bank_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX bank_by_unit ON bank (unit);

-- A question; its words stand by version, and a version that was written is never changed.
CREATE TABLE question (
    id      @blob NOT NULL,
    bank    @blob NOT NULL,
    v       @int  NOT NULL,
    retired @int  NOT NULL CONSTRAINT question_retired CHECK (retired IN (0, 1)),
    -- A digest over the folded stem and options, by which the same question is known when it is brought in again.
    alike   @blob NOT NULL,
    CONSTRAINT question_id PRIMARY KEY (id),
    CONSTRAINT question_bank FOREIGN KEY (bank) REFERENCES bank (id)
) @clustered;
CREATE INDEX question_by_bank ON question (bank, id);
CREATE INDEX question_alike ON question (bank, alike);

CREATE TABLE question_text (
    question   @blob NOT NULL,
    v          @int  NOT NULL,
    kind       @text NOT NULL CONSTRAINT question_kind CHECK (kind IN ('single', 'multiple', 'judge', 'blank', 'short')),
    topic      @text NOT NULL,
    difficulty @int  NOT NULL CONSTRAINT question_difficulty CHECK (difficulty BETWEEN 1 AND 5),
    stem       @text NOT NULL,
    -- One option a line.
    options    @text NOT NULL,
    -- Letters; for blanks a line for each, with what is also right behind a bar; for a short answer what is expected.
    answer     @text NOT NULL,
    note       @text NOT NULL,
    salt       @blob NOT NULL,
    written_at @int  NOT NULL,
    written_by @blob NOT NULL,
    CONSTRAINT question_text_key PRIMARY KEY (question, v),
    CONSTRAINT question_text_question FOREIGN KEY (question) REFERENCES question (id)
) @clustered;

-- A paper: what is asked, in one or several versions of equal difficulty. It is never changed.
CREATE TABLE paper (
    id         @blob NOT NULL,
    unit       @blob NOT NULL,
    bank       @blob NOT NULL,
    name       @text NOT NULL,
    -- How it was drawn: empty for chosen questions, else the blueprint.
    blueprint  @text NOT NULL,
    questions  @int  NOT NULL,
    variants   @int  NOT NULL,
    -- Tenths of a point.
    full_marks @int  NOT NULL,
    by_hand    @int  NOT NULL CONSTRAINT paper_by_hand CHECK (by_hand IN (0, 1)),
    salt       @blob NOT NULL,
    created_at @int  NOT NULL,
    created_by @blob NOT NULL,
    CONSTRAINT paper_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX paper_by_unit ON paper (unit);

CREATE TABLE paper_variant (
    paper      @blob NOT NULL,
    n          @int  NOT NULL,
    -- Which questions in which version and order, with the order of their options and the points.
    items      @text NOT NULL,
    -- What is right, by the place and the letters as they are shown.
    answers    @text NOT NULL,
    -- Hundredths of the mean of the difficulty.
    difficulty @int  NOT NULL,
    CONSTRAINT paper_variant_key PRIMARY KEY (paper, n),
    CONSTRAINT paper_variant_paper FOREIGN KEY (paper) REFERENCES paper (id)
) @clustered;

-- The pages of a version, made once, squeezed, and named by a digest of what is in them.
CREATE TABLE paper_page (
    digest  @blob NOT NULL,
    paper   @blob NOT NULL,
    variant @int  NOT NULL,
    lang    @text NOT NULL,
    body    @blob NOT NULL,
    CONSTRAINT paper_page_digest PRIMARY KEY (digest),
    CONSTRAINT paper_page_paper FOREIGN KEY (paper) REFERENCES paper (id)
);
CREATE INDEX paper_page_by_paper ON paper_page (paper, variant, lang);

-- A test: a paper, who sits it, when and how long.
CREATE TABLE theory_test (
    id            @blob NOT NULL,
    unit          @blob NOT NULL,
    paper         @blob NOT NULL,
    name          @text NOT NULL,
    -- The unit whose people sit it; nothing for a list of people.
    scope         @blob,
    opens_at      @int  NOT NULL,
    closes_at     @int  NOT NULL,
    minutes       @int  NOT NULL,
    -- Minutes after the opening when nobody may begin any more; 0 for until it closes.
    late          @int  NOT NULL,
    -- Minutes after the start before which nobody hands in.
    early         @int  NOT NULL,
    attempts      @int  NOT NULL,
    -- Percent of the full marks from which it is passed.
    pass          @int  NOT NULL,
    open_book     @int  NOT NULL CONSTRAINT theory_test_open_book CHECK (open_book IN (0, 1)),
    -- Several marked instead of one: half the points where nothing wrong was chosen.
    partial       @int  NOT NULL CONSTRAINT theory_test_partial CHECK (partial IN (0, 1)),
    -- Short answers are marked by two; beyond so many percent of a question's points between them by a third. 0: one marks.
    second        @int  NOT NULL,
    -- The score is shown when it is handed in, else once the test is closed.
    shown_at_once @int  NOT NULL CONSTRAINT theory_test_shown CHECK (shown_at_once IN (0, 1)),
    -- The test that this one is the retake of.
    retake_of     @blob,
    enrolled      @int  NOT NULL,
    state         @text NOT NULL CONSTRAINT theory_test_state CHECK (state IN ('set', 'closed', 'cancelled')),
    salt          @blob NOT NULL,
    created_at    @int  NOT NULL,
    created_by    @blob NOT NULL,
    -- Once it is closed: how many sat, and the mean and the spread of their scores in tenths of a percent.
    sat           @int,
    mean          @int,
    spread        @int,
    CONSTRAINT theory_test_id PRIMARY KEY (id),
    CONSTRAINT theory_test_paper FOREIGN KEY (paper) REFERENCES paper (id)
) @clustered;
CREATE INDEX theory_test_by_unit ON theory_test (unit, id);
CREATE INDEX theory_test_by_state ON theory_test (state, closes_at);

-- Who sits a test, fixed when it is set.
CREATE TABLE seat (
    test   @blob NOT NULL,
    person @blob NOT NULL,
    unit   @blob NOT NULL,
    batch  @int  NOT NULL,
    -- Percent more time, and large type.
    extra  @int  NOT NULL,
    large  @int  NOT NULL CONSTRAINT seat_large CHECK (large IN (0, 1)),
    salt   @blob,
    CONSTRAINT seat_key PRIMARY KEY (test, person),
    CONSTRAINT seat_test FOREIGN KEY (test) REFERENCES theory_test (id)
) @clustered;
CREATE INDEX seat_by_person ON seat (person, test);

-- A sitting. One row holds all that was answered, packed: saving an answer changes one row, marking reads one.
CREATE TABLE attempt (
    test         @blob NOT NULL,
    person       @blob NOT NULL,
    n            @int  NOT NULL,
    id           @blob NOT NULL,
    unit         @blob NOT NULL,
    variant      @int  NOT NULL,
    started_at   @int  NOT NULL,
    ends_at      @int  NOT NULL,
    -- Working state until it is handed in.
    sheet        @blob NOT NULL,
    saved_at     @int  NOT NULL,
    submitted_at @int,
    -- person, time, office (typed in from paper)
    how          @text NOT NULL CONSTRAINT attempt_how CHECK (how IN ('', 'person', 'time', 'office')),
    salt         @blob NOT NULL,
    -- Tenths of a point: by the key, by hand, and both where all is marked.
    by_key       @int,
    by_hand      @int,
    score        @int,
    CONSTRAINT attempt_key PRIMARY KEY (test, person, n),
    CONSTRAINT attempt_test FOREIGN KEY (test) REFERENCES theory_test (id)
) @clustered;
CREATE UNIQUE INDEX attempt_id ON attempt (id);
CREATE INDEX attempt_open ON attempt (ends_at) WHERE submitted_at IS NULL;
CREATE INDEX attempt_by_person ON attempt (person, test);

-- Points given by hand for one answer, by the first, the second and the third who marked it.
CREATE TABLE hand_mark (
    attempt   @blob NOT NULL,
    place     @int  NOT NULL,
    round     @int  NOT NULL,
    points    @int  NOT NULL,
    salt      @blob NOT NULL,
    marked_by @blob NOT NULL,
    marked_at @int  NOT NULL,
    CONSTRAINT hand_mark_key PRIMARY KEY (attempt, place, round)
) @clustered;

-- An answer sheet of a paper sitting as the first of two typed it in.
CREATE TABLE typed_sheet (
    test     @blob NOT NULL,
    person   @blob NOT NULL,
    variant  @int  NOT NULL,
    sheet    @blob NOT NULL,
    typed_by @blob NOT NULL,
    typed_at @int  NOT NULL,
    CONSTRAINT typed_sheet_key PRIMARY KEY (test, person)
) @clustered;
