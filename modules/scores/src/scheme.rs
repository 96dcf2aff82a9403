//! A scheme: which units are scored over which periods, from what, with which weights and bands. A
//! change is a new version; what was scored by an old one stays.

use base::{Ctx, Date};
use measures::Period;
use people::{Level, Proof, TreeKind};
use record::text_digest_hex;
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{SchemeEntered, SchemeId, about};
use crate::formula::{Formula, FormulaError};
use crate::permissions::Schemes;

/// The most items of a scheme.
pub const MOST_ITEMS: usize = 200;
/// The longest name or title, in characters.
pub const LONGEST: usize = 60;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl Span {
    /// All of them.
    pub const ALL: [Span; 3] = [Span::Month, Span::Quarter, Span::Year];

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Span::Month => "month",
            Span::Quarter => "quarter",
            Span::Year => "year",
        }
    }

    /// From [`Span::code`].
    pub fn parse(code: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|span| span.code() == code)
    }

    /// The period of a day.
    pub fn of(self, date: Date) -> Period {
        match self {
            Span::Month => Period::month_of(date),
            Span::Quarter => Period::quarter_of(date),
            Span::Year => Period::year_of(date),
        }
    }
}

/// One line of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is called.
    pub title: String,
    /// Points from 0 to 100, over measures.
    pub formula: String,
    /// Its weight among the others.
    pub weight: i64,
    /// The document that orders the scoring of a duty; empty for everything else.
    #[serde(default)]
    pub document: String,
}

/// From how many points on each band begins; under the third one there is room for improvement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// 好
    pub good: i64,
    /// 较好
    pub fair: i64,
    /// 一般
    pub middling: i64,
}

/// What a scheme says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What it is called.
    pub name: String,
    /// The level of the units that it scores.
    pub level: String,
    /// How long a period is.
    pub period: Span,
    /// From which day on it holds.
    pub from: String,
    /// Under so many answers an item is not scored.
    pub few: i64,
    /// The document by which the district scores.
    pub document: String,
    /// The bands.
    pub bands: Bands,
    /// The items; a scheme of Party organisations may have none, and then shows their duties and no points.
    #[serde(rename = "item", default)]
    pub items: Vec<Item>,
}

/// What is wrong with a scheme, by the field of its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It has no name, or a long one.
    Name,
    /// Nothing is scored at this level.
    Level,
    /// It is no day.
    From,
    /// It is not from 1 to 1000.
    Few,
    /// They are not three numbers from 100 down to 0.
    Bands,
    /// There is no item, or there are too many.
    Items,
    /// An item has no title, or a long one.
    Title(usize),
    /// A weight is not from 1 to 100.
    Weight(usize),
    /// What the guard says of a title.
    Refused(usize, Box<measures::guard::Refused>),
    /// A formula.
    Formula(usize, FormulaError),
}

/// The levels whose units are scored.
pub const LEVELS: [Level; 5] = [Level::Town, Level::Community, Level::Grid, Level::Department, Level::Branch];

/// The rates whose names promise that residents answered.
const ANSWERS: [&str; 4] = ["联系率", "响应率", "解决率", "满意率"];

/// A scheme ready to score by.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Which.
    pub id: SchemeId,
    /// Which version.
    pub version: i64,
    /// What it says.
    pub says: Definition,
    /// The level of the units that it scores.
    pub level: Level,
    /// From which day on it holds.
    pub from: Date,
    /// The formulas of its items.
    pub formulas: Vec<Formula>,
}

impl Scheme {
    /// Whether it gives points; one without items shows duties alone.
    pub fn scores(&self) -> bool {
        !self.says.items.is_empty()
    }
}

impl Definition {
    /// Looks through all of it.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn check(&self) -> Result<(Level, Date, Vec<Formula>), Vec<Wrong>> {
        let mut wrong = Vec::new();
        let fits = |text: &str| (1..=LONGEST).contains(&base::text::count_chars(text.trim()));
        if !fits(&self.name) {
            wrong.push(Wrong::Name);
        }
        let level = Level::parse(&self.level).filter(|level| LEVELS.contains(level));
        if level.is_none() {
            wrong.push(Wrong::Level);
        }
        let from = self.from.parse::<Date>().ok();
        if from.is_none() {
            wrong.push(Wrong::From);
        }
        if !(1..=1000).contains(&self.few) {
            wrong.push(Wrong::Few);
        }
        let Bands { good, fair, middling } = self.bands;
        if !(good <= 100 && fair < good && middling < fair && middling >= 0) {
            wrong.push(Wrong::Bands);
        }
        let duties_do = level.is_some_and(|level| level.tree() == TreeKind::Party);
        if (self.items.is_empty() && !duties_do) || self.items.len() > MOST_ITEMS {
            wrong.push(Wrong::Items);
        }
        let mut formulas = Vec::new();
        for (n, item) in self.items.iter().enumerate() {
            if !fits(&item.title) {
                wrong.push(Wrong::Title(n));
            }
            if let Err(refused) = measures::guard::check_text(&item.title, &item.title) {
                wrong.push(Wrong::Refused(n, Box::new(refused)));
            }
            if !(1..=100).contains(&item.weight) {
                wrong.push(Wrong::Weight(n));
            }
            match Formula::parse(&item.formula, &item.document) {
                Ok(formula) => {
                    let answers = formula.measures.iter().all(|measure| measure.nature == record::measure::Nature::Answer);
                    if !answers && ANSWERS.iter().any(|name| item.title.contains(name)) {
                        wrong.push(Wrong::Refused(n, Box::new(measures::guard::not_answers(&item.title))));
                    }
                    formulas.push(formula);
                }
                Err(error) => wrong.push(Wrong::Formula(n, error)),
            }
        }
        match (level, from) {
            (Some(level), Some(from)) if wrong.is_empty() => Ok((level, from, formulas)),
            _ => Err(wrong),
        }
    }

    /// As a file that another district can take.
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| format!("{text:?}");
        let mut out = format!(
            "name = {}\nlevel = {}\nperiod = {}\nfrom = {}\nfew = {}\ndocument = {}\n\n[bands]\ngood = {}\nfair = {}\nmiddling = {}\n",
            quoted(&self.name),
            quoted(&self.level),
            quoted(self.period.code()),
            quoted(&self.from),
            self.few,
            quoted(&self.document),
            self.bands.good,
            self.bands.fair,
            self.bands.middling
        );
        for item in &self.items {
            let (title, formula, document) = (quoted(&item.title), quoted(&item.formula), quoted(&item.document));
            out.push_str(&format!("\n[[item]]\ntitle = {title}\nformula = {formula}\nweight = {}\ndocument = {document}\n", item.weight));
        }
        out
    }

    /// From such a file.
    ///
    /// # Errors
    /// What is wrong with it, as the parser says it.
    pub fn from_toml(text: &str) -> Result<Definition, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }
}

/// Why a scheme was not entered.
#[derive(Debug, thiserror::Error)]
pub enum SchemeError {
    /// Something in it is wrong.
    #[error("the scheme does not hold together")]
    Wrong(Vec<Wrong>),
    /// Somebody entered another version meanwhile.
    #[error("another version was entered meanwhile")]
    Stale,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SchemeError {
    fn from(error: StoreError) -> SchemeError {
        match error {
            StoreError::Unique(name) if name == "scheme_key" => SchemeError::Stale,
            other => SchemeError::Store(other),
        }
    }
}

const INSERT: &Sql = sql!(
    "INSERT INTO scheme (scheme, version, level, period, from_day, body, salt, created_at, created_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
);

/// Enters a scheme, or a new version of one: `of` names it with the version that the form was made from.
///
/// # Errors
/// [`SchemeError`].
pub fn enter(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Schemes>,
    of: Option<(SchemeId, i64)>,
    says: &Definition,
) -> Result<SchemeId, SchemeError> {
    let mut says = says.clone();
    for text in [&mut says.name, &mut says.document] {
        *text = base::text::clean_line(text);
    }
    for item in &mut says.items {
        item.title = base::text::clean_line(&item.title);
        item.document = base::text::clean_line(&item.document);
    }
    says.check().map_err(SchemeError::Wrong)?;
    let (id, version) = match of {
        Some((id, version)) => (id, version + 1),
        None => (ctx.id(), 1),
    };
    let body = serde_json::to_string(&says).map_err(|error| StoreError::Other(error.to_string()))?;
    let salt = ctx.salt();
    let period = says.period.code();
    let values = p![id, version, says.level.as_str(), period, says.from.as_str(), body.as_str(), &salt[..], ctx.now, who.person()];
    tx.exec(INSERT, values)?;
    let facts = SchemeEntered {
        version,
        level: says.level.clone(),
        period: period.to_owned(),
        from: says.from.clone(),
        body: text_digest_hex(&salt, &body),
    };
    record::append(tx, ctx, about(ctx, who.actor(), Some(who.unit()), id.0), &facts)?;
    Ok(id)
}

const ALL: &Sql = sql!("SELECT scheme, version, body FROM scheme ORDER BY scheme, version");
const ONE: &Sql = sql!("SELECT scheme, version, body FROM scheme WHERE scheme = ?1 AND version = ?2");

fn row(row: &store::Row<'_>) -> Result<(SchemeId, i64, String), StoreError> {
    Ok((row.id(0)?, row.int(1)?, row.text(2)?.to_owned()))
}

fn ready((id, version, body): (SchemeId, i64, String)) -> Result<Scheme, StoreError> {
    let damaged = |what: String| StoreError::Other(format!("scheme {id}, version {version}: {what}"));
    let says: Definition = serde_json::from_str(&body).map_err(|error| damaged(error.to_string()))?;
    let (level, from, formulas) = says.check().map_err(|wrong| damaged(format!("{wrong:?}")))?;
    Ok(Scheme { id, version, level, from, formulas, says })
}

/// The latest version of each scheme, in the order in which they were first entered.
///
/// # Errors
/// The store's, and a version that the program's measures no longer carry.
pub fn latest(tx: &mut Tx) -> Result<Vec<Scheme>, StoreError> {
    let mut rows = tx.all(ALL, p![], row)?;
    rows.reverse();
    rows.dedup_by_key(|row| row.0);
    rows.reverse();
    rows.into_iter().map(ready).collect()
}

/// All versions of a scheme, the first one first.
///
/// # Errors
/// As [`latest`].
pub fn versions(tx: &mut Tx, id: SchemeId) -> Result<Vec<Scheme>, StoreError> {
    tx.all(ALL, p![], row)?.into_iter().filter(|row| row.0 == id).map(ready).collect()
}

/// One version.
///
/// # Errors
/// As [`latest`].
pub fn find(tx: &mut Tx, id: SchemeId, version: i64) -> Result<Option<Scheme>, StoreError> {
    tx.opt(ONE, p![id, version], row)?.map(ready).transpose()
}

/// The version of a scheme that holds for a period: the latest that began by its last day.
///
/// # Errors
/// As [`latest`].
pub fn for_period(tx: &mut Tx, id: SchemeId, period: &Period) -> Result<Option<Scheme>, StoreError> {
    Ok(versions(tx, id)?.into_iter().rfind(|scheme| scheme.from <= period.to))
}
