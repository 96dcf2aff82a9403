//! The texts are varied, fit their matter, and leave no slot unfilled.

use std::collections::HashSet;

use base::Date;

use super::*;
use crate::data::Data;
use crate::plan::{Plan, Size};
use crate::scene;

fn texts(count: usize) -> Vec<(String, Told, String)> {
    let data = Data::load().unwrap();
    let plan = Plan::draw(&data, &Dice::new(1), Size::Full);
    let mut dice = Dice::new(1).stream("texts");
    let at = Time::from_civil(Date::constant(2026, 7, 3).at(10, 0, 0, 0));
    let mut out = Vec::new();
    while out.len() < count {
        let community = dice.pick(&plan.communities).unwrap();
        let month = i8::try_from(dice.between(1, 12)).unwrap();
        let at_situation = dice.weighted(data.situations.iter().map(|s| scene::weight(s, community.village, month)));
        let situation = &data.situations[at_situation];
        let scene = Scene::draw(&data, &plan, community, situation, &mut dice, at);
        let said = told(situation, &scene, &mut dice);
        let ending = if dice.chance(700) { Ending::Done } else { Ending::Planned };
        let given = Given { unit: "区城市管理局", phone: Some("0380-8801021"), at, title: &said.title, ending };
        let reply = answer(situation, &scene, given, &mut dice);
        let rest = [
            objection(&scene, "区水务局", &mut dice),
            note(&scene, &mut dice),
            contact(&scene, &mut dice),
            escalation(&scene, &mut dice),
            sending_down(&scene, &mut dice),
            reopening(&scene, &mut dice),
            added(&scene, &mut dice),
            masked(situation, &scene, &mut dice),
        ];
        for text in rest.iter().chain([&said.title, &said.text, &reply]) {
            assert!(!text.contains(['<', '>', '{', '}', '|']), "{}: {text}", situation.kind);
            assert!(!text.is_empty() && !text.contains("。。") && !text.contains("，，"), "{}: {text}", situation.kind);
        }
        out.push((situation.kind.clone(), said, reply));
    }
    out
}

#[test]
fn no_slot_is_left_and_lengths_are_those_of_people() {
    let texts = texts(4000);
    let lengths: Vec<usize> = texts.iter().map(|(_, said, _)| said.text.trim().chars().count()).collect();
    assert!(*lengths.iter().min().unwrap() >= 10, "{:?}", lengths.iter().min());
    assert!((1000..=1600).contains(lengths.iter().max().unwrap()), "{:?}", lengths.iter().max());
    assert!(lengths.iter().filter(|n| **n < 30).count() > 200);
    assert!(lengths.iter().filter(|n| **n > 700).count() > 50);
    let different: HashSet<&str> = texts.iter().map(|(_, said, _)| said.text.as_str()).collect();
    assert!(different.len() > 3600, "{}", different.len());
    assert!(texts.iter().all(|(_, said, _)| (4..=40).contains(&said.title.chars().count())));
    assert!(texts.iter().all(|(_, _, reply)| (40..=500).contains(&reply.chars().count())));
}

#[test]
fn the_same_seed_says_the_same() {
    assert_eq!(texts(50), texts(50));
}
