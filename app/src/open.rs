//! Opening a district: its directory, its key file, its tables.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base::rules::Rules;
use base::{Clock, Env, Keys, Random, SystemClock, SystemRandom};
use store::{Database, Migration, Options, Store};
use web::{District, Module, fill};

use crate::config::Place;
use crate::words::Words;

/// The modules of the program. Adding a module is adding a line here.
pub(crate) fn modules() -> Vec<Module> {
    vec![concerns::module(), measures::module(), audit::module()]
}

/// The tables of the house and of all modules.
pub(crate) fn trees(modules: &[Module]) -> Vec<&'static [Migration]> {
    let mut trees = vec![record::MIGRATIONS, people::MIGRATIONS, web::MIGRATIONS];
    trees.extend(modules.iter().map(|module| module.migrations));
    trees
}

/// A district, and whether its key file was made just now.
pub(crate) struct Opened {
    /// The district.
    pub district: Arc<District>,
    /// The key file is new.
    pub new_keys: bool,
}

/// Open a district; an empty place becomes a new store. `demo` says what a new store is to be.
///
/// # Errors
/// In words that say what to do.
pub(crate) fn open(place: &Place, modules: &[Module], demo: bool, t: &Words) -> Result<Opened> {
    open_patiently(place, modules, demo, t, Options::default().job_limit)
}

/// The same, where one piece of work may take as long as it needs: a command that looks through a whole
/// store while nobody waits for a page.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_patiently(place: &Place, modules: &[Module], demo: bool, t: &Words, job_limit: Duration) -> Result<Opened> {
    let clock = SystemClock;
    let random = SystemRandom::open().context("random")?;
    if let Some(directory) = place.blobs.parent() {
        private_directory(directory)?;
    }
    let options = Options { blobs: place.blobs.clone(), job_limit, ..Options::default() };
    let store = Store::open(&place.database, &options, &trees(modules), clock.now())?;
    let fresh = store.read_now(|tx| tx.opt(HAS_EVENT, store::p![], |_| Ok(()))).map(|found| found.is_none())?;
    let (keys, new_keys) = match read_keys(&place.keys, t)? {
        Some(keys) => (keys, false),
        None if fresh => (make_keys(&place.keys, &random)?, true),
        None => bail!(fill(t.keys_missing, &[("place", &place.keys.display())])),
    };
    web::found(&store, clock.now(), demo)?;
    let host = place.hosts.first().cloned();
    let env = Env { clock: Arc::new(clock), random: Arc::new(random), rules: Rules::builtin(), keys: Arc::new(keys) };
    let naming = env.clone();
    store.write_now(move |tx| record::name_log(tx, &naming.ctx(), host.as_deref()))?;
    Ok(Opened { district: District::new(place.hosts.clone(), store, env)?, new_keys })
}

const HAS_EVENT: &store::Sql = store::sql!("SELECT 1 FROM event LIMIT 1");

/// Where a district lies, for people: never with a password.
pub(crate) fn shown(place: &Place) -> String {
    match &place.database {
        Database::Sqlite { file } => file.display().to_string(),
        Database::Postgres { schema, .. } => format!("PostgreSQL {schema}"),
    }
}

fn private_directory(directory: &Path) -> Result<()> {
    if !directory.as_os_str().is_empty() && !directory.is_dir() {
        std::fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700)).with_context(|| directory.display().to_string())?;
    }
    Ok(())
}

/// The keys of a file; none where there is no file. A file that others can read is refused.
fn read_keys(path: &Path, t: &Words) -> Result<Option<Keys>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        bail!(fill(t.keys_open, &[("place", &path.display())]));
    }
    let keys = Keys::parse(&text).map_err(anyhow::Error::msg).with_context(|| path.display().to_string())?;
    Ok(Some(keys))
}

/// A new key file, readable by its owner only, on disk before anything is sealed with it. Where another process was
/// quicker, its file counts.
fn make_keys(path: &Path, random: &dyn Random) -> Result<Keys> {
    let text = Keys::generate(random);
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = made.with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::File::open(directory)?.sync_all()?;
    }
    Keys::parse(&text).map_err(anyhow::Error::msg)
}
