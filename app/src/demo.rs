//! `lianxin demo`: an invented district, made once and then served to this machine only.

use std::io::{IsTerminal, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ::demo::{Make, Progress, Size, Stage, State};
use anyhow::{Context, Result, bail};
use base::Time;
use store::{Database, StoreError};
use web::{DemoEntry, fill};

use crate::args::Settings;
use crate::config::{self, Place};
use crate::open::{self, Opened};
use crate::serve;
use crate::tools::WHOLE_STORE;
use crate::words::Words;

/// Make the district if it is not there, and serve it.
///
/// # Errors
/// In words that say what to do.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode> {
    let t = Words::of(settings.lang);
    let mut plan = config::plan(settings, "./demo-data")?;
    if !plan.web.loopback {
        bail!(t.demo_loopback);
    }
    let place = plan.districts.first().context("place")?.clone();
    let (modules, seed) = (open::modules(), settings.seed.unwrap_or(1));
    let listening = serve::Listening::at(plan.listen)?;
    let mut opened = open::open(&place, &modules, Some(seed), t)?;
    if !opened.district.demo() {
        bail!(fill(t.demo_not_demo, &[("place", &open::shown(&place))]));
    }
    if state(&opened)? == State::Unfinished {
        // Half a district is nobody's data: it was invented, and the store says that it is a demonstration.
        opened.district.store().close();
        drop(opened);
        clear(&place, t)?;
        opened = open::open(&place, &modules, Some(seed), t)?;
    }
    if state(&opened)? == State::None {
        // Whoever asks while the year passes is told at once that nobody is there yet, rather than kept waiting.
        drop(listening);
        // On a slow machine a day's deadlines of a whole district take longer than anybody would wait for a page.
        opened.district.store().close();
        drop(opened);
        let opened = open::open_patiently(&place, &modules, Some(seed), t, WHOLE_STORE)?;
        make(settings, &opened, &modules, t)?;
        // A year in a minute leaves a large heap behind. The same program, begun anew on the store that is there
        // now, serves in a tenth of it.
        opened.district.store().close();
        let program = std::env::current_exe().context("the program's own file")?;
        return Err(std::process::Command::new(program).args(std::env::args_os().skip(1)).exec().into());
    }
    plan.web.demo_entries = Some(entries);
    serve::run(listening, plan.web, vec![opened.district], modules, t, |address| {
        let enter = fill(t.demo_line, &[("address", &format!("{}/demo", serve::url(address)))]);
        serve::greeting(t, address, &[enter])
    })?;
    Ok(ExitCode::SUCCESS)
}

fn state(opened: &Opened) -> Result<State> {
    Ok(opened.district.store().read_now::<_, StoreError>(::demo::state)?)
}

/// As whom the page of roles offers to enter.
fn entries(tx: &mut store::Tx) -> Result<Vec<DemoEntry>, StoreError> {
    let all = ::demo::entries(tx)?;
    Ok(all
        .into_iter()
        .map(|entry| DemoEntry {
            role: entry.role,
            person: entry.person,
            name: entry.name,
            unit: entry.unit,
            link: entry.link,
            waiting: entry.waiting,
        })
        .collect())
}

fn make(settings: &Settings, opened: &Opened, modules: &[web::Module], t: &Words) -> Result<()> {
    let env = opened.district.env();
    let readers: Vec<_> = modules.iter().flat_map(|module| (module.readers)(modules)).collect();
    let make = Make {
        store: opened.district.store(),
        rules: env.rules.clone(),
        keys: env.keys.clone(),
        now: settings.day.map_or_else(|| env.clock.now(), |day| Time::from_civil(day.at(17, 0, 0, 0))),
        seed: settings.seed.unwrap_or(1),
        size: if settings.small { Size::Small } else { Size::Full },
        concerns: None,
        readers: &readers,
    };
    let terminal = std::io::stderr().is_terminal();
    let mut told = (None, Instant::now());
    let made = ::demo::create(&make, &mut |progress: Progress| {
        // A line that is written over on a terminal; a line now and then in a file.
        let pause = if terminal { Duration::from_millis(100) } else { Duration::from_secs(5) };
        let ended = progress.done == progress.total;
        if told.0 == Some(progress.stage) && !ended && told.1.elapsed() < pause {
            return;
        }
        told = (Some(progress.stage), Instant::now());
        let what = match progress.stage {
            Stage::Units => t.demo_units,
            Stage::People => t.demo_people,
            Stage::Concerns => t.demo_concerns,
        };
        let (start, end) = if terminal { ("\r\x1b[2K", if ended { "\n" } else { "" }) } else { ("", "\n") };
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "{start}{what} {} / {}{end}", progress.done, progress.total);
        let _ = err.flush();
    })?;
    serve::say(&fill(t.demo_made, &[("units", &made.units), ("people", &made.people), ("concerns", &made.concerns)]));
    opened.district.refresh_name()?;
    Ok(())
}

/// Throw half a demonstration away.
fn clear(place: &Place, t: &Words) -> Result<()> {
    let Database::Sqlite { file } = &place.database else {
        bail!(fill(t.demo_unfinished, &[("place", &open::shown(place))]));
    };
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        remove(Path::new(&name), false)?;
    }
    remove(&place.blobs, true)
}

fn remove(path: &Path, directory: bool) -> Result<()> {
    let done = if directory { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).with_context(|| path.display().to_string()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_day_make_the_same_record() {
        let made = |number: u32, seed: u64| {
            let directory = std::env::temp_dir().join(format!("lianxin-demo-{}-{number}", std::process::id()));
            let settings = Settings {
                data: Some(directory.clone()),
                seed: Some(seed),
                day: "2026-11-20".parse().ok(),
                small: true,
                ..Settings::default()
            };
            let plan = config::plan(&settings, "").unwrap();
            let (modules, t) = (open::modules(), Words::of(settings.lang));
            let opened = open::open(&plan.districts[0], &modules, Some(seed), t).unwrap();
            make(&settings, &opened, &modules, t).unwrap();
            let head = opened.district.store().read_now(record::tree_size).unwrap();
            opened.district.store().close();
            std::fs::remove_dir_all(directory).unwrap();
            (head.size, head.root)
        };
        let first = made(1, 7);
        assert!(first.0 > 1_000, "{first:?}");
        assert_eq!(made(2, 7), first, "keys, units, people, concerns and what readers make of them");
        assert_ne!(made(3, 8).1, first.1);
    }
}
