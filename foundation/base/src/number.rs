//! Public numbers of cases: short enough to be spoken, with a check digit so that a slip of the ear is found.
//!
//! Fourteen digits: the date (`YYMMDD`), seven random digits, and a check digit after ISO 7064 MOD 11,10,
//! which finds every wrong digit. Numbers do not count up, so that they do not tell how many cases there are.
//! Those of one instant lie near each other, wherever that is: of many that come at once, the index by
//! number then changes a few pages instead of one for each.

use std::fmt;

use crate::Ctx;

/// Digits of a number.
pub const DIGITS: usize = 14;

/// Why a typed text is no number. `Display` is English, [`NumberError::zh`] Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// Nothing was typed.
    Empty,
    /// A character that no number has.
    Character(char),
    /// So many digits instead of fourteen.
    Length(usize),
    /// The check digit does not fit: a digit was misheard or mistyped.
    CheckDigit,
}

impl NumberError {
    /// The same in Chinese, for the person who typed it.
    pub fn zh(&self) -> String {
        match self {
            NumberError::Empty => "请填写编号".into(),
            NumberError::Character(found) => format!("编号里不应有“{found}”"),
            NumberError::Length(digits) => format!("编号应为 14 位数字，现在是 {digits} 位"),
            NumberError::CheckDigit => "编号有一位不对，请再看一遍".into(),
        }
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberError::Empty => f.write_str("enter the number"),
            NumberError::Character(found) => write!(f, "a number has no “{found}”"),
            NumberError::Length(digits) => write!(f, "a number has 14 digits, this one has {digits}"),
            NumberError::CheckDigit => f.write_str("the check digit is wrong: one digit differs, look again"),
        }
    }
}

impl std::error::Error for NumberError {}

/// How many seven-digit numbers there are.
const ALL: u64 = 10_000_000;
/// Numbers near each other: those of one instant are drawn from so many.
const NEAR: u64 = 8_192;
/// An instant, in microseconds.
const INSTANT: i64 = 20_000;

/// A new number, as it is stored: fourteen digits. Two of one day are seldom equal; the store's unique
/// index finds it, and the operation takes one from [`anywhere`].
pub fn draw(ctx: &Ctx) -> String {
    // Where the numbers of this instant lie: spread over all of them by a mixing of bits, not a secret.
    let mut mixed = ctx.now.0.div_euclid(INSTANT).cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    numbered(ctx, (mixed >> 16) % ALL + ctx.random().below(NEAR))
}

/// Another number, for when the first was taken.
pub fn anywhere(ctx: &Ctx) -> String {
    numbered(ctx, ctx.random().below(ALL))
}

fn numbered(ctx: &Ctx, n: u64) -> String {
    let date = ctx.now.date();
    let year = date.year().rem_euclid(100);
    let mut number = format!("{year:02}{:02}{:02}{:07}", date.month(), date.day(), n % ALL);
    number.push(char::from(b'0' + check_digit(number.as_bytes())));
    number
}

/// Reads a number as people type or read it out: spaces, dashes, full-width digits.
///
/// # Errors
/// [`NumberError`], in words for the person who typed it.
pub fn parse(typed: &str) -> Result<String, NumberError> {
    let mut digits = String::with_capacity(DIGITS);
    for c in typed.chars() {
        match crate::text::half_width(c) {
            digit @ '0'..='9' => digits.push(digit),
            '-' | '_' | '.' | '–' | '—' | '－' | '―' | '·' | '/' => {}
            c if crate::text::is_blank(c) || crate::text::is_invisible(c) => {}
            _ => return Err(NumberError::Character(c)),
        }
    }
    match (digits.len(), digits.as_bytes().split_last()) {
        (0, _) => Err(NumberError::Empty),
        (DIGITS, Some((last, rest))) if b'0' + check_digit(rest) == *last => Ok(digits),
        (DIGITS, _) => Err(NumberError::CheckDigit),
        (length, _) => Err(NumberError::Length(length)),
    }
}

/// In groups for the eye and the ear: `261121-4827-1934`.
pub fn show(number: &str) -> String {
    match (number.get(..6), number.get(6..10), number.get(10..)) {
        (Some(date), Some(first), Some(rest)) if !rest.is_empty() => format!("{date}-{first}-{rest}"),
        _ => number.to_owned(),
    }
}

/// ISO 7064 MOD 11,10 over ASCII digits.
fn check_digit(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (product + (digit - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Date, Env, FixedClock, Keys, SeededRandom, Time};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn ctx(seed: u64) -> Ctx {
        let random = Arc::new(SeededRandom::new(seed));
        let keys = Arc::new(Keys::seeded(&*random));
        let clock = Arc::new(FixedClock::at(Time::from_civil(Date::constant(2026, 11, 21).at(9, 0, 0, 0))));
        Env { clock, random, rules: crate::rules::Rules::builtin(), keys }.ctx()
    }

    #[test]
    fn the_published_example_of_the_algorithm() {
        assert_eq!(check_digit(b"0794"), 5, "the standard's own example, 0794 5");
    }

    #[test]
    fn drawn_shown_and_read_back() {
        let number = draw(&ctx(1));
        assert!(number.starts_with("261121") && number.len() == DIGITS, "{number}");
        assert_eq!(parse(&show(&number)), Ok(number.clone()));
        let spoken: String = number.chars().map(|c| char::from_u32(u32::from(c) - 48 + 0xff10).unwrap()).collect();
        assert_eq!(parse(&format!(" {spoken} ")), Ok(number));
        assert_eq!(show("12"), "12");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(" - "), Err(NumberError::Empty));
        assert_eq!(parse("26112"), Err(NumberError::Length(5)));
        assert_eq!(parse("A261121"), Err(NumberError::Character('A')));
        assert_eq!(NumberError::Length(5).zh(), "编号应为 14 位数字，现在是 5 位");
    }

    proptest! {
        #[test]
        fn any_drawn_number_is_read_back_and_any_wrong_digit_is_found(seed: u64, at in 0usize..DIGITS, by in 1u8..10) {
            let number = draw(&ctx(seed));
            prop_assert_eq!(parse(&show(&number)), Ok(number.clone()));
            let mut wrong = number.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert_eq!(parse(&String::from_utf8(wrong).unwrap()), Err(NumberError::CheckDigit));
        }

        #[test]
        fn never_panics(typed in "\\PC{0,40}") {
            let _ = parse(&typed);
            let _ = show(&typed);
        }
    }
}
