//! Visits and what they find, putting it right, and the second look.

use base::{Ctx, Date, Time, UnitId};
use people::{Permission, Proof, Role};
use record::{About, EventId, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::checklist::body;
use crate::events::{ChecklistId, FindingId, FindingMade, FindingRechecked, FindingRectified, InspectionId, InspectionMade};

/// The rule that says how long putting right may take.
pub const RULE: &str = "inspections.rectify";
/// The rule that says how long the second look may take.
pub const RECHECK_RULE: &str = "inspections.recheck";
/// The longest text, in characters.
pub const LONGEST: usize = 1_000;
/// The most photos of evidence.
pub const MOST_PHOTOS: usize = 6;

/// Visit units, and look again.
#[derive(Debug)]
pub struct Inspect;

impl Permission for Inspect {
    const NAME: &'static str = "inspections.inspect";
    const ROLES: &'static [Role] = &[Role::Oversight];
}

/// See what was found in the district, and how far it is put right; for who answers for all of it.
#[derive(Debug)]
pub struct Oversee;

impl Permission for Oversee {
    const NAME: &'static str = "inspections.oversee";
    const ROLES: &'static [Role] = &[Role::DistrictLeader, Role::DistrictDesk];
}

/// Put right what was found at one's own unit.
#[derive(Debug)]
pub struct Rectify;

impl Permission for Rectify {
    const NAME: &'static str = "inspections.rectify";
    const ROLES: &'static [Role] = &[
        Role::CommunityStaff,
        Role::CommunitySecretary,
        Role::TownStaff,
        Role::TownDesk,
        Role::TownLeader,
        Role::DepartmentStaff,
        Role::DepartmentLead,
        Role::BranchSecretary,
    ];
}

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// Not for this unit.
    #[error("not for this unit")]
    Denied,
    /// It is not at that point, or somebody was quicker.
    #[error("it is not at that point any more")]
    NotNow,
    /// This field is empty, too long or no date.
    #[error("{0} is missing or too long")]
    Field(&'static str),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<people::Denied> for InspectError {
    fn from(_: people::Denied) -> InspectError {
        InspectError::Denied
    }
}

fn text(typed: &str, field: &'static str) -> Result<String, InspectError> {
    let clean = base::text::clean(typed);
    if clean.is_empty() || base::text::count_chars(&clean) > LONGEST { Err(InspectError::Field(field)) } else { Ok(clean) }
}

/// What an event of this module is about, now.
pub(crate) fn about(ctx: &Ctx, actor: record::Actor, unit: UnitId, subject: base::Id) -> About {
    About { occurred_at: ctx.now, actor, unit: Some(unit), subject, batch: None }
}

/// A visit to be written down.
#[derive(Clone, Debug)]
pub struct Visit {
    /// By which list.
    pub checklist: ChecklistId,
    /// Where.
    pub unit: UnitId,
    /// On which day.
    pub on: Date,
    /// What was seen in all.
    pub note: String,
    /// What was found wrong: the number of the line, and the words.
    pub findings: Vec<(usize, String)>,
}

const INSERT: &Sql = sql!(
    "INSERT INTO inspection (id, checklist, unit, visited_on, note, salt, made_at, made_by, by_unit) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
);
const INSERT_FINDING: &Sql =
    sql!("INSERT INTO finding (id, inspection, unit, item, text, salt, state, due_at, v) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, 1)");

/// Writes down a visit, with a finding for each thing that was wrong.
///
/// # Errors
/// [`InspectError`].
pub fn inspect(tx: &mut Tx, ctx: &Ctx, who: &Proof<Inspect>, visit: &Visit) -> Result<InspectionId, InspectError> {
    let tree = people::tree(tx)?;
    let unit = tree.get(visit.unit).filter(|unit| !unit.is_closed()).ok_or(InspectError::NotFound)?.id;
    if !who.covers(&tree, unit) || tree.is_within(unit, who.unit()) {
        return Err(InspectError::Denied);
    }
    if visit.on > ctx.now.date() {
        return Err(InspectError::Field("on"));
    }
    let list = crate::read::checklist(tx, visit.checklist)?.ok_or(InspectError::NotFound)?;
    if list.ended.is_some() {
        return Err(InspectError::Field("list"));
    }
    let note = text(&visit.note, "note")?;
    let (id, salt, on) = (ctx.id::<InspectionId>(), ctx.salt(), visit.on.to_string());
    tx.exec(INSERT, p![id, list.id, unit, on.as_str(), note.as_str(), &salt[..], ctx.now, who.person(), who.unit()])?;
    let facts = InspectionMade { checklist: list.id, on, by: who.unit(), note: text_digest_hex(&salt, &note) };
    record::append(tx, ctx, about(ctx, who.actor(), unit, id.0), &facts)?;
    let due = ctx.rules().deadline(RULE, ctx.now).at;
    for (line, words) in &visit.findings {
        let item = list.lines.get(*line).ok_or(InspectError::NotFound)?;
        let words = text(words, "finding")?;
        let (finding, salt) = (ctx.id::<FindingId>(), ctx.salt());
        tx.exec(INSERT_FINDING, p![finding, id, unit, item.as_str(), words.as_str(), &salt[..], due])?;
        let facts = FindingMade { inspection: id, due, text: text_digest_hex(&salt, &body(item, &words)) };
        record::append(tx, ctx, about(ctx, who.actor(), unit, finding.0), &facts)?;
    }
    Ok(id)
}

const STEP: &Sql = sql!("INSERT INTO finding_step (event, finding, text, salt) VALUES (?1, ?2, ?3, ?4)");
const PHOTO: &Sql = sql!("INSERT INTO finding_photo (event, n, finding, digest) VALUES (?1, ?2, ?3, ?4)");
const RECTIFIED: &Sql =
    sql!("UPDATE finding SET state = 'rectified', due_at = ?3, passed = 0, v = v + 1 WHERE id = ?1 AND v = ?2 AND state = 'open'");
const CLOSED: &Sql = sql!("UPDATE finding SET state = 'closed', passed = 0, v = v + 1 WHERE id = ?1 AND v = ?2 AND state = 'rectified'");
const RETURNED: &Sql =
    sql!("UPDATE finding SET state = 'open', due_at = ?3, passed = 0, v = v + 1 WHERE id = ?1 AND v = ?2 AND state = 'rectified'");

fn said(tx: &mut Tx, event: EventId, finding: FindingId, text: &str, salt: [u8; 16]) -> Result<(), InspectError> {
    tx.exec(STEP, p![event, finding, text, &salt[..]])?;
    Ok(())
}

/// Says what was done about a finding, with evidence.
///
/// # Errors
/// [`InspectError`].
pub fn rectify(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Rectify>,
    id: FindingId,
    v: i64,
    done: &str,
    photos: &[[u8; 32]],
) -> Result<(), InspectError> {
    let finding = crate::read::finding(tx, id)?.ok_or(InspectError::NotFound)?;
    if who.unit() != finding.unit {
        return Err(InspectError::Denied);
    }
    let done = text(done, "text")?;
    if photos.len() > MOST_PHOTOS {
        return Err(InspectError::Field("photo"));
    }
    let due = ctx.rules().deadline(RECHECK_RULE, ctx.now).at;
    if tx.exec(RECTIFIED, p![id, v, due])? != 1 {
        return Err(InspectError::NotNow);
    }
    let salt = ctx.salt();
    let facts = FindingRectified {
        v: v + 1,
        in_time: ctx.now <= finding.due,
        text: text_digest_hex(&salt, &done),
        photos: photos.iter().map(|digest| record::hex(digest)).collect(),
        due: Some(due),
    };
    let event = record::append(tx, ctx, about(ctx, who.actor(), finding.unit, id.0), &facts)?;
    for (n, digest) in (0_i64..).zip(photos) {
        tx.exec(PHOTO, p![event, n, id, &digest[..]])?;
    }
    said(tx, event, id, &done, salt)
}

/// Looks again: put right, or to be done again by a new deadline.
///
/// # Errors
/// [`InspectError`].
pub fn recheck(tx: &mut Tx, ctx: &Ctx, who: &Proof<Inspect>, id: FindingId, v: i64, pass: bool, seen: &str) -> Result<(), InspectError> {
    let finding = crate::read::finding(tx, id)?.ok_or(InspectError::NotFound)?;
    let tree = people::tree(tx)?;
    if !who.covers(&tree, finding.unit) || tree.is_within(finding.unit, who.unit()) {
        return Err(InspectError::Denied);
    }
    let seen = text(seen, "text")?;
    let due: Option<Time> = (!pass).then(|| ctx.rules().deadline(RULE, ctx.now).at);
    let moved = match due {
        None => tx.exec(CLOSED, p![id, v])?,
        Some(due) => tx.exec(RETURNED, p![id, v, due])?,
    };
    if moved != 1 {
        return Err(InspectError::NotNow);
    }
    let salt = ctx.salt();
    let facts = FindingRechecked { v: v + 1, pass, due, text: text_digest_hex(&salt, &seen) };
    let event = record::append(tx, ctx, about(ctx, who.actor(), finding.unit, id.0), &facts)?;
    said(tx, event, id, &seen, salt)
}
