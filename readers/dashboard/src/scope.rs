//! What a page of figures is about: a unit within somebody's reach, and a period; and the addresses of such pages.

use base::{Ctx, Date, UnitId};
use measures::Period;
use people::{Permission, Tree};
use web::{Fields, Lang, PageError, Signed, fill};

use crate::texts::BoardTexts;

/// How long the period is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Span {
    /// A month.
    #[default]
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl Span {
    pub(crate) const ALL: [Span; 3] = [Span::Month, Span::Quarter, Span::Year];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Span::Month => "month",
            Span::Quarter => "quarter",
            Span::Year => "year",
        }
    }

    pub(crate) fn word(self, t: &BoardTexts) -> &'static str {
        match self {
            Span::Month => t.month,
            Span::Quarter => t.quarter,
            Span::Year => t.year,
        }
    }

    fn around(self, date: Date) -> Period {
        match self {
            Span::Month => Period::month_of(date),
            Span::Quarter => Period::quarter_of(date),
            Span::Year => Period::year_of(date),
        }
    }
}

/// A unit and a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) unit: UnitId,
    pub(crate) span: Span,
    pub(crate) period: Period,
    pub(crate) today: Date,
}

/// The widest unit that somebody sees by a permission, the first of equals.
pub(crate) fn widest<P: Permission>(who: &Signed) -> Option<UnitId> {
    let depth = |unit: UnitId| who.tree.get(unit).map_or(usize::MAX, |unit| unit.path.len());
    who.each::<P>().map(|proof| proof.reach()).min_by_key(|unit| depth(*unit))
}

/// The units that somebody's dashboards begin with: what their posts reach, without what lies within another of these.
pub(crate) fn tops(who: &Signed) -> Vec<UnitId> {
    let mut all: Vec<UnitId> = who.each::<crate::permissions::See>().map(|proof| proof.reach()).collect();
    all.sort_unstable();
    all.dedup();
    let within = |unit: UnitId| all.iter().any(|other| *other != unit && who.tree.is_within(unit, *other));
    all.iter().copied().filter(|unit| !within(*unit)).collect()
}

impl Scope {
    /// What an address asks for, if it lies within reach.
    pub(crate) fn of(who: &Signed, ctx: &Ctx, fields: &Fields) -> Result<Scope, PageError> {
        let widest = widest::<crate::permissions::See>(who).ok_or(PageError::Forbidden)?;
        let unit = match fields.id::<UnitId>("unit") {
            None => widest,
            Some(unit) => {
                who.tree.get(unit).ok_or(PageError::NotFound)?;
                who.require::<crate::permissions::See>(&who.tree, unit)?;
                unit
            }
        };
        let today = ctx.now.date();
        let span = Span::ALL.into_iter().find(|span| fields.chose("p", span.code())).unwrap_or_default();
        let date = fields.value("d").parse::<Date>().unwrap_or(today);
        // Far off dates show nothing, and the calendar has an end.
        let date = if (1990..=i32::from(today.year())).contains(&i32::from(date.year())) && date <= today { date } else { today };
        Ok(Scope { unit, span, period: span.around(date), today })
    }

    /// What stands behind `?` for this scope, another unit or another period.
    pub(crate) fn query(&self, unit: UnitId, span: Span, date: Date) -> String {
        let mut out = format!("unit={unit}&p={}", span.code());
        if span.around(date) != span.around(self.today) {
            out.push_str(&format!("&d={date}"));
        }
        out
    }

    /// The same for this scope as it is.
    pub(crate) fn own(&self) -> String {
        self.query(self.unit, self.span, self.period.from)
    }

    /// The period before.
    pub(crate) fn earlier(&self) -> Date {
        self.period.previous().from
    }

    /// The period after, unless it has not begun.
    pub(crate) fn later(&self) -> Option<Date> {
        self.period.to.tomorrow().ok().filter(|next| *next <= self.today)
    }

    /// Months up to the end of the period, the oldest first: twelve, or those of the year.
    pub(crate) fn months(&self) -> Vec<Period> {
        last_months(
            self.period.to.min(self.today),
            if self.span == Span::Year { usize::from(self.period.to.min(self.today).month().unsigned_abs()) } else { 12 },
        )
    }
}

/// So many months up to the one of this date, the oldest first.
pub(crate) fn last_months(date: Date, count: usize) -> Vec<Period> {
    let mut months: Vec<Period> = std::iter::successors(Some(Period::month_of(date)), |month| Some(month.previous())).take(count).collect();
    months.reverse();
    months
}

/// Months as an axis has room for them in English; in Chinese they are numbers.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The month of an axis: 11月, Nov; with its year where it is wanted.
pub(crate) fn month_label(lang: Lang, month: &Period, year: bool) -> String {
    let t = BoardTexts::of(lang);
    let (y, n) = (month.from.year(), month.from.month());
    let name = match usize::try_from(n - 1).ok().and_then(|at| MONTHS.get(at)) {
        Some(name) if !lang.is_chinese() => (*name).to_owned(),
        _ => n.to_string(),
    };
    fill(if year { t.month_long } else { t.month_short }, &[("y", &y), ("n", &name)])
}

/// The way from the widest unit in reach down to this one, as names and ids.
pub(crate) fn path(who: &Signed, unit: UnitId) -> Vec<(UnitId, String)> {
    let seen = |unit: UnitId| who.may::<crate::permissions::See>(&who.tree, unit);
    who.tree.ancestors(unit).filter(|above| seen(above.id)).map(|above| (above.id, above.name.clone())).collect()
}

/// The name of a unit.
pub(crate) fn name(tree: &Tree, unit: UnitId) -> String {
    tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default()
}

/// The measure's name in the reader's language.
pub(crate) fn measure_title(id: &str, lang: Lang) -> String {
    measures::find(id).map_or_else(|| id.to_owned(), |measure| measures::title(lang, measure))
}
