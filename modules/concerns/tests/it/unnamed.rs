//! What those who know a confidential caller write for those who may not, and how what the caller says later comes to
//! handlers: nothing of either gives the caller away, and nothing that they need is lost.

use concerns::archive::{Archive, archive};
use concerns::call_back::{Answer, CallBack, call_back};
use concerns::dispatch::{Dispatch, dispatch};
use concerns::object::{Object, object};
use concerns::open_contact::{OpenContact, open_contact};
use concerns::permissions::{self, Desk, Handle};
use concerns::read::Detail;
use concerns::redact::{Approve, Redact, approve, redact};
use concerns::reopen::Add;
use concerns::sight::Act;
use concerns::submit::{Receipt, Registered, Submit, register};
use concerns::{Channel, Field, Invalid, NotNow, Outcome, Photo, Source, StepError};
use people::{Actor, Role};

use crate::pages::{catalogue, report, step};
use crate::town::{Step, TREES, Town};

fn detail(town: &Town, actor: &Actor, no: &str) -> Detail {
    let (actor, no) = (actor.clone(), no.to_owned());
    let found = town.read(move |tx, ctx| {
        let tree = people::tree(tx)?;
        concerns::read::detail(tx, ctx, &actor, &tree, &no)
    });
    found.expect("within sight")
}

/// What a reader's timeline says of everything that staff wrote.
fn notes(town: &Town, actor: &Actor, no: &str) -> String {
    detail(town, actor, no).entries.into_iter().filter_map(|entry| entry.note).collect::<Vec<_>>().join("\n")
}

fn confidential(town: &Town) -> Receipt {
    town.submit(Submit { confidential: true, ..town.form(town.world.grids[0]) })
}

fn add(town: &Town, receipt: &Receipt, words: Option<&'static str>, photo: Option<&'static [u8]>) {
    let (holder, key) = (town.holder(receipt), town.key());
    let photos = photo.map(|bytes| Photo { digest: town.store.blobs().put(bytes).unwrap(), width: 4, height: 3 }).into_iter().collect();
    let input = Add { words: words.map(str::to_owned), photos };
    town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &input)).unwrap();
}

fn telling(done: Result<concerns::Done, StepError>) -> Option<Field> {
    match done {
        Err(StepError::Invalid(Invalid::TellsCaller(field))) => Some(field),
        Ok(_) => None,
        Err(other) => panic!("{other:?}"),
    }
}

store::both_engines! {
    TREES
    fn what_the_desk_writes_names_no_confidential_caller(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        let (desk, handler) = (world.actor_in(Role::TownDesk, east), world.actor_in(Role::DepartmentStaff, department));
        let write = |handlers: &'static str| {
            let (desk, number, key) = (desk.clone(), no.to_owned(), town.key());
            town.write(move |tx, ctx| {
                let proof = desk.has::<Desk>().unwrap();
                redact(tx, ctx, &proof, &Redact { op_key: key, no: number.clone(), of: None, handlers: handlers.into(), share_photos: false })
            })
        };
        assert_eq!(telling(write("周女士反映垃圾没有清运。")), Some(Field::Handlers));
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        let send = |no: &str, note: &'static str, exception: Option<&'static str>| {
            let (desk, number, key, v) = (desk.clone(), no.to_owned(), town.key(), town.concern(no).v);
            let unit = if exception.is_some() { town.world.communities[0] } else { department };
            town.write(move |tx, ctx| {
                let proof = desk.has::<Desk>().unwrap();
                let (kind, exception) = ("01".to_owned(), exception.map(str::to_owned));
                let input =
                    Dispatch { op_key: key, no: number.clone(), v, unit, kind, shown: None, note: Some(note.into()), term: None, exception };
                dispatch(tx, ctx, &proof, &input)
            })
        };
        assert_eq!(telling(send(no, "请和周女士约时间", None)), Some(Field::Note));
        assert_eq!(telling(send(no, "有事打１３８ ００００-１２３４", None)), Some(Field::Note));
        assert_eq!(telling(send(no, "请尽快", Some("周女士要求社区来办"))), Some(Field::Note), "the reason of an exception is read too");
        assert_eq!(telling(send(no, "反映人要求保密，请直接到现场看", None)), None);
        // Of a caller who asked for nothing of the kind a note may say who they are.
        let open = town.submit(town.form(world.grids[0]));
        assert_eq!(telling(send(&open.no, "请和周女士约时间", None)), None);

        // Whoever does not know the caller is not told whether they guessed right.
        let (guess, number, key, v) = (handler.clone(), no.to_owned(), town.key(), town.concern(no).v);
        let guessed = town.write(move |tx, ctx| {
            let proof = guess.has::<Handle>().unwrap();
            object(tx, ctx, &proof, &Object { op_key: key, no: number.clone(), v, reason: "是不是周女士，不归我们管".into() })
        });
        assert_eq!(telling(guessed), None);
        town.step(Role::TownDesk, east, no, Step::Decide(false));
        town.assert_clean();
    }

    fn who_knows_the_caller_handles_nothing_and_speaks_with_them(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let worker = world.actor_in(Role::GridWorker, world.grids[0]);
        // Written down by a grid worker, who has heard who calls.
        let (proof, form) = (worker.has::<permissions::Register>().unwrap(), town.form(world.grids[0]));
        let form = Submit { confidential: true, ..form };
        let registered = Registered { source: Source::Visit, occurred_at: None };
        let receipt = town.write(move |tx, ctx| register(tx, ctx, &proof, &form, &registered)).unwrap();
        let no = receipt.no.as_str();
        let (desk, above) = (world.actor_in(Role::TownDesk, east), world.actor(Role::DistrictDesk));
        let (officer, mayor) = (world.actor_in(Role::TownStaff, east), world.actor_in(Role::TownLeader, east));
        let try_it = |actor: &Actor, step: &Step| town.attempt(actor, no, town.concern(no).v, step).expect("a post for it");
        let knows = |actor: &Actor, step: Step| matches!(try_it(actor, &step), Err(StepError::NotNow(NotNow::KnowsCaller)));
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);

        // The grid has one worker, who wrote it down; but whoever works in its community may have it.
        town.step(Role::TownDesk, east, no, Step::DispatchAs(world.grids[0], "03", None, None));
        for step in [Step::Claim, Step::Object, Step::Escalate] {
            assert!(knows(&worker, step.clone()) && knows(&desk, step.clone()) && knows(&above, step.clone()), "{step:?}");
        }
        town.step(Role::CommunityStaff, world.communities[0], no, Step::Escalate);
        town.step(Role::CommunityStaff, world.communities[0], no, Step::Escalate);
        assert_eq!(town.concern(no).now.holder, Some(east));
        assert!(knows(&desk, Step::Claim), "the desk is of this unit and knows the caller all the same");
        assert!(!detail(&town, &desk, no).acts.contains(&Act::Claim) && detail(&town, &officer, no).acts.contains(&Act::Claim));
        let done = town.step(Role::TownStaff, east, no, Step::Claim);
        // The handler owes the answer and no call; who calls is the desk.
        assert_eq!(done.due.map(|due| due.rule), Some("concerns.resolve".to_owned()));
        assert!(matches!(try_it(&officer, &Step::FirstContact), Err(StepError::Denied)));
        assert!(!detail(&town, &officer, no).acts.contains(&Act::FirstContact) && detail(&town, &desk, no).acts.contains(&Act::FirstContact));
        town.step(Role::TownDesk, east, no, Step::FirstContact);
        for step in [Step::Resolve, Step::Pause, Step::Ask, Step::SendDown(world.communities[0])] {
            assert!(knows(&desk, step.clone()) && knows(&above, step.clone()), "{step:?}");
        }
        town.step(Role::TownLeader, east, no, Step::SendDown(world.communities[0]));
        assert!(detail(&town, &mayor, no).acts.contains(&Act::Claim), "whoever does not know the caller still acts for a unit below");

        // Somebody of the desk who has another post as well is still somebody who knows the caller.
        town.step(Role::CommunityStaff, world.communities[0], no, Step::Claim);
        town.step(Role::CommunityStaff, world.communities[0], no, Step::Object);
        town.step(Role::TownDesk, east, no, Step::Decide(true));
        let (person, post) = (desk.person, world.member_in(Role::DepartmentStaff, department).post);
        let granting = world.actor(Role::SecurityAdmin);
        let grant = granting.has::<people::Grant>().unwrap();
        town.write(move |tx, ctx| people::hold(tx, ctx, &grant, person, post, ctx.now)).unwrap();
        town.step(Role::TownDesk, east, no, Step::Dispatch(department, "01"));
        let token = world.member_in(Role::TownDesk, east).token;
        let desk = town.read(move |tx, ctx| people::sign::actor(tx, ctx.now, &token)).unwrap();
        assert!(desk.is(Role::DepartmentStaff) && knows(&desk, Step::Claim));
        assert!(!detail(&town, &desk, no).acts.contains(&Act::Claim));
        town.step(Role::DepartmentStaff, department, no, Step::Claim);
        town.assert_clean();
    }

    fn a_confidential_concern_goes_to_no_unit_where_everybody_knows_the_caller(store) {
        let town = Town::new(store);
        let world = &town.world;
        let [east, _] = world.towns;
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        let desk = world.actor_in(Role::TownDesk, east);
        for role in [Role::TownStaff, Role::TownLeader] {
            let (person, granting) = (world.member_in(role, east).person, world.actor(Role::SecurityAdmin));
            let grant = granting.has::<people::Grant>().unwrap();
            town.write(move |tx, ctx| {
                let held = people::read::holdings_of(tx, person)?;
                people::release(tx, ctx, &grant, held.first().unwrap().id, ctx.now).map(drop)
            })
            .unwrap();
        }
        let sent = |unit| town.attempt(&desk, no, town.concern(no).v, &Step::Dispatch(unit, "03")).unwrap();
        assert!(matches!(sent(east), Err(StepError::NotNow(NotNow::AllKnowCaller))), "only the desk is left there");
        assert!(sent(world.communities[0]).is_ok());
        let up = town.attempt(&world.actor_in(Role::CommunityStaff, world.communities[0]), no, town.concern(no).v, &Step::Escalate).unwrap();
        assert!(matches!(up, Err(StepError::NotNow(NotNow::AllKnowCaller))));
        // What is not confidential the desk may take itself.
        let open = town.submit(town.form(world.grids[0]));
        town.step(Role::TownDesk, east, &open.no, Step::Dispatch(east, "03"));
        town.step(Role::TownDesk, east, &open.no, Step::Claim);
        town.assert_clean();
    }

    fn neither_a_merger_nor_an_order_nor_a_contact_read_goes_around_it(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let desk = world.actor_in(Role::TownDesk, east);
        let knows = |actor: &Actor, no: &str, step: Step| {
            matches!(town.attempt(actor, no, town.concern(no).v, &step), Some(Err(StepError::NotNow(NotNow::KnowsCaller))))
        };
        // What is answered together with a confidential concern is not answered by who knows that one's caller.
        let open = town.submit(town.form(world.grids[0]));
        town.step(Role::TownDesk, east, &open.no, Step::Dispatch(east, "03"));
        town.step(Role::TownDesk, east, &open.no, Step::Claim);
        let receipt = confidential(&town);
        town.redact(&receipt.no, None, "有居民反映垃圾清运不及时。", false);
        town.step(Role::TownDesk, east, &open.no, Step::Merge(vec![receipt.no.clone()]));
        assert!(knows(&desk, &open.no, Step::Resolve));
        town.step(Role::TownStaff, east, &open.no, Step::Resolve);

        // How a confidential concern stands tells who handles it.
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        town.step(Role::TownDesk, east, no, Step::Dispatch(east, "03"));
        town.step(Role::DistrictLeader, world.district, no, Step::Supervise);
        assert!(knows(&desk, no, Step::AnswerOrder));
        assert!(!detail(&town, &desk, no).acts.contains(&Act::AnswerOrder));
        town.step(Role::TownStaff, east, no, Step::AnswerOrder);

        // Who opened the contact as a caller of residents has a post among the handlers too.
        town.step(Role::TownStaff, east, no, Step::Claim);
        town.step(Role::TownStaff, east, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        let caller = world.actor_in(Role::CallBack, world.call_back);
        let (reader, number) = (caller.clone(), no.to_owned());
        let input = OpenContact { no: number, reason: "回访".into() };
        town.write(move |tx, ctx| open_contact(tx, ctx, &reader, &input).map(drop)).unwrap();
        town.step(Role::CallBack, world.call_back, no, Step::CallBack(Some(false)));
        let (person, post) = (caller.person, world.member_in(Role::DepartmentStaff, department).post);
        let granting = world.actor(Role::SecurityAdmin);
        let grant = granting.has::<people::Grant>().unwrap();
        town.write(move |tx, ctx| people::hold(tx, ctx, &grant, person, post, ctx.now)).unwrap();
        town.step(Role::TownDesk, east, no, Step::Dispatch(department, "01"));
        let token = world.member_in(Role::CallBack, world.call_back).token;
        let caller = town.read(move |tx, ctx| people::sign::actor(tx, ctx.now, &token)).unwrap();
        assert!(knows(&caller, no, Step::Claim));
        // Nor is it handed to somebody who knows: it waits for another one of the unit.
        town.step(Role::DepartmentStaff, department, no, Step::Claim);
        let (officer, granting) = (world.member_in(Role::DepartmentStaff, department).person, world.actor(Role::SecurityAdmin));
        let grant = granting.has::<people::Grant>().unwrap();
        let next = caller.person;
        town.write(move |tx, ctx| {
            let held = people::read::holdings_of(tx, officer)?.first().unwrap().id;
            people::release(tx, ctx, &grant, held, ctx.now).unwrap();
            let passing = people::Passing::Person { person: officer, unit: department, to: Some(next) };
            concerns::hand_over::pass(tx, ctx, record::Actor::System, &passing)
        })
        .unwrap();
        assert_eq!(town.concern(no).now.assignee, None);
        town.assert_clean();
    }

    fn a_deadline_that_passed_passes_once_though_the_desk_speaks_with_the_caller(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        town.step(Role::TownDesk, east, no, Step::Dispatch(department, "01"));
        let due = town.step(Role::DepartmentStaff, department, no, Step::Claim).due.unwrap();
        town.clock.set(due.at.plus(base::Time::HOUR));
        town.tick();
        let id = town.concern(no).id;
        let passed = || {
            let events = town.read(move |tx, _| record::of_subject(tx, id.0));
            events.iter().filter(|event| event.kind == "ConcernDeadlinePassed").count()
        };
        assert!(town.concern(no).now.passed && passed() == 1);
        town.step(Role::TownDesk, east, no, Step::FirstContact);
        assert!(town.concern(no).now.passed, "the answer is as late as it was");
        town.tick();
        assert_eq!(passed(), 1);
        town.assert_clean();
    }

    fn what_is_about_the_district_is_handled_by_another_hand_of_oversight(store) {
        let town = Town::new(store);
        let world = &town.world;
        let form = Submit { confidential: true, about_unit: Some(world.district), ..town.form(world.grids[0]) };
        let receipt = town.submit(form);
        let no = receipt.no.as_str();
        assert_eq!(town.concern(no).now.desk, world.oversight);
        let overseer = world.actor(Role::Oversight);
        // Somebody leaves their post for another one, in the unit of oversight.
        let moves = |member: &people::testing::Member, role: Role, reach| {
            let (granting, unit, person, token) = (world.actor(Role::SecurityAdmin), world.oversight, member.person, member.token);
            town.write(move |tx, ctx| {
                let grant = granting.has::<people::Grant>().unwrap();
                let held = people::read::holdings_of(tx, person)?.first().unwrap().id;
                people::release(tx, ctx, &grant, held, ctx.now).unwrap();
                let post = people::CreatePost { unit, reach, role, title: "新岗位".into() };
                let post = people::create_post(tx, ctx, people::Authority::Console, &post).unwrap();
                people::hold(tx, ctx, &grant, person, post, ctx.now).unwrap();
                people::sign::actor(tx, ctx.now, &token)
            })
            .unwrap()
            .unwrap()
        };
        let second = moves(world.member_in(Role::DepartmentLead, world.departments[0]), Role::Oversight, Some(world.district));
        let (writer, number, key) = (overseer.clone(), no.to_owned(), town.key());
        town.write(move |tx, ctx| {
            let input = Redact { op_key: key, no: number.clone(), of: None, handlers: "有人反映区里的事。".into(), share_photos: false };
            redact(tx, ctx, &writer.has::<Desk>().unwrap(), &input)
        })
        .unwrap();
        let (waits, number, key) = (town.concern(no).redactions[0].event, no.to_owned(), town.key());
        town.write(move |tx, ctx| {
            let input = Approve { op_key: key, no: number.clone(), of: waits, pass: true, reason: None };
            approve(tx, ctx, &second.has::<Desk>().unwrap(), &input)
        })
        .unwrap();
        let sent = || town.attempt(&overseer, no, town.concern(no).v, &Step::Dispatch(world.oversight, "03")).unwrap();
        assert!(matches!(sent(), Err(StepError::NotNow(NotNow::AllKnowCaller))));
        let officer = moves(world.member_in(Role::DepartmentStaff, world.departments[1]), Role::DepartmentStaff, None);
        assert!(sent().is_ok());
        let claims = |actor: &Actor| town.attempt(actor, no, town.concern(no).v, &Step::Claim).unwrap();
        assert!(matches!(claims(&overseer), Err(StepError::NotNow(NotNow::KnowsCaller))));
        assert!(claims(&officer).is_ok());
        town.assert_clean();
    }

    fn what_came_of_speaking_with_the_caller_is_not_shown_to_handlers(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        let (desk, caller) = (world.actor_in(Role::TownDesk, east), world.actor_in(Role::CallBack, world.call_back));
        let handler = world.actor_in(Role::DepartmentStaff, department);
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        let opens = |actor: &Actor, reason: &'static str| {
            let (actor, no) = (actor.clone(), no.to_owned());
            town.write(move |tx, ctx| open_contact(tx, ctx, &actor, &OpenContact { no: no.clone(), reason: reason.into() }).map(drop)).unwrap();
        };
        opens(&desk, "问三楼的周女士是哪个桶");
        town.to_call_back(no);
        opens(&caller, "给周女士回访");
        for answer in [None, Some(Answer { contacted: Some(false), solved: false, satisfied: Some(false), words: Some("又满了".into()) })] {
            let (actor, number, key, v, answer) = (caller.clone(), no.to_owned(), town.key(), town.concern(no).v, answer.clone());
            town.write(move |tx, ctx| {
                let proof = actor.has::<permissions::CallBack>().unwrap();
                let note = Some("三楼周女士家老人接的".to_owned());
                call_back(tx, ctx, &proof, &CallBack { op_key: key, no: number.clone(), v, channel: Channel::Phone, answer: answer.clone(), note })
            })
            .unwrap();
        }
        assert!(notes(&town, &desk, no).matches("周女士").count() == 4, "the desk knows the caller: {}", notes(&town, &desk, no));
        let read = notes(&town, &handler, no);
        assert!(!read.contains("周女士") && !read.contains("三楼"), "{read}");
        assert!(read.contains("因为需要这样办理"), "what the desk wrote for the unit stands there: {read}");
        town.assert_clean();
    }

    fn what_a_confidential_caller_says_later_is_passed_on_whole(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], department) = (world.towns, world.departments[0]);
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        let desk = world.actor_in(Role::TownDesk, east);
        let offered = || detail(&town, &desk, no).acts.contains(&concerns::sight::Act::Relay);
        let last = |found: fn(&concerns::events::Happened) -> bool| {
            detail(&town, &desk, no).entries.iter().rev().find(|entry| found(&entry.happened)).unwrap().event
        };
        town.redact(no, None, "有居民反映垃圾清运不及时。", false);
        town.step(Role::TownDesk, east, no, Step::Dispatch(department, "01"));
        assert!(!offered(), "nothing was said since");
        add(&town, &receipt, Some("桶在东边"), None);
        add(&town, &receipt, Some("晚上更满"), None);
        assert!(offered());
        town.redact(no, Some(last(|happened| matches!(happened, concerns::events::Happened::ConcernAdded(_)))), "东边的桶，晚上更满。", false);
        assert!(!offered(), "both were passed on at once");
        town.step(Role::DepartmentStaff, department, no, Step::Claim);
        town.step(Role::DepartmentStaff, department, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        // What is said at a call-back and on opening again is needed by who does it anew.
        town.step(Role::CallBack, world.call_back, no, Step::CallBack(Some(false)));
        assert!(offered());
        let answered = last(|happened| matches!(happened, concerns::events::Happened::ConcernCalledBack(_)));
        town.redact(no, Some(answered), "反映人说还没有清运。", false);
        assert!(!offered());
        let handler = detail(&town, &world.actor_in(Role::DepartmentStaff, department), no);
        let told: Vec<&str> = handler.entries.iter().filter_map(|entry| entry.handlers.as_deref()).collect();
        assert_eq!(told, ["有居民反映垃圾清运不及时。", "东边的桶，晚上更满。", "反映人说还没有清运。"]);
        let (actor, number, key) = (desk.clone(), no.to_owned(), town.key());
        let dispatched = last(|happened| matches!(happened, concerns::events::Happened::ConcernDispatched(_)));
        let not_said = town.write(move |tx, ctx| {
            let proof = actor.has::<Desk>().unwrap();
            redact(tx, ctx, &proof, &Redact { op_key: key, no: number.clone(), of: Some(dispatched), handlers: "有人".into(), share_photos: false })
        });
        assert!(matches!(not_said, Err(StepError::Invalid(_))), "{not_said:?}");
        town.assert_clean();
    }

    fn photos_that_came_since_are_looked_at_before_they_are_shared(store) {
        let town = Town::new(store);
        let world = &town.world;
        let receipt = confidential(&town);
        let no = receipt.no.as_str();
        let (desk, second) = (world.actor_in(Role::TownDesk, world.towns[0]), world.actor(Role::DistrictDesk));
        add(&town, &receipt, None, Some(b"a bin"));
        let write = |share_photos: bool| {
            let (desk, number, key) = (desk.clone(), no.to_owned(), town.key());
            town.write(move |tx, ctx| {
                let proof = desk.has::<Desk>().unwrap();
                redact(tx, ctx, &proof, &Redact { op_key: key, no: number.clone(), of: None, handlers: "有居民反映垃圾。".into(), share_photos })
            })
            .unwrap();
            town.concern(no).redactions.last().unwrap().event
        };
        let judge = |of, pass: bool| {
            let (second, number, key) = (second.clone(), no.to_owned(), town.key());
            town.write(move |tx, ctx| {
                let proof = second.has::<Desk>().unwrap();
                let reason = (!pass).then(|| "新照片里有门牌".to_owned());
                approve(tx, ctx, &proof, &Approve { op_key: key, no: number.clone(), of, pass, reason })
            })
        };
        let first = write(true);
        add(&town, &receipt, None, Some(b"a door with its number"));
        let refused = judge(first, true);
        assert!(matches!(refused, Err(StepError::NotNow(NotNow::PhotosSince))), "{refused:?}");
        judge(first, false).unwrap();
        judge(write(false), true).unwrap();
        let department = world.departments[0];
        town.step(Role::TownDesk, world.towns[0], no, Step::Dispatch(department, "01"));
        let read = detail(&town, &world.actor_in(Role::DepartmentStaff, department), no);
        assert!(read.entries.iter().all(|entry| entry.photos.is_empty()));
        town.assert_clean();
    }

    fn who_is_told_that_theirs_is_a_repeat_reads_what_came_of_the_other(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let (one, other) = (town.submit(town.form(town.world.grids[0])), town.submit(town.form(town.world.grids[0])));
        let (desk, no, key, duplicate_of) = (town.world.actor_in(Role::TownDesk, east), one.no.clone(), town.key(), Some(other.no.clone()));
        town.write(move |tx, ctx| {
            let proof = desk.has::<Desk>().unwrap();
            let reason = "和另一件是同一个桶，已于今天清运。".to_owned();
            let (no, duplicate_of) = (no.clone(), duplicate_of.clone());
            archive(tx, ctx, &proof, &Archive { op_key: key, no, v: 1, outcome: Outcome::Duplicate, duplicate_of, reason, shown: None })
        })
        .unwrap();
        let holder = town.holder(&one);
        let page = town.read(move |tx, ctx| concerns::read::tracking(tx, ctx, &holder)).unwrap();
        assert_eq!(page.entries.last().unwrap().shown.as_deref(), Some("和另一件是同一个桶，已于今天清运。"));
        town.assert_clean();
    }
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn the_desk_passes_on_what_was_added_and_is_told_what_gives_away(app) {
        catalogue(app);
        let resident = app.client();
        let (no, secret) = report(app, &resident, "", &[("who", "phone"), ("phone", "13800001234"), ("name", "李慧敏"), ("flag", "confidential")]);
        let (receipt, department) = (format!("/r/{no}/{secret}"), app.world().departments[0].to_string());
        let (desk, second) = (app.staff_in(Role::TownDesk, app.world().towns[0]), app.staff(Role::DistrictDesk));
        let page = desk.get(&format!("/work/c/{no}/redact")).expect(200);
        let form = format!("form[action=/work/c/{no}/redact]");
        let again = desk.submit(&page, &form, &[("handlers", "李慧敏反映路灯不亮")]).expect(422).says("有反映人的称呼或电话");
        assert_eq!(again.html().first("textarea[name=handlers]").map(|node| node.text()), Some("李慧敏反映路灯不亮".to_owned()), "what was typed stays");
        step(&desk, &no, "redact", &[("handlers", "有居民反映路灯不亮")]);
        step(&second, &no, "approve", &[("pass", "1")]);
        let page = desk.get(&format!("/work/c/{no}/dispatch")).expect(200);
        let typed = [("kind", "01"), ("unit", &department[..]), ("note", "打李慧敏电话问")];
        desk.submit(&page, &format!("form[action=/work/c/{no}/dispatch]"), &typed).expect(422).says("承办人员看得到这里");
        step(&desk, &no, "dispatch", &[("kind", "01"), ("unit", &department), ("note", "请到现场看")]);
        assert!(!desk.get(&format!("/work/c/{no}")).expect(200).text().contains("转补充内容"), "nothing was added yet");
        desk.get(&format!("/work/c/{no}/relay")).leads_to("/work/c/");
        for body in ["李慧敏：西门也不亮", "昨晚又坏了"] {
            let page = resident.get(&receipt).expect(200);
            resident.submit_files(&page, &format!("form[action={receipt}/add]"), &[("body", body)], &[]).leads_to("/r/");
        }
        let page = desk.get(&format!("/work/c/{no}")).expect(200).says("转补充内容");
        drop(page);
        desk.get(&format!("/work/c/{no}/relay")).expect(200).says("西门也不亮").says("昨晚又坏了");
        step(&desk, &no, "relay", &[("handlers", "西门也不亮，昨晚又坏了")]);
        second.get(&format!("/work/c/{no}/approve")).expect(200).says("李慧敏：西门也不亮").says("昨晚又坏了");
        step(&second, &no, "approve", &[("pass", "1")]);
        assert!(!desk.get(&format!("/work/c/{no}")).expect(200).text().contains("转补充内容"));
        let officer = app.staff_in(Role::DepartmentStaff, app.world().departments[0]);
        let page = officer.get(&format!("/work/c/{no}")).expect(200).says("西门也不亮，昨晚又坏了");
        assert!(!page.text().contains("李慧敏"));
    }

    fn a_name_alone_is_not_taken_for_somebody(app) {
        catalogue(app);
        let community = app.world().communities[0];
        let worker = app.staff_in(Role::CommunitySecretary, community);
        let page = worker.get("/work/new").expect(200);
        let place = community.to_string();
        let typed = [("source", "counter"), ("text", "办事时态度不好，推来推去"), ("place", &place[..])];
        let with = |more: &[(&'static str, &'static str)]| [&typed[..], more].concat();
        let form = "form[action=/work/new]";
        let again = worker.submit_files(&page, form, &with(&[("about_name", "王建国")]), &[]).expect(422).says("请选这个单位");
        assert_eq!(
            again.html().first("input[name=about_name]").and_then(|node| node.attribute("value").map(str::to_owned)),
            Some("王建国".into())
        );
        let again = worker.submit_files(&page, form, &with(&[("name", "赵大妈")]), &[]).expect(422).says("写了称呼就要有电话");
        assert_eq!(again.html().first("input[name=name]").and_then(|node| node.attribute("value").map(str::to_owned)), Some("赵大妈".into()));
    }
}
