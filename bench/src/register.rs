//! A register of a hundred thousand residents, brought in from a workbook as the command line does: read as a
//! stream, each entry sealed, with its event, in pieces with progress. Run by itself, since the peak of memory
//! is the process's.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use sheets::{Export, FileKind, Head, Value};

use crate::{Wish, ground, stats};

/// Residents.
const ROWS: usize = 100_000;

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let fresh = ground::sqlite(&wish.dir, 256, demo::Size::Small)?;
    let env = ground::env()?;
    let district = web::District::new(Vec::new(), fresh.store.clone(), env).map_err(|error| anyhow!("{error}"))?;
    let app = web::App::new(web::Config::default(), vec![Arc::clone(&district)], ground::modules());
    let tree = district.read_now(|tx, _| people::tree(tx))?;
    let community = tree.of_level(people::Level::Community).next().context("a community")?;
    let grids: Vec<String> = tree.children(community.id).map(|grid| grid.code.clone()).collect();
    let bytes = workbook(&grids)?;
    let megabytes = bytes.len() as f64 / 1e6;
    println!("a workbook of {ROWS} residents, {megabytes:.1} MB; peak of memory before: {} MB", peak()?);
    let kind = web::bring::find_kind(&app, residents::TABLE.key).context("the table of residents")?;
    let told = Cell::new(0);
    let begun = Instant::now();
    let tell = |_: i64, _: i64| told.set(told.get() + 1);
    let (done, _) = web::bring::bring_file(&app, &district, kind, community.id, ("residents.xlsx", bytes), false, &tell)?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(done.counts.made == i64::try_from(ROWS)?, "{:?}", done.counts);
    let memory = peak()?;
    println!("brought in with its record put in order: {took:.1} s, told {} times; {}", told.get(), stats::verdict(took < 60.0, "60 s"));
    println!("peak of memory: {memory} MB; {}", stats::verdict(memory < 300, "300 MB"));
    Ok(())
}

fn workbook(grids: &[String]) -> Result<Vec<u8>> {
    let heads: Vec<Head> = residents::TABLE.columns.iter().map(|column| Head::new(column.header, 14)).collect();
    let mut export = Export::new(FileKind::Xlsx, "居民信息", Some("居民信息登记表"), &heads)?;
    for n in 0..ROWS {
        let body = format!("380104{:04}{:02}{:02}{:03}", 1940 + n % 60, 1 + n / 60 % 12, 1 + n / 720 % 28, n / 20_160);
        let number = base::id_number::with_check(&body).context("seventeen digits")?;
        let male = body.ends_with(['1', '3', '5', '7', '9']);
        let grid = grids.get(n % grids.len().max(1)).map_or("", String::as_str);
        let (building, room, name) = (format!("{}栋", n % 40 + 1), format!("{}0{}", n % 18 + 1, n % 4 + 1), format!("居{n}"));
        let row: [Value<'_>; 16] = [
            Value::Empty,
            grid.into(),
            "春和苑".into(),
            building.into(),
            "1单元".into(),
            room.into(),
            "户主".into(),
            "本人".into(),
            name.into(),
            if male { "男" } else { "女" }.into(),
            number.into(),
            "汉".into(),
            "群众".into(),
            format!("199{n:08}").into(),
            "清和区".into(),
            "在户".into(),
        ];
        export.row(&row)?;
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes)?;
    Ok(bytes)
}

/// The most memory that this process has held, in MB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("VmHWM")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    Ok(kilobytes / 1024)
}
