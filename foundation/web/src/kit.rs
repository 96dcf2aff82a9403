//! What the macros of `kit.html` draw: plain values, already in the reader's language.

use std::fmt::Display;

use crate::lang::{Lang, fill};
use crate::shell::KitTexts;

/// What is wrong with a form, field by field, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, String)>);

impl Errors {
    /// Nothing is wrong.
    pub const fn none() -> Errors {
        Errors(Vec::new())
    }

    /// Note what is wrong with a field; the first message of a field counts.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let field = field.into();
        if !self.0.iter().any(|(f, _)| *f == field) {
            self.0.push((field, message.into()));
        }
    }

    /// What is wrong with this field; empty when nothing is.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(f, _)| f == field).map_or("", |(_, message)| message)
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields are wrong.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Field and message, in the order they were noted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(f, m)| (f.as_str(), m.as_str()))
    }
}

/// One thing to choose: a radio, a checkbox, an option of a select.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What stands beside it.
    pub label: String,
    /// A line under the label; may be empty.
    pub hint: String,
    /// Whether it is chosen.
    pub checked: bool,
}

impl Choice {
    /// A choice that is not chosen.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), hint: String::new(), checked: false }
    }

    /// With a line under its label.
    pub fn hint(self, hint: impl Into<String>) -> Choice {
        Choice { hint: hint.into(), ..self }
    }

    /// Chosen if so.
    pub fn chosen(self, checked: bool) -> Choice {
        Choice { checked, ..self }
    }

    /// Choices from value and label, with the one of this value chosen.
    pub fn list<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>, value: &str) -> Vec<Choice> {
        pairs.into_iter().map(|(v, label)| Choice::new(v, label).chosen(v == value)).collect()
    }
}

/// Choices under a heading, as the communities of a town.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// What stands under it.
    pub choices: Vec<Choice>,
}

impl Group {
    /// Whether one of its choices is chosen; it is then shown open.
    pub fn chosen(&self) -> bool {
        self.choices.iter().any(|choice| choice.checked)
    }
}

/// How a deadline stands: always an icon, a word and a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Light {
    /// In time.
    Blue,
    /// At most one working day is left.
    Yellow,
    /// Due today.
    Red,
    /// Past.
    Over,
    /// Closed: no deadline runs.
    Done,
    /// Nothing is due.
    #[default]
    None,
}

impl Light {
    /// The word in class names.
    pub const fn class(self) -> &'static str {
        match self {
            Light::Blue => "blue",
            Light::Yellow => "yellow",
            Light::Red => "red",
            Light::Over => "over",
            Light::Done => "done",
            Light::None => "none",
        }
    }

    /// The icon: a clock that runs, a clock that warns, a mark that it is past.
    pub const fn icon(self) -> &'static str {
        match self {
            Light::Blue => "clock",
            Light::Yellow => "hourglass",
            Light::Red => "alarm-clock",
            Light::Over => "circle-alert",
            Light::Done => "circle-check",
            Light::None => "minus",
        }
    }

    /// The word beside the icon.
    pub fn word(self, lang: Lang) -> &'static str {
        KitTexts::of(lang).light(&self)
    }
}

/// One line of a definition list: 地点 — 东街街道 东门社区.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub term: String,
    /// What is so.
    pub text: String,
    /// Where the text leads; may be empty.
    pub href: String,
    /// A link at the end of the line, as 修改; text and address, empty when there is none.
    pub change: (String, String),
}

impl Fact {
    /// A line without links.
    pub fn new(term: impl Into<String>, text: impl Into<String>) -> Fact {
        Fact { term: term.into(), text: text.into(), ..Fact::default() }
    }

    /// With an address behind its text.
    pub fn to(self, href: impl Into<String>) -> Fact {
        Fact { href: href.into(), ..self }
    }

    /// With a link at its end, on the page that checks answers before they are sent.
    pub fn change(self, text: impl Into<String>, href: impl Into<String>) -> Fact {
        Fact { change: (text.into(), href.into()), ..self }
    }
}

/// A photo with its small version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Photo {
    /// Address of the small version.
    pub thumb: String,
    /// Address of the whole photo.
    pub full: String,
    /// What it is, for those who do not see it: 「第 1 张照片」.
    pub alt: String,
}

/// How a step of a timeline stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepState {
    /// It happened.
    #[default]
    Past,
    /// It is where the matter stands now.
    Now,
    /// It is still to come.
    Next,
    /// It was not done in time, or was refused.
    Bad,
}

impl StepState {
    /// The word in class names.
    pub const fn class(self) -> &'static str {
        match self {
            StepState::Past => "past",
            StepState::Now => "now",
            StepState::Next => "next",
            StepState::Bad => "bad",
        }
    }
}

/// One step of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What happened, in a short sentence.
    pub title: String,
    /// When, as people say it.
    pub when: String,
    /// The same for machines (`datetime`); may be empty.
    pub at: String,
    /// Who: 「东街社区 王敏（社区书记）」; may be empty.
    pub who: String,
    /// Words that were said, in paragraphs; may be empty.
    pub text: String,
    /// A note in grey that only staff see; may be empty.
    pub note: String,
    /// How it stands.
    pub state: StepState,
    /// Photos that belong to it.
    pub photos: Vec<Photo>,
}

impl Step {
    /// A step that happened.
    pub fn new(title: impl Into<String>, when: impl Into<String>) -> Step {
        Step { title: title.into(), when: when.into(), ..Step::default() }
    }

    /// By whom.
    pub fn who(self, who: impl Into<String>) -> Step {
        Step { who: who.into(), ..self }
    }

    /// With words.
    pub fn text(self, text: impl Into<String>) -> Step {
        Step { text: text.into(), ..self }
    }

    /// With a note that staff see.
    pub fn note(self, note: impl Into<String>) -> Step {
        Step { note: note.into(), ..self }
    }

    /// Standing so.
    pub fn state(self, state: StepState) -> Step {
        Step { state, ..self }
    }

    /// The words as paragraphs, blank lines between them folded away.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        paragraphs(&self.text)
    }
}

/// A text's paragraphs.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The head of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: String,
    /// Numbers stand at the right.
    pub number: bool,
    /// Where a click on the title leads, to sort by it; may be empty.
    pub sort: String,
    /// `ascending`, `descending` or empty.
    pub sorted: &'static str,
}

impl Column {
    /// A column of words.
    pub fn new(title: impl Into<String>) -> Column {
        Column { title: title.into(), ..Column::default() }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> Column {
        Column { title: title.into(), number: true, ..Column::default() }
    }

    /// With an address that sorts by it, and how it is sorted now.
    pub fn sort(self, href: impl Into<String>, sorted: &'static str) -> Column {
        Column { sort: href.into(), sorted, ..self }
    }
}

impl KitTexts {
    /// The word of a light.
    pub fn light(&self, light: &Light) -> &'static str {
        match light {
            Light::Blue => self.light_blue,
            Light::Yellow => self.light_yellow,
            Light::Red => self.light_red,
            Light::Over => self.light_over,
            Light::Done => self.light_done,
            Light::None => self.light_none,
        }
    }

    /// 「全部类别」: the first choice of a filter.
    pub fn all(&self, label: &str) -> String {
        fill(self.all_of, &[("label", &label)])
    }

    /// 「第 2 步，共 4 步」.
    pub fn step(&self, n: &usize, of: &usize) -> String {
        fill(self.step_of, &[("n", n), ("of", of)])
    }

    /// 「显示 30 条，共 300 条」.
    pub fn shown(&self, shown: &i64, total: &i64) -> String {
        fill(self.shown_of, &[("shown", shown), ("total", total)])
    }

    /// 「已完成 3 / 10」.
    pub fn done(&self, done: &i64, total: &i64) -> String {
        fill(self.done_of, &[("done", done), ("total", total)])
    }
}

/// The id of a radio or checkbox. The first of a field bears the field's own id, so that the summary of
/// errors leads to it.
pub fn row_id(name: &str, group: impl Display, index: impl Display) -> String {
    let place = format!("{group}-{index}");
    if place == "0-0" { format!("f-{name}") } else { format!("f-{name}-{place}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_of_a_field_counts() {
        let mut errors = Errors::none();
        errors.add("phone", "a");
        errors.add("phone", "b");
        assert_eq!((errors.of("phone"), errors.of("name"), errors.len()), ("a", "", 1));
    }

    #[test]
    fn paragraphs_are_trimmed() {
        assert_eq!(paragraphs(" a \n\n\n b\r\n").collect::<Vec<_>>(), ["a", "b"]);
    }
}
