//! The catalogue's kinds from a table of three levels. Codes are given here: two digits a level, the
//! same again for a kind that is known already.

use std::collections::{BTreeMap, HashMap};

use base::Ctx;
use sheets::{CellError, Column, Kind as Cells, Problem, Record, map_headers};
use store::Tx;

use super::ImportError;
use crate::catalogue::{self, Kind};
use crate::permissions::{Authority, Catalogue};

/// The columns of a table of kinds.
pub const KINDS_COLUMNS: &[Column] = &[
    Column { key: "kind1", header: "一级分类", also: &["一级", "一级标签", "大类"], required: true, kind: Cells::Line },
    Column { key: "kind2", header: "二级分类", also: &["二级", "二级标签", "中类"], required: false, kind: Cells::Line },
    Column { key: "kind3", header: "三级分类", also: &["三级", "三级标签", "小类"], required: false, kind: Cells::Line },
];

/// The most characters of a kind's name.
const LONGEST: usize = 40;

/// Rows of a table of kinds that are entered in one transaction.
pub const KINDS_AT_ONCE: usize = 60;

/// What came of a table of kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindsReport {
    /// Kinds that are new.
    pub made: usize,
    /// Kinds that were there.
    pub known: usize,
}

/// Reads a table of kinds: the path of each row, from the widest.
///
/// # Errors
/// [`ImportError`] where the file is no table or the columns are not found; the cells that are wrong.
pub fn read_kinds(bytes: &[u8]) -> Result<(Vec<Vec<String>>, Vec<CellError>), ImportError> {
    let sheet = sheets::read(bytes, KINDS_COLUMNS)?;
    let mapping = map_headers(&sheet, KINDS_COLUMNS);
    if mapping.place("kind1").is_none() {
        return Err(ImportError::Columns(vec!["一级分类"]));
    }
    let (mut paths, mut errors) = (Vec::new(), Vec::new());
    let mut above = String::new();
    for row in &sheet.rows {
        let mut record = Record::new(&sheet, &mapping, row);
        let names = ["kind1", "kind2", "kind3"].map(|key| record.line(key));
        for (key, name) in ["kind1", "kind2", "kind3"].into_iter().zip(&names) {
            let long = name.as_deref().map_or(0, |name| name.chars().count());
            if long > LONGEST {
                record.error(key, Problem::TooLong(long, LONGEST));
            }
        }
        let [first, second, third] = names;
        // A merged cell holds its text in its first row only.
        let first = first.or_else(|| Some(above.clone()).filter(|name| !name.is_empty()));
        if third.is_some() && second.is_none() {
            record.need("kind2", None::<()>);
        }
        if let Some(first) = record.need("kind1", first) {
            above.clone_from(&first);
            if record.errors().is_empty() {
                paths.push([Some(first), second, third].into_iter().flatten().collect());
            }
        }
        errors.extend(record.into_errors());
    }
    Ok((paths, errors))
}

/// Enters the kinds of these paths. Kinds that are there already stay as they are, with their codes and words.
///
/// # Errors
/// [`ImportError`].
pub fn bring_kinds(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, paths: &[Vec<String>]) -> Result<KindsReport, ImportError> {
    let there = catalogue::kinds(tx)?;
    let mut by_name: HashMap<(Option<String>, String), String> = HashMap::new();
    // The last serial number under each kind.
    let mut serial: BTreeMap<Option<String>, u32> = BTreeMap::new();
    let mut codes: std::collections::HashSet<String> = there.iter().map(|kind| kind.code.clone()).collect();
    let mut ord = there.iter().map(|kind| kind.ord).max().unwrap_or(0);
    for kind in &there {
        by_name.insert((kind.parent.clone(), base::text::fold(&kind.name)), kind.code.clone());
    }
    let mut report = KindsReport::default();
    let mut met: std::collections::HashSet<String> = std::collections::HashSet::new();
    for path in paths {
        let mut parent: Option<String> = None;
        for name in path {
            let key = (parent.clone(), base::text::fold(name));
            let code = match by_name.get(&key) {
                Some(code) => {
                    if met.insert(code.clone()) {
                        report.known += 1;
                    }
                    code.clone()
                }
                None => {
                    let next = serial.entry(parent.clone()).or_insert(0);
                    let code = loop {
                        *next += 1;
                        let code = format!("{}{next:02}", parent.as_deref().unwrap_or(""));
                        if !codes.contains(&code) {
                            break code;
                        }
                    };
                    ord += 1;
                    let kind = Kind { code: code.clone(), name: name.clone(), parent: parent.clone(), ord, keywords: words_of(name) };
                    catalogue::enter_kind(tx, ctx, who, &kind)?;
                    codes.insert(code.clone());
                    met.insert(code.clone());
                    by_name.insert(key, code.clone());
                    report.made += 1;
                    code
                }
            };
            parent = Some(code);
        }
    }
    Ok(report)
}

/// The words by which a kind is suggested until somebody gives it better ones: its name, and its parts.
pub(crate) fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name.split(['、', '与', '和', '及', '/', '（', '）']).map(str::to_owned).collect();
    words.push(name.to_owned());
    words.retain(|word| word.chars().count() >= 2);
    words.sort();
    words.dedup();
    words
}
