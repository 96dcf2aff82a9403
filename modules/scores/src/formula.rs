//! Formulas of a scheme: CEL over measures, checked when they are written and made ready once.
//!
//! The language is CEL and its parser is a kept crate; what a scheme needs of it (numbers, comparisons,
//! conditions, the smaller and the larger of two) is turned into a small tree, because a hundred items
//! of ten thousand units are a million evaluations. Whole numbers may be written without a point.

use cel::Program;
use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use record::measure::{Kind, Measure, Nature};

/// A formula ready to be worked out.
#[derive(Clone, Debug)]
pub struct Formula {
    node: Node,
    /// The measures it names, each once, in the order in which they appear.
    pub measures: Vec<&'static Measure>,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormulaError {
    /// It is not CEL: the place (in characters, from 1) and what the parser says.
    Syntax(usize, String),
    /// It is empty.
    Empty,
    /// It names no measure.
    NoMeasure,
    /// It names a measure that is not there.
    Unknown(String),
    /// It names a median, which only tells.
    Median(String),
    /// A number stands where a condition is wanted, or the other way round.
    Type(String),
    /// Something of CEL that schemes do not use.
    Unused(String),
    /// The guard refuses it.
    Refused(Box<measures::guard::Refused>),
    /// It scores what a rule orders, and no document that orders the scoring is named.
    Duty(String),
}

#[derive(Clone, Debug)]
enum Node {
    Number(f64),
    Measure(usize),
    Truth(bool),
    Negate(Box<Node>),
    Not(Box<Node>),
    Binary(Op, Box<(Node, Node)>),
    Choose(Box<(Node, Node, Node)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Add,
    Subtract,
    Multiply,
    Divide,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Smaller,
    Larger,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Truth,
}

impl Formula {
    /// Reads a formula. `document` says which document orders that duties are scored; empty where none does.
    ///
    /// # Errors
    /// [`FormulaError`].
    pub fn parse(text: &str, document: &str) -> Result<Formula, FormulaError> {
        if text.trim().is_empty() {
            return Err(FormulaError::Empty);
        }
        measures::guard::check_text(text, text).map_err(|refused| FormulaError::Refused(Box::new(refused)))?;
        // Before it is read: the parser goes as deep as the text does, and a thread's stack has an end.
        if nested(text) > DEEPEST_WRITTEN {
            return Err(FormulaError::Unused("((…))".to_owned()));
        }
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.first();
            let place = first.and_then(|error| usize::try_from(error.pos.1).ok()).unwrap_or(0);
            FormulaError::Syntax(place.max(1), first.map_or_else(String::new, |error| error.msg.clone()))
        })?;
        let mut measures = Vec::new();
        let (node, kind) = walk(program.expression(), &mut measures, 0)?;
        if kind != Type::Number {
            return Err(FormulaError::Type(text.to_owned()));
        }
        if measures.is_empty() {
            return Err(FormulaError::NoMeasure);
        }
        for measure in &measures {
            if measure.kind == Kind::Median {
                return Err(FormulaError::Median(measure.id.to_owned()));
            }
            if measure.nature == Nature::Duty && document.trim().is_empty() {
                return Err(FormulaError::Duty(measure.id.to_owned()));
            }
        }
        Ok(Formula { node, measures })
    }

    /// What was written, with measures by their names, as whoever is scored by it reads it.
    pub fn in_words(&self, text: &str, title: impl Fn(&Measure) -> String) -> String {
        let mut measures = self.measures.clone();
        // The longer first: an id may be the beginning of another.
        measures.sort_by_key(|measure| std::cmp::Reverse(measure.id.len()));
        let mut words = text.to_owned();
        for measure in measures {
            words = words.replace(measure.id, &title(measure));
        }
        words.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" >= ", " ≥ ").replace(" <= ", " ≤ ")
    }

    /// Works it out, given what each of its measures comes to. None where that is no number: a division by nothing.
    pub fn value(&self, measures: &[f64]) -> Option<f64> {
        Some(self.node.number(measures)).filter(|value| value.is_finite())
    }
}

impl Node {
    fn number(&self, measures: &[f64]) -> f64 {
        match self {
            Node::Number(n) => *n,
            Node::Measure(at) => measures.get(*at).copied().unwrap_or(f64::NAN),
            Node::Truth(_) | Node::Not(_) => f64::NAN,
            Node::Negate(inner) => -inner.number(measures),
            Node::Choose(parts) => {
                if parts.0.truth(measures) {
                    parts.1.number(measures)
                } else {
                    parts.2.number(measures)
                }
            }
            Node::Binary(op, parts) => {
                let (a, b) = (parts.0.number(measures), parts.1.number(measures));
                match op {
                    Op::Add => a + b,
                    Op::Subtract => a - b,
                    Op::Multiply => a * b,
                    Op::Divide => a / b,
                    Op::Smaller => {
                        if b < a {
                            b
                        } else {
                            a
                        }
                    }
                    Op::Larger => {
                        if b > a {
                            b
                        } else {
                            a
                        }
                    }
                    _ => f64::NAN,
                }
            }
        }
    }

    fn truth(&self, measures: &[f64]) -> bool {
        match self {
            Node::Truth(truth) => *truth,
            Node::Not(inner) => !inner.truth(measures),
            Node::Choose(parts) => {
                if parts.0.truth(measures) {
                    parts.1.truth(measures)
                } else {
                    parts.2.truth(measures)
                }
            }
            Node::Binary(Op::And, parts) => parts.0.truth(measures) && parts.1.truth(measures),
            Node::Binary(Op::Or, parts) => parts.0.truth(measures) || parts.1.truth(measures),
            Node::Binary(op, parts) => {
                let (a, b) = (parts.0.number(measures), parts.1.number(measures));
                match op {
                    Op::Less => a < b,
                    Op::LessOrEqual => a <= b,
                    Op::Greater => a > b,
                    Op::GreaterOrEqual => a >= b,
                    #[expect(clippy::float_cmp, reason = "what the language says")]
                    Op::Equal => a == b,
                    #[expect(clippy::float_cmp, reason = "what the language says")]
                    Op::NotEqual => a != b,
                    _ => false,
                }
            }
            Node::Number(_) | Node::Measure(_) | Node::Negate(_) => false,
        }
    }
}

/// Brackets within brackets, choices after choices and signs before signs that are still read.
const DEEPEST_WRITTEN: usize = 20;

/// How deep a text goes at most, whether it can be read or not.
fn nested(text: &str) -> usize {
    let (mut open, mut deepest, mut signs) = (0_usize, 0, 0);
    let mut choices = 0;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '?' => choices += 1,
            _ => {}
        }
        signs = if matches!(c, '-' | '!') {
            signs + 1
        } else if c.is_whitespace() {
            signs
        } else {
            0
        };
        deepest = deepest.max(open + choices + signs);
    }
    deepest
}

/// Deeper than anybody writes by hand.
const DEEPEST: usize = 40;

fn walk(at: &IdedExpr, measures: &mut Vec<&'static Measure>, depth: usize) -> Result<(Node, Type), FormulaError> {
    if depth > DEEPEST {
        return Err(FormulaError::Unused("((…))".to_owned()));
    }
    let mut inner = |at: &IdedExpr, wanted: Type| -> Result<Node, FormulaError> {
        let (node, found) = walk(at, measures, depth + 1)?;
        if found == wanted { Ok(node) } else { Err(FormulaError::Type(words(at))) }
    };
    match &at.expr {
        Expr::Literal(literal) => match literal {
            #[expect(clippy::cast_precision_loss, reason = "a number that somebody typed")]
            LiteralValue::Int(n) => Ok((Node::Number(*n.inner() as f64), Type::Number)),
            LiteralValue::Double(n) => Ok((Node::Number(*n.inner()), Type::Number)),
            LiteralValue::Boolean(truth) => Ok((Node::Truth(*truth.inner()), Type::Truth)),
            other => Err(FormulaError::Unused(format!("{other:?}"))),
        },
        Expr::Ident(name) => Err(FormulaError::Unknown(name.clone())),
        Expr::Select(select) => {
            let Expr::Ident(module) = &select.operand.expr else { return Err(FormulaError::Unknown(words(at))) };
            let id = format!("{module}.{}", select.field);
            let measure = measures::find(&id).ok_or(FormulaError::Unknown(id))?;
            let place = measures.iter().position(|known| known.id == measure.id).unwrap_or_else(|| {
                measures.push(measure);
                measures.len() - 1
            });
            Ok((Node::Measure(place), Type::Number))
        }
        Expr::Call(call) => {
            let args: Vec<&IdedExpr> = call.target.as_deref().into_iter().chain(&call.args).collect();
            let op = match call.func_name.as_str() {
                "_+_" => Op::Add,
                "_-_" => Op::Subtract,
                "_*_" => Op::Multiply,
                "_/_" => Op::Divide,
                "_<_" => Op::Less,
                "_<=_" => Op::LessOrEqual,
                "_>_" => Op::Greater,
                "_>=_" => Op::GreaterOrEqual,
                "_==_" => Op::Equal,
                "_!=_" => Op::NotEqual,
                "_&&_" => Op::And,
                "_||_" => Op::Or,
                "min" if call.target.is_none() => Op::Smaller,
                "max" if call.target.is_none() => Op::Larger,
                "-_" => {
                    let [one] = args[..] else { return Err(FormulaError::Unused("-".into())) };
                    return Ok((Node::Negate(Box::new(inner(one, Type::Number)?)), Type::Number));
                }
                "!_" => {
                    let [one] = args[..] else { return Err(FormulaError::Unused("!".into())) };
                    return Ok((Node::Not(Box::new(inner(one, Type::Truth)?)), Type::Truth));
                }
                "_?_:_" => {
                    let [test, yes, no] = args[..] else { return Err(FormulaError::Unused("?:".into())) };
                    let parts = (inner(test, Type::Truth)?, inner(yes, Type::Number)?, inner(no, Type::Number)?);
                    return Ok((Node::Choose(Box::new(parts)), Type::Number));
                }
                other => return Err(FormulaError::Unused(other.to_owned())),
            };
            let [a, b] = args[..] else { return Err(FormulaError::Unused(call.func_name.clone())) };
            let (wants, gives) = match op {
                Op::And | Op::Or => (Type::Truth, Type::Truth),
                Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual | Op::Equal | Op::NotEqual => (Type::Number, Type::Truth),
                _ => (Type::Number, Type::Number),
            };
            let parts = (inner(a, wants)?, inner(b, wants)?);
            Ok((Node::Binary(op, Box::new(parts)), gives))
        }
        Expr::List(_) => Err(FormulaError::Unused("[ ]".to_owned())),
        Expr::Map(_) | Expr::Struct(_) => Err(FormulaError::Unused("{ }".to_owned())),
        Expr::Comprehension(_) | Expr::Unspecified => Err(FormulaError::Unused(words(at))),
    }
}

/// A part of a formula, as far as it can be named in a message.
fn words(at: &IdedExpr) -> String {
    match &at.expr {
        Expr::Ident(name) => name.clone(),
        Expr::Select(select) => format!("{}.{}", words(&select.operand), select.field),
        Expr::Call(call) => call.func_name.trim_matches('_').to_owned(),
        Expr::Literal(LiteralValue::Int(n)) => n.inner().to_string(),
        Expr::Literal(LiteralValue::Double(n)) => n.inner().to_string(),
        Expr::Literal(LiteralValue::Boolean(truth)) => truth.inner().to_string(),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cel::Context;
    use proptest::prelude::*;
    use record::measure::Count;

    const ONE: Count = Count { kind: "ScoreTestHappened", ..Count::ONE };

    record::measures! {
        /// Measures to write formulas about.
        TEST = [
            Measure { id: "t.a", title_zh: "甲", title_en: "A", counts: &[ONE], ..Measure::COUNT },
            Measure { id: "t.b", title_zh: "乙", title_en: "B", counts: &[ONE], ..Measure::COUNT },
            Measure { id: "t.rate", title_zh: "比", title_en: "Share", kind: Kind::Rate { num: "t.a", den: "t.b" }, ..Measure::COUNT },
            Measure { id: "t.duty", title_zh: "规定动作", title_en: "Duty", nature: Nature::Duty, counts: &[ONE], ..Measure::COUNT },
        ]
    }

    fn parse(text: &str) -> Result<Formula, FormulaError> {
        Formula::parse(text, "")
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(matches!(parse("t.rate * "), Err(FormulaError::Syntax(..))));
        assert_eq!(parse("  ").unwrap_err(), FormulaError::Empty);
        assert_eq!(parse("60").unwrap_err(), FormulaError::NoMeasure);
        assert_eq!(parse("t.nothing * 100").unwrap_err(), FormulaError::Unknown("t.nothing".into()));
        assert_eq!(parse("rate * 100").unwrap_err(), FormulaError::Unknown("rate".into()));
        assert!(matches!(parse("t.a > 3"), Err(FormulaError::Type(_))));
        assert!(matches!(parse("t.a + (t.b > 3)"), Err(FormulaError::Type(_))));
        assert!(matches!(parse("size('x') + t.a"), Err(FormulaError::Unused(_))));
        assert!(matches!(parse("[t.a][0]"), Err(FormulaError::Unused(_))));
        assert!(matches!(parse("likes.count * 1"), Err(FormulaError::Refused(_))), "the guard reads formulas too");
        assert_eq!(parse("t.duty * 10").unwrap_err(), FormulaError::Duty("t.duty".into()));
        assert!(Formula::parse("t.duty * 10", "某区〔2026〕1号").is_ok());
        assert!(parse(&"(".repeat(200)).is_err());
    }

    #[test]
    fn a_formula_is_read_in_words() {
        let text = "t.rate >= 0.95 ? 100 : t.rate * 100 - t.a";
        let words = parse(text).unwrap().in_words(text, |measure| measure.title_zh.to_owned());
        assert_eq!(words, "比 ≥ 0.95 ? 100 : 比 × 100 - 甲");
    }

    #[test]
    fn numbers_come_out() {
        let formula = parse("t.rate >= 0.95 ? 100 : max(0, 100 - (0.95 - t.rate) * 500 - t.a)").unwrap();
        assert_eq!(formula.measures.iter().map(|measure| measure.id).collect::<Vec<_>>(), ["t.rate", "t.a"]);
        assert_eq!(formula.value(&[0.96, 3.0]), Some(100.0));
        assert!((formula.value(&[0.85, 3.0]).unwrap() - 47.0).abs() < 1e-9);
        assert_eq!(formula.value(&[0.1, 3.0]), Some(0.0));
        assert_eq!(parse("1 / t.a").unwrap().value(&[0.0]), None);
    }

    /// Formulas with all numbers written as CEL wants them, so that its own interpreter takes them too.
    fn written() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("t.a".to_owned()), Just("t.b".to_owned()), (0_u32..200).prop_map(|n| format!("{n}.5"))];
        leaf.prop_recursive(5, 40, 3, |inner| {
            let pair = (inner.clone(), inner.clone());
            prop_oneof![
                (pair.clone(), prop_oneof![Just("+"), Just("-"), Just("*")]).prop_map(|((a, b), op)| format!("({a} {op} {b})")),
                inner.clone().prop_map(|a| format!("-({a})")),
                (pair.clone(), pair, prop_oneof![Just("<"), Just(">="), Just("==")])
                    .prop_map(|((a, b), (c, d), op)| format!("({a} {op} {b} ? {c} : {d})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_same_as_the_interpreter_of_the_language(text in written(), a in -50.0_f64..50.0, b in -50.0_f64..50.0) {
            let text = format!("t.a * 0.0 + t.b * 0.0 + {text}");
            let mut context = Context::default();
            context.add_variable_from_value("t", std::collections::HashMap::from([("a".to_owned(), a), ("b".to_owned(), b)]));
            let theirs = Program::compile(&text).unwrap().execute(&context).unwrap();
            let ours = parse(&text).unwrap().value(&[a, b]).unwrap();
            let cel::Value::Float(theirs) = theirs else { panic!("{theirs:?}") };
            prop_assert!((ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0), "{text}: {ours} {theirs}");
        }

        #[test]
        fn whatever_is_typed_it_ends(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
