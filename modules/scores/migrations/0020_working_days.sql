-- What waits for a decision, in the order in which it came: the deadlines that are counted anew when other working days hold.
CREATE INDEX score_appeal_open_id ON score_appeal (id) WHERE state = 'open';
