//! Who keeps a register, and who looks into it.

use people::{Permission, Role};

/// Enter, change and remove entries: the community's own staff, nobody above them.
#[derive(Debug)]
pub struct Keep;

impl Permission for Keep {
    const NAME: &'static str = "residents.keep";
    const ROLES: &'static [Role] = &[Role::CommunityStaff, Role::CommunitySecretary];
}

/// See the masked register of one's community or grid, and read an entry in plain with a reason.
#[derive(Debug)]
pub struct See;

impl Permission for See {
    const NAME: &'static str = "residents.see";
    const ROLES: &'static [Role] = &[Role::GridWorker, Role::CommunityStaff, Role::CommunitySecretary];
}
