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

/// What, on which descriptor, in the order of the notes.
fn notes(log: &str) -> Vec<(char, u32)> {
    let mut all: Vec<(u64, char, u32)> = log
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let number = words.next().unwrap().parse().unwrap();
            (number, words.next().unwrap().chars().next().unwrap(), words.next().unwrap().parse().unwrap())
        })
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, what, fd)| (what, fd)).collect()
}

/// How many answers there were, if before each one its form had been written to the log and synced.
fn check(notes: &[(char, u32)]) -> Result<usize, String> {
    let mut waiting: HashMap<u32, usize> = HashMap::new();
    let mut answers = 0;
    for (at, (what, fd)) in notes.iter().enumerate() {
        match what {
            'Q' => drop(waiting.insert(*fd, at)),
            'A' => {
                let asked = waiting.remove(fd).ok_or(format!("note {at}: an answer without a form"))?;
                let between = &notes[asked..at];
                let written =
                    between.iter().position(|(what, _)| *what == 'W').ok_or(format!("note {at}: answered before it was written"))?;
                let began =
                    between[written..].iter().position(|(what, _)| *what == 'S').ok_or(format!("note {at}: answered before a sync"))?;
                // One thread writes the log: what ends after this beginning is this sync.
                if !between[written + began..].iter().any(|(what, _)| *what == 'E') {
                    return Err(format!("note {at}: answered before the sync ended"));
                }
                answers += 1;
            }
            _ => {}
        }
    }
    Ok(answers)
}

#[test]
fn a_missing_sync_is_seen() {
    let of = |text: &str| text.chars().map(|what| (what, 7)).collect::<Vec<_>>();
    assert_eq!(check(&of("QWSEAQWWSEA")), Ok(2));
    for wrong in ["QWA", "QWSA", "QSEWA", "QSEA", "WSEQA", "A"] {
        assert!(check(&of(wrong)).is_err(), "{wrong}");
    }
}
