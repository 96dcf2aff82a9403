//! Units end and others stand in their place: what was in hand, called to, ordered and owed by duty passes on, and nobody
//! comes to hear of a concern about them by being merged.

use base::UnitId;
use concerns::catalogue;
use concerns::events::Happened;
use concerns::hand_over::pass;
use concerns::model::NotNow;
use concerns::read::Filter;
use concerns::{State, StepError, supervise, whistle};
use people::{Actor, Authority, CreateUnit, Level, Role, Split, close_unit, create_unit, merge_units, split_unit};
use store::StoreError;

use crate::catalogued::{press, table, upload};
use crate::town::{Step, TREES, Town};

fn merge(town: &Town, from: UnitId, to: UnitId) -> i64 {
    let merged = town.write(move |tx, ctx| {
        let merged = merge_units(tx, ctx, Authority::Console, from, to, &pass);
        merged.map(|merged| merged.passed).map_err(|error| StoreError::Other(error.to_string()))
    });
    merged.unwrap()
}

/// A town without anything under it, so that it can be merged.
fn small_town(town: &Town) -> UnitId {
    let district = town.world.district;
    let made = town.write(move |tx, ctx| {
        let input = CreateUnit {
            code: "990105777000".into(),
            name: "小镇".into(),
            phone: None,
            level: Level::Town,
            parent: Some(district),
            ord: 9,
        };
        create_unit(tx, ctx, Authority::Console, &input).map_err(|error| StoreError::Other(error.to_string()))
    });
    made.unwrap()
}

/// The numbers that somebody reads in the list of everything.
fn list(town: &Town, actor: &Actor) -> Vec<String> {
    let actor = actor.clone();
    town.read(move |tx, _| {
        let tree = people::tree(tx)?;
        let found = concerns::read::list(tx, &actor, &tree, &Filter::default(), None, 100)?;
        assert_eq!(concerns::read::count(tx, &actor, &tree, &Filter::default(), 100)?.n, found.rows.len());
        Ok(found.rows.into_iter().map(|row| row.no).collect())
    })
}

/// Whether somebody may open it, and finds it in the list: the same.
fn reads(town: &Town, actor: &Actor, no: &str) -> bool {
    let (reader, number) = (actor.clone(), no.to_owned());
    let opens = town.read(move |tx, ctx| {
        let tree = people::tree(tx)?;
        Ok(concerns::read::detail(tx, ctx, &reader, &tree, &number)?.is_some())
    });
    assert_eq!(opens, list(town, actor).iter().any(|listed| listed == no), "page and list agree");
    opens
}

/// Somebody as they sign in now: merging gave them another post.
fn again(town: &Town, role: Role, unit: UnitId) -> Actor {
    let person = town.world.member_in(role, unit).person;
    town.read(move |tx, ctx| people::sign::on_behalf(tx, ctx.now, person)).unwrap()
}

fn about(town: &Town, place: UnitId, unit: UnitId) -> String {
    let form = concerns::submit::Submit { about_unit: Some(unit), ..town.form(place) };
    town.submit(form).no
}

store::both_engines! {
    TREES
    fn calls_orders_and_duties_go_to_the_unit_that_takes_over(store) {
        let town = Town::new(store);
        let ([east, _], [first, second]) = (town.world.towns, town.world.departments);
        let called = town.submit(town.form(town.world.grids[0])).no;
        town.step(Role::TownDesk, east, &called, Step::Dispatch(east, "03"));
        town.step(Role::TownStaff, east, &called, Step::Claim);
        town.step(Role::TownLeader, east, &called, Step::Whistle(vec![first]));
        let held = town.submit(town.form(town.world.grids[1])).no;
        town.step(Role::TownDesk, east, &held, Step::Dispatch(first, "01"));
        town.step(Role::DepartmentStaff, first, &held, Step::Claim);
        town.step(Role::DistrictLeader, town.world.district, &held, Step::Supervise);
        let answered = town.submit(town.form(town.world.grids[1])).no;
        town.step(Role::TownDesk, east, &answered, Step::Dispatch(first, "01"));
        town.step(Role::DepartmentStaff, first, &answered, Step::Claim);
        town.step(Role::DepartmentStaff, first, &answered, Step::Resolve);
        // Late before, late after.
        town.clock.advance(20 * base::Time::DAY);
        town.tick();
        assert!(town.concern(&held).now.passed);
        let has = town.read(move |tx, _| concerns::succession::holds(tx, first));
        assert_eq!((has.concerns, has.parts, has.duties), (2, 1, 1));
        assert_eq!(merge(&town, first, second), 4, "three concerns and a duty");
        assert!(town.read(move |tx, _| concerns::succession::holds(tx, first)).is_empty());

        let id = town.concern(&called).id;
        let calls = town.read(move |tx, _| whistle::of(tx, id));
        assert_eq!(calls.iter().map(|call| (call.unit, call.leads)).collect::<Vec<_>>(), [(second, true)]);
        let id = town.concern(&held).id;
        assert_eq!(town.read(move |tx, _| supervise::of(tx, id)).iter().map(|order| order.unit).collect::<Vec<_>>(), [second]);
        let (now, later) = (town.concern(&held).now, town.concern(&answered).now);
        assert_eq!((now.holder, now.handler, now.passed), (Some(second), Some(second), true));
        assert_eq!((later.state, later.holder, later.handler), (State::Resolved, Some(east), Some(second)), "whom it would be given back to");
        let duties = town.read(move |tx, _| catalogue::duties_of(tx, second));
        assert_eq!(duties.iter().map(|duty| duty.kind.as_str()).collect::<Vec<_>>(), ["01", "02"]);
        town.step(Role::DepartmentStaff, second, &called, Step::Arrive);
        town.step(Role::DepartmentStaff, second, &called, Step::Part(true));
        town.step(Role::DepartmentLead, second, &held, Step::AnswerOrder);
        town.step(Role::TownDesk, east, &answered, Step::Review(false));
        assert_eq!(town.concern(&answered).now.holder, Some(second));
        // Who came from the unit that ended goes on with what they had.
        assert!(reads(&town, &again(&town, Role::DepartmentStaff, first), &held));
        town.tick();
        town.assert_clean();
    }

    fn nobody_hears_of_what_is_about_them_by_being_merged(store) {
        let town = Town::new(store);
        let ([east, _], [first, second]) = (town.world.towns, town.world.departments);
        let no = about(&town, town.world.grids[0], first);
        let elsewhere = about(&town, town.world.grids[0], town.world.oversight);
        for no in [&no, &elsewhere] {
            town.step(Role::TownDesk, east, no, Step::Dispatch(second, "02"));
            town.step(Role::DepartmentStaff, second, no, Step::Claim);
        }
        town.step(Role::DistrictLeader, town.world.district, &no, Step::Supervise);
        let staff = town.world.actor_in(Role::DepartmentStaff, second);
        assert!(reads(&town, &staff, &no));
        merge(&town, first, second);
        let now = town.concern(&no).now;
        assert_eq!((now.state, now.holder, now.handler, now.assignee), (State::Received, Some(east), None, None), "taken back");
        assert!(!reads(&town, &staff, &no) && !reads(&town, &again(&town, Role::DepartmentLead, first), &no));
        assert!(reads(&town, &staff, &elsewhere), "what is about others stays");
        assert_eq!(town.concern(&elsewhere).now.state, State::InHand);
        let id = town.concern(&no).id;
        assert_eq!(town.read(move |tx, _| supervise::of(tx, id)), [], "nor is it asked how that stands");
        let desk = town.world.actor_in(Role::TownDesk, east);
        let refused = town.attempt(&desk, &no, town.concern(&no).v, &Step::Dispatch(second, "02"));
        assert!(matches!(refused, Some(Err(StepError::NotNow(NotNow::Barred)))), "{refused:?}");
        town.step(Role::TownDesk, east, &no, Step::Dispatch(town.world.oversight, "02"));
        let called = town.attempt(&desk, &no, town.concern(&no).v, &Step::Whistle(vec![second]));
        assert!(matches!(called, Some(Err(StepError::NotNow(NotNow::Barred)))), "{called:?}");
        // What comes later about the unit that is gone is kept from it too.
        let later = about(&town, town.world.grids[0], first);
        assert!(town.concern(&later).now.bars(&*town.read(|tx, _| people::tree(tx)), second));
        assert!(!reads(&town, &staff, &later));
        town.tick();
        town.assert_clean();
    }

    fn a_desk_that_it_is_about_from_now_on_gives_it_away(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let small = small_town(&town);
        let about_small = about(&town, town.world.grids[0], small);
        let about_east = about(&town, small, east);
        assert_eq!([&about_small, &about_east].map(|no| town.concern(no).now.desk), [east, small]);
        let desk = town.world.actor_in(Role::TownDesk, east);
        assert!(reads(&town, &desk, &about_small) && !reads(&town, &desk, &about_east));
        merge(&town, small, east);
        for no in [&about_small, &about_east] {
            let now = town.concern(no).now;
            assert_eq!((now.desk, now.holder, now.state), (town.world.district, Some(town.world.district), State::Received));
            assert!(!reads(&town, &desk, no));
        }
        town.step(Role::DistrictDesk, town.world.district, &about_small, Step::Dispatch(town.world.departments[0], "01"));
        town.assert_clean();
    }

    fn what_was_closed_is_read_and_opened_again_where_the_desk_is_now(store) {
        let town = Town::new(store);
        let ([east, west], district) = (town.world.towns, town.world.district);
        let small = small_town(&town);
        let receipt = town.submit(town.form(small));
        let no = receipt.no.as_str();
        town.step(Role::DistrictDesk, district, no, Step::Archive(concerns::Outcome::Withdrawn));
        let (desk, other) = (town.world.actor_in(Role::TownDesk, east), town.world.actor_in(Role::TownDesk, west));
        assert!(!reads(&town, &desk, no));
        merge(&town, small, east);
        assert!(reads(&town, &desk, no) && !reads(&town, &other, no));
        assert_eq!(town.concern(no).now.desk, small, "what is over stays as it was written");
        let (holder, key) = (town.holder(&receipt), town.key());
        town.write(move |tx, ctx| concerns::reopen::reopen(tx, ctx, &holder, &key, "还是没有解决")).unwrap();
        let now = town.concern(no).now;
        assert_eq!((now.state, now.desk, now.holder), (State::Received, east, Some(east)));
        let dispatched = town.step(Role::TownDesk, east, no, Step::Dispatch(town.world.departments[0], "01"));
        assert_eq!(dispatched.state, State::Dispatched);
        // A place that ended is the one that stands there now.
        let late = town.submit(town.form(small)).no;
        assert_eq!((town.concern(&late).place, town.concern(&late).now.desk), (Some(east), east));
        town.assert_clean();
    }

    fn a_part_that_was_split_off_is_of_the_line(store) {
        let town = Town::new(store);
        let (community, grid) = (town.world.communities[0], town.world.grids[0]);
        let no = about(&town, town.world.grids[0], community);
        let split = Split { unit: community, code: "990105001199".into(), name: "新社区".into(), parts: vec![grid] };
        let new = town.write(move |tx, ctx| {
            let made = split_unit(tx, ctx, Authority::Console, &split, &pass);
            made.map(|made| made.unit).map_err(|error| StoreError::Other(error.to_string()))
        });
        let (new, tree) = (new.unwrap(), town.read(|tx, _| people::tree(tx)));
        let now = town.concern(&no).now;
        assert!(now.bars(&*tree, community) && now.bars(&*tree, new) && now.bars(&*tree, tree.heir(grid)));
        assert!(!now.bars(&*tree, town.world.communities[1]) && !now.bars(&*tree, now.desk));
        assert!(!reads(&town, &again(&town, Role::GridWorker, grid), &no));
        town.assert_clean();
    }

    fn a_part_that_went_its_own_way_hears_of_what_comes_later(store) {
        let town = Town::new(store);
        let (community, grid) = (town.world.communities[0], town.world.grids[0]);
        let before = about(&town, grid, community);
        let split = |code: &str, name: &str, part: UnitId| {
            let split = Split { unit: community, code: code.into(), name: name.into(), parts: vec![part] };
            let made = town.write(move |tx, ctx| {
                let made = split_unit(tx, ctx, Authority::Console, &split, &pass);
                made.map(|made| made.unit).map_err(|error| StoreError::Other(error.to_string()))
            });
            made.unwrap()
        };
        let grids = |of: UnitId| town.read(move |tx, _| Ok(people::tree(tx)?.children(of).map(|unit| unit.id).collect::<Vec<_>>()));
        let new = split("990105001199", "新社区", grid);
        let moved = grids(new)[0];
        town.clock.advance(30 * base::Time::DAY);
        let soon = about(&town, moved, community);
        town.clock.advance(2 * 365 * base::Time::DAY);
        let later = about(&town, moved, community);
        let bars = |no: &str, unit: UnitId| town.concern(no).now.bars(&*town.read(|tx, _| people::tree(tx)), unit);
        for unit in [new, moved] {
            assert!(bars(&before, unit) && bars(&soon, unit), "the same people stand there");
            assert!(!bars(&later, unit), "a line of its own by now");
        }
        assert!(bars(&later, community));
        // It can be sent there, is read there, and nothing of what came before is.
        town.step(Role::TownDesk, town.world.towns[0], &later, Step::Dispatch(moved, "03"));
        let worker = again(&town, Role::GridWorker, grid);
        assert!(reads(&town, &worker, &later) && !reads(&town, &worker, &before) && !reads(&town, &worker, &soon));
        for no in [&before, &soon] {
            let desk = town.world.actor_in(Role::TownDesk, town.world.towns[0]);
            let refused = town.attempt(&desk, no, town.concern(no).v, &Step::Dispatch(moved, "03"));
            assert!(matches!(refused, Some(Err(StepError::NotNow(NotNow::Barred)))), "{refused:?}");
        }
        // What is split off from now on is of the line of what came before it.
        let grid = town.write(move |tx, ctx| {
            let code = format!("{}009", people::tree(tx)?.get(community).unwrap().code);
            let input = CreateUnit { code, name: "第九网格".into(), phone: None, level: Level::Grid, parent: Some(community), ord: 9 };
            Ok::<UnitId, StoreError>(create_unit(tx, ctx, Authority::Console, &input).expect("a grid"))
        });
        let rest = grid.unwrap();
        let second = split("990105001198", "再分社区", rest);
        assert!(bars(&later, second) && bars(&before, second) && !bars(&later, new));
        // A unit that comes to be one with the line hears no more of it, whatever it was before.
        merge(&town, community, new);
        assert!(bars(&later, new) && bars(&later, moved));
        let taken = town.concern(&later).now;
        assert_eq!((taken.state, taken.holder), (State::Received, Some(town.world.towns[0])), "taken back from there");
        assert!(!reads(&town, &worker, &later));
        town.tick();
        town.assert_clean();
    }

    fn who_asks_the_resident_is_not_of_the_line_that_answered_although_it_was_made_one(store) {
        let town = Town::new(store);
        let receipt = town.submit(town.form(town.world.grids[0]));
        town.to_call_back(&receipt.no);
        assert_eq!(town.concern(&receipt.no).now.holder, Some(town.world.call_back));
        merge(&town, town.world.departments[0], town.world.call_back);
        let now = town.concern(&receipt.no).now;
        assert_eq!((now.state, now.holder), (State::CallBack, Some(town.world.district)), "the district's desk asks");
        town.step(Role::DistrictDesk, town.world.district, &receipt.no, Step::CallBack(Some(true)));
        let id = town.concern(&receipt.no).id;
        let events = town.read(move |tx, _| record::of_subject(tx, id.0));
        let kinds: Vec<&str> = events.iter().filter_map(|event| Happened::read(event).unwrap()).map(|happened| happened.kind()).collect();
        assert!(kinds.contains(&"ConcernRecalled") && kinds.contains(&"ConcernHandedOver"), "{kinds:?}");
        town.assert_clean();
    }
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn a_unit_with_something_in_hand_ends_with_a_successor_only(app) {
        let town = Town::of(app);
        let (district, first) = (town.world.district, town.world.departments[0]);
        let unit = town.write(move |tx, ctx| {
            let input = CreateUnit { code: "YLJ".into(), name: "园林局".into(), phone: None, level: Level::Department, parent: Some(district), ord: 8 };
            let unit = create_unit(tx, ctx, Authority::Console, &input).expect("a department");
            let duty = catalogue::Duty { kind: "03".into(), unit, document: "三定规定".into() };
            catalogue::assign_duty(tx, ctx, concerns::permissions::Authority::Console, &duty).expect("a duty");
            Ok::<UnitId, StoreError>(unit)
        });
        let unit = unit.unwrap();
        let no = town.submit(town.form(town.world.grids[0])).no;
        town.step(Role::TownDesk, town.world.towns[0], &no, Step::Dispatch(unit, "03"));
        let system = app.staff(Role::SystemAdmin);
        let form = "form[action=/admin/units/close]";
        let page = system.get(&format!("/admin/units/close?unit={unit}")).expect(200);
        system.submit(&page, form, &[]).expect(422).says("在办诉求 1 件、派单目录职责 1 项").says("由哪个同级单位承接");
        let community = town.world.communities[0];
        let other = town.read(move |tx, _| Ok(people::tree(tx)?.get(community).unwrap().code.clone()));
        system.submit(&page, form, &[("successor", &other)]).expect(422).says("由哪个同级单位承接");
        assert_eq!(town.concern(&no).now.holder, Some(unit), "nothing was changed");
        let code = town.read(move |tx, _| Ok(people::tree(tx)?.get(first).unwrap().code.clone()));
        system.submit(&page, form, &[("successor", &code)]).expect(303);
        assert_eq!(town.concern(&no).now.holder, Some(first));
        let duties = town.read(move |tx, _| catalogue::duties_of(tx, first));
        assert_eq!(duties.iter().map(|duty| duty.kind.as_str()).collect::<Vec<_>>(), ["01", "03"]);
        // What has nothing ends by itself.
        let empty = town.write(move |tx, ctx| {
            let input = CreateUnit { code: "LSB".into(), name: "临时办".into(), phone: None, level: Level::Department, parent: Some(district), ord: 9 };
            Ok::<UnitId, StoreError>(create_unit(tx, ctx, Authority::Console, &input).expect("a department"))
        });
        let page = system.get(&format!("/admin/units/close?unit={}", empty.unwrap())).expect(200);
        system.submit(&page, form, &[]).expect(303);
        // Whoever may not keep units is not told what they have.
        let desk = app.staff(Role::DistrictDesk);
        desk.get(&format!("/admin/units/close?unit={first}")).expect(403);
        let closed = town.write(move |tx, ctx| close_unit(tx, ctx, Authority::Console, first, None).map_err(|error| StoreError::Other(error.to_string())));
        assert!(closed.is_err(), "posts are held in it");
    }

    fn a_unit_that_a_table_made_is_not_taken_back_from_under_what_it_has(app) {
        let town = Town::of(app);
        let system = app.staff(Role::SystemAdmin);
        let heads = ["单位代码", "单位名称", "层级", "上级代码", "办公电话"];
        let rows = [["990105003000", "南山街道", "街道", "", ""], ["990105004000", "北山街道", "街道", "", ""]];
        let page = upload(&system, "units", &table(heads, &rows));
        let done = press(app, &system, &page, "start");
        let open = |code: &'static str| town.read(move |tx, _| Ok(people::tree(tx)?.find_code(code).map(|unit| unit.id)));
        let (south, north) = (open("990105003000").unwrap(), open("990105004000"));
        assert!(north.is_some());
        let no = town.submit(town.form(south)).no;
        assert_eq!(town.concern(&no).now.desk, south);
        press(app, &system, &done, "undo").says("导入已撤销");
        assert_eq!((open("990105003000"), open("990105004000")), (Some(south), None), "one has something in hand, the other nothing");
    }
}
