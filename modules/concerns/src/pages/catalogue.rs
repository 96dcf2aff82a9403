//! 派单目录: the kinds of matter and whose duty each is, for who keeps the catalogue: looked through, added to, changed and
//! ended. As a table it goes in and out at `/tables/duties`.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Ctx, Time, UnitId};
use people::{Proof, Tree};
use store::Tx;
use web::kit::Choice;
use web::{App, Errors, Fields, Lang, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use crate::catalogue::{self, CatalogueError, Duty, Kind};
use crate::line::Lines;
use crate::permissions::{Authority, Catalogue};
use crate::said::LONGEST_LINE;

web::texts! {
    /// Words of the pages of the catalogue.
    pub(crate) CatalogueTexts;
    menu: "派单目录", "Catalogue";
    title: "派单目录", "Catalogue of duties";
    intro: "每一类事项归哪个单位管、依据哪份文件。派单时按它建议承办单位；只归部门管的，不能派给社区和网格。", "Whose duty each kind of matter is, and by which document. Units are suggested from it; what is departments' duty alone cannot be given to a community or grid.";
    search: "搜索类别、用词或单位", "Search kinds, words or units";
    add: "新增类别", "Add a kind";
    table: "表格导入导出", "As a table";
    caption: "事项类别和责任单位", "Kinds and whose duty they are";
    code: "编码", "Code";
    name: "类别", "Kind";
    words: "推测用词", "Words";
    units: "责任单位", "Units";
    found: "共 {n} 类", "{n} kinds";
    nobody: "未指定，由属地办理", "Nobody named: the place's own unit";
    above: "同上级类别", "As of the wider kind";
    ended: "已停用", "Ended";
    none: "目录里还没有类别", "The catalogue has no kinds yet";
    none_text: "可以逐个新增，也可以把职责清单整理成表格导入。", "Add them one by one, or import them as a table.";
    none_found: "没有符合的类别", "Nothing matches";
    code_hint: "1 至 40 位字母、数字、点或短横，保存后不能改", "1 to 40 letters, digits, dots or dashes; it stays";
    parent: "属于哪个类别", "Part of";
    ord: "排序", "Place in the order";
    ord_hint: "数小的在前", "Smaller ones first";
    words_hint: "用空格隔开。诉求里出现这些词，就推测是这一类", "With spaces between. A text that has them is taken for this kind";
    save: "保存", "Save";
    saved: "已保存", "Saved";
    duty_add: "增加责任单位", "Give it to a unit";
    unit: "责任单位", "Unit";
    document: "依据文件", "Document";
    document_hint: "例如“三定”规定的文号和条款", "The document and its article";
    assign: "增加", "Add";
    assigned: "已增加责任单位", "The duty was given";
    withdraw: "撤销", "Withdraw";
    withdrawn: "已撤销", "Withdrawn";
    end: "停用这个类别", "End this kind";
    end_text: "停用后不再用于派单，责任单位一并撤销。以前的诉求仍显示这个类别；再次保存即可恢复。", "It is offered no more and is nobody's duty. What was of it stays so; saving it again begins it anew.";
    end_done: "类别已停用", "The kind was ended";
    bad_code: "编码应为 1 至 40 位字母、数字、点或短横", "A code is 1 to 40 letters, digits, dots or dashes";
    taken: "已有这个编码", "There is such a code";
    bad_name: "请填写，最多 {n} 个字", "Please fill this in, at most {n} characters";
    bad_parent: "不能属于自己、自己的下级或已停用的类别", "It cannot be part of itself, of its own parts or of an ended kind";
    bad_unit: "请选择责任单位", "Please choose a unit";
    has_parts: "还有下级类别在用，请先停用下级类别", "Kinds are part of it: end them first";
}

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/work/catalogue", get(list))
        .route("/work/catalogue/new", get(form_new).post(add))
        .route("/work/catalogue/{code}", get(form).post(change))
        .route("/work/catalogue/{code}/assign", post(assign))
        .route("/work/catalogue/{code}/withdraw", post(withdraw))
        .route("/work/catalogue/{code}/end", post(end))
}

fn keeper(who: &Signed) -> Result<Proof<Catalogue>, PageError> {
    who.has::<Catalogue>().ok_or(PageError::Forbidden)
}

fn address(code: &str) -> String {
    format!("/work/catalogue/{}", web::shell::percent(code))
}

struct Line {
    code: String,
    href: String,
    name: String,
    /// How deep it stands, as spaces before its name.
    depth: usize,
    words: String,
    units: Vec<(String, String)>,
    /// What stands where no unit is named.
    otherwise: &'static str,
    ended: bool,
}

#[derive(Template)]
#[template(path = "staff/catalogue.html")]
struct ListPage {
    shell: Shell,
    t: &'static CatalogueTexts,
    columns: Vec<web::kit::Column>,
    query: String,
    count: String,
    lines: Vec<Line>,
}

async fn list(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            keeper(who)?;
            let t = CatalogueTexts::of(who.visit().lang);
            let (kinds, ended, duties) = (catalogue::kinds(tx)?, catalogue::ended(tx)?, catalogue::all_duties(tx)?);
            let wanted = search::folded(fields.value("q").trim());
            let lines: Vec<Line> =
                catalogue::in_order(&kinds).into_iter().map(|(kind, depth)| line(t, &who.tree, kind, depth, &duties, &ended)).collect();
            let lines: Vec<Line> = lines.into_iter().filter(|line| wanted.is_empty() || line.says(&wanted)).collect();
            let columns = [t.code, t.name, t.words, t.units].map(web::kit::Column::new).to_vec();
            let count = fill(t.found, &[("n", &lines.len())]);
            Ok(page(&ListPage { shell: who.shell(t.title), t, columns, query: fields.value("q").to_owned(), count, lines })?
                .into_response())
        })
        .await
}

fn line(t: &'static CatalogueTexts, tree: &Tree, kind: &Kind, depth: usize, duties: &[Duty], ended: &BTreeMap<String, Time>) -> Line {
    let units = duties.iter().filter(|duty| duty.kind == kind.code);
    Line {
        code: kind.code.clone(),
        href: address(&kind.code),
        name: kind.name.clone(),
        depth: depth.min(3),
        words: kind.keywords.join(" "),
        units: units.map(|duty| (tree.full_name(duty.unit), duty.document.clone())).collect(),
        otherwise: if kind.parent.is_some() { t.above } else { t.nobody },
        ended: ended.contains_key(&kind.code),
    }
}

impl Line {
    fn says(&self, wanted: &str) -> bool {
        let texts =
            [&self.code, &self.name, &self.words].into_iter().chain(self.units.iter().flat_map(|(unit, document)| [unit, document]));
        texts.into_iter().any(|text| search::folded(text).contains(wanted))
    }
}

#[derive(Template)]
#[template(path = "staff/kind.html")]
struct KindPage {
    shell: Shell,
    t: &'static CatalogueTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    action: String,
    /// Its code; empty while it is new.
    code: String,
    parents: Vec<Choice>,
    /// Of each unit whose duty it is: its id, its name, the document.
    duties: Vec<(String, String, String)>,
    units: Vec<Choice>,
    /// When it ended; empty while it is offered.
    ended: String,
}

async fn form_new(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    show(&staff, None, fields, Errors::none()).await
}

async fn form(staff: Staff, Path(code): Path<String>) -> Result<Response, PageError> {
    show(&staff, Some(code), Fields::default(), Errors::none()).await
}

/// The page of a kind, or of a new one; with what was typed where it did not pass.
async fn show(staff: &Staff, code: Option<String>, fields: Fields, errors: Errors) -> Result<Response, PageError> {
    let again = !errors.is_empty();
    let drawn = staff
        .read(move |tx, ctx, who| {
            keeper(who)?;
            let found = match &code {
                Some(code) => Some(catalogue::kind(tx, code)?.ok_or(PageError::NotFound)?),
                None => None,
            };
            kind_page(tx, ctx, who, found.as_ref(), &fields, &errors)
        })
        .await?;
    Ok(if again { drawn.again() } else { drawn }.into_response())
}

fn kind_page(tx: &mut Tx, ctx: &Ctx, who: &Signed, found: Option<&Kind>, typed: &Fields, errors: &Errors) -> Result<web::Page, PageError> {
    let lang = who.visit().lang;
    let t = CatalogueTexts::of(lang);
    let (offered, ended) = (catalogue::offered(tx)?, catalogue::ended(tx)?);
    let mut fields = typed.clone();
    if let Some(kind) = found {
        let own = [
            ("name", kind.name.clone()),
            ("parent", kind.parent.clone().unwrap_or_default()),
            ("ord", kind.ord.to_string()),
            ("words", kind.keywords.join(" ")),
        ];
        for (name, value) in own {
            if !typed.has(name) {
                fields.set(name, value);
            }
        }
    }
    let code = found.map(|kind| kind.code.clone()).unwrap_or_default();
    let tree = &who.tree;
    let parents = catalogue::in_order(&offered).into_iter().filter(|(kind, _)| kind.code != code);
    let parents = parents
        .map(|(kind, depth)| {
            let label = format!("{}{} {}", "　".repeat(depth), kind.code, kind.name);
            Choice::new(&kind.code, label).chosen(fields.value("parent") == kind.code)
        })
        .collect();
    let duties = catalogue::own_duties(tx, &code)?;
    let units = tree.departments().chain(tree.all().filter(|unit| unit.level != people::Level::Department));
    let units = units
        .filter(|unit| tree.takes_concerns(unit.id) && unit.level != people::Level::Grid)
        .map(|unit| {
            let id = unit.id.to_string();
            let chosen = fields.value("unit") == id;
            Choice::new(id, tree.full_name(unit.id)).chosen(chosen)
        })
        .collect();
    let title = found.map_or_else(|| t.add.to_owned(), |kind| format!("{} {}", kind.code, kind.name));
    page(&KindPage {
        shell: who.shell(title),
        t,
        errors: errors.clone(),
        op_key: who.visit().op_key(),
        action: if found.is_some() { address(&code) } else { "/work/catalogue/new".to_owned() },
        ended: ended.get(&code).map(|at| dates::day(lang, at.date(), ctx.now)).unwrap_or_default(),
        code,
        parents,
        duties: duties.into_iter().map(|duty| (duty.unit.to_string(), tree.full_name(duty.unit), duty.document)).collect(),
        units,
        fields,
    })
}

/// What a refused change says, and at which field.
fn refused(t: &CatalogueTexts, error: CatalogueError) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        CatalogueError::Code => errors.add("code", t.bad_code),
        CatalogueError::Taken => errors.add("code", t.taken),
        CatalogueError::Name => errors.add("name", fill(t.bad_name, &[("n", &LONGEST_LINE)])),
        CatalogueError::NoKind => errors.add("parent", t.bad_parent),
        CatalogueError::NoUnit => errors.add("unit", t.bad_unit),
        CatalogueError::HasParts => errors.add("end", t.has_parts),
        CatalogueError::Store(error) => return Err(error.into()),
    }
    Ok(errors)
}

fn typed(fields: &Fields, code: String) -> Kind {
    Kind {
        code,
        name: fields.text("name"),
        parent: fields.opt("parent"),
        ord: fields.int("ord").unwrap_or(0),
        keywords: fields.text("words").split_whitespace().map(str::to_owned).collect(),
    }
}

/// Does something to the catalogue, once however often the button is pressed.
async fn act(
    staff: &Staff,
    fields: &Fields,
    what: &'static str,
    f: impl Fn(&mut Tx, &Ctx, Authority<'_, Catalogue>) -> Result<(), CatalogueError> + Send + 'static,
) -> Result<Result<(), CatalogueError>, PageError> {
    let key = fields.op_key()?;
    let done = staff.attempt(move |tx, ctx, who| -> Result<Option<()>, CatalogueError> {
        let Some(proof) = who.has::<Catalogue>() else { return Ok(None) };
        store::once(tx, ctx.now, &key, what, who.person.bytes(), |tx| f(tx, ctx, Authority::Staff(&proof))).map(Some)
    });
    match done.await? {
        Ok(Some(())) => Ok(Ok(())),
        Ok(None) => Err(PageError::Forbidden),
        Err(error) => Ok(Err(error)),
    }
}

async fn add(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (t, input) = (CatalogueTexts::of(staff.lang), typed(&fields, fields.text("code")));
    let to = address(&input.code);
    let done = act(&staff, &fields, "concerns.add_kind", move |tx, ctx, who| catalogue::add_kind(tx, ctx, who, &input));
    match done.await? {
        Ok(()) => Ok(redirect(to).done(t.saved).into_response()),
        Err(error) => show(&staff, None, fields, refused(t, error)?).await,
    }
}

async fn change(staff: Staff, Path(code): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (t, to, input) = (CatalogueTexts::of(staff.lang), address(&code), typed(&fields, code.clone()));
    let done = act(&staff, &fields, "concerns.change_kind", move |tx, ctx, who| {
        if catalogue::kind(tx, &input.code)?.is_none() {
            return Err(CatalogueError::NoKind);
        }
        catalogue::enter_kind(tx, ctx, who, &input)
    });
    match done.await? {
        Ok(()) => Ok(redirect(to).done(t.saved).into_response()),
        Err(error) => show(&staff, Some(code), fields, refused(t, error)?).await,
    }
}

async fn assign(staff: Staff, Path(code): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (t, to) = (CatalogueTexts::of(staff.lang), address(&code));
    let input = Duty { kind: code.clone(), unit: fields.id("unit").unwrap_or_default(), document: fields.text("document") };
    let done = act(&staff, &fields, "concerns.assign_duty", move |tx, ctx, who| catalogue::assign_duty(tx, ctx, who, &input));
    let errors = match done.await? {
        Ok(()) => return Ok(redirect(to).done(t.assigned).into_response()),
        Err(CatalogueError::Name) => {
            let mut errors = Errors::none();
            errors.add("document", fill(t.bad_name, &[("n", &LONGEST_LINE)]));
            errors
        }
        Err(CatalogueError::NoKind) => return Err(PageError::NotFound),
        Err(error) => refused(t, error)?,
    };
    show(&staff, Some(code), fields, errors).await
}

async fn withdraw(staff: Staff, Path(code): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (t, to) = (CatalogueTexts::of(staff.lang), address(&code));
    let unit: UnitId = fields.id("unit").ok_or(PageError::BadForm)?;
    let done = act(&staff, &fields, "concerns.withdraw_duty", move |tx, ctx, who| catalogue::withdraw_duty(tx, ctx, who, &code, unit));
    match done.await? {
        // Somebody was quicker: it is as was asked for.
        Ok(()) | Err(CatalogueError::NoKind) => Ok(redirect(to).done(t.withdrawn).into_response()),
        Err(CatalogueError::Store(error)) => Err(error.into()),
        Err(error) => Err(PageError::internal(error)),
    }
}

async fn end(staff: Staff, Path(code): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (t, ended) = (CatalogueTexts::of(staff.lang), code.clone());
    let done = act(&staff, &fields, "concerns.end_kind", move |tx, ctx, who| catalogue::end_kind(tx, ctx, who, &ended));
    match done.await? {
        Ok(()) => Ok(redirect("/work/catalogue").done(t.end_done).into_response()),
        Err(CatalogueError::NoKind) => Err(PageError::NotFound),
        Err(error) => show(&staff, Some(code), Fields::default(), refused(t, error)?).await,
    }
}

/// The place in the menu.
pub(super) fn menu(lang: Lang) -> &'static str {
    CatalogueTexts::of(lang).menu
}
