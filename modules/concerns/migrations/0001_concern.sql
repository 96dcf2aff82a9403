-- The catalogue: kinds of matter, and whose duty each is.
CREATE TABLE concern_kind (
    code @text NOT NULL,
    name @text NOT NULL,
    parent @text,
    ord @int NOT NULL,
    -- Words that speak for this kind, one space between them; what a suggestion is made of.
    keywords @text NOT NULL,
    CONSTRAINT concern_kind_code PRIMARY KEY (code),
    CONSTRAINT concern_kind_parent FOREIGN KEY (parent) REFERENCES concern_kind (code)
) @end;

CREATE TABLE concern_duty (
    kind @text NOT NULL,
    unit @blob NOT NULL,
    -- The document that makes it this unit's duty.
    document @text NOT NULL,
    CONSTRAINT concern_duty_once PRIMARY KEY (kind, unit),
    CONSTRAINT concern_duty_kind FOREIGN KEY (kind) REFERENCES concern_kind (code)
) @end;

CREATE INDEX concern_duty_by_unit ON concern_duty (unit, kind);

CREATE TABLE concern (
    id @blob NOT NULL,
    -- The public number, which can be spoken.
    no @text NOT NULL,
    -- SHA-256 of the receipt's secret; none for an imported concern.
    secret @blob,
    state @text NOT NULL CONSTRAINT concern_state_known CHECK (
        state IN ('received', 'dispatched', 'objected', 'in_hand', 'resolved', 'call_back', 'archived')),
    v @int NOT NULL,
    kind @text,
    title @text NOT NULL,
    source @text NOT NULL,
    place @blob,
    town @blob,
    community @blob,
    desk @blob NOT NULL,
    holder @blob,
    assignee @blob,
    due_at @int,
    due_rule @text,
    resolve_by @int,
    object_by @int,
    passed @int NOT NULL CONSTRAINT concern_passed_bool CHECK (passed IN (0, 1)),
    round @int NOT NULL,
    contacted @int NOT NULL CONSTRAINT concern_contacted_bool CHECK (contacted IN (0, 1)),
    handler @blob,
    resolver @blob,
    tries @int NOT NULL,
    outcome @text,
    closed_at @int,
    occurred_at @int NOT NULL,
    received_at @int NOT NULL,
    about_unit @blob,
    about_person @blob,
    -- Roots of the lines that may not be told, 16 bytes each. NULL where it is about nobody, which is
    -- most concerns; a concern about a person without a post has bars of no bytes.
    bars @blob,
    confidential @int NOT NULL CONSTRAINT concern_confidential_bool CHECK (confidential IN (0, 1)),
    may_publish @int NOT NULL CONSTRAINT concern_may_publish_bool CHECK (may_publish IN (0, 1)),
    reachable @int NOT NULL CONSTRAINT concern_reachable_bool CHECK (reachable IN (0, 1)),
    registered_by @blob,
    batch @blob,
    CONSTRAINT concern_id PRIMARY KEY (id),
    -- What the model promises, refused here as well: an open concern has a holder and a deadline.
    CONSTRAINT concern_open_is_held CHECK ((state = 'archived') = (holder IS NULL)),
    CONSTRAINT concern_open_is_due CHECK ((state = 'archived') = (due_at IS NULL)),
    CONSTRAINT concern_closed_how CHECK ((state = 'archived') = (outcome IS NOT NULL) AND (outcome IS NULL) = (closed_at IS NULL))
) @clustered;

CREATE UNIQUE INDEX concern_no ON concern (no);
-- What a unit owes, step by step and due first; and what is in a person's hands.
CREATE INDEX concern_inbox ON concern (holder, state, due_at, id) WHERE holder IS NOT NULL;
-- The few of an inbox that may not be told to everybody.
CREATE INDEX concern_guarded ON concern (holder, id) WHERE bars IS NOT NULL;
CREATE INDEX concern_mine ON concern (assignee, due_at, id) WHERE assignee IS NOT NULL;
-- What the tick looks for: deadlines that the record does not yet say are past.
CREATE INDEX concern_late ON concern (due_at, id) WHERE due_at IS NOT NULL AND passed = 0;
-- Lists of what happened in a place, newest first; ids are in the order in which concerns came.
CREATE INDEX concern_town ON concern (town, id) WHERE town IS NOT NULL;
CREATE INDEX concern_community ON concern (community, id) WHERE community IS NOT NULL;
CREATE INDEX concern_registered ON concern (registered_by, id) WHERE registered_by IS NOT NULL;
CREATE INDEX concern_batch ON concern (batch, id) WHERE batch IS NOT NULL;

-- Every text of a concern, by the event that brought it and the part it plays there. A text can be
-- erased with its salt; the record holds only a digest made with that salt.
CREATE TABLE concern_text (
    concern @blob NOT NULL,
    event @blob NOT NULL,
    part @text NOT NULL CONSTRAINT concern_text_part_known CHECK (part IN ('words', 'spot', 'handlers', 'shown', 'note')),
    -- One of the two: sealed where the resident asked that handlers should not know them.
    body @text,
    sealed @blob,
    salt @blob NOT NULL,
    CONSTRAINT concern_text_key PRIMARY KEY (concern, event, part),
    CONSTRAINT concern_text_one_body CHECK ((body IS NULL) <> (sealed IS NULL)),
    CONSTRAINT concern_text_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

-- Units through whose hands it has gone (own = 1) and, for lists of a subtree, the units above them.
CREATE TABLE concern_unit (
    unit @blob NOT NULL,
    concern @blob NOT NULL,
    own @int NOT NULL CONSTRAINT concern_unit_own_bool CHECK (own IN (0, 1)),
    excused @int NOT NULL CONSTRAINT concern_unit_excused_bool CHECK (excused IN (0, 1)),
    CONSTRAINT concern_unit_key PRIMARY KEY (unit, concern),
    CONSTRAINT concern_unit_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE UNIQUE INDEX concern_unit_by_concern ON concern_unit (concern, unit);

-- How the resident can be reached. Sealed; opened one at a time, with a reason, in the reading log.
CREATE TABLE concern_contact (
    concern @blob NOT NULL,
    name @blob,
    phone @blob NOT NULL,
    phone_blind @blob NOT NULL,
    salt @blob NOT NULL,
    CONSTRAINT concern_contact_key PRIMARY KEY (concern),
    CONSTRAINT concern_contact_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE TABLE concern_photo (
    concern @blob NOT NULL,
    event @blob NOT NULL,
    n @int NOT NULL,
    digest @blob NOT NULL,
    width @int NOT NULL,
    height @int NOT NULL,
    -- Whether handlers may see it: at once, or for a confidential concern when the desk says so.
    shared @int NOT NULL CONSTRAINT concern_photo_shared_bool CHECK (shared IN (0, 1)),
    CONSTRAINT concern_photo_key PRIMARY KEY (concern, event, n),
    CONSTRAINT concern_photo_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_photo_by_digest ON concern_photo (digest, concern);

-- Every reading of sealed data: who, when, which; why is the note of the event.
CREATE TABLE concern_reading (
    event @blob NOT NULL,
    concern @blob NOT NULL,
    person @blob NOT NULL,
    unit @blob NOT NULL,
    at @int NOT NULL,
    CONSTRAINT concern_reading_key PRIMARY KEY (event)
) @clustered;

CREATE INDEX concern_reading_by_person ON concern_reading (person, at);

-- Rows of imported tables that are concerns already, by a digest of what names the row in its source.
CREATE TABLE concern_source (
    key @blob NOT NULL,
    concern @blob NOT NULL,
    batch @blob NOT NULL,
    CONSTRAINT concern_source_key PRIMARY KEY (key),
    CONSTRAINT concern_source_concern FOREIGN KEY (concern) REFERENCES concern (id)
) @clustered;

CREATE INDEX concern_source_by_concern ON concern_source (concern);
