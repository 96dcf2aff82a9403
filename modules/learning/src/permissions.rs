//! Who learns, who teaches, who sets plans, who keeps a branch's book. Residents do none of it, nor do administrators.

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
    /// Study, take part, say something: every member and everybody on the staff.
    Learn = "learning.learn" [
        GridWorker, CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk,
        DistrictLeader, CallBack, Oversight, BranchSecretary, PartyAffairs, Member,
    ];
    /// Make courses and classes, and look after what is said there.
    Teach = "learning.teach" [PartyAffairs, BranchSecretary];
    /// Say what a unit's people are to study until when.
    Plan = "learning.plan" [PartyAffairs, BranchSecretary, CommunitySecretary, TownLeader, DepartmentLead, DistrictLeader];
    /// See which courses, classes and plans there are in the units that one is over; never who studied what.
    Oversee = "learning.oversee" [PartyAffairs, CommunitySecretary, TownLeader, DepartmentLead, DistrictLeader, Oversight];
    /// Keep the branch's book: collective study, what its members have done.
    Keep = "learning.keep" [BranchSecretary];
    /// Keep the book of meetings of one's own organisation and its Party groups.
    Meet = "learning.meet" [BranchSecretary, PartyAffairs];
}

/// Whether a post covers a unit. The Party affairs of the whole district reach the units beside the Party tree as well.
pub(crate) fn covers<P>(proof: &people::Proof<P>, tree: &people::Tree, unit: base::UnitId) -> bool {
    let whole = proof.role() == Role::PartyAffairs && tree.parent(proof.reach()).is_none();
    proof.covers(tree, unit) || (whole && tree.get(unit).is_some())
}
