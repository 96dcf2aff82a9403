//! 网格信息: grids with what their boards say.

use base::{Ctx, Id, UnitId};
use people::{
    ChangeUnit, CreateUnit, CreateUnitError, DescribeError, GridProfile, Level, ManageUnits, Role, change_unit, close_unit, create_unit,
    describe_grid, grid_profile,
};
use serde::{Deserialize, Serialize};
use sheets::{Column, Kind, Record, Value};
use store::Tx;

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

pub(crate) const KIND: Bring = Bring {
    key: "grids",
    words: |lang| Words { title: BringTexts::of(lang).title_grids, intro: BringTexts::of(lang).intro_grids },
    columns: &[
        Column { key: "code", header: "网格编码", also: &["网格代码", "编码", "code"], required: true, kind: Kind::Code },
        Column { key: "name", header: "名称", also: &["网格名称", "name"], required: true, kind: Kind::Line },
        Column { key: "kind", header: "类型", also: &["网格类型", "kind"], required: false, kind: Kind::Line },
        Column { key: "town", header: "镇街", also: &["街道", "乡镇"], required: false, kind: Kind::Line },
        Column {
            key: "community", header: "社区", also: &["村（社区）", "社区（村）", "社区村"], required: false, kind: Kind::Line
        },
        Column { key: "scope", header: "范围/四至", also: &["范围", "四至", "四至范围"], required: false, kind: Kind::Line },
        Column { key: "area", header: "面积", also: &["网格面积"], required: false, kind: Kind::Line },
        Column { key: "households", header: "户数", also: &["总户数"], required: false, kind: Kind::Integer },
        Column { key: "people", header: "人口", also: &["人口数", "人数"], required: false, kind: Kind::Integer },
        Column { key: "buildings", header: "楼栋数", also: &["楼栋"], required: false, kind: Kind::Integer },
        Column { key: "lead", header: "网格长", also: &[], required: false, kind: Kind::Line },
        Column { key: "workers", header: "网格员", also: &["网格员姓名"], required: false, kind: Kind::Line },
        Column { key: "phone", header: "电话", also: &["联系电话"], required: false, kind: Kind::Line },
        Column { key: "party", header: "党组织", also: &["所在党组织"], required: false, kind: Kind::Line },
        Column { key: "watch", header: "监督电话", also: &[], required: false, kind: Kind::Code },
        Column { key: "note", header: "备注", also: &[], required: false, kind: Kind::Line },
    ],
    labels: &[
        "Grid code",
        "Name",
        "Kind",
        "Town",
        "Community",
        "Bounds",
        "Area",
        "Households",
        "People",
        "Buildings",
        "Grid lead",
        "Grid workers",
        "Telephone",
        "Party organisation",
        "Telephone for complaints",
        "Note",
    ],
    scopes: super::units_of,
    row,
    undo,
    export,
    at_once: 20,
    personal: false,
};

/// What a grid was before, and what the import made of it.
#[derive(Serialize, Deserialize)]
struct Before {
    name: String,
    profile: GridProfile,
    then: (String, GridProfile),
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let code = record.code("code");
    let code = record.need("code", code);
    let name = record.line("name");
    let name = super::short(record, "name", name);
    let mut counted = |key| {
        let n = record.integer(key);
        if n.is_some_and(|n| !(0..=10_000_000).contains(&n)) {
            record.error(key, problem("这个数不合理，请核对", "is no likely number"));
        }
        n
    };
    let (households, people, buildings) = (counted("households"), counted("people"), counted("buildings"));
    let watch = super::phone(record, "watch").unwrap_or_default();
    let mut line = |key| record.line(key).unwrap_or_default();
    let (kind, scope, area, note) = (line("kind"), line("scope"), line("area"), line("note"));
    let profile =
        GridProfile { special: kind.contains("专属") || kind.contains("专"), scope, area, households, people, buildings, watch, note };
    let (Some(code), Some(name), true) = (code, name, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    if super::twice(run, record, "grid", &code) {
        return Ok(Became::Wrong);
    }
    let Some(found) = people::unit_by_code(tx, &code)? else { return make(tx, ctx, run, record, code, name, &profile) };
    if found.level != Level::Grid {
        record.error("code", problem("这个代码不是网格的", "the code is not a grid’s"));
        return Ok(Became::Wrong);
    }
    let before = grid_profile(tx, found.id)?.unwrap_or_default();
    if found.name == name && before == profile {
        return Ok(Became::Same);
    }
    if !run.dry {
        let input = ChangeUnit { unit: found.id, name: name.clone(), phone: found.phone.clone(), ord: found.ord };
        if let Err(error) = run.with::<ManageUnits, _>(found.id, |who| change_unit(tx, ctx, who, &input))? {
            return super::units::refused(record, "name", error);
        }
        describe(tx, ctx, run, found.id, &profile)?;
    }
    let before = Before { name: found.name, profile: before, then: (name, profile) };
    Ok(Became::Changed(found.id.0, serde_json::to_vec(&before).unwrap_or_default()))
}

fn describe(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, grid: UnitId, profile: &GridProfile) -> Result<(), BringError> {
    match run.with::<ManageUnits, _>(grid, |who| describe_grid(tx, ctx, who, grid, profile))? {
        Ok(()) => Ok(()),
        Err(DescribeError::Store(error)) => Err(error.into()),
        Err(error) => Err(BringError::Failed(error.to_string())),
    }
}

fn make(
    tx: &mut Tx,
    ctx: &Ctx,
    run: &Run<'_>,
    record: &mut Record<'_>,
    code: String,
    name: String,
    profile: &GridProfile,
) -> Result<Became, BringError> {
    let community = code.get(..12).unwrap_or("");
    let parent = people::unit_by_code(tx, community)?.filter(|parent| parent.level == Level::Community);
    let Some(parent) = parent.filter(|_| people::code_fits(Level::Grid, &code, Some(community))) else {
        record.error(
            "code",
            problem(
                "网格编码应为 15 位，前 12 位是已有社区（村）的代码",
                "a grid’s code has 15 digits, the first 12 an existing community’s",
            ),
        );
        return Ok(Became::Wrong);
    };
    if run.dry {
        return Ok(Became::New(Id::default()));
    }
    let ord = code.get(12..).and_then(|serial| serial.parse().ok()).unwrap_or(0);
    let input = CreateUnit { code, name, phone: None, level: Level::Grid, parent: Some(parent.id), ord };
    match run.with::<ManageUnits, _>(parent.id, |who| create_unit(tx, ctx, who, &input))? {
        Ok(grid) => {
            describe(tx, ctx, run, grid, profile)?;
            Ok(Became::New(grid.0))
        }
        Err(CreateUnitError::Store(error)) => Err(error.into()),
        Err(error) => super::units::refused(record, "code", error),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, before: Option<&[u8]>) -> Result<Undone, BringError> {
    let grid = UnitId(subject);
    let Some(before) = before else {
        if run.is_busy(tx, grid)? {
            return Ok(Undone::Kept);
        }
        return match run.with::<ManageUnits, _>(grid, |who| close_unit(tx, ctx, who, grid, None))? {
            Ok(()) => Ok(Undone::Back),
            Err(people::CloseUnitError::Store(error)) => Err(error.into()),
            Err(_) => Ok(Undone::Kept),
        };
    };
    let Ok(before) = serde_json::from_slice::<Before>(before) else { return Ok(Undone::Kept) };
    let (tree, profile) = (people::tree(tx)?, grid_profile(tx, grid)?.unwrap_or_default());
    let Some(now) = tree.get(grid).filter(|now| !now.is_closed() && (&now.name, &profile) == (&before.then.0, &before.then.1)) else {
        return Ok(Undone::Kept);
    };
    let input = ChangeUnit { unit: grid, name: before.name, phone: now.phone.clone(), ord: now.ord };
    if run.with::<ManageUnits, _>(grid, |who| change_unit(tx, ctx, who, &input))?.is_err() {
        return Ok(Undone::Kept);
    }
    describe(tx, ctx, run, grid, &before.profile)?;
    Ok(Undone::Back)
}

fn export(tx: &mut Tx, ctx: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    for grid in tree.subtree(scope).into_iter().filter(|unit| unit.level == Level::Grid && !unit.is_closed()) {
        let profile = grid_profile(tx, grid.id)?.unwrap_or_default();
        let holders = people::read::holders_in(tx, ctx.now, grid.id)?;
        let workers: Vec<&people::read::Holding> = holders.iter().filter(|held| held.role == Role::GridWorker).collect();
        let mut phones = Vec::new();
        for worker in &workers {
            phones.extend(people::read::person(tx, worker.person)?.and_then(|person| person.phone));
        }
        let (mut leads, mut party) = (Vec::new(), Vec::new());
        for duty in people::duties_of(tx, grid.id)?.into_iter().filter(|duty| duty.kind == people::DutyKind::Principal) {
            let held = people::read::holders_in(tx, ctx.now, duty.post_unit)?;
            leads.extend(held.into_iter().filter(|held| held.post == duty.post).map(|held| held.name));
        }
        for link in people::links_of(tx, grid.id)? {
            party.extend(tree.get(link.party).map(|unit| unit.name.clone()));
        }
        let above = |level| tree.at_level(grid.id, level).map_or("", |unit| unit.name.as_str());
        let names: Vec<&str> = workers.iter().map(|held| held.name.as_str()).collect();
        out(&[
            grid.code.as_str().into(),
            grid.name.as_str().into(),
            if profile.special { "专属网格" } else { "基础网格" }.into(),
            above(Level::Town).into(),
            above(Level::Community).into(),
            profile.scope.as_str().into(),
            profile.area.as_str().into(),
            profile.households.into(),
            profile.people.into(),
            profile.buildings.into(),
            leads.join("、").into(),
            names.join("、").into(),
            phones.join("、").into(),
            party.join("、").into(),
            Value::from(profile.watch.as_str()),
            profile.note.as_str().into(),
        ])?;
    }
    Ok(())
}
