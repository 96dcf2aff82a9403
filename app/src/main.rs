//! The program `lianxin`: configuration, command line, and the composition of the modules.

mod args;
mod config;
mod open;
mod serve;
mod words;

use std::process::ExitCode;

use args::{Command, Settings};
use web::fill;
use words::Words;

fn main() -> ExitCode {
    let (command, settings) = match args::parse(std::env::args_os().skip(1)) {
        Ok(parsed) => parsed,
        Err(words) => {
            serve::say(&words);
            return ExitCode::from(2);
        }
    };
    log();
    match run(command, &settings) {
        Ok(code) => code,
        Err(error) => {
            serve::say(&fill(Words::of(settings.lang).failed, &[("why", &format!("{error:#}"))]));
            ExitCode::FAILURE
        }
    }
}

fn log() {
    let wish = std::env::var("LIANXIN_LOG").unwrap_or_else(|_| "info".into());
    let filter = tracing_subscriber::EnvFilter::try_new(&wish).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

fn run(command: Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    let t = Words::of(settings.lang);
    match command {
        Command::Help => print(&words::help(settings.lang)),
        Command::Version => print(&format!("lianxin {}\n", env!("CARGO_PKG_VERSION"))),
        Command::Serve => {
            let plan = config::plan(settings, "./data")?;
            let modules = open::modules();
            let mut districts = Vec::new();
            let mut lines = Vec::new();
            for place in &plan.districts {
                let opened = open::open(place, &modules, false, t)?;
                if opened.new_keys {
                    lines.push(fill(t.keys_made, &[("place", &place.keys.display())]));
                }
                districts.push(opened.district);
            }
            serve::run(plan.listen, plan.web, districts, modules, t, |address| serve::greeting(t, address, &lines))?;
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("not yet"),
    }
}

/// An answer, on standard output. A reader that went away is no failure.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}
