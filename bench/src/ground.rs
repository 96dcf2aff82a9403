//! Districts to measure on: a small one made anew, and a large one made once and kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use base::rules::Rules;
use base::{Clock, Env, Keys, SeededRandom, SystemClock, SystemRandom};
use demo::{Make, Size};
use store::{Database, Engine, Migration, Options, Store};
use web::Module;

use crate::Wish;

/// The modules of the program.
pub(crate) fn modules() -> Vec<Module> {
    vec![
        concerns::module(),
        residents::module(),
        measures::module(),
        scores::module(),
        inspections::module(),
        conferences::module(),
        reports::module(),
        dashboard::module(),
        burden::module(),
        learning::module(),
        theory::module(),
    ]
}

/// The tables of the house and of the modules.
pub(crate) fn trees() -> Vec<&'static [Migration]> {
    let mut trees = vec![record::MIGRATIONS, people::MIGRATIONS, web::MIGRATIONS];
    trees.extend(modules().iter().map(|module| module.migrations));
    trees
}

/// Surroundings as the program has them, but with keys that a later run finds again.
pub(crate) fn env() -> Result<Env> {
    let random = SystemRandom::open().map_err(|error| anyhow!("random: {error}"))?;
    let keys = Arc::new(Keys::seeded(&SeededRandom::new(42)));
    Ok(Env { clock: Arc::new(SystemClock), random: Arc::new(random), rules: Rules::builtin(), keys })
}

/// A store that is removed in the end.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    directory: Option<PathBuf>,
    // Kept for what it removes when it is dropped.
    _place: Option<store::testing::Place>,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.store.close();
        if let Some(directory) = &self.directory
            && let Err(error) = std::fs::remove_dir_all(directory)
        {
            eprintln!("{} was left behind: {error}", directory.display());
        }
    }
}

/// A small district on a fresh SQLite store.
pub(crate) fn sqlite(dir: &Path, group: usize, size: Size) -> Result<Fresh> {
    let directory = dir.join(format!("fresh-{}-{group}", std::process::id()));
    if directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    std::fs::create_dir_all(&directory)?;
    let options = Options { group, blobs: directory.join("blobs"), ..Options::default() };
    let file = directory.join("district.db");
    let store = Store::open(&Database::Sqlite { file }, &options, &trees(), SystemClock.now())?;
    settle(&store, size, 0)?;
    Ok(Fresh { store, directory: Some(directory), _place: None })
}

/// A fresh SQLite store with tables and nothing in them.
pub(crate) fn empty(dir: &Path) -> Result<Fresh> {
    let directory = dir.join(format!("empty-{}", std::process::id()));
    if directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    std::fs::create_dir_all(&directory)?;
    let options = Options { blobs: directory.join("blobs"), job_limit: std::time::Duration::from_secs(60), ..Options::default() };
    let store = Store::open(&Database::Sqlite { file: directory.join("district.db") }, &options, &trees(), SystemClock.now())?;
    Ok(Fresh { store, directory: Some(directory), _place: None })
}

/// A small district on a fresh schema of PostgreSQL, where there is one.
pub(crate) fn postgres() -> Result<Option<Fresh>> {
    let Some(place) = store::testing::Place::fresh(store::Engine::Postgres) else { return Ok(None) };
    let options = Options { blobs: place.directory.join("blobs"), ..Options::default() };
    let store = Store::open(&place.database, &options, &trees(), SystemClock.now())?;
    settle(&store, Size::Small, 0)?;
    Ok(Some(Fresh { store, directory: None, _place: Some(place) }))
}

fn settle(store: &Store, size: Size, concerns: usize) -> Result<demo::Made> {
    let env = env()?;
    web::found(store, SystemClock.now(), true)?;
    let begun = Instant::now();
    let mut said = 0;
    let make = Make {
        store,
        rules: env.rules.clone(),
        keys: env.keys.clone(),
        now: SystemClock.now(),
        seed: 1,
        size,
        concerns: Some(concerns),
        readers: &[],
    };
    let made = demo::create(&make, &mut |progress| {
        let tenth = progress.done * 10 / progress.total.max(1);
        if concerns > 0 && progress.stage == demo::Stage::Concerns && tenth > said {
            said = tenth;
            eprintln!("  {} of {} concerns after {:.0} s", progress.done, progress.total, begun.elapsed().as_secs_f64());
        }
    })?;
    Ok(made)
}

/// The district with many concerns, made the first time it is asked for: on SQLite, or on the PostgreSQL server of
/// LIANXIN_TEST_PG in a schema of its own that stays there.
pub(crate) fn large(wish: &Wish, concerns: usize) -> Result<Large> {
    let (database, directory) = match wish.engine {
        Engine::Sqlite => {
            let directory = wish.dir.join(format!("district-{concerns}"));
            (Database::Sqlite { file: directory.join("district.db") }, directory)
        }
        Engine::Postgres => {
            let url = std::env::var(store::testing::PG_VARIABLE).context("LIANXIN_TEST_PG names no server")?;
            (Database::Postgres { url, schema: format!("bench_{concerns}") }, wish.dir.join(format!("district-{concerns}-postgres")))
        }
    };
    // All that falls due at the end of a day is passed in one go; with so many concerns that takes its time.
    let options = Options { blobs: directory.join("blobs"), job_limit: std::time::Duration::from_secs(60), ..Options::default() };
    let list = directory.join("receipts.txt");
    let open = || Store::open(&database, &options, &trees(), SystemClock.now());
    if directory.exists() {
        let store = open()?;
        if store.read_now(demo::state)? == demo::State::Whole
            && let Ok(text) = std::fs::read_to_string(&list)
        {
            let receipts = text.lines().filter_map(|line| line.split_once(' ')).map(|(no, secret)| (no.into(), secret.into())).collect();
            return Ok(Large { store, receipts });
        }
        store.close();
        std::fs::remove_dir_all(&directory)?;
    }
    store::testing::clear(&database)?;
    std::fs::create_dir_all(&directory)?;
    eprintln!("making a district with {concerns} concerns in {}; it is kept for the next time", directory.display());
    let store = open()?;
    let begun = Instant::now();
    let receipts = settle(&store, Size::Full, concerns)?.receipts;
    std::fs::write(&list, receipts.iter().map(|(no, secret)| format!("{no} {secret}\n")).collect::<String>())?;
    eprintln!("  made in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(Large { store, receipts })
}

/// A district with many concerns.
pub(crate) struct Large {
    pub(crate) store: Store,
    /// Receipts of some of them, as number and secret.
    pub(crate) receipts: Vec<(String, String)>,
}
