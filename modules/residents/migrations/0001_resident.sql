-- The register of a community: who lives there. What says who it is is sealed, each kind of it under its own
-- purpose; nothing here has a key in common with concerns, accounts or contacts.
CREATE TABLE resident (
    id         @blob NOT NULL,
    community  @blob NOT NULL,
    grid       @blob,
    -- Blind indexes within the register: of the identity number, and of name and home.
    number_key @blob,
    home_key   @blob NOT NULL,
    -- 小区 楼 单元 室
    home       @blob NOT NULL,
    -- 姓名 性别 身份证号 民族 户籍地
    identity   @blob NOT NULL,
    phone      @blob,
    -- 户主 关系 政治面貌 人户情况 人群标签
    traits     @blob NOT NULL,
    batch      @blob,
    v          @int NOT NULL,
    entered_at @int NOT NULL,
    changed_at @int NOT NULL,
    CONSTRAINT resident_id PRIMARY KEY (id)
) @clustered;
CREATE UNIQUE INDEX resident_number ON resident (community, number_key) WHERE number_key IS NOT NULL;
CREATE INDEX resident_by_home ON resident (community, home_key);
CREATE INDEX resident_by_place ON resident (community, grid, id);

-- Every reading of an entry in plain: who, when, of whom; why stands beside it.
CREATE TABLE resident_reading (
    told     @blob NOT NULL,
    resident @blob NOT NULL,
    read_by  @blob NOT NULL,
    read_for @blob NOT NULL,
    at       @int NOT NULL,
    reason   @text NOT NULL,
    salt     @blob NOT NULL,
    CONSTRAINT resident_reading_key PRIMARY KEY (told)
) @clustered;
CREATE INDEX resident_reading_by_reader ON resident_reading (read_by, at);
CREATE INDEX resident_reading_by_resident ON resident_reading (resident, at);
