//! Benches that anyone can run: `./dev bench [NAME …]`. Each prints medians over several rounds, the
//! least that is wanted, and the machine. Everything is on this machine's loopback and bounded in time.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

mod counted;
mod durable;
mod found;
mod ground;
mod http;
mod load;
mod log;
mod permit;
mod profile;
mod register;
mod report;
mod seeing;
mod start;
mod stats;
mod theory;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use store::Engine;

const HELP: &str = "\
bench [NAME …] [--dir DIRECTORY] [--rounds N] [--seconds N] [--concerns N] [--bin FILE] [--only TEXT] [--on postgres]

  store   submissions through the store: groups beside one commit each, PostgreSQL beside it
  http    pages and the resident's form over HTTP, from a district with many concerns
  found   search, likeness and suggestions in a district with many concerns; how good suggestions are
  start   start to first page, idle memory, size of the program
  residents  a register of 100,000 residents brought in from .xlsx, with its peak of memory
  report  a district's year written, as .docx and PDF with charts
  seeing  dashboards and maps with the tallies of ten million events behind them
  permit  what deciding costs whether somebody may do something
  log     appends while the log is sealed and served, how far behind its head is, verifying a million events
  ops     what one submission, one inbox and one tracking page cost without HTTP
  theory  100,000 people enrolled in one test: 20,000 start within ten seconds, answers, marking, analysis
  measures  tallies made anew from a million events, cards of ten thousand units by a hundred measures

Without a name, all but `ops`, `permit`, `theory`, `residents`, `report`, `measures` and `seeing`. The district with many concerns is made once and kept in DIRECTORY
(default: target/bench), which holds nothing else of worth. `store` measures PostgreSQL as well where LIANXIN_TEST_PG
names a server; `--on postgres` has that district there, for all benches that use it.
";

/// What is asked for.
pub(crate) struct Wish {
    /// Where the stores lie.
    pub(crate) dir: PathBuf,
    /// How often each thing is measured.
    pub(crate) rounds: usize,
    /// How long each time.
    pub(crate) time: Duration,
    /// Concerns in the large district.
    pub(crate) concerns: usize,
    /// Where the district with many concerns is.
    pub(crate) engine: Engine,
    /// The program for `start`.
    pub(crate) bin: PathBuf,
    /// Only what has this in its name.
    pub(crate) only: String,
}

fn main() -> Result<()> {
    let (names, wish) = wish()?;
    std::fs::create_dir_all(&wish.dir).with_context(|| wish.dir.display().to_string())?;
    println!("{}", stats::machine());
    for name in names {
        match name.as_str() {
            "store" => durable::run(&wish)?,
            "http" => http::run(&wish)?,
            "found" => found::run(&wish)?,
            "start" => start::run(&wish)?,
            "seeing" => seeing::run(&wish)?,
            "ops" => profile::run(&wish)?,
            "log" => log::run(&wish)?,
            "residents" => register::run(&wish)?,
            "measures" => counted::run(&wish)?,
            "report" => report::run(&wish)?,
            "permit" => permit::run(&wish)?,
            "theory" => theory::run(&wish)?,
            other => bail!("there is no bench called {other}\n\n{HELP}"),
        }
    }
    Ok(())
}

fn wish() -> Result<(Vec<String>, Wish)> {
    use lexopt::prelude::*;
    let here = std::env::current_exe()?;
    let beside = here.parent().map_or_else(|| PathBuf::from("."), std::path::Path::to_path_buf);
    let mut wish = Wish {
        dir: beside.join("../bench"),
        rounds: 3,
        time: Duration::from_secs(4),
        concerns: 300_000,
        engine: Engine::Sqlite,
        bin: beside.join("lianxin"),
        only: String::new(),
    };
    let mut names = Vec::new();
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Long("dir") => wish.dir = args.value()?.into(),
            Long("rounds") => wish.rounds = args.value()?.parse::<usize>()?.clamp(1, 20),
            Long("seconds") => wish.time = Duration::from_secs(args.value()?.parse::<u64>()?.clamp(1, 60)),
            Long("concerns") => wish.concerns = args.value()?.parse::<usize>()?.clamp(1_000, 1_000_000),
            Long("bin") => wish.bin = args.value()?.into(),
            Long("on") => {
                wish.engine = match args.value()?.string()?.as_str() {
                    "sqlite" => Engine::Sqlite,
                    "postgres" => Engine::Postgres,
                    other => bail!("there is no engine called {other}"),
                };
            }
            Long("only") => wish.only = args.value()?.string()?,
            Long("help") | Short('h') => {
                println!("{HELP}");
                std::process::exit(0);
            }
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        names = ["store", "http", "start"].map(str::to_owned).to_vec();
    }
    Ok((names, wish))
}
