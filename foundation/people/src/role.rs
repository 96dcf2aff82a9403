//! The roles of posts. Permissions name roles; what a person may do comes from the posts they hold.

/// What the holder of a post does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// 网格员
    GridWorker,
    /// 社区工作者
    CommunityStaff,
    /// 社区书记
    CommunitySecretary,
    /// 镇街干部
    TownStaff,
    /// 镇街受理台: takes in and dispatches.
    TownDesk,
    /// 镇街领导
    TownLeader,
    /// 部门干部
    DepartmentStaff,
    /// 部门负责人
    DepartmentLead,
    /// 区级受理台
    DistrictDesk,
    /// 区级领导
    DistrictLeader,
    /// 回访员
    CallBack,
    /// 督查员
    Oversight,
    /// 支部书记
    BranchSecretary,
    /// 党务干部: the organisation department, the Party offices of towns.
    PartyAffairs,
    /// 党员
    Member,
    /// 系统管理员: units, people, posts. Reads no business.
    SystemAdmin,
    /// 安全管理员: who holds what, locks, sessions.
    SecurityAdmin,
    /// 审计管理员: reads the record, changes nothing.
    AuditAdmin,
}

impl Role {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Role; 18] = [
        Role::GridWorker,
        Role::CommunityStaff,
        Role::CommunitySecretary,
        Role::TownStaff,
        Role::TownDesk,
        Role::TownLeader,
        Role::DepartmentStaff,
        Role::DepartmentLead,
        Role::DistrictDesk,
        Role::DistrictLeader,
        Role::CallBack,
        Role::Oversight,
        Role::BranchSecretary,
        Role::PartyAffairs,
        Role::Member,
        Role::SystemAdmin,
        Role::SecurityAdmin,
        Role::AuditAdmin,
    ];

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Role::GridWorker => "grid_worker",
            Role::CommunityStaff => "community_staff",
            Role::CommunitySecretary => "community_secretary",
            Role::TownStaff => "town_staff",
            Role::TownDesk => "town_desk",
            Role::TownLeader => "town_leader",
            Role::DepartmentStaff => "department_staff",
            Role::DepartmentLead => "department_lead",
            Role::DistrictDesk => "district_desk",
            Role::DistrictLeader => "district_leader",
            Role::CallBack => "call_back",
            Role::Oversight => "oversight",
            Role::BranchSecretary => "branch_secretary",
            Role::PartyAffairs => "party_affairs",
            Role::Member => "member",
            Role::SystemAdmin => "system_admin",
            Role::SecurityAdmin => "security_admin",
            Role::AuditAdmin => "audit_admin",
        }
    }

    /// From [`Role::code`].
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether it is one of the three administrators (三员), who exclude one another.
    pub fn is_admin(self) -> bool {
        matches!(self, Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
