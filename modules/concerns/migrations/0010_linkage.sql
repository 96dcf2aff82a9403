-- The rule that sets the length of the answer, where it is not the usual one.
ALTER TABLE concern ADD COLUMN term @text;
-- A clock that stands still: since when, and the deadline that waits. All three or none.
ALTER TABLE concern ADD COLUMN paused_at @int;
ALTER TABLE concern ADD COLUMN stopped_at @int;
ALTER TABLE concern ADD COLUMN stopped_rule @text;
-- Who asked for more time, as long as that is not decided; and whether it was given in this round.
ALTER TABLE concern ADD COLUMN asked_by @blob;
ALTER TABLE concern ADD COLUMN extended @int NOT NULL DEFAULT 0;
-- The concern with which it is answered.
ALTER TABLE concern ADD COLUMN merged_into @blob;

CREATE INDEX concern_merged ON concern (merged_into, id) WHERE merged_into IS NOT NULL;

-- What waits at a desk only to be answered with another, so that its tray leaves it out.
CREATE INDEX concern_merged_at ON concern (holder, due_at) WHERE merged_into IS NOT NULL;

-- A town calls units to a concern (吹哨); the id is that of the event.
CREATE TABLE concern_whistle (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    town @blob NOT NULL,
    lead @blob NOT NULL,
    at @int NOT NULL,
    closed_at @int,
    CONSTRAINT concern_whistle_key PRIMARY KEY (event),
    CONSTRAINT concern_whistle_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_whistle_by_concern ON concern_whistle (concern, event);
CREATE INDEX concern_whistle_by_town ON concern_whistle (town, event);

-- Each unit that was called: when it came, when its part was done, whether it was rightly called.
CREATE TABLE concern_called (
    whistle @blob NOT NULL,
    unit @blob NOT NULL,
    concern @blob NOT NULL,
    due_at @int NOT NULL,
    due_rule @text NOT NULL,
    passed @int NOT NULL CONSTRAINT concern_called_passed_bool CHECK (passed IN (0, 1)),
    arrived_at @int,
    arrived_by @blob,
    done_at @int,
    done_by @blob,
    warranted @int,
    CONSTRAINT concern_called_key PRIMARY KEY (whistle, unit),
    CONSTRAINT concern_called_whistle FOREIGN KEY (whistle) REFERENCES concern_whistle (event)
) @clustered;

CREATE INDEX concern_called_by_unit ON concern_called (unit, whistle);
-- What the tick looks for: units that should have come.
CREATE INDEX concern_called_late ON concern_called (due_at, whistle, unit) WHERE arrived_at IS NULL AND passed = 0;

-- What is overdue is told to the unit above, then to the next one.
CREATE TABLE concern_raise (
    concern @blob NOT NULL,
    v @int NOT NULL,
    level @int NOT NULL,
    unit @blob NOT NULL,
    at @int NOT NULL,
    -- When the next one above is told; nothing at the top, and once the step was taken.
    next_at @int,
    -- Whether the step was taken meanwhile.
    settled @int NOT NULL CONSTRAINT concern_raise_settled_bool CHECK (settled IN (0, 1)),
    CONSTRAINT concern_raise_key PRIMARY KEY (concern, v, level),
    CONSTRAINT concern_raise_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_raise_next ON concern_raise (next_at, concern) WHERE next_at IS NOT NULL;
CREATE INDEX concern_raise_by_unit ON concern_raise (unit, at, concern) WHERE settled = 0;

-- A unit above asks how a concern stands (督办); the id is that of the event.
CREATE TABLE concern_order (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    by_unit @blob NOT NULL,
    by_person @blob NOT NULL,
    unit @blob NOT NULL,
    at @int NOT NULL,
    due_at @int NOT NULL,
    due_rule @text NOT NULL,
    passed @int NOT NULL CONSTRAINT concern_order_passed_bool CHECK (passed IN (0, 1)),
    answered_at @int,
    answered_by @blob,
    CONSTRAINT concern_order_key PRIMARY KEY (event),
    CONSTRAINT concern_order_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_order_by_concern ON concern_order (concern, event);
CREATE INDEX concern_order_by_unit ON concern_order (unit, event);
CREATE INDEX concern_order_by_asker ON concern_order (by_unit, event);
CREATE INDEX concern_order_late ON concern_order (due_at, event) WHERE answered_at IS NULL AND passed = 0;
