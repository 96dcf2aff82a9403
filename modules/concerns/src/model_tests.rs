//! Random lives of concerns: whatever is done in whatever order, the invariants hold after each step.

use proptest::prelude::*;

use super::*;
use crate::line::testing::{CALL_BACK, Little, OVERSIGHT, UNITS, unit};
use base::Id;

/// Every rule is due a day later; what matters here is that there is a deadline, and whose.
struct Daily;

impl Clocks for Daily {
    fn due(&self, rule: &str, from: Time) -> Due {
        Due { at: from.plus(Time::DAY), rule: rule.into() }
    }

    fn knows(&self, rule: &str, _: Time) -> bool {
        rule.ends_with(".extend")
    }

    fn blocks(&self, _: &str, _: Time) -> bool {
        true
    }

    fn later(&self, due: &Due, from: Time, to: Time) -> Time {
        due.at.plus(to.0 - from.0)
    }
}

fn person(n: u8) -> PersonId {
    PersonId(Id([n; 16]))
}

fn other() -> ConcernId {
    ConcernId(Id([9; 16]))
}

fn ground(at: Time) -> Ground<'static> {
    static CALLERS: std::sync::LazyLock<[UnitId; 1]> = std::sync::LazyLock::new(|| [unit(CALL_BACK)]);
    Ground { lines: &Little, clocks: &Daily, at, call_back: &*CALLERS, posts_of_person: &[], confidential: false }
}

fn begun(place: u8, about: Option<u8>, reachable: bool) -> Standing {
    let bars: Vec<UnitId> = about.map(unit).into_iter().collect();
    let desk = line::desk(&Little, Some(unit(place)), &bars, &[unit(OVERSIGHT)]).unwrap();
    Standing::received(&Daily, Time(0), desk, None, reachable, bars)
}

fn steps() -> impl Strategy<Value = Step> {
    let person = || (0..3u8).prop_map(person);
    let to = || (0..UNITS + 1).prop_map(unit);
    prop_oneof![
        6 => (to(), any::<bool>()).prop_map(|(unit, departments_only)| Step::Dispatch { unit, kind: Some("k".into()), departments_only, term: None }),
        2 => Just(Step::Object),
        2 => Just(Step::Uphold),
        2 => Just(Step::Refuse),
        6 => person().prop_map(|person| Step::Claim { person }),
        2 => Just(Step::FirstContact),
        2 => Just(Step::Escalate),
        2 => (to(), any::<bool>()).prop_map(|(unit, departments_only)| Step::SendDown { unit, departments_only }),
        6 => person().prop_map(|person| Step::Resolve { person }),
        6 => person().prop_map(|person| Step::Pass { person }),
        1 => person().prop_map(|person| Step::Return { person }),
        2 => Just(Step::Try),
        3 => any::<bool>().prop_map(|solved| Step::Answer { solved }),
        2 => Just(Step::Reopen),
        1 => proptest::sample::select(Outcome::ALL).prop_map(|outcome| Step::Archive { outcome }),
        2 => Just(Step::Pause),
        2 => Just(Step::Resume),
        2 => person().prop_map(|person| Step::AskExtension { person }),
        2 => person().prop_map(|person| Step::GrantExtension { person }),
        1 => person().prop_map(|person| Step::RefuseExtension { person }),
        2 => proptest::collection::vec(to(), 0..3).prop_map(|units| Step::Whistle { units }),
        1 => person().prop_map(|person| Step::Merge { into: other(), person, resolve_by: None }),
        1 => Just(Step::Unmerge),
        1 => (to(), person()).prop_map(|(unit, person)| {
            Step::Follow(Followed { handler: Some(unit), resolver: Some(person), involved: vec![unit] })
        }),
    ]
}

fn holds(now: &Standing) {
    let open = now.is_open();
    assert_eq!(now.holder.is_some(), open, "a holder as long as it is open: {now:?}");
    assert_eq!(now.due.is_some(), open, "a deadline as long as it is open: {now:?}");
    assert_eq!(now.outcome.is_none(), open, "{now:?}");
    assert_eq!(now.closed_at.is_none(), open, "{now:?}");
    for unit in now.holder.iter().chain(now.handler.iter()).chain(now.involved.iter().map(|i| &i.unit)) {
        assert!(!now.bars(&Little, *unit), "{unit} is barred: {now:?}");
    }
    assert_eq!(now.assignee.is_some(), now.state == State::InHand, "{now:?}");
    assert_eq!(now.resolve_by.is_none() && open, matches!(now.state, State::Received) && open, "{now:?}");
    assert!(now.round >= 1 && now.tries >= 0);
    if matches!(now.state, State::Dispatched | State::InHand | State::Resolved | State::CallBack | State::Objected)
        && now.merged_into.is_none()
    {
        // With another's answer comes the unit that gave it, whatever the desk once agreed for this one.
        let follows = now.state == State::CallBack;
        assert!(now.involved.iter().any(|i| Some(i.unit) == now.handler && (follows || !i.excused)), "{now:?}");
    }
    for waits in [now.pause.is_some(), now.asked_by.is_some(), now.merged_into.is_some()] {
        assert!(!waits || now.state == State::InHand, "only what is in hand waits: {now:?}");
    }
    assert!(now.merged_into.is_none() || (now.holder == Some(now.desk) && now.bars.is_empty() && now.pause.is_none()), "{now:?}");
    assert!(now.involved.is_sorted() && now.involved.windows(2).all(|w| w[0].unit != w[1].unit));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_life_breaks_the_invariants(
        place in 0..UNITS, about in proptest::option::of(0..UNITS), reachable in any::<bool>(),
        life in proptest::collection::vec((steps(), 0..3i64), 1..60),
    ) {
        let mut now = begun(place, about, reachable);
        holds(&now);
        let mut at = Time(0);
        for (step, days) in life {
            at = at.plus(days * Time::DAY + 1);
            let Ok(then) = next(&now, &step, &ground(at)) else { continue };
            holds(&then);
            assert!(then.round >= now.round && then.round <= now.round + 1);
            if now.is_open() && !then.is_open() {
                assert!(matches!(step, Step::Archive { .. }) || (now.state == State::CallBack && step == Step::Answer { solved: true }));
                assert!(step != Step::Archive { outcome: Outcome::Solved });
            }
            if !now.is_open() {
                assert_eq!(&step, &Step::Reopen);
                assert!(at <= now.reopen_until(&Daily).unwrap());
            }
            if let Step::Pass { person } | Step::Return { person } = step {
                assert!(now.resolver != Some(person), "nobody reviews their own answer");
            }
            if let Step::Dispatch { unit, .. } | Step::SendDown { unit, .. } = step {
                assert!(!now.involved.iter().any(|i| i.unit == unit && i.excused), "an upheld objection is for good");
            }
            if let Some(pause) = now.pause.as_ref().filter(|_| step == Step::Resume) {
                let (was, is) = (pause.due.at, then.due.as_ref().unwrap().at);
                assert_eq!(is.0 - was.0, at.0 - pause.at.0, "what stood still is given back, no more and no less");
            }
            if let Step::GrantExtension { person } | Step::RefuseExtension { person } = step {
                assert!(now.asked_by.is_some_and(|asked| asked != person), "nobody decides on their own request");
                assert!(then.resolve_by >= now.resolve_by && (then.extended || step == Step::RefuseExtension { person }));
            }
            assert!(now.merged_into.is_none() || matches!(step, Step::Unmerge | Step::Follow(_) | Step::Archive { .. }), "{step:?}");
            if then.state == State::CallBack && now.state == State::Resolved {
                let unit = then.holder.unwrap();
                assert!(unit == now.desk || line::is_outside(&Little, &then.involved, unit));
            }
            now = then;
        }
    }

    #[test]
    fn from_everywhere_there_is_a_way_to_the_end(
        place in 0..UNITS, about in proptest::option::of(0..UNITS), reachable in any::<bool>(),
        life in proptest::collection::vec((steps(), 0..2i64), 0..30),
    ) {
        let mut now = begun(place, about, reachable);
        let mut at = Time(0);
        for (step, days) in life {
            at = at.plus(days * Time::DAY + 1);
            now = next(&now, &step, &ground(at)).unwrap_or(now);
        }
        for _ in 0..14 {
            at = at.plus(2 * Time::DAY);
            let step = match now.state {
                State::Received => {
                    let free = (0..UNITS).map(unit).find(|unit| {
                        !now.bars(&Little, *unit) && !now.involved.iter().any(|i| i.unit == *unit && i.excused)
                    });
                    match free {
                        Some(unit) => Step::Dispatch { unit, kind: None, departments_only: false, term: None },
                        None => Step::Archive { outcome: Outcome::Withdrawn },
                    }
                }
                State::Objected => Step::Refuse,
                State::Dispatched => Step::Claim { person: person(0) },
                State::InHand if now.pause.is_some() => Step::Resume,
                State::InHand if now.merged_into.is_some() => Step::Unmerge,
                State::InHand => Step::Resolve { person: person(0) },
                State::Resolved => Step::Pass { person: if now.resolver == Some(person(1)) { person(2) } else { person(1) } },
                State::CallBack => Step::Answer { solved: true },
                State::Archived => break,
            };
            now = next(&now, &step, &ground(at)).unwrap();
        }
        assert_eq!(now.state, State::Archived);
    }
}

#[test]
fn the_long_way_round() {
    let mut now = begun(6, None, true);
    let at = Time(Time::HOUR);
    let go = |now: &mut Standing, step: Step| {
        *now = next(now, &step, &ground(at)).unwrap_or_else(|e| panic!("{step:?} in {:?}: {e}", now.state));
    };
    let to = |n| Step::Dispatch { unit: unit(n), kind: Some("water".into()), departments_only: true, term: None };
    go(&mut now, to(8));
    go(&mut now, Step::Claim { person: person(1) });
    assert_eq!(now.due.as_ref().unwrap().rule, rule::CONTACT);
    go(&mut now, Step::Object);
    go(&mut now, Step::Uphold);
    assert_eq!(next(&now, &to(8), &ground(at)), Err(NotNow::Excused));
    assert_eq!(next(&now, &to(3), &ground(at)), Err(NotNow::DepartmentDuty));
    go(&mut now, Step::Dispatch { unit: unit(3), kind: None, departments_only: false, term: None });
    assert_eq!(next(&now, &Step::SendDown { unit: unit(5), departments_only: false }, &ground(at)), Err(NotNow::NotBelow));
    go(&mut now, Step::SendDown { unit: unit(6), departments_only: false });
    go(&mut now, Step::Escalate);
    go(&mut now, Step::Escalate);
    assert_eq!(now.holder, Some(unit(1)));
    go(&mut now, Step::Object);
    go(&mut now, Step::Refuse);
    assert_eq!(next(&now, &Step::Object, &ground(at)), Err(NotNow::NoObjection));
    go(&mut now, Step::Claim { person: person(1) });
    go(&mut now, Step::FirstContact);
    assert_eq!((now.due.as_ref().unwrap().rule.as_str(), now.due.as_ref().map(|d| d.at)), (rule::RESOLVE, now.resolve_by));
    assert_eq!(next(&now, &Step::FirstContact, &ground(at)), Err(NotNow::Already));
    go(&mut now, Step::Resolve { person: person(1) });
    assert_eq!(next(&now, &Step::Pass { person: person(1) }, &ground(at)), Err(NotNow::OwnAnswer));
    go(&mut now, Step::Return { person: person(2) });
    assert_eq!((now.holder, now.assignee), (Some(unit(1)), Some(person(1))));
    go(&mut now, Step::Resolve { person: person(1) });
    go(&mut now, Step::Pass { person: person(2) });
    assert_eq!(now.holder, Some(unit(CALL_BACK)));
    assert_eq!(next(&now, &Step::Archive { outcome: Outcome::Unreachable }, &ground(at)), Err(NotNow::NotTried));
    assert_eq!(next(&now, &Step::Archive { outcome: Outcome::Solved }, &ground(at)), Err(NotNow::NotForDesk));
    go(&mut now, Step::Answer { solved: false });
    assert_eq!((now.state, now.round, now.holder), (State::Received, 2, Some(unit(1))));
    go(&mut now, to(9));
    go(&mut now, Step::Claim { person: person(1) });
    go(&mut now, Step::Resolve { person: person(1) });
    go(&mut now, Step::Pass { person: person(2) });
    go(&mut now, Step::Try);
    go(&mut now, Step::Archive { outcome: Outcome::Unreachable });
    assert_eq!(now.outcome, Some(Outcome::Unreachable));
    go(&mut now, Step::Reopen);
    assert_eq!((now.state, now.round, now.tries), (State::Received, 3, 0));
}

#[test]
fn a_petition_is_reviewed_twice_and_then_ends() {
    let rules = base::rules::Rules::builtin();
    let ground = |at: Time| Ground { lines: &Little, clocks: &*rules, at, call_back: &[], posts_of_person: &[], confidential: false };
    let mut at = Time::from_civil("2026-11-23T09:00".parse().unwrap());
    let mut now = begun(6, None, true);
    let term = |term: &str| Some(term.to_owned());
    for (asked, kept, days) in
        [(term("terms.petition"), "terms.petition", 60), (None, "terms.petition_review", 30), (None, "terms.petition_final", 30)]
    {
        now = next(&now, &Step::Dispatch { unit: unit(8), kind: None, departments_only: false, term: asked }, &ground(at)).unwrap();
        assert_eq!((now.answer_rule(), now.resolve_by.unwrap().date()), (kept, at.plus(days * Time::DAY).date()));
        now = next(&now, &Step::Claim { person: person(0) }, &ground(at)).unwrap();
        let contact = if kept == "terms.petition" { "terms.petition.contact" } else { rule::CONTACT };
        assert_eq!(now.due.as_ref().unwrap().rule, contact);
        now = next(&now, &Step::Resolve { person: person(0) }, &ground(at)).unwrap();
        now = next(&now, &Step::Pass { person: person(1) }, &ground(at)).unwrap();
        now = next(&now, &Step::Answer { solved: true }, &ground(at)).unwrap();
        at = at.plus(29 * Time::DAY);
        let again = next(&now, &Step::Reopen, &ground(at));
        match kept {
            "terms.petition_final" => assert_eq!(again, Err(NotNow::Final)),
            _ => now = again.unwrap(),
        }
    }
}
