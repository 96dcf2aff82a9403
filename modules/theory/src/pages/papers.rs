//! Papers: the list, making one, looking at one.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use web::kit::Choice;
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::{difficulty_name, id, kind_name, usable};
use crate::events::{BankId, PaperId, QuestionId};
use crate::model::Kind;
use crate::paper::{Choice as Chosen, Line, PaperError, Wanted, draft, make_paper};
use crate::permissions::{Organise, open_to};
use crate::read;
use crate::render::{self, points};
use crate::texts::TheoryTexts;

struct Row {
    href: String,
    title: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "theory/papers.html")]
struct Papers {
    shell: Shell,
    t: &'static TheoryTexts,
    rows: Vec<Row>,
}

/// The papers that this person may use.
pub(super) fn papers(tx: &mut store::Tx, who: &Signed) -> Result<Vec<read::Paper>, PageError> {
    let mut papers = read::papers(tx)?;
    papers.retain(|paper| {
        who.each::<Organise>().any(|proof| open_to(&who.tree, paper.unit, proof.unit()) || proof.covers(&who.tree, paper.unit))
    });
    Ok(papers)
}

fn sub(t: &TheoryTexts, paper: &read::Paper) -> String {
    fill(t.paper_sub, &[("n", &paper.questions), ("points", &points(paper.full)), ("v", &paper.variants)])
}

pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, _, who| {
            who.has::<Organise>().ok_or(PageError::Forbidden)?;
            let t = TheoryTexts::of(who.visit().lang);
            let rows = papers(tx, who)?.into_iter().map(|paper| Row {
                href: format!("/tests/papers/{}", paper.id),
                sub: format!("{} · {}", sub(t, &paper), who.tree.full_name(paper.unit)),
                title: paper.name,
            });
            page(&Papers { shell: who.shell(t.papers), t, rows: rows.collect() })
        })
        .await
}

/// A question that may be chosen.
struct Pick {
    id: String,
    stem: String,
    sub: String,
    checked: bool,
}

/// A row of the blueprint: a kind and a topic, with a field for any difficulty and one for each that the bank has.
struct Slot {
    label: String,
    cells: Vec<Cell>,
    /// The name of the field of points, and what stands in it.
    worth: String,
    points: String,
}

/// How many of a kind, a topic and a difficulty.
struct Cell {
    /// Empty where the bank has none.
    name: String,
    label: String,
    have: String,
    count: String,
}

/// A kind, with its points in a paper of chosen questions.
struct KindPoints {
    name: String,
    label: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "theory/paper-new.html")]
struct NewPaper {
    shell: Shell,
    t: &'static TheoryTexts,
    errors: Errors,
    fields: Fields,
    banks: Vec<Choice>,
    ways: Vec<Choice>,
    /// The second step: which bank was chosen.
    bank: String,
    drawn: bool,
    picks: Vec<Pick>,
    /// The difficulties that the blueprint has columns for.
    columns: Vec<&'static str>,
    slots: Vec<Slot>,
    kinds: Vec<KindPoints>,
    op_key: String,
}

pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    shown(&staff, fields, Errors::none()).await
}

/// The points that questions of a kind have where nothing else is said.
fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Single | Kind::Judge => "2",
        Kind::Multiple | Kind::Blank => "4",
        Kind::Short => "10",
    }
}

/// How many questions a bank has of each kind and topic, in all and of each difficulty; under the empty topic all of a kind.
type Held = BTreeMap<(Kind, String), [i64; 6]>;

/// The rows that a blueprint can have, from what the bank holds.
fn held(all: &[read::Stored]) -> Held {
    let mut held = Held::new();
    for one in all.iter().filter(|one| !one.retired) {
        let question = &one.question;
        for topic in [String::new(), question.topic.clone()].into_iter().take(if question.topic.is_empty() { 1 } else { 2 }) {
            let counts = held.entry((question.kind, topic)).or_default();
            for at in [0, question.difficulty] {
                if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
                    *count += 1;
                }
            }
        }
    }
    // Where all of a kind are of one topic, one row says both.
    let whole: Vec<(Kind, [i64; 6])> =
        held.iter().filter(|((_, topic), _)| topic.is_empty()).map(|((kind, _), counts)| (*kind, *counts)).collect();
    held.retain(|(kind, topic), counts| topic.is_empty() || whole.iter().any(|(of, all)| of == kind && all != counts));
    held
}

/// The field of a row of the blueprint: by what it asks for, so that a bank that changed meanwhile shifts no row. 0 is any
/// difficulty.
fn field(kind: Kind, topic: &str, difficulty: usize) -> String {
    let digest: [u8; 32] = Sha256::digest(topic).into();
    format!("{}-{}-{difficulty}", kind.code(), record::hex(digest.get(..6).unwrap_or_default()))
}

/// The lines of a blueprint that was sent.
fn lines(held: &Held, sent: &Fields) -> Vec<Line> {
    let mut lines = Vec::new();
    for (kind, topic) in held.keys() {
        let worth = tenths(sent.value(&format!("points-{}", field(*kind, topic, 0)))).unwrap_or(0);
        for difficulty in 0..=5_i64 {
            let name = field(*kind, topic, usize::try_from(difficulty).unwrap_or(0));
            if let Some(count) = sent.int(&format!("count-{name}")).filter(|count| *count > 0) {
                lines.push(Line {
                    kind: *kind,
                    topic: topic.clone(),
                    difficulty: (difficulty > 0).then_some(difficulty),
                    count,
                    points: worth,
                });
            }
        }
    }
    lines
}

/// What a row of the blueprint is called.
fn row_name(lang: Lang, t: &TheoryTexts, kind: Kind, topic: &str) -> String {
    format!("{} · {}", kind_name(lang, kind), if topic.is_empty() { t.blueprint_any_topic } else { topic })
}

/// What a line is called, where it is refused.
fn line_name(lang: Lang, t: &TheoryTexts, line: &Line) -> String {
    let difficulty = line.difficulty.map_or(t.blueprint_any, |difficulty| difficulty_name(t, difficulty));
    format!("{} · {difficulty}", row_name(lang, t, line.kind, &line.topic))
}

/// The table of the blueprint.
fn slots(lang: Lang, t: &TheoryTexts, held: &Held, fields: &Fields) -> Vec<Slot> {
    let columns = difficulties_held(held);
    let slot = |((kind, topic), counts): (&(Kind, String), &[i64; 6])| {
        let label = row_name(lang, t, *kind, topic);
        let cell = |difficulty: &usize| {
            let name = format!("count-{}", field(*kind, topic, *difficulty));
            let have = counts.get(*difficulty).copied().unwrap_or(0);
            Cell {
                count: fields.value(&name).to_owned(),
                name: if have > 0 { name } else { String::new() },
                label: format!("{label} · {}", column_name(t, *difficulty)),
                have: fill(t.blueprint_have, &[("n", &have)]),
            }
        };
        let worth = format!("points-{}", field(*kind, topic, 0));
        Slot {
            cells: columns.iter().map(cell).collect(),
            points: fields.get(&worth).unwrap_or(usual(*kind)).to_owned(),
            worth,
            label: label.clone(),
        }
    };
    held.iter().map(slot).collect()
}

/// 0 for any, and each difficulty that the bank has.
fn difficulties_held(held: &Held) -> Vec<usize> {
    (0..=5).filter(|at| *at == 0 || held.values().any(|counts| counts.get(*at).is_some_and(|n| *n > 0))).collect()
}

fn column_name(t: &TheoryTexts, difficulty: usize) -> &'static str {
    if difficulty == 0 { t.blueprint_any } else { difficulty_name(t, i64::try_from(difficulty).unwrap_or(0)) }
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, _, who| {
            who.has::<Organise>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            let banks = usable(tx, who)?;
            let bank = fields.id::<BankId>("bank").and_then(|id| banks.iter().find(|bank| bank.id == id));
            let drawn = fields.value("how") == "drawn";
            let (mut picks, mut kinds, mut columns, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            if let Some(bank) = bank {
                let all = read::questions(tx, bank.id)?;
                let sent = fields.has("variants");
                for one in all.iter().filter(|one| !drawn && !one.retired) {
                    let id = one.id.to_string();
                    picks.push(Pick {
                        checked: if sent { fields.chose("q", &id) } else { true },
                        id,
                        stem: base::text::excerpt(&one.question.stem, 60),
                        sub: format!(
                            "{} · {} · {}",
                            kind_name(lang, one.question.kind),
                            one.question.topic,
                            difficulty_name(t, one.question.difficulty)
                        ),
                    });
                }
                if drawn {
                    let held = held(&all);
                    columns = difficulties_held(&held).into_iter().map(|at| column_name(t, at)).collect();
                    rows = slots(lang, t, &held, &fields);
                }
                for kind in Kind::ALL.into_iter().filter(|kind| !drawn && all.iter().any(|one| one.question.kind == *kind)) {
                    let name = format!("worth-{}", kind.code());
                    kinds.push(KindPoints {
                        value: fields.get(&name).unwrap_or(usual(kind)).to_owned(),
                        name,
                        label: kind_name(lang, kind),
                    });
                }
            }
            page(&NewPaper {
                shell: who.shell(t.paper_new),
                t,
                errors: errors.clone(),
                banks: banks
                    .iter()
                    .map(|one| Choice::new(one.id.to_string(), one.name.clone()).chosen(Some(one.id) == fields.id("bank")))
                    .collect(),
                ways: vec![Choice::new("fixed", t.paper_fixed).chosen(!drawn), Choice::new("drawn", t.paper_drawn).chosen(drawn)],
                bank: bank.map(|bank| bank.id.to_string()).unwrap_or_default(),
                drawn,
                picks,
                columns,
                slots: rows,
                kinds,
                op_key: op_key.clone(),
                fields: fields.clone(),
            })
        })
        .await
}

/// Points as they are typed, in tenths.
pub(super) fn tenths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let part: i64 = match part.len() {
        0 => 0,
        1 => part.parse().ok()?,
        _ => return None,
    };
    whole.parse::<i64>().ok()?.checked_mul(10)?.checked_add(part).filter(|tenths| *tenths >= 0)
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, TheoryTexts::of(staff.lang), fields.clone());
    let bank = fields.id::<BankId>("bank").ok_or(PageError::BadForm)?;
    // Drawn and rendered on a reader's thread; the writer only keeps what came out.
    let drawn = staff
        .read(move |tx, ctx, who| {
            let unit = read::bank(tx, bank)?.ok_or(PageError::NotFound)?.unit;
            let proof = who.each::<Organise>().find(|proof| open_to(&who.tree, unit, proof.unit()) || proof.covers(&who.tree, unit));
            let proof = proof.ok_or(PageError::Forbidden)?;
            let all = read::questions(tx, bank)?;
            let choice = if sent.value("how") == "drawn" {
                Chosen::Drawn(lines(&held(&all), &sent))
            } else {
                let worth = |one: &read::Stored| tenths(sent.value(&format!("worth-{}", one.question.kind.code()))).unwrap_or(0);
                let chosen: Vec<QuestionId> = sent.all("q").filter_map(|id| id.parse::<base::Id>().ok()).map(QuestionId::from).collect();
                let every = sent.has("all");
                let taken = all.iter().filter(|one| !one.retired && (every || chosen.contains(&one.id)));
                Chosen::Chosen(taken.map(|one| (one.id, worth(one))).collect())
            };
            let wanted = Wanted {
                bank,
                name: sent.value("name").to_owned(),
                choice,
                variants: sent.int("variants").unwrap_or(0),
                shuffle: sent.has("shuffle"),
                shuffle_options: sent.has("shuffle_options"),
            };
            match draft(tx, ctx, &proof, &who.tree, &wanted) {
                Ok(draft) => Ok(Ok(draft)),
                Err(PaperError::Store(error)) => Err(error.into()),
                Err(PaperError::NotFound) => Err(PageError::NotFound),
                Err(PaperError::Denied) => Err(PageError::Forbidden),
                Err(PaperError::Page(error)) => Err(PageError::internal(error)),
                Err(error) => Ok(Err(refuse(who.visit().lang, t, &wanted.choice, &error))),
            }
        })
        .await?;
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(errors) => return Ok(shown(&staff, fields, errors).await?.again().into_response()),
    };
    let made = staff
        .write(move |tx, ctx, who| {
            let unit = read::bank(tx, bank)?.ok_or(PageError::NotFound)?.unit;
            let proof = who.each::<Organise>().find(|proof| open_to(&who.tree, unit, proof.unit()) || proof.covers(&who.tree, unit));
            let proof = proof.ok_or(PageError::Forbidden)?;
            store::once(tx, ctx.now, &key, "theory.paper", who.person.bytes(), |tx| make_paper(tx, ctx, &proof, &drawn))
                .map_err(PageError::internal)
        })
        .await?;
    Ok(redirect(format!("/tests/papers/{made}")).done(t.made).into_response())
}

fn refuse(lang: Lang, t: &TheoryTexts, choice: &Chosen, error: &PaperError) -> Errors {
    let mut errors = Errors::none();
    match error {
        PaperError::Name => errors.add("name", t.wrong_name),
        PaperError::Points => errors.add("points", t.wrong_points),
        PaperError::Variants => errors.add("variants", t.wrong_variants),
        PaperError::TooFew(at, n, have) => {
            let line = match choice {
                Chosen::Drawn(lines) => at.checked_sub(1).and_then(|at| lines.get(at)).map(|line| line_name(lang, t, line)),
                Chosen::Chosen(_) => None,
            };
            errors.add("count", fill(t.wrong_few, &[("line", &line.unwrap_or_default()), ("n", n), ("have", have)]));
        }
        PaperError::Uneven(by) => errors.add("variants", fill(t.wrong_uneven, &[("by", &format!("{}.{:02}", by / 100, by % 100))])),
        // The field is that of the way in which it was made.
        _ => errors.add(if matches!(choice, Chosen::Drawn(_)) { "count" } else { "q" }, t.wrong_questions),
    }
    errors
}

struct Version {
    title: String,
    sub: String,
    body: String,
}

#[derive(Template)]
#[template(path = "theory/paper.html")]
struct Paper {
    shell: Shell,
    t: &'static TheoryTexts,
    sub: String,
    versions: Vec<Version>,
    base: String,
}

/// A paper as those who sit it see it, with the right letters marked nowhere: whoever keeps the bank has them there.
pub(super) async fn show(staff: Staff, Path(paper): Path<String>) -> Result<Page, PageError> {
    let paper: PaperId = id(&paper)?;
    staff
        .read(move |tx, _, who| {
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            let paper = papers(tx, who)?.into_iter().find(|one| one.id == paper).ok_or(PageError::NotFound)?;
            let mut versions = Vec::new();
            for (n, difficulty) in read::difficulties(tx, paper.id)? {
                let items = read::items(tx, paper.id, n)?;
                let mut questions = Vec::new();
                for item in &items {
                    questions.push((item.q, read::version(tx, item.q, item.v)?));
                }
                let find = |item: &crate::model::Item| questions.iter().find(|(q, _)| *q == item.q).and_then(|(_, found)| found.as_ref());
                // The same page on one screen would name fields twice.
                let body = render::filled(lang, &items, find, None)
                    .replace("name=\"q", &format!("name=\"v{n}q"))
                    .replace("id=\"q", &format!("id=\"v{n}q"));
                let mean = format!("{}.{:02}", difficulty / 100, difficulty % 100);
                versions.push(Version { title: fill(t.variant, &[("n", &n)]), sub: fill(t.mean_difficulty, &[("d", &mean)]), body });
            }
            page(&Paper {
                shell: who.shell(paper.name.clone()),
                t,
                sub: sub(t, &paper),
                versions,
                base: format!("/tests/papers/{}", paper.id),
            })
        })
        .await
}
