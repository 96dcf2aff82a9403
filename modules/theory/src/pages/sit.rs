//! Sitting a test: the cover, the sitting with its script and the one without, saving, handing in, the result.
//!
//! What thousands ask for at the same second is small: a start writes a row, the page of a sitting holds no question, and the
//! questions are bytes that were made when the paper was, sent as they are.

use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Ctx, Time};
use store::{Sql, StoreError, Tx, p, sql};
use web::kit::Fact;
use web::shell::Tone;
use web::{Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::home::window;
use super::{id, picture_address};
use crate::events::{PaperId, TestId};
use crate::model::{BETWEEN, Given, KeyItem, LONGEST_ANSWER, Right, Sheet, letters, mask};
use crate::read::{self, Attempt, Test};
use crate::render::{self, points};
use crate::seat::Seat;
use crate::sit::{self, Answer, SitError, key_of};
use crate::texts::SitTexts;

fn seat(tx: &mut Tx, who: &Signed, test: TestId) -> Result<Seat, PageError> {
    Seat::find(tx, &who.signed(), test)?.ok_or(PageError::NotFound)
}

/// A sitting's result as a page shows it.
struct Result_ {
    title: String,
    points: String,
    full: String,
    state: String,
    when: String,
    passed: Option<bool>,
    how: String,
}

/// One question of a review.
struct Reviewed {
    no: usize,
    stem: String,
    /// Where its picture lies, with what it is called; empty where it has none.
    picture: String,
    alt: String,
    /// What plays its recording; empty where it has none.
    player: String,
    state: &'static str,
    tone: &'static str,
    points: String,
    yours: String,
    right: String,
    reference: bool,
    note: String,
}

#[derive(Template)]
#[template(path = "theory/cover.html")]
struct Cover {
    shell: Shell,
    s: &'static SitTexts,
    facts: Vec<Fact>,
    /// The word on the button; empty where there is nothing to begin.
    begin: &'static str,
    why_not: String,
    /// Milliseconds until it opens, of one that opens within a day; 0 of every other.
    opens: i64,
    results: Vec<Result_>,
    review: Vec<Reviewed>,
    action: String,
    op_key: String,
}

pub(super) async fn cover(staff: Staff, Path(test): Path<String>) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            let lang = who.visit().lang;
            let s = SitTexts::of(lang);
            let Some(seat) = Seat::find(tx, &who.signed(), test)? else { return called_off(tx, ctx, who, test) };
            let test = seat.test();
            let attempts = read::attempts(tx, test.id, who.person)?;
            let (begin, why_not) = may_begin(s, lang, ctx, &seat, &attempts);
            let shown = test.terms.shown_at_once || test.state == "closed";
            let results = attempts.iter().filter(|attempt| attempt.submitted.is_some()).map(|one| result(s, lang, ctx, test, one, shown));
            let review = match attempts.iter().filter(|attempt| attempt.submitted.is_some()).max_by_key(|attempt| attempt.score) {
                Some(attempt) if test.state == "closed" => reviewed(tx, s, test, attempt)?,
                _ => Vec::new(),
            };
            page(&Cover {
                shell: who.shell(test.name.clone()),
                s,
                facts: facts(s, lang, ctx, &seat, attempts.len()),
                begin,
                why_not,
                opens: opens_in(ctx, test),
                results: results.collect(),
                review,
                action: format!("/tests/t/{}/start", test.id),
                op_key: op_key.clone(),
            })
        })
        .await
}

/// Milliseconds until a test opens, where somebody may wait for it.
fn opens_in(ctx: &Ctx, test: &Test) -> i64 {
    let left = test.opens.since(ctx.now);
    if test.state == "set" && (1..=Time::DAY).contains(&left) { left / 1_000 + 1 } else { 0 }
}

/// What somebody sees of a test that they were to sit and that was called off.
fn called_off(tx: &mut Tx, ctx: &Ctx, who: &Signed, test: TestId) -> Result<Page, PageError> {
    let test = Seat::called_off(tx, &who.signed(), test)?.ok_or(PageError::NotFound)?;
    let lang = who.visit().lang;
    let s = SitTexts::of(lang);
    let mut facts = vec![Fact::new(s.cover_window, window(lang, &test, ctx.now))];
    if !test.why.is_empty() {
        facts.insert(0, Fact::new(s.off_why, test.why));
    }
    page(&Cover {
        shell: who.shell(test.name),
        s,
        facts,
        begin: "",
        why_not: s.off_text.to_owned(),
        opens: 0,
        results: Vec::new(),
        review: Vec::new(),
        action: String::new(),
        op_key: String::new(),
    })
}

fn facts(s: &SitTexts, lang: Lang, ctx: &Ctx, seat: &Seat, used: usize) -> Vec<Fact> {
    let (test, terms) = (seat.test(), &seat.test().terms);
    let full = points(test.full);
    let pass = points(test.full * terms.pass / 100);
    let minutes = if seat.extra() == 0 {
        fill(s.cover_minutes, &[("n", &seat.minutes())])
    } else {
        fill(s.cover_minutes_more, &[("n", &seat.minutes()), ("extra", &seat.extra())])
    };
    let mut rules = Vec::new();
    if terms.late > 0 {
        rules.push(fill(s.cover_late, &[("n", &terms.late)]));
    }
    if terms.early > 0 {
        rules.push(fill(s.cover_early, &[("n", &terms.early)]));
    }
    let mut facts = vec![
        Fact::new(s.cover_paper, fill(s.cover_paper_text, &[("n", &test.questions), ("points", &full), ("pass", &pass)])),
        Fact::new(s.cover_time, minutes),
        Fact::new(s.cover_window, window(lang, test, ctx.now)),
        Fact::new(s.cover_book, if terms.open_book { s.open_book } else { s.closed_book }),
    ];
    if terms.attempts > 1 {
        facts.push(Fact::new(s.cover_attempts, fill(s.cover_attempts_text, &[("n", &terms.attempts), ("used", &used)])));
    }
    if !rules.is_empty() {
        facts.push(Fact::new(s.cover_rule, rules.join(" · ")));
    }
    facts
}

/// The word on the button, or why there is none.
fn may_begin(s: &'static SitTexts, lang: Lang, ctx: &Ctx, seat: &Seat, attempts: &[Attempt]) -> (&'static str, String) {
    let test = seat.test();
    let used = i64::try_from(attempts.len()).unwrap_or(i64::MAX);
    if attempts.iter().any(|attempt| attempt.submitted.is_none() && ctx.now <= attempt.ends) {
        (s.go_on, String::new())
    } else if test.state != "set" || ctx.now >= test.closes {
        ("", s.over.to_owned())
    } else if !test.has_begun(ctx.now) {
        ("", fill(s.opens_at, &[("when", &dates::moment(lang, test.opens, ctx.now))]))
    } else if used >= test.terms.attempts {
        ("", s.used.to_owned())
    } else if ctx.now >= test.last_start() {
        ("", s.late.to_owned())
    } else {
        (if used == 0 { s.start } else { s.again }, String::new())
    }
}

fn result(s: &SitTexts, lang: Lang, ctx: &Ctx, test: &Test, attempt: &Attempt, shown: bool) -> Result_ {
    let (score, state) = match attempt.score {
        _ if !shown => (None, s.result_later),
        None => (None, s.result_waiting),
        Some(score) if test.passes(score) => (Some(score), s.state_passed),
        Some(score) => (Some(score), s.state_failed),
    };
    let when = attempt.submitted.map(|at| dates::moment(lang, at, ctx.now)).unwrap_or_default();
    let how = match attempt.how.as_str() {
        "time" => s.result_by_time,
        "office" => s.result_by_office,
        _ => "",
    };
    Result_ {
        title: if test.terms.attempts > 1 { fill(s.result_attempt, &[("n", &attempt.n)]) } else { s.result.to_owned() },
        points: score.map(points).unwrap_or_default(),
        full: fill(s.result_of, &[("full", &points(test.full))]),
        state: state.to_owned(),
        when: format!("{} {when}", s.result_when),
        passed: score.map(|score| test.passes(score)),
        how: how.to_owned(),
    }
}

/// What was answered, beside what is right.
fn reviewed(tx: &mut Tx, s: &'static SitTexts, test: &Test, attempt: &Attempt) -> Result<Vec<Reviewed>, StoreError> {
    let (items, key) = (read::items(tx, test.paper, attempt.variant)?, key_of(tx, test.paper, attempt.variant)?);
    let (sheet, marks) = (Sheet::read(&attempt.sheet), crate::mark::rounds(tx, attempt.id)?);
    let mut out = Vec::new();
    for (place, (item, right)) in items.iter().zip(key.iter()).enumerate() {
        let Some(question) = read::version(tx, item.q, item.v)? else { continue };
        let given = sheet.given(place);
        let got = match right.mark(given, test.terms.partial) {
            Some(points) => points,
            None => {
                let at = i64::try_from(place).unwrap_or(-1);
                let rounds: Vec<i64> = marks.iter().filter(|(of, ..)| *of == at).map(|(_, points, _)| *points).collect();
                crate::model::settled(&rounds, item.points, test.terms.second).unwrap_or(0)
            }
        };
        let (state, tone) = match got {
            _ if got == item.points => (s.review_right, "success"),
            0 => (s.review_wrong, "error"),
            _ => (s.review_part, "warning"),
        };
        out.push(Reviewed {
            no: place + 1,
            state,
            tone,
            points: format!("{} / {}", points(got), points(item.points)),
            yours: shown(s, &question, &item.order, given),
            right: right_shown(s, &question, &item.order, &right.right),
            reference: matches!(right.right, Right::Hand),
            note: question.note.clone(),
            picture: question.picture.map(|digest| picture_address(item.q, &digest)).unwrap_or_default(),
            alt: fill(s.picture_n, &[("n", &(place + 1))]),
            player: question.recording.as_ref().map(|one| render::player(s, item.q, place + 1, one)).unwrap_or_default(),
            stem: question.stem,
        });
    }
    Ok(out)
}

/// An answer in words.
pub(super) fn shown(s: &SitTexts, question: &crate::model::Question, order: &[u8], given: Given<'_>) -> String {
    match given {
        Given::Nothing => s.no_answer.to_owned(),
        Given::Words(words) => words.split(BETWEEN).collect::<Vec<_>>().join("；"),
        Given::Letters(mask) => options(s, question, order, mask),
    }
}

/// What is right, in words.
pub(super) fn right_shown(s: &SitTexts, question: &crate::model::Question, order: &[u8], right: &Right) -> String {
    match right {
        Right::Letters(mask) => options(s, question, order, *mask),
        _ => question.answer.lines().collect::<Vec<_>>().join("；"),
    }
}

fn options(s: &SitTexts, question: &crate::model::Question, order: &[u8], chosen: u16) -> String {
    if question.kind == crate::model::Kind::Judge {
        return if chosen & 1 == 1 { s.right } else { s.wrong }.to_owned();
    }
    let text = |bit: usize| order.get(bit).and_then(|place| question.options.get(usize::from(*place)));
    let named = (0..order.len()).filter(|bit| chosen & (1 << bit) != 0);
    named.map(|bit| format!("{} {}", letters(1 << bit), text(bit).map_or("", String::as_str))).collect::<Vec<_>>().join("；")
}

/// What became of a start, of saving, of handing in.
fn refused(error: SitError, s: &SitTexts) -> PageError {
    match error {
        SitError::NotFound => PageError::NotFound,
        SitError::Early => PageError::Conflict(s.state_coming.to_owned()),
        SitError::Late => PageError::Conflict(s.late.to_owned()),
        SitError::Used => PageError::Conflict(s.used.to_owned()),
        SitError::Over => PageError::Conflict(s.time_over.to_owned()),
        SitError::Done => PageError::Conflict(s.handed_in.to_owned()),
        SitError::TooSoon => PageError::Conflict(s.too_soon.to_owned()),
        SitError::Store(error) => error.into(),
    }
}

/// Begins, or goes on. Pressing twice begins once: the second finds what the first began.
pub(super) async fn start(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    fields.op_key()?;
    let lang = staff.lang;
    let begun = staff
        .write_as_person(move |tx, ctx, who| {
            let seat = Seat::find(tx, who, test)?.ok_or(PageError::NotFound)?;
            match sit::start(tx, ctx, &seat) {
                // On PostgreSQL two presses at the same moment: the other one began.
                Err(SitError::Store(error)) if error.is_unique("attempt_key") => Err(PageError::Conflict(String::new())),
                done => done.map_err(|error| refused(error, SitTexts::of(lang))),
            }
        })
        .await;
    match begun {
        Ok(_) => {}
        Err(PageError::Conflict(words)) if words.is_empty() => {}
        Err(PageError::Conflict(words)) => return Ok(redirect(format!("/tests/t/{test}")).flash(Tone::Warning, words).into_response()),
        Err(error) => return Err(error),
    }
    let way = if fields.has("js") { "sit" } else { "plain" };
    Ok(redirect(format!("/tests/t/{test}/{way}")).into_response())
}

#[derive(Template)]
#[template(path = "theory/sit.html")]
struct Sitting {
    shell: Shell,
    s: &'static SitTexts,
    base: String,
    paper: String,
    n: i64,
    left: i64,
    ends: String,
    /// What was answered, as `1=AC&2=…`: filled in by the script.
    answers: String,
    large: bool,
    early: i64,
    op_key: String,
}

/// The newest sitting that goes on.
fn current(tx: &mut Tx, ctx: &Ctx, seat: &Seat) -> Result<Option<Attempt>, StoreError> {
    let attempts = read::attempts(tx, seat.test().id, seat.person())?;
    Ok(attempts.into_iter().next_back().filter(|attempt| attempt.submitted.is_none() && ctx.now <= attempt.ends.plus(sit::GRACE)))
}

/// By the index `paper_page_by_paper`.
const PAGE_OF: &Sql = sql!("SELECT digest FROM paper_page WHERE paper = ?1 AND variant = ?2 AND lang = ?3");

fn page_of(tx: &mut Tx, paper: PaperId, variant: i64, lang: Lang) -> Result<[u8; 32], PageError> {
    tx.opt(PAGE_OF, p![paper, variant, lang.code()], |row| row.array(0))?.ok_or(PageError::NotFound)
}

pub(super) async fn sitting(staff: Staff, Path(test): Path<String>) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    let shown = staff
        .read(move |tx, ctx, who| {
            let seat = seat(tx, who, test)?;
            let lang = who.visit().lang;
            let Some(attempt) = current(tx, ctx, &seat)? else { return Ok(None) };
            let digest = page_of(tx, seat.test().paper, attempt.variant, lang)?;
            let sheet = Sheet::read(&attempt.sheet);
            let pairs = (0..sheet.len()).filter_map(|place| {
                let value = match sheet.given(place) {
                    Given::Nothing => return None,
                    Given::Letters(mask) => letters(mask),
                    Given::Words(words) => words.to_owned(),
                };
                Some(((place + 1).to_string(), value))
            });
            let pairs: Vec<(String, String)> = pairs.collect();
            let mut shell = who.shell(seat.test().name.clone());
            // Nothing that leads away by a slip of the finger.
            shell.menu.clear();
            page(&Sitting {
                shell,
                s: SitTexts::of(lang),
                base: format!("/tests/t/{test}"),
                paper: format!("/tests/t/{test}/paper/{}", record::hex(&digest)),
                n: attempt.n,
                left: attempt.ends.since(ctx.now) / 1_000,
                ends: fill(SitTexts::of(lang).ends_at, &[("when", &dates::moment(lang, attempt.ends, ctx.now))]),
                answers: web::form::encode(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()))),
                large: seat.large(),
                early: (seat.test().terms.early * Time::MINUTE - ctx.now.since(attempt.started)).max(0) / 1_000,
                op_key: op_key.clone(),
            })
            .map(Some)
        })
        .await?;
    Ok(match shown {
        Some(page) => page.into_response(),
        None => redirect(format!("/tests/t/{test}")).into_response(),
    })
}

/// A page by what it is named, with its bytes.
type Kept = ([u8; 32], Arc<Vec<u8>>);
/// Pages that were sent lately, by what is in them: they never change.
static PAGES: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
/// How many are kept: some tens of kilobytes each.
const KEPT: usize = 96;

/// By the primary keys.
const OWN_PAGE: &Sql = sql!(
    "SELECT 1 FROM paper_page g JOIN theory_test t ON t.paper = g.paper JOIN attempt a ON a.test = t.id AND a.variant = g.variant
     WHERE g.digest = ?1 AND t.id = ?2 AND a.person = ?3 LIMIT 1"
);
const BODY: &Sql = sql!("SELECT body FROM paper_page WHERE digest = ?1");

/// The questions of a version, for who sits it: bytes as they were kept, for the browser to keep.
pub(super) async fn paper(staff: Staff, Path((test, digest)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let wanted = web::photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    let tag = format!("\"{digest}\"");
    let known = PAGES.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|(of, _)| *of == wanted).map(|(_, body)| Arc::clone(body));
    let has = known.is_some();
    let read = staff
        .read_as_person(move |tx, _, who| {
            tx.opt(OWN_PAGE, p![&wanted, test, who.person], |_| Ok(()))?.ok_or(PageError::NotFound)?;
            if has { Ok(None) } else { Ok(tx.opt(BODY, p![&wanted], |row| Ok(row.blob(0)?.to_vec()))?) }
        })
        .await?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let body = match (known, read) {
        (Some(body), _) => body,
        (None, None) => return Err(PageError::NotFound),
        (None, Some(body)) => {
            let body = Arc::new(body);
            let mut pages = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
            if pages.len() >= KEPT {
                pages.remove(0);
            }
            pages.push((wanted, Arc::clone(&body)));
            body
        }
    };
    let squeezed = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|list| list.contains("gzip"));
    let bytes = if squeezed { body.to_vec() } else { render::unsqueeze(&body).map_err(PageError::internal)? };
    let mut response = bytes.into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(header::ETAG, tag);
    }
    if squeezed {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}

/// The answers that a script sends: `q3=AC` or `w4=…`, with `t3` for how many seconds ago.
fn sent(fields: &Fields) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (name, value) in fields.pairs() {
        let Some((kind, place)) = name.split_at_checked(1) else { continue };
        let Some(place) = place.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) else { continue };
        let (letters, words) = match kind {
            "q" => (mask(value).unwrap_or(0), String::new()),
            "w" => (0, value.chars().take(LONGEST_ANSWER / 2).collect()),
            _ => continue,
        };
        let ago = fields.int(&format!("t{}", place + 1)).and_then(|ago| u64::try_from(ago).ok()).unwrap_or(0);
        answers.push(Answer { place, letters, words, ago });
    }
    answers
}

/// Saves answers as they are given; answers the milliseconds that are left, once they are on disk.
pub(super) async fn save(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (answers, n, lang) = (sent(&fields), fields.int("n").ok_or(PageError::BadForm)?, staff.lang);
    let left = staff
        .write_as_person(move |tx, ctx, who| {
            sit::save(tx, ctx, who.person, test, n, &answers).map_err(|error| refused(error, SitTexts::of(lang)))
        })
        .await?;
    let mut response = (left / 1_000).to_string().into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The answers of a whole form, by the kinds of its questions.
pub(super) fn typed(fields: &Fields, key: &[KeyItem]) -> Vec<Answer> {
    let answer = |(place, item): (usize, &KeyItem)| {
        let name = format!("q{}", place + 1);
        let values: Vec<&str> = fields.all(&name).collect();
        let (letters, words) = match item.right {
            Right::Letters(_) => (values.iter().filter_map(|value| mask(value)).fold(0, |all, one| all | one), String::new()),
            Right::Blanks(_) if values.iter().all(|value| value.trim().is_empty()) => (0, String::new()),
            Right::Blanks(_) => (0, values.iter().map(|value| value.trim()).collect::<Vec<_>>().join(&BETWEEN.to_string())),
            Right::Hand => (0, values.first().map(|value| base::text::clean(value)).unwrap_or_default()),
        };
        Answer { place, letters, words, ago: 0 }
    };
    key.iter().enumerate().map(answer).collect()
}

/// Hands in, from the page with the script.
pub(super) async fn submit(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (answers, test) = (sent(&fields), id::<TestId>(&test)?);
    hand_in(&staff, test, &fields, move |_| answers.clone()).await
}

async fn hand_in(
    staff: &Staff,
    test: TestId,
    fields: &Fields,
    answers: impl Fn(&[KeyItem]) -> Vec<Answer> + Send + 'static,
) -> Result<Response, PageError> {
    let (key, n, lang) = (fields.op_key()?, fields.int("n").ok_or(PageError::BadForm)?, staff.lang);
    let s = SitTexts::of(lang);
    let done = staff
        .write_as_person(move |tx, ctx, who| {
            let seat = Seat::find(tx, who, test)?.ok_or(PageError::NotFound)?;
            let once = store::once(tx, ctx.now, &key, "theory.submit", who.person.bytes(), |tx| {
                let attempt = current(tx, ctx, &seat)?;
                let variant = attempt.map_or(1, |attempt| attempt.variant);
                let right = key_of(tx, seat.test().paper, variant)?;
                sit::submit(tx, ctx, &seat, n, &answers(&right)).map(|()| n)
            });
            match once {
                Ok(_) => Ok(()),
                // Handed in before: on another device, or by the end of the time. That is what was wanted.
                Err(SitError::Done) => Ok(()),
                Err(SitError::TooSoon) => Err(PageError::Conflict(fill(s.too_soon, &[("n", &seat.test().terms.early)]))),
                Err(error) => Err(refused(error, s)),
            }
        })
        .await;
    match done {
        Ok(()) => Ok(redirect(format!("/tests/t/{test}")).done(s.handed_in).into_response()),
        Err(PageError::Conflict(words)) => Ok(redirect(format!("/tests/t/{test}")).flash(Tone::Warning, words).into_response()),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "theory/plain.html")]
struct Plain {
    shell: Shell,
    s: &'static SitTexts,
    base: String,
    n: i64,
    left: String,
    body: String,
    large: bool,
    op_key: String,
}

/// The sitting for browsers without scripts: all questions in one form, with what was answered.
pub(super) async fn plain(staff: Staff, Path(test): Path<String>) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    let shown = staff
        .read(move |tx, ctx, who| {
            let seat = seat(tx, who, test)?;
            let lang = who.visit().lang;
            let s = SitTexts::of(lang);
            let Some(attempt) = current(tx, ctx, &seat)? else { return Ok(None) };
            let items = read::items(tx, seat.test().paper, attempt.variant)?;
            let mut questions = Vec::with_capacity(items.len());
            for item in &items {
                questions.push((item.q, read::version(tx, item.q, item.v)?));
            }
            let find = |item: &crate::model::Item| questions.iter().find(|(q, _)| *q == item.q).and_then(|(_, question)| question.as_ref());
            let body = render::filled(lang, &items, find, Some(&Sheet::read(&attempt.sheet)));
            let minutes = (attempt.ends.since(ctx.now) / Time::MINUTE).max(0);
            page(&Plain {
                shell: who.shell(seat.test().name.clone()),
                s,
                base: format!("/tests/t/{test}"),
                n: attempt.n,
                left: format!(
                    "{} · {}",
                    fill(s.cover_minutes, &[("n", &minutes)]),
                    fill(s.ends_at, &[("when", &dates::moment(lang, attempt.ends, ctx.now))])
                ),
                body,
                large: seat.large(),
                op_key: op_key.clone(),
            })
            .map(Some)
        })
        .await?;
    Ok(match shown {
        Some(page) => page.into_response(),
        None => redirect(format!("/tests/t/{test}")).into_response(),
    })
}

/// Saves the whole form, or hands it in.
pub(super) async fn plain_send(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let sent = fields.clone();
    if fields.has("submit") {
        return hand_in(&staff, test, &fields, move |key| typed(&sent, key)).await;
    }
    let (n, lang) = (fields.int("n").ok_or(PageError::BadForm)?, staff.lang);
    let s = SitTexts::of(lang);
    let saved = staff
        .write_as_person(move |tx, ctx, who| {
            let seat = Seat::find(tx, who, test)?.ok_or(PageError::NotFound)?;
            let Some(attempt) = current(tx, ctx, &seat)? else { return Err(PageError::Conflict(s.time_over.to_owned())) };
            let key = key_of(tx, seat.test().paper, attempt.variant)?;
            sit::save(tx, ctx, who.person, test, n, &typed(&sent, &key)).map_err(|error| refused(error, s))
        })
        .await;
    match saved {
        Ok(_) => Ok(redirect(format!("/tests/t/{test}/plain")).done(s.saved).into_response()),
        Err(PageError::Conflict(words)) => Ok(redirect(format!("/tests/t/{test}")).flash(Tone::Warning, words).into_response()),
        Err(error) => Err(error),
    }
}
