//! What waits for a second person: texts that somebody else of the desk wrote and that nobody reads before
//! a colleague has looked at them.

use askama::Template;
use web::{Lang, Page, PageError, Shell, Staff, dates, page};

use super::StaffTexts;
use crate::permissions::Desk;
use crate::{concern, publish, redact, sight};

web::texts! {
    /// Words of the page of second looks.
    SecondTexts;
    menu: "复核", "Second look";
    title: "等您复核", "Waiting for your second look";
    intro: "同事写好、还没有人看过第二遍的文本。自己写的不在这里。", "Texts written by a colleague that nobody has looked at twice. Your own are not here.";
    handlers: "给承办人员看的脱敏文本", "Text for the handlers of a confidential caller";
    public: "公开文本", "Text for everybody";
    empty: "没有等您复核的文本", "Nothing waits for your second look";
    empty_text: "同事提交脱敏文本后会出现在这里。", "Texts that colleagues hand in appear here.";
}

/// Lines at most.
const MOST: i64 = 200;

pub(super) fn menu(lang: Lang) -> &'static str {
    SecondTexts::of(lang).menu
}

struct Line {
    href: String,
    what: &'static str,
    title: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "staff/second.html")]
struct SecondPage {
    shell: Shell,
    t: &'static SecondTexts,
    lines: Vec<Line>,
}

/// The page.
pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Desk>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let (t, s) = (SecondTexts::of(lang), StaffTexts::of(lang));
            let mut lines = Vec::new();
            for (id, event) in redact::waiting(tx, MOST)? {
                let Some(found) = concern::get(tx, id)? else { continue };
                let mine = found.redactions.iter().any(|text| text.event == event && text.written_by == who.person);
                if mine || !found.now.is_open() || sight::is_on_desk(who, &who.tree, &found).is_none() {
                    continue;
                }
                lines.push(Line {
                    href: format!("/work/c/{}/approve", found.no),
                    what: t.handlers,
                    title: if found.title.is_empty() { s.untitled.to_owned() } else { found.title.clone() },
                    sub: format!("{} · {}", base::number::show(&found.no), dates::ago(lang, found.received_at, ctx.now)),
                });
            }
            for (id, event) in publish::waiting(tx, MOST)? {
                let Some(found) = concern::get(tx, id)? else { continue };
                let mine = found.publications.iter().any(|text| text.event == event && text.written_by == who.person);
                if mine || sight::is_on_desk(who, &who.tree, &found).is_none() {
                    continue;
                }
                lines.push(Line {
                    href: format!("/work/c/{}/publish", found.no),
                    what: t.public,
                    title: found.title.clone(),
                    sub: format!("{} · {}", base::number::show(&found.no), dates::ago(lang, found.received_at, ctx.now)),
                });
            }
            page(&SecondPage { shell: who.shell(t.title), t, lines })
        })
        .await
}
