//! What is kept of people, what for and how long: one page for everybody, since everybody is told.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::{App, Page, PageError, Shell, Visit, page};

crate::texts! {
    /// Words of the page.
    pub(crate) PrivacyTexts;
    title: "个人信息说明", "What we keep about people";
    lead: "本系统只收办事需要的信息，存放在本区县自己的服务器上，不接入第三方统计，不给任何人画像打分。", "Only what a matter needs is collected. It lies on the district's own server, no third party counts visits here, and nobody is profiled or scored.";
    purpose: "用来", "For";
    keep: "保存", "Kept";
    kept_for: "{long}，到期自动清除（{what}，{document}{article}）", "{long}, then erased by itself ({what}; {document} {article})";
    days: "{n} 天", "{n} days";
    years: "{n} 年", "{n} years";
    one_year: "1 年", "1 year";
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

/// A term as people say it: whole years where it is so many days.
fn long(t: &PrivacyTexts, days: i64) -> String {
    match (days / 365, days % 365) {
        (1, 0) => t.one_year.to_owned(),
        (years @ 2.., 0) => crate::fill(t.years, &[("n", &years)]),
        _ => crate::fill(t.days, &[("n", &days)]),
    }
}

async fn show(visit: Visit) -> Result<Page, PageError> {
    let lang = visit.lang;
    let t = PrivacyTexts::of(lang);
    let rules = std::sync::Arc::clone(&visit.district.env().rules);
    let rows = crate::kept::all(&visit.app).map(|kept| {
        let keep = match kept.keep.and_then(|id| rules.number(id)) {
            None => t.as_long.to_owned(),
            Some(number) => {
                let chinese = |text: &str| if lang == crate::Lang::Hant { crate::lang::to_hant(text) } else { text.to_owned() };
                let what = if lang.is_chinese() { chinese(&number.title_zh) } else { number.title_en.clone() };
                let (document, article) = (chinese(&number.document), chinese(&number.article));
                crate::fill(
                    t.kept_for,
                    &[("long", &long(t, number.amount)), ("what", &what), ("document", &document), ("article", &article)],
                )
            }
        };
        Row { what: (kept.what)(lang), purpose: (kept.purpose)(lang), keep, sealed: kept.sealed }
    });
    page(&PrivacyPage { shell: visit.shell(t.title), t, rows: rows.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_said_in_years_where_they_are_years() {
        let said = |days| long(PrivacyTexts::of(crate::Lang::Hans), days);
        assert_eq!([said(180), said(365), said(366), said(1095)], ["180 天", "1 年", "366 天", "3 年"]);
        assert_eq!(long(PrivacyTexts::of(crate::Lang::En), 730), "2 years");
    }
}
