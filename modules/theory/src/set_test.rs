//! Setting a test: which paper, who sits it, when, how long; enrolling the people; giving somebody more time; calling it off.

use std::collections::BTreeMap;

use base::{Ctx, PersonId, Time, UnitId};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, StoreError, Tx, p, sql};

use crate::bank::about;
use crate::enrol::{self, AT_ONCE, Left, Rest};
use crate::events::{AccommodationGiven, PaperId, TestCancelled, TestId, TestSet};
use crate::permissions::{Organise, open_to};
use crate::read::{self, Enrolled, Terms, Test};

/// The most people of a list.
pub const MOST_NAMED: usize = 2_000;

/// Why a test was not set, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// Not over these people, or not with this paper.
    #[error("not for this unit")]
    Denied,
    /// It has begun, or was called off.
    #[error("it has begun or is over")]
    NotNow,
    /// A field that cannot be so.
    #[error("{0} cannot be so")]
    Field(&'static str),
    /// Nobody would sit it.
    #[error("nobody would sit it")]
    Nobody,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who sits a test.
#[derive(Clone, Debug)]
pub enum Who {
    /// Everybody who holds a post in this unit or under it.
    Unit(UnitId),
    /// These people.
    People(Vec<PersonId>),
    /// Those who did not pass this test, or did not sit it.
    Failed(TestId),
}

/// What is set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which paper.
    pub paper: PaperId,
    /// What it is called.
    pub name: String,
    /// Who sits it.
    pub who: Who,
    /// When it opens.
    pub opens: Time,
    /// When it closes.
    pub closes: Time,
    /// How it is sat.
    pub terms: Terms,
}

const INSERT: &Sql = sql!(
    "INSERT INTO theory_test (id, unit, paper, name, scope, opens_at, closes_at, minutes, late, early, attempts, pass, open_book,
        partial, second, shown_at_once, retake_of, on_paper, enrolled, state, salt, created_at, created_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, 0, 'set', ?19, ?20, ?21)"
);

/// What the digest of a test's terms is of.
pub(crate) fn words(name: &str, terms: &Terms, retake_of: Option<TestId>) -> String {
    format!("{name}\n{}\n{}", terms.words(), retake_of.map_or_else(String::new, |of| of.to_string()))
}

/// Sets a test and enrols who sits it: the first few hundred at once, the others in pieces by [`crate::enrol::TICK`].
///
/// # Errors
/// [`SetError`].
pub fn set_test(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, tree: &Tree, input: &Setting) -> Result<TestId, SetError> {
    set_in_pieces(tx, ctx, who, tree, input, AT_ONCE)
}

/// The same with so many at once.
///
/// # Errors
/// [`SetError`].
pub fn set_in_pieces(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    tree: &Tree,
    input: &Setting,
    at_once: usize,
) -> Result<TestId, SetError> {
    let left = chosen(tx, ctx, who, tree, &input.who)?;
    let id = insert(tx, ctx, who, tree, input)?;
    let (n, more) = enrol::piece(tx, ctx, (who.person(), who.unit(), id), Rest::new(ctx.now, left), at_once)?;
    if n == 0 && !more { Err(SetError::Nobody) } else { Ok(id) }
}

/// The test itself, without its people.
///
/// # Errors
/// [`SetError`].
pub fn insert(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, tree: &Tree, input: &Setting) -> Result<TestId, SetError> {
    let paper = read::paper(tx, input.paper)?.ok_or(SetError::NotFound)?;
    if !open_to(tree, paper.unit, who.unit()) && !who.covers(tree, paper.unit) {
        return Err(SetError::Denied);
    }
    let name = base::text::clean_line(&input.name);
    if name.is_empty() || base::text::count_chars(&name) > 60 {
        return Err(SetError::Field("name"));
    }
    let terms = &input.terms;
    let bounds = [
        ("minutes", (1..=600).contains(&terms.minutes)),
        ("opens", input.opens.plus(10 * Time::MINUTE) > ctx.now),
        ("closes", input.closes > input.opens && input.closes.since(input.opens) <= 366 * Time::DAY),
        ("late", (0..=100_000).contains(&terms.late)),
        ("early", (0..=terms.minutes).contains(&terms.early)),
        ("attempts", (1..=9).contains(&terms.attempts)),
        ("pass", (0..=100).contains(&terms.pass)),
        ("second", (0..=100).contains(&terms.second)),
    ];
    if let Some((field, _)) = bounds.iter().find(|(_, holds)| !holds) {
        return Err(SetError::Field(field));
    }
    let (scope, retake_of) = match &input.who {
        Who::Unit(unit) => (Some(*unit), None),
        Who::People(_) => (None, None),
        Who::Failed(test) => (None, Some(*test)),
    };
    let (id, salt) = (ctx.id::<TestId>(), ctx.salt());
    tx.exec(
        INSERT,
        p![
            id,
            who.unit(),
            paper.id,
            name.as_str(),
            scope,
            input.opens,
            input.closes,
            terms.minutes,
            terms.late,
            terms.early,
            terms.attempts,
            terms.pass,
            terms.open_book,
            terms.partial,
            terms.second,
            terms.shown_at_once,
            retake_of,
            terms.on_paper,
            &salt[..],
            ctx.now,
            who.person()
        ],
    )?;
    let facts = TestSet {
        paper: paper.id,
        scope,
        opens: input.opens,
        closes: input.closes,
        terms: text_digest_hex(&salt, &words(&name, terms, retake_of)),
    };
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), id.0), &facts)?;
    Ok(id)
}

/// Who is to be enrolled, if this post may set them a test.
fn chosen(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, tree: &Tree, chosen: &Who) -> Result<Left, SetError> {
    match chosen {
        Who::Unit(scope) if who.covers(tree, *scope) => Ok(Left::Unit(*scope, None, None)),
        Who::Unit(_) => Err(SetError::Denied),
        Who::People(list) => {
            if list.len() > MOST_NAMED {
                return Err(SetError::Field("people"));
            }
            let mut seats: BTreeMap<PersonId, UnitId> = BTreeMap::new();
            for person in list {
                // The unit of theirs that the post reaches; who has none there is not this office's to examine.
                let units = people::read::units_of(tx, ctx.now, *person)?;
                let unit = units.into_iter().find(|unit| who.covers(tree, *unit)).ok_or(SetError::Denied)?;
                seats.insert(*person, unit);
            }
            Ok(Left::People(seats.into_iter().collect()))
        }
        Who::Failed(of) => {
            let test = read::test(tx, *of)?.ok_or(SetError::NotFound)?;
            if test.unit != who.unit() {
                return Err(SetError::Denied);
            }
            if test.state != "closed" {
                return Err(SetError::NotNow);
            }
            Ok(enrol::failed(&test))
        }
    }
}

const GIVE: &Sql = sql!("UPDATE seat SET extra = ?3, large = ?4, salt = ?5 WHERE test = ?1 AND person = ?2");

/// What the digest of an accommodation is of.
pub(crate) fn seat_words(extra: i64, large: bool) -> String {
    format!("{extra} {}", i64::from(large))
}

/// Gives somebody so many percent more time, or large type, before they begin.
///
/// # Errors
/// [`SetError`].
pub fn accommodate(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    test: &Test,
    person: PersonId,
    (extra, large): (i64, bool),
) -> Result<(), SetError> {
    if test.unit != who.unit() {
        return Err(SetError::Denied);
    }
    if !(0..=200).contains(&extra) {
        return Err(SetError::Field("extra"));
    }
    if test.state != "set" || !read::attempts(tx, test.id, person)?.is_empty() {
        return Err(SetError::NotNow);
    }
    let salt = ctx.salt();
    if tx.exec(GIVE, p![test.id, person, extra, large, &salt[..]])? != 1 {
        return Err(SetError::NotFound);
    }
    let facts = AccommodationGiven { seat: text_digest_hex(&salt, &seat_words(extra, large)), person };
    record::append(tx, ctx, about(ctx, who.actor(), test.unit, test.id.0), &facts)?;
    Ok(())
}

const CANCEL: &Sql = sql!(
    "UPDATE theory_test SET state = 'cancelled', enrolling = NULL, why = ?3, off_told = 0
     WHERE id = ?1 AND state = 'set' AND opens_at > ?2"
);
const SALT: &Sql = sql!("SELECT salt FROM theory_test WHERE id = ?1");

/// The most characters of why a test was called off.
pub const LONGEST_WHY: usize = 200;

/// Calls a test off before it opens. Who was to sit it is told, with the reason.
///
/// # Errors
/// [`SetError`].
pub fn cancel(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, test: &Test, why: &str) -> Result<(), SetError> {
    if test.unit != who.unit() {
        return Err(SetError::Denied);
    }
    let why = base::text::clean_line(why);
    if why.is_empty() || base::text::count_chars(&why) > LONGEST_WHY {
        return Err(SetError::Field("why"));
    }
    let salt: [u8; 16] = tx.opt(SALT, p![test.id], |row| row.array(0))?.ok_or(SetError::NotFound)?;
    if tx.exec(CANCEL, p![test.id, ctx.now, why.as_str()])? != 1 {
        return Err(SetError::NotNow);
    }
    let facts = TestCancelled { why: text_digest_hex(&salt, &why) };
    record::append(tx, ctx, about(ctx, who.actor(), test.unit, test.id.0), &facts)?;
    Ok(())
}

/// Somebody's place among those who sit a test.
///
/// # Errors
/// Only the store's.
pub fn seat_of(tx: &mut Tx, test: TestId, person: PersonId) -> Result<Option<Enrolled>, StoreError> {
    tx.opt(SEAT_OF, p![test, person], |row| Ok(Enrolled { person, unit: row.id(0)?, extra: row.int(1)?, large: row.bool(2)? }))
}

const SEAT_OF: &Sql = sql!("SELECT unit, extra, large FROM seat WHERE test = ?1 AND person = ?2");
