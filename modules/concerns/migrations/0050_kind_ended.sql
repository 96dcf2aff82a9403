-- Since when a kind is offered no more; nothing while it is.
ALTER TABLE concern_kind ADD COLUMN ended_at @int;
