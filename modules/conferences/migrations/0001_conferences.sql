-- 联席会议: who called it, when, and what was said. Never changed; what was decided stands apart.
CREATE TABLE conference (
    id      @blob NOT NULL,
    unit    @blob NOT NULL,
    title   @text NOT NULL,
    held_on @text NOT NULL,
    place   @text NOT NULL,
    note    @text NOT NULL,
    salt    @blob NOT NULL,
    made_at @int  NOT NULL,
    made_by @blob NOT NULL,
    CONSTRAINT conference_id PRIMARY KEY (id)
) @clustered;
CREATE INDEX conference_by_unit ON conference (unit, id);

-- The units that took part.
CREATE TABLE conference_unit (
    conference @blob NOT NULL,
    unit       @blob NOT NULL,
    CONSTRAINT conference_unit_key PRIMARY KEY (conference, unit),
    CONSTRAINT conference_unit_conference FOREIGN KEY (conference) REFERENCES conference (id)
) @clustered;
CREATE INDEX conference_unit_by_unit ON conference_unit (unit, conference);

-- What was decided, as a task: who does it, until when, how far it is.
CREATE TABLE conference_task (
    id         @blob NOT NULL,
    conference @blob NOT NULL,
    by_unit    @blob NOT NULL,
    unit       @blob NOT NULL,
    text       @text NOT NULL,
    salt       @blob NOT NULL,
    state      @text NOT NULL CONSTRAINT conference_task_state CHECK (state IN ('open', 'reported', 'closed')),
    -- Until when the step is owed that the state names: doing it, or looking at it.
    due_at     @int  NOT NULL,
    -- Whether the record says that this deadline passed.
    passed     @int  NOT NULL CONSTRAINT conference_task_passed CHECK (passed IN (0, 1)),
    v          @int  NOT NULL,
    CONSTRAINT conference_task_id PRIMARY KEY (id),
    CONSTRAINT conference_task_conference FOREIGN KEY (conference) REFERENCES conference (id)
) @clustered;
CREATE INDEX conference_task_by_conference ON conference_task (conference, id);
CREATE INDEX conference_task_by_unit ON conference_task (unit, due_at, id);
CREATE INDEX conference_task_open ON conference_task (due_at, id) WHERE state <> 'closed';

-- What was said at each step, by the event that tells of it.
CREATE TABLE conference_step (
    event @blob NOT NULL,
    task  @blob NOT NULL,
    text  @text NOT NULL,
    salt  @blob NOT NULL,
    CONSTRAINT conference_step_event PRIMARY KEY (event),
    CONSTRAINT conference_step_task FOREIGN KEY (task) REFERENCES conference_task (id)
) @clustered;
CREATE INDEX conference_step_by_task ON conference_step (task, event);

-- Evidence that something was done.
CREATE TABLE conference_photo (
    event  @blob NOT NULL,
    n      @int  NOT NULL,
    task   @blob NOT NULL,
    digest @blob NOT NULL,
    CONSTRAINT conference_photo_key PRIMARY KEY (event, n),
    CONSTRAINT conference_photo_task FOREIGN KEY (task) REFERENCES conference_task (id)
) @clustered;
CREATE INDEX conference_photo_by_task ON conference_photo (task, event, n);
