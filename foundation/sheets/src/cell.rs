//! One cell as a file holds it, before anybody says what it should be.

use jiff::civil::DateTime;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, exactly as in the file.
    Text(Box<str>),
    /// A number; whole numbers too, since a workbook knows no other.
    Number(f64),
    /// A date cell; at midnight it has no time of day.
    Date(DateTime),
    /// True or false.
    Bool(bool),
    /// What a formula shows that went wrong, as `#N/A`.
    Error(Box<str>),
}

/// From here on a number of a workbook no longer holds every digit of what was typed (2⁵³ ≈ 9.007 × 10¹⁵).
pub(crate) const DIGITS_LOST: f64 = 9_007_199_254_740_992.0;

impl Cell {
    /// The empty cell, for rows that are shorter than the header.
    pub(crate) const EMPTY: &'static Cell = &Cell::Empty;

    /// Text of any kind.
    pub fn text(text: &str) -> Cell {
        if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
    }

    /// The cell as a person sees it in the file: for messages, previews and the workbook of errors.
    pub fn as_written(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Error(text) => text.to_string(),
            Cell::Number(number) => number_as_written(*number),
            Cell::Date(at) if at.time() == jiff::civil::Time::midnight() => at.date().to_string(),
            Cell::Date(at) => format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second()),
            Cell::Bool(true) => "TRUE".into(),
            Cell::Bool(false) => "FALSE".into(),
        }
    }

    /// Whether nothing stands in the cell, or only white space.
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.chars().all(|c| base::text::is_blank(c) || base::text::is_invisible(c)),
            _ => false,
        }
    }

    /// Whether nothing stands in the cell, or one of the signs that forms ask for instead of nothing: 无, —, /.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Text(text) => self.is_empty() || means_nothing(text),
            other => other.is_empty(),
        }
    }
}

fn number_as_written(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < DIGITS_LOST {
        format!("{number:.0}")
    } else if number.abs() >= DIGITS_LOST {
        // As spreadsheet programs show it: 1.10105E+17.
        let text = format!("{number:.5E}");
        text.replace('E', "E+")
    } else {
        format!("{number}")
    }
}

fn means_nothing(text: &str) -> bool {
    if text.len() > 24 {
        return false;
    }
    let folded = base::text::fold(&base::text::clean_line(text));
    matches!(folded.as_str(), "无" | "暂无" | "空" | "没有" | "n/a" | "na" | "nil" | "null" | "none" | "/" | "\\")
        || !folded.is_empty() && folded.chars().all(|c| matches!(c, '-' | '—' | '–' | '―' | '_' | '·' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_as_the_program_shows_them() {
        for (number, shown) in
            [(1.0, "1"), (-3.0, "-3"), (0.5, "0.5"), (160_212.0, "160212"), (1.101_05e17, "1.10105E+17"), (2019.07, "2019.07")]
        {
            assert_eq!(Cell::Number(number).as_written(), shown);
        }
        assert_eq!(Cell::Date(jiff::civil::date(2019, 7, 1).at(0, 0, 0, 0)).as_written(), "2019-07-01");
        assert_eq!(Cell::Date(jiff::civil::date(2019, 7, 1).at(9, 5, 0, 0)).as_written(), "2019-07-01 09:05:00");
    }

    #[test]
    fn signs_for_nothing() {
        for blank in ["", " \u{a0}\u{3000}\u{200b}", "无", " 无 ", "—", "——", "-", "－", "/", "N/A", "暂无"] {
            assert!(Cell::text(blank).is_blank(), "{blank:?}");
        }
        for filled in ["无锡", "一", "0", "没有电梯", "-5"] {
            assert!(!Cell::text(filled).is_blank(), "{filled:?}");
        }
        assert!(!Cell::Number(0.0).is_blank() && Cell::text("无").as_written() == "无");
    }
}
