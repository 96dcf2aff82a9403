-- What a post was called before, until then.
CREATE TABLE post_was (
    post     @blob NOT NULL REFERENCES post (id),
    until_at @int  NOT NULL,
    title    @text NOT NULL,
    PRIMARY KEY (post, until_at)
) @end;
