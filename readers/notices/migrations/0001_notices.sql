-- What happened that somebody is to be told of. The reader writes it; a rebuild finds what is there already.
CREATE TABLE notice (
    event   @blob NOT NULL,
    name    @text NOT NULL,
    subject @blob NOT NULL,
    at      @int  NOT NULL,
    -- Whether it was looked up whom it is for.
    told    @int  NOT NULL CONSTRAINT notice_told_bool CHECK (told IN (0, 1)),
    CONSTRAINT notice_key PRIMARY KEY (event, name)
) @clustered;
CREATE INDEX notice_new ON notice (at, event) WHERE told = 0;
CREATE INDEX notice_by_age ON notice (at, event);

-- In whose list it stands in the product: a unit's, or one member of staff's.
CREATE TABLE notice_for (
    whom    @blob NOT NULL,
    at      @int  NOT NULL,
    event   @blob NOT NULL,
    name    @text NOT NULL,
    subject @blob NOT NULL,
    CONSTRAINT notice_for_key PRIMARY KEY (whom, at, event, name)
) @clustered;
CREATE INDEX notice_for_by_age ON notice_for (at);

-- The ledger: every message that left the house, or was to leave it, each once. No address, no telephone, no words.
CREATE TABLE delivery (
    id      @blob NOT NULL,
    event   @blob NOT NULL,
    name    @text NOT NULL,
    subject @blob NOT NULL,
    channel @text NOT NULL CONSTRAINT delivery_channel CHECK (channel IN ('email', 'sms', 'wecom', 'robot')),
    kind    @text NOT NULL CONSTRAINT delivery_kind CHECK (kind IN ('unit', 'person', 'resident')),
    whom    @blob NOT NULL,
    -- Who reads it: a member of staff, or the same as `whom`.
    reader  @blob NOT NULL,
    state   @text NOT NULL CONSTRAINT delivery_state CHECK (state IN ('waiting', 'sending', 'sent', 'dead', 'void')),
    tries   @int  NOT NULL,
    next_at @int  NOT NULL,
    made_at @int  NOT NULL,
    done_at @int,
    why     @text NOT NULL,
    CONSTRAINT delivery_id PRIMARY KEY (id)
) @clustered;
CREATE UNIQUE INDEX delivery_once ON delivery (event, name, channel, reader);
CREATE INDEX delivery_next ON delivery (next_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_dead ON delivery (done_at, id) WHERE state = 'dead';
CREATE INDEX delivery_by_age ON delivery (made_at, id);

-- Where a member of staff wants to be told beside the product. Sealed; each for themselves.
CREATE TABLE notice_address (
    person  @blob NOT NULL,
    channel @text NOT NULL CONSTRAINT notice_address_channel CHECK (channel IN ('email', 'wecom')),
    address @blob NOT NULL,
    CONSTRAINT notice_address_key PRIMARY KEY (person, channel)
) @clustered;

-- Up to when somebody has seen their list.
CREATE TABLE notice_seen (
    person @blob NOT NULL,
    at     @int  NOT NULL,
    CONSTRAINT notice_seen_key PRIMARY KEY (person)
) @clustered;
