//! 单位: divisions, departments and Party organisations.

use base::{Ctx, Id, UnitId};
use people::{
    ChangeUnit, ChangeUnitError, CloseUnitError, CreateUnit, CreateUnitError, Level, ManageUnits, TreeKind, Unit, change_unit, close_unit,
    create_unit,
};
use serde::{Deserialize, Serialize};
use sheets::{Column, Kind, Record, Value};
use store::Tx;

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

pub(crate) const KIND: Bring = Bring {
    key: "units",
    words: |lang| Words { title: BringTexts::of(lang).title_units, intro: BringTexts::of(lang).intro_units },
    columns: &[
        Column {
            key: "code", header: "单位代码", also: &["代码", "区划代码", "编码", "code"], required: true, kind: Kind::Code
        },
        Column { key: "name", header: "单位名称", also: &["名称", "name"], required: true, kind: Kind::Line },
        Column { key: "level", header: "层级", also: &["类型", "级别", "level"], required: true, kind: Kind::Line },
        Column {
            key: "parent", header: "上级代码", also: &["上级单位代码", "上级编码", "parent"], required: false, kind: Kind::Code
        },
        Column { key: "phone", header: "办公电话", also: &["电话", "联系电话", "phone"], required: false, kind: Kind::Code },
        Column { key: "ord", header: "排序", also: &["顺序", "order"], required: false, kind: Kind::Integer },
    ],
    labels: &["Code", "Name", "Level", "Code above", "Telephone", "Order"],
    scopes: super::units_of,
    row,
    undo,
    export,
    at_once: 20,
    personal: false,
};

/// What offices call the levels; the first of each is what an export writes.
const LEVELS: [(Level, &[&str]); 9] = [
    (Level::District, &["区县", "区", "县", "市", "旗", "区（县）"]),
    (Level::Town, &["镇街", "街道", "镇", "乡", "乡镇", "街道办事处", "乡镇街道"]),
    (Level::Community, &["社区", "村", "社区村", "行政村", "居委会", "村委会", "社区（村）"]),
    (Level::Grid, &["网格"]),
    (Level::Department, &["部门", "区直部门", "职能部门", "委办局"]),
    (Level::PartyCommittee, &["党委", "党工委", "党组"]),
    (Level::GeneralBranch, &["党总支", "总支", "党总支部"]),
    (Level::Branch, &["党支部", "支部"]),
    (Level::PartyGroup, &["党小组"]),
];

fn level_of(words: &str) -> Option<Level> {
    let words = base::text::fold(words);
    LEVELS
        .iter()
        .find(|(level, names)| level.code() == words || names.iter().any(|name| base::text::fold(name) == words))
        .map(|(level, _)| *level)
}

pub(super) fn level_words(level: Level) -> &'static str {
    LEVELS.iter().find(|(known, _)| *known == level).and_then(|(_, names)| names.first()).copied().unwrap_or("")
}

/// What a unit was before.
#[derive(Serialize, Deserialize)]
struct Before {
    name: String,
    phone: Option<String>,
    ord: i64,
    /// What the import made of it: where it says something else by now, it was changed since.
    then: (String, Option<String>, i64),
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let code = record.code("code");
    let code = record.need("code", code);
    let name = record.line("name");
    let name = super::short(record, "name", name);
    let level = record.line("level");
    let level = record.need("level", level).and_then(|words| {
        let level = level_of(&words);
        if level.is_none() {
            record.error(
                "level",
                problem(
                    "请写成 镇街、社区、网格、部门、党委、党总支、党支部或党小组",
                    "must be a level such as 镇街, 社区, 网格, 部门, 党委 or 党支部",
                ),
            );
        }
        level
    });
    let parent = record.code("parent");
    let phone = super::phone(record, "phone");
    let ord = record.integer("ord");
    let (Some(code), Some(name), Some(level), true) = (code, name, level, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    if super::twice(run, record, "unit", &code) {
        return Ok(Became::Wrong);
    }
    if let Some(found) = people::unit_by_code(tx, &code)? {
        if found.level != level {
            record.error("level", problem(format!("这个代码已是{}", level_words(found.level)), "the code is another level’s"));
            return Ok(Became::Wrong);
        }
        // An empty cell says nothing about a telephone that is known.
        let same = phone.is_none() || super::same_phone(phone.as_deref(), found.phone.as_deref());
        let (phone, ord) = (if same { found.phone.clone() } else { phone }, ord.unwrap_or(found.ord));
        if found.name == name && found.phone == phone && found.ord == ord {
            return Ok(Became::Same);
        }
        if !run.dry {
            let input = ChangeUnit { unit: found.id, name: name.clone(), phone: phone.clone(), ord };
            if let Err(error) = run.with::<ManageUnits, _>(found.id, |who| change_unit(tx, ctx, who, &input))? {
                return refused(record, "name", error);
            }
        }
        let before = Before { name: found.name, phone: found.phone, ord: found.ord, then: (name, phone, ord) };
        return Ok(Became::Changed(found.id.0, serde_json::to_vec(&before).unwrap_or_default()));
    }
    make(tx, ctx, run, record, Wanted { code, name, level, parent, phone, ord: ord.unwrap_or_else(|| i64::from(record.number())) })
}

struct Wanted {
    code: String,
    name: String,
    level: Level,
    parent: Option<String>,
    phone: Option<String>,
    ord: i64,
}

/// The code of the unit above, where the code itself tells it.
fn above(run: &Run<'_>, wanted: &Wanted) -> Option<String> {
    let prefix = |n: usize| wanted.code.get(..n);
    match wanted.level {
        Level::Town => Some(format!("{}000000", prefix(6)?)),
        Level::Community => Some(format!("{}000", prefix(9)?)),
        Level::Grid => prefix(12).map(str::to_owned),
        Level::Department => run.tree.district().map(|district| district.code.clone()),
        _ => None,
    }
}

fn make(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, record: &mut Record<'_>, wanted: Wanted) -> Result<Became, BringError> {
    if wanted.level == Level::District {
        record.error("level", problem("区县已经建立，不能再增加", "there is a district already"));
        return Ok(Became::Wrong);
    }
    let code = wanted.parent.clone().or_else(|| above(run, &wanted));
    let parent = match &code {
        Some(code) => people::unit_by_code(tx, code)?,
        None => None,
    };
    let known = |level: Level| code.as_ref().is_some_and(|code| run.knows("unit made", &format!("{} {code}", level.code())));
    let level = parent.as_ref().map(|parent| parent.level).or_else(|| Level::ALL.into_iter().find(|level| known(*level)));
    if code.is_some() && level.is_none() {
        record.error(
            "parent",
            problem(
                format!("没有代码为 {} 的上级单位，请把上级排在前面", code.unwrap_or_default()),
                "there is no such unit above; list it before those below",
            ),
        );
        return Ok(Became::Wrong);
    }
    if !wanted.level.may_stand_under(level) {
        record.error("level", problem("这一层级不能设在这个上级之下", "a unit of this level does not stand there"));
        return Ok(Became::Wrong);
    }
    if !people::code_fits(wanted.level, &wanted.code, code.as_deref()) {
        record.error(
            "code",
            problem("代码与层级或上级不符：区划 12 位、网格 15 位，以上级代码开头", "the code does not fit the level and the unit above"),
        );
        return Ok(Became::Wrong);
    }
    if run.dry {
        return Ok(Became::New(Id::default()));
    }
    let input = CreateUnit {
        code: wanted.code,
        name: wanted.name,
        phone: wanted.phone,
        level: wanted.level,
        parent: parent.map(|parent| parent.id),
        ord: wanted.ord,
    };
    match run.with::<ManageUnits, _>(input.parent.unwrap_or(run.scope), |who| create_unit(tx, ctx, who, &input))? {
        Ok(unit) => Ok(Became::New(unit.0)),
        Err(CreateUnitError::Store(error)) => Err(error.into()),
        Err(error) => refused(record, "code", error),
    }
}

/// What an operation refuses is said beside the cell.
pub(super) fn refused(record: &mut Record<'_>, key: &str, error: impl std::fmt::Display) -> Result<Became, BringError> {
    record.error(key, problem("这一行不能导入，请核对", error.to_string()));
    Ok(Became::Wrong)
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, before: Option<&[u8]>) -> Result<Undone, BringError> {
    let unit = UnitId(subject);
    let Some(before) = before else {
        if run.is_busy(tx, unit)? {
            return Ok(Undone::Kept);
        }
        return match run.with::<ManageUnits, _>(unit, |who| close_unit(tx, ctx, who, unit, None))? {
            Ok(()) => Ok(Undone::Back),
            Err(CloseUnitError::Store(error)) => Err(error.into()),
            Err(_) => Ok(Undone::Kept),
        };
    };
    let Ok(before) = serde_json::from_slice::<Before>(before) else { return Ok(Undone::Kept) };
    let tree = people::tree(tx)?;
    let Some(now) = tree.get(unit).filter(|now| !now.is_closed() && (now.name.clone(), now.phone.clone(), now.ord) == before.then) else {
        return Ok(Undone::Kept);
    };
    let input = ChangeUnit { unit: now.id, name: before.name, phone: before.phone, ord: before.ord };
    match run.with::<ManageUnits, _>(unit, |who| change_unit(tx, ctx, who, &input))? {
        Ok(()) => Ok(Undone::Back),
        Err(ChangeUnitError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

fn export(tx: &mut Tx, _: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    let mut units: Vec<&Unit> = tree.subtree(scope);
    for root in tree.roots(TreeKind::Party) {
        units.extend(tree.subtree(root.id));
    }
    for unit in units.into_iter().filter(|unit| !unit.is_closed()) {
        let parent = unit.parent.and_then(|parent| tree.get(parent)).map_or("", |parent| parent.code.as_str());
        let phone = unit.phone.as_deref().unwrap_or("");
        out(&[
            unit.code.as_str().into(),
            unit.name.as_str().into(),
            level_words(unit.level).into(),
            parent.into(),
            phone.into(),
            Value::Int(unit.ord),
        ])?;
    }
    Ok(())
}
