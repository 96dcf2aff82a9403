//! Chinese telephone numbers as people type them: eleven-digit mobiles and landlines with their area code.

use std::fmt;

/// A telephone number in digits only: a mobile (`13812341234`) or a landline with its area code (`053212345678`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// What is wrong with a typed number. `Display` is English, [`PhoneError::zh`] Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was typed.
    Empty,
    /// A character that no telephone number has.
    Character(char),
    /// A mobile number with so many digits instead of eleven.
    MobileLength(usize),
    /// Eleven digits that begin with 10, 11 or 12, which no mobile does.
    MobileStart,
    /// A landline number without its area code.
    NoAreaCode,
    /// A landline number with so many digits, where area code and number have ten to twelve.
    LandlineLength(usize),
    /// More digits than any number has.
    TooLong(usize),
}

impl PhoneError {
    /// The same in Chinese, for the person who typed it.
    pub fn zh(&self) -> String {
        match self {
            PhoneError::Empty => "请填写电话号码".into(),
            PhoneError::Character(found) => format!("电话号码里不应有“{found}”"),
            PhoneError::MobileLength(digits) => format!("手机号应为 11 位，现在是 {digits} 位"),
            PhoneError::MobileStart => "手机号应以 13 至 19 开头，请再看一遍".into(),
            PhoneError::NoAreaCode => "请填写 11 位手机号，固定电话请在前面加区号".into(),
            PhoneError::LandlineLength(digits) => format!("固定电话连区号应为 10 至 12 位，现在是 {digits} 位"),
            PhoneError::TooLong(digits) => format!("电话号码太长，现在是 {digits} 位"),
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhoneError::Empty => f.write_str("enter a telephone number"),
            PhoneError::Character(found) => write!(f, "a telephone number has no “{found}”"),
            PhoneError::MobileLength(digits) => write!(f, "a mobile number has 11 digits, this one has {digits}"),
            PhoneError::MobileStart => f.write_str("a mobile number begins with 13 to 19; check the first digits"),
            PhoneError::NoAreaCode => f.write_str("enter an 11-digit mobile number, or put the area code before a landline number"),
            PhoneError::LandlineLength(digits) => {
                write!(f, "a landline number has 10 to 12 digits with its area code, this one has {digits}")
            }
            PhoneError::TooLong(digits) => write!(f, "{digits} digits are too many for a telephone number"),
        }
    }
}

impl std::error::Error for PhoneError {}

impl Phone {
    /// Reads what was typed: full-width digits, spaces, dashes, brackets and a leading `+86` are accepted.
    ///
    /// # Errors
    /// [`PhoneError`], in words for the person who typed it.
    pub fn parse(typed: &str) -> Result<Phone, PhoneError> {
        let mut digits = String::with_capacity(12);
        let mut plus = false;
        for c in typed.chars() {
            match crate::text::half_width(c) {
                digit @ '0'..='9' => digits.push(digit),
                '+' if digits.is_empty() && !plus => plus = true,
                '-' | '(' | ')' | '.' | '_' | '–' | '—' | '－' | '―' | '·' => {}
                c if crate::text::is_blank(c) || crate::text::is_invisible(c) => {}
                _ => return Err(PhoneError::Character(c)),
            }
        }
        let bare = if plus || digits.len() > 12 {
            digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(&digits)
        } else {
            &digits
        };
        // Abroad, an area code loses its zero: +86 532 … is 0532 ….
        let mobile = bare.starts_with('1') && !bare.starts_with("10");
        let number = if plus && !bare.is_empty() && !bare.starts_with('0') && !mobile { format!("0{bare}") } else { bare.to_owned() };
        let length = number.len();
        match number.as_bytes() {
            [] => Err(PhoneError::Empty),
            _ if length > 12 => Err(PhoneError::TooLong(length)),
            [b'0', ..] if length < 10 => Err(PhoneError::LandlineLength(length)),
            [b'0', b'0', ..] => Err(PhoneError::NoAreaCode),
            [b'0', ..] => Ok(Phone(number)),
            [b'1', b'3'..=b'9', ..] if length == 11 => Ok(Phone(number)),
            [b'1', ..] if length == 11 => Err(PhoneError::MobileStart),
            [b'1', b'3'..=b'9', ..] => Err(PhoneError::MobileLength(length)),
            [b'2'..=b'9', ..] if length == 7 || length == 8 => Err(PhoneError::NoAreaCode),
            _ => Err(PhoneError::MobileLength(length)),
        }
    }

    /// The digits, for sealing and for the blind index.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// Whether it is a mobile, which can take a text message.
    pub fn is_mobile(&self) -> bool {
        self.0.starts_with('1')
    }

    /// With its middle hidden: `138****1234`, `0532****5678`.
    pub fn masked(&self) -> String {
        let head = if self.is_mobile() || self.0.starts_with("01") || self.0.starts_with("02") { 3 } else { 4 };
        let tail = self.0.len().saturating_sub(4);
        format!("{}****{}", self.0.get(..head).unwrap_or(""), self.0.get(tail..).unwrap_or(""))
    }
}

/// Shows the number masked, so that none reaches a log by accident.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        for (typed, digits, masked) in [
            ("13812341234", "13812341234", "138****1234"),
            (" 138-1234 1234 ", "13812341234", "138****1234"),
            ("１３８１２３４１２３４", "13812341234", "138****1234"),
            ("+86 138 1234 1234", "13812341234", "138****1234"),
            ("008613812341234", "13812341234", "138****1234"),
            ("0532-12345678", "053212345678", "0532****5678"),
            ("（010）1234 5678", "01012345678", "010****5678"),
            ("+86 10 1234 5678", "01012345678", "010****5678"),
            ("+86 532 1234 5678", "053212345678", "0532****5678"),
            ("0715\u{200b}1234567", "07151234567", "0715****4567"),
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!((phone.digits(), phone.masked().as_str()), (digits, masked), "{typed}");
        }
        assert_eq!(format!("{:?}", Phone::parse("13812341234").unwrap()), "Phone(138****1234)");
    }

    #[test]
    fn says_what_is_wrong() {
        for (typed, error) in [
            ("", PhoneError::Empty),
            ("  - ", PhoneError::Empty),
            ("1381234123", PhoneError::MobileLength(10)),
            ("12812341234", PhoneError::MobileStart),
            ("12345678", PhoneError::MobileLength(8)),
            ("82345678", PhoneError::NoAreaCode),
            ("0532123", PhoneError::LandlineLength(7)),
            ("138123412345678", PhoneError::TooLong(15)),
            ("138电话", PhoneError::Character('电')),
            ("138+12341234", PhoneError::Character('+')),
        ] {
            assert_eq!(Phone::parse(typed), Err(error), "{typed}");
        }
        assert_eq!(PhoneError::MobileLength(10).zh(), "手机号应为 11 位，现在是 10 位");
    }

    proptest! {
        #[test]
        fn never_panics_and_what_it_accepts_it_accepts_again(typed in "\\PC{0,40}") {
            if let Ok(phone) = Phone::parse(&typed) {
                prop_assert_eq!(Phone::parse(phone.digits()).unwrap(), phone);
            }
        }

        #[test]
        fn every_mobile_is_read_and_masked(rest in 0u64..1_000_000_000, second in 3u8..=9) {
            let typed = format!("1{second}{rest:09}");
            let phone = Phone::parse(&typed).unwrap();
            prop_assert_eq!(phone.digits(), &typed);
            prop_assert_eq!(phone.masked().len(), 11);
        }
    }
}
