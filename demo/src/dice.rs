//! The demo's own luck: a small generator that a seed decides, divided into streams by name.
//!
//! Streams keep the district stable: drawing one more shop name does not rename the staff. This is
//! not a source of secrets; ids, salts and receipts come from `base::Random` as everywhere.

/// A stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed ^ 0x6c69_616e_7869_6e21)
    }

    /// An independent stream, named so that its numbers do not depend on what else is drawn.
    pub fn stream(&self, name: &str) -> Dice {
        let digest = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        Dice(self.0.rotate_left(23) ^ digest)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.bits() % n }
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low).saturating_add(1)).unwrap_or(1);
        low.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the items, none of none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(items.len() as u64)).unwrap_or(0);
        items.get(at)
    }

    /// One of the texts, empty where there is none.
    pub fn word<'a>(&mut self, items: &'a [&'a str]) -> &'a str {
        self.pick(items).copied().unwrap_or("")
    }

    /// The position of one of the weights, as often as its share; 0 where all are 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// Put the items in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or(0);
            items.swap(last, other);
        }
    }

    /// A delay between the two, more often short than long: the cube of an even draw.
    pub fn delay(&mut self, least: i64, most: i64) -> i64 {
        let even = self.below(1_000_000);
        let cubed = even * even / 1_000_000 * even / 1_000_000;
        let span = most.saturating_sub(least).max(0);
        // In two steps so that spans of years in microseconds do not overflow.
        let part = i64::try_from(cubed).unwrap_or(0);
        least + span / 1_000_000 * part + span % 1_000_000 * part / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_disturb_each_other() {
        let root = Dice::new(7);
        let mut first = root.stream("staff");
        let mut again = root.stream("staff");
        let mut other = root.stream("places");
        let drawn: Vec<u64> = (0..5).map(|_| first.bits()).collect();
        assert_eq!(drawn, (0..5).map(|_| again.bits()).collect::<Vec<_>>());
        assert_ne!(drawn, (0..5).map(|_| other.bits()).collect::<Vec<_>>());
    }

    #[test]
    fn draws_stay_in_their_bounds() {
        let mut dice = Dice::new(1);
        for _ in 0..10_000 {
            assert!((3..=9).contains(&dice.between(3, 9)));
            assert!((10..=1_000_000_000_000).contains(&dice.delay(10, 1_000_000_000_000)));
            assert!(dice.weighted([0, 5, 0, 1].into_iter()) % 2 == 1);
        }
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
