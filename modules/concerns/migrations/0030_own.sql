-- By when concerns were closed: what is kept of their callers goes when its term after that is over.
CREATE INDEX concern_closed ON concern (closed_at) WHERE closed_at IS NOT NULL;
