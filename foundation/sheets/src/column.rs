//! What an import wants of a table, and which of its columns is which.

use std::collections::BTreeMap;

use crate::sheet::Sheet;

/// What a column's cells should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or title: one line.
    Line,
    /// Words of any length, with paragraphs.
    Text,
    /// A number that is a name: identity, telephone or case numbers; every digit counts.
    Code,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A day.
    Date,
    /// A day with its time, or a day alone.
    Moment,
    /// 是 or 否.
    YesNo,
}

/// One column that an import knows.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in code.
    pub key: &'static str,
    /// The header as cadres write it, which an export writes too.
    pub header: &'static str,
    /// Other headers that mean the same, also English ones.
    pub also: &'static [&'static str],
    /// Whether a row without it is an error.
    pub required: bool,
    /// What its cells should be.
    pub kind: Kind,
}

/// How a header was found to mean a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The same text.
    Exactly,
    /// The same but for width, case, white space, stars and remarks in brackets.
    Folded,
    /// By another name of the column.
    Synonym,
    /// The header holds the column's name among other words.
    Similar,
    /// A person said so.
    Chosen,
}

/// Which column of a table is which column of the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(&'static str, Option<(usize, Found)>)>,
}

/// Finds each column among a sheet's headers, the surest ways first.
pub fn map_headers(sheet: &Sheet, columns: &[Column]) -> Mapping {
    map(&sheet.headers, columns)
}

pub(crate) fn map(headers: &[String], columns: &[Column]) -> Mapping {
    let folded: Vec<String> = headers.iter().map(|h| fold_header(h)).collect();
    let mut taken = vec![false; headers.len()];
    let mut found: Vec<Option<(usize, Found)>> = vec![None; columns.len()];
    for way in [Found::Exactly, Found::Folded, Found::Synonym, Found::Similar] {
        for (column, place) in columns.iter().zip(&mut found) {
            if place.is_some() {
                continue;
            }
            let fits = |at: usize| {
                let (header, folded) = (headers.get(at).map_or("", |h| h.as_str()), folded.get(at).map_or("", |h| h.as_str()));
                match way {
                    Found::Exactly => header == column.header,
                    Found::Folded => folded == fold_header(column.header),
                    Found::Synonym => column.also.iter().any(|other| folded == fold_header(other)),
                    _ => {
                        let name = fold_header(column.header);
                        name.chars().count() >= 3 && folded.contains(&name)
                    }
                }
            };
            let mut fitting = (0..headers.len())
                .filter(|at| !taken.get(*at).copied().unwrap_or(true) && !folded.get(*at).is_none_or(String::is_empty) && fits(*at));
            if let Some(at) = fitting.next() {
                // Two headers that hold the name are a riddle, which a person solves.
                if way == Found::Similar && fitting.next().is_some() {
                    continue;
                }
                *place = Some((at, way));
                if let Some(mark) = taken.get_mut(at) {
                    *mark = true;
                }
            }
        }
    }
    Mapping { columns: columns.iter().zip(found).map(|(column, place)| (column.key, place)).collect() }
}

/// A header without what people add to it: white space, stars, colons, remarks in brackets.
fn fold_header(header: &str) -> String {
    let mut depth = 0u32;
    base::text::fold(header)
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '【' | '〔' | '{' => depth += 1,
                ')' | ']' | '】' | '〕' | '}' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
                && !base::text::is_blank(*c)
                && !base::text::is_invisible(*c)
                && !matches!(c, '*' | ':' | '：' | '_' | '-' | '"' | '“' | '”' | '、' | '#')
        })
        .collect()
}

impl Mapping {
    /// The place of a column in the table.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.columns.iter().find(|(known, _)| *known == key)?.1.map(|(at, _)| at)
    }

    /// How a column was found.
    pub fn found(&self, key: &str) -> Option<Found> {
        self.columns.iter().find(|(known, _)| *known == key)?.1.map(|(_, found)| found)
    }

    /// A person's choice: the column is at this place, or nowhere. A place already taken is given up by its holder.
    pub fn choose(&mut self, key: &str, place: Option<usize>) {
        for (known, at) in &mut self.columns {
            if *known == key {
                *at = place.map(|p| (p, Found::Chosen));
            } else if place.is_some() && at.map(|(p, _)| p) == place {
                *at = None;
            }
        }
    }

    /// Keys of required columns that no header was found for.
    pub fn missing(&self, columns: &[Column]) -> Vec<&'static str> {
        columns.iter().filter(|c| c.required && self.place(c.key).is_none()).map(|c| c.key).collect()
    }

    /// Places of the table that no column takes.
    pub fn unmatched(&self, sheet: &Sheet) -> Vec<usize> {
        let taken = |at: usize| self.columns.iter().any(|(_, place)| place.is_some_and(|(p, _)| p == at));
        (0..sheet.headers.len()).filter(|at| !taken(*at) && sheet.headers.get(*at).is_some_and(|h| !h.is_empty())).collect()
    }

    /// Key and place of every column that has one: what a job keeps of the choices.
    pub fn choices(&self) -> BTreeMap<String, usize> {
        self.columns.iter().filter_map(|(key, place)| place.map(|(at, _)| ((*key).to_owned(), at))).collect()
    }

    /// A mapping from kept choices; keys that the import does not know are left out.
    pub fn from_choices(columns: &[Column], choices: &BTreeMap<String, usize>) -> Mapping {
        let place = |key: &str| choices.get(key).map(|at| (*at, Found::Chosen));
        Mapping { columns: columns.iter().map(|column| (column.key, place(column.key))).collect() }
    }

    /// How many columns have a place.
    pub(crate) fn count(&self) -> usize {
        self.columns.iter().filter(|(_, place)| place.is_some()).count()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const COLUMNS: &[Column] = &[
        Column { key: "no", header: "留言编号", also: &["编号", "id", "No."], required: true, kind: Kind::Code },
        Column { key: "title", header: "留言主题", also: &["主题", "标题", "Title"], required: true, kind: Kind::Line },
        Column { key: "at", header: "留言时间", also: &["时间"], required: true, kind: Kind::Moment },
        Column { key: "text", header: "留言详情", also: &["内容"], required: true, kind: Kind::Text },
        Column { key: "count", header: "附议人数", also: &[], required: false, kind: Kind::Integer },
    ];

    fn places(headers: &[&str]) -> (Vec<Option<usize>>, Vec<Option<Found>>) {
        let headers: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
        let mapping = map(&headers, COLUMNS);
        COLUMNS.iter().map(|c| (mapping.place(c.key), mapping.found(c.key))).unzip()
    }

    #[test]
    fn the_surest_way_wins() {
        let (at, how) = places(&["编号", "留言主题", " 留言 时间（必填）", "*留言详情内容", "留言编号", "备注"]);
        assert_eq!(at, [Some(4), Some(1), Some(2), Some(3), None]);
        assert_eq!(how, [Some(Found::Exactly), Some(Found::Exactly), Some(Found::Folded), Some(Found::Similar), None]);
        let (at, how) = places(&["ＩＤ", "TITLE", "时间", "内容"]);
        assert_eq!(at, [Some(0), Some(1), Some(2), Some(3), None]);
        assert!(how.iter().take(4).all(|h| *h == Some(Found::Synonym)));
        assert_eq!(places(&["留言时间起", "留言时间止"]).0[2], None, "two headers hold the name");
        assert_eq!(places(&["", "时间", "时间"]).0[2], Some(1));
    }

    #[test]
    fn choices_go_over_what_was_found() {
        let headers: Vec<String> = ["编号", "标题", "时间"].iter().map(|h| (*h).to_owned()).collect();
        let mut mapping = map(&headers, COLUMNS);
        mapping.choose("text", Some(1));
        assert_eq!((mapping.place("text"), mapping.place("title"), mapping.found("text")), (Some(1), None, Some(Found::Chosen)));
        assert_eq!(mapping.missing(COLUMNS), ["title"]);
        let again = Mapping::from_choices(COLUMNS, &mapping.choices());
        assert_eq!(again.choices(), mapping.choices());
        mapping.choose("text", None);
        assert_eq!(mapping.place("text"), None);
    }
}
