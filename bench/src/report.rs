//! A report of the large district's whole year: the figures taken and the paragraphs written, then the .docx and the PDF.

use std::time::Instant;

use anyhow::{Context, Result};
use base::{Clock, SystemClock};
use documents::Fonts;
use measures::{Period, Tallies};

use crate::stats::{Round, Table, verdict};
use crate::{Wish, ground};

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let large = ground::large(wish, wish.concerns)?;
    while large.store.write_now(|tx| record::advance(tx, &Tallies, 5_000).map_err(|error| store::StoreError::Other(error.to_string())))? > 0
    {
    }
    let today = SystemClock.now().date();
    let year = Period { from: base::Date::constant(today.year() - 1, today.month(), 1), to: today };
    let (mut taken, mut words, mut prints, mut whole) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut told = String::new();
    for _ in 0..wish.rounds.max(5) {
        let begun = Instant::now();
        let env = ground::env()?;
        let document = large.store.read_now(move |tx| {
            let tree = people::tree(tx)?;
            let unit = tree.district().map(|district| district.id).unwrap_or_default();
            reports::outline(tx, &env.ctx(), &ground::modules(), unit, &year)
        })?;
        let written = begun.elapsed();
        let docx = documents::docx(&document).context("docx")?;
        let word = begun.elapsed();
        let printed = documents::pdf(&document, &Fonts::find(&[]))?;
        let print = begun.elapsed();
        let micros = |time: std::time::Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        taken.push(micros(written));
        words.push(micros(word - written));
        prints.push(micros(print - word));
        whole.push(micros(print));
        told = format!(
            "{} characters; .docx {} KB; PDF {} KB, {} pages, set in {}",
            document.characters(),
            docx.len() / 1024,
            printed.bytes.len() / 1024,
            printed.pages,
            printed.families.join(", ")
        );
    }
    let mut table = Table::new(format!("a report of a district's year over {} concerns, with tables and charts", wish.concerns));
    let mut row = |name: &str, micros: Vec<u32>, wanted: &str| {
        let over = std::time::Duration::from_micros(micros.iter().map(|n| u64::from(*n)).sum());
        let round = Round::of(micros, over);
        let wanted = if wanted.is_empty() { String::new() } else { verdict(round.max < 1000.0, wanted) };
        table.row(name, round, wanted);
    };
    row("figures and paragraphs", taken, "");
    row(".docx", words, "");
    row("PDF, fonts looked up each time", prints, "");
    row("all of it", whole, "under 1 s");
    table.print();
    println!("{told}");
    Ok(())
}
