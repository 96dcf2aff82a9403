-- What happened, written in the transaction in which it happened and never changed after.
CREATE TABLE event (
    id            @blob NOT NULL PRIMARY KEY,
    kind          @text NOT NULL,
    v             @int  NOT NULL,
    recorded_at   @int  NOT NULL,
    occurred_at   @int  NOT NULL,
    actor_kind    @int  NOT NULL,
    actor         @blob,
    unit          @blob,
    subject       @blob NOT NULL,
    batch         @blob,
    rules_digest  @blob NOT NULL,
    facts         @text NOT NULL,
    salt          @blob NOT NULL
) @clustered;
CREATE INDEX event_by_subject ON event (subject, id);

-- Events that have no position yet. `seq` grows as they are written, whatever the clocks say: of two
-- events on one subject, the one whose writer saw the other comes later, in the log too.
CREATE TABLE pending_event (
    seq @seq,
    id  @blob NOT NULL
) @end;

-- Events that the sequencer refused, with the reason. They stay here until somebody has looked.
CREATE TABLE quarantined_event (
    id     @blob NOT NULL PRIMARY KEY,
    at     @int  NOT NULL,
    reason @text NOT NULL
) @clustered;

-- The order. A leaf commits to every column of its event.
CREATE TABLE log (
    pos   @int  NOT NULL PRIMARY KEY,
    event @blob NOT NULL,
    leaf  @blob NOT NULL
) @end;
CREATE UNIQUE INDEX log_event ON log (event);

-- One row, moved on by compare-and-swap: whoever moves it has given the positions.
CREATE TABLE log_head (
    one     @int  NOT NULL PRIMARY KEY CONSTRAINT log_head_one CHECK (one = 1),
    size    @int  NOT NULL,
    head    @blob NOT NULL,
    last_at @int  NOT NULL
) @end;

-- How far each reader has come.
CREATE TABLE reader_cursor (
    name    @text NOT NULL PRIMARY KEY,
    version @int  NOT NULL,
    pos     @int  NOT NULL
) @end;
