//! What administrators may do here. The three exclude one another: whoever makes accounts does not say
//! what they may do, and whoever says so does not make them.

use base::UnitId;

use crate::actor::{Permission, Proof};
use crate::level::{Level, TreeKind};
use crate::role::Role;
use crate::tree::Tree;

/// Make, change and close units and posts.
pub struct ManageUnits;

impl Permission for ManageUnits {
    const NAME: &'static str = "people.units";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}

/// Enter persons.
pub struct ManagePeople;

impl Permission for ManagePeople {
    const NAME: &'static str = "people.persons";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}

/// Give out the code with which a person opens an account.
pub struct Invite;

impl Permission for Invite {
    const NAME: &'static str = "people.invite";
    const ROLES: &'static [Role] = &[Role::SystemAdmin, Role::SecurityAdmin];
}

/// Say who holds which post.
pub struct Grant;

impl Permission for Grant {
    const NAME: &'static str = "people.grant";
    const ROLES: &'static [Role] = &[Role::SecurityAdmin];
}

/// Lock and unlock accounts and end others' sessions.
pub struct ManageAccounts;

impl Permission for ManageAccounts {
    const NAME: &'static str = "people.accounts";
    const ROLES: &'static [Role] = &[Role::SecurityAdmin];
}

/// Read the record, the log of readings, who signed in and who was given what; change nothing.
pub struct ReadRecord;

impl Permission for ReadRecord {
    const NAME: &'static str = "people.record";
    const ROLES: &'static [Role] = &[Role::AuditAdmin];
}

/// See how the record stands: how far it is signed, and what was set aside.
pub struct SeeRecord;

impl Permission for SeeRecord {
    const NAME: &'static str = "people.record";
    // The audit has pages of its own.
    const ROLES: &'static [Role] = &[Role::SystemAdmin, Role::SecurityAdmin];
}

/// Decide about events that were set aside. Not who runs the machine and its clock, and not who only audits.
pub struct SettleEvents;

impl Permission for SettleEvents {
    const NAME: &'static str = "people.settle";
    const ROLES: &'static [Role] = &[Role::SecurityAdmin];
}

/// Whether an administrator's post covers a unit. One that reaches the whole district covers the Party
/// tree too, which stands beside it.
pub fn covers<P>(proof: &Proof<P>, tree: &Tree, unit: UnitId) -> bool {
    let district = tree.level(proof.reach()) == Some(Level::District);
    proof.covers(tree, unit) || (district && tree.get(unit).is_some_and(|unit| unit.tree() == TreeKind::Party))
}
