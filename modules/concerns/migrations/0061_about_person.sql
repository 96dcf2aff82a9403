-- What is about somebody is found when they come to another unit: few concerns are.
CREATE INDEX concern_by_about_person ON concern (about_person) WHERE about_person IS NOT NULL;
