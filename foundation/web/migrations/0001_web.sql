-- One row, made when the store is: whether it is a demonstration. Nothing changes it.
CREATE TABLE origin (
    one        @int NOT NULL PRIMARY KEY CONSTRAINT origin_one CHECK (one = 1),
    demo       @int NOT NULL CHECK (demo IN (0, 1)),
    created_at @int NOT NULL
) @end;

-- What was typed on the pages of a form before it is sent; the key is a digest of the token that the browser keeps.
CREATE TABLE draft (
    digest     @blob NOT NULL PRIMARY KEY,
    sealed     @blob NOT NULL,
    expires_at @int  NOT NULL
) @end;
CREATE INDEX draft_expiry ON draft (expires_at);

-- Each picture with its small version; both are blobs.
CREATE TABLE picture (
    digest @blob NOT NULL PRIMARY KEY,
    small  @blob NOT NULL,
    width  @int  NOT NULL,
    height @int  NOT NULL
) @end;

-- When each tick is due next. Of several processes, the one that moves the row does the work.
CREATE TABLE tick (
    name   @text NOT NULL PRIMARY KEY,
    due_at @int  NOT NULL
) @end;

-- What people say about the product itself. Texts may hold personal data, so they are sealed.
CREATE TABLE complaint (
    id         @blob NOT NULL PRIMARY KEY,
    created_at @int  NOT NULL,
    sealed     @blob NOT NULL,
    done_at    @int,
    done_by    @blob
) @end;
CREATE INDEX complaint_open ON complaint (done_at, id);
