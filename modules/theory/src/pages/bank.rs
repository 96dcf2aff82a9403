//! Banks and their questions.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use web::kit::Choice;
use web::photos::{self, Photo};
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::{bank as found, difficulties, difficulty_name, id, kind_name, kinds, picture_address, usable};
use crate::bank::{BankError, Into, open_bank, retire_question, write_question};
use crate::events::{BankId, QuestionId};
use crate::model::{Kind, LARGEST_RECORDING, Question, Wrong};
use crate::permissions::Organise;
use crate::read;
use crate::render::player;
use crate::texts::{SitTexts, TheoryTexts};

struct Line {
    href: String,
    title: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "theory/banks.html")]
struct Banks {
    shell: Shell,
    t: &'static TheoryTexts,
    lines: Vec<Line>,
    errors: Errors,
    typed: String,
    op_key: String,
}

pub(super) async fn banks(staff: Staff) -> Result<Page, PageError> {
    banks_shown(&staff, String::new(), Errors::none()).await
}

async fn banks_shown(staff: &Staff, name: String, errors: Errors) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            who.has::<Organise>().ok_or(PageError::Forbidden)?;
            let t = TheoryTexts::of(who.visit().lang);
            let mut lines = Vec::new();
            for bank in usable(tx, who)? {
                let n = read::question_count(tx, bank.id)?;
                let sub = fill(t.bank_sub, &[("unit", &who.tree.full_name(bank.unit)), ("n", &n)]);
                lines.push(Line { href: format!("/tests/banks/{}", bank.id), title: bank.name, sub });
            }
            let (errors, name, op_key) = (errors.clone(), name.clone(), op_key.clone());
            page(&Banks { shell: who.shell(t.banks), t, lines, errors, typed: name, op_key })
        })
        .await
}

pub(super) async fn open(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, name) = (fields.op_key()?, TheoryTexts::of(staff.lang), fields.text("name"));
    let typed = name.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Organise>().ok_or(BankError::Denied)?;
            store::once(tx, ctx.now, &key, "theory.bank", who.person.bytes(), |tx| open_bank(tx, ctx, &proof, &name))
        })
        .await?;
    match done {
        Ok(bank) => Ok(redirect(format!("/tests/banks/{bank}")).done(t.bank_opened).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(banks_shown(&staff, typed, errors).await?.again().into_response())
        }
    }
}

/// A refusal as a message beside a field, or as a page.
fn refuse(t: &TheoryTexts, error: BankError) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        BankError::NotFound => return Err(PageError::NotFound),
        BankError::Denied => return Err(PageError::Forbidden),
        BankError::Store(error) => return Err(error.into()),
        BankError::NotNow => errors.add("stem", t.wrong_now),
        BankError::Name => errors.add("name", t.wrong_name),
        BankError::Wrong(wrong) => errors.add(wrong.field(), wrong_words(t, wrong)),
    }
    Ok(errors)
}

pub(super) fn wrong_words(t: &TheoryTexts, wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Stem => t.wrong_stem,
        Wrong::Options => t.wrong_options,
        Wrong::Alike => t.wrong_alike,
        Wrong::Answer => t.wrong_answer,
        Wrong::Number => t.wrong_number,
        Wrong::Topic => t.wrong_topic,
        Wrong::Difficulty => t.wrong_difficulty,
        Wrong::Note => t.wrong_note,
        Wrong::Recording => t.wrong_recording,
    }
}

struct Row {
    href: String,
    stem: String,
    kind: &'static str,
    sub: String,
    retired: bool,
}

#[derive(Template)]
#[template(path = "theory/bank.html")]
struct Bank {
    shell: Shell,
    t: &'static TheoryTexts,
    base: String,
    own: bool,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    topics: Vec<Choice>,
    count: String,
}

pub(super) async fn show(staff: Staff, Path(bank): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let bank: BankId = id(&bank)?;
    staff
        .read(move |tx, _, who| {
            let (bank, own) = found(tx, who, bank)?;
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            let (kind, topic) = (fields.value("kind"), fields.value("topic"));
            let all = read::questions(tx, bank.id)?;
            let mut topics: Vec<String> = all.iter().map(|one| one.question.topic.clone()).filter(|topic| !topic.is_empty()).collect();
            topics.sort_unstable();
            topics.dedup();
            let fits = |one: &&read::Stored| {
                (kind.is_empty() || one.question.kind.code() == kind) && (topic.is_empty() || one.question.topic == topic)
            };
            let row = |one: &read::Stored| {
                let question = &one.question;
                let topic = if question.topic.is_empty() { String::new() } else { format!("{} · ", question.topic) };
                Row {
                    href: format!("/tests/q/{}", one.id),
                    stem: base::text::excerpt(&question.stem, 80),
                    kind: kind_name(lang, question.kind),
                    sub: format!("{topic}{} {}{}", t.difficulty, difficulty_name(t, question.difficulty), shows(t, question)),
                    retired: one.retired,
                }
            };
            let rows: Vec<Row> = all.iter().filter(fits).map(row).collect();
            page(&Bank {
                shell: who.shell(bank.name.clone()),
                t,
                base: format!("/tests/banks/{}", bank.id),
                own,
                count: fill(t.bank_sub, &[("unit", &who.tree.full_name(bank.unit)), ("n", &rows.len())]),
                rows,
                kinds: kinds(lang, kind),
                topics: topics.into_iter().map(|one| Choice::new(one.clone(), one.clone()).chosen(one == topic)).collect(),
            })
        })
        .await
}

/// What a question has beside its words.
fn shows(t: &TheoryTexts, question: &Question) -> String {
    let recording = question.recording.as_ref().map(|one| if one.kind.is_film() { t.has_film } else { t.has_sound });
    question.picture.map(|_| t.has_picture).into_iter().chain(recording).map(|word| format!(" · {word}")).collect()
}

#[derive(Template)]
#[template(path = "theory/question.html")]
struct QuestionPage {
    shell: Shell,
    t: &'static TheoryTexts,
    back: (String, String),
    action: String,
    errors: Errors,
    fields: Fields,
    kinds: Vec<Choice>,
    difficulties: Vec<Choice>,
    /// The version that is changed; 0 for a new question.
    v: i64,
    version: String,
    own: bool,
    retired: bool,
    retire: String,
    /// Where the picture lies that the question has now; empty where it has none.
    picture: String,
    /// What plays its recording; empty where it has none.
    player: String,
    recording_hint: String,
    op_key: String,
}

fn written(fields: &Fields) -> Question {
    let kind = Kind::parse(fields.value("kind")).unwrap_or(Kind::Single);
    let answer = fields.value("answer");
    Question {
        kind,
        topic: fields.value("topic").to_owned(),
        difficulty: fields.int("difficulty").unwrap_or(0),
        stem: fields.value("stem").to_owned(),
        options: fields.value("options").lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect(),
        answer: if kind == Kind::Judge { crate::layout::judged(answer).unwrap_or_default().to_owned() } else { answer.to_owned() },
        note: fields.value("note").to_owned(),
        picture: None,
        recording: None,
    }
}

/// The picture that was sent with a question, or what is wrong with it.
async fn sent_picture(staff: &Staff, fields: &Fields) -> Result<Result<Option<Photo>, Errors>, PageError> {
    let (mut taken, refused) = photos::take_each(staff.visit(), fields, "picture", 1).await?;
    let refused: Vec<String> = refused.iter().filter_map(|error| error.words(staff.lang)).collect();
    if refused.is_empty() {
        return Ok(Ok(taken.pop()));
    }
    let mut errors = Errors::none();
    errors.add("picture", refused.join("；"));
    Ok(Err(errors))
}

/// A judgement as people write it.
fn answer_shown(question: &Question) -> String {
    match (question.kind, question.answer.as_str()) {
        (Kind::Judge, "A") => "对".to_owned(),
        (Kind::Judge, _) => "错".to_owned(),
        (_, answer) => answer.to_owned(),
    }
}

pub(super) async fn new(staff: Staff, Path(bank): Path<String>) -> Result<Page, PageError> {
    let fields = Fields::from_pairs([("kind", "single"), ("difficulty", "3")]);
    new_shown(&staff, id(&bank)?, fields, Errors::none()).await
}

async fn new_shown(staff: &Staff, bank: BankId, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, _, who| {
            let (bank, own) = found(tx, who, bank)?;
            if !own {
                return Err(PageError::Forbidden);
            }
            let t = TheoryTexts::of(who.visit().lang);
            page(&QuestionPage {
                shell: who.shell(t.question_new),
                t,
                back: (format!("/tests/banks/{}", bank.id), bank.name),
                action: format!("/tests/banks/{}/new", bank.id),
                errors: errors.clone(),
                kinds: kinds(who.visit().lang, fields.value("kind")),
                difficulties: difficulties(t, fields.value("difficulty")),
                fields: fields.clone(),
                v: 0,
                version: String::new(),
                own,
                retired: false,
                retire: String::new(),
                picture: String::new(),
                player: String::new(),
                recording_hint: String::new(),
                op_key: op_key.clone(),
            })
        })
        .await
}

pub(super) async fn write(staff: Staff, Path(bank): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let bank: BankId = id(&bank)?;
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let picture = match sent_picture(&staff, &fields).await? {
        Ok(picture) => picture,
        Err(errors) => return Ok(new_shown(&staff, bank, fields, errors).await?.again().into_response()),
    };
    let question = Question { picture: picture.map(|picture| picture.digest), ..written(&fields) };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let unit = read::bank(tx, bank)?.ok_or(BankError::NotFound)?.unit;
            let proof = who.require::<Organise>(&who.tree, unit).map_err(|_| BankError::Denied)?;
            store::once(tx, ctx.now, &key, "theory.question", who.person.bytes(), |tx| {
                let id = write_question(tx, ctx, &proof, &who.tree, Into::Bank(bank), question.clone())?;
                picture.iter().try_for_each(|picture| photos::keep(tx, picture, id.0))?;
                Ok::<_, BankError>(id)
            })
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect(format!("/tests/banks/{bank}")).done(t.saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(new_shown(&staff, bank, fields, errors).await?.again().into_response())
        }
    }
}

pub(super) async fn edit(staff: Staff, Path(question): Path<String>) -> Result<Page, PageError> {
    edit_shown(&staff, id(&question)?, None, Errors::none()).await
}

async fn edit_shown(staff: &Staff, question: QuestionId, fields: Option<Fields>, errors: Errors) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let stored = read::question(tx, question)?.ok_or(PageError::NotFound)?;
            let (bank, own) = found(tx, who, stored.bank)?;
            let t = TheoryTexts::of(who.visit().lang);
            let asked = &stored.question;
            let fields = fields.clone().unwrap_or_else(|| {
                Fields::from_pairs([
                    ("kind", asked.kind.code().to_owned()),
                    ("topic", asked.topic.clone()),
                    ("difficulty", asked.difficulty.to_string()),
                    ("stem", asked.stem.clone()),
                    ("options", asked.options.join("\n")),
                    ("answer", answer_shown(asked)),
                    ("note", asked.note.clone()),
                ])
            });
            page(&QuestionPage {
                shell: who.shell(t.question),
                t,
                back: (format!("/tests/banks/{}", bank.id), bank.name),
                action: format!("/tests/q/{}", stored.id),
                errors: errors.clone(),
                kinds: kinds(who.visit().lang, fields.value("kind")),
                difficulties: difficulties(t, fields.value("difficulty")),
                fields,
                v: stored.v,
                version: fill(t.version, &[("v", &stored.v)]),
                own,
                retired: stored.retired,
                retire: format!("/tests/q/{}/retire", stored.id),
                picture: asked.picture.map(|digest| picture_address(stored.id, &digest)).unwrap_or_default(),
                player: asked.recording.as_ref().map(|one| player(SitTexts::of(who.visit().lang), stored.id, 1, one)).unwrap_or_default(),
                recording_hint: fill(t.recording_hint, &[("n", &(LARGEST_RECORDING >> 20))]),
                op_key: op_key.clone(),
            })
        })
        .await
}

pub(super) async fn rewrite(staff: Staff, Path(question): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    let (key, t, asked) = (fields.op_key()?, TheoryTexts::of(staff.lang), written(&fields));
    let (v, drops) = (fields.int("v").ok_or(PageError::BadForm)?, fields.has("drop"));
    let picture = match sent_picture(&staff, &fields).await? {
        Ok(picture) => picture,
        Err(errors) => return Ok(edit_shown(&staff, question, Some(fields), errors).await?.again().into_response()),
    };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = over(tx, who, question)?;
            store::once(tx, ctx.now, &key, "theory.question", who.person.bytes(), |tx| {
                // A new one, else the one that is there unless it is to go.
                let stored = read::question(tx, question)?.map(|stored| stored.question);
                let before = stored.as_ref().and_then(|stored| stored.picture).filter(|_| !drops);
                // What is played with it is sent by a form of its own, and stays.
                let recording = stored.and_then(|stored| stored.recording);
                let asked = Question { picture: picture.map(|picture| picture.digest).or(before), recording, ..asked.clone() };
                let id = write_question(tx, ctx, &proof, &who.tree, Into::Question(question, v), asked)?;
                picture.iter().try_for_each(|picture| photos::keep(tx, picture, id.0))?;
                Ok::<_, BankError>(id)
            })
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect(format!("/tests/q/{question}")).done(t.saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(edit_shown(&staff, question, Some(fields), errors).await?.again().into_response())
        }
    }
}

/// The permission to write in the bank of a question.
pub(super) fn over(tx: &mut store::Tx, who: &web::Signed, question: QuestionId) -> Result<people::Proof<Organise>, BankError> {
    let bank = read::question(tx, question)?.ok_or(BankError::NotFound)?.bank;
    let unit = read::bank(tx, bank)?.ok_or(BankError::NotFound)?.unit;
    who.require::<Organise>(&who.tree, unit).map_err(|_| BankError::Denied)
}

pub(super) async fn retire(staff: Staff, Path(question): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let question: QuestionId = id(&question)?;
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let (v, retired) = (fields.int("v").ok_or(PageError::BadForm)?, fields.chose("retired", "1"));
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = over(tx, who, question)?;
            store::once(tx, ctx.now, &key, "theory.retire", who.person.bytes(), |tx| {
                retire_question(tx, ctx, &proof, &who.tree, (question, v), retired)
            })
        })
        .await?;
    match done {
        Ok(()) | Err(BankError::NotNow) => Ok(redirect(format!("/tests/q/{question}")).done(t.saved).into_response()),
        Err(error) => {
            refuse(t, error)?;
            Err(PageError::BadForm)
        }
    }
}
