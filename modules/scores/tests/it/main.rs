//! Schemes, cards, locking and appeals, on both engines: by operations and on the pages.
#![expect(clippy::unwrap_used, reason = "tests")]

use base::{Id, Time, UnitId};
use measures::Period;
use people::Role;
use record::measure::{Count, Duty, Key, Kind, Measure, Met, Nature, Only};
use record::{About, Actor, Facts};
use scores::appeal::{self, AppealError};
use scores::duties::Stands;
use scores::events::RoundId;
use scores::lock::{self, LockError};
use scores::permissions::{Appeal, Decide, Schemes};
use scores::scheme::{self, Bands, Definition, Item, SchemeError, Span, Wrong};
use store::{StoreError, Tx};
use testkit::TestApp;
use testkit::tampered::{Attacks, every_column};

/// A call-back of these tests: the guard knows the answers of residents by the name of their event.
#[derive(serde::Serialize, serde::Deserialize)]
struct ConcernCalledBack {
    solved: bool,
}

impl Facts for ConcernCalledBack {
    const KIND: &'static str = "ConcernCalledBack";
    const V: i64 = 1;
}

/// A branch came together, by what for.
#[derive(serde::Serialize, serde::Deserialize)]
struct BranchMet {
    what: String,
}

impl Facts for BranchMet {
    const KIND: &'static str = "BranchMet";
    const V: i64 = 1;
}

record::duties! {
    /// Duties of branches, as a module of theirs would declare them.
    pub DUTIES = [
        Duty { id: "test.general_meeting", title_zh: "召开支部党员大会", title_en: "General meeting", rule: "party.general_meeting",
            measure: "test.met", key: "general", met: Met::AsOften, levels: &["branch"] },
        Duty { id: "test.theme_day", title_zh: "开展主题党日", title_en: "Theme day", rule: "party.theme_day",
            measure: "test.met", key: "theme", met: Met::AsOften, levels: &["branch"] },
    ]
}

const ANSWER: Count = Count { kind: "ConcernCalledBack", ..Count::ONE };

record::measures! {
    /// What these tests score by.
    pub MEASURES = [
        Measure { id: "test.answers", title_zh: "答复", title_en: "Answers", nature: Nature::Answer, counts: &[ANSWER], ..Measure::COUNT },
        Measure { id: "test.solved", title_zh: "已解决", title_en: "Solved", nature: Nature::Answer,
            counts: &[Count { only: &[Only::True("solved")], ..ANSWER }], ..Measure::COUNT },
        Measure { id: "test.met", title_zh: "组织生活", title_en: "Branch life", nature: Nature::Duty,
            counts: &[Count { kind: "BranchMet", key: Key::Fact("what"), ..Count::ONE }], ..Measure::COUNT },
        Measure { id: "test.rate", title_zh: "解决率", title_en: "Solution rate", nature: Nature::Answer,
            kind: Kind::Rate { num: "test.solved", den: "test.answers" }, ..Measure::COUNT },
    ]
}

fn modules() -> Vec<web::Module> {
    vec![measures::module(), scores::module()]
}

fn definition() -> Definition {
    let item = |title: &str, formula: &str, weight| Item { title: title.into(), formula: formula.into(), weight, document: String::new() };
    Definition {
        name: "镇街办理考核".into(),
        level: "town".into(),
        period: Span::Month,
        from: "2020-01-01".into(),
        few: 3,
        document: "某区〔2026〕1号".into(),
        bands: Bands { good: 90, fair: 80, middling: 60 },
        items: vec![item("解决率", "test.rate * 100", 70), item("未解决", "max(0, 100 - (test.answers - test.solved) * 20)", 30)],
    }
}

fn called_back(app: &TestApp, unit: UnitId, at: Time, solved: bool) {
    app.district()
        .write_now(move |tx, ctx| {
            let about = About { occurred_at: at, actor: Actor::Resident, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
            record::append(tx, ctx, about, &ConcernCalledBack { solved })
        })
        .unwrap();
}

/// A month of answers for the towns, and the scheme; then the month after has begun.
fn ground(app: &TestApp) -> (scores::events::SchemeId, Period) {
    let world = app.world();
    let now = app.clock_now();
    for (grid, solved) in [(0, 4), (1, 3), (4, 5)] {
        for n in 0..5 {
            called_back(app, world.grids[grid], now, n < solved);
        }
    }
    app.settle();
    let desk = world.actor_in(Role::DistrictDesk, world.district);
    let id = app.district().write_now(move |tx, ctx| scheme::enter(tx, ctx, &desk.has::<Schemes>().unwrap(), None, &definition())).unwrap();
    let period = Period::month_of(now.date());
    app.pass(32 * Time::DAY);
    (id, period)
}

/// The clock of a test's district.
trait Now {
    fn clock_now(&self) -> Time;
}

impl Now for TestApp {
    fn clock_now(&self) -> Time {
        self.district().env().clock.now()
    }
}

fn lock_it(app: &TestApp, id: scores::events::SchemeId, period: Period) -> RoundId {
    let desk = app.world().actor_in(Role::DistrictDesk, app.world().district);
    app.district().write_now(move |tx, ctx| lock::lock(tx, ctx, &desk.has::<Schemes>().unwrap(), id, &period)).unwrap()
}

fn line(app: &TestApp, round: RoundId, unit: UnitId) -> Option<scores::score::Line> {
    app.district().read_now(move |tx, _| lock::line_of(tx, round, unit)).unwrap()
}

/// The score of a unit worked out by hand from the events, without measures, tallies or formulas.
fn by_hand(tx: &mut Tx, unit: UnitId) -> Result<i64, StoreError> {
    let tree = people::tree(tx)?;
    let (mut answers, mut solved) = (0, 0);
    for event in record::after(tx, 0, 10_000)? {
        if event.kind == "ConcernCalledBack" && event.unit.is_some_and(|of| tree.is_within(of, unit)) {
            answers += 1;
            solved += i64::from(event.facts.contains("true"));
        }
    }
    let (first, second) = (solved * 10_000 / answers, (10_000 - (answers - solved) * 2_000).max(0));
    Ok((first * 70 + second * 30) / 100)
}

testkit::on_both! {
    [modules()]

    fn a_score_is_what_the_events_say_and_follows_an_appeal(app) {
        let (id, period) = ground(app);
        let world = app.world();
        let [east, west] = world.towns;
        let round = lock_it(app, id, period);
        let first = line(app, round, east).unwrap();
        // Seven of ten solved: 70 points of 70 %, and 40 of 30 %.
        assert_eq!((first.total, first.counts.raw.clone(), first.counts.points.clone()), (Some(6_100), vec![7, 10], vec![Some(7_000), Some(4_000)]));
        for town in [east, west] {
            let expected = app.district().read_now(move |tx, _| by_hand(tx, town)).unwrap();
            assert_eq!(line(app, round, town).unwrap().total, Some(expected));
        }
        let case = app.district().read_now(move |tx, _| {
            let all = measures::cases(tx, "test.answers", east, &period, None, 20)?;
            let open: Vec<_> = all.into_iter().map(|case| case.event).collect();
            let solved = measures::cases(tx, "test.solved", east, &period, None, 20)?;
            Ok::<_, StoreError>(*open.iter().find(|event| solved.iter().all(|other| other.event != **event)).unwrap())
        }).unwrap();

        // What happens later moves nothing that was locked.
        called_back(app, world.grids[0], period_start(period), false);
        app.settle();
        assert_eq!(line(app, round, east).unwrap(), first);

        let town = world.actor_in(Role::TownDesk, east);
        let attempt = |unit: UnitId, reason: &'static str| {
            let town = town.clone();
            app.district().write_now(move |tx, ctx| appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, unit, case, reason))
        };
        assert!(matches!(attempt(west, "不归我们"), Err(AppealError::Denied)), "for one's own unit only");
        assert!(matches!(attempt(east, "  "), Err(AppealError::Missing)));
        let appealed = attempt(east, "居民搬走后无法办理").unwrap();
        assert!(matches!(attempt(east, "再来一次"), Err(AppealError::Already)));

        let oversight = world.actor_in(Role::Oversight, world.oversight);
        assert!(world.actor_in(Role::TownDesk, west).has::<Decide>().is_none());
        let tree = app.district().read_now(|tx, _| people::tree(tx)).unwrap();
        let desk = world.actor_in(Role::DistrictDesk, world.district);
        assert!(appeal::decides(&desk, &tree, east).is_none(), "who stands above is in the line");
        assert!(appeal::decides(&oversight, &tree, world.oversight).is_none() && appeal::decides(&desk, &tree, world.oversight).is_some());
        let decide = move |upheld: bool| {
            let oversight = oversight.clone();
            let tree = tree.clone();
            app.district().write_now(move |tx, ctx| {
                let proof = appeal::decides(&oversight, &tree, east).unwrap();
                appeal::decide(tx, ctx, &proof, appealed, upheld, "情况属实")
            })
        };
        decide(true).unwrap();
        assert!(matches!(decide(false), Err(AppealError::Already)));
        let rounds = app.district().read_now(move |tx, _| lock::rounds(tx, id)).unwrap();
        assert_eq!(rounds.iter().map(|round| round.revision).collect::<Vec<_>>(), [1, 2]);
        let revised = line(app, rounds[1].id, east).unwrap();
        // Seven of nine: 77.78 of 70 %, and 60 of 30 %.
        assert_eq!((revised.counts.raw.clone(), revised.total), (vec![7, 9], Some(7_245)));
        assert_eq!(line(app, round, east).unwrap(), first, "the locked revision stays as it was");
        assert!(line(app, rounds[1].id, west).is_none(), "nobody else was touched");
        // Every column that an administrator could change by SQL, the times and the names among them.
        app.settle();
        every_column(app, &Attacks { spared: &[], log: &[], empty: &[], only: &["scheme", "score_round", "score_line", "score_appeal"], every: 1 });
    }

    fn a_scheme_that_does_not_hold_together_is_refused(app) {
        let desk = app.world().actor_in(Role::DistrictDesk, app.world().district);
        let enter = |change: fn(&mut Definition)| {
            let (desk, mut says) = (desk.clone(), definition());
            change(&mut says);
            app.district().write_now(move |tx, ctx| scheme::enter(tx, ctx, &desk.has::<Schemes>().unwrap(), None, &says))
        };
        let wrong = |change: fn(&mut Definition)| match enter(change) {
            Err(SchemeError::Wrong(wrong)) => wrong,
            other => panic!("{other:?}"),
        };
        assert!(matches!(wrong(|says| says.items[0].formula = "test.rate *".into())[0], Wrong::Formula(0, _)));
        assert!(matches!(wrong(|says| says.items[1].title = "点赞数".into())[0], Wrong::Refused(1, _)));
        assert_eq!(wrong(|says| says.bands.fair = 95)[0], Wrong::Bands);
        assert_eq!(wrong(|says| says.items.clear())[0], Wrong::Items);
        assert_eq!(wrong(|says| says.level = "district".into())[0], Wrong::Level);
        assert!(app.world().actor_in(Role::TownDesk, app.world().towns[0]).has::<Schemes>().is_none());
        let id = enter(|_| ()).unwrap();
        let says = definition();
        assert_eq!(Definition::from_toml(&says.to_toml()).unwrap(), says, "a file gives back what was written to it");
        let again = |version: i64| {
            let desk = desk.clone();
            app.district().write_now(move |tx, ctx| scheme::enter(tx, ctx, &desk.has::<Schemes>().unwrap(), Some((id, version)), &definition()))
        };
        again(1).unwrap();
        assert!(matches!(again(1), Err(SchemeError::Stale)));
        let now = Period::month_of(app.clock_now().date());
        let desk = desk.clone();
        let early = app.district().write_now(move |tx, ctx| lock::lock(tx, ctx, &desk.has::<Schemes>().unwrap(), id, &now));
        assert!(matches!(early, Err(LockError::NotOver)));
    }

    fn a_town_opens_its_score_down_to_a_case_and_appeals_on_the_pages(app) {
        let (id, period) = ground(app);
        let desk = app.staff(Role::DistrictDesk);
        let board = desk.get(&format!("/scores?s={id}&from={}", period.from)).expect(200);
        let board = board.says("镇街办理考核");
        let answer = desk.submit(&board, "form[action=/scores/lock]", &[]);
        desk.follow(answer).expect(200).says("已锁定");
        let east = app.world().towns[0];
        let town = app.staff_in(Role::TownDesk, east);
        let card = town.get(&format!("/scores/card?unit={east}&s={id}&from={}", period.from)).expect(200);
        let card = card.says("61.00");
        card.says("规定动作");
        let cases = town.get(&format!("/scores/cases?m=test.answers&unit={east}&s={id}&from={}", period.from)).expect(200);
        let href = cases.html().all("#cases a").iter().filter_map(|a| a.attribute("href").map(str::to_owned)).find(|a| a.contains("/scores/appeal?")).unwrap();
        let form = town.get(&href).expect(200);
        town.submit(&form, "form[action=/scores/appeal]", &[("reason", "")]).expect(422).says("请写明理由");
        let answer = town.submit(&form, "form[action=/scores/appeal]", &[("reason", "重复计入")]);
        let shown = town.follow(answer).expect(200);
        shown.says("待复核");
        let oversight = app.staff(Role::Oversight);
        let list = oversight.get("/scores/appeals").expect(200);
        let one = list.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();
        let form = oversight.get(&one).expect(200);
        let action = format!("form[action={one}]");
        oversight.submit(&form, &action, &[("answer", "属实")]).expect(422).says("请选择结论");
        let answer = oversight.submit(&form, &action, &[("upheld", "1"), ("answer", "属实")]);
        oversight.follow(answer).expect(200).says("成立");
        let card = town.get(&format!("/scores/card?unit={east}&s={id}&from={}", period.from)).expect(200);
        card.says("第 2 次修订");
        town.get("/scores/book.xlsx").expect(200);
        app.staff(Role::SystemAdmin).get("/scores").expect(403);
        let west = app.world().towns[1];
        town.get(&format!("/scores/card?unit={west}&s={id}&from={}", period.from)).expect(403);
        app.staff_in(Role::TownDesk, west).get(&one).expect(404);
    }

    fn duties_stand_beside_a_score_by_the_rule_that_sets_them(app) {
        let branch = app.world().branch;
        let met = |at: Time, what: &'static str| {
            app.district()
                .write_now(move |tx, ctx| {
                    let about = About { occurred_at: at, actor: Actor::System, unit: Some(branch), subject: ctx.id::<Id>(), batch: None };
                    record::append(tx, ctx, about, &BranchMet { what: what.into() })
                })
                .unwrap();
        };
        // The clock stands in November 2026.
        let day = |text: &str| Time::from_civil(text.parse::<base::Date>().unwrap().at(9, 0, 0, 0));
        met(day("2026-08-14"), "general");
        for month in ["2026-07-10", "2026-09-10", "2026-10-10"] {
            met(day(month), "theme");
        }
        app.settle();
        let stands = |unit: UnitId, from: &str, to: &str| {
            let period = Period::between(from.parse().unwrap(), to.parse().unwrap());
            app.district()
                .read_now(move |tx, ctx| {
                    let tree = people::tree(tx)?;
                    scores::duties::of(tx, ctx.rules(), &tree, unit, &period, ctx.now.date())
                })
                .unwrap()
                .into_iter()
                .map(|owed| (owed.duty.id, owed.stands, owed.source))
                .collect::<Vec<_>>()
        };
        let third = stands(branch, "2026-07-01", "2026-09-30");
        assert_eq!(third.iter().map(|owed| (owed.0, owed.1)).collect::<Vec<_>>(), [("test.general_meeting", Stands::Met), ("test.theme_day", Stands::Unmet)]);
        assert_eq!(third[0].2, "中国共产党支部工作条例（试行）第十一条");
        // A month is held against its quarter; what still runs is open.
        let july = stands(branch, "2026-07-01", "2026-07-31");
        assert_eq!(july.iter().map(|owed| owed.1).collect::<Vec<_>>(), [Stands::Met, Stands::Met]);
        let now = stands(branch, "2026-10-01", "2026-12-31");
        let last = |text: &str| Stands::Open(text.parse().unwrap());
        assert_eq!(now.iter().map(|owed| owed.1).collect::<Vec<_>>(), [last("2026-12-31"), last("2026-11-30")]);
        assert!(stands(app.world().towns[0], "2026-07-01", "2026-09-30").is_empty(), "a town owes no meetings of a branch");
    }

    fn the_editor_says_what_is_wrong_and_previews(app) {
        let (id, _) = ground(app);
        let desk = app.staff(Role::DistrictDesk);
        let form = desk.get(&format!("/scores/schemes/edit?s={id}")).expect(200);
        let edit = "form[action=/scores/schemes/edit]";
        desk.submit(&form, edit, &[("do", "save"), ("formula0", "test.rat * 100")]).expect(422).says("没有“test.rat”这个指标");
        desk.submit(&form, edit, &[("do", "save"), ("formula0", "test.rate * ")]).expect(422).says("写法有误");
        desk.submit(&form, edit, &[("do", "save"), ("title0", "点赞量")]).expect(422).says("不得作为考评依据");
        desk.submit(&form, edit, &[("do", "preview")]).expect(200).says("试算结果");
        let stale = desk.get(&format!("/scores/schemes/edit?s={id}")).expect(200);
        let answer = desk.submit(&form, edit, &[("do", "save"), ("weight0", "60")]);
        desk.follow(answer).expect(200);
        desk.submit(&stale, edit, &[("do", "save"), ("weight0", "50")]).expect(422).says("别人刚保存");
        desk.get("/scores/schemes").expect(200).says("第 2 版");
        desk.get(&format!("/scores/schemes/{id}/file")).expect(200);
        app.staff(Role::TownDesk).get("/scores/schemes/edit").expect(403);
    }
}

fn period_start(period: Period) -> Time {
    Time::from_civil(period.from.at(9, 0, 0, 0))
}

#[test]
fn a_row_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let (id, period) = ground(&app);
    let round = lock_it(&app, id, period);
    let east = app.world().towns[0];
    let town = app.world().actor_in(Role::TownDesk, east);
    app.district()
        .write_now(move |tx, ctx| {
            let case = measures::cases(tx, "test.answers", east, &period, None, 1)?[0].event;
            appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, east, case, "理由")
                .map_err(|error| StoreError::Other(error.to_string()))
        })
        .unwrap();
    app.settle();
    let attacks: [(&str, [&'static store::Sql; 2]); 4] = [
        ("scheme", [store::sql!("UPDATE scheme SET from_day = '2021-01-01'"), store::sql!("UPDATE scheme SET from_day = '2020-01-01'")]),
        ("score_round", [store::sql!("UPDATE score_round SET pos = pos + 1"), store::sql!("UPDATE score_round SET pos = pos - 1")]),
        ("score_round", [store::sql!("UPDATE score_line SET total = total + 1"), store::sql!("UPDATE score_line SET total = total - 1")]),
        (
            "score_appeal",
            [
                store::sql!("UPDATE score_appeal SET reason = reason || '。'"),
                store::sql!("UPDATE score_appeal SET reason = substr(reason, 1, length(reason) - 1)"),
            ],
        ),
    ];
    for (table, [attack, repair]) in attacks {
        app.district().write_now(move |tx, _| tx.exec(attack, store::p![])).unwrap();
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert!(report.to_string().contains(&format!("table {table}")), "{report}");
        app.district().write_now(move |tx, _| tx.exec(repair, store::p![])).unwrap();
    }
}
