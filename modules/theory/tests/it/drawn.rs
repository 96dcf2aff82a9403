//! A paper drawn by a blueprint of kind, topic and difficulty.

use people::Role;
use testkit::{Client, TestApp};
use theory::events::BankId;
use theory::model::Kind;
use theory::permissions::Organise;

use super::{desk, modules, question};

/// A bank of single choices: four easy and two medium of one topic, one medium of another; and two judgements.
fn bank(app: &TestApp) -> BankId {
    let actor = desk(app).actor;
    app.district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let bank = theory::bank::open_bank(tx, ctx, &proof, "题库")?;
            let single =
                [("党章", 1), ("党章", 1), ("党章", 1), ("党章", 1), ("党章", 3), ("党章", 3), ("党史", 3)].map(|one| (Kind::Single, one));
            for (n, (kind, (topic, difficulty))) in
                single.into_iter().chain([(Kind::Judge, ("党史", 1)), (Kind::Judge, ("党史", 1))]).enumerate()
            {
                let asked = theory::model::Question { topic: topic.into(), difficulty, ..question(kind, n) };
                theory::bank::write_question(tx, ctx, &proof, &tree, theory::bank::Into::Bank(bank), asked)?;
            }
            Ok::<_, theory::bank::BankError>(bank)
        })
        .unwrap()
}

/// The blueprint with these counts, by the words beside each field.
fn sent(who: &Client, bank: BankId, counts: &[(&str, &str)]) -> testkit::Answer {
    let page = who.get(&format!("/tests/papers/new?bank={bank}&how=drawn")).expect(200);
    let html = page.html();
    let mut typed = vec![("name".to_owned(), "抽题卷".to_owned())];
    for (label, count) in counts {
        let field = html.all("input").into_iter().find(|input| input.attribute("aria-label") == Some(label));
        let field = field.unwrap_or_else(|| panic!("no field {label}"));
        typed.push((field.attribute("name").unwrap().to_owned(), (*count).to_owned()));
    }
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    who.submit(&page, "form[action=/tests/papers/new]", &typed)
}

testkit::on_both! {
    [modules()]

    fn each_line_has_its_difficulty_and_a_refusal_names_it(app) {
        let bank = bank(app);
        let who = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = who.get(&format!("/tests/papers/new?bank={bank}&how=drawn")).expect(200);
        assert!(page.html().all("input").iter().all(|input| input.attribute("aria-label") != Some("判断题 · 党史 · 不限难度")), "one row says both");
        sent(&who, bank, &[]).expect(422).says("选 1 到 200 道题");
        sent(&who, bank, &[("单选题 · 党章 · 易", "2"), ("单选题 · 党章 · 中等", "3")]).expect(422).says("“单选题 · 党章 · 中等”要 3 道，题库里还能抽的只有 2 道");
        let made = who.follow(sent(&who, bank, &[
            ("单选题 · 不限知识点 · 不限难度", "1"),
            ("单选题 · 不限知识点 · 中等", "1"),
            ("单选题 · 党章 · 易", "3"),
            ("单选题 · 党章 · 中等", "2"),
            ("判断题 · 不限知识点 · 易", "2"),
        ])).expect(200).says("试卷已生成");
        let paper: theory::events::PaperId = made.path.rsplit('/').next().unwrap().parse::<base::Id>().unwrap().into();
        let drawn = app.district().read_now(move |tx, _| {
            let mut found = Vec::new();
            for item in theory::read::items(tx, paper, 1)? {
                let question = theory::read::version(tx, item.q, item.v)?.unwrap();
                found.push((question.kind, question.topic, question.difficulty));
            }
            found.sort();
            Ok::<_, store::StoreError>(found)
        }).unwrap();
        let count = |kind: Kind, topic: &str, difficulty: i64| drawn.iter().filter(|one| **one == (kind, topic.to_owned(), difficulty)).count();
        // The general lines take what the narrow ones leave: all seven and both judgements.
        assert_eq!((count(Kind::Single, "党章", 1), count(Kind::Single, "党章", 3), count(Kind::Single, "党史", 3)), (4, 2, 1), "{drawn:?}");
        assert_eq!(count(Kind::Judge, "党史", 1), 2);
    }
}
