-- Keys begin with the time at which they were made, so that the old ones are found by the primary key.
DROP INDEX op_key_at;
