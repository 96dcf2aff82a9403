-- Since when somebody is a branch's secretary, where the branch said so: posts are known from the day on which the house began.
CREATE TABLE secretary_since (
    person @blob NOT NULL,
    branch @blob NOT NULL,
    since  @text NOT NULL,
    CONSTRAINT secretary_since_person PRIMARY KEY (person)
) @clustered;
