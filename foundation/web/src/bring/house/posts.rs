//! 岗位: which posts the units have.

use base::{Ctx, Id, UnitId};
use people::{ClosePostError, CreatePost, CreatePostError, ManageUnits, PostId, Role, TreeKind, close_post, create_post};
use sheets::{Column, Kind, Record};
use store::Tx;

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};
use crate::Lang;
use crate::pages::words::role as role_words;

pub(crate) const KIND: Bring = Bring {
    key: "posts",
    words: |lang| Words { title: BringTexts::of(lang).title_posts, intro: BringTexts::of(lang).intro_posts },
    columns: &[
        super::OF_UNIT,
        super::UNIT_NAME,
        Column { key: "title", header: "岗位名称", also: &["岗位", "职务", "title"], required: true, kind: Kind::Line },
        Column { key: "role", header: "角色", also: &["岗位类型", "role"], required: true, kind: Kind::Line },
        Column { key: "whole", header: "管到全区", also: &["全区"], required: false, kind: Kind::YesNo },
    ],
    labels: &["Unit’s code", "Unit", "Title", "Role", "Reaches the whole district"],
    scopes: super::units_of,
    row,
    undo,
    export,
    at_once: 20,
    personal: false,
};

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let unit = super::unit(tx, record, "unit")?;
    let title = record.line("title");
    let title = super::short(record, "title", title);
    let role = record.line("role");
    let role = record.need("role", role).and_then(|words| {
        let known = Role::ALL.into_iter().find(|role| role.code() == words || role_words(Lang::Hans, *role) == words);
        if known.is_none() {
            record.error("role", problem("没有这个角色，请按导出的表格填写", "there is no such role; see what an export writes"));
        }
        known
    });
    let whole = record.yes_no("whole").unwrap_or(false);
    let (Some(unit), Some(title), Some(role), true) = (unit, title, role, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    // A unit may have several posts of one title, and an export names each: a row for each of them is no mistake.
    let known = people::posts_titled(tx, unit.id, &title)?.iter().filter(|(_, known, _)| *known == role).count();
    let named = |n: usize| format!("{} {} {title} {n}", unit.id, role.code());
    let nth = (1..).find(|n| !run.knows("post", &named(*n))).unwrap_or(1);
    if nth > 1 && nth > known {
        super::twice(run, record, "post", &named(1));
        return Ok(Became::Wrong);
    }
    run.twice("post", &named(nth), record.number());
    if nth <= known {
        return Ok(Became::Same);
    }
    if run.dry {
        return Ok(Became::New(Id::default()));
    }
    let reach = run.tree.district().filter(|_| whole).map(|district| district.id);
    let input = CreatePost { unit: unit.id, reach, role, title };
    match run.with::<ManageUnits, _>(unit.id, |who| create_post(tx, ctx, who, &input))? {
        Ok(post) => Ok(Became::New(post.0)),
        Err(CreatePostError::Store(error)) => Err(error.into()),
        Err(error) => super::units::refused(record, "whole", error),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, _: Option<&[u8]>) -> Result<Undone, BringError> {
    match run.with::<ManageUnits, _>(run.scope, |who| close_post(tx, ctx, who, PostId(subject), None))? {
        Ok(()) => Ok(Undone::Back),
        Err(ClosePostError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

fn export(tx: &mut Tx, ctx: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    let mut units = tree.subtree(scope);
    for root in tree.roots(TreeKind::Party) {
        units.extend(tree.subtree(root.id));
    }
    for unit in units.into_iter().filter(|unit| !unit.is_closed()) {
        for post in people::read::posts_in(tx, ctx.now, unit.id)? {
            let whole = post.reach != post.unit;
            let role = role_words(Lang::Hans, post.role);
            out(&[
                unit.code.as_str().into(),
                tree.full_name(unit.id).into(),
                post.title.as_str().into(),
                role.into(),
                if whole { "是" } else { "否" }.into(),
            ])?;
        }
    }
    Ok(())
}
