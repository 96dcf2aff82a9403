//! What can be wrong with a template, in words that tell what to write.

use web::{Lang, fill};

web::texts! {
    /// Words of mistakes in templates.
    pub(crate) WrongTexts;
    place: "第 {line} 行第 {column} 字：", "Line {line}, character {column}:";
    too_long: "模板不能超过 {n} 个字", "a template has at most {n} characters";
    unclosed: "这里的左括号没有配上右括号，应写成“（左括号）名称（右括号）”，中间不换行", "this opening brace is never closed on its line";
    loose_brace: "这里多了一个右括号；要写出括号本身，请连写两个", "a closing brace without an opening one; write two for a brace itself";
    unknown: "没有叫“{name}”的数字。这一段可以用：{known}", "there is no figure called “{name}”. This paragraph may use: {known}";
    no_form: "不认识“：{form}”。可以写：数、n、上期、上年、环比、同比；分类的写 前3", "“:{form}” is not known. Write 数, n, 上期, 上年, 环比 or 同比; for lists 前3";
    wrong_form: "“{name}”：分类的数字要写成“前3”这样的形式，其他数字不能这样写", "“{name}”: a list is written with 前3, and only a list";
    condition: "条件应写成“如果 名称 有数据”，或 上升、下降、大于 10、小于 10、等于 10，之间用空格隔开", "a condition reads “如果 NAME 有数据”, or 上升, 下降, 大于 10, 小于 10, 等于 10, with spaces between";
    no_end: "这个“如果”没有配上“结束”", "this 如果 has no 结束";
    loose_end: "这个“结束”前面没有“如果”", "this 结束 has no 如果 before it";
    loose_else: "这个“否则”前面没有“如果”，或者写了两次", "this 否则 has no 如果 before it, or stands twice";
    too_deep: "“如果”里面最多再套 {n} 层", "conditions may stand at most {n} deep";
    no_exhibit: "没有叫“{name}”的表或图。这一段可以用：{known}", "there is no table or chart called “{name}”. This paragraph may use: {known}";
    not_alone: "表和图要单独占一行", "a table or chart stands on a line of its own";
    missing: "这一段必须写出“{name}”：由数据得出的不足不能不提", "this paragraph must name “{name}”: what the record shows to be wrong cannot be left out";
    hidden: "“{name}”要写出数来，而且不能只写在不一定成立的条件里：由数据得出的不足不能不提", "“{name}” must be given as a number, and not only under a condition that may not hold: what the record shows to be wrong cannot be left out";
    none: "（无）", "(none)";
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Longer than [`crate::template::LONGEST`].
    TooLong,
    /// A brace that is not closed.
    Unclosed,
    /// A closing brace alone.
    LooseBrace,
    /// A name that is not known, and those that are.
    Unknown(String, Vec<String>),
    /// A way to show that is not known.
    NoForm(String),
    /// A way to show that this figure does not have.
    WrongForm(String),
    /// A condition that cannot be read.
    Condition,
    /// A condition without end.
    NoEnd,
    /// An end without condition.
    LooseEnd,
    /// An alternative without condition.
    LooseElse,
    /// Conditions in conditions in conditions.
    TooDeep,
    /// A table or chart that is not known, and those that are.
    NoExhibit(String, Vec<String>),
    /// A table or chart in the middle of a line.
    NotAlone,
    /// A figure that must be named.
    Missing(String),
    /// A figure that must be told and is not, or only sometimes.
    Hidden(String),
}

/// A mistake as it is shown beside the field.
pub fn words(lang: Lang, wrong: &Wrong) -> String {
    let t = WrongTexts::of(lang);
    let list = |known: &[String]| if known.is_empty() { t.none.to_owned() } else { known.join("、") };
    let what = match &wrong.problem {
        Problem::TooLong => return fill(t.too_long, &[("n", &crate::template::LONGEST)]),
        Problem::Missing(name) => return fill(t.missing, &[("name", name)]),
        Problem::Hidden(name) => return fill(t.hidden, &[("name", name)]),
        Problem::Unclosed => t.unclosed.to_owned(),
        Problem::LooseBrace => t.loose_brace.to_owned(),
        Problem::Unknown(name, known) => fill(t.unknown, &[("name", name), ("known", &list(known))]),
        Problem::NoForm(form) => fill(t.no_form, &[("form", form)]),
        Problem::WrongForm(name) => fill(t.wrong_form, &[("name", name)]),
        Problem::Condition => t.condition.to_owned(),
        Problem::NoEnd => t.no_end.to_owned(),
        Problem::LooseEnd => t.loose_end.to_owned(),
        Problem::LooseElse => t.loose_else.to_owned(),
        Problem::TooDeep => fill(t.too_deep, &[("n", &crate::template::DEEPEST)]),
        Problem::NoExhibit(name, known) => fill(t.no_exhibit, &[("name", name), ("known", &list(known))]),
        Problem::NotAlone => t.not_alone.to_owned(),
    };
    format!("{}{what}", fill(t.place, &[("line", &wrong.line), ("column", &wrong.column)]))
}
