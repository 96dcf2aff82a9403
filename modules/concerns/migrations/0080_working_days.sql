-- By which working days deadlines are counted stands with all kinds of work now (`recount`), and begins there with those of the
-- files: where a deadline was moved already it is known not to run by them, and stays.
DROP TABLE concern_calendar;
