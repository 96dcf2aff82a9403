//! In whose name something is done that the command line can do as well.

use base::{Ctx, PersonId, UnitId};
use store::{StoreError, Tx};

use crate::actor::Proof;
use crate::level::{Level, TreeKind};
use crate::permission::covers;
use crate::place::Place;
use crate::tree::Tree;

/// Who does it.
#[derive(Debug)]
pub enum Authority<'a, P> {
    /// A member of staff, who has the permission.
    Staff(&'a Proof<P>),
    /// Whoever has the command line of the server, who could write the database as well.
    Console,
}

impl<P> Clone for Authority<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Authority<'_, P> {}

impl<'a, P> From<&'a Proof<P>> for Authority<'a, P> {
    fn from(proof: &'a Proof<P>) -> Self {
        Authority::Staff(proof)
    }
}

impl<P> Authority<'_, P> {
    /// As an event's actor.
    pub fn actor(self) -> record::Actor {
        match self {
            Authority::Staff(proof) => proof.actor(),
            Authority::Console => record::Actor::System,
        }
    }

    /// Whether it reaches a unit of the four levels; the command line reaches all.
    pub fn is_over(self, tree: &Tree, unit: UnitId) -> bool {
        match self {
            Authority::Staff(proof) => proof.covers(tree, unit),
            Authority::Console => tree.get(unit).is_some(),
        }
    }

    /// Whether it covers a unit.
    pub(crate) fn covers(self, tree: &Tree, unit: UnitId) -> bool {
        match self {
            Authority::Staff(proof) => covers(proof, tree, unit),
            Authority::Console => tree.get(unit).is_some(),
        }
    }

    /// Whether it covers somebody: every unit in which they hold a post or are to hold one, and as far as that post reaches. Who
    /// administers a town has no hand in the accounts of those who stand above it. Who holds nothing is everybody's.
    ///
    /// # Errors
    /// Only the store's.
    pub fn covers_person(self, tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<bool, StoreError> {
        let tree = crate::tree::tree(tx)?;
        let held = crate::read::holdings_of(tx, person)?;
        let mut held = held.iter().filter(|held| held.to.is_none_or(|to| to > ctx.now));
        Ok(held.all(|held| self.covers(&tree, held.unit) && self.covers(&tree, held.reach)))
    }

    /// The same without the tree, which every new unit would have read anew: by the way up from the unit.
    pub(crate) fn reaches(self, tx: &mut Tx, place: &Place) -> Result<bool, StoreError> {
        let Authority::Staff(proof) = self else { return Ok(true) };
        let reach = proof.reach();
        if place.way.iter().any(|above| above.id == reach) {
            return Ok(true);
        }
        let party = place.way.last().is_some_and(|above| above.level.tree() == TreeKind::Party);
        Ok(party && crate::place::find(tx, reach)?.is_some_and(|reach| reach.way.last().is_some_and(|it| it.level == Level::District)))
    }
}
