//! Who writes schemes, locks scores, appeals and decides.

use people::{Permission, Role};

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $code:literal [$($role:ident),+ $(,)?];)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name;

        impl Permission for $name {
            const NAME: &'static str = $code;
            const ROLES: &'static [Role] = &[$(Role::$role),+];
        }
    )+};
}

permissions! {
    /// Write schemes and lock the scores of a period.
    Schemes = "scores.schemes" [DistrictDesk];
    /// Say for one's own unit that a case should not have counted.
    Appeal = "scores.appeal" [CommunitySecretary, TownDesk, TownLeader, DepartmentLead, BranchSecretary, Oversight];
    /// Decide on appeals: oversight, and for its own line the district's desk.
    Decide = "scores.decide" [Oversight, DistrictDesk];
}
