//! What is kept of people, what for and how long: one page for everybody, since everybody is told.

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::policy;

use crate::{App, Page, PageError, Shell, Visit, page};

crate::texts! {
    /// Words of the page.
    pub(crate) PrivacyTexts;
    title: "个人信息说明", "What we keep about people";
    lead: "本系统只收办事需要的信息，存放在本区县自己的服务器上，不接入第三方统计，不给任何人画像打分。", "Only what a matter needs is collected. It lies on the district's own server, no third party counts visits here, and nobody is profiled or scored.";
    purpose: "用来", "For";
    keep: "保存", "Kept";
    days_of: "{days} 天，到期自动清除（{what}，{document}{article}）", "{days} days, then erased by itself ({what}; {document} {article})";
    as_long: "与所属的记录相同", "As long as the record it belongs to";
    sealed: "加密存放", "Sealed";
    rights: "您的权利", "Your rights";
    rights_text: "凭回执编号和查询码，可以在“查进度”里打开您的诉求，查看、更正、撤回同意或删除您留下的信息。没有回执的，请到所在社区办理。", "With the number and code of your receipt, open your concern under “Follow a concern” to see, correct, withdraw or erase what you left. Without a receipt, ask at your community.";
    cannot: "我们做不到的", "What we cannot promise";
    cannot_text: "能登录服务器的人可以改动程序。所以每件事都记在一本改了会被发现的账上，由审计管理员查看。", "Whoever holds the server could change the program. That is why everything is written to a record in which a change shows, and an audit administrator looks at it.";
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/privacy", get(show))
}

struct Row {
    what: &'static str,
    purpose: &'static str,
    keep: String,
    sealed: bool,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    shell: Shell,
    t: &'static PrivacyTexts,
    rows: Vec<Row>,
}

async fn show(visit: Visit) -> Result<Page, PageError> {
    let lang = visit.lang;
    let t = PrivacyTexts::of(lang);
    let rows = crate::kept::all(&visit.app).map(|kept| {
        let keep = match kept.keep.and_then(policy::number) {
            None => t.as_long.to_owned(),
            Some(number) => {
                let chinese = |text: &str| if lang == crate::Lang::Hant { crate::lang::to_hant(text) } else { text.to_owned() };
                let what = if lang.is_chinese() { chinese(&number.title_zh) } else { number.title_en.clone() };
                let (document, article) = (chinese(&number.document), chinese(&number.article));
                crate::fill(t.days_of, &[("days", &number.amount), ("what", &what), ("document", &document), ("article", &article)])
            }
        };
        Row { what: (kept.what)(lang), purpose: (kept.purpose)(lang), keep, sealed: kept.sealed }
    });
    page(&PrivacyPage { shell: visit.shell(t.title), t, rows: rows.collect() })
}
