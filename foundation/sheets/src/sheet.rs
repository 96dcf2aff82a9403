//! The table within a sheet: a merged title above, the header, an instruction row under it, the records,
//! and what offices put below: totals and signature lines.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::column::{Column, map};
use crate::read::{Grid, Limits, ReadError, Row, grids};

/// A table with its header.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The sheet's name; empty for CSV.
    pub name: String,
    /// Lines above the header, as the title of the form.
    pub title: Vec<String>,
    /// The header's row number in the file, from 1.
    pub header_row: u32,
    /// The headers, cleaned, from the first column on.
    pub headers: Vec<String>,
    /// The row above the headers that groups them, where the header has two rows; cleaned, by column.
    pub groups: Vec<String>,
    /// The second row of the header as it is written, where it has two.
    pub under: Vec<String>,
    /// The records.
    pub rows: Vec<Row>,
    /// Rows that are taken for no records, in the order of the file; of very many the first.
    pub skipped: Vec<LeftOut>,
    /// How many these are in all.
    pub left_out: usize,
    /// Names of the file's other sheets that hold something.
    pub other_sheets: Vec<String>,
}

/// A row that is taken for no record. A person sees it before anything is brought in, and may have it taken in all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its number in the file, from 1.
    pub row: u32,
    /// What it is taken for.
    pub why: Skipped,
    /// The beginning of what stands in it.
    pub text: String,
}

/// Rows left out that are kept to be shown: a form that is numbered down to its last row has thousands.
const KEPT: usize = 200;

/// Characters of one that are shown.
const SHOWN: usize = 60;

/// Why a row is no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// 填表说明、示例
    Instructions,
    /// 合计
    Total,
    /// 填表人、审核人、盖章
    Signature,
    /// Only its serial number is filled in.
    NumberOnly,
    /// The header once more, as when pages were put together.
    HeaderAgain,
}

impl Skipped {
    /// What it is taken for, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Skipped::Instructions => "填表说明或示例",
            Skipped::Total => "合计",
            Skipped::Signature => "填表人、审核等签字",
            Skipped::NumberOnly => "只有序号",
            Skipped::HeaderAgain => "重复的表头",
        }
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        match self {
            Skipped::Instructions => "an instruction or a sample",
            Skipped::Total => "a total",
            Skipped::Signature => "a line for signatures",
            Skipped::NumberOnly => "a serial number and nothing else",
            Skipped::HeaderAgain => "the header once more",
        }
    }
}

/// Rows in which the header is looked for.
pub(crate) const HEADER_WITHIN: usize = 20;

/// Rows at the end in which signature lines are looked for.
pub(crate) const SIGNATURES_WITHIN: usize = 6;

/// Reads the table that fits the columns best: the first sheet whose header names any of them, or else the first.
///
/// # Errors
/// [`ReadError`], in words for the person who chose the file.
pub fn read(bytes: &[u8], columns: &[Column]) -> Result<Sheet, ReadError> {
    read_with(bytes, columns, None, &Limits::default())
}

/// The same with other limits, and with the name of the sheet to be read.
///
/// # Errors
/// [`ReadError`]
pub fn read_with(bytes: &[u8], columns: &[Column], sheet: Option<&str>, limits: &Limits) -> Result<Sheet, ReadError> {
    read_taking(bytes, columns, sheet, limits, &BTreeSet::new())
}

/// The same, with rows that a person wants taken in whatever they are taken for.
///
/// # Errors
/// [`ReadError`]
pub fn read_taking(
    bytes: &[u8],
    columns: &[Column],
    sheet: Option<&str>,
    limits: &Limits,
    taken: &BTreeSet<u32>,
) -> Result<Sheet, ReadError> {
    let mut grids = grids(bytes, limits)?;
    let at = match sheet {
        Some(name) => grids.iter().position(|g| g.name == name).ok_or_else(|| ReadError::NoSheet(name.to_owned()))?,
        None => grids.iter().position(|grid| Sheet::fits(grid, columns)).unwrap_or(0),
    };
    let grid = grids.remove(at);
    let mut sheet = Sheet::taking(grid, columns, taken);
    sheet.other_sheets = grids.into_iter().map(|g| g.name).collect();
    Ok(sheet)
}

/// Where the header is among the rows, and how many columns it names.
fn header(grid: &Grid, columns: &[Column]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for (at, row) in grid.rows.iter().take(HEADER_WITHIN).enumerate() {
        let known = map(&headers_of(row), columns).count();
        if known > best.map_or(0, |(_, most)| most) {
            best = Some((at, known));
        }
    }
    // One name of many may stand in a sentence of the title; two may not.
    let wanted = columns.len().min(2);
    best.filter(|(_, known)| *known >= wanted).or_else(|| {
        let texts = |row: &Row| row.cells.iter().filter(|c| !c.is_empty()).count();
        let widest = grid.rows.iter().take(HEADER_WITHIN).map(texts).max()?;
        let first = grid.rows.iter().take(HEADER_WITHIN).position(|row| texts(row) * 2 > widest && texts(row) >= widest.min(2))?;
        Some((first, best.map_or(0, |(_, known)| known)))
    })
}

/// Whether the header has two rows, as under 家庭住址 stand 小区, 楼 and 室: the row found and the one above or
/// below it, which together name more columns than it does alone. Gives the upper row.
fn two_rows(grid: &Grid, columns: &[Column], at: usize, known: usize) -> (usize, bool) {
    let pair = |upper: usize| {
        let (one, other) = (grid.rows.get(upper)?, grid.rows.get(upper + 1)?);
        // A row further down is no second row of a header, and a title has one cell only.
        let filled = one.cells.iter().filter(|cell| !cell.is_empty()).count();
        (other.number == one.number + 1 && filled > 1).then(|| map(&joined(&headers_of(one), &headers_of(other)), columns).count())
    };
    let below: Option<usize> = pair(at);
    let above: Option<usize> = at.checked_sub(1).and_then(pair);
    match (above, below) {
        (Some(more), other) if more > known && other.is_none_or(|other| more >= other) => (at - 1, true),
        (_, Some(more)) if more > known => (at, true),
        _ => (at, false),
    }
}

/// The lower row's words where it has any, otherwise the upper row's.
fn joined(upper: &[String], lower: &[String]) -> Vec<String> {
    (0..upper.len().max(lower.len()))
        .map(|at| lower.get(at).filter(|text| !text.is_empty()).or_else(|| upper.get(at)).cloned().unwrap_or_default())
        .collect()
}

fn headers_of(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| base::text::clean_line(&cell.as_written())).collect()
}

impl Sheet {
    /// Whether a grid's header names any of the columns.
    pub(crate) fn fits(grid: &Grid, columns: &[Column]) -> bool {
        header(grid, columns).is_some_and(|(_, known)| known > 0)
    }

    /// The last row of the header.
    pub(crate) fn last_header_row(&self) -> u32 {
        self.header_row.saturating_add(u32::from(!self.under.is_empty()))
    }

    /// Notes a row that is taken for no record.
    pub(crate) fn leave_out(&mut self, row: &Row, why: Skipped) {
        self.left_out += 1;
        if self.skipped.len() < KEPT {
            let cells: Vec<String> = headers_of(row).into_iter().filter(|text| !text.is_empty()).collect();
            self.skipped.push(LeftOut { row: row.number, why, text: base::text::excerpt(&cells.join(" "), SHOWN) });
        }
    }

    /// The table without its rows, those that were left out among them: what a record is read by.
    pub fn bare(&self) -> Sheet {
        Sheet {
            name: self.name.clone(),
            title: self.title.clone(),
            header_row: self.header_row,
            headers: self.headers.clone(),
            groups: self.groups.clone(),
            under: self.under.clone(),
            ..Sheet::default()
        }
    }

    /// Finds the header in a grid and sorts out what is no record.
    pub fn new(grid: Grid, columns: &[Column]) -> Sheet {
        Sheet::taking(grid, columns, &BTreeSet::new())
    }

    /// The same, with rows that a person wants taken in whatever they are taken for.
    pub fn taking(grid: Grid, columns: &[Column], taken: &BTreeSet<u32>) -> Sheet {
        let Some((at, known)) = header(&grid, columns) else { return Sheet { name: grid.name, ..Sheet::default() } };
        let (at, two) = two_rows(&grid, columns, at, known);
        let mut sheet = Sheet { name: grid.name, ..Sheet::default() };
        let total = grid.rows.len();
        let last = at + usize::from(two);
        // Instructions stand right under the header, and samples right under them.
        let mut leads = true;
        for (i, row) in grid.rows.into_iter().enumerate() {
            if i < at {
                let line: Vec<String> = headers_of(&row).into_iter().filter(|text| !text.is_empty()).collect();
                sheet.title.push(line.join(" "));
            } else if i == at {
                sheet.header_row = row.number;
                sheet.headers = headers_of(&row);
            } else if i == last {
                sheet.groups = std::mem::take(&mut sheet.headers);
                sheet.under = headers_of(&row);
                sheet.headers = joined(&sheet.groups, &sheet.under);
            } else {
                let why = no_record(&row, &sheet.headers, leads, i + SIGNATURES_WITHIN >= total);
                leads &= why == Some(Skipped::Instructions);
                match why.filter(|_| !taken.contains(&row.number)) {
                    Some(why) => sheet.leave_out(&row, why),
                    None => sheet.rows.push(row),
                }
            }
        }
        while sheet.headers.last().is_some_and(String::is_empty) {
            sheet.headers.pop();
        }
        sheet
    }

    /// The header of a column, or its letter where it has none.
    pub fn header(&self, column: usize) -> String {
        match self.headers.get(column) {
            Some(header) if !header.is_empty() => header.clone(),
            _ => crate::read::letters(column),
        }
    }
}

/// Why a row is no record; `leads` says that nothing but instructions stands between it and the header.
pub(crate) fn no_record(row: &Row, headers: &[String], leads: bool, last: bool) -> Option<Skipped> {
    let filled: Vec<(usize, String)> =
        row.cells.iter().enumerate().filter(|(_, c)| !c.is_empty()).map(|(at, c)| (at, short(&c.as_written()))).collect();
    let (at, start) = filled.first()?;
    let begins = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
    let serial = headers.get(*at).is_some_and(|h| matches!(h.replace(' ', "").as_str(), "序号" | "No." | "No" | "#"));
    if leads && is_instruction(start, filled.len() == 1, *at, serial) {
        return Some(Skipped::Instructions);
    }
    // A header that holds the word means that the word is a value here.
    let sum = ["合计", "总计", "小计", "共计", "本页合计", "本页小计", "总数"];
    if sum.contains(&start.trim_end_matches([':', '：'])) && filled.len() <= headers.len() {
        return Some(Skipped::Total);
    }
    let signature = [
        "填表人",
        "填报人",
        "填报单位",
        "填报时间",
        "填报日期",
        "制表",
        "审核",
        "复核",
        "负责人",
        "单位负责人",
        "分管领导",
        "主要领导",
        "经办人",
        "签字",
        "签名",
        "盖章",
        "(盖章",
        "（盖章",
        "单位(",
        "单位（",
    ];
    let ends_open = |text: &String| text.ends_with([':', '：']) || text.contains([':', '：']);
    if last && begins(&signature) && filled.len() <= 8 && filled.iter().any(|(_, text)| ends_open(text)) {
        return Some(Skipped::Signature);
    }
    if filled.len() == 1 && serial && headers.len() > 1 {
        return Some(Skipped::NumberOnly);
    }
    let same = |(at, text): &(usize, String)| headers.get(*at).is_some_and(|h| !h.is_empty() && short(h) == *text);
    if filled.len() > 1 && filled.iter().all(same) {
        return Some(Skipped::HeaderAgain);
    }
    None
}

/// Whether a row under the header tells how to fill in the form, or shows how: by its first cell, whether that is the
/// only one, in which column it stands, and whether that counts the rows.
///
/// A value may begin with such a word (示例小学, 说明书丢失): beside other cells it counts only where it says nothing else.
fn is_instruction(start: &str, alone: bool, at: usize, serial: bool) -> bool {
    const FORM: [&str; 3] = ["填表说明", "填写说明", "填表要求"];
    const SAMPLE: [&str; 3] = ["示例", "样例", "例"];
    const OTHER: [&str; 3] = ["说明", "注", "备注"];
    let bare = start.trim_matches(|c: char| matches!(c, ':' | '：' | '(' | ')' | '（' | '）' | '【' | '】' | '[' | ']'));
    let whole = |words: &[&str]| words.contains(&bare);
    let followed = |words: &[&str]| words.iter().any(|word| start.strip_prefix(word).is_some_and(|rest| rest.starts_with([':', '：'])));
    if alone {
        return FORM.iter().any(|word| start.starts_with(word)) || followed(&SAMPLE) || followed(&OTHER) || whole(&SAMPLE) || whole(&OTHER);
    }
    let counted = |word: &str| bare.strip_prefix(word).is_some_and(|rest| !rest.is_empty() && rest.chars().all(char::is_numeric));
    if serial {
        return whole(&FORM) || whole(&SAMPLE) || whole(&OTHER) || SAMPLE.into_iter().any(counted);
    }
    at == 0 && (whole(&FORM) || whole(&SAMPLE) || followed(&FORM) || followed(&SAMPLE))
}

/// The first characters without white space, enough to tell what a row is.
fn short(text: &str) -> String {
    text.chars().filter(|c| !base::text::is_blank(*c) && !base::text::is_invisible(*c)).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::tests::COLUMNS;

    const FORM: &str = "东门社区留言汇总表,,,,\n填报单位：东门社区,,,2026年11月,\n序号,留言编号,留言主题,留言时间,留言详情\n填表说明：时间写到日,,,,\n1,901,路灯,2026-11-01,不亮\n序号,留言编号,留言主题,留言时间,留言详情\n2,902,合计,2026-11-02,总是算错\n3,,,,\n合计,2,,,\n填表人：,,审核人：,,\n";

    #[test]
    fn a_form_as_offices_make_them() {
        let sheet = read(FORM.as_bytes(), COLUMNS).unwrap();
        assert_eq!(sheet.title, ["东门社区留言汇总表", "填报单位：东门社区 2026年11月"]);
        assert_eq!((sheet.header_row, sheet.headers.len()), (3, 5));
        assert_eq!(sheet.rows.iter().map(|r| r.number).collect::<Vec<_>>(), [5, 7]);
        assert_eq!(
            sheet.skipped.iter().map(|row| (row.row, row.why)).collect::<Vec<_>>(),
            [
                (4, Skipped::Instructions),
                (6, Skipped::HeaderAgain),
                (8, Skipped::NumberOnly),
                (9, Skipped::Total),
                (10, Skipped::Signature)
            ]
        );
        assert_eq!((sheet.left_out, sheet.skipped[0].text.as_str()), (5, "填表说明：时间写到日"));
        // Whatever a row is taken for, a person may have it taken in.
        let all = read_taking(FORM.as_bytes(), COLUMNS, None, &Limits::default(), &[4, 9].into()).unwrap();
        assert_eq!(all.rows.iter().map(|r| r.number).collect::<Vec<_>>(), [4, 5, 7, 9]);
        assert_eq!(all.skipped.iter().map(|row| row.row).collect::<Vec<_>>(), [6, 8, 10]);
        assert_eq!(sheet.header(1), "留言编号");
        assert_eq!(sheet.header(9), "J");
    }

    #[test]
    fn the_row_under_the_header_is_an_instruction_only_where_it_says_so() {
        let first = |row: &str| {
            let form = format!("序号,留言编号,留言主题,留言时间,留言详情\n{row}\n2,902,树,2026-11-02,倒了\n");
            let sheet = read(form.as_bytes(), COLUMNS).unwrap();
            assert_eq!(sheet.rows.len() + sheet.left_out, 2, "none vanishes: {row}");
            sheet.rows.len() == 2
        };
        for record in
            ["示例小学,901,路灯,2026-11-01,不亮", "说明,901,说明书丢了,2026-11-01,不亮", "样例路3号,901,,,", "1,示例,路灯,2026-11-01,不亮"]
        {
            assert_eq!(first(record), !record.starts_with("说明,"), "{record}");
        }
        for other in [
            "示例,901,路灯,2026-11-01,不亮",
            "【样例】,901,路灯,2026-11-01,不亮",
            "示例1,901,路灯,2026-11-01,不亮",
            "填写说明,必填,必填,写到日,",
            "注：时间写到日,,,,",
            "说明：编号必填,,,,",
            "填表说明见背面,,,,",
        ] {
            assert!(!first(other), "{other}");
        }
        // A sample under the instructions is one too; under a record such a word is a value.
        let rows = |under: &str| {
            let form = format!("序号,留言编号,留言主题,留言时间,留言详情\n{under}\n");
            read(form.as_bytes(), COLUMNS).unwrap().rows.iter().map(|row| row.number).collect::<Vec<_>>()
        };
        let (says, sample, record) = ("填表说明：时间写到日,,,,", "示例,901,路灯,2026-11-01,不亮", "1,902,树,2026-11-02,倒了");
        assert_eq!(rows(&[says, sample, sample, record].join("\n")), [5]);
        assert_eq!(rows(&[says, record, sample].join("\n")), [3, 4]);
        // Where the first column is no serial number, a word that may be a value is one.
        let named = |row: &str| {
            read(format!("留言主题,留言编号,留言时间,留言详情\n{row}\n树,902,2026-11-02,倒了\n").as_bytes(), COLUMNS).unwrap().rows.len()
                == 2
        };
        assert!(named("说明,901,2026-11-01,不亮") && named("备注,901,2026-11-01,不亮") && named("示例小学路灯,901,2026-11-01,不亮"));
        assert!(!named("示例,901,2026-11-01,不亮") && !named("示例：路灯,901,2026-11-01,不亮"));
    }

    #[test]
    fn a_header_of_two_rows() {
        let form =
            "来信登记表,,,,\n留言编号,留言主题,来信,,备注\n,,留言时间,留言详情,\n901,路灯,2026-11-01,不亮,\n902,树,2026-11-02,倒了,\n";
        let sheet = read(form.as_bytes(), COLUMNS).unwrap();
        assert_eq!((sheet.header_row, sheet.title.len(), sheet.rows.len()), (2, 1, 2));
        assert_eq!(sheet.headers, ["留言编号", "留言主题", "留言时间", "留言详情", "备注"]);
        assert_eq!(sheet.groups, ["留言编号", "留言主题", "来信", "", "备注"]);
        assert_eq!(crate::map_headers(&sheet, COLUMNS).missing(COLUMNS), Vec::<&str>::new());
        let one = "留言编号,留言主题,留言时间,留言详情\n901,内容,2026-11-01,主题";
        assert!(read(one.as_bytes(), COLUMNS).unwrap().groups.is_empty());
    }

    #[test]
    fn a_table_with_unknown_headers() {
        let sheet = read("通讯录\nname,phone\na,1\nb,2".as_bytes(), COLUMNS).unwrap();
        assert_eq!((sheet.header_row, sheet.rows.len(), sheet.title.len()), (2, 2, 1));
        let sheet = read("只有一列\n一\n二".as_bytes(), &[]).unwrap();
        assert_eq!((sheet.headers, sheet.rows.len()), (vec!["只有一列".to_owned()], 2));
    }

    #[test]
    fn only_a_header() {
        let sheet = read("留言编号,留言主题".as_bytes(), COLUMNS).unwrap();
        assert_eq!((sheet.headers.len(), sheet.rows.len()), (2, 0));
        assert_eq!(read_with(b"a,b", &[], Some("x"), &Limits::default()), Err(ReadError::NoSheet("x".into())));
    }
}
