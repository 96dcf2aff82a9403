//! Banks of questions and the papers made of them.

use std::collections::{BTreeMap, BTreeSet};

use ::theory::bank::{Into, open_bank, write_question};
use ::theory::events::{BankId, PaperId};
use ::theory::model::{Kind, Question, Recording};
use ::theory::paper::{Choice, Line, Wanted, draft, make_paper};
use ::theory::read::Stored;
use base::Time;
use people::Actor;

use super::{Work, organises};
use crate::CreateError;

/// The questions.
const TEXT: &str = include_str!("../../data/theory.txt");
/// Tenths of a point by kind.
const POINTS: [(Kind, i64); 5] = [(Kind::Single, 50), (Kind::Multiple, 60), (Kind::Judge, 30), (Kind::Blank, 40), (Kind::Short, 120)];

/// The points of a question of this kind.
pub(super) fn worth(kind: Kind) -> i64 {
    POINTS.iter().find(|(of, _)| *of == kind).map_or(10, |(_, points)| *points)
}

/// A bank with the questions that are wanted of it.
fn bank(work: &Work, by: &Actor, at: Time, name: &'static str, wants: fn(&Question) -> bool) -> Result<BankId, CreateError> {
    let by = by.clone();
    let sound = crate::learning::tone();
    let digest = work.store.blobs().put(&sound).map_err(|error| CreateError::Picture(error.to_string()))?;
    work.run(0, at, move |tx, ctx| {
        let (proof, tree) = (organises(&by)?, people::tree(tx)?);
        let bank = open_bank(tx, ctx, &proof, name).map_err(CreateError::refused)?;
        let lines: Vec<String> = TEXT.lines().map(str::to_owned).collect();
        for found in ::theory::layout::read(&lines, "") {
            // One question plays a signal.
            let plays = !found.plays.is_empty();
            if let Some(wrong) = found.wrong.filter(|_| !plays) {
                return Err(CreateError::Data(format!("theory.txt, line {}: {wrong}", found.line)));
            }
            if wants(&found.question) {
                let recording = plays.then(|| Recording { digest, kind: web::media::Kind::Wav, name: found.plays.clone() });
                let question = Question { recording, ..found.question };
                let id = write_question(tx, ctx, &proof, &tree, Into::Bank(bank), question).map_err(CreateError::refused)?;
                if plays {
                    store::blobs::hold(tx, &digest, id.0)?;
                }
            }
        }
        Ok(bank)
    })
}

/// What is wanted of a paper, once the questions of its bank are known.
type Choose = fn(&[Stored]) -> Choice;

fn paper(
    work: &Work,
    (n, at): (u64, Time),
    by: &Actor,
    bank: BankId,
    (name, variants): (&'static str, i64),
    choose: Choose,
) -> Result<PaperId, CreateError> {
    let by = by.clone();
    work.run(n, at, move |tx, ctx| {
        let (proof, tree) = (organises(&by)?, people::tree(tx)?);
        let choice = choose(&::theory::read::questions(tx, bank)?);
        let shuffled = variants > 1;
        let wanted = Wanted { bank, name: name.into(), choice, variants, shuffle: true, shuffle_options: shuffled };
        let drawn = draft(tx, ctx, &proof, &tree, &wanted).map_err(CreateError::refused)?;
        make_paper(tx, ctx, &proof, &drawn).map_err(CreateError::refused)
    })
}

/// All questions, each with the points of its kind.
fn all(stored: &[Stored]) -> Choice {
    Choice::Chosen(stored.iter().map(|one| (one.id, worth(one.question.kind))).collect())
}

/// Most questions of each kind and difficulty: so the versions are equally hard.
fn most(stored: &[Stored]) -> Choice {
    let mut have: BTreeMap<(Kind, i64), i64> = BTreeMap::new();
    for one in stored {
        *have.entry((one.question.kind, one.question.difficulty)).or_default() += 1;
    }
    let line = |((kind, difficulty), n): ((Kind, i64), i64)| Line {
        kind,
        topic: String::new(),
        difficulty: Some(difficulty),
        count: (n * 3 + 3) / 4,
        points: worth(kind),
    };
    Choice::Drawn(have.into_iter().map(line).collect())
}

/// One question of the first topic of each of three kinds.
fn few(stored: &[Stored]) -> Choice {
    let of = |kind: Kind| {
        let topics: BTreeSet<&str> = stored.iter().filter(|one| one.question.kind == kind).map(|one| one.question.topic.as_str()).collect();
        let topic = topics.first().copied().unwrap_or_default().to_owned();
        Line { kind, topic, difficulty: None, count: 1, points: worth(kind) }
    };
    Choice::Drawn([Kind::Single, Kind::Multiple, Kind::Judge].map(of).to_vec())
}

/// The bank of a town with everything, a paper of it in two versions, and one that is drawn.
pub(super) fn town(work: &Work, desk: &Actor, at: Time) -> Result<PaperId, CreateError> {
    let bank = bank(work, desk, at, "党务和群众工作", |_| true)?;
    let whole = paper(work, (1, at.plus(Time::HOUR)), desk, bank, ("组织生活和群众工作 A 卷", 2), all)?;
    paper(work, (2, at.plus(2 * Time::HOUR)), desk, bank, ("随机抽题卷", 1), few)?;
    Ok(whole)
}

/// The bank of the Party office: two versions drawn by a blueprint.
pub(super) fn members(work: &Work, office: &Actor, at: Time) -> Result<PaperId, CreateError> {
    let wants = |question: &Question| question.kind != Kind::Short && matches!(question.topic.as_str(), "党章" | "组织生活");
    let bank = bank(work, office, at, "党章和组织生活", wants)?;
    paper(work, (1, at.plus(Time::HOUR)), office, bank, ("党员应知应会 抽题卷", 2), most)
}

/// The bank of the district's desk: what everybody who works with residents should know.
pub(super) fn staff(work: &Work, desk: &Actor, at: Time) -> Result<PaperId, CreateError> {
    let wants = |question: &Question| question.kind != Kind::Short && matches!(question.topic.as_str(), "群众工作" | "基层减负");
    let bank = bank(work, desk, at, "群众工作和基层减负", wants)?;
    paper(work, (1, at.plus(Time::HOUR)), desk, bank, ("接诉即办业务卷", 2), all)
}
