//! What suggestions are learned from, how good they are, and bringing labelled cases in.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use web::kit::Fact;
use web::{App, Errors, Fields, Lang, Page, PageError, Shell, Staff, dates, fill, page, redirect};

use crate::import::ImportError;
use crate::learn::{self, LabelledReport, Trained};
use crate::permissions::{Authority, Catalogue};

web::texts! {
    /// Words of the page of what was learned.
    pub(crate) LearningTexts;
    menu: "分类学习", "Learning";
    title: "分类推测从哪里学", "What suggestions are learned from";
    intro: "派单时，系统按诉求文字推测类别和承办单位，由人核对后确认。推测从两处学：您导入的已分类案例，和大家确认过的派单。全部在本机完成，不联网。", "When a concern is dispatched, its kind and unit are suggested from its words, and a person confirms. Suggestions are learned from labelled cases that you import and from dispatches that people confirmed, on this machine, without any network.";
    none: "还没有学过", "Nothing was learned yet";
    none_text: "导入已分类的案例，或者等确认过的派单满 60 件，之前按分类目录里的词推测。", "Import labelled cases, or wait for 60 confirmed dispatches. Until then the words of the catalogue are used.";
    top: "一级类别", "Widest kinds";
    leaf: "细类", "Narrow kinds";
    unit: "承办单位", "Units";
    cases: "案例数", "Cases";
    first: "第一个推测正确", "First suggestion right";
    three: "前三个里有正确的", "Right one among three";
    rate: "{n}% ± {spread}", "{n}% ± {spread}";
    how: "怎么测的", "How measured";
    how_text: "{parts} 折交叉验证，打乱 {shuffles} 次：只用没有学过的案例来测", "{parts}-fold cross-validation over {shuffles} shuffles, only on cases not learned from";
    when: "什么时候学的", "When";
    upload_title: "导入已分类的案例", "Import labelled cases";
    upload_text: "表格要有内容和类别两列，可以有标题列。类别写分类目录里的名称或代码。重复导入只更新类别。", "A table with a column for the text and one for the kind, and a title if there is one. The kind is a name or a code of the catalogue. Importing the same cases again only updates their kinds.";
    file: "表格文件", "Table";
    send: "导入并学习", "Import and learn";
    again: "重新学习", "Learn again";
    missing: "请选择文件", "Please choose a file";
    unreadable: "读不出这个文件：{why}", "This file could not be read: {why}";
    nothing: "没有一行能用。分类目录里没有：{labels}", "No row could be used. Not in the catalogue: {labels}";
    done: "导入 {made} 件，{same} 件没有变化，{wrong} 行不能用。正在学习，稍后刷新本页。", "{made} imported, {same} as they were, {wrong} rows could not be used. Learning now; look again in a moment.";
    unknown: "分类目录里没有：{labels}", "Not in the catalogue: {labels}";
    asked: "已开始重新学习，稍后刷新本页", "Learning again; look in a moment";
}

/// Labelled cases in one transaction.
const AT_ONCE: usize = 100;

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/work/learning", get(show).post(send))
}

struct Card {
    title: &'static str,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "staff/learning.html")]
struct LearningPage {
    shell: Shell,
    t: &'static LearningTexts,
    errors: Errors,
    op_key: String,
    cards: Vec<Card>,
}

async fn show(staff: Staff) -> Result<Page, PageError> {
    draw(&staff, Errors::none()).await
}

async fn draw(staff: &Staff, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = LearningTexts::of(lang);
            let models = learn::trained(tx)?;
            let cards = ["top", "leaf", "unit"].iter().filter_map(|name| models.iter().find(|model| model.name == *name));
            page(&LearningPage {
                shell: who.shell(t.title),
                t,
                errors: errors.clone(),
                op_key: who.visit().op_key(),
                cards: cards.map(|model| card(lang, t, model, ctx.now)).collect(),
            })
        })
        .await
}

fn percent(value: f64) -> String {
    format!("{:.1}", value * 100.0)
}

fn card(lang: Lang, t: &'static LearningTexts, model: &Trained, now: base::Time) -> Card {
    let title = match model.name.as_str() {
        "top" => t.top,
        "leaf" => t.leaf,
        _ => t.unit,
    };
    let mut facts = vec![Fact::new(t.cases, model.cases.to_string())];
    if let Some(found) = &model.measured {
        let rate = |value, spread| fill(t.rate, &[("n", &percent(value)), ("spread", &percent(spread))]);
        facts.push(Fact::new(t.first, rate(found.first, found.first_spread)));
        facts.push(Fact::new(t.three, rate(found.three, found.three_spread)));
        facts.push(Fact::new(t.how, fill(t.how_text, &[("parts", &found.parts), ("shuffles", &found.shuffles)])));
    }
    facts.push(Fact::new(t.when, dates::moment(lang, model.trained_at, now)));
    Card { title, facts }
}

async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let t = LearningTexts::of(staff.lang);
    if fields.chose("what", "again") {
        let asked = staff.write(|tx, ctx, who| {
            who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
            Ok(learn::ask(tx, ctx, Some(who.person.0))?)
        });
        asked.await?;
        return Ok(redirect("/work/learning").done(t.asked).into_response());
    }
    let refuse = async |words: String| {
        let mut errors = Errors::none();
        errors.add("file", words);
        Ok(draw(&staff, errors).await?.again().into_response())
    };
    let bytes = match fields.files("file").next() {
        Some(file) => file.bytes.as_ref().ok_or(PageError::TooLarge)?.to_vec(),
        None => return refuse(t.missing.to_owned()).await,
    };
    let (cases, wrong) = match tokio::task::spawn_blocking(move || learn::read_labelled(&bytes)).await.map_err(PageError::internal)? {
        Ok(read) => read,
        Err(error) => {
            let why = super::import_words(staff.lang, &error);
            let words = fill(t.unreadable, &[("why", &why)]);
            return refuse(words).await;
        }
    };
    let mut report = LabelledReport::default();
    for some in cases.chunks(AT_ONCE) {
        let some = some.to_vec();
        let part = staff.attempt(move |tx, ctx, who| {
            let proof = who.has::<Catalogue>().ok_or(ImportError::NotFound)?;
            learn::bring_labelled(tx, ctx, Authority::Staff(&proof), &some)
        });
        let part = part.await?.map_err(|error| match error {
            ImportError::NotFound => PageError::Forbidden,
            other => PageError::internal(other),
        })?;
        report.made += part.made;
        report.same += part.same;
        for (label, n) in part.unknown {
            *report.unknown.entry(label).or_default() += n;
        }
    }
    let labels = report.unknown.keys().take(8).cloned().collect::<Vec<_>>().join("、");
    if report.made + report.same == 0 {
        let words = fill(t.nothing, &[("labels", &labels)]);
        return refuse(words).await;
    }
    let asked = staff.write(|tx, ctx, who| {
        who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
        Ok(learn::ask(tx, ctx, Some(who.person.0))?)
    });
    asked.await?;
    let unusable = wrong.len() + report.unknown.values().sum::<usize>();
    let mut words = fill(t.done, &[("made", &report.made), ("same", &report.same), ("wrong", &unusable)]);
    if !labels.is_empty() {
        words.push_str(&fill(t.unknown, &[("labels", &labels)]));
    }
    Ok(redirect("/work/learning").done(words).into_response())
}
