//! The targets on a stable compiler: their seeds, and a fixed stream of mutations of them.

use base::{Random, SeededRandom};
use lianxin_fuzz::{TARGETS, mutate};

/// How many inputs each target is fed; more when the environment says so.
fn rounds() -> usize {
    std::env::var("FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000)
}

fn feed(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    let seeds = (target.seeds)();
    for seed in &seeds {
        (target.run)(seed);
    }
    let random = SeededRandom::new(20_261_121);
    for round in 0..rounds() {
        let seed = &seeds[usize::try_from(random.below(seeds.len() as u64)).unwrap_or(0)];
        let input = match target.vary {
            Some(vary) if round % 3 != 0 => vary(&random, seed),
            _ => mutate::bytes(&random, seed),
        };
        let run = target.run;
        if std::panic::catch_unwind(|| run(&input)).is_err() {
            let file = std::env::temp_dir().join(format!("lianxin-fuzz-{name}-{round}"));
            std::fs::write(&file, &input).ok();
            panic!("{name}: round {round} failed; its input lies in {}", file.display());
        }
    }
}

macro_rules! fed {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                feed(stringify!($name));
            }
        )*

        const FED: &[&str] = &[$(stringify!($name)),*];
    };
}

fed! { sheet stream form template event proof passkey token geojson open311 lesson questions word }

#[test]
fn no_target_is_left_out() {
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names, FED);
}
