//! Random people do random things to a few concerns. Whatever they do: only who has the post succeeds,
//! no invariant breaks, and in the end the record and the tables agree.

use base::{Random, SeededRandom, Time};
use concerns::call_back::Answer;
use concerns::{Concern, NotNow, Outcome, State, StepError};
use people::{Actor, Role, Tree};

use crate::town::{Step, TREES, Town};

struct Dice(SeededRandom);

impl Dice {
    fn below(&self, n: usize) -> usize {
        usize::try_from(self.0.below(u64::try_from(n).unwrap())).unwrap()
    }

    fn one<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Who may take a step, said here once more and in other words than in the module.
fn has_the_post(town: &Town, tree: &Tree, actor: &Actor, concern: &Concern, step: &Step) -> bool {
    let now = &concern.now;
    let barred = |unit| concern.now.bars.iter().any(|bar| tree.is_within(unit, *bar)) && unit != now.desk;
    if concern.about_person == Some(actor.person) || actor.posts.iter().any(|held| barred(held.unit)) {
        return false;
    }
    let post = |roles: &[Role], over| actor.posts.iter().any(|held| roles.contains(&held.role) && tree.is_within(over, held.reach));
    let unit_of_town = concern.town.unwrap_or(now.desk);
    let handles_in = |unit| actor.posts.iter().any(|held| held.unit == unit && !held.role.is_admin() && held.role != Role::BranchSecretary);
    let id = concern.id;
    match step {
        Step::Whistle(_) | Step::CloseWhistle => {
            let roles = [Role::TownDesk, Role::TownLeader, Role::DistrictDesk];
            post(&roles, unit_of_town) || post(&roles, now.desk)
        }
        Step::Arrive | Step::Part(_) => {
            let called = town.read(move |tx, _| concerns::whistle::of(tx, id));
            called.iter().any(|called| called.closed_at.is_none() && handles_in(called.unit))
        }
        Step::Supervise => {
            let holder = now.holder.unwrap_or(now.desk);
            let above = [Role::TownDesk, Role::TownLeader, Role::DistrictDesk, Role::DistrictLeader, Role::Oversight];
            actor.posts.iter().any(|held| above.contains(&held.role) && held.unit != holder && tree.is_within(holder, held.reach))
        }
        Step::AnswerOrder => {
            let orders = town.read(move |tx, _| concerns::supervise::of(tx, id));
            orders.iter().any(|order| order.answered_at.is_none() && handles_in(order.unit))
        }
        Step::Dispatch(..)
        | Step::DispatchAs(..)
        | Step::Decide(_)
        | Step::Review(_)
        | Step::Archive(_)
        | Step::Grant(_)
        | Step::Merge(_)
        | Step::Unmerge => {
            let oversees = now.desk == town.world.oversight && actor.is(Role::Oversight);
            let desk = post(&[Role::TownDesk, Role::DistrictDesk], now.desk) || oversees;
            let own = matches!(step, Step::Review(_)) && now.resolver == Some(actor.person)
                || matches!(step, Step::Grant(_)) && now.asked_by == Some(actor.person);
            desk && !own
        }
        Step::CallBack(_) => {
            let line = |unit| now.involved.iter().any(|i| tree.is_within(unit, i.unit) || tree.is_within(i.unit, unit));
            let handled = |unit| now.involved.iter().any(|i| i.unit == unit);
            (actor.is(Role::CallBack) && !handled(town.world.call_back) && !line(town.world.call_back) | handled(town.world.district))
                || (actor.is(Role::DistrictDesk) && !handled(town.world.district))
        }
        _ => {
            let handling = [
                Role::GridWorker,
                Role::CommunityStaff,
                Role::CommunitySecretary,
                Role::TownStaff,
                Role::TownDesk,
                Role::TownLeader,
                Role::DepartmentStaff,
                Role::DepartmentLead,
                Role::DistrictDesk,
                Role::DistrictLeader,
            ];
            let Some(holder) = now.holder else { return false };
            let on_desk =
                post(&[Role::TownDesk, Role::DistrictDesk], now.desk) || (now.desk == town.world.oversight && actor.is(Role::Oversight));
            if concern.confidential && matches!(step, Step::FirstContact) {
                return on_desk;
            }
            if concern.confidential && on_desk {
                return false;
            }
            post(&handling, holder) || (holder == town.world.oversight && actor.is(Role::Oversight))
        }
    }
}

fn holds(tree: &Tree, concern: &Concern) {
    let now = &concern.now;
    assert_eq!(now.is_open(), now.holder.is_some() && now.due.is_some(), "{now:?}");
    assert_eq!(now.outcome.is_some(), now.state == State::Archived, "{now:?}");
    for unit in now.holder.iter().chain(&now.handler).chain(now.involved.iter().map(|i| &i.unit)) {
        assert!(*unit == now.desk || !now.bars.iter().any(|bar| tree.is_within(*unit, *bar)), "{unit} is barred: {now:?}");
    }
}

fn play(town: &Town, seed: u64, steps: usize) {
    let dice = Dice(SeededRandom::new(seed));
    let world = &town.world;
    let tree = town.read(|tx, _| people::tree(tx));
    let actors: Vec<Actor> = world.members.iter().map(|member| member.actor.clone()).collect();
    let units: Vec<_> = tree.all().map(|unit| unit.id).collect();
    let mut receipts = Vec::new();
    for n in 0..8 {
        let mut form = town.form(*dice.one(&world.grids));
        form.confidential = n % 3 == 1;
        if n % 4 == 2 {
            form.contact = None;
        }
        if n % 2 == 1 {
            form.about_unit =
                Some(*dice.one(&[world.towns[0], world.communities[0], world.departments[0], world.district, world.grids[0]]));
        }
        if n == 6 {
            form.about_person = Some(world.member_in(Role::CommunityStaff, world.communities[1]).person);
        }
        receipts.push(town.submit(form));
    }
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..steps {
        let receipt = dice.one(&receipts).clone();
        town.clock.advance(i64::try_from(dice.below(6)).unwrap() * Time::HOUR);
        if dice.below(8) == 0 {
            town.tick();
        }
        let concern = town.concern(&receipt.no);
        if dice.below(10) == 0 {
            let (holder, key, solved, which) = (town.holder(&receipt), town.key(), dice.below(2) == 0, dice.below(3));
            let done = town.write(move |tx, ctx| match which {
                0 => {
                    let answer = Answer { contacted: None, solved, satisfied: Some(solved), words: None };
                    concerns::call_back::answer(tx, ctx, &holder, &key, &answer)
                }
                1 => concerns::reopen::reopen(tx, ctx, &holder, &key, "还没有好"),
                _ => {
                    let add = concerns::reopen::Add { words: Some("再补充一点".into()), photos: vec![] };
                    concerns::reopen::add(tx, ctx, &holder, &key, &add)
                }
            });
            match (which, done) {
                (_, Ok(_)) => taken += 1,
                (0, Err(StepError::NotNow(_))) => assert_ne!(concern.now.state, State::CallBack),
                (_, Err(StepError::NotNow(_))) => {}
                (_, Err(other)) => panic!("{other}"),
            }
            holds(&tree, &town.concern(&receipt.no));
            continue;
        }
        // Mostly what fits the state, so that lives go on; sometimes anything at all.
        let unit = *dice.one(&units);
        let near = match concern.now.holder {
            Some(holder) => tree.children(holder).next().map_or(unit, |child| child.id),
            None => unit,
        };
        let fitting = match concern.now.state {
            State::Received => vec![Step::Dispatch(unit, "03"), Step::Dispatch(world.departments[1], "02")],
            State::Objected => vec![Step::Decide(true), Step::Decide(false)],
            State::Dispatched => vec![Step::Claim, Step::Claim, Step::Object, Step::Escalate, Step::SendDown(near)],
            State::InHand if concern.now.pause.is_some() => vec![Step::Resume, Step::Resume, Step::Resolve],
            State::InHand if concern.now.merged_into.is_some() => vec![Step::Unmerge, Step::Resolve, Step::Escalate],
            State::InHand => vec![
                Step::Resolve,
                Step::Resolve,
                Step::Resolve,
                Step::FirstContact,
                Step::Object,
                Step::Escalate,
                Step::SendDown(near),
                Step::Pause,
                Step::Ask,
                Step::Grant(true),
                Step::Grant(false),
                Step::Whistle(world.departments.to_vec()),
                Step::Arrive,
                Step::Arrive,
                Step::Part(true),
                Step::CloseWhistle,
                Step::Supervise,
                Step::AnswerOrder,
            ],
            State::Resolved => vec![Step::Review(true), Step::Review(true), Step::Review(false)],
            State::CallBack => {
                vec![Step::CallBack(None), Step::CallBack(Some(true)), Step::CallBack(Some(false)), Step::Archive(Outcome::Unreachable)]
            }
            State::Archived => vec![Step::Claim],
        };
        let another = dice.one(&receipts).no.clone();
        let any = [
            Step::Merge(vec![another.clone()]),
            Step::Merge(vec![another]),
            Step::Whistle(vec![world.departments[0]]),
            Step::Supervise,
            Step::Archive(Outcome::Court),
            Step::Dispatch(unit, "0101"),
            Step::Claim,
            Step::Resolve,
            Step::Review(true),
            Step::CallBack(Some(true)),
            Step::Archive(Outcome::Withdrawn),
            Step::Decide(true),
        ];
        let step = if dice.below(9) == 0 { dice.one(&any).clone() } else { dice.one(&fitting).clone() };
        let actor = dice.one(&actors).clone();
        let may = has_the_post(town, &tree, &actor, &concern, &step);
        match town.attempt(&actor, &receipt.no, concern.v, &step) {
            Some(Ok(done)) => {
                assert!(may, "{:?} took {step:?} of {concern:?}", actor.posts);
                let beside = matches!(
                    step,
                    Step::Arrive | Step::Part(_) | Step::CloseWhistle | Step::Supervise | Step::AnswerOrder | Step::Merge(_)
                );
                assert_eq!(done.v, concern.v + i64::from(!beside), "{step:?}");
                taken += 1;
            }
            Some(Err(StepError::NotFound | StepError::Denied | StepError::NotNow(_) | StepError::Invalid(_))) => {
                assert_eq!(town.concern(&receipt.no), concern, "a refused step changes nothing");
                refused += 1;
            }
            Some(Err(other)) => panic!("{step:?}: {other}"),
            None => refused += 1,
        }
        holds(&tree, &town.concern(&receipt.no));
    }
    // Where the clocks of each concern come from, the record says.
    for receipt in &receipts {
        let Concern { id, now, .. } = town.concern(&receipt.no);
        if now.is_open() && now.merged_into.is_none() {
            let (due, answer, objection) = town.read(move |tx, ctx| concerns::recount::ends_of(tx, ctx.rules(), id));
            assert_eq!((due, answer, objection), (now.due.clone(), now.resolve_by, now.object_by), "{now:?}");
        }
    }
    assert!(taken > steps / 20 && refused > steps / 4, "{taken} taken, {refused} refused");
}

store::both_engines! {
    TREES
    fn whoever_does_whatever(store) {
        let town = Town::new(store);
        play(&town, 1, 700);
        town.assert_clean();
    }

    fn whoever_does_whatever_else(store) {
        let town = Town::new(store);
        play(&town, 2, 700);
        town.assert_clean();
    }

    fn nobody_without_the_post_takes_a_step(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let department = town.world.departments[0];
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        let way = [
            (Role::TownDesk, east, Step::Dispatch(department, "01")),
            (Role::DepartmentStaff, department, Step::Claim),
            (Role::DepartmentStaff, department, Step::FirstContact),
            (Role::DistrictLeader, town.world.district, Step::Supervise),
            (Role::DepartmentStaff, department, Step::AnswerOrder),
            (Role::TownDesk, east, Step::Whistle(vec![town.world.departments[1]])),
            (Role::DepartmentLead, town.world.departments[1], Step::Arrive),
            (Role::DepartmentLead, town.world.departments[1], Step::Part(false)),
            (Role::TownDesk, east, Step::CloseWhistle),
            (Role::DepartmentStaff, department, Step::Pause),
            (Role::DepartmentStaff, department, Step::Resume),
            (Role::DepartmentStaff, department, Step::Ask),
            (Role::TownDesk, east, Step::Grant(true)),
            (Role::DepartmentStaff, department, Step::Object),
            (Role::TownDesk, east, Step::Decide(false)),
            (Role::DepartmentStaff, department, Step::Claim),
            (Role::DepartmentStaff, department, Step::Resolve),
            (Role::TownDesk, east, Step::Review(true)),
            (Role::CallBack, town.world.call_back, Step::CallBack(None)),
            (Role::TownDesk, east, Step::Archive(Outcome::Unreachable)),
        ];
        let tree = town.read(|tx, _| people::tree(tx));
        for (role, unit, step) in way {
            let concern = town.concern(no);
            for member in &town.world.members {
                if has_the_post(&town, &tree, &member.actor, &concern, &step) {
                    continue;
                }
                match town.attempt(&member.actor, no, concern.v, &step) {
                    None | Some(Err(StepError::Denied | StepError::NotFound | StepError::NotNow(NotNow::NoCall))) => {}
                    other => panic!("{:?} in {}: {step:?}: {other:?}", member.role, tree.full_name(member.unit)),
                }
            }
            town.step(role, unit, no, step);
        }
        town.assert_clean();
    }
}
