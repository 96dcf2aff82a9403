//! 派单目录 as a table of an office: kinds with whose duty each is, one row for each unit. What a cell leaves empty stays as
//! it is; a kind is never ended by a table, nor is a duty withdrawn, but by undoing what the table itself did.

use base::{Ctx, Id, UnitId};
use people::{Actor, Tree};
use serde::{Deserialize, Serialize};
use sheets::{Column, Kind as Cells, Problem, Record};
use store::{StoreError, Tx};
use web::bring::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

use crate::catalogue::{self, CatalogueError, Duty, Kind};
use crate::import::words_of;
use crate::permissions::{Authority, Catalogue};
use crate::said::LONGEST_LINE;

web::texts! {
    /// What the table is called.
    pub(crate) DutyTexts;
    title: "派单目录", "Catalogue of duties";
    intro: "一行写一个类别归一个单位管；归几个单位就写几行，没有指定单位的只写类别。空着的格保持原样。导入不会停用类别或撤销职责，请在派单目录页办理。", "A row gives one kind to one unit; a kind of several units has several rows, one of nobody has no unit. An empty cell leaves things as they are. A table ends no kind and withdraws no duty: that is done on the page.";
}

/// The table.
pub(crate) const TABLE: Bring = Bring {
    key: "duties",
    words: |lang| Words { title: DutyTexts::of(lang).title, intro: DutyTexts::of(lang).intro },
    columns: &[
        Column {
            key: "code", header: "类别编码", also: &["编码", "事项编码", "代码", "code"], required: true, kind: Cells::Code
        },
        Column {
            key: "name", header: "类别名称", also: &["类别", "事项", "事项名称", "name"], required: true, kind: Cells::Line
        },
        Column {
            key: "parent", header: "上级类别编码", also: &["上级编码", "上级类别", "parent"], required: false, kind: Cells::Code
        },
        Column { key: "ord", header: "排序", also: &["序号", "顺序", "ord"], required: false, kind: Cells::Integer },
        Column { key: "words", header: "推测用词", also: &["关键词", "用词", "keywords"], required: false, kind: Cells::Line },
        Column { key: "unit", header: "责任单位代码", also: &["单位代码", "unit"], required: false, kind: Cells::Code },
        Column {
            key: "named", header: "责任单位", also: &["单位名称", "承办单位", "主责部门"], required: false, kind: Cells::Line
        },
        Column {
            key: "document", header: "依据文件", also: &["依据", "职责依据", "document"], required: false, kind: Cells::Line
        },
    ],
    labels: &["Code of the kind", "Kind", "Code of the wider kind", "Order", "Words", "Code of the unit", "Unit", "Document"],
    scopes,
    row,
    undo,
    export,
    at_once: 25,
    personal: false,
};

fn scopes(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    tree.district().filter(|district| actor.may::<Catalogue>(tree, district.id)).map(|district| district.id).into_iter().collect()
}

/// A kind as a row found or left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Plain {
    name: String,
    parent: Option<String>,
    ord: i64,
    keywords: Vec<String>,
    ended: bool,
}

impl Plain {
    fn of(tx: &mut Tx, code: &str) -> Result<Option<Plain>, StoreError> {
        let Some(kind) = catalogue::kind(tx, code)? else { return Ok(None) };
        let ended = !catalogue::is_kind(tx, code)?;
        Ok(Some(Plain { name: kind.name, parent: kind.parent, ord: kind.ord, keywords: kind.keywords, ended }))
    }

    fn kind(self, code: &str) -> Kind {
        Kind { code: code.to_owned(), name: self.name, parent: self.parent, ord: self.ord, keywords: self.keywords }
    }
}

/// What a row changed: what stood there before, and what stands there since.
#[derive(Serialize, Deserialize)]
struct Before {
    code: String,
    kind: Option<(Plain, Plain)>,
    duty: Option<(UnitId, Option<String>, String)>,
}

/// What a row asks for.
struct Asked {
    code: String,
    kind: Plain,
    duty: Option<(UnitId, String)>,
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let Some((asked, there)) = read(tx, run, record)? else { return Ok(Became::Wrong) };
    let Asked { code, kind, duty } = asked;
    let had = match &duty {
        Some((unit, _)) => catalogue::own_duties(tx, &code)?.into_iter().find(|duty| duty.unit == *unit).map(|duty| duty.document),
        None => None,
    };
    let new_kind = there.as_ref() != Some(&kind);
    let new_duty = duty.as_ref().filter(|(_, document)| had.as_ref() != Some(document));
    if !new_kind && new_duty.is_none() {
        return Ok(Became::Same);
    }
    if !run.dry {
        if new_kind && let Err(error) = enter(tx, ctx, run, kind.clone().kind(&code))? {
            return refused(record, error);
        }
        if let Some((unit, document)) = new_duty {
            let input = Duty { kind: code.clone(), unit: *unit, document: document.clone() };
            let given = run.with::<Catalogue, _>(run.scope, |who| catalogue::assign_duty(tx, ctx, as_ours(who), &input))?;
            if let Err(error) = given {
                return refused(record, error);
            }
        }
    }
    let subject = catalogue::subject(&code);
    let duty = new_duty.map(|(unit, document)| (*unit, had, document.clone()));
    Ok(match there {
        None => Became::New(subject),
        Some(before) => {
            let before = Before { code, kind: new_kind.then_some((before, kind)), duty };
            Became::Changed(subject, serde_json::to_vec(&before).unwrap_or_default())
        }
    })
}

/// The row's cells, checked, with the kind as it is now; nothing where the row is wrong.
fn read(tx: &mut Tx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Option<(Asked, Option<Plain>)>, BringError> {
    let (code, name) = (record.code("code"), short(record, "name"));
    let (code, name) = (record.need("code", code), record.need("name", name));
    let (parent, ord, keywords) = (record.code("parent"), record.integer("ord"), record.line("words"));
    let (unit, document) = (unit(run, record), short(record, "document"));
    if let Some(code) = code.as_deref().filter(|code| !catalogue::is_code(code)) {
        record.error("code", problem(format!("{code} 不能作编码"), format!("{code} cannot be a code")));
    }
    let document = if unit.is_some() { record.need("document", document) } else { document };
    let (Some(code), Some(name), true) = (code, name, record.errors().is_empty()) else { return Ok(None) };
    let there = Plain::of(tx, &code)?;
    if there.is_none() && catalogue::kind(tx, &format!("0{code}"))?.is_some() {
        record.error(
            "code",
            problem("开头的 0 可能被表格软件去掉了，请把这一列设为文本", "its leading zero may have been lost: make the column text"),
        );
        return Ok(None);
    }
    if let Some(parent) = &parent
        && !catalogue::is_kind(tx, parent)?
        && !run.knows("kind", parent)
    {
        record.error("parent", problem("没有这个编码的类别，上级类别要写在前面", "no kind has this code; the wider kind comes first"));
        return Ok(None);
    }
    let kept = there.clone();
    let kind = Plain {
        parent: parent.or_else(|| kept.as_ref().and_then(|kind| kind.parent.clone())),
        ord: match (ord, &kept) {
            (Some(ord), _) => ord,
            (None, Some(kind)) => kind.ord,
            (None, None) => catalogue::kinds(tx)?.iter().map(|kind| kind.ord).max().unwrap_or(0) + 1,
        },
        keywords: match (keywords, kept) {
            (Some(words), _) => words.split_whitespace().map(str::to_owned).collect(),
            (None, Some(kind)) => kind.keywords,
            (None, None) => words_of(&name),
        },
        name,
        ended: false,
    };
    // Rows of one kind say the same of it.
    let said = format!("{code}\0{}\0{:?}\0{}", kind.name, kind.parent, kind.keywords.join(" "));
    let number = record.number();
    if let Some(before) = run.twice("kind", &code, number) {
        if !run.knows("said", &said) {
            record.error(
                "name",
                problem(format!("和第 {before} 行同一编码，写的却不一样"), format!("not as row {before}, which has the same code")),
            );
            return Ok(None);
        }
    } else {
        run.twice("said", &said, number);
    }
    if let Some(before) = run.twice("duty", &format!("{code}\0{unit:?}"), number) {
        record.error("", problem(format!("和第 {before} 行重复"), format!("the same as row {before}")));
        return Ok(None);
    }
    Ok(Some((Asked { code, kind, duty: unit.zip(document) }, there)))
}

/// The unit of a row, by its code or by a name that is one unit's only.
fn unit(run: &Run<'_>, record: &mut Record<'_>) -> Option<UnitId> {
    let (code, name) = (record.code("unit"), record.line("named"));
    let fits = |unit: &people::Unit| crate::line::Lines::takes_concerns(&*run.tree, unit.id);
    if let Some(code) = code {
        let found = run.tree.find_code(&code).filter(|unit| fits(unit));
        if found.is_none() {
            record.error("unit", problem("没有这个代码的单位，或者它不承接诉求", "no unit that takes concerns has this code"));
        }
        return found.map(|unit| unit.id);
    }
    let name = name?;
    let mut found = run.tree.all().filter(|unit| fits(unit) && (unit.name == name || run.tree.full_name(unit.id) == name));
    match (found.next(), found.next()) {
        (Some(unit), None) => Some(unit.id),
        (None, _) => {
            record.error("named", problem("没有这个名称的单位", "no unit has this name"));
            None
        }
        (Some(_), Some(_)) => {
            record.error("named", problem("不止一个单位叫这个名称，请写单位代码", "more than one unit has this name: write its code"));
            None
        }
    }
}

fn short(record: &mut Record<'_>, key: &str) -> Option<String> {
    let text = record.line(key)?;
    let found = text.chars().count();
    if found > LONGEST_LINE {
        record.error(key, Problem::TooLong(found, LONGEST_LINE));
        return None;
    }
    Some(text)
}

fn as_ours<P>(who: people::Authority<'_, P>) -> Authority<'_, P> {
    match who {
        people::Authority::Staff(proof) => Authority::Staff(proof),
        people::Authority::Console => Authority::Console,
    }
}

fn enter(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, kind: Kind) -> Result<Result<(), CatalogueError>, BringError> {
    run.with::<Catalogue, _>(run.scope, |who| catalogue::enter_kind(tx, ctx, as_ours(who), &kind))
}

/// What the catalogue refused, at its cell.
fn refused(record: &mut Record<'_>, error: CatalogueError) -> Result<Became, BringError> {
    let (key, words) = match error {
        CatalogueError::Store(error) => return Err(error.into()),
        CatalogueError::Code | CatalogueError::Taken => {
            ("code", problem("编码应为 1 至 40 位字母、数字、点或短横", "a code is 1 to 40 letters, digits, dots or dashes"))
        }
        CatalogueError::Name => ("name", problem("名称、用词或依据太长", "the name, the words or the document are too long")),
        CatalogueError::NoUnit => ("unit", problem("这个单位不承接诉求", "this unit takes no concerns")),
        CatalogueError::NoKind | CatalogueError::HasParts => {
            ("parent", problem("不能属于自己、自己的下级或已停用的类别", "it cannot be part of itself, of its parts or of an ended kind"))
        }
    };
    record.error(key, words);
    Ok(Became::Wrong)
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, before: Option<&[u8]>) -> Result<Undone, BringError> {
    let Some(before) = before else {
        // A kind that the table made, with the duty that came with it; later rows were undone before.
        let kinds = catalogue::offered(tx)?;
        let Some(kind) = kinds.into_iter().find(|kind| catalogue::subject(&kind.code) == subject) else { return Ok(Undone::Kept) };
        if catalogue::own_duties(tx, &kind.code)?.len() > 1 {
            return Ok(Undone::Kept);
        }
        return end(tx, ctx, run, &kind.code);
    };
    let Ok(Before { code, kind, duty }) = serde_json::from_slice::<Before>(before) else { return Ok(Undone::Kept) };
    let mut went = Undone::Back;
    if let Some((unit, was, since)) = duty {
        let now = catalogue::own_duties(tx, &code)?.into_iter().find(|duty| duty.unit == unit);
        if now.is_none_or(|duty| duty.document != since) {
            went = Undone::Kept;
        } else {
            let done = run.with::<Catalogue, _>(run.scope, |who| match was {
                None => catalogue::withdraw_duty(tx, ctx, as_ours(who), &code, unit),
                Some(document) => catalogue::assign_duty(tx, ctx, as_ours(who), &Duty { kind: code.clone(), unit, document }),
            })?;
            went = settled(done)?;
        }
    }
    if let Some((was, since)) = kind {
        if Plain::of(tx, &code)?.as_ref() != Some(&since) {
            return Ok(Undone::Kept);
        }
        let ended = was.ended;
        let mut back = settled(enter(tx, ctx, run, was.kind(&code))?)?;
        if ended && back == Undone::Back {
            back = end(tx, ctx, run, &code)?;
        }
        went = if back == Undone::Back { went } else { back };
    }
    Ok(went)
}

fn end(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, code: &str) -> Result<Undone, BringError> {
    settled(run.with::<Catalogue, _>(run.scope, |who| catalogue::end_kind(tx, ctx, as_ours(who), code))?)
}

fn settled(done: Result<(), CatalogueError>) -> Result<Undone, BringError> {
    match done {
        Ok(()) => Ok(Undone::Back),
        Err(CatalogueError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

fn export(tx: &mut Tx, _: &Ctx, _: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let (tree, kinds, duties) = (people::tree(tx)?, catalogue::offered(tx)?, catalogue::all_duties(tx)?);
    // A wider kind comes before its parts, as an import wants it.
    for (kind, _) in catalogue::in_order(&kinds) {
        let own: Vec<Option<&Duty>> = duties.iter().filter(|duty| duty.kind == kind.code).map(Some).collect();
        for duty in if own.is_empty() { vec![None] } else { own } {
            let unit = duty.and_then(|duty| tree.get(duty.unit));
            out(&[
                kind.code.as_str().into(),
                kind.name.as_str().into(),
                kind.parent.as_deref().unwrap_or("").into(),
                kind.ord.into(),
                kind.keywords.join(" ").into(),
                unit.map_or("", |unit| unit.code.as_str()).into(),
                unit.map(|unit| tree.full_name(unit.id)).unwrap_or_default().into(),
                duty.map_or("", |duty| duty.document.as_str()).into(),
            ])?;
        }
    }
    Ok(())
}
