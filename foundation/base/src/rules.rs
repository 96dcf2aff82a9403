//! Numbers that a text sets, as data: how long a step may take, by which document, and how sure we are of it.
//!
//! Packs are TOML. Those of the product are built in; a district may add its own after them. An entry
//! that cannot be right is refused in words that name the pack and the entry.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Time;
use crate::calendar::{Calendar, Year};
use crate::policy::{self, Number, OwnNumber};

/// The packs that are built in: name and text.
pub const BUILTIN: &[(&str, &str)] = &[
    ("rules/holidays.toml", include_str!("../../../rules/holidays.toml")),
    ("rules/concerns.toml", include_str!("../../../rules/concerns.toml")),
    ("rules/terms.toml", include_str!("../../../rules/terms.toml")),
    ("rules/scores.toml", include_str!("../../../rules/scores.toml")),
    ("rules/inspections.toml", include_str!("../../../rules/inspections.toml")),
    ("rules/conferences.toml", include_str!("../../../rules/conferences.toml")),
    ("rules/documents.toml", include_str!("../../../rules/documents.toml")),
    ("rules/party.toml", include_str!("../../../rules/party.toml")),
    ("rules/learning.toml", include_str!("../../../rules/learning.toml")),
];

/// Packs that come with the product and hold only in a district that adopts them.
pub const PROFILES: &[(&str, &str)] = &[("rules/profiles/beijing.toml", include_str!("../../../rules/profiles/beijing.toml"))];

/// The id that [`Rules::deadline`] gives for a rule that no pack holds.
pub const MISSING: &str = "rules.missing";

/// What an amount of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Working days; ends at 17:30 of the last one.
    WorkingDays,
    /// Calendar days; ends at the end of the last one.
    NaturalDays,
    /// Hours from the moment it began.
    Hours,
    /// No time at all: characters of a document.
    Characters,
    /// No deadline either: how often in each month.
    TimesAMonth,
    /// How often in each quarter.
    TimesAQuarter,
    /// How often in each year.
    TimesAYear,
}

impl ClockKind {
    /// Months in which it is to happen so often; none where it is not about how often.
    pub fn every(self) -> Option<u8> {
        match self {
            ClockKind::TimesAMonth => Some(1),
            ClockKind::TimesAQuarter => Some(3),
            ClockKind::TimesAYear => Some(12),
            _ => None,
        }
    }
}

/// How a rule came to us, which decides what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Mark {
    /// Read in the primary text: may block and redden.
    R,
    /// Read in a secondary page: may redden, with its source shown.
    R2,
    /// From memory: only informs.
    M,
    /// Computed or chosen by us: the product's own default.
    C,
}

impl Mark {
    /// Whether a passed deadline may be shown red.
    pub fn may_redden(self) -> bool {
        self != Mark::M
    }

    /// Whether a step may be refused because its deadline has passed.
    pub fn may_block(self) -> bool {
        matches!(self, Mark::R | Mark::C)
    }

    /// As written in the packs.
    pub fn code(self) -> &'static str {
        match self {
            Mark::R => "R",
            Mark::R2 => "R2",
            Mark::M => "M",
            Mark::C => "C",
        }
    }
}

/// One number that a text sets.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What operations ask for, as `concerns.claim`.
    pub id: Arc<str>,
    /// How many days or hours.
    pub amount: u32,
    /// What the amount is counted in.
    pub clock: ClockKind,
    /// The document that sets it.
    pub document: String,
    /// Its article; empty where it has none.
    pub article: String,
    /// How it came to us.
    pub mark: Mark,
    /// First digits of the division codes it holds for; empty is everywhere.
    pub locality: String,
    /// The first day it holds.
    pub effective: Date,
    /// The last day it holds.
    pub effective_to: Option<Date>,
    /// The name of the step in Chinese.
    pub title_zh: String,
    /// The name of the step in English.
    pub title_en: String,
    /// What else a reader should know, in Chinese.
    pub note: String,
}

/// When something is due, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The instant.
    pub at: Time,
    /// The id of the rule.
    pub rule: Arc<str>,
}

/// A pack that cannot be used: its name, the entry, and what is wrong, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    /// The pack's name, as `rules/concerns.toml`.
    pub pack: String,
    /// The entry, as `concerns.claim` or `year 2026`; empty where the pack as a whole cannot be read.
    pub entry: String,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry.as_str() {
            "" => write!(f, "{}: {}", self.pack, self.problem),
            entry => write!(f, "{}, {entry}: {}", self.pack, self.problem),
        }
    }
}

impl std::error::Error for RulesError {}

/// The rules in force for one district.
#[derive(Debug, Clone)]
pub struct Rules {
    /// By id; the one to prefer first: the nearest locality, then the latest.
    rules: HashMap<Arc<str>, Vec<Rule>>,
    calendar: Calendar,
    /// How long the district keeps something, where it says so itself.
    numbers: HashMap<String, Number>,
    packs: Vec<(String, String)>,
    edition: i64,
    digest: [u8; 32],
    missing: Arc<str>,
}

impl Rules {
    /// The built-in packs, for everywhere.
    pub fn builtin() -> Arc<Rules> {
        static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
        let rules = RULES.get_or_init(|| match Rules::parse(BUILTIN, "") {
            Ok(rules) => Arc::new(rules),
            Err(error) => unreachable!("a test reads the built-in packs: {error}"),
        });
        Arc::clone(rules)
    }

    /// Reads packs (name and text) for the district with this division code. Where two entries have one
    /// id and hold on the same day, the nearest locality wins, then the later pack.
    ///
    /// # Errors
    /// [`RulesError`] naming the pack and the entry.
    pub fn parse(packs: &[(&str, &str)], division: &str) -> Result<Rules, RulesError> {
        let mut rules: HashMap<Arc<str>, Vec<Rule>> = HashMap::new();
        let mut years = Vec::new();
        let mut numbers = HashMap::new();
        let mut edition: i64 = 0;
        for (name, text) in packs {
            let pack: Pack = toml::from_str(text).map_err(|e| RulesError::new(name, "", &e.to_string()))?;
            edition = edition.saturating_add(pack.edition.into());
            let mut here: Vec<(String, String, Date)> = Vec::new();
            for (number, raw) in pack.rule.into_iter().enumerate() {
                let entry = if raw.id.is_empty() { format!("rule {}", number + 1) } else { raw.id.clone() };
                let rule = raw.check().map_err(|problem| RulesError::new(name, &entry, &problem))?;
                let key = (rule.id.to_string(), rule.locality.clone(), rule.effective);
                if here.contains(&key) {
                    return Err(RulesError::new(name, &entry, "stands twice with the same locality and effective_from"));
                }
                here.push(key);
                if division.starts_with(&rule.locality) {
                    rules.entry(Arc::clone(&rule.id)).or_default().insert(0, rule);
                }
            }
            for raw in pack.year {
                let entry = format!("year {}", raw.year);
                years.push(raw.check().map_err(|problem| RulesError::new(name, &entry, &problem))?);
            }
            let mut own: Vec<String> = Vec::new();
            for raw in pack.number {
                let entry = raw.id.clone();
                if own.contains(&entry) {
                    return Err(RulesError::new(name, &entry, "stands twice"));
                }
                numbers.insert(entry.clone(), raw.check().map_err(|problem| RulesError::new(name, &entry, &problem))?);
                own.push(entry);
            }
        }
        for versions in rules.values_mut() {
            // Stable, so that of equals the later pack's stays first.
            versions.sort_by_key(|r| (std::cmp::Reverse(r.locality.len()), std::cmp::Reverse(r.effective)));
        }
        let packs: Vec<(String, String)> = packs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let digest = digest_of(&packs);
        Ok(Rules { rules, calendar: Calendar::new(&years), numbers, packs, edition, digest, missing: Arc::from(MISSING) })
    }

    /// When what began at `from` is due by this rule. An id that no pack holds gives the strictest common
    /// clock, the end of the next working day, under the id [`MISSING`], so that it is seen.
    pub fn deadline(&self, id: &str, from: Time) -> Due {
        let Some(rule) = self.rule_on(id, from.date()) else {
            return Due { at: self.calendar.plus_working_days(from, 1), rule: Arc::clone(&self.missing) };
        };
        let at = match rule.clock {
            ClockKind::WorkingDays => self.calendar.plus_working_days(from, rule.amount),
            ClockKind::Hours => from.plus(i64::from(rule.amount) * Time::HOUR),
            ClockKind::NaturalDays => end_of_day(from.plus(i64::from(rule.amount) * Time::DAY)),
            // A length is no deadline, nor is how often.
            ClockKind::Characters | ClockKind::TimesAMonth | ClockKind::TimesAQuarter | ClockKind::TimesAYear => {
                return Due { at: self.calendar.plus_working_days(from, 1), rule: Arc::clone(&self.missing) };
            }
        };
        Due { at, rule: Arc::clone(&rule.id) }
    }

    /// The newest entry with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)?.first()
    }

    /// The entry with this id that holds on a day; where none holds yet, the earliest.
    pub fn rule_on(&self, id: &str, date: Date) -> Option<&Rule> {
        let versions = self.rules.get(id)?;
        let holds = |r: &&Rule| r.effective <= date && r.effective_to.is_none_or(|to| date <= to);
        versions.iter().find(holds).or_else(|| versions.iter().min_by_key(|r| r.effective))
    }

    /// The entry with this id that holds on a day; nothing where none does.
    pub fn holding(&self, id: &str, date: Date) -> Option<&Rule> {
        self.rules.get(id)?.iter().find(|r| r.effective <= date && r.effective_to.is_none_or(|to| date <= to))
    }

    /// The rules that hold on a day, ordered by id.
    pub fn all_on(&self, date: Date) -> Vec<&Rule> {
        let mut all: Vec<&Rule> = self.rules.keys().filter_map(|id| self.holding(id, date)).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// A deadline of a rule, moved by the time from `from` to `to` in which its clock stood still: by
    /// working days, calendar days or to the second, as the rule counts.
    pub fn later_by(&self, id: &str, at: Time, from: Time, to: Time) -> Time {
        match self.rule_on(id, from.date()).map_or(ClockKind::WorkingDays, |rule| rule.clock) {
            ClockKind::Hours => at.plus(to.0.saturating_sub(from.0).max(0)),
            ClockKind::NaturalDays => at.plus((civil_day(to) - civil_day(from)).max(0).saturating_mul(Time::DAY)),
            ClockKind::WorkingDays => match u32::try_from(self.calendar.working_days_between(from, to)) {
                Ok(0) | Err(_) => at,
                Ok(days) => self.calendar.plus_working_days(at, days),
            },
            ClockKind::Characters | ClockKind::TimesAMonth | ClockKind::TimesAQuarter | ClockKind::TimesAYear => at,
        }
    }

    /// All rules, newest entry of each, ordered by id: for the page that shows the sources.
    pub fn all(&self) -> Vec<&Rule> {
        let mut all: Vec<&Rule> = self.rules.values().filter_map(|v| v.first()).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// The same rules, counted by other working days. They keep the digest of the packs that they were read from.
    pub fn counted_by(&self, calendar: Calendar) -> Rules {
        Rules { calendar, ..self.clone() }
    }

    /// How long something is kept, or another number of security: the district's own, else the built-in one.
    pub fn number(&self, id: &str) -> Option<&Number> {
        self.numbers.get(id).or_else(|| policy::number(id))
    }

    /// The working days.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// How new the tables of holidays are: the editions that packs say of themselves, together. Of two processes on one store
    /// the one that has the lower one counts by older tables.
    pub fn edition(&self) -> i64 {
        self.edition
    }

    /// SHA-256 over the names and texts of the packs, which each event carries.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The names and texts of the packs, in their order: what [`Rules::digest`] is of.
    pub fn packs(&self) -> &[(String, String)] {
        &self.packs
    }
}

/// The digest of packs, by which events name the rules that were in force.
pub fn digest_of(packs: &[(String, String)]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in packs.iter().flat_map(|(name, text)| [name, text]) {
        digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

const ZONE: i64 = 8 * Time::HOUR;

/// Days since 1970-01-01 of the civil day of an instant.
fn civil_day(at: Time) -> i64 {
    at.0.saturating_add(ZONE).div_euclid(Time::DAY)
}

/// 23:59:59 of the civil day of an instant.
fn end_of_day(at: Time) -> Time {
    Time(civil_day(at).saturating_mul(Time::DAY).saturating_add(Time::DAY - Time::SECOND - ZONE))
}

impl RulesError {
    fn new(pack: &str, entry: &str, problem: &str) -> RulesError {
        RulesError { pack: pack.to_owned(), entry: entry.to_owned(), problem: problem.trim_end().to_owned() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    /// Grows with each change of the tables of holidays in the pack.
    #[serde(default)]
    edition: u32,
    #[serde(default)]
    rule: Vec<RawRule>,
    #[serde(default)]
    year: Vec<RawYear>,
    #[serde(default)]
    number: Vec<OwnNumber>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    title_zh: String,
    title_en: String,
    amount: u32,
    clock: ClockKind,
    document: String,
    article: String,
    mark: Mark,
    locality: String,
    effective_from: String,
    effective_to: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    document: String,
    #[expect(dead_code, reason = "for the reader of the pack")]
    source: String,
    #[expect(dead_code, reason = "for the reader of the pack")]
    mark: Mark,
    #[serde(default)]
    provisional: bool,
    days: Vec<String>,
    work: Vec<String>,
}

impl RawRule {
    fn check(self) -> Result<Rule, String> {
        let named = self.id.split('.').count() >= 2 && self.id.split('.').all(|p| !p.is_empty());
        if !named || !self.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.') {
            return Err("an id is written as module.step in small letters".into());
        }
        let most = match self.clock {
            ClockKind::Hours => 24 * 366,
            ClockKind::Characters => 100_000,
            ClockKind::TimesAMonth | ClockKind::TimesAQuarter | ClockKind::TimesAYear => 100,
            ClockKind::WorkingDays | ClockKind::NaturalDays => 3660,
        };
        if self.amount == 0 || self.amount > most {
            return Err(format!("amount {} is not between 1 and {most}", self.amount));
        }
        for (field, text) in [("title_zh", &self.title_zh), ("title_en", &self.title_en), ("document", &self.document)] {
            if text.trim().is_empty() {
                return Err(format!("{field} is empty"));
            }
        }
        if self.locality.len() > 12 || !self.locality.chars().all(|c| c.is_ascii_digit()) {
            return Err(format!("locality “{}” is not the beginning of a division code", self.locality));
        }
        let effective = date(&self.effective_from)?;
        let effective_to = self.effective_to.as_deref().map(date).transpose()?;
        if effective_to.is_some_and(|to| to < effective) {
            return Err("effective_to is before effective_from".into());
        }
        Ok(Rule {
            id: Arc::from(self.id),
            amount: self.amount,
            clock: self.clock,
            document: self.document,
            article: self.article,
            mark: self.mark,
            locality: self.locality,
            effective,
            effective_to,
            title_zh: self.title_zh,
            title_en: self.title_en,
            note: self.note,
        })
    }
}

impl RawYear {
    fn check(self) -> Result<Year, String> {
        if !(1949..=2200).contains(&self.year) {
            return Err("the year is not between 1949 and 2200".into());
        }
        if self.document.trim().is_empty() {
            return Err("document is empty".into());
        }
        let off = dates(&self.days, self.year)?;
        let work = dates(&self.work, self.year)?;
        for day in &work {
            if off.contains(day) {
                return Err(format!("{day} is both a day off and a worked day"));
            }
            if !matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday) {
                return Err(format!("{day} is a worked day but no weekend"));
            }
        }
        Ok(Year { year: self.year, document: self.document, provisional: self.provisional, off, work })
    }
}

fn dates(texts: &[String], year: i16) -> Result<Vec<Date>, String> {
    let mut dates = Vec::new();
    for text in texts {
        let (from, to) = text.split_once('/').unwrap_or((text, text));
        let (from, to) = (date(from)?, date(to)?);
        if to < from {
            return Err(format!("“{text}” ends before it begins"));
        }
        if from.year() != year || to.year() != year {
            return Err(format!("“{text}” is not in {year}"));
        }
        dates.extend(from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to));
    }
    Ok(dates)
}

fn date(text: &str) -> Result<Date, String> {
    // jiff reads more than plain dates; packs hold YYYY-MM-DD and nothing else.
    let plain = text.len() == 10;
    text.parse::<Date>().ok().filter(|_| plain).ok_or_else(|| format!("“{text}” is not a date written as 2026-01-31"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: &str = r#"
        [[rule]]
        id = "concerns.claim"
        title_zh = "签收"
        title_en = "Claim"
        amount = 24
        clock = "hours"
        document = "某地规定"
        article = "第一条"
        mark = "R2"
        locality = ""
        effective_from = "2026-01-01"
    "#;

    fn at(text: &str) -> Time {
        Time::from_civil(text.parse().unwrap())
    }

    #[test]
    fn the_built_in_packs_hold_what_operations_ask_for() {
        let rules = Rules::parse(BUILTIN, "").unwrap();
        for (id, due) in [
            ("concerns.dispatch", "2026-11-24T17:30"),
            ("concerns.claim", "2026-11-24T17:30"),
            ("concerns.contact", "2026-11-24T17:30"),
            ("concerns.resolve", "2026-11-30T17:30"),
            ("concerns.object", "2026-11-30T17:30"),
            ("concerns.decide", "2026-11-24T17:30"),
            ("concerns.review", "2026-11-25T17:30"),
            ("concerns.call_back", "2026-11-26T17:30"),
            ("concerns.reopen", "2026-12-23T23:59:59"),
        ] {
            let found = rules.deadline(id, at("2026-11-23T09:00"));
            assert_eq!((found.at, &*found.rule), (at(due), id));
        }
        assert_eq!(rules.rule_on("concerns.object", Date::constant(2021, 1, 1)).unwrap().mark, Mark::C);
        assert_eq!(rules.rule("concerns.object").unwrap().mark, Mark::R);
        assert_eq!(
            rules.deadline("concerns.unheard", at("2026-11-23T09:00")),
            Due { at: at("2026-11-24T17:30"), rule: Arc::from(MISSING) }
        );
        assert_eq!(rules.digest(), Rules::builtin().digest());
    }

    #[test]
    fn a_district_says_itself_how_long_something_is_kept_and_nothing_else_of_security() {
        let own = |id: &str, amount: i64| format!("[[number]]\nid = \"{id}\"\namount = {amount}\ndocument = \"某区规定\"\nmark = \"R\"\n");
        let kept = "keep.visitors";
        let longer = own(kept, 30);
        let rules = Rules::parse(&[BUILTIN, &[("own.toml", longer.as_str())]].concat(), "").unwrap();
        let number = rules.number(kept).unwrap();
        assert_eq!((number.amount, number.document.as_str(), number.title_zh.is_empty()), (30, "某区规定", false));
        assert_eq!((policy::amount(kept), rules.number("password.days").map(|number| number.amount)), (365, Some(90)));
        assert_ne!(rules.digest(), Rules::builtin().digest());
        for (id, amount) in
            [("password.length", 4), ("password.days", 900), ("keep.nothing", 5), (kept, 0), (kept, 40_000), ("keep.notices", 179)]
        {
            let wrong = Rules::parse(&[("own.toml", own(id, amount).as_str())], "").unwrap_err();
            assert_eq!((wrong.pack.as_str(), wrong.entry.as_str()), ("own.toml", id));
        }
        let twice = [own(kept, 30), own(kept, 31)].concat();
        assert!(Rules::parse(&[("own.toml", twice.as_str())], "").is_err());
    }

    #[test]
    fn tables_of_holidays_that_change_are_a_new_edition() {
        let (name, text) = BUILTIN[0];
        let digest = digest_of(&[(name.to_owned(), text.to_owned())]);
        let shown: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        // Whoever changes `rules/holidays.toml` raises its edition, and puts both here.
        assert_eq!((Rules::builtin().edition(), shown.as_str()), (1, "75feaa93"));
        let own = "edition = 4\n[[year]]\nyear = 2028\ndocument = \"某\"\nsource = \"\"\nmark = \"M\"\ndays = []\nwork = []";
        assert_eq!(Rules::parse(&[BUILTIN, &[("own.toml", own)]].concat(), "").unwrap().edition(), 5);
    }

    #[test]
    fn a_nearer_or_later_entry_wins() {
        let local = CLAIM.replace("locality = \"\"", "locality = \"3702\"").replace("amount = 24", "amount = 2");
        let packs = [BUILTIN, &[("own.toml", CLAIM), ("local.toml", &local)]].concat();
        let here = Rules::parse(&packs, "370203000000").unwrap();
        assert_eq!(here.deadline("concerns.claim", at("2026-11-23T09:00")).at, at("2026-11-23T11:00"));
        let elsewhere = Rules::parse(&packs, "110101000000").unwrap();
        assert_eq!(elsewhere.deadline("concerns.claim", at("2026-11-23T09:00")).at, at("2026-11-24T09:00"));
        assert_eq!(elsewhere.deadline("concerns.claim", at("2025-11-24T09:00")).at, at("2025-11-25T17:30"), "before it held");
        assert_ne!(here.digest(), Rules::builtin().digest());
    }

    #[test]
    fn a_bad_pack_is_refused_by_name() {
        let holidays = |days: &str| {
            format!("[[year]]\nyear = 2026\ndocument = \"某\"\nsource = \"\"\nmark = \"M\"\ndays = [{days}]\nwork = [\"2026-01-03\"]")
        };
        for (text, words) in [
            (CLAIM.replace("amount = 24", "amount = 0"), "own.toml, concerns.claim: amount 0 is not between 1 and 8784"),
            (CLAIM.replace("2026-01-01", "1. Januar"), "own.toml, concerns.claim: “1. Januar” is not a date written as 2026-01-31"),
            (
                CLAIM.replace("locality = \"\"", "locality = \"QD\""),
                "own.toml, concerns.claim: locality “QD” is not the beginning of a division code",
            ),
            (CLAIM.replace("某地规定", " "), "own.toml, concerns.claim: document is empty"),
            (CLAIM.replace("concerns.claim", "Claim"), "own.toml, Claim: an id is written as module.step in small letters"),
            (format!("{CLAIM}{CLAIM}"), "own.toml, concerns.claim: stands twice with the same locality and effective_from"),
            (holidays("\"2026-01-03\""), "own.toml, year 2026: 2026-01-03 is both a day off and a worked day"),
            (holidays("\"2025-01-01\""), "own.toml, year 2026: “2025-01-01” is not in 2026"),
            (holidays("\"2026-01-09/2026-01-01\""), "own.toml, year 2026: “2026-01-09/2026-01-01” ends before it begins"),
        ] {
            assert_eq!(Rules::parse(&[("own.toml", &text)], "").unwrap_err().to_string(), words);
        }
        for text in ["[[rule]", "colour = 1", &CLAIM.replace("hours", "moons"), &CLAIM.replace("R2", "X")] {
            let error = Rules::parse(&[("own.toml", text)], "").unwrap_err().to_string();
            assert!(error.starts_with("own.toml: "), "{error}");
        }
    }
}
