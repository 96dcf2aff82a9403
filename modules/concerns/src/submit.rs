//! A resident asks for something, or a member of staff writes down what one asked for.
//!
//! This is the hot path. What needs no store is done before ([`Ready`]), by whichever thread has the form;
//! in the transaction the form's key, the concern, its words, the event and its place in the queue of the
//! sequencer are written, and nothing is read that is not in memory but the version of the tree of units.

mod ready;
mod title;

use base::phone::Phone;
use base::{Ctx, PersonId, Time, UnitId};
use people::{Level, Proof, Role, Tree};
use record::{About, Actor};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue;
use crate::concern::{ConcernId, pack};
use crate::events::ConcernSubmitted;
use crate::line::{self, Lines};
use crate::model::{Due, Source, Standing, rule};
use crate::open311::program::{self, Admitted};
use crate::permissions;
use crate::receipt;
use crate::said::{Field, Invalid, Photo};
use crate::staff;

pub(crate) use title::title_of;

pub use ready::Ready;
pub(crate) use ready::{CONTACT, SealedContact, contact_digest};

/// Characters of a title, which is the beginning of the words.
pub(crate) const TITLE: usize = 40;

/// A resident's form.
#[derive(Clone, Debug)]
pub struct Submit {
    /// The form's key.
    pub op_key: [u8; 16],
    /// What happened.
    pub words: String,
    /// The exact place, in the resident's words.
    pub spot: Option<String>,
    /// Where: a town, a community or a grid.
    pub place: Option<UnitId>,
    /// The kind of matter, where it is known already.
    pub kind: Option<String>,
    /// The unit it is about.
    pub about_unit: Option<UnitId>,
    /// The member of staff it is about.
    pub about_person: Option<PersonId>,
    /// How to reach the resident; none from who wants to stay unknown.
    pub contact: Option<Contact>,
    /// Whether they are kept from those who handle it.
    pub confidential: bool,
    /// Whether their words may be published once checked.
    pub may_publish: bool,
    /// Photos that lie among the blobs already.
    pub photos: Vec<Photo>,
}

/// How a resident can be reached.
#[derive(Clone, Debug)]
pub struct Contact {
    /// A name, as far as it was given.
    pub name: Option<String>,
    /// The telephone.
    pub phone: Phone,
}

/// What a member of staff adds to the resident's form.
#[derive(Clone, Debug)]
pub struct Registered {
    /// How it came.
    pub source: Source,
    /// When it was said; now if not given.
    pub occurred_at: Option<Time>,
}

/// What the resident is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The public number.
    pub no: String,
    /// The secret, which nobody can be told again.
    pub secret: String,
    /// Whose desk it came to.
    pub desk: UnitId,
    /// Until when it is dispatched.
    pub due: Due,
}

/// Why a concern was not taken in. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// A field of the form.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It is about somebody above everybody in this district who could hear it: the resident is told
    /// where else to turn, and nothing is stored.
    #[error("nobody in this district may hear this")]
    BeyondDistrict,
    /// There is no district yet: nothing has been set up.
    #[error("there is no district yet")]
    NoDistrict,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is kept under the form's key: the receipt without its secret.
#[derive(Serialize, Deserialize)]
struct Kept {
    no: String,
    desk: UnitId,
    due: Due,
}

/// Takes in what a resident asks for.
///
/// # Errors
/// [`SubmitError`].
pub fn submit(tx: &mut Tx, ctx: &Ctx, input: &Submit) -> Result<Receipt, SubmitError> {
    take_in(tx, ctx, input, Ready::of(ctx, input).as_ref(), &By::Resident)
}

/// Takes in what a resident asks for, with what was made [`Ready`] of it before the transaction began, or
/// why that was refused: a form that was taken in before is answered even so.
///
/// # Errors
/// [`SubmitError`].
pub fn hand_in(tx: &mut Tx, ctx: &Ctx, input: &Submit, ready: Result<&Ready, &Invalid>) -> Result<Receipt, SubmitError> {
    take_in(tx, ctx, input, ready, &By::Resident)
}

/// Writes down what a resident asked for somewhere else. The receipt is the resident's: it is shown
/// once, to be handed over.
///
/// # Errors
/// [`SubmitError`].
pub fn register(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<permissions::Register>,
    input: &Submit,
    how: &Registered,
) -> Result<Receipt, SubmitError> {
    take_in(tx, ctx, input, Ready::of(ctx, input).as_ref(), &By::Staff(who.person(), how))
}

/// Takes in what a resident said to a program of somebody else, which was admitted and shows its key.
///
/// # Errors
/// [`SubmitError`].
pub fn pass_on(tx: &mut Tx, ctx: &Ctx, program: &Admitted, input: &Submit) -> Result<Receipt, SubmitError> {
    take_in(tx, ctx, input, Ready::of(ctx, input).as_ref(), &By::Program(program))
}

/// By whose hand a form came.
enum By<'a> {
    /// The resident's own.
    Resident,
    /// A member of staff's, with what they add to the form.
    Staff(PersonId, &'a Registered),
    /// A program's.
    Program(&'a Admitted),
}

fn take_in(tx: &mut Tx, ctx: &Ctx, input: &Submit, ready: Result<&Ready, &Invalid>, by: &By<'_>) -> Result<Receipt, SubmitError> {
    if ready.is_ok_and(|ready| !ready.is_of(input)) {
        return Err(StoreError::Other("a form was made ready from another form".into()).into());
    }
    let (what, who) = match by {
        By::Resident => ("concerns.submit", &b""[..]),
        By::Staff(person, _) => ("concerns.register", person.bytes()),
        By::Program(program) => ("concerns.pass_on", program.id.bytes()),
    };
    let secret = || ready.map_or_else(|_| receipt::secret(ctx, &input.op_key), |ready| ready.secret.clone());
    let answer = |kept: Kept| Receipt { no: kept.no, secret: secret(), desk: kept.desk, due: kept.due };
    let looked = match ready {
        Ok(ready) => Came::look(tx, ctx, input, ready).map(|came| (ready, came)),
        Err(invalid) => Err((*invalid).into()),
    };
    let (ready, came) = match looked {
        Ok(both) => both,
        // What was taken in before is answered, whatever has changed since.
        Err(error @ (SubmitError::Store(_) | SubmitError::NoDistrict)) => return Err(error),
        Err(error) => return store::answered(tx, &input.op_key, what, who)?.map(answer).ok_or(error),
    };
    let mut kept = Kept { no: ready.no.clone(), desk: came.now.desk, due: came.due.clone() };
    if let Some(first) = store::claim(tx, ctx.now, &input.op_key, what, who, &kept)? {
        return Ok(answer(first));
    }
    let no = write(tx, ctx, input, ready, &came, by)?;
    if no != kept.no {
        kept.no = no;
        store::amend(tx, &input.op_key, what, &kept)?;
    }
    Ok(answer(kept))
}

/// What the tree of units makes of a form.
struct Came {
    place: Place,
    now: Standing,
    due: Due,
}

impl Came {
    fn look(tx: &mut Tx, ctx: &Ctx, input: &Submit, ready: &Ready) -> Result<Came, SubmitError> {
        let tree = people::tree(tx)?;
        if tree.district().is_none() {
            return Err(SubmitError::NoDistrict);
        }
        let place = Place::of(&tree, input.place)?;
        if let Some(kind) = &input.kind
            && !catalogue::is_kind(tx, kind)?
        {
            return Err(Invalid::Unknown(Field::Kind).into());
        }
        let bars = bars(tx, ctx, &tree, input.about_unit, input.about_person)?;
        let oversight = if bars.contains(&tree.root()) { staff::units_with(tx, Role::Oversight)? } else { Vec::new() };
        let desk = line::desk(&*tree, input.place, &bars, &oversight).ok_or(SubmitError::BeyondDistrict)?;
        let now = Standing::received(ctx.rules(), ctx.now, desk, input.kind.clone(), ready.contact.is_some(), bars);
        let Some(due) = now.due.clone() else { return Err(StoreError::Other("a concern without a deadline".into()).into()) };
        Ok(Came { place, now, due })
    }
}

/// Writes it, and tells under which number.
fn write(tx: &mut Tx, ctx: &Ctx, input: &Submit, ready: &Ready, came: &Came, by: &By<'_>) -> Result<String, SubmitError> {
    let Came { place, now, due } = came;
    let (source, registered_by, said_at, via) = match by {
        By::Resident => (Source::Web, None, None, None),
        By::Staff(person, how) => (how.source, Some(*person), how.occurred_at, None),
        By::Program(program) => (Source::Open311, None, None, Some(program.id)),
    };
    let occurred_at = said_at.unwrap_or(ctx.now).min(ctx.now);
    let row = NewRow { secret: Some(&ready.digest), title: &ready.title, source, place, occurred_at, registered_by, batch: None };
    let id = ready.id;
    let no = row.insert(tx, ctx, id, &ready.no, input.about_unit, input.about_person, input.confidential, input.may_publish, now)?;
    let facts = ConcernSubmitted {
        no: no.clone(),
        secret: record::hex(&ready.digest),
        source,
        registered: registered_by.is_some(),
        kind: now.kind.clone(),
        place: place.place,
        town: place.town,
        community: place.community,
        desk: now.desk,
        due: due.clone(),
        about_unit: input.about_unit,
        about_person: input.about_person,
        bars: now.bars.clone(),
        confidential: input.confidential,
        may_publish: input.may_publish,
        contact: ready.contact_digest.clone(),
        title: ready.title_digest.clone(),
        texts: ready.said.texts(),
        photos: ready.said.photo_digests(),
        via,
    };
    let actor = registered_by.map_or(Actor::Resident, Actor::Person);
    let about = About { occurred_at, actor, unit: Some(now.desk), subject: id.0, batch: None };
    let event = record::append(tx, ctx, about, &facts)?;
    ready.said.write(tx, id, event)?;
    if let Some(contact) = &ready.contact {
        contact.insert(tx, id)?;
    }
    if let Some(program) = via {
        program::brought(tx, id, program, &ready.digest)?;
    }
    Ok(no)
}

/// A place with the town and the community that it lies in.
pub(crate) struct Place {
    pub(crate) place: Option<UnitId>,
    pub(crate) town: Option<UnitId>,
    pub(crate) community: Option<UnitId>,
}

impl Place {
    pub(crate) fn of(tree: &Tree, place: Option<UnitId>) -> Result<Place, Invalid> {
        // A code on a wall may be older than the grid that it names.
        let place = place.map(|place| tree.heir(place));
        let Some(id) = place else { return Ok(Place { place, town: None, community: None }) };
        let is_place = |level| matches!(level, Level::Town | Level::Community | Level::Grid);
        if !tree.get(id).is_some_and(|unit| is_place(unit.level)) {
            return Err(Invalid::Unknown(Field::Place));
        }
        let at = |level| tree.at_level(id, level).map(|unit| unit.id);
        Ok(Place { place, town: at(Level::Town), community: at(Level::Community) })
    }
}

/// The lines that a concern about this unit and this person is kept from.
///
/// A part that was split off is of the line for as long as the rule says: at first the same people stand there.
fn bars(tx: &mut Tx, ctx: &Ctx, tree: &Tree, unit: Option<UnitId>, person: Option<PersonId>) -> Result<Vec<UnitId>, SubmitError> {
    let mut units = Vec::new();
    if let Some(unit) = unit {
        if tree.get(unit).is_none() {
            return Err(Invalid::Unknown(Field::AboutUnit).into());
        }
        units.push(unit);
    }
    if let Some(person) = person {
        if staff::name(tx, person)?.is_none() {
            return Err(Invalid::Unknown(Field::AboutPerson).into());
        }
        units.extend(staff::posts_of(tx, person)?);
    }
    let lines = line::outermost(tree, &units);
    let long_ago = |at: Time| ctx.rules().deadline(rule::APART, at).at < ctx.now;
    let apart = lines.iter().flat_map(|unit| tree.parts(*unit)).filter(|(_, at)| long_ago(*at)).map(|(part, _)| part).collect();
    Ok(line::bars(lines, apart))
}

/// What a new row has beside where it stands.
pub(crate) struct NewRow<'a> {
    pub(crate) secret: Option<&'a [u8; 32]>,
    pub(crate) title: &'a str,
    pub(crate) source: Source,
    pub(crate) place: &'a Place,
    pub(crate) occurred_at: Time,
    pub(crate) registered_by: Option<PersonId>,
    pub(crate) batch: Option<base::Id>,
}

/// How often a number is drawn again when it is taken: once in ten million of a day's concerns it is.
const DRAWS: usize = 20;

impl NewRow<'_> {
    /// Writes the row under the number that was drawn for it, or another where that one is taken.
    #[expect(clippy::too_many_arguments, reason = "a row has many columns")]
    pub(crate) fn insert(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        id: ConcernId,
        drawn: &str,
        about_unit: Option<UnitId>,
        about_person: Option<PersonId>,
        confidential: bool,
        may_publish: bool,
        now: &Standing,
    ) -> Result<String, StoreError> {
        let bars = pack(&now.bars, about_unit.is_some() || about_person.is_some());
        let (due_at, due_rule) = (now.due.as_ref().map(|due| due.at), now.due.as_ref().map(|due| &due.rule));
        let mut no = drawn.to_owned();
        for _ in 0..DRAWS {
            let written = tx.exec(
                INSERT,
                p![
                    id,
                    &no,
                    self.secret,
                    now.state.code(),
                    &now.kind,
                    self.title,
                    self.source.code(),
                    self.place.place,
                    self.place.town,
                    self.place.community,
                    now.desk,
                    now.holder,
                    due_at,
                    due_rule,
                    now.round,
                    now.handler,
                    now.outcome.map(crate::model::Outcome::code),
                    now.closed_at,
                    self.occurred_at,
                    ctx.now,
                    about_unit,
                    about_person,
                    bars.as_ref(),
                    confidential,
                    may_publish,
                    now.reachable,
                    self.registered_by,
                    self.batch
                ],
            )?;
            if written == 1 {
                return Ok(no);
            }
            no = base::number::anywhere(ctx);
        }
        Err(StoreError::Other("no free number could be drawn".into()))
    }
}

const INSERT: &Sql = sql!(
    "INSERT INTO concern (id, no, secret, state, v, kind, title, source, place, town, community, desk, holder, due_at, due_rule, passed,
                          round, contacted, handler, tries, outcome, closed_at, occurred_at, received_at, about_unit, about_person, bars,
                          confidential, may_publish, reachable, registered_by, batch)
     VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, ?15, 0, ?16, 0, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
             ?25, ?26, ?27, ?28)
     ON CONFLICT (no) DO NOTHING"
);
