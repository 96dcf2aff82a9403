//! Units and their posts.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Ctx, PersonId, UnitId};
use people::read::Post;
use people::{
    ChangeUnit, ChangeUnitError, CloseUnitError, CreatePost, CreatePostError, CreateUnit, CreateUnitError, Grant, Level, ManageUnits, Role,
    TreeKind, Unit, change_unit, close_unit, create_post, create_unit,
};
use store::Tx;

use super::around::{AroundTexts, searched};
use super::posts::named;
use super::words::AdminTexts;
use super::{Refusal, act, admit, by, phone};
use crate::kit::{Choice, Fact, Group};
use crate::pages::words::{level, role};
use crate::{App, Errors, Fields, PageError, Shell, Signed, Staff, page, redirect};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/units", get(show))
        .route("/admin/units/add", get(|staff, fields| form(staff, fields, Form::Unit)).post(add))
        .route("/admin/units/change", get(|staff, fields| form(staff, fields, Form::Change)).post(change))
        .route("/admin/units/close", get(|staff, fields| form(staff, fields, Form::Close)).post(close))
        .route("/admin/posts/add", get(|staff, fields| form(staff, fields, Form::Post)).post(add_post))
}

/// A post in the table.
struct PostRow {
    post: Post,
    role: &'static str,
    reach: String,
    /// Who holds it, each with the name as it is shown.
    holders: Vec<(PersonId, String)>,
}

#[derive(Template)]
#[template(path = "admin-units.html")]
struct UnitPage {
    shell: Shell,
    t: &'static AdminTexts,
    unit: Unit,
    path: Vec<(UnitId, String)>,
    facts: Vec<Fact>,
    below: Vec<(UnitId, String, &'static str)>,
    /// Units that were closed: nothing else leads to what happened in them.
    closed: Vec<(UnitId, String, String)>,
    closed_title: String,
    party: Vec<(UnitId, String)>,
    posts: Vec<PostRow>,
    manages: bool,
    gives: bool,
}

async fn show(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let wanted = fields.id::<UnitId>("unit");
    staff.read(move |tx, ctx, who| unit_page(tx, ctx, who, wanted)).await
}

/// The unit a page is about: the district where none is named.
fn find(who: &Signed, wanted: Option<UnitId>) -> Result<Unit, PageError> {
    let unit = match wanted {
        Some(id) => who.tree.get(id),
        None => who.tree.district(),
    };
    unit.cloned().ok_or(PageError::NotFound)
}

fn unit_page(tx: &mut Tx, ctx: &Ctx, who: &Signed, wanted: Option<UnitId>) -> Result<Response, PageError> {
    admit(who)?;
    let (tree, lang) = (&who.tree, who.visit().lang);
    let t = AdminTexts::of(lang);
    let unit = find(who, wanted)?;
    let posts = people::read::posts_in(tx, ctx.now, unit.id)?;
    let mut facts = vec![Fact::new(t.level, level(lang, unit.level)), Fact::new(t.code, unit.code.clone())];
    // Eighteen characters are a unified social credit code; some that were issued do not agree, so that nobody is stopped.
    if unit.code.len() == 18 && !base::id_number::credit_code_agrees(&unit.code) {
        facts.push(Fact::new(t.code_check, t.code_disagrees));
    }
    if let Some(phone) = &unit.phone {
        facts.push(Fact::new(t.phone, phone.clone()));
    }
    facts.push(Fact::new(t.since, crate::dates::day(lang, unit.valid_from.date(), ctx.now)));
    if let Some(at) = unit.valid_to {
        facts.push(Fact::new(t.closed_on, crate::dates::day(lang, at.date(), ctx.now)));
    }
    let at_the_top = unit.level == Level::District;
    let stood_here = |other: &&Unit| other.parent == Some(unit.id) || at_the_top && other.parent.is_none() && other.id != unit.id;
    let mut closed: Vec<(UnitId, String, String)> = Vec::new();
    for (other, at) in tree.all().filter(stood_here).filter_map(|other| Some((other, other.valid_to?))) {
        let when = crate::fill(t.closed_when, &[("code", &other.code), ("when", &crate::dates::day(lang, at.date(), ctx.now))]);
        closed.push((other.id, other.name.clone(), when));
    }
    let party = if unit.level == Level::District {
        tree.roots(TreeKind::Party).map(|root| (root.id, root.name.clone())).collect()
    } else {
        Vec::new()
    };
    let posts = posts.into_iter().map(|post| PostRow {
        role: role(lang, post.role),
        reach: if post.reach == post.unit { String::new() } else { crate::fill(t.reaches, &[("unit", &tree.full_name(post.reach))]) },
        holders: post.holders.iter().map(|held| (held.person, named(t, held))).collect(),
        post,
    });
    let made = page(&UnitPage {
        shell: who.shell(t.unit_title),
        t,
        path: unit.path.iter().filter_map(|id| tree.get(*id)).map(|unit| (unit.id, unit.name.clone())).collect(),
        facts,
        below: tree.children(unit.id).map(|below| (below.id, below.name.clone(), level(lang, below.level))).collect(),
        closed_title: crate::fill(t.closed_below, &[("n", &closed.len())]),
        closed,
        party,
        posts: posts.collect(),
        manages: !unit.is_closed() && who.has::<ManageUnits>().is_some(),
        gives: !unit.is_closed() && (who.has::<Grant>().is_some() || !people::has_security(tx, ctx)?),
        unit,
    })?;
    Ok(made.into_response())
}

/// What a form on a page of its own does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Unit,
    Change,
    Close,
    Post,
}

#[derive(Template)]
#[template(path = "admin-unit-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static AdminTexts,
    errors: Errors,
    fields: Fields,
    unit: Unit,
    form: Form,
    op_key: String,
    levels: Vec<Choice>,
    roles: Vec<Choice>,
    successors: Vec<Group>,
    search: Option<String>,
    around: &'static AroundTexts,
}

impl FormPage {
    fn back(&self) -> String {
        to_unit(self.unit.id)
    }
}

async fn form(staff: Staff, fields: Fields, form: Form) -> Result<Response, PageError> {
    again(&staff, fields, form, Errors::none()).await
}

/// A form, with what was typed and what is wrong with it.
async fn again(staff: &Staff, fields: Fields, form: Form, errors: Errors) -> Result<Response, PageError> {
    staff.read(move |_, _, who| form_page(who, fields.clone(), form, errors.clone())).await
}

fn form_page(who: &Signed, mut fields: Fields, form: Form, errors: Errors) -> Result<Response, PageError> {
    if who.has::<ManageUnits>().is_none() {
        return Err(PageError::Forbidden);
    }
    let lang = who.visit().lang;
    let t = AdminTexts::of(lang);
    let root = form == Form::Unit && fields.has("root");
    let unit = find(who, fields.id("unit"))?;
    if form == Form::Change && fields.get("name").is_none() {
        fields.set("name", unit.name.clone());
        fields.set("phone", unit.phone.clone().unwrap_or_default());
        fields.set("ord", unit.ord.to_string());
    }
    let title = match form {
        Form::Unit if root => t.party_add,
        Form::Unit => t.add_unit,
        Form::Change => t.change,
        Form::Close => t.close,
        Form::Post => t.add_post,
    };
    let above = if root { None } else { Some(unit.level) };
    let levels = Level::ALL.into_iter().filter(|below| below.may_stand_under(above) && *below != Level::District);
    let shown = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (successors, search) = if form == Form::Close { heirs(who, &unit, lang, &fields) } else { (Vec::new(), None) };
    let made = page(&FormPage {
        shell: who.shell(title),
        t,
        levels: Choice::list(levels.map(|below| (below.code(), level(lang, below))).collect::<Vec<_>>(), fields.value("level")),
        roles: Choice::list(Role::ALL.map(|kind| (kind.code(), role(lang, kind))), fields.value("role")),
        op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
        successors,
        search,
        around: AroundTexts::of(lang),
        errors,
        fields,
        unit,
        form,
    })?;
    Ok(made.status(shown).into_response())
}

/// Who may take over from a unit that is closed: nobody, or one of its level.
fn heirs(who: &Signed, unit: &Unit, lang: crate::Lang, fields: &Fields) -> (Vec<Group>, Option<String>) {
    let chosen = fields.value("successor");
    let nobody = Choice::new("", AdminTexts::of(lang).successor_none).chosen(chosen.is_empty());
    let (offered, search) = searched(who, unit, lang, chosen, fields.value("find"));
    let nobody = Group { title: String::new(), choices: vec![nobody] };
    (std::iter::once(nobody).chain(offered).collect(), search)
}

fn to_unit(unit: UnitId) -> String {
    format!("/admin/units?unit={unit}")
}

/// The place among its siblings that a form gives a unit; the first where it is empty.
fn order(t: &AdminTexts, form: &Fields) -> Result<i64, Refusal> {
    if form.text("ord").is_empty() {
        return Ok(0);
    }
    form.int("ord").ok_or_else(|| Refusal::field("ord", t.ord_bad))
}

async fn add(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let form = fields.clone();
    let key = fields.op_key()?;
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let above = if form.has("root") { None } else { form.id("unit") };
        let over = above.or_else(|| who.tree.district().map(|district| district.id));
        let proof = by::<ManageUnits>(who, over.as_slice())?;
        let below = Level::parse(form.value("level")).ok_or_else(|| Refusal::field("level", t.wrong_place))?;
        let input = CreateUnit {
            code: form.text("code"),
            name: form.text("name"),
            phone: phone(who.visit().lang, &form)?,
            level: below,
            parent: above,
            ord: order(t, &form)?,
        };
        let made = store::once(tx, ctx.now, &key, "people.create_unit", who.person.bytes(), |tx| {
            create_unit(tx, ctx, &proof, &input).map_err(|error| match error {
                CreateUnitError::NotCovered => Refusal::field("level", t.not_covered),
                CreateUnitError::WrongPlace => Refusal::field("level", t.wrong_place),
                CreateUnitError::BadCode => Refusal::field("code", t.code_bad),
                CreateUnitError::CodeTaken => Refusal::field("code", t.code_taken),
                CreateUnitError::BadName => Refusal::field("name", t.name_bad),
                CreateUnitError::Store(error) => error.into(),
            })
        })?;
        Ok(redirect(to_unit(made)).done(t.added))
    };
    act(&staff, work, |errors| again(&staff, fields, Form::Unit, errors)).await
}

async fn change(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let form = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let unit: UnitId = form.id("unit").ok_or(PageError::BadForm)?;
        let proof = by::<ManageUnits>(who, &[unit])?;
        let input = ChangeUnit { unit, name: form.text("name"), phone: phone(who.visit().lang, &form)?, ord: order(t, &form)? };
        change_unit(tx, ctx, &proof, &input).map_err(|error| match error {
            ChangeUnitError::NotCovered => Refusal::field("name", t.not_covered),
            ChangeUnitError::Gone => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
            ChangeUnitError::BadName => Refusal::field("name", t.name_bad),
            ChangeUnitError::Store(error) => error.into(),
        })?;
        Ok(redirect(to_unit(unit)).done(t.saved))
    };
    let district = std::sync::Arc::clone(&staff.district);
    let done = act(&staff, work, |errors| again(&staff, fields, Form::Change, errors)).await;
    // The district itself may have a new name.
    let _ = tokio::task::spawn_blocking(move || district.refresh_name()).await;
    done
}

async fn close(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let form = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let unit: UnitId = form.id("unit").ok_or(PageError::BadForm)?;
        let proof = by::<ManageUnits>(who, &[unit])?;
        let parent = who.tree.parent(unit).map(|parent| parent.id);
        let successor = match form.opt("successor") {
            None => None,
            Some(code) => {
                let found = who.tree.find_code(&code).map(|unit| unit.id);
                Some(found.ok_or_else(|| Refusal::Field("successor", crate::fill(t.successor_gone, &[("code", &code)])))?)
            }
        };
        let app = &who.visit().app;
        // Nothing is orphaned: what it has in hand goes to the successor, and who ends it without one is told what that is.
        // Only one of its level does what it did: a register of residents is not a department's.
        let heir = successor.filter(|to| who.tree.level(*to) == who.tree.level(unit));
        let has = if heir.is_none() { app.in_hand(tx, who.visit().lang, unit)? } else { Vec::new() };
        if !has.is_empty() && proof.covers(&who.tree, unit) {
            let what = has.join(if who.visit().lang.is_chinese() { "、" } else { ", " });
            return Err(Refusal::Field("successor", crate::fill(t.in_hand, &[("what", &what)])));
        }
        close_unit(tx, ctx, &proof, unit, successor).map_err(|error| match error {
            CloseUnitError::NotCovered => Refusal::field("successor", t.not_covered),
            CloseUnitError::Gone => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
            CloseUnitError::HasChildren(n) => Refusal::Field("successor", crate::fill(t.has_children, &[("n", &n)])),
            CloseUnitError::Held(n) => Refusal::Field("successor", crate::fill(t.posts_held, &[("n", &n)])),
            CloseUnitError::BadSuccessor => Refusal::field("successor", t.bad_successor),
            CloseUnitError::District => Refusal::field("successor", t.close_district),
            CloseUnitError::Store(error) => error.into(),
        })?;
        if let Some(to) = heir {
            app.pass(tx, ctx, proof.actor(), &people::Passing::Unit { from: unit, to })?;
        }
        Ok(redirect(parent.map_or_else(|| "/admin/units".to_owned(), to_unit)).done(t.closed))
    };
    act(&staff, work, |errors| again(&staff, fields, Form::Close, errors)).await
}

async fn add_post(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let form = fields.clone();
    let key = fields.op_key()?;
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let unit: UnitId = form.id("unit").ok_or(PageError::BadForm)?;
        let proof = by::<ManageUnits>(who, &[unit])?;
        let kind = Role::parse(form.value("role")).ok_or(PageError::BadForm)?;
        let reach = if form.has("whole") { who.tree.district().map(|district| district.id) } else { None };
        let input = CreatePost { unit, reach, role: kind, title: form.text("title") };
        store::once(tx, ctx.now, &key, "people.create_post", who.person.bytes(), |tx| {
            create_post(tx, ctx, &proof, &input).map_err(|error| match error {
                CreatePostError::NotCovered => Refusal::field("title", t.not_covered),
                CreatePostError::Gone => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
                CreatePostError::BadReach => Refusal::field("whole", t.bad_reach),
                CreatePostError::BadTitle => Refusal::field("title", t.name_bad),
                CreatePostError::Store(error) => error.into(),
            })
        })?;
        Ok(redirect(to_unit(unit)).done(t.added))
    };
    act(&staff, work, |errors| again(&staff, fields, Form::Post, errors)).await
}
