//! Numbers: percentiles of many samples, medians of rounds, tables, and a line about the machine.

use std::time::Duration;

/// What one round of one variant gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Round {
    /// Done in a second.
    pub(crate) rate: f64,
    /// Half took at most so many milliseconds.
    pub(crate) p50: f64,
    /// All but one in a hundred took at most so many milliseconds.
    pub(crate) p99: f64,
    /// The longest, in milliseconds.
    pub(crate) max: f64,
}

impl Round {
    /// From how long each one took, in microseconds, and how long all of it took.
    pub(crate) fn of(mut micros: Vec<u32>, over: Duration) -> Round {
        micros.sort_unstable();
        let at = |part: f64| {
            let place = (micros.len() as f64 * part) as usize;
            micros.get(place.min(micros.len().saturating_sub(1))).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
        };
        Round { rate: micros.len() as f64 / over.as_secs_f64().max(1e-9), p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }

    /// The median of each number over the rounds.
    pub(crate) fn median(rounds: &[Round]) -> Round {
        let of = |pick: fn(&Round) -> f64| median(rounds.iter().map(pick).collect());
        Round { rate: of(|r| r.rate), p50: of(|r| r.p50), p99: of(|r| r.p99), max: of(|r| r.max) }
    }
}

pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// A table of variants.
pub(crate) struct Table {
    title: String,
    rows: Vec<(String, Round, String)>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>) -> Table {
        Table { title: title.into(), rows: Vec::new() }
    }

    /// A row with what is wanted of it and whether that is so.
    pub(crate) fn row(&mut self, name: impl Into<String>, round: Round, wanted: impl Into<String>) {
        self.rows.push((name.into(), round, wanted.into()));
    }

    pub(crate) fn print(&self) {
        println!("\n{}", self.title);
        println!("{:<44} {:>10} {:>9} {:>9} {:>9}  wanted", "", "per second", "p50 ms", "p99 ms", "max ms");
        for (name, round, wanted) in &self.rows {
            println!("{name:<44} {:>10.0} {:>9.2} {:>9.2} {:>9.1}  {wanted}", round.rate, round.p50, round.p99, round.max);
        }
    }
}

/// In words whether a number is what is wanted.
pub(crate) fn verdict(met: bool, wanted: &str) -> String {
    format!("{wanted}: {}", if met { "met" } else { "MISSED" })
}

/// What the numbers were measured on.
pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cpu = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("?");
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("machine: {cpu}, {cores} cores, memory {memory}, Linux {}, load {load} before", kernel.trim())
}

/// How long this thread has been at work, where the system tells.
pub(crate) fn thread_time() -> Option<std::time::Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(std::time::Duration::from_nanos)
}
