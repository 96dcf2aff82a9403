//! Training: read what people labelled and confirmed, learn outside of any transaction, store what was
//! learned with what was measured of it. Done after cases were brought in, and each night once enough new
//! dispatches were confirmed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use base::{Ctx, Id, UnitId};
use guess::{Case, Model};
use record::{About, hex};
use store::jobs::{self, Job};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault, JobKind, Piece, Tick};

use super::label::{self, LabelledReport, bring_labelled, read_labelled, subject};
use super::{Measured, put, trained};
use crate::catalogue;
use crate::concern::ConcernId;
use crate::events::ConcernModelTrained;
use crate::import::ImportError;
use crate::permissions::{Authority, Catalogue};

/// The job of a training.
pub const TRAIN_JOB: &str = "concerns.train";
/// How a training is done as a job.
pub const JOB: JobKind = JobKind { kind: TRAIN_JOB, piece };
/// Looks each night whether there is enough new to learn from.
pub const TICK: Tick = Tick { name: "concerns.learn", every: 24 * 3600, run: nightly };

/// Confirmed dispatches that a training reads, the newest.
const DISPATCHES: i64 = 1_200;
/// Handled concerns that are counted for units, the newest.
const HANDLED: i64 = 20_000;
/// Cases below which nothing is learned.
const FEWEST: usize = 60;
/// Cases above which a training is measured once and not over several shuffles.
const MANY: usize = 800;
/// New dispatches that make a training at night worth while.
const ENOUGH_NEW: i64 = 50;
/// Labelled cases that are entered in one transaction.
const AT_ONCE: usize = 100;

/// Walks the primary key from the end; the words that came with the concern are the first of its texts.
const CONFIRMED: &Sql = sql!(
    "SELECT c.id, c.kind, c.title, t.body FROM concern c JOIN concern_text t ON t.concern = c.id
     WHERE c.id < ?1 AND c.kind IS NOT NULL AND c.handler IS NOT NULL AND c.confidential = 0 AND t.part = 'words' AND t.body IS NOT NULL
     ORDER BY c.id DESC, t.event LIMIT ?2"
);
/// The same for who handled it.
const BY_UNIT: &Sql = sql!(
    "SELECT c.kind, c.town, c.handler FROM concern c WHERE c.id < ?1 AND c.kind IS NOT NULL AND c.handler IS NOT NULL ORDER BY c.id DESC LIMIT ?2"
);
const LAST: ConcernId = ConcernId(Id([0xff; 16]));

struct Read {
    top: Vec<Case>,
    leaf: Vec<Case>,
    units: Vec<(String, Option<UnitId>, Vec<(UnitId, u32)>)>,
    handled: usize,
}

fn read(tx: &mut Tx) -> Result<Read, StoreError> {
    let kinds = catalogue::kinds(tx)?;
    let is_leaf = |code: &str| !kinds.iter().any(|kind| kind.parent.as_deref() == Some(code));
    let catalogue = catalogue::known(tx)?;
    let case = |head: &str, text: &str, class: String| Case { head: search::folded(head), text: search::folded(text), class };
    let mut cases: Vec<Case> = label::all(tx)?.into_iter().map(|row| case(&row.head, &row.body, row.kind)).collect();
    let mut last = None;
    let mut confirmed: Vec<(Id, Case)> = Vec::new();
    tx.each(CONFIRMED, p![LAST, DISPATCHES], |row| {
        let id: Id = row.id(0)?;
        if last != Some(id) {
            last = Some(id);
            confirmed.push((id, case(row.text(2)?, row.text(3)?, row.text(1)?.to_owned())));
        }
        Ok(())
    })?;
    cases.extend(confirmed.into_iter().map(|(_, case)| case));
    let top = cases.iter().map(|case| Case { class: catalogue.root(&case.class).to_owned(), ..case.clone() }).collect();
    let mut leaf: Vec<Case> = cases.into_iter().filter(|case| is_leaf(&case.class)).collect();
    // A kind that came up once can neither be learned nor measured.
    let mut seen: HashMap<String, usize> = HashMap::new();
    for case in &leaf {
        *seen.entry(case.class.clone()).or_default() += 1;
    }
    leaf.retain(|case| seen.get(&case.class).is_some_and(|n| *n >= 5));
    let mut counts: BTreeMap<(String, Option<UnitId>), BTreeMap<UnitId, u32>> = BTreeMap::new();
    let mut handled = 0;
    tx.each(BY_UNIT, p![LAST, HANDLED], |row| {
        let (kind, town, unit) = (row.text(0)?.to_owned(), row.opt_id::<UnitId>(1)?, row.id::<UnitId>(2)?);
        handled += 1;
        *counts.entry((kind.clone(), None)).or_default().entry(unit).or_default() += 1;
        if town.is_some() {
            *counts.entry((kind, town)).or_default().entry(unit).or_default() += 1;
        }
        Ok(())
    })?;
    let units = counts.into_iter().map(|((kind, town), counts)| {
        let mut counts: Vec<(UnitId, u32)> = counts.into_iter().collect();
        counts.sort_by_key(|(unit, n)| (std::cmp::Reverse(*n), *unit));
        counts.truncate(5);
        (kind, town, counts)
    });
    Ok(Read { top, leaf, units: units.collect(), handled })
}

/// A model of these cases with what was measured of it.
fn learn(cases: &[Case]) -> Option<(Model, Measured)> {
    if cases.len() < FEWEST {
        return None;
    }
    let (parts, shuffles) = if cases.len() <= MANY { (10, 3) } else { (4, 1) };
    let found = guess::measure(cases, parts, shuffles)?;
    let model = Model::train(cases)?.with_sharpness(found.sharpness);
    let guess::Measured { first, first_spread, three, three_spread, .. } = found;
    Some((model, Measured { parts, shuffles, first, first_spread, three, three_spread }))
}

/// Learns from what there is and stores it. Tells whether there was enough to learn from.
///
/// # Errors
/// The store's.
pub fn train(district: &Arc<District>) -> Result<bool, StoreError> {
    let Read { top, leaf, units, handled } = district.read_now(|tx, _| read(tx))?;
    let mut bodies: Vec<(&'static str, Vec<u8>, usize, Option<Measured>)> = Vec::new();
    for (name, cases) in [("top", &top), ("leaf", &leaf)] {
        if let Some((model, measured)) = learn(cases) {
            bodies.push((name, model.to_bytes(), cases.len(), Some(measured)));
        }
    }
    if handled > 0 {
        bodies.push(("unit", serde_json::to_vec(&units).map_err(|error| StoreError::Other(error.to_string()))?, handled, None));
    }
    let any = !bodies.is_empty();
    district.write_now(move |tx, ctx| {
        bodies.iter().try_for_each(|(name, body, cases, measured)| keep(tx, ctx, name, body, *cases, *measured))
    })?;
    Ok(any)
}

fn keep(tx: &mut Tx, ctx: &Ctx, name: &str, body: &[u8], cases: usize, measured: Option<Measured>) -> Result<(), StoreError> {
    let (digest, measured) = put(tx, name, body, cases, measured, ctx.now)?;
    let about = About { occurred_at: ctx.now, actor: record::Actor::System, unit: None, subject: subject(), batch: None };
    let facts = ConcernModelTrained {
        name: name.to_owned(),
        cases: i64::try_from(cases).unwrap_or(i64::MAX),
        digest: hex(&digest),
        measured: Some(hex(&measured)),
    };
    record::append(tx, ctx, about, &facts).map(drop)
}

/// Asks for a training, to be done beside the pages.
///
/// # Errors
/// Only the store's.
pub fn ask(tx: &mut Tx, ctx: &Ctx, by: Option<Id>) -> Result<Id, StoreError> {
    let id: Id = ctx.id();
    jobs::create(tx, ctx.now, id, TRAIN_JOB, "{}", by)?;
    Ok(id)
}

fn piece(district: &Arc<District>, job: &Job) -> Result<Piece, Fault> {
    let learned = train(district)?;
    let (id, worker) = (job.id, job.lease_by.unwrap_or_default());
    let result = if learned { "true" } else { "false" };
    if !district.write_now(move |tx, ctx| jobs::finish(tx, ctx.now, id, worker, result))? {
        return Err("another process is at it".into());
    }
    Ok(Piece::Done)
}

const NEW: &Sql = sql!("SELECT COUNT(*) FROM concern c WHERE c.id >= ?1 AND c.kind IS NOT NULL AND c.handler IS NOT NULL");

fn nightly(district: &Arc<District>) -> Result<(), Fault> {
    let wanted = district.read_now(|tx, _| -> Result<bool, StoreError> {
        let since = trained(tx)?.iter().map(|model| model.trained_at).max();
        let from = since.map_or(ConcernId::default(), crate::read::first_id);
        Ok(tx.one(NEW, p![from], |row| row.int(0))? >= ENOUGH_NEW)
    })?;
    if wanted {
        district.write_now(|tx, ctx| ask(tx, ctx, None))?;
    }
    Ok(())
}

/// Brings a workbook of labelled cases in at the server's command line, and learns from it.
///
/// # Errors
/// [`ImportError`].
pub fn import_labelled(
    district: &Arc<District>,
    bytes: &[u8],
) -> Result<(LabelledReport, Vec<sheets::CellError>, Vec<super::Trained>), ImportError> {
    let (cases, wrong) = read_labelled(bytes)?;
    let report = bring_all(district, &cases, Authority::Console)?;
    train(district)?;
    let models = district.read_now(|tx, _| trained(tx))?;
    Ok((report, wrong, models))
}

fn bring_all(
    district: &Arc<District>,
    cases: &[super::Labelled],
    who: Authority<'static, Catalogue>,
) -> Result<LabelledReport, ImportError> {
    let mut report = LabelledReport::default();
    for some in cases.chunks(AT_ONCE) {
        let some = some.to_vec();
        let part = district.write_now(move |tx, ctx| bring_labelled(tx, ctx, who, &some))?;
        report.made += part.made;
        report.same += part.same;
        for (label, n) in part.unknown {
            *report.unknown.entry(label).or_default() += n;
        }
    }
    Ok(report)
}
