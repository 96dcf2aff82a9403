//! A concern as it stands in the store: loading it, saving it if nobody else was first, and the checks
//! that each step begins with.

use std::sync::Arc;

use base::{Ctx, PersonId, Time, UnitId};
use people::{Permission, Proof, Role, Tree};
use serde::{Deserialize, Serialize};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::Happened;
use crate::line::{self, Involved, Lines};
use crate::model::{self, Due, Ground, NotNow, Outcome, Pause, Source, Standing, State, Step};
use crate::permissions::Desk;
use crate::said::Invalid;
use crate::staff;

base::id! {
    /// A concern.
    pub ConcernId;
}
store::bind_ids!(ConcernId);

/// A concern: what it is, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// Its id, the subject of its events.
    pub id: ConcernId,
    /// Its public number, 14 digits.
    pub no: String,
    /// The digest of the receipt's secret; none for an imported concern.
    pub secret: Option<[u8; 32]>,
    /// Its version: one more with each step. A form carries it back.
    pub v: i64,
    /// The first words; empty where a confidential concern was not dispatched yet.
    pub title: String,
    /// How it came.
    pub source: Source,
    /// Where: town, community or grid.
    pub place: Option<UnitId>,
    /// The town of the place.
    pub town: Option<UnitId>,
    /// The community of the place.
    pub community: Option<UnitId>,
    /// When it was said; an import brings the time from its file.
    pub occurred_at: Time,
    /// When it was recorded here.
    pub received_at: Time,
    /// The unit it is about.
    pub about_unit: Option<UnitId>,
    /// The member of staff it is about.
    pub about_person: Option<PersonId>,
    /// Whether the caller is kept from those who handle it.
    pub confidential: bool,
    /// Whether the resident allows their words to be published once checked.
    pub may_publish: bool,
    /// The member of staff who wrote it down for the resident.
    pub registered_by: Option<PersonId>,
    /// The import that brought it.
    pub batch: Option<base::Id>,
    /// What handlers of a confidential concern may read, or may once a second person has looked at it.
    pub redactions: Vec<crate::redact::Redaction>,
    /// Who has opened how a confidential caller is reached.
    pub read_by: Vec<PersonId>,
    /// What everybody may read, or may once a second person has looked at it.
    pub publications: Vec<crate::publish::Publication>,
    /// Where it stands.
    pub now: Standing,
}

/// The columns of `concern` in the order in which [`from_row`] reads them.
macro_rules! columns {
    () => {
        "c.id, c.no, c.secret, c.v, c.title, c.source, c.place, c.town, c.community, c.occurred_at, c.received_at, c.about_unit, \
         c.about_person, c.confidential, c.may_publish, c.registered_by, c.batch, c.state, c.desk, c.holder, c.assignee, c.kind, \
         c.due_at, c.due_rule, c.resolve_by, c.object_by, c.passed, c.round, c.reachable, c.contacted, c.handler, c.resolver, c.tries, \
         c.outcome, c.closed_at, c.bars, c.term, c.paused_at, c.stopped_at, c.stopped_rule, c.asked_by, c.extended, c.merged_into"
    };
}
pub(crate) use columns;

fn known<T>(value: Option<T>, what: &str, code: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::unknown("concern", what, code))
}

/// A concern from a row of [`columns`], without the units involved.
pub(crate) fn from_row(row: &Row) -> Result<Concern, StoreError> {
    let (source, state, outcome) = (row.text(5)?, row.text(17)?, row.opt_text(33)?);
    Ok(Concern {
        id: row.id(0)?,
        no: row.text(1)?.to_owned(),
        secret: row.opt_array(2)?,
        v: row.int(3)?,
        title: row.text(4)?.to_owned(),
        source: known(Source::from_code(source), "source", source)?,
        place: row.opt_id(6)?,
        town: row.opt_id(7)?,
        community: row.opt_id(8)?,
        occurred_at: row.time(9)?,
        received_at: row.time(10)?,
        about_unit: row.opt_id(11)?,
        about_person: row.opt_id(12)?,
        confidential: row.bool(13)?,
        may_publish: row.bool(14)?,
        registered_by: row.opt_id(15)?,
        batch: row.opt_id(16)?,
        redactions: Vec::new(),
        read_by: Vec::new(),
        publications: Vec::new(),
        now: Standing {
            state: known(State::from_code(state), "state", state)?,
            desk: row.id(18)?,
            holder: row.opt_id(19)?,
            assignee: row.opt_id(20)?,
            kind: row.opt_text(21)?.map(str::to_owned),
            due: match (row.opt_time(22)?, row.opt_text(23)?) {
                (Some(at), Some(rule)) => Some(Due { at, rule: rule.to_owned() }),
                _ => None,
            },
            resolve_by: row.opt_time(24)?,
            object_by: row.opt_time(25)?,
            passed: row.bool(26)?,
            round: row.int(27)?,
            reachable: row.bool(28)?,
            contacted: row.bool(29)?,
            handler: row.opt_id(30)?,
            resolver: row.opt_id(31)?,
            tries: row.int(32)?,
            outcome: outcome.map(|code| known(Outcome::from_code(code), "outcome", code)).transpose()?,
            closed_at: row.opt_time(34)?,
            bars: row.opt_blob(35)?.map(unpack).unwrap_or_default(),
            term: row.opt_text(36)?.map(str::to_owned),
            pause: match (row.opt_time(37)?, row.opt_time(38)?, row.opt_text(39)?) {
                (Some(at), Some(due), Some(rule)) => Some(Pause { at, due: Due { at: due, rule: rule.to_owned() } }),
                _ => None,
            },
            asked_by: row.opt_id(40)?,
            extended: row.bool(41)?,
            merged_into: row.opt_id(42)?,
            involved: Vec::new(),
        },
    })
}

/// Bars as they stand in one column, 16 bytes each; nothing where the concern is about nobody.
pub(crate) fn pack(bars: &[UnitId], about: bool) -> Option<Vec<u8>> {
    about.then(|| bars.iter().flat_map(|unit| unit.0.0).collect())
}

pub(crate) fn unpack(bytes: &[u8]) -> Vec<UnitId> {
    bytes.as_chunks::<16>().0.iter().map(|id| UnitId(base::Id(*id))).collect()
}

const BY_NO: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern c WHERE c.no = ?1"));
const BY_ID: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern c WHERE c.id = ?1"));
const INVOLVED: &Sql = sql!("SELECT unit, excused FROM concern_unit WHERE concern = ?1 AND own = 1 ORDER BY unit");

/// The concern with this number.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, no: &str) -> Result<Option<Concern>, StoreError> {
    let found = tx.opt(BY_NO, p![no], from_row)?;
    with_involved(tx, found)
}

/// The concern with this id.
///
/// # Errors
/// Only the store's.
pub fn get(tx: &mut Tx, id: ConcernId) -> Result<Option<Concern>, StoreError> {
    let found = tx.opt(BY_ID, p![id], from_row)?;
    with_involved(tx, found)
}

/// By the index `concern_reading_by_concern`.
const READ_BY: &Sql = sql!("SELECT DISTINCT person FROM concern_reading WHERE concern = ?1 ORDER BY person");

fn with_involved(tx: &mut Tx, found: Option<Concern>) -> Result<Option<Concern>, StoreError> {
    let Some(mut concern) = found else { return Ok(None) };
    concern.now.involved = tx.all(INVOLVED, p![concern.id], |row| Ok(Involved { unit: row.id(0)?, excused: row.bool(1)? }))?;
    if concern.confidential {
        concern.redactions = crate::redact::of_concern(tx, concern.id)?;
        concern.read_by = tx.all(READ_BY, p![concern.id], |row| row.id(0))?;
    }
    if concern.may_publish {
        concern.publications = crate::publish::of_concern(tx, concern.id)?;
    }
    Ok(Some(concern))
}

/// What a step that was taken leaves: what the page shows next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The number.
    pub no: String,
    /// The version now.
    pub v: i64,
    /// Where it is on its way now.
    pub state: State,
    /// Who must act next.
    pub holder: Option<UnitId>,
    /// Until when.
    pub due: Option<Due>,
}

/// What somebody else did while the form was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Who; none for the resident or the system.
    pub by: Option<String>,
    /// Whether it was the system, by its clock.
    pub by_system: bool,
    /// For which unit.
    pub unit: Option<UnitId>,
    /// The kind of the event, as `ConcernClaimed`.
    pub kind: String,
    /// When.
    pub at: Time,
    /// Where the concern is now.
    pub state: State,
    /// The version now.
    pub v: i64,
}

/// Why a step was not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// There is no such concern, or none that this person may know of.
    #[error("no such concern")]
    NotFound,
    /// Not with the post that was proved.
    #[error("not with this post")]
    Denied,
    /// Not as things stand.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// Somebody else was first.
    #[error("{} was first", .0.kind)]
    Conflict(Box<Conflict>),
    /// A field of the form.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The concern that a form is about, as the form's reader saw it, and the tree.
///
/// Who may not know of it is told nothing, not even that a form is stale; of what somebody else did
/// meanwhile only those hear through whose posts the concern went.
pub(crate) fn open<P>(tx: &mut Tx, who: &Proof<P>, no: &str, v: i64) -> Result<(Concern, Arc<Tree>), StepError> {
    let concern = find(tx, no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
        return Err(StepError::NotFound);
    }
    if concern.v != v {
        let now = &concern.now;
        let mut units = now.holder.into_iter().chain(now.handler).chain([now.desk]).chain(now.involved.iter().map(|i| i.unit));
        return Err(if units.any(|unit| who.covers(&tree, unit)) { conflict(tx, &concern)? } else { StepError::Denied });
    }
    Ok((concern, tree))
}

/// Says what the last step was, and whose.
fn conflict(tx: &mut Tx, concern: &Concern) -> Result<StepError, StoreError> {
    // By the version, not by the id: two clocks may give ids of one millisecond in the other order.
    let steps = record::of_subject(tx, concern.id.0)?.into_iter().filter_map(|event| {
        let v = Happened::read(&event).ok().flatten()?.v()?;
        Some((v, event))
    });
    let last = steps.max_by_key(|(v, _)| *v).map(|(_, event)| event);
    let by = match last.as_ref().map(|event| event.actor) {
        Some(record::Actor::Person(person)) => staff::name(tx, person)?,
        _ => None,
    };
    Ok(StepError::Conflict(Box::new(Conflict {
        by,
        by_system: last.as_ref().is_some_and(|event| event.actor == record::Actor::System),
        unit: last.as_ref().and_then(|event| event.unit),
        at: last.as_ref().map_or(concern.received_at, |event| event.recorded_at),
        kind: last.map(|event| event.kind).unwrap_or_default(),
        state: concern.now.state,
        v: concern.v,
    })))
}

impl Concern {
    /// Whether somebody may not know of it: it is about them, or about a line in which they hold a post.
    pub(crate) fn is_hidden_from(&self, tx: &mut Tx, tree: &Tree, person: PersonId, unit: UnitId) -> Result<bool, StoreError> {
        if self.about_person == Some(person) || self.now.bars(tree, unit) {
            return Ok(true);
        }
        if self.now.bars.is_empty() {
            return Ok(false);
        }
        Ok(staff::posts_of(tx, person)?.into_iter().any(|unit| self.now.bars(tree, unit)))
    }

    /// That the proof reaches the unit that holds it, and that nobody handles what a caller asked them not to be known for.
    pub(crate) fn held_by<P>(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, who: &Proof<P>) -> Result<UnitId, StepError> {
        let holder = self.now.holder.ok_or(NotNow::State)?;
        // Where the desk or the caller holds it, it is theirs to act: handling has not begun or is over.
        if !matches!(self.now.state, State::Dispatched | State::InHand) {
            return Err(NotNow::State.into());
        }
        if !self.is_held(tree, who.role(), who.unit(), who.reach(), holder) {
            return Err(StepError::Denied);
        }
        self.is_unknown_to(tx, ctx, tree, who.person())?;
        Ok(holder)
    }

    /// Whether a post of the handling roles acts for the unit that holds it. Oversight works on its own
    /// concerns: what its posts reach beyond is for reading.
    pub(crate) fn is_held(&self, tree: &Tree, role: Role, unit: UnitId, reach: UnitId, holder: UnitId) -> bool {
        if role == Role::Oversight { unit == holder } else { tree.is_within(holder, reach) }
    }

    /// That the proof is of its desk.
    pub(crate) fn on_desk_of<P>(&self, tree: &Tree, who: &Proof<P>) -> Result<(), StepError> {
        if self.is_desk(tree, who.role(), who.unit(), who.reach()) { Ok(()) } else { Err(StepError::Denied) }
    }

    /// Whether a post is one of this concern's desk.
    pub(crate) fn is_desk(&self, tree: &Tree, role: Role, unit: UnitId, reach: UnitId) -> bool {
        // A closed one may have been on the desk of a unit that ended since.
        let desk = tree.heir(self.now.desk);
        Desk::ROLES.contains(&role) && if role == Role::Oversight { unit == desk } else { tree.is_within(desk, reach) }
    }

    /// That the proof is of somebody outside the line that handled it, and not of who answered.
    pub(crate) fn called_by<P>(&self, tree: &Tree, who: &Proof<P>) -> Result<(), StepError> {
        let outside = line::is_outside(tree, &self.now.involved, who.unit());
        if outside && self.now.resolver != Some(who.person()) { Ok(()) } else { Err(StepError::Denied) }
    }

    /// Where it stands after a step.
    pub(crate) fn after(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, step: &Step) -> Result<Standing, StepError> {
        let sends = matches!(step, Step::Dispatch { .. } | Step::SendDown { .. } | Step::Escalate | Step::Whistle { .. });
        let posts_of_person = match self.about_person.filter(|_| sends) {
            Some(person) => staff::posts_of(tx, person)?,
            None => Vec::new(),
        };
        let call_back =
            if matches!(step, Step::Pass { .. } | Step::Follow(_)) { staff::units_with(tx, Role::CallBack)? } else { Vec::new() };
        let ground = Ground {
            lines: tree,
            clocks: ctx.rules(),
            at: ctx.now,
            call_back: &call_back,
            posts_of_person: &posts_of_person,
            confidential: self.confidential,
        };
        let then = model::next(&self.now, step, &ground)?;
        let given = matches!(step, Step::Dispatch { .. } | Step::SendDown { .. } | Step::Escalate | Step::Refuse);
        if let Some(unit) = then.holder.filter(|_| given)
            && self.is_reviewed_by_its_own(tx, tree, unit)?
        {
            return Err(NotNow::OwnReview.into());
        }
        if let Some(unit) = then.holder.filter(|_| given) {
            self.has_handlers(tx, ctx, tree, unit)?;
        }
        Ok(then)
    }

    /// Saves where it stands now, and tells the page.
    pub(crate) fn save(&self, tx: &mut Tx, tree: &Tree, then: &Standing) -> Result<Done, StepError> {
        self.save_titled(tx, tree, then, &self.title)
    }

    /// The same, with another title.
    pub(crate) fn save_titled(&self, tx: &mut Tx, tree: &Tree, then: &Standing, title: &str) -> Result<Done, StepError> {
        let v = self.v + 1;
        let (due_at, due_rule) = (then.due.as_ref().map(|due| due.at), then.due.as_ref().map(|due| &due.rule));
        let changed = tx.exec(
            SAVE,
            p![
                self.id,
                self.v,
                v,
                then.state.code(),
                then.holder,
                then.assignee,
                &then.kind,
                due_at,
                due_rule,
                then.resolve_by,
                then.object_by,
                then.passed,
                then.round,
                then.contacted,
                then.handler,
                then.resolver,
                then.tries,
                then.outcome.map(Outcome::code),
                then.closed_at,
                title,
                &then.term,
                then.pause.as_ref().map(|pause| pause.at),
                then.pause.as_ref().map(|pause| pause.due.at),
                then.pause.as_ref().map(|pause| &pause.due.rule),
                then.asked_by,
                then.extended,
                then.merged_into
            ],
        )?;
        if changed != 1 {
            let found = get(tx, self.id)?.ok_or(StepError::NotFound)?;
            return Err(conflict(tx, &found)?);
        }
        if self.now.passed && !then.passed {
            crate::passed::settle(tx, self.id)?;
        }
        for involved in &then.involved {
            match self.now.involved.iter().find(|before| before.unit == involved.unit) {
                Some(before) if before == involved => {}
                Some(_) => {
                    tx.exec(EXCUSE, p![involved.unit, self.id])?;
                }
                None => involve(tx, tree, self.id, involved.unit)?,
            }
        }
        Ok(Done { no: self.no.clone(), v, state: then.state, holder: then.holder, due: then.due.clone() })
    }
}

const SAVE: &Sql = sql!(
    "UPDATE concern SET v = ?3, state = ?4, holder = ?5, assignee = ?6, kind = ?7, due_at = ?8, due_rule = ?9, resolve_by = ?10,
            object_by = ?11, passed = ?12, round = ?13, contacted = ?14, handler = ?15, resolver = ?16, tries = ?17, outcome = ?18,
            closed_at = ?19, title = ?20, term = ?21, paused_at = ?22, stopped_at = ?23, stopped_rule = ?24, asked_by = ?25,
            extended = ?26, merged_into = ?27
     WHERE id = ?1 AND v = ?2"
);
const EXCUSE: &Sql = sql!("UPDATE concern_unit SET excused = 1 WHERE unit = ?1 AND concern = ?2");
const INVOLVE: &Sql = sql!(
    "INSERT INTO concern_unit (unit, concern, own, excused) VALUES (?1, ?2, ?3, 0)
     ON CONFLICT (unit, concern) DO UPDATE SET own = CASE WHEN excluded.own = 1 THEN 1 ELSE concern_unit.own END"
);

/// Enters a unit as involved, and the units above it so that lists of a subtree find the concern.
pub(crate) fn involve(tx: &mut Tx, tree: &Tree, concern: ConcernId, unit: UnitId) -> Result<(), StoreError> {
    for above in line_of(tree, unit) {
        tx.exec(INVOLVE, p![above, concern, above == unit])?;
    }
    Ok(())
}

/// The unit and those above it, without the district, under which everything lies anyway; of the
/// district itself, the district.
pub(crate) fn line_of(tree: &Tree, unit: UnitId) -> Vec<UnitId> {
    let root = tree.root();
    tree.ancestors(unit).map(|above| above.id).filter(|above| *above != root || unit == root).collect()
}

/// Appends the event of a step and writes what was said with it.
pub(crate) fn tell<F: record::Facts>(
    tx: &mut Tx,
    ctx: &Ctx,
    concern: ConcernId,
    actor: record::Actor,
    unit: Option<UnitId>,
    facts: &F,
    said: &crate::said::Said,
) -> Result<record::EventId, StoreError> {
    let about = record::About { occurred_at: ctx.now, actor, unit, subject: concern.0, batch: None };
    let event = record::append(tx, ctx, about, facts)?;
    said.write(tx, concern, event)?;
    Ok(event)
}

/// The deadline that an open concern has.
pub(crate) fn due_of(then: &Standing) -> Result<Due, StepError> {
    then.due.clone().ok_or_else(|| StoreError::Other("an open concern without a deadline".into()).into())
}

/// The time that a step has just set.
pub(crate) fn set(time: Option<Time>) -> Result<Time, StepError> {
    time.ok_or_else(|| StoreError::Other("a step that should set a time did not".into()).into())
}
