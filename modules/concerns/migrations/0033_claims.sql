-- What hangs on a concern is found by it, when one that was brought in is undone; and claims go by their age.
CREATE INDEX concern_claim_by_concern ON concern_claim (concern);
CREATE INDEX concern_claim_by_age ON concern_claim (at, visitor);
CREATE INDEX concern_pass_by_concern ON concern_pass (concern);
CREATE INDEX concern_lookup_by_concern ON concern_lookup (concern);
