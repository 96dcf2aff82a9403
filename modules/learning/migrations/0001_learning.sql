-- A course. Its owner is an organisation or a unit; who sees it follows from that.
CREATE TABLE course (
    id      @blob NOT NULL,
    unit    @blob NOT NULL,
    title   @text NOT NULL,
    about   @text NOT NULL,
    salt    @blob NOT NULL,
    state   @text NOT NULL CONSTRAINT course_state CHECK (state IN ('draft', 'open', 'closed')),
    v       @int  NOT NULL,
    made_at @int  NOT NULL,
    made_by @blob NOT NULL,
    CONSTRAINT course_id PRIMARY KEY (id)
) @clustered;

-- A lesson of a course, in its place. What is removed stays for those who completed it.
CREATE TABLE lesson (
    id        @blob NOT NULL,
    course    @blob NOT NULL,
    ord       @int  NOT NULL,
    kind      @text NOT NULL CONSTRAINT lesson_kind CHECK (kind IN ('text', 'document', 'audio', 'video', 'slides')),
    title     @text NOT NULL,
    -- Where it comes from, and of which day it is.
    source    @text NOT NULL,
    source_on @text NOT NULL,
    minutes   @int  NOT NULL CONSTRAINT lesson_minutes CHECK (minutes BETWEEN 1 AND 600),
    -- Markdown.
    body      @text NOT NULL,
    file      @blob,
    file_kind @text,
    file_size @int,
    salt      @blob NOT NULL,
    removed   @int  NOT NULL CONSTRAINT lesson_removed CHECK (removed IN (0, 1)),
    v         @int  NOT NULL,
    made_at   @int  NOT NULL,
    CONSTRAINT lesson_id PRIMARY KEY (id),
    CONSTRAINT lesson_course FOREIGN KEY (course) REFERENCES course (id)
) @clustered;
CREATE INDEX lesson_by_course ON lesson (course, ord);

-- Who completed what, once.
CREATE TABLE lesson_done (
    person  @blob NOT NULL,
    lesson  @blob NOT NULL,
    -- The day, as 2026-03-31, and the minutes that the lesson stood for then.
    done_on @text NOT NULL,
    minutes @int  NOT NULL,
    CONSTRAINT lesson_done_key PRIMARY KEY (person, lesson),
    CONSTRAINT lesson_done_lesson FOREIGN KEY (lesson) REFERENCES lesson (id)
) @clustered;
CREATE INDEX lesson_done_by_lesson ON lesson_done (lesson, person);

-- Working state: where somebody left off. No event tells of it and nothing is counted from it.
CREATE TABLE lesson_position (
    person  @blob NOT NULL,
    lesson  @blob NOT NULL,
    seconds @int  NOT NULL,
    seen_at @int  NOT NULL,
    CONSTRAINT lesson_position_key PRIMARY KEY (person, lesson)
) @clustered;

-- What is said of a lesson, by name.
CREATE TABLE remark (
    id        @blob NOT NULL,
    lesson    @blob NOT NULL,
    person    @blob NOT NULL,
    text      @text NOT NULL,
    salt      @blob NOT NULL,
    office    @int  NOT NULL CONSTRAINT remark_office CHECK (office IN (0, 1)),
    made_at   @int  NOT NULL,
    hidden_by @blob,
    reason    @text,
    CONSTRAINT remark_id PRIMARY KEY (id),
    CONSTRAINT remark_lesson FOREIGN KEY (lesson) REFERENCES lesson (id)
) @clustered;
CREATE INDEX remark_by_lesson ON remark (lesson, id);

-- What a unit's people are to have studied until a day.
CREATE TABLE study_plan (
    id        @blob NOT NULL,
    -- The unit that sets it, and the one whose people it is for, with all below it.
    unit      @blob NOT NULL,
    target    @blob NOT NULL,
    -- Only those who hold such a post; everybody where there is none.
    role      @text,
    title     @text NOT NULL,
    note      @text NOT NULL,
    salt      @blob NOT NULL,
    starts_on @text NOT NULL,
    due_on    @text NOT NULL,
    due_at    @int  NOT NULL,
    state     @text NOT NULL CONSTRAINT study_plan_state CHECK (state IN ('open', 'ended')),
    made_at   @int  NOT NULL,
    made_by   @blob NOT NULL,
    CONSTRAINT study_plan_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX study_plan_by_state ON study_plan (state, due_at);

CREATE TABLE study_plan_course (
    plan   @blob NOT NULL,
    course @blob NOT NULL,
    ord    @int  NOT NULL,
    CONSTRAINT study_plan_course_key PRIMARY KEY (plan, course),
    CONSTRAINT study_plan_course_plan FOREIGN KEY (plan) REFERENCES study_plan (id)
) @clustered;

-- How a plan came out for the people of one unit: met when all had studied before it was due.
CREATE TABLE study_plan_result (
    plan   @blob NOT NULL,
    branch @blob NOT NULL,
    met    @int  NOT NULL CONSTRAINT study_plan_result_met CHECK (met IN (0, 1)),
    people @int  NOT NULL,
    done   @int  NOT NULL,
    CONSTRAINT study_plan_result_key PRIMARY KEY (plan, branch),
    CONSTRAINT study_plan_result_plan FOREIGN KEY (plan) REFERENCES study_plan (id)
) @clustered;

-- Collective study 集中学习 of a branch.
CREATE TABLE collective_study (
    id        @blob NOT NULL,
    branch    @blob NOT NULL,
    held_on   @text NOT NULL,
    minutes   @int  NOT NULL CONSTRAINT collective_minutes CHECK (minutes BETWEEN 1 AND 960),
    topic     @text NOT NULL,
    minute    @text NOT NULL,
    salt      @blob NOT NULL,
    withdrawn @int  NOT NULL CONSTRAINT collective_withdrawn CHECK (withdrawn IN (0, 1)),
    reason    @text NOT NULL,
    made_at   @int  NOT NULL,
    made_by   @blob NOT NULL,
    CONSTRAINT collective_study_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX collective_study_by_branch ON collective_study (branch, held_on);

CREATE TABLE collective_present (
    study  @blob NOT NULL,
    person @blob NOT NULL,
    CONSTRAINT collective_present_key PRIMARY KEY (study, person),
    CONSTRAINT collective_present_study FOREIGN KEY (study) REFERENCES collective_study (id)
) @clustered;
CREATE INDEX collective_present_by_person ON collective_present (person, study);

-- A training class or a lecture 培训班、讲座.
CREATE TABLE training_class (
    id         @blob NOT NULL,
    unit       @blob NOT NULL,
    -- Whose people may join: this unit's, with all below it.
    audience   @blob NOT NULL,
    title      @text NOT NULL,
    place      @text NOT NULL,
    notice     @text NOT NULL,
    salt       @blob NOT NULL,
    quota      @int  NOT NULL CONSTRAINT class_quota CHECK (quota BETWEEN 1 AND 500),
    join_until @int  NOT NULL,
    -- So many days must be attended for a certificate.
    must       @int  NOT NULL,
    taken      @int  NOT NULL,
    tickets    @int  NOT NULL,
    state      @text NOT NULL CONSTRAINT class_state CHECK (state IN ('open', 'finished', 'cancelled')),
    reason     @text NOT NULL,
    made_at    @int  NOT NULL,
    made_by    @blob NOT NULL,
    CONSTRAINT training_class_id PRIMARY KEY (id),
    CONSTRAINT class_not_overfull CHECK (taken BETWEEN 0 AND quota)
) @clustered;

CREATE TABLE class_day (
    id        @blob NOT NULL,
    class     @blob NOT NULL,
    starts_at @int  NOT NULL,
    ends_at   @int  NOT NULL,
    minutes   @int  NOT NULL CONSTRAINT class_day_minutes CHECK (minutes BETWEEN 1 AND 960),
    CONSTRAINT class_day_id PRIMARY KEY (id),
    CONSTRAINT class_day_class FOREIGN KEY (class) REFERENCES training_class (id)
) @clustered;
CREATE INDEX class_day_by_class ON class_day (class, starts_at);

-- A seat: taken, or on the waiting list in the order of tickets.
CREATE TABLE class_seat (
    class  @blob NOT NULL,
    person @blob NOT NULL,
    state  @text NOT NULL CONSTRAINT class_seat_state CHECK (state IN ('in', 'waiting', 'left')),
    ticket @int  NOT NULL,
    CONSTRAINT class_seat_key PRIMARY KEY (class, person),
    CONSTRAINT class_seat_class FOREIGN KEY (class) REFERENCES training_class (id)
) @clustered;
CREATE INDEX class_seat_by_person ON class_seat (person, class);
CREATE INDEX class_seat_waiting ON class_seat (class, state, ticket);

CREATE TABLE class_leave (
    day    @blob NOT NULL,
    person @blob NOT NULL,
    reason @text NOT NULL,
    salt   @blob NOT NULL,
    state  @text NOT NULL CONSTRAINT class_leave_state CHECK (state IN ('asked', 'granted', 'denied')),
    CONSTRAINT class_leave_key PRIMARY KEY (day, person),
    CONSTRAINT class_leave_day FOREIGN KEY (day) REFERENCES class_day (id)
) @clustered;

CREATE TABLE class_presence (
    person  @blob NOT NULL,
    day     @blob NOT NULL,
    -- By the code on the screen with one's own phone, or entered by the registrar.
    way     @text NOT NULL CONSTRAINT class_presence_way CHECK (way IN ('qr', 'desk')),
    came_on @text NOT NULL,
    minutes @int  NOT NULL,
    CONSTRAINT class_presence_key PRIMARY KEY (person, day),
    CONSTRAINT class_presence_day FOREIGN KEY (day) REFERENCES class_day (id)
) @clustered;
CREATE INDEX class_presence_by_day ON class_presence (day, person);

CREATE TABLE certificate (
    id       @blob NOT NULL,
    person   @blob NOT NULL,
    kind     @text NOT NULL CONSTRAINT certificate_kind CHECK (kind IN ('course', 'class')),
    of       @blob NOT NULL,
    no       @text NOT NULL,
    given_at @int  NOT NULL,
    CONSTRAINT certificate_id PRIMARY KEY (id)
) @clustered;
CREATE UNIQUE INDEX certificate_once ON certificate (person, of);
