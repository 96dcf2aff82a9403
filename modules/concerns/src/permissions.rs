//! What staff may do with concerns, as types for [`people::Proof`], and the tree as the model sees it.

use base::UnitId;
use people::{Level, Permission, Proof, Role, Tree, TreeKind};

use crate::line::Lines;

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
    /// Write a concern down for a resident.
    Register = "concerns.register" [
        GridWorker, CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk,
        DistrictLeader, Oversight,
    ];
    /// Dispatch, decide on objections, review answers, write what handlers of a confidential concern read, archive: the desk that a concern came to.
    /// Oversight has it for the concerns on its own desk only.
    Desk = "concerns.desk" [TownDesk, DistrictDesk, Oversight];
    /// Claim, object, contact, escalate, send down, resolve: the unit that holds a concern.
    Handle = "concerns.handle" [
        GridWorker, CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk,
        DistrictLeader, Oversight,
    ];
    /// Call departments to a concern of one's town (吹哨), and close the call.
    Whistle = "concerns.whistle" [TownDesk, TownLeader, DistrictDesk];
    /// Ask a unit below how a concern stands (督办), and be told what is overdue there.
    Supervise = "concerns.supervise" [TownDesk, TownLeader, DistrictDesk, DistrictLeader, Oversight];
    /// Ask the resident whether it was solved. The district's desk does where no call-back unit may.
    CallBack = "concerns.call_back" [CallBack, DistrictDesk];
    /// Read concerns: each role as far as [`crate::sight`] lets it.
    Read = "concerns.read" [
        GridWorker, CommunityStaff, CommunitySecretary, TownStaff, TownDesk, TownLeader, DepartmentStaff, DepartmentLead, DistrictDesk,
        DistrictLeader, CallBack, Oversight,
    ];
    /// Bring in concerns of another system, and undo it.
    Import = "concerns.import" [DistrictDesk];
    /// Change the catalogue of kinds and duties.
    Catalogue = "concerns.catalogue" [DistrictDesk];
}

/// Who does what the command line can do as well.
#[derive(Debug)]
pub enum Authority<'a, P> {
    /// A member of staff, on a page.
    Staff(&'a Proof<P>),
    /// The job that a member of staff began, who proved then that they may.
    Begun(base::PersonId),
    /// Whoever has the command line of the server, who could write the database as well.
    Console,
}

impl<P> Clone for Authority<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Authority<'_, P> {}

impl<P> Authority<'_, P> {
    /// As an event's actor.
    pub fn actor(self) -> record::Actor {
        match self {
            Authority::Staff(proof) => proof.actor(),
            Authority::Begun(person) => record::Actor::Person(person),
            Authority::Console => record::Actor::System,
        }
    }
}

impl Lines for Tree {
    fn within(&self, unit: UnitId, of: UnitId) -> bool {
        self.is_within(unit, of)
    }

    fn parent(&self, unit: UnitId) -> Option<UnitId> {
        Tree::parent(self, unit).map(|above| above.id)
    }

    fn root(&self) -> UnitId {
        self.district().map(|district| district.id).unwrap_or_default()
    }

    fn town(&self, unit: UnitId) -> Option<UnitId> {
        self.at_level(unit, Level::Town).map(|town| town.id)
    }

    fn is_base(&self, unit: UnitId) -> bool {
        matches!(self.level(unit), Some(Level::Community | Level::Grid))
    }

    fn heir(&self, unit: UnitId) -> UnitId {
        Tree::heir(self, unit)
    }

    fn heirs(&self, unit: UnitId, apart: &[UnitId]) -> Vec<UnitId> {
        self.heirs_but(unit, apart)
    }

    fn takes_concerns(&self, unit: UnitId) -> bool {
        self.get(unit).is_some_and(|unit| !unit.is_closed() && unit.tree() == TreeKind::Admin)
    }
}
