//! Who sees the ledger, who enters what is asked, who decides on it.

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
    /// See what is asked of the communities in reach.
    See = "burden.see" [
        CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk, DistrictLeader,
        Oversight,
    ];
    /// Enter what is asked: by who asks, or by who is asked.
    Register = "burden.register" [
        CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk, Oversight,
    ];
    /// Decide whether it is filled in, answered from the record, or refused; and end it.
    Decide = "burden.decide" [DistrictDesk, Oversight];
}
