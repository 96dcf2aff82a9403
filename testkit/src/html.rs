//! Just enough HTML to find things in our own pages: elements, attributes, texts, simple selectors, forms.
//!
//! It reads what our templates write, not what the web holds: it wants closed elements, and panics with words where
//! a page is not well nested, which no test should let pass.

const VOID: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use"];

/// An element, or a text (then without a name).
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// The element's name; empty for a text.
    pub name: String,
    /// Its attributes, unescaped.
    pub attributes: Vec<(String, String)>,
    /// What is in it.
    pub children: Vec<Node>,
    text: String,
}

impl Node {
    /// Parse a page or a fragment; the answer is a nameless root.
    ///
    /// # Panics
    /// Where elements are not well nested.
    pub fn parse(html: &str) -> Node {
        let mut stack = vec![Node::default()];
        let mut rest = html;
        while let Some(open) = rest.find('<') {
            let (text, from) = rest.split_at(open);
            push_text(&mut stack, text);
            if let Some(comment) = from.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            if from.starts_with("<!") {
                rest = from.split_once('>').map_or("", |(_, after)| after);
                continue;
            }
            if let Some(close) = from.strip_prefix("</") {
                let (name, after) = close.split_once('>').expect("a closing tag ends");
                let node = stack.pop().expect("the root stays");
                assert_eq!(node.name, name.trim(), "closed by </{}>:\n{}", name.trim(), near(html, rest));
                stack.last_mut().unwrap_or_else(|| panic!("</{name}> closes nothing")).children.push(node);
                rest = after;
                continue;
            }
            let (node, closed, after) = tag(from);
            rest = after;
            if closed || VOID.contains(&node.name.as_str()) {
                stack.last_mut().expect("the root stays").children.push(node);
            } else if matches!(node.name.as_str(), "script" | "style" | "textarea" | "title") {
                let end = format!("</{}>", node.name);
                let (inside, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{end} is missing"));
                let inside = inside.strip_prefix('\n').unwrap_or(inside);
                let text = Node { text: unescape(inside), ..Node::default() };
                stack.last_mut().expect("the root stays").children.push(Node { children: vec![text], ..node });
                rest = after;
            } else {
                stack.push(node);
            }
        }
        push_text(&mut stack, rest);
        assert_eq!(stack.len(), 1, "<{}> is never closed", stack.last().map_or("", |node| &node.name));
        stack.pop().expect("the root stays")
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All texts in it, each run of white space as one space.
    pub fn text(&self) -> String {
        let mut all = String::new();
        self.gather(&mut all);
        all.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text exactly as it stands, for a `textarea`.
    pub fn raw_text(&self) -> String {
        let mut all = String::new();
        self.gather(&mut all);
        all
    }

    fn gather(&self, out: &mut String) {
        out.push_str(&self.text);
        for child in &self.children {
            child.gather(out);
            if !child.name.is_empty() && !matches!(child.name.as_str(), "span" | "a" | "b" | "strong" | "em") && self.name != "textarea" {
                out.push(' ');
            }
        }
    }

    /// The elements that fit a selector: `name`, `.class`, `#id`, `[attribute]`, `[attribute=value]`, joined as in
    /// `a.button[href=/x]`, and descendants as in `main li a`.
    pub fn all(&self, selector: &str) -> Vec<&Node> {
        let steps: Vec<Step> = selector.split_whitespace().map(Step::parse).collect();
        let mut found = Vec::new();
        self.search(&steps, &mut found);
        found
    }

    /// The first element that fits.
    pub fn first(&self, selector: &str) -> Option<&Node> {
        self.all(selector).into_iter().next()
    }

    fn search<'a>(&'a self, steps: &[Step], found: &mut Vec<&'a Node>) {
        let Some((step, rest)) = steps.split_first() else { return };
        for child in &self.children {
            if step.fits(child) {
                if rest.is_empty() {
                    found.push(child);
                } else {
                    let mut inner = Vec::new();
                    child.search(rest, &mut inner);
                    found.extend(inner.into_iter().filter(|node| !found.iter().any(|have| std::ptr::eq(*have, *node))).collect::<Vec<_>>());
                }
            }
            let mut inner = Vec::new();
            child.search(steps, &mut inner);
            for node in inner {
                if !found.iter().any(|have| std::ptr::eq(*have, node)) {
                    found.push(node);
                }
            }
        }
    }

    /// What a browser would send of this form if nothing were typed: hidden fields, values, what is checked and selected.
    pub fn form_values(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        self.form_into(&mut out);
        out
    }

    fn form_into(&self, out: &mut Vec<(String, String)>) {
        let name = self.attribute("name").unwrap_or("").to_owned();
        let value = || self.attribute("value").unwrap_or("").to_owned();
        match self.name.as_str() {
            "input" if !name.is_empty() => match self.attribute("type").unwrap_or("text") {
                "checkbox" | "radio" if self.attribute("checked").is_none() => {}
                "checkbox" | "radio" => out.push((name, self.attribute("value").unwrap_or("on").to_owned())),
                "file" | "submit" | "button" => {}
                _ => out.push((name, value())),
            },
            "textarea" => out.push((name, self.raw_text())),
            "select" => {
                let options = self.all("option");
                let chosen = options.iter().find(|o| o.attribute("selected").is_some()).or(options.first());
                if let Some(option) = chosen {
                    out.push((name, option.attribute("value").map_or_else(|| option.text(), str::to_owned)));
                }
            }
            _ => self.children.iter().for_each(|child| child.form_into(out)),
        }
    }
}

fn near<'a>(html: &'a str, rest: &str) -> &'a str {
    let at = html.len() - rest.len();
    let from = (0..=at.saturating_sub(200)).rev().find(|i| html.is_char_boundary(*i)).unwrap_or(0);
    let to = (at..=html.len()).rev().find(|i| *i <= at + 100 && html.is_char_boundary(*i)).unwrap_or(at);
    &html[from..to]
}

fn push_text(stack: &mut [Node], text: &str) {
    if !text.is_empty() {
        stack.last_mut().expect("the root stays").children.push(Node { text: unescape(text), ..Node::default() });
    }
}

/// The opening tag at the start of a text: the element, whether it closes itself, and what follows.
fn tag(from: &str) -> (Node, bool, &str) {
    let mut rest = &from[1..];
    let end = rest.find([' ', '\n', '>', '/', '\t']).expect("a tag ends");
    let mut node = Node { name: rest[..end].to_owned(), ..Node::default() };
    rest = &rest[end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix("/>") {
            return (node, true, after);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (node, false, after);
        }
        let end = rest.find([' ', '\n', '>', '=', '\t']).unwrap_or_else(|| panic!("the tag <{}> never ends", node.name));
        assert!(end > 0, "no attribute: {}", rest.chars().take(40).collect::<String>());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let value = match rest.strip_prefix('=') {
            Some(quoted) => {
                let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')).unwrap_or_else(|| panic!("{key} is not quoted"));
                let (value, after) = quoted[1..].split_once(quote).unwrap_or_else(|| panic!("{key} has no end"));
                rest = after;
                unescape(value)
            }
            None => String::new(),
        };
        assert!(!node.attributes.iter().any(|(have, _)| *have == key), "{key} stands twice in <{}>", node.name);
        node.attributes.push((key, value));
    }
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((entity, after)) = rest[1..].split_once(';') else { break };
        let letter = match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some('\u{a0}'),
            other => other.strip_prefix('#').and_then(|n| n.parse().ok()).and_then(char::from_u32),
        };
        match letter {
            Some(letter) => {
                out.push(letter);
                rest = after;
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

struct Step {
    name: String,
    tests: Vec<(String, Option<String>)>,
}

impl Step {
    fn parse(text: &str) -> Step {
        let mut step = Step { name: String::new(), tests: Vec::new() };
        let start = text.find(['.', '#', '[']).unwrap_or(text.len());
        step.name = text[..start].to_owned();
        let mut rest = &text[start..];
        while let Some(mark) = rest.chars().next() {
            rest = &rest[1..];
            if mark == '[' {
                let (test, after) = rest.split_once(']').expect("a test ends with ]");
                let (key, value) = test.split_once('=').map_or((test, None), |(k, v)| (k, Some(v.trim_matches(['"', '\'']))));
                // `[href^=x]` would look for an attribute `href^`, find none, and a test that wants none would pass.
                let known = |c: char| c.is_ascii_alphanumeric() || c == '-';
                assert!(!key.is_empty() && key.chars().all(known), "`[{test}]` is not understood here");
                step.tests.push((key.to_owned(), value.map(str::to_owned)));
                rest = after;
            } else {
                let end = rest.find(['.', '#', '[']).unwrap_or(rest.len());
                let key = if mark == '#' { "id" } else { "class" };
                step.tests.push((key.to_owned(), Some(rest[..end].to_owned())));
                rest = &rest[end..];
            }
        }
        step
    }

    fn fits(&self, node: &Node) -> bool {
        !node.name.is_empty()
            && (self.name.is_empty() || self.name == "*" || self.name == node.name)
            && self.tests.iter().all(|(key, wanted)| match (node.attribute(key), wanted) {
                (Some(value), Some(wanted)) if key == "class" => value.split_whitespace().any(|class| class == wanted),
                (Some(value), Some(wanted)) => value == wanted,
                (Some(_), None) => true,
                (None, _) => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_selectors() {
        let page = Node::parse(
            "<!doctype html><main id=\"m\"><!-- x --><p class='a b'>一 &amp; 二</p><ul><li><a href=\"/x?a=1&#38;b\">x</a></li></ul><br></main>",
        );
        assert_eq!(page.first("main p.b").unwrap().text(), "一 & 二");
        assert_eq!(page.first("#m a").unwrap().attribute("href"), Some("/x?a=1&b"));
        assert_eq!(page.all("main *").len(), 5);
        assert!(page.first("p.c").is_none() && page.first("a[href=/y]").is_none() && page.first("a[href]").is_some());
    }

    #[test]
    fn reads_a_form_as_a_browser_would() {
        let page = Node::parse(
            "<form><input type=\"hidden\" name=\"op_key\" value=\"k\"><input name=\"t\" value=\"&quot;\"><textarea name=\"w\">\n a\n b</textarea>\
             <input type=\"radio\" name=\"r\" value=\"1\"><input type=\"radio\" name=\"r\" value=\"2\" checked>\
             <select name=\"s\"><option value=\"\">-</option><option value=\"x\" selected>X</option></select><button name=\"b\">go</button></form>",
        );
        let values = page.first("form").unwrap().form_values();
        let pairs: Vec<_> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("op_key", "k"), ("t", "\""), ("w", " a\n b"), ("r", "2"), ("s", "x")]);
    }

    #[test]
    #[should_panic(expected = "closed by </div>")]
    fn bad_nesting_is_not_passed_over() {
        Node::parse("<div><p></div></p>");
    }
}
