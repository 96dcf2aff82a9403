//! Who calls conferences, who carries out what they decide, who reads of them.

use people::{Permission, Role};

/// Call a joint conference, set its tasks and see that they are done.
#[derive(Debug)]
pub struct Convene;

impl Permission for Convene {
    const NAME: &'static str = "conferences.convene";
    const ROLES: &'static [Role] =
        &[Role::CommunitySecretary, Role::TownDesk, Role::TownLeader, Role::DepartmentLead, Role::DistrictDesk, Role::DistrictLeader];
}

/// Carry out a task of one's own unit.
#[derive(Debug)]
pub struct CarryOut;

impl Permission for CarryOut {
    const NAME: &'static str = "conferences.carry_out";
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
        Role::BranchSecretary,
    ];
}

/// Read of conferences: those who carry out, and who oversees.
#[derive(Debug)]
pub struct See;

impl Permission for See {
    const NAME: &'static str = "conferences.see";
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
        Role::Oversight,
        Role::BranchSecretary,
    ];
}
