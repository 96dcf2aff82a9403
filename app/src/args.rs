//! The command line: what is not known is refused in words.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::Arg;
use web::{Lang, fill};

use crate::manual;
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
    /// Give out a code for an account.
    Code(String),
    /// Explain everything, or one command.
    Help(Option<&'static str>),
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
    /// Whether a code takes the second factor away too.
    pub reset_totp: bool,
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
    loop {
        let option = match parser.next() {
            Ok(None) => break,
            Ok(Some(Arg::Value(word))) => {
                words.push(word);
                continue;
            }
            Ok(Some(Arg::Short('h') | Arg::Long("help"))) => {
                help = true;
                continue;
            }
            Ok(Some(Arg::Short('V'))) => "version",
            Ok(Some(Arg::Long(name))) => match manual::option(name) {
                Some((option, _)) => option,
                None => return Err(unknown(t, words.first(), &format!("--{name}"))),
            },
            Ok(Some(Arg::Short(letter))) => return Err(unknown(t, words.first(), &format!("-{letter}"))),
            Err(lexopt::Error::UnexpectedValue { option, .. }) => return Err(fill(t.no_value, &[("option", &option)])),
            Err(error) => return Err(error.to_string()),
        };
        given.push(option);
        match option {
            "version" => version = true,
            "try" => settings.dry = true,
            "small" => settings.small = true,
            "reset-totp" => settings.reset_totp = true,
            _ => {
                let value = parser.value().map_err(|_| fill(t.missing_value, &[("option", &format!("--{option}"))]))?;
                set(&mut settings, t, option, value)?;
            }
        }
    }
    let mut words = words.into_iter();
    let first = words.next().map(|word| word.to_string_lossy().into_owned());
    if version {
        return Ok((Command::Version, settings));
    }
    if help {
        return Ok((Command::Help(first.as_deref().and_then(manual::command)), settings));
    }
    let command = match first.as_deref() {
        None => Command::Help(None),
        Some("help") => Command::Help(match words.next() {
            None => None,
            Some(word) => {
                let word = word.to_string_lossy();
                Some(manual::command(&word).ok_or_else(|| fill(t.unknown_command, &[("word", &word)]))?)
            }
        }),
        Some("version") => Command::Version,
        Some("serve") => Command::Serve,
        Some("demo") => Command::Demo,
        Some("verify") => Command::Verify,
        Some("witness") => Command::Witness,
        Some("rebuild") => Command::Rebuild,
        Some("backup") => Command::Backup(words.next().ok_or(t.missing_directory)?.into()),
        Some("code") => Command::Code(words.next().ok_or(t.missing_login)?.to_string_lossy().into_owned()),
        Some(way @ ("import" | "export")) => {
            let what = words.next().ok_or_else(|| fill(t.missing_table, &[("command", &way)]))?.to_string_lossy().into_owned();
            let file = words.next().map(PathBuf::from).ok_or_else(|| fill(t.missing_file, &[("command", &format!("{way} {what}"))]));
            match (way, what.as_str()) {
                ("import", "concerns") => Command::ImportConcerns(file?),
                ("import", "labelled") => Command::ImportLabelled(file?),
                ("import", "kinds") => Command::ImportKinds(file?),
                ("import", known) if TABLES.contains(&known) => Command::Bring(known.to_owned(), file?),
                ("export", known) if TABLES.contains(&known) => Command::Export(known.to_owned(), file?),
                (_, other) => return Err(fill(t.import_what, &[("word", &other), ("command", &way)])),
            }
        }
        Some(other) => return Err(fill(t.unknown_command, &[("word", &other)])),
    };
    if let Some(more) = words.next() {
        return Err(fill(t.too_many, &[("word", &more.to_string_lossy())]));
    }
    let (line, kind) = match command {
        Command::ImportConcerns(_) => ("import", "concerns"),
        Command::ImportKinds(_) => ("import", "kinds"),
        Command::ImportLabelled(_) => ("import", "labelled"),
        Command::Bring(..) => ("import", "TABLE"),
        Command::Help(_) | Command::Version => ("", ""),
        _ => (first.as_deref().unwrap_or_default(), ""),
    };
    if let Some(option) = given.iter().find(|option| !manual::takes(line, kind, option)) {
        return Err(unknown(t, first.map(OsString::from).as_ref(), &format!("--{option}")));
    }
    Ok((command, settings))
}

/// Keep the value of an option.
fn set(settings: &mut Settings, t: &Words, option: &str, value: OsString) -> Result<(), String> {
    let text = value.to_string_lossy().into_owned();
    let bad = |example: &str| fill(t.bad_value, &[("option", &format!("--{option}")), ("value", &text), ("why", &example)]);
    match option {
        "data" => settings.data = Some(value.into()),
        "config" => settings.config = Some(value.into()),
        // The address has a password in it, and is not said again.
        "database" if !text.starts_with("postgres://") && !text.starts_with("postgresql://") => return Err(t.bad_database.to_owned()),
        "database" => settings.database = Some(text),
        "schema" => settings.schema = Some(schema(&text).ok_or_else(|| fill(t.bad_schema, &[("value", &text)]))?),
        "listen" => settings.listen = Some(text.parse().map_err(|_| bad("127.0.0.1:8080"))?),
        "host" => settings.host = Some(text),
        "receipt" => settings.receipt = Some(value.into()),
        "checkpoint" => settings.checkpoints.push(value.into()),
        "key" => settings.key = Some(text),
        "name" => settings.name = Some(text),
        "unit" => settings.unit = Some(text),
        "day" => settings.day = Some(text.parse().map_err(|_| bad("2026-11-30"))?),
        "seed" => settings.seed = Some(text.parse().map_err(|_| bad("7"))?),
        _ => {}
    }
    Ok(())
}

/// The tables of offices that go in and out.
pub(crate) const TABLES: [&str; 9] = ["units", "links", "grids", "posts", "people", "holdings", "residents", "duties", "meetings"];

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
            None => Err(fill(Words::of(lang(None)).bad_value, &[("option", &"--lang"), ("value", &value), ("why", &"zh")])),
        },
    }
}

/// A schema's name goes into statements that set up a connection: letters, digits and underscores only, as the store wants it.
pub(crate) fn schema(text: &str) -> Option<String> {
    let fine = text.len() <= 48
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !text.starts_with("pg_");
    fine.then(|| text.to_owned())
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
        assert_eq!(read("").unwrap().0, Command::Help(None));
        for asked in ["serve --help", "help serve", "-h serve --listen [::1]:80"] {
            assert_eq!(read(asked).unwrap().0, Command::Help(Some("serve")), "{asked}");
        }
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
            ("import concerns --lang en", "lianxin import concerns FILE.xlsx"),
            ("import --lang en", "lianxin help import"),
            ("export concerns x --lang en", "called `concerns`"),
            ("help server --lang en", "no command `server`"),
            ("demo --small=1 --lang en", "--small takes no value"),
            ("import kinds x --unit 1 --lang en", "no option --unit"),
            ("export units x --try --lang en", "no option --try"),
            ("serve --listen 8080 --lang zh", "127.0.0.1:8080 这样"),
            ("verify --listen 127.0.0.1:1 --lang en", "no option --listen"),
            ("serve -x --lang en", "-x"),
            ("serve --database mysql://u:secret@h/d --lang en", "--database"),
            ("serve --schema pg_x --lang en", "--schema"),
            ("demo --day tomorrow --lang en", "2026-11-30"),
            ("serve --day 2026-11-30 --lang en", "no option --day"),
            ("serve --receipt a.html --lang en", "no option --receipt"),
            ("witness --database postgres://u@h/d --lang en", "no option --database"),
            ("backup --lang zh", "备份到哪个目录"),
            ("code --lang zh", "哪个登录名"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(words), "{line}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
