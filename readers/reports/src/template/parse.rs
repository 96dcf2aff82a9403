//! From text to a tree of nodes. Every mistake is told with its line and column and what would be right.

use crate::template::{DEEPEST, Form, LONGEST, Node, Problem, Test, Vocabulary, Wrong};

/// Where the reading is.
struct Reader<'a> {
    chars: Vec<char>,
    at: usize,
    vocabulary: &'a Vocabulary,
    named: Vec<String>,
}

/// How a run of nodes ended.
enum End {
    Text,
    Otherwise,
    Finish,
}

/// Reads a template.
///
/// # Errors
/// [`Wrong`]: the first thing that is wrong.
pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Vec<Node>, Wrong> {
    let chars: Vec<char> = text.replace("\r\n", "\n").chars().collect();
    if chars.len() > LONGEST {
        return Err(Wrong { line: 1, column: 1, problem: Problem::TooLong });
    }
    let mut reader = Reader { chars, at: 0, vocabulary, named: Vec::new() };
    let (nodes, end) = reader.nodes(0)?;
    match end {
        End::Text => {}
        End::Otherwise => return Err(reader.wrong_before("否则", Problem::LooseElse)),
        End::Finish => return Err(reader.wrong_before("结束", Problem::LooseEnd)),
    }
    if let Some(missing) = vocabulary.must.iter().find(|name| !reader.named.contains(name)) {
        return Err(Wrong { line: 1, column: 1, problem: Problem::Missing(missing.clone()) });
    }
    if let Some(hidden) = vocabulary.must.iter().find(|name| !says(&nodes, name)) {
        return Err(Wrong { line: 1, column: 1, problem: Problem::Hidden(hidden.clone()) });
    }
    Ok(nodes)
}

/// Whether a figure's own value is told whichever way the conditions go. That there is something to tell is no way around it.
fn says(nodes: &[Node], name: &str) -> bool {
    nodes.iter().any(|node| match node {
        Node::Figure(figure, form) => figure == name && matches!(form, Form::Whole | Form::Number | Form::First(_)),
        Node::If { figure, test: Test::Given, then, .. } if figure == name => says(then, name),
        Node::If { then, otherwise, .. } => says(then, name) && says(otherwise, name),
        Node::Text(_) | Node::Word(_) | Node::Exhibit(_) => false,
    })
}

fn flush(text: &mut String, nodes: &mut Vec<Node>) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}

impl Reader<'_> {
    fn wrong(&self, at: usize, problem: Problem) -> Wrong {
        let before = self.chars.iter().take(at);
        let line = before.clone().filter(|c| **c == '\n').count() + 1;
        let column = before.rev().take_while(|c| **c != '\n').count() + 1;
        Wrong { line, column, problem }
    }

    /// Where the braces with these words stand that were read last.
    fn wrong_before(&self, words: &str, problem: Problem) -> Wrong {
        self.wrong(self.at.saturating_sub(words.chars().count() + 2), problem)
    }

    fn nodes(&mut self, depth: usize) -> Result<(Vec<Node>, End), Wrong> {
        let mut nodes = Vec::new();
        let mut text = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            let next = self.chars.get(self.at + 1).copied();
            match c {
                '{' | '｛' if next == Some(c) => {
                    text.push('{');
                    self.at += 2;
                }
                '}' | '｝' if next == Some(c) => {
                    text.push('}');
                    self.at += 2;
                }
                '}' | '｝' => return Err(self.wrong(self.at, Problem::LooseBrace)),
                '{' | '｛' => {
                    flush(&mut text, &mut nodes);
                    let at = self.at;
                    let inside = self.braces()?;
                    match inside.trim() {
                        "否则" => return Ok((nodes, End::Otherwise)),
                        "结束" | "完" => return Ok((nodes, End::Finish)),
                        words => {
                            if let Some(condition) = words.strip_prefix("如果") {
                                nodes.push(self.condition(condition, at, depth)?);
                            } else {
                                nodes.push(self.insert(words, at)?);
                            }
                        }
                    }
                }
                other => {
                    text.push(other);
                    self.at += 1;
                }
            }
        }
        flush(&mut text, &mut nodes);
        Ok((nodes, End::Text))
    }

    /// What stands between these braces and the next closing one.
    fn braces(&mut self) -> Result<String, Wrong> {
        let begin = self.at;
        self.at += 1;
        let mut inside = String::new();
        while let Some(&c) = self.chars.get(self.at) {
            match c {
                '}' | '｝' => {
                    self.at += 1;
                    return Ok(inside);
                }
                '{' | '｛' | '\n' => break,
                other => inside.push(other),
            }
            self.at += 1;
        }
        Err(self.wrong(begin, Problem::Unclosed))
    }

    fn condition(&mut self, words: &str, at: usize, depth: usize) -> Result<Node, Wrong> {
        if depth >= DEEPEST {
            return Err(self.wrong(at, Problem::TooDeep));
        }
        let parts: Vec<&str> = words.split_whitespace().collect();
        let (figure, asked) = match parts.as_slice() {
            [figure, asked @ ..] if !asked.is_empty() => ((*figure).to_owned(), asked),
            _ => return Err(self.wrong(at, Problem::Condition)),
        };
        if !self.vocabulary.figures.contains(&figure) && !self.vocabulary.lists.contains(&figure) {
            return Err(self.wrong(at, self.unknown(&figure)));
        }
        let number = |text: &str| text.trim_end_matches('%').parse::<f64>().ok().filter(|n| n.is_finite());
        let test = match asked {
            ["有数据"] => Test::Given,
            ["上升"] => Test::Risen,
            ["下降"] => Test::Fallen,
            ["大于", n] => Test::Over(number(n).ok_or_else(|| self.wrong(at, Problem::Condition))?),
            ["小于", n] => Test::Under(number(n).ok_or_else(|| self.wrong(at, Problem::Condition))?),
            ["等于", n] => Test::Equal(number(n).ok_or_else(|| self.wrong(at, Problem::Condition))?),
            _ => return Err(self.wrong(at, Problem::Condition)),
        };
        let (then, end) = self.nodes(depth + 1)?;
        let otherwise = match end {
            End::Finish => Vec::new(),
            End::Text => return Err(self.wrong(at, Problem::NoEnd)),
            End::Otherwise => match self.nodes(depth + 1)? {
                (nodes, End::Finish) => nodes,
                (_, End::Text) => return Err(self.wrong(at, Problem::NoEnd)),
                (_, End::Otherwise) => return Err(self.wrong_before("否则", Problem::LooseElse)),
            },
        };
        Ok(Node::If { figure, test, then, otherwise })
    }

    fn insert(&mut self, words: &str, at: usize) -> Result<Node, Wrong> {
        let (name, form) = match words.split_once(['：', ':']) {
            Some((name, form)) => (name.trim(), Some(form.trim())),
            None => (words, None),
        };
        if matches!(name, "表" | "图") {
            let exhibit = form.unwrap_or_default().to_owned();
            if !self.vocabulary.exhibits.contains(&exhibit) {
                return Err(self.wrong(at, Problem::NoExhibit(exhibit, self.vocabulary.exhibits.clone())));
            }
            if !self.alone(at) {
                return Err(self.wrong(at, Problem::NotAlone));
            }
            return Ok(Node::Exhibit(exhibit));
        }
        if form.is_none() && self.vocabulary.words.iter().any(|word| word == name) {
            return Ok(Node::Word(name.to_owned()));
        }
        let list = self.vocabulary.lists.iter().any(|known| known == name);
        if !list && !self.vocabulary.figures.iter().any(|known| known == name) {
            return Err(self.wrong(at, self.unknown(name)));
        }
        let form = match form {
            None if list => Form::First(3),
            None => Form::Whole,
            Some(text) => Form::parse(text).ok_or_else(|| self.wrong(at, Problem::NoForm(text.to_owned())))?,
        };
        if list != matches!(form, Form::First(_)) {
            return Err(self.wrong(at, Problem::WrongForm(name.to_owned())));
        }
        if !self.named.iter().any(|known| known == name) {
            self.named.push(name.to_owned());
        }
        Ok(Node::Figure(name.to_owned(), form))
    }

    fn unknown(&self, name: &str) -> Problem {
        let v = self.vocabulary;
        Problem::Unknown(name.to_owned(), v.figures.iter().chain(&v.lists).chain(&v.words).cloned().collect())
    }

    /// Whether the braces from `at` to the present place have their line for themselves.
    fn alone(&self, at: usize) -> bool {
        let blank = |c: &&char| c.is_whitespace();
        let before = self.chars.iter().take(at).rev().take_while(|c| **c != '\n').all(|c| blank(&c));
        let after = self.chars.iter().skip(self.at).take_while(|c| **c != '\n').all(|c| blank(&c));
        before && after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        Vocabulary {
            words: list(&["单位"]),
            figures: list(&["收到", "满意率"]),
            lists: list(&["类别"]),
            exhibits: list(&["逐月"]),
            must: list(&["收到"]),
        }
    }

    fn wrong(text: &str) -> (usize, usize, Problem) {
        let wrong = parse(text, &vocabulary()).unwrap_err();
        (wrong.line, wrong.column, wrong.problem)
    }

    #[test]
    fn a_template_is_read() {
        let nodes = parse(
            "{单位}收到{收到}，{收到：同比}。{如果 满意率 有数据}满意{满意率}{否则}{{无}}{结束}\n{图：逐月}\n{类别：前5}",
            &vocabulary(),
        )
        .unwrap();
        assert_eq!(nodes.len(), 11);
        assert_eq!(nodes[0], Node::Word("单位".into()));
        assert_eq!(nodes[4], Node::Figure("收到".into(), Form::AgainstYear));
        assert_eq!(nodes[8], Node::Exhibit("逐月".into()));
        assert_eq!(nodes[10], Node::Figure("类别".into(), Form::First(5)));
        let Node::If { test: Test::Given, otherwise, .. } = &nodes[6] else { panic!("{:?}", nodes[6]) };
        assert_eq!(otherwise[0], Node::Text("{无}".into()));
    }

    #[test]
    fn each_mistake_has_its_place_and_its_words() {
        assert_eq!(wrong("甲\n乙{收到"), (2, 2, Problem::Unclosed));
        assert_eq!(wrong("甲}"), (1, 2, Problem::LooseBrace));
        assert!(matches!(wrong("{收道}"), (1, 1, Problem::Unknown(name, known)) if name == "收道" && known.contains(&"收到".to_owned())));
        assert!(matches!(wrong("{收到：倍}"), (1, 1, Problem::NoForm(_))));
        assert!(matches!(wrong("{类别：同比}"), (1, 1, Problem::WrongForm(_))));
        assert_eq!(wrong("{收到}{如果 收到}{结束}"), (1, 5, Problem::Condition));
        assert_eq!(wrong("{收到}{如果 收到 大于 很多}{结束}"), (1, 5, Problem::Condition));
        assert_eq!(wrong("{收到}{如果 收到 上升}甲"), (1, 5, Problem::NoEnd));
        assert_eq!(wrong("{收到}{结束}"), (1, 5, Problem::LooseEnd));
        assert_eq!(wrong("{收到}{否则}"), (1, 5, Problem::LooseElse));
        assert_eq!(wrong("见{图：逐月}"), (1, 2, Problem::NotAlone));
        assert!(matches!(wrong("{图：逐年}"), (1, 1, Problem::NoExhibit(..))));
        assert_eq!(wrong("没有数"), (1, 1, Problem::Missing("收到".into())));
        // A condition is no way to name it and never say it, nor is a comparison.
        for hidden in ["{如果 收到 大于 99999}收到{收到}{结束}", "{收到：同比}", "{如果 满意率 有数据}{收到}{否则}无{结束}"]
        {
            assert_eq!(wrong(hidden), (1, 1, Problem::Hidden("收到".into())), "{hidden}");
        }
        for said in ["{收到：数}", "{如果 收到 有数据}{收到}{结束}", "{如果 满意率 上升}{收到}{否则}只有{收到}{结束}"]
        {
            assert!(parse(said, &vocabulary()).is_ok(), "{said}");
        }
        let deep = "{如果 收到 有数据}".repeat(5) + &"{结束}".repeat(5);
        assert!(matches!(wrong(&deep), (1, _, Problem::TooDeep)));
        assert_eq!(wrong(&"甲".repeat(LONGEST + 1)), (1, 1, Problem::TooLong));
    }
}
