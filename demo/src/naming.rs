//! Names of people: common surnames as often as they are, given names of their years, nobody known.

use std::collections::HashSet;

use crate::data::Names;
use crate::dice::Dice;

/// Draws names, none of them twice while there are others.
pub struct Naming<'a> {
    names: &'a Names,
    dice: Dice,
    used: HashSet<String>,
}

/// A drawn name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The surname.
    pub surname: String,
    /// The whole name.
    pub name: String,
    /// Whether it is a woman's.
    pub woman: bool,
}

impl<'a> Naming<'a> {
    /// Names from this stream.
    pub fn new(names: &'a Names, dice: Dice) -> Naming<'a> {
        Naming { names, dice, used: HashSet::new() }
    }

    /// A name of somebody of that age.
    pub fn draw(&mut self, age: i64) -> Named {
        let mut named = self.once(age);
        for _ in 0..20 {
            if !self.names.never.contains(&named.name) && self.used.insert(named.name.clone()) {
                break;
            }
            named = self.once(age);
        }
        named
    }

    fn once(&mut self, age: i64) -> Named {
        let woman = self.dice.chance(520);
        let given = match (age, woman) {
            (56.., true) => &self.names.women_older,
            (56.., false) => &self.names.men_older,
            (36..=55, true) => &self.names.women_middle,
            (36..=55, false) => &self.names.men_middle,
            (_, true) => &self.names.women_younger,
            (_, false) => &self.names.men_younger,
        };
        let at = self.dice.weighted(self.names.surnames.iter().map(|(_, share)| *share));
        let surname = self.names.surnames.get(at).map_or("王", |(name, _)| name.as_str()).to_owned();
        let given = self.dice.pick(given).map_or("敏", String::as_str);
        let given = self.blended(given, woman);
        Named { name: format!("{surname}{given}"), surname, woman }
    }

    /// Now and then the first half of one given name and the last of another, as parents do, so that
    /// a thousand people do not share two hundred names.
    fn blended(&mut self, given: &str, woman: bool) -> String {
        let pools =
            if woman { [&self.names.women_middle, &self.names.women_younger] } else { [&self.names.men_middle, &self.names.men_younger] };
        let halves: Vec<char> = given.chars().collect();
        let other: Vec<char> = self.dice.word_of(pools).chars().collect();
        match (halves.as_slice(), other.as_slice()) {
            ([first, last], [.., end]) if last != end && first != end && self.dice.chance(350) => [*first, *end].iter().collect(),
            _ => given.to_owned(),
        }
    }
}

impl Dice {
    fn word_of<'a>(&mut self, pools: [&'a Vec<String>; 2]) -> &'a str {
        let pool = if self.chance(500) { pools[0] } else { pools[1] };
        self.pick(pool).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn common_names_nobody_known_few_twice() {
        let data = Data::load().unwrap();
        let mut naming = Naming::new(&data.names, Dice::new(5).stream("names"));
        let drawn: Vec<Named> = (0..1000).map(|n| naming.draw(25 + n % 40)).collect();
        let different: HashSet<&str> = drawn.iter().map(|n| n.name.as_str()).collect();
        assert!(different.len() > 980, "{}", different.len());
        assert!(drawn.iter().all(|n| !data.names.never.contains(&n.name)));
        let wang = drawn.iter().filter(|n| n.surname == "王").count();
        assert!((40..140).contains(&wang), "{wang}");
    }
}
