//! Who may do what with reports.

use base::UnitId;
use people::{Actor, Permission, Proof, Role};

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
    /// Make and edit reports of the own unit. A grid has none: it is no office that puts its name to a document, its numbers stand
    /// by grid in the report of its community, and grid workers are asked for no report.
    Write = "reports.write" [
        CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk, DistrictLeader,
    ];
    /// Declare a report of the own unit finished.
    Finish = "reports.finish" [CommunitySecretary, TownDesk, TownLeader, DepartmentLead, DistrictDesk, DistrictLeader];
    /// Read the finished reports of all units below.
    Read = "reports.read" [
        CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk, DistrictLeader,
        Oversight,
    ];
    /// Rewrite the templates of the own unit and those below.
    Template = "reports.template" [CommunitySecretary, TownDesk, TownLeader, DepartmentLead, DistrictDesk, DistrictLeader];
}

/// Proof of a permission through a post in this very unit: a report is written by those it is about, nobody above them.
pub fn in_unit<P: Permission>(actor: &Actor, unit: UnitId) -> Option<Proof<P>> {
    actor.each::<P>().find(|proof| proof.unit() == unit)
}
