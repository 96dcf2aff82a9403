//! The program `lianxin`: configuration, command line, and the composition of the modules.

#[cfg(test)]
mod apart;
mod args;
#[cfg(test)]
mod checked;
mod config;
mod demo;
mod failed;
#[cfg(test)]
mod leaves;
mod manual;
#[cfg(test)]
mod merged;
mod open;
mod outbox;
mod proof;
mod serve;
#[cfg(test)]
mod small;
mod tables;
#[cfg(test)]
mod tampered;
mod tools;
#[cfg(test)]
mod wanting;
#[cfg(test)]
mod whole;
mod witness;
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
            serve::say(&fill(Words::of(settings.lang).failed, &[("why", &failed::words(settings.lang, &error))]));
            ExitCode::FAILURE
        }
    }
}

fn log() {
    let wish = std::env::var("LIANXIN_LOG").unwrap_or_else(|_| "info".into());
    let filter = tracing_subscriber::EnvFilter::try_new(&wish).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(ansi).with_target(false).init();
}

fn run(command: Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Help(command) => print(&manual::help(settings.lang, command)),
        Command::Version => print(&format!("lianxin {}\n", env!("CARGO_PKG_VERSION"))),
        Command::Serve => serve(settings),
        Command::Demo => demo::run(settings),
        Command::Verify if settings.receipt.is_some() => proof::receipt(settings),
        Command::Verify if !settings.checkpoints.is_empty() => proof::checkpoints(settings),
        Command::Verify => tools::verify(settings),
        Command::Witness => witness::run(settings),
        Command::Rebuild => tools::rebuild(settings),
        Command::Backup(to) => tools::backup(settings, &to),
        Command::Code(login) => tools::code(settings, &login),
        Command::ImportConcerns(file) => tools::import_concerns(settings, &file),
        Command::ImportLabelled(file) => tools::import_labelled(settings, &file),
        Command::ImportKinds(file) => tools::import_kinds(settings, &file),
        Command::Bring(kind, file) => tables::bring(settings, &kind, &file),
        Command::Export(kind, file) => tables::export(settings, &kind, &file),
    }
}

/// Run the service; a store that waits to be set up has its one-time code printed, on standard output and nowhere else.
fn serve(settings: &Settings) -> anyhow::Result<ExitCode> {
    let t = Words::of(settings.lang);
    let plan = config::plan(settings, "./data")?;
    let listening = serve::Listening::at(plan.listen)?;
    let modules = open::modules();
    let mut districts = Vec::new();
    let mut new_keys = Vec::new();
    let mut codes = Vec::new();
    for place in &plan.districts {
        let opened = open::open(place, &modules, None, t)?;
        if opened.new_keys {
            new_keys.push(fill(t.keys_made, &[("place", &place.keys.display())]));
        }
        if let Some(code) = opened.district.write_now(people::setup::first_code)? {
            codes.push((place.hosts.first().cloned(), code));
        }
        districts.push(opened.district);
    }
    if plan.web.witnesses.is_empty() {
        new_keys.push(proof::ProofWords::of(settings.lang).no_witness.to_owned());
    }
    serve::run(listening, plan.web, districts, modules, t, |address| {
        let mut lines = new_keys;
        for (host, code) in &codes {
            let url = host.as_ref().map_or_else(|| serve::url(address), |host| format!("http://{host}:{}", address.port()));
            lines.push(t.setup_title.to_owned());
            lines.push(format!("  {url}/setup"));
            lines.push(format!("  {}", fill(t.setup_code, &[("code", code)])));
        }
        serve::greeting(t, address, &lines)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// An answer, on standard output. A reader that went away is no failure.
fn print(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}
