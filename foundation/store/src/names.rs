//! The names that migrations give to constraints, which SQLite does not say when one refuses a row:
//! it tells columns for a unique one, and the condition for an unnamed check. PostgreSQL tells names,
//! so the names are read here from the tables' own texts, by PostgreSQL's rules where none was given.

use std::collections::HashMap;

/// From what SQLite says to the name that the migration gave.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    unique: HashMap<String, String>,
    check: HashMap<String, String>,
}

impl Names {
    /// `t.a, t.b`, or `index 'name'`.
    pub(crate) fn unique(&self, failed: &str) -> String {
        let index = failed.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\''));
        index.unwrap_or_else(|| self.unique.get(failed).map_or(failed, String::as_str)).to_owned()
    }

    /// The constraint's name, or the text of the condition where it has none.
    pub(crate) fn check(&self, failed: &str) -> String {
        self.check.get(failed).map_or(failed, String::as_str).to_owned()
    }

    /// From the tables and indexes of a database.
    pub(crate) fn read(conn: &rusqlite::Connection) -> rusqlite::Result<Names> {
        let mut names = Names::default();
        let mut tables = conn.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name")?;
        for table in tables.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
            let (table, sql) = table?;
            names.add_table(&table, &sql);
        }
        let mut indexes = conn.prepare(
            "SELECT t.name, i.name, (SELECT group_concat(t.name || '.' || c.name, ', ' ORDER BY c.seqno) FROM pragma_index_info(i.name) AS c)
             FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
             WHERE t.type = 'table' AND i.origin = 'c' AND i.\"unique\" = 1 ORDER BY i.name",
        )?;
        for index in indexes.query_map([], |row| Ok((row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?)))? {
            if let (name, Some(columns)) = index? {
                names.unique.entry(columns).or_insert(name);
            }
        }
        Ok(names)
    }

    fn add_table(&mut self, table: &str, sql: &str) {
        let tokens = tokens(sql);
        let Some(open) = tokens.iter().position(|token| token.text == "(") else { return };
        let items = parts(&tokens[open + 1..]);
        let columns: Vec<String> = items.iter().filter_map(|item| column_of(item)).collect();
        let mut taken = Vec::new();
        for item in &items {
            let column = column_of(item);
            let mut given: Option<String> = None;
            let mut at = 0;
            while let Some(token) = item.get(at) {
                let rest = &item[at + 1..];
                match token.word().as_str() {
                    "constraint" => {
                        given = rest.first().map(Token::name);
                        at += 1;
                    }
                    word @ ("unique" | "primary") => {
                        let named = match (&column, list(rest)) {
                            (Some(column), _) => vec![column.clone()],
                            (None, inner) => parts(inner).iter().filter_map(|part| part.first()).map(Token::name).collect(),
                        };
                        let ours = given.take().unwrap_or_else(|| match word {
                            "unique" => format!("{table}_{}_key", named.join("_")),
                            _ => format!("{table}_pkey"),
                        });
                        let told: Vec<String> = named.iter().map(|name| format!("{table}.{name}")).collect();
                        self.unique.entry(told.join(", ")).or_insert(ours);
                    }
                    "check" => {
                        let inner = list(rest);
                        let mut about: Vec<String> = inner.iter().map(Token::name).filter(|name| columns.contains(name)).collect();
                        about.sort_unstable();
                        about.dedup();
                        let base = match about.as_slice() {
                            [one] => format!("{table}_{one}_check"),
                            _ => format!("{table}_check"),
                        };
                        let numbered = std::iter::once(base.clone()).chain((1..).map(|n| format!("{base}{n}")));
                        let ours = given.take().or_else(|| numbered.into_iter().find(|name| !taken.contains(name))).unwrap_or(base);
                        taken.push(ours.clone());
                        if let (Some(first), Some(last)) = (inner.first(), inner.last()) {
                            let told = sql.get(first.start..last.start + last.text.len()).unwrap_or_default();
                            self.check.entry(told.to_owned()).or_insert(ours);
                        }
                        at += inner.len() + 2;
                    }
                    "not" | "null" | "default" | "references" | "foreign" | "collate" => given = None,
                    _ => {}
                }
                at += 1;
            }
        }
    }
}

/// A word, a quoted name or text, or a sign.
#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    start: usize,
}

impl Token<'_> {
    fn word(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    fn name(&self) -> String {
        self.text.trim_matches('"').to_owned()
    }
}

fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(first) = sql.get(start..).and_then(|rest| rest.chars().next()) {
        let rest = &sql[start..];
        let word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = match first {
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            // A doubled quote inside makes two tokens, which is good enough for finding constraints.
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            _ if word(first) => rest.find(|letter| !word(letter)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let text = &rest[..length];
        if !first.is_whitespace() && !text.starts_with("--") && !text.starts_with("/*") {
            found.push(Token { text, start });
        }
        start += length;
    }
    found
}

/// The columns and constraints of a table, split at the commas outside of brackets.
fn parts<'a>(tokens: &[Token<'a>]) -> Vec<Vec<Token<'a>>> {
    let (mut items, mut depth) = (vec![Vec::new()], 0_usize);
    for token in tokens {
        match token.text {
            ")" if depth == 0 => break,
            "," if depth == 0 => items.push(Vec::new()),
            text => {
                depth = match text {
                    "(" => depth + 1,
                    ")" => depth - 1,
                    _ => depth,
                };
                if let Some(item) = items.last_mut() {
                    item.push(*token);
                }
            }
        }
    }
    items
}

/// What stands in the first brackets.
fn list<'a, 'b>(tokens: &'b [Token<'a>]) -> &'b [Token<'a>] {
    let Some(open) = tokens.iter().position(|token| token.text == "(") else { return &[] };
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" => depth += 1,
            ")" if depth == 1 => return &tokens[open + 1..at],
            ")" => depth -= 1,
            _ => {}
        }
    }
    &[]
}

fn column_of(item: &[Token<'_>]) -> Option<String> {
    let first = item.first()?;
    let constraint = ["constraint", "primary", "unique", "check", "foreign"].contains(&first.word().as_str());
    (!constraint).then(|| first.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_were_given_and_made_where_not() {
        let mut names = Names::default();
        names.add_table(
            "t",
            "CREATE TABLE t ( -- a (comment)
                id BLOB PRIMARY KEY, no TEXT NOT NULL CONSTRAINT t_no UNIQUE, a INTEGER CHECK ( a IN (0, 1) ),
                b INTEGER NOT NULL DEFAULT (1) UNIQUE CHECK (b > 0) CONSTRAINT t_b_small CHECK (b < 9), \"c\" TEXT,
                CHECK (a < b), CHECK (length(c) > 1 AND c <> ')'), CHECK (a > b), CHECK (b <> 5),
                CONSTRAINT t_pair UNIQUE (a, \"c\"), UNIQUE (c, a)
            ) STRICT",
        );
        for (told, ours) in [("t.id", "t_pkey"), ("t.no", "t_no"), ("t.b", "t_b_key"), ("t.a, t.c", "t_pair"), ("t.c, t.a", "t_c_a_key")] {
            assert_eq!(names.unique(told), ours);
        }
        for (told, ours) in [
            ("a IN (0, 1)", "t_a_check"),
            ("b > 0", "t_b_check"),
            ("b < 9", "t_b_small"),
            ("a < b", "t_check"),
            ("length(c) > 1 AND c <> ')'", "t_c_check"),
            ("a > b", "t_check1"),
            ("b <> 5", "t_b_check1"),
            ("t_named", "t_named"),
        ] {
            assert_eq!(names.check(told), ours);
        }
        assert_eq!(names.unique("index 'u_lower'"), "u_lower");
    }
}
