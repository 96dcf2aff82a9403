//! Bringing questions in from Word and Excel: what a file holds is shown first, then brought in piece by piece, and can be
//! taken back as far as nobody used or changed it since.

use std::collections::BTreeMap;

use base::{Ctx, PersonId};
use people::Proof;
use sheets::{Column, Kind as CellKind, LeftOut, Record};
use store::{Sql, StoreError, Tx, p, sql};
use web::media::Kind as MediaKind;

use crate::bank::{Brought, bring, take_back};
use crate::docx::{self, DocxError};
use crate::events::{BankId, QuestionId};
use crate::layout::{self, Found, judged, kind_named};
use crate::model::{Kind, MOST_OPTIONS, Question, Recording, letters};
use crate::permissions::Organise;
use crate::read;

/// How many questions are brought in with one transaction.
const AT_ONCE: usize = 100;

/// Why nothing was found, or nothing was brought in.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// It is neither a Word file nor a table.
    #[error(transparent)]
    Docx(#[from] DocxError),
    /// The table cannot be read.
    #[error(transparent)]
    Sheet(#[from] sheets::ReadError),
    /// It has no columns of questions.
    #[error("no columns of questions were found")]
    Columns,
    /// There is no such import, or it is another bank's.
    #[error("there is no such import")]
    NotFound,
    /// Not at this point.
    #[error("it is not at this point")]
    NotNow,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The columns of a table of questions; an export writes them too.
pub const COLUMNS: &[Column] = &[
    Column { key: "kind", header: "题型", also: &["试题类型", "题目类型", "类型"], required: false, kind: CellKind::Line },
    Column {
        key: "stem", header: "题干", also: &["题目", "试题", "试题内容", "题目内容", "问题"], required: true, kind: CellKind::Text
    },
    Column { key: "options", header: "选项", also: &["备选项", "选项内容"], required: false, kind: CellKind::Text },
    Column { key: "a", header: "选项A", also: &["A", "A选项", "选项1"], required: false, kind: CellKind::Text },
    Column { key: "b", header: "选项B", also: &["B", "B选项", "选项2"], required: false, kind: CellKind::Text },
    Column { key: "c", header: "选项C", also: &["C", "C选项", "选项3"], required: false, kind: CellKind::Text },
    Column { key: "d", header: "选项D", also: &["D", "D选项", "选项4"], required: false, kind: CellKind::Text },
    Column { key: "e", header: "选项E", also: &["E", "E选项", "选项5"], required: false, kind: CellKind::Text },
    Column { key: "f", header: "选项F", also: &["F", "F选项", "选项6"], required: false, kind: CellKind::Text },
    Column { key: "g", header: "选项G", also: &["G", "G选项", "选项7"], required: false, kind: CellKind::Text },
    Column { key: "h", header: "选项H", also: &["H", "H选项", "选项8"], required: false, kind: CellKind::Text },
    Column {
        key: "answer", header: "答案", also: &["正确答案", "参考答案", "标准答案"], required: true, kind: CellKind::Text
    },
    Column {
        key: "difficulty", header: "难度", also: &["难易度", "难度系数", "难易程度"], required: false, kind: CellKind::Line
    },
    Column {
        key: "topic", header: "知识点", also: &["考点", "章节", "知识模块", "分类"], required: false, kind: CellKind::Line
    },
    Column { key: "note", header: "解析", also: &["答案解析", "试题解析", "依据"], required: false, kind: CellKind::Text },
    Column {
        key: "plays",
        header: "音视频",
        also: &["音频", "视频", "音频文件", "视频文件", "音视频文件", "录音", "录像"],
        required: false,
        kind: CellKind::Line,
    },
];

/// What was seen in a file.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// The questions, those with something wrong among them.
    pub found: Vec<Found>,
    /// Rows of a table that were taken for no questions; of very many the first.
    pub left_out: Vec<LeftOut>,
}

/// What a file holds, by what it is rather than by what it is called.
///
/// # Errors
/// [`BringError`], in words for who chose the file.
pub fn look(bytes: &[u8]) -> Result<Looked, BringError> {
    match docx::lines(bytes) {
        Ok(lines) => Ok(Looked { found: layout::read(&lines, ""), left_out: Vec::new() }),
        Err(DocxError::NotDocx) => table(bytes),
        Err(error) => Err(error.into()),
    }
}

fn table(bytes: &[u8]) -> Result<Looked, BringError> {
    let limits = sheets::Limits { file: docx::MOST_BYTES, unpacked: 100 << 20, rows: layout::MOST, ..sheets::Limits::default() };
    let sheet = sheets::read_with(bytes, COLUMNS, None, &limits)?;
    let mapping = sheets::map_headers(&sheet, COLUMNS);
    if !mapping.missing(COLUMNS).is_empty() {
        return Err(BringError::Columns);
    }
    let found = sheet.rows.iter().map(|row| {
        let mut record = Record::new(&sheet, &mapping, row);
        let number = record.number();
        row_found(&mut record, number)
    });
    Ok(Looked { found: found.collect(), left_out: sheet.skipped.clone() })
}

fn row_found(record: &mut Record<'_>, number: u32) -> Found {
    let mut text = |key: &str| record.text(key).unwrap_or_default();
    let (stem, answer, named) = (text("stem"), text("answer"), text("kind"));
    let mut options: Vec<String> = ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().map(&mut text).collect();
    while options.last().is_some_and(|option| option.trim().is_empty()) {
        options.pop();
    }
    let together = text("options");
    if options.is_empty() && !together.trim().is_empty() {
        // One cell with a line, or a bar, for each.
        let lines = together.split(['\n', '|', '｜']).map(str::trim).filter(|line| !line.is_empty());
        options = lines.map(|line| bare(line).to_owned()).collect();
    }
    options.truncate(MOST_OPTIONS);
    let chosen = crate::model::mask(answer.trim()).filter(|mask| *mask != 0);
    let judges = options.is_empty() || options.iter().all(|option| judged(option).is_some());
    let kind = match kind_named(&named) {
        Some(kind) => kind,
        None if judges && judged(&answer).is_some() => Kind::Judge,
        None if options.len() >= 2 && chosen.map_or(0, u16::count_ones) > 1 => Kind::Multiple,
        None if options.len() >= 2 => Kind::Single,
        None if stem.contains("__") || stem.contains("（）") || stem.contains("()") => Kind::Blank,
        None => Kind::Short,
    };
    let answer = match kind {
        Kind::Single | Kind::Multiple => chosen.map(letters).unwrap_or(answer),
        Kind::Judge => judged(&answer).map(str::to_owned).unwrap_or_default(),
        Kind::Blank => answer.split(['\n', '；', ';']).map(str::trim).collect::<Vec<_>>().join("\n"),
        Kind::Short => answer,
    };
    let (level, topic, note) = (text("difficulty"), text("topic"), text("note"));
    let difficulty = if level.trim().is_empty() { 3 } else { layout::difficulty(&level).unwrap_or(0) };
    let question = Question { kind, topic, difficulty, stem, options, answer, note, picture: None, recording: None };
    layout::found(number as usize, number, question, text("plays").trim().to_owned())
}

/// `A. 甲` without its letter.
fn bare(option: &str) -> &str {
    let mut letters = option.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), Some(mark)) if letter.is_ascii_alphabetic() && matches!(mark, '.' | '．' | '、' | ':' | '：' | ')' | '）') => {
            letters.as_str().trim()
        }
        _ => option,
    }
}

base::id! {
    /// An import.
    pub BroughtId;
}
store::bind_ids!(BroughtId);

/// An import, as its page shows it.
#[derive(Clone, Debug)]
pub struct Import {
    /// Which.
    pub id: BroughtId,
    /// Into which bank.
    pub bank: BankId,
    /// What the file is called.
    pub file: String,
    /// What was found.
    pub found: Vec<Found>,
    /// Rows that were taken for no questions.
    pub left_out: Vec<LeftOut>,
    /// How many can be brought in.
    pub good: i64,
    /// How many cannot.
    pub bad: i64,
    /// How many were.
    pub done: i64,
    /// `shown`, `in` or `back`.
    pub state: String,
}

/// A question as it waits.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept(usize, u32, String, String, i64, String, Vec<String>, String, String, #[serde(default)] String);

const KEEP: &Sql = sql!(
    "INSERT INTO question_import (id, bank, brought_by, brought_at, file, found, good, bad, done, state, left_out)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 'shown', ?9)"
);
const ONE: &Sql = sql!("SELECT id, bank, file, found, good, bad, done, state, left_out FROM question_import WHERE id = ?1");
/// By the index `question_import_by_bank`.
const LAST: &Sql = sql!("SELECT id, file, done, state FROM question_import WHERE bank = ?1 AND state <> 'shown' ORDER BY id DESC LIMIT 10");
const STEP: &Sql = sql!("UPDATE question_import SET state = 'in', done = ?3 WHERE id = ?1 AND done = ?2 AND state IN ('shown', 'in')");
const BECAME: &Sql = sql!("INSERT INTO question_import_row (brought, n, question, v) VALUES (?1, ?2, ?3, ?4)");
const ROWS: &Sql = sql!("SELECT n, question, v FROM question_import_row WHERE brought = ?1 ORDER BY n DESC LIMIT ?2");
const FORGET: &Sql = sql!("DELETE FROM question_import_row WHERE brought = ?1 AND n = ?2");
const BACK: &Sql = sql!("UPDATE question_import SET state = 'back' WHERE id = ?1 AND state = 'in'");

/// Keeps what was found, to be looked at.
///
/// # Errors
/// The store's.
pub fn keep(tx: &mut Tx, ctx: &Ctx, by: PersonId, bank: BankId, file: &str, looked: &Looked) -> Result<BroughtId, StoreError> {
    let rows: Vec<Kept> = looked
        .found
        .iter()
        .map(|one| {
            let q = &one.question;
            let (kind, options) = (q.kind.code().to_owned(), q.options.clone());
            Kept(
                one.line,
                one.number,
                kind,
                q.topic.clone(),
                q.difficulty,
                q.stem.clone(),
                options,
                q.answer.clone(),
                q.note.clone(),
                one.plays.clone(),
            )
        })
        .collect();
    let json = json(&rows)?;
    let left_out = (!looked.left_out.is_empty()).then(|| self::json(&looked.left_out)).transpose()?;
    let (good, bad) = count(&looked.found);
    let (id, name) = (ctx.id::<BroughtId>(), base::text::excerpt(&base::text::clean_line(file), 80));
    tx.exec(KEEP, p![id, bank, by, ctx.now, name.as_str(), json.as_str(), good, bad, left_out.as_deref()])?;
    Ok(id)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(bad)
}

fn bad(error: serde_json::Error) -> StoreError {
    StoreError::Other(format!("question_import: {error}"))
}

/// How many can be brought in, and how many cannot.
fn count(found: &[Found]) -> (i64, i64) {
    let some = |wrong: bool| i64::try_from(found.iter().filter(|one| one.wrong.is_some() == wrong).count()).unwrap_or(0);
    (some(false), some(true))
}

const PUT_FILE: &Sql = sql!(
    "INSERT INTO question_import_file (brought, name, shown, digest, kind) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (brought, name) DO UPDATE SET shown = excluded.shown, digest = excluded.digest, kind = excluded.kind"
);
/// By the primary key.
const FILES: &Sql = sql!("SELECT name, shown, digest, kind FROM question_import_file WHERE brought = ?1 ORDER BY name");
const COUNTED: &Sql = sql!("UPDATE question_import SET good = ?2, bad = ?3 WHERE id = ?1 AND state = 'shown'");

/// The recordings that were sent for an import, by their folded names.
fn files(tx: &mut Tx, id: BroughtId) -> Result<BTreeMap<String, Recording>, StoreError> {
    let all = tx.all(FILES, p![id], |row| {
        let kind = MediaKind::from_code(row.text(3)?).ok_or_else(|| StoreError::Other("question_import_file: kind".into()))?;
        Ok::<_, StoreError>((row.text(0)?.to_owned(), Recording { digest: row.array(2)?, kind, name: row.text(1)?.to_owned() }))
    })?;
    Ok(all.into_iter().collect())
}

/// Takes recordings for the questions of an import that name them, before it is brought in. Tells how many questions had
/// waited for one of them, and which files no question names.
///
/// # Errors
/// [`BringError`].
pub fn take_files(tx: &mut Tx, id: BroughtId, sent: &[Recording]) -> Result<(i64, Vec<String>), BringError> {
    let before = import(tx, id)?.filter(|import| import.state == "shown").ok_or(BringError::NotNow)?;
    let mut unnamed = Vec::new();
    for recording in sent {
        let name = base::text::fold(&recording.name);
        if !before.found.iter().any(|one| base::text::fold(&one.plays) == name) {
            unnamed.push(recording.name.clone());
            continue;
        }
        tx.exec(PUT_FILE, p![id, name.as_str(), recording.name.as_str(), &recording.digest, recording.kind.code()])?;
        store::blobs::hold(tx, &recording.digest, id.0)?;
    }
    let after = import(tx, id)?.ok_or(BringError::NotFound)?;
    let (good, bad) = count(&after.found);
    tx.exec(COUNTED, p![id, good, bad])?;
    Ok((good - before.good, unnamed))
}

/// An import with what was found.
///
/// # Errors
/// The store's.
pub fn import(tx: &mut Tx, id: BroughtId) -> Result<Option<Import>, StoreError> {
    let files = files(tx, id)?;
    tx.opt(ONE, p![id], |row| {
        let rows: Vec<Kept> = serde_json::from_str(row.text(3)?).map_err(bad)?;
        let found = rows.into_iter().map(|Kept(line, number, kind, topic, difficulty, stem, options, answer, note, plays)| {
            let kind = Kind::parse(&kind).unwrap_or(Kind::Short);
            let recording = files.get(&base::text::fold(&plays)).cloned();
            let question = Question { kind, topic, difficulty, stem, options, answer, note, picture: None, recording };
            layout::found(line, number, question, plays)
        });
        Ok(Import {
            id: row.id(0)?,
            bank: row.id(1)?,
            file: row.text(2)?.to_owned(),
            found: found.collect(),
            left_out: row.opt_text(8)?.map(serde_json::from_str).transpose().map_err(bad)?.unwrap_or_default(),
            good: row.int(4)?,
            bad: row.int(5)?,
            done: row.int(6)?,
            state: row.text(7)?.to_owned(),
        })
    })
}

/// The newest imports of a bank: which, the file, how many, and whether they were taken back.
///
/// # Errors
/// The store's.
pub fn last(tx: &mut Tx, bank: BankId) -> Result<Vec<(BroughtId, String, i64, String)>, StoreError> {
    tx.all(LAST, p![bank], |row| Ok((row.id(0)?, row.text(1)?.to_owned(), row.int(2)?, row.text(3)?.to_owned())))
}

/// Brings the next piece in; answers how many are done and whether that is all. What is wrong stays out.
///
/// # Errors
/// [`BringError`].
pub fn bring_in(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, id: BroughtId) -> Result<(i64, bool), BringError> {
    let import = import(tx, id)?.ok_or(BringError::NotFound)?;
    if import.state == "back" {
        return Err(BringError::NotNow);
    }
    let bank = read::bank(tx, import.bank)?.ok_or(BringError::NotFound)?;
    let good: Vec<&Found> = import.found.iter().filter(|one| one.wrong.is_none()).collect();
    let from = usize::try_from(import.done).unwrap_or(usize::MAX);
    let some = good.get(from..good.len().min(from + AT_ONCE)).unwrap_or_default();
    let done = import.done + i64::try_from(some.len()).unwrap_or(0);
    if tx.exec(STEP, p![id, import.done, done])? != 1 {
        return Err(BringError::NotNow);
    }
    for (n, found) in (import.done..).zip(some) {
        let became = bring(tx, ctx, (bank.id, bank.unit, who.person()), id.0, &found.question, false)?;
        let (question, v) = match became {
            Brought::New(question) => (question, 1),
            Brought::Next(question) => (question, read::question(tx, question)?.map_or(0, |stored| stored.v)),
            Brought::Same => continue,
        };
        tx.exec(BECAME, p![id, n, question, v])?;
    }
    let all = usize::try_from(done).unwrap_or(0) >= good.len();
    if all {
        // The questions hold their recordings now.
        store::blobs::release(tx, id.0)?;
    }
    Ok((done, all))
}

/// Takes the next piece back, from the end; answers how many were, and whether that is all. What was used or changed since stays.
///
/// # Errors
/// [`BringError`].
pub fn undo(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, id: BroughtId) -> Result<(i64, bool), BringError> {
    let most = i64::try_from(AT_ONCE).unwrap_or(100);
    let rows: Vec<(i64, QuestionId, i64)> = tx.all(ROWS, p![id, most], |row| Ok((row.int(0)?, row.id(1)?, row.int(2)?)))?;
    let bank = import(tx, id)?.ok_or(BringError::NotFound)?.bank;
    let used = read::used(tx, bank)?;
    let mut back = 0;
    for (n, question, v) in &rows {
        if !used.contains(&(*question, *v)) && take_back(tx, ctx, who.actor(), id.0, *question, *v)? {
            back += 1;
        }
        tx.exec(FORGET, p![id, *n])?;
    }
    let all = rows.len() < AT_ONCE;
    if all && tx.exec(BACK, p![id])? != 1 {
        return Err(BringError::NotNow);
    }
    Ok((back, all))
}
