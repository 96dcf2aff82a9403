//! Acknowledged means on disk: between the arrival of a form and its answer the write-ahead log was
//! written, and then synced from beginning to end. A kill does not show that, since what the kernel
//! holds survives it; so the calls themselves are written down, by a shim in front of the C library.
//! On Linux with a C compiler; elsewhere the test says that it skipped.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use crate::program::{Directory, Program, Resident};

const CLIENTS: u64 = 8;
const FORMS: u64 = 25;

#[test]
fn a_sync_lies_between_each_form_and_its_answer() {
    let directory = Directory::new();
    let shim = directory.0.join("shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/shim.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(&source).arg("-ldl").status();
    if !cfg!(target_os = "linux") || !built.is_ok_and(|status| status.success()) {
        eprintln!("skipped: needs Linux and a C compiler");
        return;
    }
    // The district is made without the shim, whose notes would be long.
    Program::make(&directory.0);
    let place = directory.place();
    let log = directory.0.join("shim.log");
    let program = Program::start(&directory.0, &[("LD_PRELOAD", &shim), ("LIANXIN_SHIM_LOG", &log)]);
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, place) = (program.address.clone(), place.clone());
            std::thread::spawn(move || {
                let mut resident = Resident::open(&address, &place).unwrap();
                (0..FORMS).for_each(|n| drop(resident.submit(&format!("{client:016x}{n:016x}")).unwrap()));
            })
        })
        .collect();
    clients.into_iter().for_each(|client| client.join().unwrap());
    program.stop();
    let notes = notes(&std::fs::read_to_string(&log).unwrap());
    let answers = check(&notes).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(answers as u64, CLIENTS * FORMS);
}

/// A note: what, on which descriptor, and which form's key where it tells one.
type Note = (char, u32, String);

/// In the order of the notes.
fn notes(log: &str) -> Vec<Note> {
    let mut all: Vec<(u64, Note)> = log
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let number = words.next().unwrap().parse().unwrap();
            let what = words.next().unwrap().chars().next().unwrap();
            (number, (what, words.next().unwrap().parse().unwrap(), words.next().unwrap_or_default().to_owned()))
        })
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, note)| note).collect()
}

/// How many answers there were, if before each one the words of its form had been written to the log,
/// and a sync that began after that had ended.
fn check(notes: &[Note]) -> Result<usize, String> {
    let mut waiting: HashMap<u32, (usize, &str)> = HashMap::new();
    let mut answers = 0;
    for (at, (what, fd, key)) in notes.iter().enumerate() {
        match what {
            'Q' => drop(waiting.insert(*fd, (at, key))),
            'A' => {
                let (asked, form) = waiting.remove(fd).ok_or(format!("note {at}: an answer without a form"))?;
                let between = &notes[asked..at];
                let first = |from: usize, wanted: char, of: &str| {
                    let found = between[from..].iter().position(|(what, _, key)| *what == wanted && (of.is_empty() || key == of));
                    found.map(|n| from + n)
                };
                let written = first(0, 'W', form).ok_or(format!("note {at}: answered before it was written"))?;
                let began = first(written, 'S', "").ok_or(format!("note {at}: answered before a sync"))?;
                // One thread syncs the log: what ends after this beginning is this sync.
                first(began, 'E', "").ok_or(format!("note {at}: answered before the sync ended"))?;
                answers += 1;
            }
            _ => {}
        }
    }
    Ok(answers)
}

#[test]
fn a_missing_sync_is_seen() {
    // Two forms on two descriptors, told apart by case; syncs belong to both.
    let of = |text: &str| {
        let note = |what: char| match what.to_ascii_uppercase() {
            sync @ ('S' | 'E') => (sync, 0, String::new()),
            other => (other, u32::from(what.is_ascii_lowercase()), what.is_ascii_lowercase().to_string()),
        };
        text.chars().map(note).collect::<Vec<_>>()
    };
    assert_eq!(check(&of("QWSEAQWWSEA")), Ok(2));
    assert_eq!(check(&of("QqWSwEASEa")), Ok(2));
    for wrong in ["QWA", "QWSA", "QSEWA", "QSEA", "WSEQA", "A", "QqwSEA", "QqWSwEAa"] {
        assert!(check(&of(wrong)).is_err(), "{wrong}");
    }
}
