//! What stands around a unit: its counterpart in the other tree, who answers for what, its past, and merging
//! and splitting it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Ctx, Id, UnitId};
use people::history::{Past, history, posts_ever};
use people::{DutyError, DutyKind, Level, LinkError, ManageUnits, Passing, PostId, Split, SucceedError, Tree, Unit};
use store::{StoreError, Tx};

use super::successors::{FOUND, counterparts, successors};
use super::{Refusal, act, admit, by};
use crate::kit::{Choice, Group};
use crate::{App, Errors, Fields, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

crate::texts! {
    /// Words of what stands around a unit.
    pub(crate) AroundTexts;
    title: "关系与沿革", "Links and history";
    links: "党组织与单位", "Party organisation and unit";
    links_hint: "单位和党组织各成系列，在这里写明谁对应谁", "Units and Party organisations are two trees; here it is said which belongs to which";
    links_none: "还没有对应关系", "Nothing is linked yet";
    link_which: "对应哪个党组织或单位", "Which Party organisation or unit";
    link_missing: "请选择对应的党组织或单位", "Choose the Party organisation or the unit";
    link_add: "建立对应", "Link";
    link_end: "解除", "Unlink";
    duties: "责任岗位", "Who answers for what";
    duties_none: "还没有确定", "Nobody is named yet";
    principal: "第一责任人", "First responsible";
    dual: "一岗双责", "Dual responsibility";
    vacant: "空缺", "vacant";
    duty_post: "岗位", "Post";
    duty_kind: "责任", "How";
    duty_matter: "事项", "For what";
    duty_hint: "如“基层治理”“安全生产”", "As “safety at work”";
    duty_add: "确定", "Name";
    duty_end: "解除", "End";
    history: "沿革", "History";
    made: "设立，代码 {code}", "Created with the code {code}";
    called: "由“{before}”改名为“{after}”", "Renamed from {before} to {after}";
    took: "接续 {unit}（代码 {code}）", "Took over from {unit} (code {code})";
    gave: "划出部分给 {unit}（代码 {code}）", "Gave part of it to {unit} (code {code})";
    ended: "撤销", "Closed";
    ended_to: "撤销，由 {unit}（代码 {code}）接续", "Closed; {unit} (code {code}) took over";
    posts: "历任", "Posts and who held them";
    posts_none: "还没有岗位", "No posts yet";
    acting: "（代理）", ", acting";
    from: "{when} 起", "since {when}";
    from_to: "{from} 至 {to}", "{from} to {to}";
    post_ended: "已撤销", "ended";
    post_was: "{when} 以前叫“{title}”", "called {title} until {when}";
    post_passed: "由 {post} 接续", "{post} took its place";
    merge: "并入另一个单位", "Merge into another unit";
    merge_hint: "本单位撤销。下级网格换新代码，岗位和任职的人、在办事项、居民名册随之转到新单位，期限不变。以前的记录和数字仍归本单位。", "This unit is closed. Its grids get new codes; posts with their holders, work in hand and the register go along, with their deadlines. What was recorded stays with this unit.";
    merge_held: "现在手上有：{what}。都会转到新单位。", "It has in hand: {what}. All of it goes to the other unit.";
    merge_which: "并入哪个单位", "Which unit to merge into";
    merge_missing: "请选择并入哪个单位", "Choose the unit to merge into";
    merge_find: "别的镇街的网格", "A grid of another town";
    merge_find_hint: "先列出的是本镇街的网格。按名称、所在社区或代码查找，您管得到的网格都可以选", "Those of the same town are listed. Search by name, community or code: any grid that your post covers can be chosen";
    merge_find_do: "查找", "Search";
    merge_found_none: "没有找到名称或代码是“{what}”的其他网格", "No other grid has “{what}” in its name or as its code";
    merge_found_many: "找到的网格太多，只列出 {n} 个，请写得更完整", "More grids were found than the {n} that are listed; write more of the name";
    merge_alone: "没有同级的其他单位可以并入。", "There is no other unit of this level to merge into.";
    merge_do: "并入", "Merge";
    split: "划出一部分，新设单位", "Split off a new unit";
    split_hint: "选中的下级转到新单位。", "What is chosen below goes to the new unit.";
    split_code: "新单位代码", "Code of the new unit";
    split_name: "新单位名称", "Name of the new unit";
    split_parts: "划出的下级单位", "Units to split off";
    split_do: "划出", "Split off";
    done_merge: "已并入：转出 {units} 个下级、{posts} 个岗位、{passed} 件事项", "Merged: {units} units below, {posts} posts, {passed} matters passed on";
    done_split: "已划出：转出 {units} 个下级、{posts} 个岗位、{passed} 件事项", "Split off: {units} units below, {posts} posts, {passed} matters passed on";
    done: "已保存", "Saved";
    no_code: "没有代码为“{code}”的单位，请重新选择", "No unit has the code {code}; choose again";
    not_covered: "您的岗位管不到这里", "Your post does not reach this far";
    gone: "已不存在，请刷新", "It is not there any more, please reload";
    one_tree: "应一个是单位，一个是党组织", "One must be a unit, the other a Party organisation";
    linked: "已建立过", "They are linked already";
    taken: "这件事已有第一责任人，或这个岗位已有这项责任", "Another post answers first for it, or this one does already";
    matter_bad: "请填写 1 到 60 个字", "Please enter 1 to 60 characters";
    unlike: "只能并入同一层级的另一个单位", "Only into another unit of the same level";
    children: "下面还有 {n} 个社区（村），代码由上级编定，请先逐个处理", "{n} communities stand below, whose codes others give; deal with them first";
    parts_bad: "请选要划出的下级，并留下一部分", "Choose what goes, and leave something";
    code_bad: "代码或名称不合规则，或代码已被使用", "The code or the name does not fit, or the code is taken";
    codes_full: "网格代码已用完", "There is no code left for another grid";
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/units/around", get(show))
        .route("/admin/units/link", post(link))
        .route("/admin/units/unlink", post(unlink))
        .route("/admin/units/duty", post(duty))
        .route("/admin/units/duty/end", post(end_duty))
        .route("/admin/units/merge", post(merge))
        .route("/admin/units/split", post(split))
}

struct DutyRow {
    id: Id,
    kind: &'static str,
    matter: String,
    post: String,
    holders: String,
}

/// A line of the history. The unit that it names stands in it as a link, since no list leads to one that was closed.
struct PastRow {
    when: String,
    before: String,
    unit: Option<(UnitId, String)>,
    after: String,
}

struct PostRow {
    title: String,
    ended: bool,
    /// Since when there is such a post, until when there was, and what took its place.
    when: String,
    called: Vec<String>,
    holders: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin-around.html")]
struct AroundPage {
    shell: Shell,
    t: &'static AroundTexts,
    errors: Errors,
    fields: Fields,
    unit: Unit,
    back: String,
    op_key: String,
    manages: bool,
    merges: bool,
    links: Vec<(Id, UnitId, String)>,
    counterparts: Vec<Group>,
    successors: Vec<Group>,
    /// Whether grids of other towns can be searched for, and what came of it.
    search: Option<String>,
    duties: Vec<DutyRow>,
    posts_choice: Vec<Choice>,
    kinds: Vec<Choice>,
    past: Vec<PastRow>,
    posts: Vec<PostRow>,
    parts: Vec<Choice>,
    held: Option<String>,
}

fn to(unit: UnitId) -> String {
    format!("/admin/units/around?unit={unit}")
}

async fn show(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    again(&staff, fields, Errors::none()).await
}

async fn again(staff: &Staff, fields: Fields, errors: Errors) -> Result<Response, PageError> {
    staff.read(move |tx, ctx, who| draw(tx, ctx, who, fields.clone(), errors.clone())).await
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, fields: Fields, errors: Errors) -> Result<Response, PageError> {
    admit(who)?;
    let (tree, lang) = (&who.tree, who.visit().lang);
    let t = AroundTexts::of(lang);
    let unit = fields.id::<UnitId>("unit").and_then(|id| tree.get(id)).cloned().ok_or(PageError::NotFound)?;
    let day = |at: base::Time| dates::day(lang, at.date(), ctx.now);
    let links = people::links_of(tx, unit.id)?.into_iter().map(|link| {
        let other = if link.unit == unit.id { link.party } else { link.unit };
        (link.id, other, tree.full_name(other))
    });
    let links = links.collect();
    let mut duties = Vec::new();
    for duty in people::duties_of(tx, unit.id)? {
        let held = people::read::holders_in(tx, ctx.now, duty.post_unit)?;
        let names: Vec<String> = held.into_iter().filter(|held| held.post == duty.post).map(|held| held.name).collect();
        duties.push(DutyRow {
            id: duty.id,
            kind: if duty.kind == DutyKind::Principal { t.principal } else { t.dual },
            post: format!("{} {}", tree.full_name(duty.post_unit), duty.title),
            matter: duty.matter,
            holders: if names.is_empty() { t.vacant.to_owned() } else { names.join(if lang.is_chinese() { "、" } else { ", " }) },
        });
    }
    let mut posts_choice = Vec::new();
    for above in tree.ancestors(unit.id).rev().filter(|above| !above.is_closed()) {
        for post in people::read::posts_in(tx, ctx.now, above.id)?.into_iter().filter(|post| !post.role.is_admin()) {
            let id = post.id.to_string();
            let chosen = id == fields.value("post");
            posts_choice.push(Choice::new(id, format!("{} {}", tree.full_name(above.id), post.title)).chosen(chosen));
        }
    }
    let past = history(tx, tree, unit.id)?.into_iter().map(|(at, past)| match past {
        Past::Made => past_row(tree, day(at), &fill(t.made, &[("code", &unit.code)]), None),
        Past::Called { before, after } => past_row(tree, day(at), &fill(t.called, &[("before", &before), ("after", &after)]), None),
        Past::Took(other) => past_row(tree, day(at), t.took, Some(other)),
        Past::Gave(other) => past_row(tree, day(at), t.gave, Some(other)),
        Past::Ended(None) => past_row(tree, day(at), t.ended, None),
        Past::Ended(Some(other)) => past_row(tree, day(at), t.ended_to, Some(other)),
    });
    let past = past.collect();
    let when = |from: base::Time, end: Option<base::Time>| match end {
        None => fill(t.from, &[("when", &day(from))]),
        Some(end) => fill(t.from_to, &[("from", &day(from)), ("to", &day(end))]),
    };
    let ever = posts_ever(tx, unit.id)?;
    let title_of = |post: PostId, of: UnitId, tx: &mut Tx| -> Result<String, StoreError> {
        let title = posts_ever(tx, of)?.into_iter().find(|ever| ever.id == post).map(|ever| ever.title);
        Ok(format!("{} {}", tree.full_name(of), title.unwrap_or_default()))
    };
    let mut followed = Vec::new();
    for post in &ever {
        followed.push(match post.successor {
            Some((next, of)) => fill(t.post_passed, &[("post", &title_of(next, of, tx)?)]),
            None => String::new(),
        });
    }
    let posts = ever.into_iter().zip(followed).map(|(post, followed)| PostRow {
        ended: post.to.is_some(),
        when: [when(post.from, post.to), followed].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        called: post.called.iter().map(|(at, title)| fill(t.post_was, &[("when", &day(*at)), ("title", title)])).collect(),
        holders: post
            .holders
            .iter()
            .map(|held| format!("{}{} {}", held.name, if held.acting { t.acting } else { "" }, when(held.from, held.to)))
            .collect(),
        title: post.title,
    });
    let manages = !unit.is_closed() && who.has::<ManageUnits>().is_some();
    let part = |child: &Unit| Choice::new(child.id.to_string(), &child.name).chosen(fields.chose("parts", &child.id.to_string()));
    let parts: Vec<Choice> = tree.children(unit.id).map(part).collect();
    let merges = manages && unit.level != Level::District;
    let has = if merges { who.visit().app.in_hand(tx, lang, unit.id)? } else { Vec::new() };
    let what = has.join(if lang.is_chinese() { "、" } else { ", " });
    let (offered, search) =
        if merges { searched(who, &unit, lang, fields.value("merge"), fields.value("find")) } else { (Vec::new(), None) };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let made = page(&AroundPage {
        shell: who.shell(t.title),
        t,
        errors,
        back: format!("/admin/units?unit={}", unit.id),
        op_key: who.visit().op_key(),
        manages,
        merges,
        links,
        counterparts: if manages { counterparts(who, &unit, fields.value("link")) } else { Vec::new() },
        successors: offered,
        search,
        duties,
        posts_choice,
        kinds: Choice::list([("principal", t.principal), ("dual", t.dual)], fields.get("kind").unwrap_or("principal")),
        past,
        posts: posts.collect(),
        parts: if merges && unit.level != Level::Town && parts.len() > 1 { parts } else { Vec::new() },
        held: (!has.is_empty()).then(|| fill(t.merge_held, &[("what", &what)])),
        fields,
        unit,
    })?;
    Ok(made.status(status).into_response())
}

fn past_row(tree: &Tree, when: String, words: &str, unit: Option<UnitId>) -> PastRow {
    let found = unit.and_then(|unit| tree.get(unit));
    let words = found.map_or_else(|| words.to_owned(), |unit| words.replace("{code}", &unit.code));
    let (before, after) = words.split_once("{unit}").unwrap_or((&words, ""));
    let unit = found.map(|unit| (unit.id, tree.full_name(unit.id)));
    PastRow { when, before: before.to_owned(), unit, after: after.to_owned() }
}

/// The units that may take over, and where others can be searched for, what came of the search in words.
pub(super) fn searched(who: &Signed, unit: &Unit, lang: crate::Lang, chosen: &str, search: &str) -> (Vec<Group>, Option<String>) {
    let t = AroundTexts::of(lang);
    let (offered, more) = successors(who, unit, chosen, search);
    if unit.level != Level::Grid {
        return (offered, None);
    }
    let words = if search.trim().is_empty() {
        String::new()
    } else if more {
        fill(t.merge_found_many, &[("n", &FOUND)])
    } else if offered.len() == successors(who, unit, chosen, "").0.len() {
        fill(t.merge_found_none, &[("what", &search.trim())])
    } else {
        String::new()
    };
    (offered, Some(words))
}

/// Does something to the unit of a form and goes back to its page.
async fn change(
    staff: Staff,
    fields: Fields,
    f: impl Fn(&mut Tx, &Ctx, &Signed, &'static AroundTexts, UnitId, &Fields) -> Result<String, Refusal> + Send + 'static,
) -> Result<Response, PageError> {
    let form = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AroundTexts::of(who.visit().lang);
        let unit: UnitId = form.id("unit").ok_or(PageError::BadForm)?;
        let words = f(tx, ctx, who, t, unit, &form)?;
        Ok(redirect(to(unit)).done(words))
    };
    act(&staff, work, |errors| again(&staff, fields, errors)).await
}

/// The unit of the code that a form names; it may have ended since the page was made.
fn by_code(who: &Signed, field: &'static str, typed: &str, t: &AroundTexts, missing: &str) -> Result<UnitId, Refusal> {
    if typed.is_empty() {
        return Err(Refusal::field(field, missing));
    }
    who.tree.find_code(typed).map(|unit| unit.id).ok_or_else(|| Refusal::Field(field, fill(t.no_code, &[("code", &typed)])))
}

async fn link(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    change(staff, fields, |tx, ctx, who, t, unit, form| {
        let other = by_code(who, "link", &form.text("link"), t, t.link_missing)?;
        let proof = by::<ManageUnits>(who, &[unit, other])?;
        people::link(tx, ctx, &proof, unit, other).map_err(|error| match error {
            LinkError::NotCovered => Refusal::field("link", t.not_covered),
            LinkError::Gone => Refusal::field("link", t.gone),
            LinkError::OneTree => Refusal::field("link", t.one_tree),
            LinkError::Linked => Refusal::field("link", t.linked),
            LinkError::Store(error) => error.into(),
        })?;
        Ok(t.done.to_owned())
    })
    .await
}

async fn unlink(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    change(staff, fields, |tx, ctx, who, t, unit, form| {
        let proof = by::<ManageUnits>(who, &[unit])?;
        let link: Id = form.id("id").ok_or(PageError::BadForm)?;
        people::unlink(tx, ctx, &proof, link).map_err(|error| match error {
            LinkError::Store(error) => error.into(),
            LinkError::NotCovered => Refusal::Page(PageError::Forbidden),
            _ => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
        })?;
        Ok(t.done.to_owned())
    })
    .await
}

fn duty_refused(t: &AroundTexts, error: DutyError) -> Refusal {
    match error {
        DutyError::NotCovered => Refusal::field("post", t.not_covered),
        DutyError::Gone => Refusal::field("post", t.gone),
        DutyError::Taken => Refusal::field("matter", t.taken),
        DutyError::BadMatter => Refusal::field("matter", t.matter_bad),
        DutyError::Store(error) => error.into(),
    }
}

async fn duty(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    change(staff, fields, |tx, ctx, who, t, unit, form| {
        let proof = by::<ManageUnits>(who, &[unit])?;
        let post: PostId = form.id("post").ok_or_else(|| Refusal::field("post", t.gone))?;
        let kind = DutyKind::parse(form.value("kind")).ok_or(PageError::BadForm)?;
        people::give_duty(tx, ctx, &proof, unit, post, kind, &form.text("matter")).map_err(|error| duty_refused(t, error))?;
        Ok(t.done.to_owned())
    })
    .await
}

async fn end_duty(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    change(staff, fields, |tx, ctx, who, t, unit, form| {
        let proof = by::<ManageUnits>(who, &[unit])?;
        let duty: Id = form.id("id").ok_or(PageError::BadForm)?;
        people::end_duty(tx, ctx, &proof, duty).map_err(|error| duty_refused(t, error))?;
        Ok(t.done.to_owned())
    })
    .await
}

fn succeed_refused(t: &AroundTexts, field: &'static str, error: SucceedError) -> Refusal {
    match error {
        SucceedError::NotCovered => Refusal::field(field, t.not_covered),
        SucceedError::Gone => Refusal::field(field, t.gone),
        SucceedError::Unlike => Refusal::field(field, t.unlike),
        SucceedError::HasChildren(n) => Refusal::Field(field, fill(t.children, &[("n", &n)])),
        SucceedError::NoCode => Refusal::field(field, t.codes_full),
        SucceedError::BadParts => Refusal::field("parts", t.parts_bad),
        SucceedError::New(_) => Refusal::field(field, t.code_bad),
        SucceedError::Store(error) => error.into(),
    }
}

async fn merge(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    change(staff, fields, move |tx, ctx, who, t, unit, form| {
        let into = by_code(who, "merge", &form.text("merge"), t, t.merge_missing)?;
        let proof = by::<ManageUnits>(who, &[unit, into])?;
        let app = who.visit().app.clone();
        let pass = move |tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing| app.pass(tx, ctx, actor, passing);
        let (units, posts, passed) = store::once(tx, ctx.now, &key, "people.merge", who.person.bytes(), |tx| {
            let done = people::merge_units(tx, ctx, &proof, unit, into, &pass);
            done.map(|done| (done.units, done.posts, done.passed)).map_err(|error| succeed_refused(t, "merge", error))
        })?;
        Ok(fill(t.done_merge, &[("units", &units), ("posts", &posts), ("passed", &passed)]))
    })
    .await
}

async fn split(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    change(staff, fields, move |tx, ctx, who, t, unit, form| {
        let proof = by::<ManageUnits>(who, &[unit])?;
        let parts = form.all("parts").filter_map(|id| id.parse::<Id>().ok()).map(UnitId).collect();
        let input = Split { unit, code: form.text("code"), name: form.text("name"), parts };
        let app = who.visit().app.clone();
        let pass = move |tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing| app.pass(tx, ctx, actor, passing);
        let (units, posts, passed) = store::once(tx, ctx.now, &key, "people.split", who.person.bytes(), |tx| {
            let done = people::split_unit(tx, ctx, &proof, &input, &pass);
            done.map(|done| (done.units, done.posts, done.passed)).map_err(|error| succeed_refused(t, "code", error))
        })?;
        Ok(fill(t.done_split, &[("units", &units), ("posts", &posts), ("passed", &passed)]))
    })
    .await
}
