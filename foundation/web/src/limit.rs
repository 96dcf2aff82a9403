//! Rate limits: a token bucket for each address and purpose, in memory and of bounded size.
//!
//! Addresses live only here, for minutes, and are joined with nothing. Behind several processes each
//! counts for itself, so that the effective limit is a multiple; it is a brake, not an account.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use base::Time;

/// What is limited. The number is the place in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Attempts to sign in, set-up codes, invitation codes.
    SignIn,
    /// Things sent by residents: a concern, an addition, an answer.
    Submit,
    /// Uploads of pictures and files.
    Upload,
    /// Looking up a receipt by its number.
    Track,
    /// What programs of others ask for.
    Api,
}

impl Limit {
    /// All of them, with the names they have in the configuration.
    pub const ALL: [(&'static str, Limit); 5] =
        [("sign_in", Limit::SignIn), ("submit", Limit::Submit), ("upload", Limit::Upload), ("track", Limit::Track), ("api", Limit::Api)];
}

/// So many at once, and then so many a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The size of the bucket; 0 means no limit.
    pub burst: u32,
    /// How many tokens a minute come back.
    pub per_minute: u32,
}

impl Rate {
    /// No limit at all.
    pub const OFF: Rate = Rate { burst: 0, per_minute: 0 };
}

/// The rate of each purpose.
#[derive(Clone, Copy, Debug)]
pub struct Rates(pub [Rate; 5]);

impl Default for Rates {
    /// Wide enough for a community centre behind one address, narrow enough to stop a script.
    fn default() -> Rates {
        Rates([
            Rate { burst: 20, per_minute: 10 },
            Rate { burst: 60, per_minute: 30 },
            Rate { burst: 60, per_minute: 60 },
            Rate { burst: 120, per_minute: 60 },
            Rate { burst: 300, per_minute: 120 },
        ])
    }
}

impl Rates {
    /// No limits: for benches and for the generator of load, never by default.
    pub const OFF: Rates = Rates([Rate::OFF; 5]);

    /// The rate of one purpose.
    pub fn of(&self, what: Limit) -> Rate {
        self.0[what as usize % 5]
    }

    /// Set the rate of one purpose.
    pub fn set(&mut self, what: Limit, rate: Rate) {
        self.0[what as usize % 5] = rate;
    }
}

const SHARDS: usize = 16;
/// Buckets in one shard before the fullest half is forgotten; 16 × 4,096 × ~40 bytes is under 4 MB.
const MOST: usize = 4096;

/// A minute's microseconds: each microsecond brings `per_minute` parts of a token.
const TOKEN: i64 = Time::MINUTE;

#[derive(Clone, Copy)]
struct Bucket {
    /// In parts of which [`TOKEN`] make a token: exact, however often the bucket is looked at.
    left: i64,
    at: Time,
}

/// The buckets of one process.
pub(crate) struct Limits {
    rates: Rates,
    hasher: RandomState,
    shards: [Mutex<HashMap<(u128, u8), Bucket>>; SHARDS],
}

impl Limits {
    pub(crate) fn new(rates: Rates) -> Limits {
        Limits { rates, hasher: RandomState::new(), shards: std::array::from_fn(|_| Mutex::new(HashMap::new())) }
    }

    /// Take a token.
    ///
    /// # Errors
    /// The seconds until there is one again.
    pub(crate) fn take(&self, what: Limit, address: IpAddr, now: Time) -> Result<(), u32> {
        let rate = self.rates.of(what);
        if rate.burst == 0 {
            return Ok(());
        }
        let key = (network(address), what as u8);
        let shard = usize::try_from(self.hasher.hash_one(key) % 16).unwrap_or(0);
        let mut buckets = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        let full = i64::from(rate.burst) * TOKEN;
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            forget(&mut buckets, now);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let gained = now.since(bucket.at).max(0).saturating_mul(i64::from(rate.per_minute));
        *bucket = Bucket { left: bucket.left.saturating_add(gained).min(full), at: now };
        if bucket.left >= TOKEN {
            bucket.left -= TOKEN;
            return Ok(());
        }
        let parts_a_second = i64::from(rate.per_minute).max(1) * Time::SECOND;
        let seconds = (TOKEN - bucket.left + parts_a_second - 1) / parts_a_second;
        Err(u32::try_from(seconds.clamp(1, 3600)).unwrap_or(3600))
    }
}

/// An IPv4 address, or the /64 network of an IPv6 one, since a household has 2⁶⁴ of those.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits() & !u128::from(u64::MAX) | 1 << 127,
    }
}

/// Forgets the half that was quiet longest, so that a flood from many addresses cannot fill memory.
fn forget(buckets: &mut HashMap<(u128, u8), Bucket>, now: Time) {
    let mut quiet: Vec<i64> = buckets.values().map(|b| now.since(b.at)).collect();
    let middle = quiet.len() / 2;
    let (_, &mut median, _) = quiet.select_nth_unstable(middle);
    let mut excess = buckets.len() / 2;
    buckets.retain(|_, b| {
        let old = excess > 0 && now.since(b.at) >= median;
        excess -= usize::from(old);
        !old
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_burst_then_a_pace_and_others_are_not_touched() {
        let mut rates = Rates::OFF;
        rates.set(Limit::Submit, Rate { burst: 3, per_minute: 6 });
        let limits = Limits::new(rates);
        let start = Time(0);
        for _ in 0..3 {
            limits.take(Limit::Submit, HERE, start).unwrap();
        }
        assert_eq!(limits.take(Limit::Submit, HERE, start), Err(10));
        limits.take(Limit::SignIn, HERE, start).unwrap();
        limits.take(Limit::Submit, "10.0.0.1".parse().unwrap(), start).unwrap();
        limits.take(Limit::Submit, HERE, start.plus(10 * Time::SECOND)).unwrap();
        assert_eq!(limits.take(Limit::Submit, HERE, start.plus(11 * Time::SECOND)), Err(9));
        limits.take(Limit::Submit, "::ffff:10.0.0.1".parse().unwrap(), start).unwrap();
    }

    #[test]
    fn many_addresses_do_not_fill_memory() {
        let limits = Limits::new(Rates::default());
        for n in 0..200_000u32 {
            limits.take(Limit::Track, IpAddr::V4(n.into()), Time(i64::from(n))).unwrap();
        }
        let held: usize = limits.shards.iter().map(|s| s.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * MOST, "{held}");
    }
}
