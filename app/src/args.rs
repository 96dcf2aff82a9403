//! The command line: what is not known is refused in words.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::Arg;
use web::{Lang, fill};

use crate::words::{Words, lang};

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Run the service.
    Serve,
    /// Make a demo district and run it.
    Demo,
    /// Bring in concerns from a file.
    ImportConcerns(PathBuf),
    /// Bring in the classification from a file.
    ImportKinds(PathBuf),
    /// Bring in labelled cases to learn from.
    ImportLabelled(PathBuf),
    /// Bring in a table of an office, of this kind.
    Bring(String, PathBuf),
    /// Write what there is of a kind into a file.
    Export(String, PathBuf),
    /// Recompute the record and compare; or check a receipt, or checkpoints.
    Verify,
    /// Sign the heads of others' logs.
    Witness,
    /// Rebuild the readers.
    Rebuild,
    /// Back up into a directory.
    Backup(PathBuf),
    /// Explain.
    Help,
    /// Tell the version.
    Version,
}

/// With what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The data directory.
    pub data: Option<PathBuf>,
    /// A PostgreSQL URL.
    pub database: Option<String>,
    /// A PostgreSQL schema.
    pub schema: Option<String>,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// Which district.
    pub host: Option<String>,
    /// The demo's seed.
    pub seed: Option<u64>,
    /// The last day of the demo's year.
    pub day: Option<base::Date>,
    /// A small demo.
    pub small: bool,
    /// A receipt to check.
    pub receipt: Option<PathBuf>,
    /// The key to check it with.
    pub key: Option<String>,
    /// Checkpoints to compare with the store, or with one another.
    pub checkpoints: Vec<PathBuf>,
    /// What a witness calls itself.
    pub name: Option<String>,
    /// The code of the unit into which a table goes.
    pub unit: Option<String>,
    /// Only try: write nothing.
    pub dry: bool,
    /// The language of the command line.
    pub lang: Lang,
}

/// Read the arguments.
///
/// # Errors
/// What is wrong, in words of the wished language.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<(Command, Settings), String> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut settings = Settings { lang: lang(wish(&arguments)?), ..Settings::default() };
    let t = Words::of(settings.lang);
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut words: Vec<OsString> = Vec::new();
    let (mut help, mut version) = (false, false);
    let mut given: Vec<&'static str> = Vec::new();
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        let option = match argument {
            Arg::Value(word) => {
                words.push(word);
                continue;
            }
            Arg::Short('h') | Arg::Long("help") => {
                help = true;
                continue;
            }
            Arg::Short('V') | Arg::Long("version") => {
                version = true;
                continue;
            }
            Arg::Long("try") => {
                settings.dry = true;
                given.push("try");
                continue;
            }
            Arg::Long("small") => {
                settings.small = true;
                given.push("small");
                continue;
            }
            Arg::Long(name) => match OPTIONS.iter().find(|option| **option == name) {
                Some(option) => *option,
                None => return Err(unknown(t, words.first(), &format!("--{name}"))),
            },
            Arg::Short(letter) => return Err(unknown(t, words.first(), &format!("-{letter}"))),
        };
        let named = format!("--{option}");
        let value = parser.value().map_err(|_| fill(t.missing_value, &[("option", &named)]))?;
        let text = value.to_string_lossy().into_owned();
        let bad = |why: &dyn std::fmt::Display| fill(t.bad_value, &[("option", &named), ("value", &text), ("why", why)]);
        given.push(option);
        match option {
            "data" => settings.data = Some(value.into()),
            "config" => settings.config = Some(value.into()),
            "database" => {
                if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
                    return Err(fill(t.bad_value, &[("option", &named), ("value", &"…"), ("why", &"postgres://…")]));
                }
                settings.database = Some(text);
            }
            "schema" => settings.schema = Some(schema(&text).map_err(|why| bad(&why))?),
            "listen" => settings.listen = Some(text.parse().map_err(|_| bad(&"127.0.0.1:8080"))?),
            "host" => settings.host = Some(text),
            "receipt" => settings.receipt = Some(value.into()),
            "checkpoint" => settings.checkpoints.push(value.into()),
            "key" => settings.key = Some(text),
            "name" => settings.name = Some(text),
            "unit" => settings.unit = Some(text),
            "day" => settings.day = Some(text.parse().map_err(|_| bad(&"2026-11-30"))?),
            "seed" => settings.seed = Some(text.parse().map_err(|_| bad(&"0–18446744073709551615"))?),
            _ => {}
        }
    }
    let mut words = words.into_iter();
    let first = words.next().map(|word| word.to_string_lossy().into_owned());
    if version {
        return Ok((Command::Version, settings));
    }
    if help {
        return Ok((Command::Help, settings));
    }
    let command = match first.as_deref() {
        None | Some("help") => Command::Help,
        Some("version") => Command::Version,
        Some("serve") => Command::Serve,
        Some("demo") => Command::Demo,
        Some("verify") => Command::Verify,
        Some("witness") => Command::Witness,
        Some("rebuild") => Command::Rebuild,
        Some("backup") => Command::Backup(words.next().ok_or(t.missing_directory)?.into()),
        Some("import") => {
            let what = words.next().unwrap_or_default().to_string_lossy().into_owned();
            let file = words.next().map(PathBuf::from);
            match what.as_str() {
                "concerns" => Command::ImportConcerns(file.ok_or(t.missing_file)?),
                "labelled" => Command::ImportLabelled(file.ok_or(t.missing_file)?),
                "kinds" => Command::ImportKinds(file.ok_or(t.missing_file)?),
                known if TABLES.contains(&known) => Command::Bring(known.to_owned(), file.ok_or(t.missing_file)?),
                other => return Err(fill(t.import_what, &[("word", &other)])),
            }
        }
        Some("export") => {
            let what = words.next().unwrap_or_default().to_string_lossy().into_owned();
            let file = words.next().map(PathBuf::from);
            match what.as_str() {
                known if TABLES.contains(&known) => Command::Export(known.to_owned(), file.ok_or(t.missing_file)?),
                other => return Err(fill(t.import_what, &[("word", &other)])),
            }
        }
        Some(other) => return Err(fill(t.unknown_command, &[("word", &other)])),
    };
    if let Some(more) = words.next() {
        return Err(fill(t.too_many, &[("word", &more.to_string_lossy())]));
    }
    let not_here: &[&str] = match command {
        Command::Serve => &["host", "seed", "day", "small", "receipt", "checkpoint", "key", "name", "unit", "try"],
        Command::Demo => &["host", "receipt", "checkpoint", "key", "name", "unit", "try"],
        Command::Verify => &["listen", "seed", "day", "small", "name", "unit", "try"],
        Command::Witness => {
            &["database", "schema", "config", "host", "seed", "day", "small", "receipt", "checkpoint", "key", "unit", "try"]
        }
        Command::Help | Command::Version => &[],
        Command::Bring(..) => &["listen", "seed", "day", "small", "receipt", "checkpoint", "key", "name"],
        Command::Export(..) => &["listen", "seed", "day", "small", "receipt", "checkpoint", "key", "name", "try"],
        _ => &["listen", "seed", "day", "small", "receipt", "checkpoint", "key", "name", "unit", "try"],
    };
    if let Some(option) = given.iter().find(|option| not_here.contains(option)) {
        return Err(unknown(t, first.map(OsString::from).as_ref(), &format!("--{option}")));
    }
    Ok((command, settings))
}

const OPTIONS: [&str; 14] =
    ["data", "database", "schema", "listen", "config", "host", "unit", "seed", "day", "lang", "receipt", "checkpoint", "key", "name"];

/// The tables of offices that go in and out.
const TABLES: [&str; 7] = ["units", "grids", "posts", "people", "holdings", "residents", "duties"];

fn unknown(t: &Words, command: Option<&OsString>, option: &str) -> String {
    let command = command.map_or_else(|| "lianxin".into(), |command| command.to_string_lossy().into_owned());
    fill(t.unknown_option, &[("command", &command), ("option", &option)])
}

/// The language that `--lang` wishes, looked for first so that every later refusal is in it.
fn wish(arguments: &[OsString]) -> Result<Option<Lang>, String> {
    let texts: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let value = texts.iter().enumerate().find_map(|(at, text)| {
        let next = || texts.get(at + 1).cloned();
        if text == "--lang" { next() } else { text.strip_prefix("--lang=").map(str::to_owned) }
    });
    match value {
        None => Ok(None),
        Some(value) => match Lang::parse(&value) {
            Some(lang) => Ok(Some(lang)),
            None => Err(fill(Words::of(lang(None)).bad_value, &[("option", &"--lang"), ("value", &value), ("why", &"zh, zh-Hant, en")])),
        },
    }
}

/// A schema's name goes into statements that set up a connection: letters, digits and underscores only.
pub(crate) fn schema(text: &str) -> Result<String, String> {
    let fine = !text.is_empty()
        && text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.starts_with("pg_");
    if fine { Ok(text.to_owned()) } else { Err("a-z 0-9 _".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Command, Settings), String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn commands_and_options() {
        let (command, settings) = read("serve --data /d --listen [::1]:80 --database postgres://u@h/d --schema east").unwrap();
        assert_eq!(command, Command::Serve);
        assert_eq!(settings.listen, Some("[::1]:80".parse().unwrap()));
        assert_eq!((settings.schema.as_deref(), settings.data), (Some("east"), Some("/d".into())));
        assert_eq!(read("import concerns a.xlsx --host x").unwrap().0, Command::ImportConcerns("a.xlsx".into()));
        assert_eq!(read("").unwrap().0, Command::Help);
        assert_eq!(read("serve --help").unwrap().0, Command::Help);
        assert_eq!(read("--version").unwrap().0, Command::Version);
    }

    #[test]
    fn what_is_not_known_is_refused_in_words() {
        for (line, words) in [
            ("server --lang en", "no command `server`"),
            ("serve --prot 1 --lang en", "no option --prot"),
            ("serve --listen here --lang en", "cannot be here"),
            ("serve --data", "--data"),
            ("serve --lang=fr", "--lang"),
            ("serve more --lang en", "`more`"),
            ("import things x --lang en", "called `things`"),
            ("import concerns --lang en", "Say which file"),
            ("verify --listen 127.0.0.1:1 --lang en", "no option --listen"),
            ("serve -x --lang en", "-x"),
            ("serve --database mysql://u:secret@h/d --lang en", "--database"),
            ("serve --schema pg_x --lang en", "--schema"),
            ("demo --day tomorrow --lang en", "2026-11-30"),
            ("serve --day 2026-11-30 --lang en", "no option --day"),
            ("serve --receipt a.html --lang en", "no option --receipt"),
            ("witness --database postgres://u@h/d --lang en", "no option --database"),
            ("backup --lang zh", "备份到哪个目录"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
