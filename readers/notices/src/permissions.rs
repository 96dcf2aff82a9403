//! What may be done here by whom.

use people::{Permission, Role};

/// See how sending goes, and send again what did not go: who runs the machine. No words and no address are shown.
#[derive(Debug)]
pub struct KeepOutbox;

impl Permission for KeepOutbox {
    const NAME: &'static str = "notices.outbox";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}
