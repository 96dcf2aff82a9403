//! Opening a district: its directory, its key file, its tables.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base::rules::Rules;
use base::{Clock, Env, Keys, Random, SeededRandom, SystemClock, SystemRandom};
use store::{Database, Migration, Options, Store};
use web::{District, Module, fill};

use crate::config::Place;
use crate::words::Words;

/// The modules of the program. Adding a module is adding a line here.
pub(crate) fn modules() -> Vec<Module> {
    vec![
        concerns::module(),
        residents::module(),
        measures::module(),
        scores::module(),
        inspections::module(),
        conferences::module(),
        checks::module(),
        dashboard::module(),
        burden::module(),
        learning::module(),
        theory::module(),
        audit::module(),
        reports::module(),
        notices::module(),
        visitors::module(),
    ]
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

/// Open a district; an empty place becomes a new store: a demonstration where there is a seed for one, which then decides
/// its keys as well, so that the same seed gives the same record.
///
/// # Errors
/// In words that say what to do.
pub(crate) fn open(place: &Place, modules: &[Module], demo: Option<u64>, t: &Words) -> Result<Opened> {
    open_patiently(place, modules, demo, t, Options::default().job_limit)
}

/// The same, where one piece of work may take as long as it needs: a command that looks through a whole
/// store while nobody waits for a page.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_patiently(place: &Place, modules: &[Module], demo: Option<u64>, t: &Words, job_limit: Duration) -> Result<Opened> {
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
        None if fresh => match demo {
            Some(seed) => (make_keys(&place.keys, &SeededRandom::new(seed))?, true),
            None => (make_keys(&place.keys, &random)?, true),
        },
        None => bail!(fill(t.keys_missing, &[("place", &place.keys.display())])),
    };
    web::found(&store, clock.now(), demo.is_some())?;
    let host = place.hosts.first().cloned();
    let env = Env { clock: Arc::new(clock), random: Arc::new(random), rules: Arc::new(rules(place, &store, t)?), keys: Arc::new(keys) };
    let naming = env.clone();
    store.write_now(move |tx| record::name_log(tx, &naming.ctx(), host.as_deref()))?;
    let district = District::new(place.hosts.clone(), store, env)?;
    for module in modules {
        (module.refresh)(&district).map_err(|fault| anyhow::Error::msg(fault.to_string())).with_context(|| module.name)?;
    }
    if let Some(vouching) = &place.residents {
        district.let_vouch(Arc::clone(&vouching.0));
    }
    Ok(Opened { district, new_keys })
}

/// The rules of a district: those of the product, the profiles that it adopts, then its own packs, for the
/// locality that its division code names. A pack that cannot be right stops the program in words.
fn rules(place: &Place, store: &Store, t: &Words) -> Result<Rules> {
    let division = store.read_now(|tx| people::tree(tx).map(|tree| tree.district().map(|unit| unit.code.clone())))?.unwrap_or_default();
    let mut packs: Vec<(String, String)> =
        base::rules::BUILTIN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for wanted in &place.profiles {
        let name = format!("rules/profiles/{wanted}.toml");
        let Some((_, text)) = base::rules::PROFILES.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = base::rules::PROFILES.iter().filter_map(|(name, _)| Path::new(name).file_stem()?.to_str()).collect();
            bail!("profiles: {}", fill(t.unknown_profile, &[("word", wanted), ("known", &known.join(", "))]));
        };
        packs.push((name, (*text).to_owned()));
    }
    for path in packs_of(place)? {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        packs.push((path.display().to_string(), text));
    }
    let packs: Vec<(&str, &str)> = packs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Ok(Rules::parse(&packs, &division)?)
}

/// The files of the district's own packs, in the order in which they count.
///
/// # Errors
/// When the directory is there and cannot be read.
pub(crate) fn packs_of(place: &Place) -> Result<Vec<PathBuf>> {
    let mut own: Vec<_> = match std::fs::read_dir(&place.rules) {
        Ok(files) => {
            files.filter_map(|file| Some(file.ok()?.path())).filter(|path| path.extension().is_some_and(|end| end == "toml")).collect()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| place.rules.display().to_string()),
    };
    own.sort();
    Ok(own)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_district_adds_packs_and_a_wrong_one_is_named() {
        let directory = std::env::temp_dir().join(format!("lianxin-rules-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("rules")).unwrap();
        let mut place = Place {
            hosts: Vec::new(),
            database: Database::Sqlite { file: directory.join("x.db") },
            blobs: directory.join("blobs"),
            keys: directory.join("keys"),
            rules: directory.join("rules"),
            profiles: vec!["beijing".into()],
            residents: None,
        };
        let store = store::testing::fresh(store::Engine::Sqlite, &trees(&modules()));
        let t = Words::of(web::Lang::En);
        let day = |text: &str| text.parse().unwrap();
        let adopted = rules(&place, &store, t).unwrap();
        assert_eq!(adopted.holding("terms.urgent", day("2026-11-23")).unwrap().amount, 2);
        assert!(Rules::builtin().rule("terms.urgent").is_none(), "only where it is adopted");
        assert!(adopted.calendar().is_provisional(day("2027-05-01")));
        // The published table of a year replaces the provisional one.
        let table =
            "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2027-01-01/2027-01-03\"]\nwork = []\n";
        std::fs::write(directory.join("rules/2027.toml"), table).unwrap();
        let imported = rules(&place, &store, t).unwrap();
        assert!(!imported.calendar().is_provisional(day("2027-05-01")) && imported.digest() != adopted.digest());
        std::fs::write(directory.join("rules/2027.toml"), table.replace("2027-01-03", "2027-13-03")).unwrap();
        let wrong = rules(&place, &store, t).unwrap_err().to_string();
        assert!(wrong.contains("2027.toml") && wrong.contains("year 2027") && wrong.contains("2027-13-03"), "{wrong}");
        place.profiles = vec!["nowhere".into()];
        assert!(rules(&place, &store, t).unwrap_err().to_string().contains("beijing"));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
