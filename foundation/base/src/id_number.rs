//! Numbers that name people and organisations: the citizen's identity number (GB 11643) and the unified
//! social credit code (GB 32100), as they are typed, damaged and put right.

use std::fmt;

use crate::Date;
use crate::text::{half_width, is_blank, is_invisible};

/// A citizen's identity number of 18 characters whose check digit is right. Cards of foreigners and of residents from
/// Hong Kong, Macao and Taiwan follow the same rule.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdNumber(String);

/// Why a text is no identity number. `Display` is English, [`BadIdNumber::zh`] Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadIdNumber {
    /// So many characters instead of 18 (or 15 of an old card).
    Length(usize),
    /// Neither a digit, nor an X at the end.
    Character(char),
    /// Stars: somebody masked it.
    Masked,
    /// No such day of birth.
    Birth,
    /// The check digit is another one.
    Check,
}

impl BadIdNumber {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            BadIdNumber::Length(found) => format!("身份证号应为 18 位，现在是 {found} 位"),
            BadIdNumber::Character(found) => format!("身份证号里不应有“{found}”"),
            BadIdNumber::Masked => "身份证号被遮盖了一部分，请填写完整的号码".into(),
            BadIdNumber::Birth => "身份证号里的出生日期不存在".into(),
            BadIdNumber::Check => "身份证号的校验位不对，请对照证件再看一遍".into(),
        }
    }
}

impl fmt::Display for BadIdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadIdNumber::Length(found) => write!(f, "an identity number has 18 characters, this one has {found}"),
            BadIdNumber::Character(found) => write!(f, "an identity number has no “{found}”"),
            BadIdNumber::Masked => f.write_str("part of the identity number is masked; enter all of it"),
            BadIdNumber::Birth => f.write_str("the day of birth in the identity number does not exist"),
            BadIdNumber::Check => f.write_str("the check digit of the identity number is wrong; compare it with the card"),
        }
    }
}

impl std::error::Error for BadIdNumber {}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// What is left of a number that was typed with spaces, dashes, quotation marks, full-width digits or a small x.
fn plain(typed: &str) -> String {
    let noise = |c: &char| !is_blank(*c) && !is_invisible(*c) && !matches!(c, '\'' | '‘' | '’' | '"' | '“' | '”' | '`' | '-' | '—' | '－');
    typed.chars().filter(noise).map(half_width).map(|c| c.to_ascii_uppercase()).filter(noise).collect()
}

fn check_of(digits: &str) -> Option<char> {
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).map(|d| d * weight)).sum::<Option<u32>>()?;
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

/// The number that these seventeen digits begin, for those who make some up.
pub fn with_check(body: &str) -> Option<String> {
    (body.len() == 17).then(|| check_of(body)).flatten().map(|check| format!("{body}{check}"))
}

impl IdNumber {
    /// Reads a number as it was typed. One of 15 digits, of an old card, gets its century and its check digit.
    ///
    /// # Errors
    /// [`BadIdNumber`]
    pub fn parse(typed: &str) -> Result<IdNumber, BadIdNumber> {
        let text = plain(typed);
        if text.chars().any(|c| matches!(c, '*' | '＊' | '×' | '●')) {
            return Err(BadIdNumber::Masked);
        }
        let found = text.chars().count();
        let last = found.saturating_sub(1);
        if let Some((_, c)) = text.chars().enumerate().find(|(at, c)| !(c.is_ascii_digit() || *c == 'X' && *at == last && found == 18)) {
            return Err(BadIdNumber::Character(c));
        }
        let body = match (found, text.get(..6), text.get(6..15)) {
            (15, Some(place), Some(rest)) => format!("{place}19{rest}"),
            (18, ..) => text.get(..17).unwrap_or("").to_owned(),
            _ => return Err(BadIdNumber::Length(found)),
        };
        let check = check_of(&body).ok_or(BadIdNumber::Length(found))?;
        if found == 18 && !text.ends_with(check) {
            return Err(BadIdNumber::Check);
        }
        let number = IdNumber(format!("{body}{check}"));
        number.birth().map(|_| number).ok_or(BadIdNumber::Birth)
    }

    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, from: usize, to: usize) -> Option<i16> {
        self.0.get(from..to)?.parse().ok()
    }

    /// The day of birth.
    pub fn birth(&self) -> Option<Date> {
        let (year, month, day) = (self.part(6, 10)?, self.part(10, 12)?, self.part(12, 14)?);
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| (1850..=2100).contains(&year))
    }

    /// Whether it is a man's.
    pub fn is_male(&self) -> bool {
        self.part(16, 17).is_some_and(|digit| digit % 2 == 1)
    }

    /// For lists: the first six and the last two characters.
    pub fn masked(&self) -> String {
        format!("{}**********{}", self.0.get(..6).unwrap_or(""), self.0.get(16..).unwrap_or(""))
    }
}

/// Not the number itself: this may end up in a log.
impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

const CREDIT: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Whether a unified social credit code agrees with its check character. Some that were really issued do not: where this
/// says no, a person is warned, and never stopped.
pub fn credit_code_agrees(typed: &str) -> bool {
    let text = plain(typed);
    let values: Option<Vec<usize>> = text.chars().map(|c| CREDIT.find(c)).collect();
    let Some(values) = values.filter(|values| values.len() == 18) else { return false };
    let mut weight = 1;
    let mut sum = 0;
    for value in values.iter().take(17) {
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    values.last() == Some(&((31 - sum) % 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!((number.birth(), number.is_male()), (Some(Date::constant(1949, 12, 31)), false));
        assert_eq!(number.masked(), "110105**********2X");
        assert_eq!(format!("{number:?}"), "110105**********2X");
        assert!(credit_code_agrees("91350100M000100Y43") && !credit_code_agrees("91350100M000100Y4Z"));
        assert!(!credit_code_agrees("91350100M000100Y4") && !credit_code_agrees(""));
    }

    #[test]
    fn as_tables_damage_them() {
        for typed in [
            "11010519491231002x",
            "'11010519491231002X",
            " 110105 1949 1231 002X ",
            "１１０１０５１９４９１２３１００２ｘ",
            "110105-19491231-002X",
        ] {
            assert_eq!(IdNumber::parse(typed).map(|n| n.0), Ok("11010519491231002X".into()), "{typed}");
        }
        // An old card of fifteen digits.
        assert_eq!(IdNumber::parse("110105491231002").map(|n| n.0), Ok("11010519491231002X".into()));
        for (typed, why) in [
            ("110105194912310021", BadIdNumber::Check),
            ("110105194913310024", BadIdNumber::Check),
            ("1101051949123100", BadIdNumber::Length(16)),
            ("", BadIdNumber::Length(0)),
            ("11010519491231X02X", BadIdNumber::Character('X')),
            ("11010519491231００2号", BadIdNumber::Character('号')),
            ("110105**********2X", BadIdNumber::Masked),
            ("110105490231002", BadIdNumber::Birth),
        ] {
            assert_eq!(IdNumber::parse(typed), Err(why), "{typed}");
            assert!(!why.zh().is_empty() && !why.to_string().is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(place in 110_000_u32..660_000, days in 0_i32..40_000, serial in 0_u32..1000, at in 0_usize..17, by in 1_u8..10) {
            let birth = Date::constant(1900, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let body = format!("{place:06}{:04}{:02}{:02}{serial:03}", birth.year(), birth.month(), birth.day());
            let whole = format!("{body}{}", check_of(&body).unwrap());
            proptest::prop_assert!(IdNumber::parse(&whole).is_ok());
            let mut wrong = whole.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            proptest::prop_assert!(IdNumber::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
        }
    }
}
