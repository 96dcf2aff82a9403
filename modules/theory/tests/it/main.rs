//! Tests from the bank to the result, on both engines, on the pages; and what is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

mod brought;
mod drawn;
mod given;
mod guarded;
mod many;
mod on_paper;
mod party;
mod passed;
mod pictured;
mod played;
mod sat;
mod tampered;
mod told;

use base::Time;
use people::Role;
use people::testing::Member;
use testkit::{Answer, Client, TestApp};
use theory::events::{PaperId, TestId};
use theory::model::{Kind, Question};
use theory::paper::{Choice, Wanted, draft, make_paper};
use theory::permissions::Organise;
use theory::read::Terms;
use theory::set_test::{Setting, Who, set_test};

fn modules() -> Vec<web::Module> {
    vec![theory::module()]
}

/// A question whose right answer is known.
fn question(kind: Kind, n: usize) -> Question {
    let options = if matches!(kind, Kind::Single | Kind::Multiple) { vec!["甲".into(), "乙".into(), "丙".into()] } else { Vec::new() };
    let answer = match kind {
        Kind::Single => "B",
        Kind::Multiple => "AC",
        Kind::Judge => "A",
        Kind::Blank => "实事求是\n1921|一九二一",
        Kind::Short => "调查研究要深入。",
    };
    let stem = format!("第{n}道：{}____", kind.code());
    Question {
        kind,
        topic: format!("知识点{}", n % 2),
        difficulty: 3,
        stem,
        options,
        answer: answer.into(),
        note: "见教材。".into(),
        picture: None,
        recording: None,
    }
}

fn terms() -> Terms {
    Terms { shown_at_once: true, ..Terms::of(60) }
}

/// The town's desk, which sets tests here.
fn desk(app: &TestApp) -> Member {
    app.world().member_in(Role::TownDesk, app.world().towns[0]).clone()
}

/// Begins as a browser with scripts does.
fn begin(who: &Client, cover: &str) -> Answer {
    let page = who.get(cover).expect(200);
    let html = page.html();
    let value = |name: &str| html.first(&format!("form[data-start] input[name={name}]")).unwrap().attribute("value").unwrap().to_owned();
    let (csrf, key) = (value("csrf"), value("op_key"));
    who.post(&format!("{cover}/start"), &[("csrf", &csrf), ("op_key", &key), ("js", "1")])
}

/// A paper of these kinds in so many versions, made by the town's desk.
fn paper(app: &TestApp, kinds: &[Kind], variants: i64) -> PaperId {
    let (member, kinds) = (desk(app), kinds.to_vec());
    let actor = member.actor.clone();
    let bank = app
        .district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let bank = theory::bank::open_bank(tx, ctx, &proof, "党务知识")?;
            for (n, kind) in kinds.iter().enumerate() {
                theory::bank::write_question(tx, ctx, &proof, &tree, theory::bank::Into::Bank(bank), question(*kind, n))?;
            }
            Ok::<_, theory::bank::BankError>(bank)
        })
        .unwrap();
    let actor = member.actor.clone();
    let drawn = app
        .district()
        .read_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let all = theory::read::questions(tx, bank)?;
            let choice = Choice::Chosen(all.iter().map(|one| (one.id, 20)).collect());
            let shuffled = variants > 1;
            let wanted = Wanted { bank, name: "一季度".into(), choice, variants, shuffle: shuffled, shuffle_options: shuffled };
            draft(tx, ctx, &proof, &tree, &wanted)
        })
        .unwrap();
    let actor = member.actor;
    app.district().write_now(move |tx, ctx| make_paper(tx, ctx, &actor.has::<Organise>().unwrap(), &drawn)).unwrap()
}

/// A test of the whole town that is open from now on for two hours.
fn test(app: &TestApp, paper: PaperId, terms: Terms) -> TestId {
    let (actor, town) = (desk(app).actor, app.world().towns[0]);
    app.district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let (opens, closes) = (ctx.now, ctx.now.plus(2 * Time::HOUR));
            let setting = Setting { paper, name: "镇街理论测试".into(), who: Who::Unit(town), opens, closes, terms: terms.clone() };
            set_test(tx, ctx, &proof, &tree, &setting)
        })
        .unwrap()
}
