//! What an operation is given beside its transaction: the present, randomness, rules, keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::rules::Rules;
use crate::{Clock, Id, Keys, Random, Time};

/// A district's surroundings, from which each operation gets its [`Ctx`]. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids, salts and secrets.
    pub random: Arc<dyn Random>,
    /// The rule packs in force.
    pub rules: Arc<Rules>,
    /// The keys that seal personal data.
    pub keys: Arc<Keys>,
}

impl Env {
    /// What one operation is given: its present stands still until the operation ends.
    pub fn ctx(&self) -> Ctx {
        Ctx { now: self.clock.now(), env: self.clone(), made: AtomicU32::new(0) }
    }
}

/// The surroundings of one operation, in one transaction.
pub struct Ctx {
    /// The instant of the operation.
    pub now: Time,
    env: Env,
    made: AtomicU32,
}

impl Ctx {
    /// A new id. Ids of one `Ctx` grow in the order they were made, also within a millisecond.
    pub fn id<T: From<Id>>(&self) -> T {
        let millis = u64::try_from(self.now.0.max(0) / 1000).unwrap_or(0);
        let within = u32::try_from(self.now.0.max(0) % 1000).unwrap_or(0) * 4;
        let order = (within + self.made.fetch_add(1, Ordering::Relaxed)).min(0xfff);
        let mut bytes = self.env.random.bits().to_le_bytes();
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6] = 0x70 | u8::try_from(order >> 8).unwrap_or(0x0f);
        bytes[7] = u8::try_from(order & 0xff).unwrap_or(0xff);
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        T::from(Id(bytes))
    }

    /// Sixteen random bytes: a salt, which is kept beside what it salts and erased with it.
    pub fn salt(&self) -> [u8; 16] {
        self.env.random.bits().to_le_bytes()
    }

    /// The source of random bytes.
    pub fn random(&self) -> &dyn Random {
        &*self.env.random
    }

    /// The rules in force.
    pub fn rules(&self) -> &Rules {
        &self.env.rules
    }

    /// The keys that seal personal data.
    pub fn keys(&self) -> &Keys {
        &self.env.keys
    }
}
