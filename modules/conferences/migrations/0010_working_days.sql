-- What waits for a look, in the order in which it came: the deadlines that are counted anew when other working days hold.
CREATE INDEX conference_task_reported ON conference_task (id) WHERE state = 'reported';
