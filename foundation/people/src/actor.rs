//! Who acts, what they may do and over what, and the proof of it.
//!
//! An operation takes a [`Proof`] of its permission; only [`Actor::require`] and [`Actor::has`] make
//! one, so that a forgotten check does not compile.

use std::marker::PhantomData;

use base::{Id, PersonId, UnitId};

use crate::role::Role;
use crate::sign::Way;
use crate::tree::Tree;

base::id! {
    /// What a person holds in a unit.
    pub PostId;
    /// What a person signs in with.
    pub AccountId;
    /// One sign-in.
    pub SessionId;
}

/// A permission: a type of the module that asks for it.
pub trait Permission: 'static {
    /// Its name, as `concerns.dispatch`, for the log and the list of permissions.
    const NAME: &'static str;
    /// The roles that have it.
    const ROLES: &'static [Role];
}

/// A post that a person holds at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The post.
    pub post: PostId,
    /// The unit it is in.
    pub unit: UnitId,
    /// The unit whose subtree its permissions cover; most often the same.
    pub reach: UnitId,
    /// What its holder does.
    pub role: Role,
    /// Its title.
    pub title: String,
}

/// Somebody signed in, with the posts they hold at present. Made only from a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The posts they hold, in a fixed order.
    pub posts: Vec<Held>,
    /// The session.
    pub session: SessionId,
    /// Whether the account has a second factor.
    pub has_totp: bool,
    /// Whether the session's last sight should be written anew (at most once a minute): `sign::touch`.
    pub touch: bool,
    /// How the session began.
    pub way: Way,
    /// Whether the password with which the session began is older than passwords may be: it is changed first.
    pub password_old: bool,
}

/// No post of this person gives the permission there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no post held gives {permission} there")]
pub struct Denied {
    /// The permission's name.
    pub permission: &'static str,
}

/// That somebody has the permission `P`, through which post, and how far it reaches.
pub struct Proof<P> {
    person: PersonId,
    held: Held,
    over: Option<UnitId>,
    permission: PhantomData<fn() -> P>,
}

impl<P> std::fmt::Debug for Proof<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({} by {:?})", self.person, self.held)
    }
}

impl<P> Clone for Proof<P> {
    fn clone(&self) -> Proof<P> {
        Proof { person: self.person, held: self.held.clone(), over: self.over, permission: PhantomData }
    }
}

impl<P> Proof<P> {
    /// Who has it.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The same as an event's actor.
    pub fn actor(&self) -> record::Actor {
        record::Actor::Person(self.person)
    }

    /// The unit of the post that gives it.
    pub fn unit(&self) -> UnitId {
        self.held.unit
    }

    /// The post that gives it.
    pub fn post(&self) -> PostId {
        self.held.post
    }

    /// The role of that post.
    pub fn role(&self) -> Role {
        self.held.role
    }

    /// The unit whose subtree it covers.
    pub fn reach(&self) -> UnitId {
        self.held.reach
    }

    /// The unit over which it was asked for; none from [`Actor::has`].
    pub fn over(&self) -> Option<UnitId> {
        self.over
    }

    /// Whether it covers this unit, for operations that touch more than one.
    pub fn covers(&self, tree: &Tree, unit: UnitId) -> bool {
        tree.is_within(unit, self.held.reach)
    }
}

impl Actor {
    /// Proof of `P` over this unit, through the post that reaches it from nearest.
    ///
    /// # Errors
    /// [`Denied`] when no post held gives it there.
    pub fn require<P: Permission>(&self, tree: &Tree, over: UnitId) -> Result<Proof<P>, Denied> {
        let path = tree.get(over).map_or(&[][..], |unit| unit.path.as_slice());
        let nearest = self
            .posts
            .iter()
            .filter(|held| P::ROLES.contains(&held.role))
            .filter_map(|held| path.iter().position(|above| *above == held.reach).map(|depth| (depth, held)))
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.post.cmp(&a.1.post)));
        match nearest {
            Some((_, held)) => Ok(Proof { person: self.person, held: held.clone(), over: Some(over), permission: PhantomData }),
            None => Err(Denied { permission: P::NAME }),
        }
    }

    /// Whether `P` is given over this unit: for showing or hiding what leads to it.
    pub fn may<P: Permission>(&self, tree: &Tree, over: UnitId) -> bool {
        self.require::<P>(tree, over).is_ok()
    }

    /// Proof of `P` through the first post that gives it, wherever it reaches; for pages that then show
    /// what lies within [`Proof::reach`].
    pub fn has<P: Permission>(&self) -> Option<Proof<P>> {
        self.each::<P>().next()
    }

    /// Proofs of `P` through each post that gives it.
    pub fn each<P: Permission>(&self) -> impl Iterator<Item = Proof<P>> {
        let person = self.person;
        self.posts.iter().filter(|held| P::ROLES.contains(&held.role)).map(move |held| Proof {
            person,
            held: held.clone(),
            over: None,
            permission: PhantomData,
        })
    }

    /// Whether a post with this role is held.
    pub fn is(&self, role: Role) -> bool {
        self.posts.iter().any(|held| held.role == role)
    }

    /// The same without posts, for what needs none.
    pub fn signed(&self) -> crate::sign::SignedPerson {
        crate::sign::SignedPerson { person: self.person, session: self.session, touch: self.touch, password_old: self.password_old }
    }

    /// Whether one of the three administrators' posts is held.
    pub fn is_admin(&self) -> bool {
        self.posts.iter().any(|held| held.role.is_admin())
    }

    /// The units in which posts are held, each once.
    pub fn units(&self) -> Vec<UnitId> {
        let mut units: Vec<UnitId> = self.posts.iter().map(|held| held.unit).collect();
        units.sort_unstable();
        units.dedup();
        units
    }

    /// The id as an event's subject.
    pub fn subject(&self) -> Id {
        self.person.0
    }
}
