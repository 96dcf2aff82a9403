-- The store's own tables: first answers, long work, and who holds which blob.

-- One row for each form that was sent; a retry finds the first answer here. Kept for 60 days.
CREATE TABLE op_key (
    digest @blob NOT NULL CONSTRAINT op_key_pk PRIMARY KEY,
    what @text NOT NULL,
    who @blob NOT NULL,
    answer @text NOT NULL,
    at @int NOT NULL
) @clustered;
CREATE INDEX op_key_at ON op_key (at);

-- Long work, done in pieces by whoever holds the lease.
CREATE TABLE job (
    id @blob NOT NULL CONSTRAINT job_pk PRIMARY KEY,
    kind @text NOT NULL,
    payload @text NOT NULL,
    state @text NOT NULL CONSTRAINT job_state CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    lease_by @blob,
    lease_until @int NOT NULL,
    done @int NOT NULL CONSTRAINT job_done CHECK (done >= 0),
    total @int NOT NULL CONSTRAINT job_total CHECK (total >= 0),
    message @text NOT NULL,
    result @text,
    created_at @int NOT NULL,
    created_by @blob,
    ended_at @int
) @clustered;
CREATE INDEX job_open ON job (state, lease_until, id);

-- Which subject holds which blob. A blob that nothing holds is swept.
CREATE TABLE blob_hold (
    digest @blob NOT NULL,
    subject @blob NOT NULL,
    n @int NOT NULL CONSTRAINT blob_hold_n CHECK (n > 0),
    CONSTRAINT blob_hold_pk PRIMARY KEY (digest, subject)
) @clustered;
CREATE INDEX blob_hold_subject ON blob_hold (subject);
