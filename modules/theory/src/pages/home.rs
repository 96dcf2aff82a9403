//! What somebody has to sit, and for offices what they set.

use askama::Template;
use base::{Ctx, Time};
use store::{StoreError, Tx};
use web::kit::Light;
use web::{Lang, Page, PageError, Shell, Staff, dates, fill, page};

use crate::permissions::Organise;
use crate::read::{self, Test};
use crate::texts::{SitTexts, TheoryTexts};

/// A test as a line of a list.
pub(super) struct Line {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) light: Light,
    pub(super) state: String,
    pub(super) sub: String,
}

/// A test that was called off.
struct Off {
    href: String,
    title: String,
    why: String,
    sub: String,
}

/// So long after it would have closed, a test that was called off is still told of.
const OFF_FOR: i64 = 7 * Time::DAY;

#[derive(Template)]
#[template(path = "theory/home.html")]
struct Home {
    shell: Shell,
    s: &'static SitTexts,
    t: &'static TheoryTexts,
    mine: Vec<Line>,
    /// What was called off and would still be open, or was lately.
    off: Vec<Off>,
    set: Vec<Line>,
    organises: bool,
    has_wrong: bool,
}

/// When a test is open.
pub(super) fn window(lang: Lang, test: &Test, now: Time) -> String {
    fill(SitTexts::of(lang).window, &[("from", &dates::moment(lang, test.opens, now)), ("to", &dates::moment(lang, test.closes, now))])
}

/// How a test stands for somebody who sits it.
pub(super) fn standing(tx: &mut Tx, ctx: &Ctx, lang: Lang, test: &Test, person: base::PersonId) -> Result<(Light, String), StoreError> {
    let t = SitTexts::of(lang);
    let attempts = read::attempts(tx, test.id, person)?;
    let shown = test.terms.shown_at_once || test.state == "closed";
    let best = attempts.iter().filter_map(|attempt| attempt.score).max();
    let going = attempts.iter().any(|attempt| attempt.submitted.is_none() && ctx.now <= attempt.ends);
    Ok(match best {
        _ if going => (Light::Red, t.state_sitting.to_owned()),
        Some(score) if shown && test.passes(score) => (Light::Done, t.state_passed.to_owned()),
        Some(_) if shown => (Light::Over, t.state_failed.to_owned()),
        _ if !attempts.is_empty() => (Light::Done, t.state_done.to_owned()),
        _ if test.is_open(ctx.now) && ctx.now < test.last_start() => (Light::Yellow, t.state_open.to_owned()),
        _ if test.has_begun(ctx.now) => (Light::None, t.state_missed.to_owned()),
        _ => (Light::Blue, t.state_coming.to_owned()),
    })
}

/// How a test stands for who set it.
pub(crate) fn state(t: &TheoryTexts, test: &Test, now: Time) -> (Light, &'static str) {
    match test.state.as_str() {
        "cancelled" => (Light::None, t.state_cancelled),
        "closed" => (Light::Done, t.state_closed),
        _ if test.is_open(now) => (Light::Yellow, t.state_open),
        _ if test.waits_for_sheets(now) => (Light::Red, t.state_typing),
        _ if test.has_begun(now) => (Light::Red, t.state_marking),
        _ => (Light::Blue, t.state_set),
    }
}

pub(super) async fn home(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            if who.is_admin() {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let (s, t) = (SitTexts::of(lang), TheoryTexts::of(lang));
            let (mut mine, mut off, mut set, mut has_wrong) = (Vec::new(), Vec::new(), Vec::new(), false);
            for test in read::tests_of(tx, who.person)? {
                if test.state == "cancelled" {
                    if ctx.now < test.closes.plus(OFF_FOR) {
                        let sub = window(lang, &test, ctx.now);
                        off.push(Off { href: format!("/tests/t/{}", test.id), title: test.name, why: test.why, sub });
                    }
                    continue;
                }
                let (light, state) = standing(tx, ctx, lang, &test, who.person)?;
                has_wrong |= test.state == "closed";
                let sub = window(lang, &test, ctx.now);
                mine.push(Line { href: format!("/tests/t/{}", test.id), title: test.name, light, state, sub });
            }
            let organises = who.has::<Organise>().is_some();
            if organises {
                for test in read::set_by(tx, &super::own_offices(who))? {
                    let (light, state) = state(t, &test, ctx.now);
                    let sub = fill(t.run_sub, &[("from", &dates::moment(lang, test.opens, ctx.now)), ("n", &test.enrolled)]);
                    set.push(Line { href: format!("/tests/t/{}/run", test.id), title: test.name, light, state: state.to_owned(), sub });
                }
            }
            page(&Home { shell: who.shell(s.title), s, t, mine, off, set, organises, has_wrong })
        })
        .await
}
