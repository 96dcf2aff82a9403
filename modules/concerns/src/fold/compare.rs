//! The tables beside what the record says: each row of each table, each column.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::UnitId;
use record::{Cell, Difference, EventId, How, Rows, cells, differ, hex, same, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Row, Sql, StoreError, Tx, p, sql};

use super::{ConcernFold, Folded, Reading, Trained};
use crate::catalogue::{self, Duty, Kind};
use crate::concern::{Concern, ConcernId, columns, from_row};
use crate::model::Outcome;
use crate::publish::Publication;
use crate::redact::Redaction;
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
/// The same of one.
const CONCERN: &Sql = sql!(concat!(
    "SELECT ",
    columns!(),
    ", c.bars IS NULL, c.due_at IS NULL, c.due_rule IS NULL, c.paused_at IS NULL, c.stopped_at IS NULL, c.stopped_rule IS NULL FROM concern c WHERE c.id = ?1"
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
    no_due: [bool; 2],
    no_pause: [bool; 3],
}

fn found(row: &Row) -> Result<Result<Found, StoreError>, StoreError> {
    let (no_bars, no_due) = (row.bool(43)?, [row.bool(44)?, row.bool(45)?]);
    let no_pause = [row.bool(46)?, row.bool(47)?, row.bool(48)?];
    // A code that is not known is a difference, not a reason to stop.
    Ok(from_row(row).map(|concern| Found { concern, no_bars, no_due, no_pause }))
}

pub(super) fn compare(fold: &ConcernFold, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
    let mut out = Vec::new();
    compare_catalogue(fold, tx, &mut out)?;
    let mut seen = 0_usize;
    let mut last = ConcernId::default();
    loop {
        let page = tx.all(CONCERNS, p![last, PAGE], |row| Ok((row.id::<ConcernId>(0)?, found(row)?)))?;
        let Some(end) = page.last().map(|(id, _)| *id) else { break };
        for (id, row) in page {
            match (fold.concerns.get(&id), row) {
                (None, _) => out.push(Difference::of("concern", id, How::Unknown)),
                (Some(folded), Err(error)) => {
                    seen += 1;
                    out.push(Difference::of("concern", &folded.concern.no, How::Unread(error.to_string(), error.zh())));
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
                out.push(Difference::of("concern", &folded.concern.no, How::Gone));
            }
        }
    }
    compare_readings(fold, tx, &mut out)?;
    compare_redactions(fold, tx, &mut out)?;
    fold.linked.compare(tx, &mut out)?;
    compare_publications(fold, tx, &mut out)?;
    compare_learned(fold, tx, &mut out)?;
    compare_counts(fold, tx, &mut out)?;
    Ok(out)
}

/// One concern beside its row; none where the table does not have it.
pub(super) fn compare_one(tx: &mut Tx, folded: &Folded) -> Result<Option<(Concern, Vec<Difference>)>, StoreError> {
    let Some(row) = tx.opt(CONCERN, p![folded.concern.id], found)?.transpose()? else { return Ok(None) };
    let mut out = Vec::new();
    compare_concern(tx, folded, &row, &mut out)?;
    Ok(Some((row.concern, out)))
}

fn compare_catalogue(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let kinds = catalogue::kinds(tx)?.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
    let cells = |Kind { code: _, name, parent, ord, keywords }: &Kind| cells![name, parent.as_ref(), *ord, keywords.join(" ")];
    differ("concern_kind", &["name", "parent", "ord", "keywords"], String::clone, cells, &fold.kinds, &kinds, out);
    let ended = catalogue::ended(tx)?;
    for code in fold.ended.keys().chain(ended.keys()).collect::<BTreeSet<_>>() {
        let (wanted, is) = (fold.ended.get(code).copied(), ended.get(code).copied());
        if wanted != is {
            out.push(Difference::column("concern_kind", code, "ended_at", wanted, is));
        }
    }
    let duties = catalogue::all_duties(tx)?.into_iter().map(|duty| ((duty.kind.clone(), duty.unit), duty)).collect();
    let cells = |duty: &Duty| cells![&duty.document];
    differ("concern_duty", &["document"], |(kind, unit)| format!("{kind} {unit}"), cells, &fold.duties, &duties, out);
    Ok(())
}

fn compare_concern(tx: &mut Tx, folded: &Folded, row: &Found, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let no = &folded.concern.no;
    let expected = folded.expected();
    let mut found = row.concern.clone();
    let title = std::mem::take(&mut found.title);
    let before = out.len();
    if expected != found {
        let (wanted, is) = (BTreeMap::from([(no, &expected)]), BTreeMap::from([(no, &found)]));
        differ("concern", COLUMNS, |no: &&String| no.to_string(), |concern: &&Concern| columns_of(concern), &wanted, &is, out);
    }
    let about_nobody = expected.about_unit.is_none() && expected.about_person.is_none();
    let (due, pause) = (expected.now.due.is_none(), expected.now.pause.is_none());
    let [no_due_at, no_due_rule] = row.no_due;
    let [no_paused_at, no_stopped_at, no_stopped_rule] = row.no_pause;
    let empty = [
        ("due_at", due, no_due_at),
        ("due_rule", due, no_due_rule),
        ("paused_at", pause, no_paused_at),
        ("stopped_at", pause, no_stopped_at),
        ("stopped_rule", pause, no_stopped_rule),
        ("bars", about_nobody, row.no_bars),
    ];
    for (column, wanted, is) in empty {
        let told = |one: &Difference| matches!(one.how, How::Column { column: named, .. } if named == column);
        if wanted != is && !out.iter().skip(before).any(told) {
            let cell = |empty: bool| if empty { Cell::Nothing } else { Cell::Filled };
            out.push(Difference::column("concern", no, column, cell(wanted), cell(is)));
        }
    }
    if let Some(v) = folded.early.keys().next() {
        out.push(Difference::column("event", no, "v", folded.concern.v + 1, *v));
    }

    let salts = compare_texts(tx, folded, out)?;
    let (digest, salt) = match &folded.title {
        Some((digest, event, part)) => (Some(digest), salts.get(&(*event, *part))),
        None => (None, None),
    };
    match digest.zip(salt) {
        Some((digest, salt)) => {
            let is = text_digest_hex(salt, &title);
            if *digest != is {
                out.push(Difference::column("concern", no, "title", Cell::digest(digest), Cell::digest(is)));
            }
        }
        // Without the text its salt is gone too, and with it the proof; the title goes with the text.
        None if title.is_empty() => {}
        None => out.push(Difference::column("concern", no, "title", Cell::Nothing, Cell::Filled)),
    }

    let photos: BTreeMap<(EventId, i64), (String, bool)> = tx
        .all(PHOTOS, p![expected.id], |row| Ok(((EventId(row.id(0)?), row.int(1)?), (hex(row.blob(2)?), row.bool(3)?))))?
        .into_iter()
        .collect();
    let cells = |(digest, shared): &(String, bool)| cells![Cell::digest(digest), *shared];
    let photo = |(event, n): &(EventId, i64)| format!("{no} {event} {n}");
    differ("concern_photo", &["digest", "shared"], photo, cells, &folded.photos, &photos, out);

    let units = tx.all(UNITS, p![expected.id], |row| Ok((row.id(0)?, row.bool(1)?)))?.into_iter().collect();
    let involved: BTreeMap<UnitId, bool> = folded.concern.now.involved.iter().map(|one| (one.unit, one.excused)).collect();
    differ("concern_unit", &["excused"], |unit| format!("{no} {unit}"), |excused| cells![*excused], &involved, &units, out);

    let contact = tx.opt(CONTACT, p![expected.id], |row| {
        let salt: Result<[u8; 16], _> = row.blob(3)?.try_into();
        let (name, phone, blind) = (row.opt_blob(0)?, row.blob(1)?, row.blob(2)?);
        Ok(salt.map(|salt| contact_digest(&salt, name, phone, blind)).unwrap_or_default())
    })?;
    let digest = |digest: &String| cells![Cell::digest(digest)];
    one("concern_contact", &["name+phone+phone_blind+salt"], no, digest, folded.contact.as_ref(), contact.as_ref(), out);

    let source = tx.opt(SOURCE, p![expected.id], |row| Ok((hex(row.blob(0)?), row.id(1)?)))?;
    let cells = |(key, batch): &(String, base::Id)| cells![Cell::digest(key), *batch];
    one("concern_source", &["key", "batch"], no, cells, folded.source.as_ref(), source.as_ref(), out);
    Ok(())
}

/// The one row that a concern has in a table, or none.
fn one<T: PartialEq>(
    table: &'static str,
    columns: &[&'static str],
    no: &str,
    cells: impl Fn(&T) -> Vec<Cell>,
    expected: Option<&T>,
    found: Option<&T>,
    out: &mut Vec<Difference>,
) {
    if expected == found {
        return;
    }
    let map = |row: Option<&T>| row.map(|row| (no.to_owned(), cells(row))).into_iter().collect::<Rows>();
    same(table, columns, &map(expected), map(found), out);
}

/// The texts, and the salts of those that are there.
fn compare_texts(tx: &mut Tx, folded: &Folded, out: &mut Vec<Difference>) -> Result<HashMap<(EventId, Part), [u8; 16]>, StoreError> {
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
        let row = format!("{no} {event} {part}");
        let key = Part::from_code(&part).map(|part| (event, part));
        match key.and_then(|key| folded.texts.get(&key).map(|expected| (key, expected))) {
            None => out.push(Difference::of("concern_text", row, How::Unknown)),
            Some((key, expected)) => {
                seen.insert(key);
                if *expected != digest {
                    out.push(Difference::column("concern_text", row, "body+sealed+salt", Cell::digest(expected), Cell::digest(digest)));
                } else if let Some(salt) = salt {
                    salts.insert(key, salt);
                }
            }
        }
    }
    for (event, part) in folded.texts.keys().filter(|key| !seen.contains(key)) {
        out.push(Difference::of("concern_text", format!("{no} {event} {}", part.code()), How::Gone));
    }
    Ok(salts)
}

fn compare_redactions(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let texts = fold.concerns.values().map(|folded| &folded.concern);
    let expected = texts.flat_map(|concern| concern.redactions.iter().map(|text| (text.event, (concern.id, *text)))).collect();
    let found = crate::redact::all(tx)?.into_iter().map(|(concern, text)| (text.event, (concern, text))).collect();
    let cells = |(concern, text): &(ConcernId, Redaction)| {
        let Redaction { event: _, of, state, share_photos, written_by, decided_by } = text;
        cells![concern.0, *of, state.code(), *share_photos, *written_by, *decided_by]
    };
    let columns = &["concern", "of", "state", "share_photos", "written_by", "decided_by"];
    differ("concern_redaction", columns, EventId::to_string, cells, &expected, &found, out);
    Ok(())
}

fn compare_publications(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let texts = fold.concerns.values().flat_map(|folded| folded.concern.publications.iter());
    let expected = texts.map(|text| (text.event, *text)).collect();
    let found = crate::publish::all(tx)?.into_iter().map(|text| (text.event, text)).collect();
    let cells = |text: &Publication| cells![text.state.code(), text.written_by, text.decided_by, text.published_at];
    let columns = &["state", "written_by", "decided_by", "published_at"];
    differ("concern_publication", columns, EventId::to_string, cells, &expected, &found, out);
    Ok(())
}

/// Three rows.
const MODELS: &Sql = sql!("SELECT name, body, digest, cases, trained_at, measured FROM concern_model ORDER BY name");

fn compare_learned(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let labels = crate::learn::all_labels(tx)?;
    let found = (!labels.is_empty()).then(|| crate::learn::labels_digest(&labels));
    if fold.labels != found {
        let cell = |digest: &Option<String>| digest.as_ref().map(Cell::digest);
        out.push(Difference::column("concern_label", "", "head+text+label", cell(&fold.labels), cell(&found)));
    }
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
    let columns = &["body+digest", "cases", "trained_at", "measured"];
    differ("concern_model", columns, String::clone, Trained::cells, &fold.models, &models, out);
    Ok(())
}

fn compare_readings(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let rows = tx.all(READINGS, p![], |row| {
        let reading = Reading { person: row.opt_id(2)?, unit: row.id(3)?, at: row.time(4)? };
        Ok((EventId(row.id(0)?), (row.id::<ConcernId>(1)?, reading)))
    })?;
    let found: BTreeMap<EventId, (ConcernId, Reading)> = rows.into_iter().collect();
    let each =
        fold.concerns.iter().flat_map(|(id, folded)| folded.readings.iter().map(|(event, reading)| (*event, (*id, reading.clone()))));
    let cells = |(concern, reading): &(ConcernId, Reading)| [cells![concern.0], reading.cells()].concat();
    let columns = &["concern", "person", "unit", "at"];
    differ("concern_reading", columns, EventId::to_string, cells, &each.collect(), &found, out);
    Ok(())
}

/// That no row belongs to a concern that the walk above did not see.
fn compare_counts(fold: &ConcernFold, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    if !out.is_empty() {
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
    let tables = ["concern_text", "concern_photo", "concern_contact", "concern_source"];
    for (table, (expected, found)) in tables.into_iter().zip(expected.into_iter().zip(found)) {
        if expected != found {
            out.push(Difference::of(table, "", How::Count { expected, found }));
        }
    }
    Ok(())
}

/// What [`columns_of`] gives.
const COLUMNS: &[&str] = &[
    "no",
    "secret",
    "v",
    "source",
    "place",
    "town",
    "community",
    "occurred_at",
    "received_at",
    "about_unit",
    "about_person",
    "confidential",
    "may_publish",
    "registered_by",
    "batch",
    "state",
    "desk",
    "holder",
    "assignee",
    "kind",
    "due_at",
    "due_rule",
    "resolve_by",
    "object_by",
    "passed",
    "round",
    "reachable",
    "contacted",
    "handler",
    "resolver",
    "tries",
    "outcome",
    "closed_at",
    "bars",
    "term",
    "paused_at",
    "stopped_at",
    "stopped_rule",
    "asked_by",
    "extended",
    "merged_into",
];

/// The row of a concern, but for its title.
fn columns_of(concern: &Concern) -> Vec<Cell> {
    let Concern {
        id: _,
        no,
        secret,
        v,
        title: _,
        source,
        place,
        town,
        community,
        occurred_at,
        received_at,
        about_unit,
        about_person,
        confidential,
        may_publish,
        registered_by,
        batch,
        redactions: _,
        read_by: _,
        publications: _,
        now,
    } = concern;
    let begun = cells![
        no,
        secret.as_ref().map(|secret| Cell::digest(hex(secret))),
        *v,
        source.code(),
        *place,
        *town,
        *community,
        *occurred_at,
        *received_at,
        *about_unit,
        *about_person,
        *confidential,
        *may_publish,
        *registered_by,
        *batch
    ];
    let (due, pause) = (now.due.as_ref(), now.pause.as_ref());
    let stands = cells![
        now.state.code(),
        now.desk,
        now.holder,
        now.assignee,
        now.kind.as_ref(),
        due.map(|due| due.at),
        due.map(|due| &due.rule),
        now.resolve_by,
        now.object_by,
        now.passed,
        now.round,
        now.reachable,
        now.contacted,
        now.handler,
        now.resolver,
        now.tries,
        now.outcome.map(Outcome::code),
        now.closed_at,
        now.bars.clone(),
        now.term.as_ref(),
        pause.map(|pause| pause.at),
        pause.map(|pause| pause.due.at),
        pause.map(|pause| &pause.due.rule),
        now.asked_by,
        now.extended,
        now.merged_into.map(|into| into.0)
    ];
    [begun, stands].concat()
}
