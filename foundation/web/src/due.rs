//! What modules tell of their work to pages that see all of it: what units owe now, the lines behind a number, what came
//! last. Such pages (dashboards, the wall screen) stand to the left of the modules and know them only by this.

use std::collections::BTreeMap;

use base::{Ctx, Id, Time, UnitId};
use people::{Actor, Level, Tree};
use store::{StoreError, Tx};

use crate::Lang;
use crate::kit::Light;

/// Who looks, and at what.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Who looks: what is kept from them is neither counted nor listed. Nobody for figures that the district shows to all.
    pub actor: Option<&'a Actor>,
    /// The units as they stand.
    pub tree: &'a Tree,
    /// The reader's language.
    pub lang: Lang,
    /// The unit that is looked at, with all under it.
    pub unit: UnitId,
}

impl Look<'_> {
    /// Whether a unit is among those looked at.
    pub fn covers(&self, unit: UnitId) -> bool {
        self.tree.is_within(unit, self.unit)
    }
}

/// How much one unit owes of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Who owes it.
    pub unit: UnitId,
    /// The step's code, one of [`Due::steps`].
    pub step: &'static str,
    /// All that is open.
    pub open: i64,
    /// Of these, what is due before midnight and not late yet.
    pub today: i64,
    /// Of these, what is late.
    pub late: i64,
}

/// Which of what is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Late {
    /// All of it.
    #[default]
    Any,
    /// Due before midnight, and not late.
    Today,
    /// Past its deadline.
    Over,
}

/// One matter as a line of a list, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// Where it stands, where it is, of what kind, who has it.
    pub sub: String,
    /// How its deadline stands.
    pub light: Light,
    /// The time that is left, or how it ended.
    pub left: String,
}

/// Lines, and where the next ones begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<Line>,
    /// What is given back as `after` for the next ones; nothing after the last.
    pub next: Option<String>,
}

/// Counts what the units that are looked at owe.
pub type CountsFn = fn(&mut Tx, &Ctx, &Look<'_>) -> Result<Vec<Owed>, StoreError>;
/// Lists the matters behind such counts: of this step, so late, after that one, at most so many.
pub type ListFn = fn(&mut Tx, &Ctx, &Look<'_>, Option<&str>, Late, Option<&str>, usize) -> Result<Lines, StoreError>;
/// Finds the pages behind subjects of events.
pub type LinesFn = fn(&mut Tx, &Ctx, &Look<'_>, &[Id]) -> Result<Vec<(Id, Line)>, StoreError>;
/// Tells what came last, at most so many.
pub type RecentFn = fn(&mut Tx, &Ctx, &Look<'_>, usize) -> Result<Vec<Recent>, StoreError>;
/// Names codes.
pub type NamesFn = fn(&mut Tx, Lang) -> Result<Vec<(String, String)>, StoreError>;

/// Work that has deadlines: declared by the module that does it.
#[derive(Clone, Copy)]
pub struct Due {
    /// Its name in addresses, as `concerns`.
    pub name: &'static str,
    /// What it is called.
    pub title: fn(Lang) -> &'static str,
    /// Its steps, code and word, in the order of the work.
    pub steps: fn(Lang) -> Vec<(&'static str, &'static str)>,
    /// What the units that are looked at owe, of each step; a unit that owes nothing may be left out.
    pub counts: CountsFn,
    /// The matters behind such numbers, first due first; `after` is what the page before gave as `next`.
    pub list: ListFn,
}

/// One matter that is owed.
pub trait Pending {
    /// What it is.
    fn id(&self) -> Id;
    /// Its step's code, one of [`Due::steps`].
    fn step(&self) -> &'static str;
    /// Until when.
    fn due(&self) -> Time;
}

/// The next midnight in China.
pub fn midnight(now: Time) -> Time {
    let day = 8 * Time::HOUR;
    Time((now.0 + day).div_euclid(Time::DAY) * Time::DAY + Time::DAY - day)
}

impl Late {
    /// Whether what is due then is one of these.
    pub fn covers(self, due: Time, now: Time) -> bool {
        match self {
            Late::Any => true,
            Late::Over => due < now,
            Late::Today => due >= now && due < midnight(now),
        }
    }
}

/// Counts matters that lie in memory, each with the unit that owes it.
pub fn tally<'a, T: Pending + 'a>(now: Time, owed: impl IntoIterator<Item = (UnitId, &'a T)>) -> Vec<Owed> {
    let mut sums: BTreeMap<(UnitId, &'static str), [i64; 3]> = BTreeMap::new();
    for (unit, one) in owed {
        let sum = sums.entry((unit, one.step())).or_default();
        for (n, late) in [Late::Any, Late::Today, Late::Over].into_iter().enumerate() {
            sum[n] += i64::from(late.covers(one.due(), now));
        }
    }
    sums.into_iter().map(|((unit, step), [open, today, late])| Owed { unit, step, open, today, late }).collect()
}

/// Of matters that lie in memory, first due first, those of a [`ListFn`], and where the next ones begin.
pub fn some<T: Pending>(
    now: Time,
    mut found: Vec<T>,
    step: Option<&str>,
    late: Late,
    after: Option<&str>,
    limit: usize,
) -> (Vec<T>, Option<String>) {
    let begin = after.and_then(|after| {
        let (at, id) = after.split_once('-')?;
        Some((Time(at.parse().ok()?), id.parse::<Id>().ok()?))
    });
    found.retain(|one| {
        late.covers(one.due(), now) && step.is_none_or(|step| step == one.step()) && begin.is_none_or(|begin| (one.due(), one.id()) > begin)
    });
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|one| format!("{}-{}", one.due().0, one.id()));
    (found, next)
}

/// Something that came lately, without a word that anybody said: for screens that everyone can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// What it is, so that a screen knows what it showed before.
    pub id: Id,
    /// When.
    pub at: Time,
    /// Where: a town or a community; nothing where that is not known.
    pub place: Option<UnitId>,
    /// What kind of matter, and where it stands.
    pub text: String,
}

/// Which measures of a module stand on dashboards: declared by the module, by their ids.
#[derive(Clone, Copy)]
pub struct Board {
    /// Its name in addresses, as `concerns`.
    pub name: &'static str,
    /// What the section is called.
    pub title: fn(Lang) -> &'static str,
    /// The figures of a unit of this level, counts before rates.
    pub figures: fn(Level) -> &'static [&'static str],
    /// What is drawn month by month; two at most.
    pub trend: fn(Level) -> &'static [&'static str],
    /// By what a number is taken apart.
    pub parts: &'static [Parts],
    /// The columns of the table of units below, counts before rates.
    pub below: &'static [&'static str],
    /// What a wall screen shows as having come today, and the rates beside it; none of what residents did not bring.
    pub wall: Option<(&'static str, &'static [&'static str])>,
}

/// A number taken apart by the codes that its measure is keyed by.
#[derive(Clone, Copy)]
pub struct Parts {
    /// The measure.
    pub measure: &'static str,
    /// What the parts are, as 类别.
    pub title: fn(Lang) -> &'static str,
    /// What the codes are called; several codes with one name are one part.
    pub names: NamesFn,
}
