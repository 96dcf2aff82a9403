//! Prints some of the invented concerns with their answers, to be read by a person.
//! `cargo run -p demo --example texts [SEED]`
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use base::{Date, Time};
use demo::data::Data;
use demo::dice::Dice;
use demo::plan::{Plan, Size};
use demo::scene::{self, Scene};
use demo::words;

fn main() -> Result<(), String> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let data = Data::load()?;
    let plan = Plan::draw(&data, &Dice::new(seed), Size::Full);
    let mut dice = Dice::new(seed).stream("show");
    let at = Time::from_civil(Date::constant(2026, 7, 3).at(10, 0, 0, 0));
    for _ in 0..15 {
        let Some(community) = dice.pick(&plan.communities) else { break };
        let month = 1 + i8::try_from(dice.below(12)).unwrap_or(0);
        let drawn = dice.weighted(data.situations.iter().map(|s| scene::weight(s, community.village, month)));
        let Some(situation) = data.situations.get(drawn) else { break };
        let scene = Scene::draw(&data, &plan, community, situation, &mut dice, at);
        let told = words::told(situation, &scene, &mut dice);
        let ending = if dice.chance(700) { words::Ending::Done } else { words::Ending::Planned };
        let given = words::Given { unit: "区城市管理局", phone: Some("0380-8801021"), at, title: &told.title, ending };
        println!("【{}】{}\n{}\n  » {}\n", situation.kind, told.title, told.text, words::answer(situation, &scene, given, &mut dice));
    }
    Ok(())
}
