//! 居民信息 as communities keep it in their own tables: what a row becomes, how that is undone, and the masked
//! table that goes out.

mod basis;

use base::id_number::IdNumber;
use base::{Ctx, Id, Phone, UnitId};
use people::{Actor, Level, Tree, Unit};
use sheets::{Column, Kind, Problem, Record};
use store::{Sql, StoreError, Tx, p, sql};
use web::bring::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

use crate::ResidentId;
use crate::enter::{carry, insert, take_out, update};
use crate::keep::{Sealed, find, find_same};
use crate::model::{Home, Identity, LONGEST, Resident, Traits};
use crate::pages::texts::ResidentTexts;
use crate::permissions::Keep;
use crate::read;
use crate::term::{Why, confirm_again};

/// The table.
pub const TABLE: Bring = Bring {
    key: "residents",
    words: |lang| Words { title: ResidentTexts::of(lang).table_title, intro: ResidentTexts::of(lang).table_intro },
    columns: COLUMNS,
    labels: &[
        "Community",
        "Grid",
        "Estate",
        "Building",
        "Unit",
        "Room",
        "Head of household",
        "Relation to the head",
        "Name",
        "Sex",
        "Identity number",
        "Ethnicity",
        "Political status",
        "Telephone",
        "Registered at",
        "Registered or living here",
        "Notes for care",
        "Basis of the notes",
        "How consent was given",
        "Day of the basis",
    ],
    scopes,
    row,
    undo,
    export,
    at_once: 120,
    personal: true,
};

const COLUMNS: &[Column] = &[
    Column {
        key: "community", header: "社区", also: &["村（社区）", "社区（村）", "所属社区"], required: false, kind: Kind::Line
    },
    Column {
        key: "grid", header: "网格", also: &["网格编码", "所属网格", "网格名称", "所在网格"], required: false, kind: Kind::Line
    },
    Column { key: "estate", header: "小区", also: &["小区名称", "小区（院落）", "组"], required: false, kind: Kind::Line },
    Column { key: "building", header: "楼", also: &["楼栋", "楼号", "幢", "栋"], required: false, kind: Kind::Line },
    Column { key: "unit", header: "单元", also: &["单元号"], required: false, kind: Kind::Line },
    Column { key: "room", header: "室", also: &["房号", "门牌", "户号", "室号"], required: false, kind: Kind::Line },
    Column { key: "head", header: "户主", also: &["户主姓名"], required: false, kind: Kind::Line },
    Column { key: "relation", header: "与户主关系", also: &["关系", "户主关系"], required: false, kind: Kind::Line },
    Column { key: "name", header: "姓名", also: &["居民姓名", "name"], required: true, kind: Kind::Line },
    Column { key: "sex", header: "性别", also: &["sex"], required: false, kind: Kind::Line },
    Column {
        key: "number",
        header: "身份证号",
        also: &["身份证号码", "公民身份号码", "身份证", "证件号码", "id"],
        required: false,
        kind: Kind::Code,
    },
    Column { key: "ethnicity", header: "民族", also: &[], required: false, kind: Kind::Line },
    Column { key: "politics", header: "政治面貌", also: &[], required: false, kind: Kind::Line },
    Column {
        key: "phone", header: "电话", also: &["联系电话", "手机", "手机号", "手机号码", "phone"], required: false, kind: Kind::Code
    },
    Column { key: "registered", header: "户籍地", also: &["户籍地址", "户口所在地"], required: false, kind: Kind::Line },
    Column { key: "status", header: "人户情况", also: &["人户状态"], required: false, kind: Kind::Line },
    Column { key: "tags", header: "人群标签", also: &["标签", "人员类别", "特殊人群"], required: false, kind: Kind::Line },
    Column {
        key: "ground", header: "标签依据", also: &["人群标签依据", "处理依据", "依据"], required: false, kind: Kind::Line
    },
    Column { key: "means", header: "同意方式", also: &["同意的方式"], required: false, kind: Kind::Line },
    Column { key: "on", header: "依据日期", also: &["同意日期"], required: false, kind: Kind::Date },
];

/// The communities that somebody's post keeps.
fn scopes(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    let mut units: Vec<UnitId> =
        actor.each::<Keep>().map(|proof| proof.reach()).filter(|unit| tree.level(*unit) == Some(Level::Community)).collect();
    units.sort_unstable();
    units.dedup();
    units
}

/// The community of a row, and its grid.
fn place(run: &Run<'_>, record: &mut Record<'_>) -> Option<(UnitId, Option<UnitId>)> {
    let grid = record.line("grid");
    let named = record.line("community");
    let by_code = grid.as_deref().and_then(|grid| run.tree.find_code(grid)).filter(|unit| unit.level == Level::Grid);
    let community = match by_code.and_then(|grid| grid.parent) {
        Some(community) => Some(community),
        None if run.tree.level(run.scope) == Some(Level::Community) => Some(run.scope),
        None => {
            let fits = |unit: &&Unit| named.as_deref().is_some_and(|name| unit.name == name || unit.code == name);
            run.tree.of_level(Level::Community).find(fits).map(|unit| unit.id)
        }
    };
    let Some(community) = community.filter(|community| run.tree.is_within(*community, run.scope)) else {
        let key = if grid.is_some() { "grid" } else { "community" };
        record.error(key, problem("不是要导入的社区的网格", "is not of the community that this goes into"));
        return None;
    };
    if let (Some(name), true) = (&named, run.tree.level(run.scope) == Some(Level::Community))
        && run.tree.get(community).is_some_and(|unit| !alike(&unit.name, name))
    {
        record.error("community", problem("这一行是别的社区的", "this row is another community’s"));
        return None;
    }
    let Some(grid) = grid else { return Some((community, None)) };
    if let Some(unit) = by_code {
        return Some((community, Some(unit.id)));
    }
    let mut fitting = run.tree.children(community).filter(|unit| unit.level == Level::Grid && unit.name.starts_with(&grid));
    match (fitting.next(), fitting.next()) {
        (Some(one), other) if other.is_none() || one.name == grid => Some((community, Some(one.id))),
        _ => {
            record.error(
                "grid",
                problem("这个社区没有这个网格，请写网格编码或名称", "the community has no such grid; write its code or name"),
            );
            None
        }
    }
}

/// 东门 is 东门社区.
fn alike(name: &str, written: &str) -> bool {
    name == written || name.trim_end_matches("社区").trim_end_matches('村') == written.trim_end_matches("社区").trim_end_matches('村')
}

fn plain(record: &mut Record<'_>) -> Option<Resident> {
    let mut line = |key: &str| {
        let text = record.line(key).unwrap_or_default();
        let found = text.chars().count();
        if found > LONGEST {
            record.error(key, Problem::TooLong(found, LONGEST));
        }
        text
    };
    let home = Home { estate: line("estate"), building: line("building"), unit: line("unit"), room: line("room") };
    let traits =
        Traits { head: line("head"), relation: line("relation"), politics: line("politics"), status: line("status"), tags: line("tags") };
    let mut identity = Identity {
        name: line("name"),
        sex: line("sex"),
        ethnicity: line("ethnicity"),
        registered: line("registered"),
        ..Identity::default()
    };
    record.need("name", Some(&identity.name).filter(|name| !name.is_empty()).map(drop));
    if identity.name.contains('*') {
        record.error("name", problem("姓名被遮盖了一部分，请填写完整", "part of the name is masked; write all of it"));
    }
    if let Some(typed) = record.code("number") {
        match IdNumber::parse(&typed) {
            Ok(number) => {
                let of_number = if number.is_male() { "男" } else { "女" };
                if identity.sex.is_empty() {
                    identity.sex = of_number.to_owned();
                } else if !identity.sex.starts_with(of_number) {
                    record.error("sex", problem("性别和身份证号不一致", "does not agree with the identity number"));
                }
                number.as_str().clone_into(&mut identity.number);
            }
            Err(error) => record.error("number", problem(error.zh(), error.to_string())),
        }
    }
    if !matches!(identity.sex.as_str(), "" | "男" | "女") {
        record.error("sex", problem("请填“男”或“女”", "must be 男 or 女"));
    }
    let phone = phone(record).unwrap_or_default();
    record.errors().is_empty().then_some(Resident { home, identity, phone, traits })
}

/// The first telephone of a cell: families write several.
fn phone(record: &mut Record<'_>) -> Option<String> {
    let typed = record.code("phone")?;
    let first = typed.split(['、', '/', ',', '，', ';', '；']).find(|part| !part.is_empty())?;
    match Phone::parse(first) {
        Ok(phone) => Some(phone.digits().to_owned()),
        Err(error) => {
            record.error("phone", problem(error.zh(), error.to_string()));
            None
        }
    }
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let place = place(run, record);
    let plain = plain(record);
    let (Some((community, grid)), Some(plain)) = (place, plain) else { return Ok(Became::Wrong) };
    let said = basis::read(ctx, record, &plain);
    if !record.errors().is_empty() {
        return Ok(Became::Wrong);
    }
    let named = if plain.identity.number.is_empty() {
        format!("{community} {}\n{}", plain.identity.name, plain.home.whole())
    } else {
        format!("{community} {}", plain.identity.number)
    };
    if let Some(before) = run.twice("resident", &named, record.number()) {
        record.error("", problem(format!("和第 {before} 行是同一个人"), format!("is the person of row {before}")));
        return Ok(Became::Wrong);
    }
    let sealed = Sealed::of(ctx, grid, &plain)?;
    let Some(known) = find_same(tx, community, &sealed)? else {
        if run.dry {
            return Ok(Became::New(Id::default()));
        }
        let batch = run.batch;
        let id = run.with::<Keep, _>(community, |who| {
            let id = insert(tx, ctx, who, community, &sealed, Some(batch))?;
            basis::note(tx, ctx, who, (community, id), said.as_ref(), batch)?;
            Ok::<_, StoreError>(id)
        })?;
        return Ok(Became::New(id?.0));
    };
    let founded = basis::is_new(tx, known.id, said.as_ref())?;
    let same = known.grid() == grid && known.sealed.plain(ctx)? == plain;
    if same && !founded {
        // That the community's own table still has it says that it is still right.
        if !run.dry {
            let batch = run.batch;
            run.with::<Keep, _>(community, |who| confirm_again(tx, ctx, who, &known, batch))??;
        }
        return Ok(Became::Same);
    }
    let mut told = None;
    if !run.dry {
        let batch = run.batch;
        told = run.with::<Keep, _>(community, |who| {
            if same {
                confirm_again(tx, ctx, who, &known, batch)?;
            } else {
                update(tx, ctx, who, &known, &sealed, Some(batch))?;
            }
            basis::note(tx, ctx, who, (community, known.id), said.as_ref().filter(|_| founded), batch)
        })??;
    }
    let then = if same { known.sealed.digest() } else { sealed.digest() };
    let before = Before { v: known.v, sealed: known.sealed, then, told };
    Ok(Became::Changed(known.id.0, serde_json::to_vec(&before).map_err(|error| StoreError::Other(error.to_string()))?))
}

/// What an entry was before, sealed as it was, and the digest of what the import made of it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Before {
    v: i64,
    sealed: Sealed,
    then: String,
    /// The basis that the import noted.
    #[serde(default)]
    told: Option<Id>,
}

const AS_BEFORE: &Sql = sql!("UPDATE resident SET v = ?2 WHERE id = ?1");

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, before: Option<&[u8]>) -> Result<Undone, BringError> {
    let Some(entry) = find(tx, ResidentId(subject))? else { return Ok(Undone::Kept) };
    let batch = Some(run.batch);
    match before {
        None if entry.batch == batch && entry.v == 1 => {
            run.with::<Keep, _>(entry.community, |who| take_out(tx, ctx, who.actor(), &entry, batch, Why::Undone))??;
            Ok(Undone::Back)
        }
        None => Ok(Undone::Kept),
        Some(before) => {
            let Ok(before) = serde_json::from_slice::<Before>(before) else { return Ok(Undone::Kept) };
            if entry.sealed.digest() != before.then {
                return Ok(Undone::Kept);
            }
            let same = before.sealed.digest() == before.then;
            run.with::<Keep, _>(entry.community, |who| {
                if let Some(told) = before.told {
                    basis::undo(tx, ctx, who, (entry.community, entry.id), told, run.batch)?;
                }
                if same { Ok(()) } else { carry(tx, ctx, who, &entry, &before.sealed, batch) }
            })??;
            // As it was, so that an earlier import can be undone as well.
            tx.exec(AS_BEFORE, p![entry.id, before.v])?;
            Ok(Undone::Back)
        }
    }
}

/// The masked register: an export shows no more than a page does.
fn export(tx: &mut Tx, ctx: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    let communities: Vec<UnitId> =
        tree.subtree(scope).into_iter().filter(|unit| unit.level == Level::Community && !unit.is_closed()).map(|unit| unit.id).collect();
    for community in communities {
        let name = tree.get(community).map_or("", |unit| unit.name.as_str());
        let mut after = ResidentId::default();
        loop {
            let entries = read::some(tx, community, None, after, 500)?;
            let Some(last) = entries.last() else { break };
            after = last.id;
            for entry in &entries {
                let plain = entry.sealed.plain(ctx)?;
                let line = read::line(ctx, entry, &plain.identity)?;
                let grid = line.grid.and_then(|grid| tree.get(grid)).map_or("", |grid| grid.code.as_str());
                let head = crate::mask_name(&plain.traits.head);
                let held = if plain.traits.tags.is_empty() { None } else { crate::basis::basis(tx, entry.id)?.map(|noted| noted.basis) };
                let (ground, means) = (held.map(|held| basis::ground_name(held.ground)), held.and_then(|held| held.means));
                out(&[
                    name.into(),
                    grid.into(),
                    plain.home.estate.as_str().into(),
                    plain.home.building.as_str().into(),
                    stars(&plain.home.unit).into(),
                    stars(&plain.home.room).into(),
                    head.into(),
                    plain.traits.relation.as_str().into(),
                    line.name.into(),
                    line.sex.into(),
                    line.number.into(),
                    stars(&plain.identity.ethnicity).into(),
                    stars(&plain.traits.politics).into(),
                    line.phone.into(),
                    stars(&plain.identity.registered).into(),
                    plain.traits.status.as_str().into(),
                    stars(&plain.traits.tags).into(),
                    ground.into(),
                    means.map(basis::means_name).into(),
                    held.map(|held| held.on).into(),
                ])?;
            }
        }
    }
    Ok(())
}

/// That something is known, and not what.
fn stars(text: &str) -> &'static str {
    if text.is_empty() { "" } else { "**" }
}
