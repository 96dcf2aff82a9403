//! Writing down a conference: who met, when, what was said.

use base::{Ctx, Date, UnitId};
use people::{Level, Proof, Tree};
use record::{About, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ConferenceHeld, ConferenceId};
use crate::permissions::Convene;

/// The longest text, in characters.
pub const LONGEST: usize = 4_000;
/// The longest line.
pub const LINE: usize = 60;
/// The most units that take part.
pub const MOST_UNITS: usize = 60;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConferenceError {
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// Not for this unit.
    #[error("not for this unit")]
    Denied,
    /// It is not at that point, or somebody was quicker.
    #[error("it is not at that point any more")]
    NotNow,
    /// This field is empty, too long, or not what it should be.
    #[error("{0} is missing or cannot be so")]
    Field(&'static str),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A conference as it is written down.
#[derive(Clone, Debug)]
pub struct Hold {
    /// What it was about.
    pub title: String,
    /// On which day.
    pub on: Date,
    /// Where.
    pub place: String,
    /// The units that took part, beside the one that called it.
    pub units: Vec<UnitId>,
    /// The minutes.
    pub note: String,
}

/// A line that is needed.
pub(crate) fn line(typed: &str, field: &'static str) -> Result<String, ConferenceError> {
    let clean = base::text::clean_line(typed);
    if clean.is_empty() || base::text::count_chars(&clean) > LINE { Err(ConferenceError::Field(field)) } else { Ok(clean) }
}

/// A text that is needed.
pub(crate) fn text(typed: &str, field: &'static str) -> Result<String, ConferenceError> {
    let clean = base::text::clean(typed);
    if clean.is_empty() || base::text::count_chars(&clean) > LONGEST { Err(ConferenceError::Field(field)) } else { Ok(clean) }
}

/// What stands in the event of a conference.
pub(crate) fn body(title: &str, place: &str, note: &str) -> String {
    format!("{title}\n\n{place}\n\n{note}")
}

/// The units that may be asked to a conference of this unit: those below it that are directly concerned, those beside it,
/// and the departments; never one that has ended.
pub fn invited(tree: &Tree, unit: UnitId) -> Vec<UnitId> {
    let Some(own) = tree.get(unit) else { return Vec::new() };
    let near = |level: Level| match own.level {
        Level::Community => matches!(level, Level::Grid),
        Level::Town => matches!(level, Level::Community),
        _ => matches!(level, Level::Town),
    };
    let district = tree.district().map(|unit| unit.id);
    let below = tree.children(unit).filter(|other| near(other.level)).map(|other| other.id);
    let beside = tree.of_level(Level::Town).filter(|_| own.level == Level::Department).map(|other| other.id);
    let above = own.parent.filter(|_| matches!(own.level, Level::Community | Level::Town | Level::Department));
    let departments = tree.departments().map(|other| other.id);
    let mut units: Vec<UnitId> = above.into_iter().chain(below).chain(beside).chain(departments).chain(district).collect();
    let mut seen = std::collections::BTreeSet::new();
    units.retain(|id| *id != unit && tree.get(*id).is_some_and(|unit| !unit.is_closed()) && seen.insert(*id));
    units
}

const INSERT: &Sql = sql!(
    "INSERT INTO conference (id, unit, title, held_on, place, note, salt, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
);
const TAKE_PART: &Sql = sql!("INSERT INTO conference_unit (conference, unit) VALUES (?1, ?2)");

/// Writes down a conference that one's own unit called.
///
/// # Errors
/// [`ConferenceError`].
pub fn hold(tx: &mut Tx, ctx: &Ctx, who: &Proof<Convene>, input: &Hold) -> Result<ConferenceId, ConferenceError> {
    let tree = people::tree(tx)?;
    let (title, place, note) = (line(&input.title, "title")?, line(&input.place, "place")?, text(&input.note, "note")?);
    if input.on > ctx.now.date() {
        return Err(ConferenceError::Field("on"));
    }
    let fine = invited(&tree, who.unit());
    let mut units = input.units.clone();
    units.sort_unstable();
    units.dedup();
    if units.is_empty() || units.len() > MOST_UNITS || !units.iter().all(|unit| fine.contains(unit)) {
        return Err(ConferenceError::Field("units"));
    }
    let (id, salt, on) = (ctx.id::<ConferenceId>(), ctx.salt(), input.on.to_string());
    let row = p![id, who.unit(), title.as_str(), on.as_str(), place.as_str(), note.as_str(), &salt[..], ctx.now, who.person()];
    tx.exec(INSERT, row)?;
    for unit in &units {
        tx.exec(TAKE_PART, p![id, *unit])?;
    }
    let facts = ConferenceHeld { on, units, body: text_digest_hex(&salt, &body(&title, &place, &note)) };
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    Ok(id)
}
