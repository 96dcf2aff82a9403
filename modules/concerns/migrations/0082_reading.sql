-- Who opened the contact of a concern: whoever knows a confidential caller does not handle what they brought.
CREATE INDEX concern_reading_by_concern ON concern_reading (concern, person);
