//! Who there is: units in two trees, posts and who holds them, accounts and sessions, and the
//! permissions that come from posts, as proofs.
//!
//! Residents are not here: the three kinds of human are never joined.

mod act;
mod actor;
mod authority;
mod change_password;
mod change_unit;
mod close_post;
mod close_unit;
mod code;
mod create_person;
mod create_post;
mod create_unit;
mod duty;
mod enter;
mod fold;
mod fold_begun;
mod fold_tree;
mod grid;
mod hold;
mod invite;
mod level;
mod link;
mod lock;
mod look_up;
mod open_account;
mod outside;
mod passkey;
mod permission;
mod place;
mod release;
mod role;
mod settle_event;
mod succeed;
mod tree;
mod withdraw;

pub mod events;
pub mod history;
pub mod password;
pub mod read;
pub mod setup;
pub mod sign;
pub mod testing;
pub mod totp;
pub mod webauthn;

pub use act::{ActError, act};
pub use actor::{AccountId, Actor, Denied, Held, Permission, PostId, Proof, SessionId};
pub use authority::Authority;
pub use change_password::{ChangePassword, change_password};
pub use change_unit::{ChangeUnit, ChangeUnitError, change_unit};
pub use close_post::{ClosePostError, close_post, rename_post};
pub use close_unit::{CloseUnitError, close_unit};
pub use create_person::{CreatePerson, CreatePersonError, change_person, create_person};
pub use create_post::{CreatePost, CreatePostError, create_post};
pub use create_unit::{CreateUnit, CreateUnitError, NAME_LIMIT, create_unit};
pub use duty::{DutyError, DutyKind, UnitDuty, duties_of, duties_of_post, end_duty, give_duty};
pub use enter::enter_demonstration;
pub use events::{HoldingId, KINDS};
pub use fold::fold;
pub use fold_begun::fold_begun;
pub use fold_tree::fold_tree;
pub use grid::{DescribeError, GridProfile, describe_grid, grid_profile};
pub use hold::{HoldError, appoint_security, has_security, hold, may_be_given};
pub use invite::{InviteError, invite, is_apart};
pub use level::{Level, TreeKind, code_fits};
pub use link::{Link, LinkError, link, links_of, unlink};
pub use lock::{LockError, lock_account, revoke_sessions, unlock_account};
pub use look_up::{Named, persons_named, posts_titled, unit_by_code};
pub use open_account::{Invited, OpenAccountError, invited, open_account};
pub use outside::{
    Away, Door, LinkIdentityError, Linked, come_back, identities, identity_of, leave, link_identity, sign_in_from_outside,
    unlink_identities,
};
pub use passkey::{
    AddPasskeyError, Challenge, NewPasskey, Passkey, PasskeyId, UsedPasskey, add_passkey, challenge, passkeys, remove_passkey,
    sign_in_with_passkey,
};
pub use permission::{Grant, Invite, ManageAccounts, ManagePeople, ManageUnits, ReadRecord, SeeRecord, SettleEvents, covers};
pub use release::{ReleaseError, Released, release};
pub use role::Role;
pub use settle_event::{REASON_LIMIT, SettleEventError, settle_event};
pub use succeed::{Pass, Passing, Split, SucceedError, Succeeded, merge_units, split_unit};
pub use tree::{Tree, Unit, tree};
pub use withdraw::{WithdrawError, Withdrawn, withdraw_holding, withdraw_person};

store::bind_ids!(PostId, AccountId, SessionId, HoldingId, PasskeyId);

/// The tables of people.
pub const MIGRATIONS: &[store::Migration] =
    store::migrations!("people", "0001_people", "0010_tree", "0011_named", "0030_identity", "0040_post_was");
