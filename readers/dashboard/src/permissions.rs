//! Who sees dashboards, who shows walls, who keeps the map and the links of screens.

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
    /// See the figures of a unit and of those under it.
    See = "dashboard.see" [
        GridWorker, CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk,
        DistrictLeader, Oversight, BranchSecretary, PartyAffairs,
    ];
    /// Open the wall screen of a unit.
    Show = "dashboard.show" [TownDesk, TownLeader, DistrictDesk, DistrictLeader, Oversight];
    /// Bring in the map of units.
    KeepMap = "dashboard.map" [SystemAdmin];
    /// Give and take back links for screens.
    KeepLinks = "dashboard.links" [SystemAdmin];
}
