//! Numbers that security and the law on personal information set, as data: how long a password is, how
//! long something is kept. The pack is built in; each number names the document that asks for it. A district's own pack may
//! say otherwise of how long something is kept ([`crate::rules::Rules::number`]), and of nothing else.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::Time;
use crate::rules::Mark;

/// The pack.
const PACK: &str = include_str!("../../../rules/security.toml");

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Characters of a text.
    Characters,
    /// Kinds of characters.
    Kinds,
    /// Days.
    Days,
    /// Times.
    Times,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// What it is asked for by, as `password.length`.
    pub id: String,
    /// What it is, in Chinese.
    pub title_zh: String,
    /// What it is, in English.
    pub title_en: String,
    /// How much.
    pub amount: i64,
    /// Of what.
    pub unit: Unit,
    /// The document that asks for it.
    pub document: String,
    /// Its article.
    pub article: String,
    /// How sure we are of it.
    pub mark: Mark,
    /// The least that a district's own pack may set, where a law asks for so much.
    #[serde(default)]
    pub least: Option<i64>,
}

/// How long a district keeps something, as a pack of its own says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnNumber {
    pub(crate) id: String,
    amount: i64,
    document: String,
    #[serde(default)]
    article: String,
    mark: Mark,
}

/// The longest that anything is kept.
const LONGEST: i64 = 36_500;

impl OwnNumber {
    /// The number in the place of the built-in one; what is wrong with it, in words.
    pub(crate) fn check(self) -> Result<Number, String> {
        let known = number(&self.id).filter(|known| known.unit == Unit::Days && known.id.starts_with("keep."));
        let known = known.ok_or_else(|| "only how long something is kept is a district's own: keep.…".to_owned())?;
        let least = known.least.unwrap_or(1);
        if !(least..=LONGEST).contains(&self.amount) {
            return Err(format!("amount {} is not between {least} and {LONGEST}", self.amount));
        }
        if self.document.trim().is_empty() {
            return Err("document is empty".into());
        }
        Ok(Number { amount: self.amount, document: self.document, article: self.article, mark: self.mark, ..known.clone() })
    }
}

impl Number {
    /// Days as microseconds.
    pub fn micros(&self) -> i64 {
        self.amount.saturating_mul(Time::DAY)
    }
}

#[derive(Deserialize, Default)]
struct Pack {
    number: Vec<Number>,
}

/// All numbers, in the order of the pack.
pub fn all() -> &'static [Number] {
    static ALL: OnceLock<Pack> = OnceLock::new();
    // The pack is part of the program, and a test reads it: it is never left out.
    &ALL.get_or_init(|| toml::from_str(PACK).unwrap_or_default()).number
}

/// A number by its id. A number that is not there is the strictest: a test sees that none is missing.
pub fn number(id: &str) -> Option<&'static Number> {
    all().iter().find(|number| number.id == id)
}

/// How much a number is; 0 for one that is not in the pack.
pub fn amount(id: &str) -> i64 {
    number(id).map_or(0, |number| number.amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_is_in_order() {
        let pack: Pack = toml::from_str(PACK).unwrap();
        assert!(pack.number.len() > 5);
        for (at, number) in pack.number.iter().enumerate() {
            assert!(number.amount > 0 && !number.title_zh.is_empty() && !number.document.is_empty(), "{}", number.id);
            assert!(pack.number.iter().skip(at + 1).all(|other| other.id != number.id), "{} stands twice", number.id);
        }
        assert_eq!(amount("password.length"), 8);
        assert_eq!(amount("password.admin_length"), 12);
        assert_eq!(number("password.days").unwrap().micros(), 90 * Time::DAY);
        assert_eq!(amount("nothing"), 0);
    }
}
