//! Division codes (统计用区划代码, 12 digits) and grid codes (15 digits), with the levels they tell.

use std::fmt;
use std::str::FromStr;

/// A 12-digit division code: 6 digits to the county, 3 for the town, 3 for the community; upper levels padded with zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode(u64);

/// A 15-digit grid code: the community's division code and a serial number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GridCode(u64);

/// How deep a division code goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DivisionLevel {
    /// 省、直辖市
    Province,
    /// 地市
    Prefecture,
    /// 区县
    County,
    /// 镇街
    Town,
    /// 社区、村
    Community,
}

/// Why a text is no code. `Display` is English, [`BadCode::zh`] Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCode {
    /// Not a digit.
    Character(char),
    /// So many digits (second) instead of the wanted number (first).
    Length(usize, usize),
    /// A level is filled below one that is empty, or the province is missing.
    Hole,
}

impl BadCode {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            BadCode::Character(found) => format!("编码里不应有“{found}”"),
            BadCode::Length(wanted, found) => format!("编码应为 {wanted} 位数字，现在是 {found} 位"),
            BadCode::Hole => "编码中间有一级是 0，请再看一遍".into(),
        }
    }
}

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadCode::Character(found) => write!(f, "a code has no “{found}”"),
            BadCode::Length(wanted, found) => write!(f, "the code has {wanted} digits, this one has {found}"),
            BadCode::Hole => f.write_str("a level in the middle of the code is 0; check it"),
        }
    }
}

impl std::error::Error for BadCode {}

/// What one step of the code is divided by, from the community up.
const STEPS: [(DivisionLevel, u64); 5] = [
    (DivisionLevel::Community, 1),
    (DivisionLevel::Town, 1_000),
    (DivisionLevel::County, 1_000_000),
    (DivisionLevel::Prefecture, 100_000_000),
    (DivisionLevel::Province, 10_000_000_000),
];

impl DivisionCode {
    /// The level, told by the zeros at the end.
    pub fn level(self) -> DivisionLevel {
        let deeper = |(_, unit): &&(DivisionLevel, u64)| *unit > 1 && self.0.is_multiple_of(*unit);
        match STEPS.iter().filter(deeper).count() {
            0 => DivisionLevel::Community,
            1 => DivisionLevel::Town,
            2 => DivisionLevel::County,
            3 => DivisionLevel::Prefecture,
            _ => DivisionLevel::Province,
        }
    }

    /// The code one level up; none above a province.
    pub fn parent(self) -> Option<DivisionCode> {
        let level = self.level();
        // STEPS runs from the community up: the first level above is the next one.
        let (_, unit) = STEPS.iter().find(|(above, _)| *above < level)?;
        Some(DivisionCode(self.0 / unit * unit))
    }

    /// Whether this division lies in another one, or is it.
    pub fn is_within(self, other: DivisionCode) -> bool {
        let unit = STEPS.iter().find(|(level, _)| *level == other.level()).map_or(1, |(_, unit)| *unit);
        self.0 / unit == other.0 / unit
    }

    /// The digits without the zeros that pad upper levels: a prefix of every code within.
    pub fn prefix(self) -> String {
        let digits = self.to_string();
        let kept = match self.level() {
            DivisionLevel::Province => 2,
            DivisionLevel::Prefecture => 4,
            DivisionLevel::County => 6,
            DivisionLevel::Town => 9,
            DivisionLevel::Community => 12,
        };
        digits.get(..kept).unwrap_or(&digits).to_owned()
    }
}

impl GridCode {
    /// The community the grid belongs to.
    pub fn community(self) -> DivisionCode {
        DivisionCode(self.0 / 1000)
    }

    /// The serial number within the community.
    pub fn serial(self) -> u16 {
        u16::try_from(self.0 % 1000).unwrap_or(0)
    }

    /// The code of a community's grid.
    ///
    /// # Errors
    /// Where the division is no community, or the serial number has more than three digits or is 0.
    pub fn of(community: DivisionCode, serial: u16) -> Result<GridCode, BadCode> {
        if community.level() != DivisionLevel::Community || serial == 0 || serial > 999 {
            return Err(BadCode::Hole);
        }
        Ok(GridCode(community.0 * 1000 + u64::from(serial)))
    }
}

/// Reads exactly so many digits; full-width digits, blanks and a leading apostrophe are accepted.
fn digits(typed: &str, wanted: usize) -> Result<u64, BadCode> {
    let (mut value, mut count) = (0u64, 0usize);
    for c in typed.chars() {
        match crate::text::half_width(c) {
            digit @ '0'..='9' => {
                value = value.saturating_mul(10).saturating_add(u64::from(digit) - u64::from('0'));
                count += 1;
            }
            '\'' if count == 0 => {}
            c if crate::text::is_blank(c) || crate::text::is_invisible(c) => {}
            _ => return Err(BadCode::Character(c)),
        }
    }
    if count == wanted { Ok(value) } else { Err(BadCode::Length(wanted, count)) }
}

impl FromStr for DivisionCode {
    type Err = BadCode;

    fn from_str(typed: &str) -> Result<DivisionCode, BadCode> {
        let value = digits(typed, 12)?;
        let parts = [value / 10_000_000_000, value / 100_000_000 % 100, value / 1_000_000 % 100, value / 1_000 % 1_000, value % 1_000];
        let filled = parts.iter().take_while(|part| **part > 0).count();
        if filled == 0 || parts.iter().skip(filled).any(|part| *part > 0) {
            return Err(BadCode::Hole);
        }
        Ok(DivisionCode(value))
    }
}

impl FromStr for GridCode {
    type Err = BadCode;

    fn from_str(typed: &str) -> Result<GridCode, BadCode> {
        let value = digits(typed, 15)?;
        let community: DivisionCode = format!("{:012}", value / 1000).parse()?;
        GridCode::of(community, u16::try_from(value % 1000).unwrap_or(0))
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Display for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for GridCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    #[test]
    fn levels_and_parents() {
        let chain = ["370203001012", "370203001000", "370203000000", "370200000000", "370000000000"];
        let levels =
            [DivisionLevel::Community, DivisionLevel::Town, DivisionLevel::County, DivisionLevel::Prefecture, DivisionLevel::Province];
        for (at, text) in chain.iter().enumerate() {
            assert_eq!(code(text).level(), levels[at], "{text}");
            assert_eq!(code(text).parent().map(|p| p.to_string()).as_deref(), chain.get(at + 1).copied(), "{text}");
            assert!(code(chain[0]).is_within(code(text)));
            assert!(chain[0].starts_with(&code(text).prefix()));
        }
        assert!(!code("370203002000").is_within(code("370203001000")) && !code(chain[1]).is_within(code(chain[0])));
    }

    #[test]
    fn grids() {
        let grid: GridCode = "'３７０２０３００１０１２００７ ".parse().unwrap();
        assert_eq!((grid.community(), grid.serial(), grid.to_string().as_str()), (code("370203001012"), 7, "370203001012007"));
        assert_eq!(GridCode::of(code("370203001000"), 1), Err(BadCode::Hole));
        assert_eq!("370203001012000".parse::<GridCode>(), Err(BadCode::Hole));
        assert_eq!("37020300101200".parse::<GridCode>(), Err(BadCode::Length(15, 14)));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!("37020300101".parse::<DivisionCode>(), Err(BadCode::Length(12, 11)));
        assert_eq!("37020300101a".parse::<DivisionCode>(), Err(BadCode::Character('a')));
        assert_eq!("370200001012".parse::<DivisionCode>(), Err(BadCode::Hole));
        assert_eq!("000000000000".parse::<DivisionCode>(), Err(BadCode::Hole));
        assert_eq!(BadCode::Length(12, 11).zh(), "编码应为 12 位数字，现在是 11 位");
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(value in 0u64..1_000_000_000_000, typed in "\\PC{0,20}") {
            if let Ok(code) = format!("{value:012}").parse::<DivisionCode>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
                prop_assert!(code.parent().is_none_or(|p| code.is_within(p) && p.level() < code.level()));
            }
            let _ = typed.parse::<DivisionCode>();
            let _ = typed.parse::<GridCode>();
        }
    }
}
