CREATE TABLE counter (id @int NOT NULL CONSTRAINT counter_pk PRIMARY KEY, n @int NOT NULL) @clustered;
