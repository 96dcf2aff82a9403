//! Random bytes that operations are given: the machine's, or a seeded stream for tests and the demo.

use std::sync::{Mutex, PoisonError};

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Where random bytes come from. Given, never asked for globally.
pub trait Random: Send + Sync {
    /// Fill the buffer.
    fn fill(&self, buffer: &mut [u8]);

    /// Sixteen bytes in one number.
    fn bits(&self) -> u128 {
        let mut buffer = [0; 16];
        self.fill(&mut buffer);
        u128::from_le_bytes(buffer)
    }

    /// A number in `0..n`; 0 where `n` is 0. The bias is below 2⁻⁶⁴.
    fn below(&self, n: u64) -> u64 {
        if n == 0 { 0 } else { u64::try_from(self.bits() % u128::from(n)).unwrap_or(0) }
    }
}

/// The operating system's generator behind a buffer of its own seeding: a ChaCha stream seeded from
/// the machine and seeded anew every mebibyte, since a system call for each id would be felt.
pub struct SystemRandom(Mutex<(ChaCha12Rng, usize)>);

/// Bytes drawn before [`SystemRandom`] takes a new seed.
const RESEED_AFTER: usize = 1 << 20;

impl SystemRandom {
    /// Seeded from the machine.
    ///
    /// # Errors
    /// When the machine has no source of randomness: nothing safe can be done then.
    pub fn open() -> Result<SystemRandom, getrandom::Error> {
        Ok(SystemRandom(Mutex::new((seeded()?, 0))))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn seeded() -> Result<ChaCha12Rng, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(ChaCha12Rng::from_seed(seed))
}

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.1 > RESEED_AFTER
            && let Ok(fresh) = seeded()
        {
            *state = (fresh, 0);
        }
        state.1 += buffer.len();
        state.0.fill_bytes(buffer);
    }
}

/// The same bytes for the same seed.
pub struct SeededRandom(Mutex<ChaCha12Rng>);

impl SeededRandom {
    /// A stream that the seed alone decides.
    pub fn new(seed: u64) -> SeededRandom {
        SeededRandom(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}
