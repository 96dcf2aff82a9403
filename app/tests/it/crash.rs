//! kill -9, twenty times under load: what was acknowledged is there, nothing is there twice, and the
//! record agrees with the tables.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::{p, sql};

use crate::program::{Directory, Program, Resident, lianxin};

const KILLS: u64 = 20;
const CLIENTS: u64 = 8;

const NUMBERS: &store::Sql = sql!("SELECT no FROM concern ORDER BY no");

type Receipts = BTreeMap<String, Option<(String, String)>>;

#[test]
fn what_was_acknowledged_survives_and_nothing_is_doubled() {
    let directory = Directory::new();
    Program::make(&directory.0);
    let place = directory.place();
    let before = numbers(&directory).len();
    // Every key that was ever sent, with its receipt once there was one.
    let sent: Arc<Mutex<Receipts>> = Arc::default();
    for round in 0..KILLS {
        let program = Program::start(&directory.0, &[]);
        // Whoever was not answered sends the form again, and some who were answered do so too.
        retry(&program.address, &place, &sent, round);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (address, place, sent) = (program.address.clone(), place.clone(), Arc::clone(&sent));
                std::thread::spawn(move || load(&address, &place, &sent, round * CLIENTS + client))
            })
            .collect();
        // Not the same moment each time; what it is does not matter.
        std::thread::sleep(Duration::from_millis(60 + round * 37 % 240));
        program.kill();
        clients.into_iter().for_each(|client| client.join().unwrap());
    }
    let program = Program::start(&directory.0, &[]);
    retry(&program.address, &place, &sent, KILLS);
    program.stop();

    let sent = sent.lock().unwrap();
    let stored = numbers(&directory);
    assert!(sent.len() > 200, "only {} forms were sent", sent.len());
    for (key, receipt) in sent.iter() {
        let (no, _) = receipt.as_ref().expect("answered in the end");
        assert!(stored.binary_search(no).is_ok(), "{key} was acknowledged as {no}, which is gone");
    }
    assert_eq!(stored.len() - before, sent.len(), "as many concerns as forms");
    let verified = lianxin().args(["verify", "--data"]).arg(directory.0.join("data")).output().unwrap();
    assert!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
}

fn numbers(directory: &Directory) -> Vec<String> {
    let store = directory.store();
    let found = store.read_now(|tx| tx.all(NUMBERS, p![], |row| Ok(row.text(0)?.to_owned()))).unwrap();
    store.close();
    found
}

/// Send forms until the program is gone.
fn load(address: &str, place: &str, sent: &Mutex<Receipts>, client: u64) {
    let Ok(mut resident) = Resident::open(address, place) else { return };
    for n in 0.. {
        let key = format!("{client:016x}{n:016x}");
        sent.lock().unwrap().insert(key.clone(), None);
        let Ok(receipt) = resident.submit(&key) else { return };
        sent.lock().unwrap().insert(key, Some(receipt));
    }
}

/// Send again what was not answered, and one in twenty of what was: the same receipt comes.
fn retry(address: &str, place: &str, sent: &Mutex<Receipts>, round: u64) {
    let mut sent = sent.lock().unwrap();
    let mut resident = Resident::open(address, place).unwrap();
    for (n, (key, receipt)) in (round..).zip(sent.iter_mut()) {
        match receipt {
            Some(receipt) if n % 20 == 0 => assert_eq!(resident.submit(key).unwrap(), *receipt),
            Some(_) => {}
            None => *receipt = Some(resident.submit(key).unwrap()),
        }
    }
}
