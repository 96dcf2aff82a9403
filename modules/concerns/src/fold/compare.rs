//! The tables beside what the record says: each row of each table, each column.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;

use record::{Difference, EventId, hex, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Row, Sql, StoreError, Tx, p, sql};

use super::{ConcernFold, Folded, Reading, Trained};
use crate::catalogue;
use crate::concern::{Concern, ConcernId, columns, from_row};
use crate::line::Involved;
use crate::said::{Part, sealed_digest};
use crate::submit::contact_digest;

/// Rows that one page reads.
const PAGE: i64 = 1_000;

/// Walks the primary key. The last three columns are what [`Concern`] does not tell apart.
const CONCERNS: &Sql = sql!(concat!(
    "SELECT ",
    columns!(),
    ", c.bars IS NULL, c.due_at IS NULL, c.due_rule IS NULL, c.paused_at IS NULL, c.stopped_at IS NULL, c.stopped_rule IS NULL FROM concern c WHERE c.id > ?1 ORDER BY c.id LIMIT ?2"
));
/// Each walks the primary key of its table within one concern.
const TEXTS: &Sql = sql!("SELECT event, part, body, sealed, salt FROM concern_text WHERE concern = ?1");
const PHOTOS: &Sql = sql!("SELECT event, n, digest, shared FROM concern_photo WHERE concern = ?1");
const UNITS: &Sql = sql!("SELECT unit, excused FROM concern_unit WHERE concern = ?1 AND own = 1 ORDER BY unit");
const CONTACT: &Sql = sql!("SELECT name, phone, phone_blind, salt FROM concern_contact WHERE concern = ?1");
const SOURCE: &Sql = sql!("SELECT key, batch FROM concern_source WHERE concern = ?1");
/// Rows of concerns that are not there cannot be found by a concern.
const READINGS: &Sql = sql!("SELECT event, concern, person, unit, at FROM concern_reading ORDER BY event");
const COUNTS: &Sql = sql!(
    "SELECT (SELECT COUNT(*) FROM concern_text), (SELECT COUNT(*) FROM concern_photo), (SELECT COUNT(*) FROM concern_contact),
            (SELECT COUNT(*) FROM concern_source)"
);

struct Found {
    concern: Concern,
    no_bars: bool,
    no_due: (bool, bool),
    no_pause: [bool; 3],
}

fn found(row: &Row) -> Result<Result<Found, String>, StoreError> {
    let (no_bars, no_due) = (row.bool(43)?, (row.bool(44)?, row.bool(45)?));
    let no_pause = [row.bool(46)?, row.bool(47)?, row.bool(48)?];
    // A code that is not known is a difference, not a reason to stop.
    Ok(from_row(row).map(|concern| Found { concern, no_bars, no_due, no_pause }).map_err(|error| error.to_string()))
}

/// Differences, in the order in which they are found.
#[derive(Default)]
pub(super) struct Differences(Vec<Difference>);

impl Differences {
    fn add(&mut self, table: &'static str, key: &str, expected: impl Debug, found: impl Debug) {
        let difference = Difference { table, key: key.to_owned(), expected: format!("{expected:?}"), found: format!("{found:?}") };
        self.0.push(difference);
    }

    pub(super) fn same<T: PartialEq + Debug>(&mut self, table: &'static str, key: &str, expected: &T, found: &T) {
        if expected != found {
            self.add(table, key, expected, found);
        }
    }
}

pub(super) fn compare(fold: &ConcernFold, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
    let mut out = Differences::default();
    compare_catalogue(fold, tx, &mut out)?;
    let mut seen = 0_usize;
    let mut last = ConcernId::default();
    loop {
        let page = tx.all(CONCERNS, p![last, PAGE], |row| Ok((row.id::<ConcernId>(0)?, found(row)?)))?;
        let Some(end) = page.last().map(|(id, _)| *id) else { break };
        for (id, row) in page {
            match (fold.concerns.get(&id), row) {
                (None, _) => out.add("concern", &id.to_string(), "nothing", "a row"),
                (Some(folded), Err(words)) => {
                    seen += 1;
                    out.add("concern", &folded.concern.no, "a row in shape", words);
                }
                (Some(folded), Ok(row)) => {
                    seen += 1;
                    compare_concern(tx, folded, &row, &mut out)?;
                }
            }
        }
        last = end;
    }
    if seen != fold.concerns.len() {
        for (id, folded) in &fold.concerns {
            if crate::concern::get(tx, *id)?.is_none() {
                out.add("concern", &folded.concern.no, "a row", "nothing");
            }
        }
    }
    compare_readings(fold, tx, &mut out)?;
    compare_redactions(fold, tx, &mut out)?;
    fold.linked.compare(tx, &mut out)?;
    compare_publications(fold, tx, &mut out)?;
    compare_learned(fold, tx, &mut out)?;
    compare_counts(fold, tx, &mut out)?;
    Ok(out.0)
}

fn compare_catalogue(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    let kinds: BTreeMap<_, _> = catalogue::kinds(tx)?.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
    for code in fold.kinds.keys().chain(kinds.keys()).collect::<BTreeSet<_>>() {
        out.same("concern_kind", code, &fold.kinds.get(code), &kinds.get(code));
    }
    out.same("concern_kind, ended_at", "rows", &fold.ended, &catalogue::ended(tx)?);
    let duties: BTreeMap<_, _> = catalogue::all_duties(tx)?.into_iter().map(|duty| ((duty.kind.clone(), duty.unit), duty)).collect();
    for key in fold.duties.keys().chain(duties.keys()).collect::<BTreeSet<_>>() {
        out.same("concern_duty", &key.0, &fold.duties.get(key), &duties.get(key));
    }
    Ok(())
}

fn compare_concern(tx: &mut Tx, folded: &Folded, row: &Found, out: &mut Differences) -> Result<(), StoreError> {
    let no = &folded.concern.no;
    let expected = folded.expected();
    let mut found = row.concern.clone();
    let title = std::mem::take(&mut found.title);
    if expected != found {
        columns_of(&expected, &found, no, out);
    }
    out.same("concern, due_at and due_rule", no, &(expected.now.due.is_none(), expected.now.due.is_none()), &row.no_due);
    out.same("concern, pause", no, &[expected.now.pause.is_none(); 3], &row.no_pause);
    let about_nobody = expected.about_unit.is_none() && expected.about_person.is_none();
    out.same("concern, bars is nothing", no, &about_nobody, &row.no_bars);
    if let Some(v) = folded.early.keys().next() {
        out.add("event", no, format!("version {}", folded.concern.v + 1), format!("version {v}"));
    }

    let salts = compare_texts(tx, folded, out)?;
    match &folded.title {
        None => out.same("concern, title", no, &String::new(), &title),
        Some((digest, event, part)) => match salts.get(&(*event, *part)) {
            // Without the text its salt is gone too, and with it the proof; the title goes with the text.
            None => out.same("concern, title", no, &String::new(), &title),
            Some(salt) if text_digest_hex(salt, &title) == *digest => {}
            Some(_) => out.add("concern, title", no, "another title", title),
        },
    }

    let photos: BTreeMap<(EventId, i64), (String, bool)> = tx
        .all(PHOTOS, p![expected.id], |row| Ok(((EventId(row.id(0)?), row.int(1)?), (hex(row.blob(2)?), row.bool(3)?))))?
        .into_iter()
        .collect();
    out.same("concern_photo", no, &folded.photos, &photos);

    let units = tx.all(UNITS, p![expected.id], |row| Ok(Involved { unit: row.id(0)?, excused: row.bool(1)? }))?;
    let mut involved = folded.concern.now.involved.clone();
    involved.sort_unstable();
    out.same("concern_unit", no, &involved, &units);

    let contact = tx.opt(CONTACT, p![expected.id], |row| {
        let salt: Result<[u8; 16], _> = row.blob(3)?.try_into();
        let (name, phone, blind) = (row.opt_blob(0)?, row.blob(1)?, row.blob(2)?);
        Ok(salt.map(|salt| contact_digest(&salt, name, phone, blind)).unwrap_or_default())
    })?;
    out.same("concern_contact", no, &folded.contact, &contact);

    let source = tx.opt(SOURCE, p![expected.id], |row| Ok((hex(row.blob(0)?), row.id(1)?)))?;
    out.same("concern_source", no, &folded.source, &source);
    Ok(())
}

/// The texts, and the salts of those that are there.
fn compare_texts(tx: &mut Tx, folded: &Folded, out: &mut Differences) -> Result<HashMap<(EventId, Part), [u8; 16]>, StoreError> {
    let no = &folded.concern.no;
    let texts = tx.all(TEXTS, p![folded.concern.id], |row| {
        let salt: Option<[u8; 16]> = row.blob(4)?.try_into().ok();
        let digest = match (&salt, row.opt_text(2)?, row.opt_blob(3)?) {
            (Some(salt), Some(body), None) => text_digest_hex(salt, body),
            (Some(salt), None, Some(sealed)) => sealed_digest(salt, sealed),
            _ => String::new(),
        };
        Ok((EventId(row.id(0)?), row.text(1)?.to_owned(), digest, salt))
    })?;
    let mut salts = HashMap::new();
    let mut seen = BTreeSet::new();
    for (event, part, digest, salt) in texts {
        let key = Part::from_code(&part).map(|part| (event, part));
        match key.and_then(|key| folded.texts.get(&key).map(|expected| (key, expected))) {
            None => out.add("concern_text", no, format!("no {part} with event {event}"), "a text"),
            Some((key, expected)) => {
                seen.insert(key);
                if *expected != digest {
                    out.add("concern_text", no, format!("another {part} with event {event}"), digest);
                } else if let Some(salt) = salt {
                    salts.insert(key, salt);
                }
            }
        }
    }
    for (event, part) in folded.texts.keys().filter(|key| !seen.contains(key)) {
        out.add("concern_text", no, format!("the {} of event {event}", part.code()), "nothing");
    }
    Ok(salts)
}

fn compare_redactions(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    let texts = fold.concerns.values().map(|folded| &folded.concern);
    let mut expected: Vec<_> = texts.flat_map(|concern| concern.redactions.iter().map(|text| (concern.id, *text))).collect();
    expected.sort_unstable_by_key(|(_, text)| text.event);
    let found = crate::redact::all(tx)?;
    if expected != found {
        out.same("concern_redaction", "rows", &expected.len(), &found.len());
        for (expected, found) in expected.iter().zip(&found) {
            out.same("concern_redaction", &expected.1.event.to_string(), expected, found);
        }
    }
    Ok(())
}

/// Three rows.
const MODELS: &Sql = sql!("SELECT name, body, digest, cases, trained_at, measured FROM concern_model ORDER BY name");

fn compare_publications(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    let mut expected: Vec<_> = fold.concerns.values().flat_map(|folded| folded.concern.publications.iter().copied()).collect();
    expected.sort_unstable_by_key(|text| text.event);
    let found = crate::publish::all(tx)?;
    if expected != found {
        out.same("concern_publication", "rows", &expected.len(), &found.len());
        for (expected, found) in expected.iter().zip(&found) {
            out.same("concern_publication", &expected.event.to_string(), expected, found);
        }
    }
    Ok(())
}

fn compare_learned(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    let labels = crate::learn::all_labels(tx)?;
    let found = (!labels.is_empty()).then(|| crate::learn::labels_digest(&labels));
    out.same("concern_label", "rows", &fold.labels, &found);
    let models: BTreeMap<String, Trained> = tx
        .all(MODELS, p![], |row| {
            let name = row.text(0)?.to_owned();
            let digest: [u8; 32] = Sha256::digest(row.blob(1)?).into();
            let digest = if digest == row.array(2)? { hex(&digest) } else { String::new() };
            let measured: [u8; 32] = Sha256::digest(row.text(5)?).into();
            let told = fold.models.get(&name).is_none_or(|model| model.measured.is_some());
            Ok((name, Trained { digest, cases: row.int(3)?, at: row.time(4)?, measured: told.then(|| hex(&measured)) }))
        })?
        .into_iter()
        .collect();
    out.same("concern_model", "digests", &fold.models, &models);
    Ok(())
}

fn compare_readings(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    let mut found: BTreeMap<EventId, (ConcernId, Reading)> = BTreeMap::new();
    let rows = tx.all(READINGS, p![], |row| {
        let reading = Reading { person: row.opt_id(2)?, unit: row.id(3)?, at: row.time(4)? };
        Ok((EventId(row.id(0)?), (row.id(1)?, reading)))
    })?;
    found.extend(rows);
    for (id, folded) in &fold.concerns {
        for (event, reading) in &folded.readings {
            match found.remove(event) {
                Some((concern, row)) if concern == *id && row == *reading => {}
                other => out.add("concern_reading", &folded.concern.no, reading, other),
            }
        }
    }
    for (event, _) in found {
        out.add("concern_reading", &event.to_string(), "nothing", "a row");
    }
    Ok(())
}

/// That no row belongs to a concern that the walk above did not see.
fn compare_counts(fold: &ConcernFold, tx: &mut Tx, out: &mut Differences) -> Result<(), StoreError> {
    if !out.0.is_empty() {
        return Ok(());
    }
    let count = |of: fn(&Folded) -> usize| fold.concerns.values().map(of).sum::<usize>();
    let expected = [
        count(|folded| folded.texts.len()),
        count(|folded| folded.photos.len()),
        count(|folded| usize::from(folded.contact.is_some())),
        count(|folded| usize::from(folded.source.is_some())),
    ]
    .map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let found = tx.one(COUNTS, p![], |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?]))?;
    for (table, (expected, found)) in
        ["concern_text", "concern_photo", "concern_contact", "concern_source"].into_iter().zip(expected.iter().zip(&found))
    {
        out.same(table, "rows", expected, found);
    }
    Ok(())
}

/// Names the columns that differ.
fn columns_of(expected: &Concern, found: &Concern, no: &str, out: &mut Differences) {
    macro_rules! each {
        ($($column:literal: $($field:ident).+;)+) => {$(
            out.same(concat!("concern, ", $column), no, &expected.$($field).+, &found.$($field).+);
        )+};
    }
    each! {
        "no": no; "secret": secret; "v": v; "source": source; "place": place; "town": town; "community": community;
        "occurred_at": occurred_at; "received_at": received_at; "about_unit": about_unit; "about_person": about_person;
        "confidential": confidential; "may_publish": may_publish; "registered_by": registered_by; "batch": batch;
        "state": now.state; "desk": now.desk; "holder": now.holder; "assignee": now.assignee; "kind": now.kind; "due": now.due;
        "resolve_by": now.resolve_by; "object_by": now.object_by; "passed": now.passed; "round": now.round;
        "reachable": now.reachable; "contacted": now.contacted; "handler": now.handler; "resolver": now.resolver; "tries": now.tries;
        "outcome": now.outcome; "closed_at": now.closed_at; "bars": now.bars; "term": now.term; "pause": now.pause;
        "asked_by": now.asked_by; "extended": now.extended; "merged_into": now.merged_into;
    }
}
