//! Who there is: units in two trees, posts and who holds them, accounts and sessions, and the
//! permissions that come from posts, as proofs.
//!
//! Residents are not here: the three kinds of human are never joined.

mod actor;
mod level;
mod role;
mod tree;

pub use actor::{AccountId, Actor, Denied, Held, Permission, PostId, Proof, SessionId};
pub use level::{Level, TreeKind, code_fits};
pub use role::Role;
pub use tree::{Tree, Unit, tree};

store::bind_ids!(PostId, AccountId, SessionId);

/// The tables of people.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("people", "0001_people");
