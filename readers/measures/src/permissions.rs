//! Who reads numbers: staff, of what lies within their reach.

use people::{Permission, Role};

/// Read what measures come to.
pub struct ReadNumbers;

impl Permission for ReadNumbers {
    const NAME: &'static str = "measures.read";
    const ROLES: &'static [Role] = &[
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
        Role::AuditAdmin,
    ];
}
