//! The wrong-answer book: what somebody got wrong in closed tests, to try again. Nobody else sees it, and trying is not
//! recorded.

use askama::Template;
use store::Tx;
use web::{Fields, Page, PageError, Shell, Signed, Staff, fill, page};

use super::sit::{right_shown, shown, typed};
use crate::events::QuestionId;
use crate::model::{Item, KeyItem, Question, Sheet, key};
use crate::sit::key_of;
use crate::texts::SitTexts;
use crate::{read, render};

/// At most so many are shown.
const MOST: usize = 100;

struct Wrong {
    item: Item,
    question: Question,
    right: KeyItem,
    from: String,
}

/// What was answered wrong, of the newest tests first, each question once.
fn wrong(tx: &mut Tx, who: &Signed) -> Result<Vec<Wrong>, PageError> {
    let mut out: Vec<Wrong> = Vec::new();
    let mut seen: Vec<QuestionId> = Vec::new();
    for test in read::tests_of(tx, who.person)?.into_iter().filter(|test| test.state == "closed") {
        for attempt in read::attempts(tx, test.id, who.person)?.into_iter().filter(|attempt| attempt.submitted.is_some()) {
            let (items, answers) = (read::items(tx, test.paper, attempt.variant)?, key_of(tx, test.paper, attempt.variant)?);
            let sheet = Sheet::read(&attempt.sheet);
            for (place, (item, right)) in items.iter().zip(answers.iter()).enumerate() {
                let missed = right.mark(sheet.given(place), false).is_some_and(|points| points < right.points);
                if !missed || seen.contains(&item.q) || out.len() >= MOST {
                    continue;
                }
                seen.push(item.q);
                if let Some(question) = read::version(tx, item.q, item.v)? {
                    out.push(Wrong {
                        right: key(&question, &item.order, item.points),
                        item: item.clone(),
                        question,
                        from: test.name.clone(),
                    });
                }
            }
        }
    }
    Ok(out)
}

struct Row {
    id: String,
    body: String,
    from: String,
    /// After trying: whether it was right, what was chosen, what is right, and why.
    tried: Option<(bool, String, String, String)>,
}

#[derive(Template)]
#[template(path = "theory/book.html")]
struct Book {
    shell: Shell,
    s: &'static SitTexts,
    rows: Vec<Row>,
}

pub(super) async fn book(staff: Staff) -> Result<Page, PageError> {
    drawn(&staff, None).await
}

/// Shows what is right of one question beside what was just tried. Nothing is written.
pub(super) async fn check(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    drawn(&staff, Some(fields)).await
}

async fn drawn(staff: &Staff, tried: Option<Fields>) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let lang = who.visit().lang;
            let s = SitTexts::of(lang);
            let mut rows = Vec::new();
            for (n, one) in wrong(tx, who)?.into_iter().enumerate() {
                let id = one.item.q.to_string();
                let fields = tried.as_ref().filter(|fields| fields.value("id") == id);
                let sheet = fields.map(|fields| {
                    let mut sheet = Sheet::new(1);
                    for answer in typed(fields, std::slice::from_ref(&one.right)) {
                        answer.put(&mut sheet);
                    }
                    sheet
                });
                let body = render::filled(lang, std::slice::from_ref(&one.item), |_| Some(&one.question), sheet.as_ref());
                let tried = sheet.map(|sheet| {
                    let given = sheet.given(0);
                    let well = one.right.mark(given, false) == Some(one.right.points);
                    (
                        well,
                        shown(s, &one.question, &one.item.order, given),
                        right_shown(s, &one.question, &one.item.order, &one.right.right),
                        one.question.note.clone(),
                    )
                });
                // Each stands in a form of its own; ids are told apart.
                let body = body.replace("id=\"q1\"", &format!("id=\"w{n}\"")).replace(">1</span>", &format!(">{}</span>", n + 1));
                rows.push(Row { id, body, from: fill(s.book_from, &[("name", &one.from)]), tried });
            }
            page(&Book { shell: who.shell(s.book), s, rows })
        })
        .await
}
