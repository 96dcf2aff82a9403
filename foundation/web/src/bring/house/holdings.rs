//! 任职: who holds which post, since when, and until when those acting do.

use base::{Ctx, Id, PersonId, Time, UnitId};
use people::{
    ActError, Grant, HoldError, HoldingId, Passing, PostId, TreeKind, WithdrawError, Withdrawn, act, hold, may_be_given, withdraw_holding,
};
use sheets::{Column, Kind, Record, Value};
use store::{StoreError, Tx};

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

pub(crate) const KIND: Bring = Bring {
    key: "holdings",
    words: |lang| Words { title: BringTexts::of(lang).title_holdings, intro: BringTexts::of(lang).intro_holdings },
    columns: &[
        Column { key: "name", header: "姓名", also: &["人员姓名", "name"], required: true, kind: Kind::Line },
        Column {
            key: "phone", header: "工作电话", also: &["联系电话", "电话", "手机", "phone"], required: false, kind: Kind::Code
        },
        super::OF_UNIT,
        super::UNIT_NAME,
        Column { key: "title", header: "岗位名称", also: &["岗位", "职务", "title"], required: true, kind: Kind::Line },
        Column { key: "from", header: "任职时间", also: &["任职日期", "from"], required: false, kind: Kind::Date },
        Column {
            key: "to", header: "代理截止", also: &["代理至", "代理截止日期", "until"], required: false, kind: Kind::Date
        },
    ],
    labels: &["Name", "Telephone at work", "Unit’s code", "Unit", "Title of the post", "Since", "Acting until"],
    scopes: super::grants_of,
    row,
    undo,
    export,
    at_once: 20,
    personal: false,
};

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let name = record.line("name");
    let name = super::short(record, "name", name);
    let phone = super::phone(record, "phone");
    let unit = super::unit(tx, record, "unit")?;
    let title = record.line("title");
    let title = record.need("title", title);
    let midnight = |date: base::Date| Time::from_civil(date.at(0, 0, 0, 0));
    let from = record.date("from").map(midnight);
    // The last day counts whole.
    let to = record.date("to").map(|date| midnight(date).plus(Time::DAY));
    let (Some(name), Some(unit), Some(title), true) = (name, unit, title, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    let person = match super::people_table::find(tx, &name, phone.as_deref())?.as_slice() {
        [(person, _)] => *person,
        [] => {
            record.error("name", problem("没有这个人，请先导入人员", "there is no such person; bring people in first"));
            return Ok(Became::Wrong);
        }
        _ => {
            record.error("phone", problem("有同名的人，请填写工作电话", "several people have this name; write the telephone"));
            return Ok(Became::Wrong);
        }
    };
    let titled = people::posts_titled(tx, unit.id, &title)?;
    let post = match titled.as_slice() {
        [(post, ..)] => *post,
        // Which of several alike it is says who holds it; a new one comes to a post that is vacant.
        [first, others @ ..] if others.iter().all(|other| (other.1, other.2) == (first.1, first.2)) => {
            let holders = people::read::holders_in(tx, ctx.now, unit.id)?;
            let held = |post: &PostId, by: Option<PersonId>| holders.iter().any(|h| h.post == *post && by.is_none_or(|by| by == h.person));
            let mut posts = titled.iter().map(|(post, ..)| *post);
            let own = posts.clone().find(|post| held(post, Some(person)));
            own.or_else(|| posts.find(|post| !held(post, None))).unwrap_or(first.0)
        }
        [] => {
            record.error("title", problem("这个单位没有这个岗位，请先导入岗位", "the unit has no such post; bring posts in first"));
            return Ok(Became::Wrong);
        }
        _ => {
            record.error(
                "title",
                problem("这个单位有几个同名的岗位，请先改名", "the unit has several posts of this title; rename them first"),
            );
            return Ok(Became::Wrong);
        }
    };
    if super::twice(run, record, "holding", &format!("{person} {post}")) {
        return Ok(Became::Wrong);
    }
    let held = people::read::holdings_of(tx, person)?;
    if held.iter().any(|held| held.post == post && held.to.is_none_or(|end| end > ctx.now) && held.acting == to.is_some()) {
        return Ok(Became::Same);
    }
    let begins = from.unwrap_or(ctx.now);
    if to.is_some_and(|to| to <= begins || to <= ctx.now) {
        record.error("to", problem("代理截止应在任职时间和今天之后", "must lie after the beginning and after today"));
        return Ok(Became::Wrong);
    }
    let dry = run.dry;
    let made = run.with::<Grant, _>(unit.id, |who| match to {
        _ if dry => may_be_given(tx, ctx, who, person, post, begins).map(|()| HoldingId::default()).map_err(ActError::Hold),
        Some(to) => act(tx, ctx, who, person, post, begins, to),
        None => hold(tx, ctx, who, person, post, begins).map_err(ActError::Hold),
    })?;
    match made {
        Ok(holding) => Ok(Became::New(holding.0)),
        Err(ActError::Store(error) | ActError::Hold(HoldError::Store(error))) => Err(error.into()),
        Err(ActError::Hold(HoldError::Excluded)) => {
            record.error("title", problem("系统、安全、审计三员不能由同一人兼任", "one person cannot be two of the three administrators"));
            Ok(Became::Wrong)
        }
        Err(ActError::Hold(HoldError::OwnCode)) => {
            record.error(
                "title",
                problem(
                    "邀请码是您发的，请由另一位安全管理员任命",
                    "you gave this person their code; another security administrator appoints them",
                ),
            );
            Ok(Became::Wrong)
        }
        Err(error) => super::units::refused(record, "title", error),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, _: Option<&[u8]>) -> Result<Undone, BringError> {
    match run.with::<Grant, _>(run.scope, |who| withdraw_holding(tx, ctx, who, HoldingId(subject)))? {
        Ok(gone) => {
            hand_back(tx, ctx, run, gone)?;
            Ok(Undone::Back)
        }
        Err(WithdrawError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

/// Gives back to a unit what somebody has in hand there who holds nothing in it any more: nobody waits for who never was there.
fn hand_back(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, gone: Withdrawn) -> Result<(), StoreError> {
    let Withdrawn { person, unit } = gone;
    if people::read::units_of(tx, ctx.now, person)?.contains(&unit) {
        return Ok(());
    }
    let actor = run.who.as_ref().map_or(record::Actor::System, |who| record::Actor::Person(who.person));
    run.app.pass(tx, ctx, actor, &Passing::Person { person, unit, to: None }).map(drop)
}

fn export(tx: &mut Tx, ctx: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    let mut units = tree.subtree(scope);
    for root in tree.roots(TreeKind::Party) {
        units.extend(tree.subtree(root.id));
    }
    for unit in units.into_iter().filter(|unit| !unit.is_closed()) {
        for held in people::read::holders_in(tx, ctx.now, unit.id)? {
            let phone = people::read::person(tx, held.person)?.and_then(|person| person.phone).unwrap_or_default();
            let until = held.to.filter(|_| held.acting).map(|to| to.plus(-1).date());
            out(&[
                held.name.as_str().into(),
                phone.into(),
                unit.code.as_str().into(),
                tree.full_name(unit.id).into(),
                held.title.as_str().into(),
                Value::Date(held.from.date()),
                until.into(),
            ])?;
        }
    }
    Ok(())
}
