//! Schemes, cards, locking and appeals, on both engines: by operations and on the pages.
#![expect(clippy::unwrap_used, reason = "tests")]

use base::rules::{BUILTIN, Rules};
use base::{Id, Time, UnitId};
use measures::Period;
use people::Role;
use record::measure::{Count, Duty, Key, Kind, Measure, Met, Nature, Only};
use record::{About, Actor, Facts};
use scores::appeal::{self, AppealError, Deciders};
use scores::duties::Stands;
use scores::events::RoundId;
use scores::list::{self, Filter, Show};
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
        let says = |unit: UnitId| app.district().read_now(move |tx, _| (scores::module().in_hand)(tx, web::Lang::Hans, unit)).unwrap();
        assert_eq!(says(east), ["未决的考核申诉 1 件"]);
        assert!(says(west).is_empty());
        assert!(matches!(attempt(east, "再来一次"), Err(AppealError::Already)));

        let oversight = world.actor_in(Role::Oversight, world.oversight);
        assert!(world.actor_in(Role::TownDesk, west).has::<Decide>().is_none());
        let (tree, deciders) =
            app.district().read_now(|tx, ctx| people::tree(tx).and_then(|tree| Ok((tree.clone(), Deciders::find(tx, ctx.now, &tree)?)))).unwrap();
        let desk = world.actor_in(Role::DistrictDesk, world.district);
        let may = |actor: &people::Actor, unit: UnitId| appeal::decides(actor, &tree, &deciders, unit).is_some();
        assert!(!may(&desk, east), "who stands above is in the line");
        assert!(may(&oversight, world.departments[1]) && !may(&desk, world.departments[1]), "of a department too, where oversight stands outside");
        assert!(!may(&oversight, world.oversight) && may(&desk, world.oversight), "nobody decides on their own line");
        let decide = move |upheld: bool| {
            let (oversight, tree, deciders) = (oversight.clone(), tree.clone(), deciders.clone());
            app.district().write_now(move |tx, ctx| {
                let proof = appeal::decides(&oversight, &tree, &deciders, east).unwrap();
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

    fn branches_may_be_shown_their_duties_and_no_points(app) {
        let world = app.world();
        let (desk, branch) = (world.actor_in(Role::DistrictDesk, world.district), world.branch);
        let says = Definition { name: "党支部规定动作".into(), level: "branch".into(), items: Vec::new(), ..definition() };
        assert_eq!(Definition::from_toml(&says.to_toml()).unwrap(), says);
        let writes = desk.clone();
        let id = app.district().write_now(move |tx, ctx| scheme::enter(tx, ctx, &writes.has::<Schemes>().unwrap(), None, &says)).unwrap();
        let met = app.district().write_now(move |tx, ctx| {
            let about = About { occurred_at: ctx.now, actor: Actor::System, unit: Some(branch), subject: ctx.id::<Id>(), batch: None };
            record::append(tx, ctx, about, &BranchMet { what: "theme".into() })
        });
        met.unwrap();
        app.settle();
        let secretary = app.staff(Role::BranchSecretary);
        let card = secretary.get(&format!("/scores/card?unit={branch}&s={id}")).expect(200);
        let card = card.says("东门社区党支部规定动作").says("已做到").says("期内 1 次").says("还没有做").says("支部工作条例").says("本系统还没有登记这项工作");
        let text = card.main_text();
        assert!(!text.contains("得分卡") && !text.contains("等次") && !text.contains("权重"), "{text}");
        let html = card.html();
        let cases = html.all("main .list a").into_iter().find_map(|a| a.attribute("href").map(str::to_owned)).unwrap();
        secretary.get(&cases).expect(200).says("组织生活");
        // The office above sees how many are met; nobody can lock what has no points.
        let office = app.staff(Role::PartyAffairs);
        let cells = |page: &testkit::Answer| -> Vec<String> { page.html().all("#scores td").iter().map(|cell| cell.text().trim().to_owned()).collect() };
        let board = office.get(&format!("/scores?s={id}")).expect(200).says("不计分");
        assert!(cells(&board)[0].starts_with('1') && cells(&board)[1] == "1" && cells(&board)[2] == "0", "{:?}", cells(&board));
        office.get(&format!("/scores/book.xlsx?s={id}")).expect(200);
        app.pass(32 * Time::DAY);
        let period = Period::month_of(app.clock_now().date()).previous();
        let locked = app.district().write_now(move |tx, ctx| lock::lock(tx, ctx, &desk.has::<Schemes>().unwrap(), id, &period));
        assert!(matches!(locked, Err(LockError::NoPoints)));
        let writer = app.staff(Role::DistrictDesk);
        let page = writer.get(&format!("/scores/schemes/edit?s={id}")).expect(200);
        writer.get("/scores/schemes").expect(200).says("只列规定动作，不计分");
        writer.submit(&page, "form[action=/scores/schemes/edit]", &[("do", "preview")]).expect(200).says("还有时间");
        // Whoever sees units of one scheme only is shown that one.
        let (towns, _) = ground(app);
        assert_ne!(towns, id);
        app.staff(Role::BranchSecretary).get("/scores").expect(200).says("东门社区党支部");
        app.staff(Role::TownDesk).get("/scores").expect(200).says("东街街道");
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
        oversight.get("/scores/appeals?show=upheld").expect(200).says("没有符合条件的申诉");
        let form = oversight.get(&one).expect(200);
        let action = format!("form[action={one}]");
        oversight.submit(&form, &action, &[("answer", "属实")]).expect(422).says("请选择结论");
        let answer = oversight.submit(&form, &action, &[("upheld", "1"), ("answer", "属实")]);
        oversight.follow(answer).expect(200).says("成立");
        oversight.get("/scores/appeals").expect(200).says("没有待复核的申诉");
        for query in ["?show=upheld", "?show=ever", &format!("?show=ever&unit={east}")] {
            let list = oversight.get(&format!("/scores/appeals{query}")).expect(200);
            assert_eq!(list.html().first("#rows a").and_then(|a| a.attribute("href").map(str::to_owned)).as_deref(), Some(&*one), "{query}");
            oversight.get(&format!("/scores/appeals.xlsx{query}")).expect(200);
        }
        oversight.get(&format!("/scores/appeals?show=ever&unit={}", app.world().towns[1])).expect(200).says("没有符合条件的申诉");
        app.staff(Role::SystemAdmin).get("/scores/appeals.xlsx").expect(403);
        let card = town.get(&format!("/scores/card?unit={east}&s={id}&from={}", period.from)).expect(200);
        let card = card.says("第 2 次修订").says("72.45");
        // What was locked first is still there, with its own numbers, on the card, the board and in the workbook.
        let first = card.html().all("#revisions a").iter().find_map(|a| a.attribute("href").map(str::to_owned)).unwrap();
        let first = town.get(&first).expect(200).says("首次锁定时的得分").says("61.00");
        assert!(first.html().first(".figure-number").unwrap().text().contains("61.00"));
        let board = desk.get(&format!("/scores?s={id}&from={}", period.from)).expect(200).says("72.45");
        let older = board.html().all("#revisions a").iter().find(|a| a.attribute("aria-current").is_none()).unwrap().attribute("href").unwrap().to_owned();
        let board = desk.get(&older).expect(200).says("61.00");
        assert!(!board.main_text().contains("72.45"));
        let export = board.html().all(".filters-end a").iter().find_map(|a| a.attribute("href").map(str::to_owned)).unwrap();
        assert!(export.contains("rev=1"), "{export}");
        desk.get(&export).expect(200);
        town.get("/scores/book.xlsx").expect(200);
        app.staff(Role::SystemAdmin).get("/scores").expect(403);
        let west = app.world().towns[1];
        town.get(&format!("/scores/card?unit={west}&s={id}&from={}", period.from)).expect(403);
        app.staff_in(Role::TownDesk, west).get(&one).expect(404);
    }

    fn cases_leave_as_a_workbook_from_which_the_number_is_worked_out_again(app) {
        let (id, period) = ground(app);
        let (east, west) = (app.world().towns[0], app.world().towns[1]);
        let round = lock_it(app, id, period);
        // What comes after the lock is in the list of the measure, and not in that of the score.
        called_back(app, app.world().grids[0], period_start(period), false);
        app.settle();
        let town = app.world().actor_in(Role::TownDesk, east);
        app.district().write_now(move |tx, ctx| {
            let case = measures::cases(tx, "test.answers", east, &period, None, 1)?[0].event;
            appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, east, case, "理由").map_err(|error| StoreError::Other(error.to_string()))
        }).unwrap();
        let desk = app.staff(Role::TownDesk);
        let left = || app.district().read_now(|tx, _| tx.all(store::sql!("SELECT facts FROM event WHERE kind = 'TableExported' ORDER BY id"), store::p![], |row| Ok(row.text(0)?.to_owned()))).unwrap();
        // What was recorded since, whatever the order of ids within a moment.
        let since = |before: Vec<String>| {
            let mut all = left();
            for one in before {
                all.remove(all.iter().position(|other| *other == one).unwrap());
            }
            all
        };
        let counted = |path: &str| {
            let page = desk.get(path).expect(200);
            let export = page.html().all("main a").iter().filter_map(|a| a.attribute("href").map(|href| href.replace("&amp;", "&"))).find(|href| href.contains("cases.xlsx")).unwrap();
            let before = left();
            let book = desk.get(&export).expect(200);
            let events = since(before);
            assert_eq!(events.len(), 1, "{export}");
            let columns = [
                sheets::Column { key: "below", header: "计入分母", also: &[], required: true, kind: sheets::Kind::Integer },
                sheets::Column { key: "above", header: "计入分子", also: &[], required: true, kind: sheets::Kind::Integer },
                sheets::Column { key: "matter", header: "事项", also: &[], required: true, kind: sheets::Kind::Line },
            ];
            let sheet = sheets::read(&book.bytes, &columns).unwrap();
            let mapping = sheets::map_headers(&sheet, &columns);
            let (mut below, mut above) = (0, 0);
            for row in &sheet.rows {
                let mut record = sheets::Record::new(&sheet, &mapping, row);
                below += record.integer("below").unwrap();
                above += record.integer("above").unwrap();
                // No module of these tests has a page of its own: nothing is told of what one may not open.
                assert!(record.line("matter").unwrap().contains("您不能查看"));
            }
            assert!(events[0].contains(&format!("\"rows\":{}", sheet.rows.len())), "{events:?}");
            (above, below)
        };
        let score = format!("m=test.rate&unit={east}&s={id}&from={}", period.from);
        let own = format!("m=test.rate&unit={east}&from={}&to={}", period.from, period.to);
        assert_eq!(counted(&format!("/scores/cases?{score}")), (7, 10), "the score of the card is 70% of ten");
        assert_eq!(counted(&format!("/measures/cases?{own}")), (7, 11));
        // Other lists leave as they do.
        let tables = [("/scores/book.xlsx".to_owned(), "\"scores\""), ("/scores/appeals.xlsx?show=ever".to_owned(), "\"scores.appeals\"")];
        for (path, table) in tables {
            let before = left();
            desk.get(&path).expect(200);
            let after = since(before);
            assert!(after.len() == 1 && after[0].contains(table), "{path}: {after:?}");
        }
        // Nobody takes what they may not see, and then nothing is recorded as taken.
        let before = left().len();
        for path in [format!("/scores/cases.xlsx?{score}"), format!("/measures/cases.xlsx?{own}")] {
            app.staff_in(Role::TownDesk, west).get(&path).expect(403);
            app.staff(Role::SystemAdmin).get(&path).expect(403);
        }
        desk.get(&format!("/measures/cases.xlsx?m=test.nothing&unit={east}")).expect(404);
        assert_eq!(left().len(), before);
    }

    fn appeals_come_page_by_page(app) {
        let (id, period) = ground(app);
        let east = app.world().towns[0];
        let round = lock_it(app, id, period);
        let town = app.world().actor_in(Role::TownDesk, east);
        let made: Vec<_> = app.district().write_now(move |tx, ctx| {
            let cases = measures::cases(tx, "test.answers", east, &period, None, 7)?;
            let made = cases.iter().map(|case| appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, east, case.event, "理由").unwrap());
            Ok::<_, StoreError>(made.collect())
        }).unwrap();
        let walk = |show: Show, size: usize| {
            let oversight = app.world().actor_in(Role::Oversight, app.world().oversight);
            app.district().read_now(move |tx, ctx| {
                let tree = people::tree(tx)?;
                let (mut all, mut after) = (Vec::new(), None::<String>);
                loop {
                    let page = list::appeals(tx, &oversight, &tree, Filter { show, unit: None }, ctx.now, after.as_deref(), size)?;
                    assert!(page.rows.len() <= size);
                    all.extend(page.rows.into_iter().map(|one| one.id));
                    after = page.next;
                    if after.is_none() {
                        return Ok::<_, StoreError>(all);
                    }
                }
            }).unwrap()
        };
        for size in [1, 3, 7, 50] {
            assert_eq!(walk(Show::Waiting, size), made, "what is due first comes first");
            assert_eq!(walk(Show::Ever, size), made.iter().rev().copied().collect::<Vec<_>>());
            assert!(walk(Show::Late, size).is_empty() && walk(Show::Refused, size).is_empty());
        }
        app.pass(30 * Time::DAY);
        assert_eq!(walk(Show::Late, 2).len(), 7);
    }

    fn the_time_to_decide_is_counted_anew_when_other_holidays_are_published(app) {
        let civil = |text: &str| Time::from_civil(text.parse().unwrap());
        app.clock.set(civil("2026-11-26T10:00"));
        let (id, period) = ground(app);
        let (world, east) = (app.world(), app.world().towns[0]);
        let round = lock_it(app, id, period);
        let town = world.actor_in(Role::TownDesk, east);
        let cases = app.district().read_now(move |tx, _| measures::cases(tx, "test.answers", east, &period, None, 2)).unwrap();
        let appealed = cases.iter().map(|case| case.event).map(|case| {
            let town = town.clone();
            app.district().write_now(move |tx, ctx| appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, east, case, "理由")).unwrap()
        }).collect::<Vec<_>>();
        let [waits, decided] = appealed[..] else { panic!("two cases") };
        let hold = |packs: &[(&str, &str)]| {
            app.district().rule_by(std::sync::Arc::new(Rules::parse(&[BUILTIN, packs].concat(), "").unwrap()));
            app.district().write_now(|tx, ctx| workdays::hold(tx, ctx, true, || Rules::builtin().calendar().clone())).unwrap();
            app.pass(2 * Time::MINUTE);
        };
        let due = |id| app.district().read_now(move |tx, _| appeal::find(tx, id)).unwrap().unwrap().due.civil().to_string();
        hold(&[]);
        assert_eq!([waits, decided].map(due), ["2027-01-12T17:30:00", "2027-01-12T17:30:00"]);
        let oversight = world.actor_in(Role::Oversight, world.oversight);
        app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let deciders = Deciders::find(tx, ctx.now, &tree)?;
            appeal::decide(tx, ctx, &appeal::decides(&oversight, &tree, &deciders, east).unwrap(), decided, false, "不成立")
        }).unwrap();
        hold(&[("holidays/2027", "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2027-01-01/2027-01-04\"]\nwork = []\n")]);
        assert_eq!([waits, decided].map(due), ["2027-01-13T17:30:00", "2027-01-12T17:30:00"], "what is decided stays as it was");
        let page = format!("/scores/appeals/{waits}");
        app.staff(Role::Oversight).get(&page).expect(200).says("1月13日").says("放假安排有变，已按新的工作日重新计算");
        app.pass(30 * Time::DAY);
        let late = app.district().read_now(move |tx, _| record::of_subject(tx, waits.0)).unwrap();
        let late = late.into_iter().find_map(|event| event.facts::<scores::events::ScoreAppealOverdue>().ok()).unwrap();
        assert_eq!(late.due, civil("2027-01-13T17:30"));
        hold(&[]);
        assert_eq!(due(waits), "2027-01-13T17:30:00", "what is over stays over");
        let named = scores::module().kinds.iter().all(|kind| (scores::module().audited)(web::Lang::Hans, kind.name).is_some());
        assert!(named, "every kind has a name in the audit");
    }

    fn periods_of_years_ago_are_reached_by_a_control(app) {
        let (id, _) = ground(app);
        let desk = app.staff(Role::DistrictDesk);
        // The scheme holds since January 2020, by month.
        let board = desk.get(&format!("/scores?s={id}")).expect(200);
        let offered = board.html().all("select[name=from] option").iter().filter_map(|one| one.attribute("value").map(str::to_owned)).collect::<Vec<_>>();
        assert!(offered.len() > 80 && offered.last().unwrap() == "2020-01-01", "{offered:?}");
        let mut page = board;
        for _ in 0..8 {
            let back = page.html().first("a[rel=prev]").unwrap().attribute("href").unwrap().replace("&amp;", "&");
            page = desk.get(&back).expect(200);
        }
        let chosen = page.html().all("select[name=from] option").iter().position(|one| one.attribute("selected").is_some());
        assert_eq!(chosen, Some(8));
        assert!(page.html().first("a[rel=next]").is_some());
        let last = desk.get(&format!("/scores?s={id}&from=2020-01-01")).expect(200);
        assert!(last.html().first("a[rel=prev]").is_none());
    }

    fn who_decides_sees_what_waits_and_the_unit_hears_what_came_of_it(app) {
        let (id, period) = ground(app);
        let world = app.world();
        let east = world.towns[0];
        let round = lock_it(app, id, period);
        let town = world.actor_in(Role::TownDesk, east);
        let appealed = app.district().write_now(move |tx, ctx| {
            let case = measures::cases(tx, "test.answers", east, &period, None, 1)?[0].event;
            appeal::appeal(tx, ctx, &town.has::<Appeal>().unwrap(), round, east, case, "理由").map_err(|error| StoreError::Other(error.to_string()))
        }).unwrap();
        let owed = |actor: people::Actor, unit: UnitId| app.district().read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let look = web::due::Look { actor: Some(&actor), tree: &tree, lang: web::Lang::Hans, unit };
            let due = scores::module().due[0];
            let counts = (due.counts)(tx, ctx, &look)?.into_iter().map(|owed| (owed.unit, owed.open, owed.late)).collect::<Vec<_>>();
            let lines = (due.list)(tx, ctx, &look, Some("open"), web::due::Late::Any, None, 10)?.lines;
            Ok::<_, StoreError>((counts, lines.into_iter().map(|line| line.href).collect::<Vec<_>>()))
        }).unwrap();
        let oversight = world.actor_in(Role::Oversight, world.oversight);
        let href = format!("/scores/appeals/{appealed}");
        assert_eq!(owed(oversight.clone(), world.oversight), (vec![(world.oversight, 1, 0)], vec![href.clone()]));
        assert_eq!(owed(oversight.clone(), world.district).0, [(world.oversight, 1, 0)]);
        assert_eq!(owed(oversight.clone(), east).0, [], "the town owes nothing of it");
        assert_eq!(owed(world.actor_in(Role::TownDesk, world.towns[1]), world.district).0, [], "another town knows nothing of it");

        let told = |name: &'static str, kind: &'static str| app.district().read_now(move |tx, ctx| {
            let notice = scores::module().notices.iter().find(|one| one.name == name).unwrap();
            assert!(notice.kinds.contains(&kind));
            let event = record::of_subject(tx, appealed.0)?.into_iter().find(|event| event.kind == kind).unwrap();
            let mut all = Vec::new();
            for whom in (notice.whom)(tx, ctx, &event)? {
                let told = web::notice::Told { event: event.id.0, subject: appealed.0, whom, person: None, lang: web::Lang::Hans, district: "" };
                all.push((whom, (notice.say)(tx, ctx, &told)?.map(|said| (said.text, said.path))));
            }
            Ok::<_, StoreError>(all)
        }).unwrap();
        let words = told("scores.appealed", "ScoreAppealed");
        assert_eq!((words.len(), words[0].0), (1, web::notice::Whom::Unit(world.oversight)));
        assert_eq!(words[0].1.as_ref().unwrap().1, href);

        let overdue = || app.district().read_now(move |tx, _| {
            Ok::<_, StoreError>(record::of_subject(tx, appealed.0)?.iter().filter(|event| event.kind == "ScoreAppealOverdue").count())
        }).unwrap();
        app.settle();
        assert_eq!(overdue(), 0);
        app.pass(30 * Time::DAY);
        app.pass(Time::DAY);
        assert_eq!((overdue(), owed(oversight.clone(), world.district).0), (1, vec![(world.oversight, 1, 1)]), "late, and said once");
        assert_eq!(told("scores.late", "ScoreAppealOverdue")[0].0, web::notice::Whom::Unit(world.oversight));

        app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let deciders = Deciders::find(tx, ctx.now, &tree)?;
            let proof = appeal::decides(&oversight, &tree, &deciders, east).unwrap();
            appeal::decide(tx, ctx, &proof, appealed, false, "维持").map_err(|error| StoreError::Other(error.to_string()))
        }).unwrap();
        let words = told("scores.decided", "ScoreAppealDecided");
        assert_eq!(words[0].0, web::notice::Whom::Unit(east));
        assert!(words[0].1.as_ref().unwrap().0.contains("不成立"));
        assert!(told("scores.late", "ScoreAppealOverdue")[0].1.is_none(), "what is decided is late no more");
        assert_eq!(owed(world.actor_in(Role::Oversight, world.oversight), world.district).0, []);
        let line = |actor: people::Actor| app.district().read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let look = web::due::Look { actor: Some(&actor), tree: &tree, lang: web::Lang::Hans, unit: tree.district().unwrap().id };
            Ok::<_, StoreError>((scores::module().lines)(tx, ctx, &look, &[appealed.0, round.0])?.into_iter().map(|(id, _)| id).collect::<Vec<_>>())
        }).unwrap();
        assert_eq!(line(world.actor_in(Role::TownDesk, east)), [appealed.0, round.0]);
        assert_eq!(line(world.actor_in(Role::TownDesk, world.towns[1])), [round.0], "an appeal is not everybody's");
        assert!(scores::module().kinds.iter().all(|kind| (scores::module().audited)(web::Lang::Hans, kind.name).is_some()));
    }

    fn the_rules_of_a_case_are_there_word_for_word(app) {
        ground(app);
        let desk = app.staff(Role::DistrictDesk);
        let list = desk.get("/rules").expect(200).says("现行");
        let href = list.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();
        assert_eq!(href, format!("/rules/{}", record::hex(&app.district().env().rules.digest())));
        let page = desk.get(&href).expect(200).says("与现行规则相同").says("对得分提出申诉").says("scores.appeal").says("5 个工作日");
        assert!(page.html().all("details").len() >= base::rules::BUILTIN.len(), "every pack stands there");
        // The same rules are kept once, however often the program looks.
        app.pass(Time::DAY);
        let desk = app.staff(Role::DistrictDesk);
        assert_eq!(desk.get("/rules").expect(200).html().all("#rows a").len(), 1);
        // Rules that were in force before: what differs now is said.
        let mut packs = app.district().env().rules.packs().to_vec();
        for (_, text) in &mut packs {
            *text = text.replace("title_zh = \"对得分提出申诉\"\ntitle_en = \"Appeal a score\"\namount = 5", "title_zh = \"对得分提出申诉\"\ntitle_en = \"Appeal a score\"\namount = 9");
        }
        let old: Vec<(&str, &str)> = packs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let rules = std::sync::Arc::new(base::rules::Rules::parse(&old, "").unwrap());
        let digest = record::hex(&rules.digest());
        let env = base::Env { rules, ..app.district().env().clone() };
        app.district().write_now(move |tx, _| scores::rules::keep(tx, &env.ctx())).unwrap();
        desk.get(&format!("/rules/{digest}")).expect(200).says("9 个工作日").says("5 个工作日");
        desk.get(&format!("/rules/{}", "0".repeat(64))).expect(200).says("没有留存");
        desk.get("/rules/nothing").expect(404);
        for path in ["/rules", href.as_str()] {
            app.staff(Role::SystemAdmin).get(path).expect(403);
        }
        every_column(app, &Attacks { spared: &[], log: &[], empty: &[], only: &["rule_version"], every: 1 });
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
        // The clock stands in November 2026, when the branch is new, and goes on to April.
        app.pass(150 * Time::DAY);
        let day = |text: &str| Time::from_civil(text.parse::<base::Date>().unwrap().at(9, 0, 0, 0));
        met(day("2027-02-14"), "general");
        for month in ["2027-01-10", "2027-03-10"] {
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
        let first = stands(branch, "2027-01-01", "2027-03-31");
        assert_eq!(first.iter().map(|owed| (owed.0, owed.1)).collect::<Vec<_>>(), [("test.general_meeting", Stands::Met), ("test.theme_day", Stands::Unmet)]);
        assert_eq!(first[0].2, "中国共产党支部工作条例（试行）第十一条");
        // A month is held against its quarter; what still runs is open.
        let january = stands(branch, "2027-01-01", "2027-01-31");
        assert_eq!(january.iter().map(|owed| owed.1).collect::<Vec<_>>(), [Stands::Met, Stands::Met]);
        let now = stands(branch, "2027-04-01", "2027-06-30");
        let last = |text: &str| Stands::Open(text.parse().unwrap());
        assert_eq!(now.iter().map(|owed| owed.1).collect::<Vec<_>>(), [last("2027-06-30"), last("2027-04-30")]);
        assert!(stands(branch, "2026-07-01", "2026-09-30").is_empty(), "nothing is asked of the time before there was such a branch");
        assert!(stands(app.world().towns[0], "2027-01-01", "2027-03-31").is_empty(), "a town owes no meetings of a branch");
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
