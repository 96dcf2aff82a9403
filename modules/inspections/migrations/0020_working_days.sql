-- What is open, in the order in which it came: the deadlines that are counted anew when other working days hold.
CREATE INDEX finding_open_id ON finding (id) WHERE state <> 'closed';
