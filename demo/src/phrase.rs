//! Phrases with choices and slots, from which the demo's texts are put together.
//!
//! `{a|b|c}` is one of several, nested if need be; `{=a|b}` the one that belongs to the scene's variant; `<小区>` is a slot of the scene; `<3-20>` is a
//! number, `<100-900/50>` one in steps. A slot the scene does not know is left standing, which a
//! test over all texts finds.

use crate::dice::Dice;

/// What slots are filled with.
pub trait Slots {
    /// The text of a slot, if the scene has it.
    fn slot(&self, name: &str) -> Option<String>;

    /// Which of the variants of a matter it is, so that all texts about it tell the same one.
    fn variant(&self) -> usize;
}

/// Put a phrase together.
pub fn expand(phrase: &str, dice: &mut Dice, slots: &dyn Slots) -> String {
    let mut out = String::with_capacity(phrase.len());
    into(phrase, dice, slots, &mut out);
    out
}

fn into(phrase: &str, dice: &mut Dice, slots: &dyn Slots, out: &mut String) {
    let mut rest = phrase;
    while let Some(at) = rest.find(['{', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let inner = &rest[1..];
        if rest.starts_with('<') {
            let Some(end) = inner.find('>') else { break };
            let name = &inner[..end];
            match number(name, dice).or_else(|| slots.slot(name)) {
                Some(text) => out.push_str(&text),
                None => out.push_str(&rest[..end + 2]),
            }
            rest = &inner[end + 1..];
        } else {
            let (choices, end) = choices(inner);
            match choices.first().and_then(|first| first.strip_prefix('=')) {
                Some(first) => {
                    let at = slots.variant() % choices.len();
                    into(if at == 0 { first } else { choices.get(at).copied().unwrap_or(first) }, dice, slots, out);
                }
                None => into(dice.word(&choices), dice, slots, out),
            }
            rest = &inner[end..];
        }
    }
    out.push_str(rest);
}

/// The parts between the bars of the outermost braces, and where the closing brace ends.
fn choices(inner: &str) -> (Vec<&str>, usize) {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, mark) in inner.char_indices() {
        match mark {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '|' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            '}' => {
                parts.push(&inner[start..at]);
                return (parts, at + 1);
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    (parts, inner.len())
}

fn number(name: &str, dice: &mut Dice) -> Option<String> {
    let (range, step) = name.split_once('/').unwrap_or((name, "1"));
    let (low, high) = range.split_once('-')?;
    let (low, high, step): (i64, i64, i64) = (low.parse().ok()?, high.parse().ok()?, step.parse().ok()?);
    let steps = (high - low) / step.max(1);
    Some((low + dice.between(0, steps) * step).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;
    impl Slots for One {
        fn slot(&self, name: &str) -> Option<String> {
            (name == "路").then(|| "和平路".into())
        }
        fn variant(&self) -> usize {
            4
        }
    }

    #[test]
    fn choices_slots_and_numbers() {
        let mut dice = Dice::new(3);
        for _ in 0..200 {
            let text = expand("{在<路>|{甲|乙}处}等了<3-5>天，花了<100-200/50>元<未知>", &mut dice, &One);
            let (place, rest) = text.split_once("等了").expect("fixed part");
            assert!(["在和平路", "甲处", "乙处"].contains(&place), "{place}");
            let (days, money) = rest.split_once("天，花了").expect("fixed part");
            assert!(["3", "4", "5"].contains(&days), "{days}");
            assert!(["100元<未知>", "150元<未知>", "200元<未知>"].contains(&money), "{money}");
        }
        assert_eq!(expand("{=甲|乙|丙}{=丁|戊{子|子}}", &mut dice, &One), "乙丁");
        assert_eq!(expand("没有闭合{甲", &mut dice, &One), "没有闭合甲");
        assert_eq!(expand("没有闭合<路", &mut dice, &One), "没有闭合<路");
    }
}
