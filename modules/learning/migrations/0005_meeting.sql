-- Meetings of Party organisations 三会、组织生活会、中心组学习: what, when and where, who led them, how many were expected and
-- came. Theme days and Party lectures stand here where an office's own table was brought in, which knows no hours.
CREATE TABLE branch_meeting (
    id              @blob NOT NULL,
    organisation    @blob NOT NULL,
    what            @text NOT NULL CONSTRAINT meeting_what CHECK (what IN
        ('general_meeting', 'committee_meeting', 'group_meeting', 'organisation_life', 'centre_group', 'theme_day', 'lecture')),
    held_on         @text NOT NULL,
    -- 19:00; empty where nobody wrote it down.
    begins          @text NOT NULL,
    ends            @text NOT NULL,
    topic           @text NOT NULL,
    place           @text NOT NULL,
    chair           @text NOT NULL,
    recorder        @text NOT NULL,
    lecturer        @text NOT NULL,
    expected        @int  NOT NULL,
    present         @int  NOT NULL,
    -- Of those who may vote; nothing where it was not said.
    voting_expected @int,
    voting_present  @int,
    absent          @text NOT NULL,
    guests          @text NOT NULL,
    agenda          @text NOT NULL,
    decided         @text NOT NULL,
    salt            @blob NOT NULL,
    withdrawn       @int  NOT NULL CONSTRAINT meeting_withdrawn CHECK (withdrawn IN (0, 1)),
    reason          @text NOT NULL,
    batch           @blob,
    made_at         @int  NOT NULL,
    made_by         @blob,
    CONSTRAINT branch_meeting_id PRIMARY KEY (id),
    CONSTRAINT meeting_present CHECK (present BETWEEN 1 AND expected),
    CONSTRAINT meeting_voting CHECK (voting_present BETWEEN 0 AND voting_expected AND voting_expected <= expected AND voting_present <= present)
) @clustered;
CREATE INDEX branch_meeting_by_organisation ON branch_meeting (organisation, held_on);
