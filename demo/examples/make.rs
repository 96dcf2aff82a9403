//! Makes a demo district in an empty directory and says how long each stage took.
//! `cargo run --release -p demo --example make DIRECTORY [full|small] [SEED] [CONCERNS]`
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use base::rules::Rules;
use base::{Clock, Keys, SeededRandom, SystemClock};
use demo::{Make, Size, create};
use store::{Database, Options, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let directory = PathBuf::from(args.next().ok_or("name a directory")?);
    let size = if args.next().as_deref() == Some("small") { Size::Small } else { Size::Full };
    let seed = args.next().map_or(Ok(1), |seed| seed.parse())?;
    let concerns = args.next().map(|count| count.parse()).transpose()?;
    std::fs::create_dir_all(&directory)?;
    let now = SystemClock.now();
    let trees = [
        record::MIGRATIONS,
        people::MIGRATIONS,
        web::MIGRATIONS,
        concerns::MIGRATIONS,
        residents::MIGRATIONS,
        measures::MIGRATIONS,
        scores::MIGRATIONS,
        inspections::MIGRATIONS,
        theory::MIGRATIONS,
    ];
    let options = Options { blobs: directory.join("blobs"), ..Options::default() };
    let store = Store::open(&Database::Sqlite { file: directory.join("district.db") }, &options, &trees, now)?;
    let keys = Arc::new(Keys::seeded(&SeededRandom::new(seed)));
    let begun = Instant::now();
    let mut last = None;
    let make = Make { store: &store, rules: Rules::builtin(), keys, now, seed, size, concerns, readers: &[] };
    let made = create(&make, &mut |progress| {
        if last != Some(progress.stage) {
            println!("{:>8.2} s  {:?}", begun.elapsed().as_secs_f64(), progress.stage);
            last = Some(progress.stage);
        }
    })?;
    println!("{:>8.2} s  {} units, {} people, {} concerns", begun.elapsed().as_secs_f64(), made.units, made.people, made.concerns);
    let head = store.read_now(record::tree_size)?;
    println!("{} events, root {}", head.size, record::hex(&head.root));
    for entry in store.read_now(demo::entries)? {
        println!("{:<20} {:<8} {:<40} {:<16} {:>4} {}", entry.role, entry.name, entry.unit, entry.title, entry.waiting, entry.link);
    }
    Ok(())
}
