//! Statements: constant texts that register themselves, so that one test prepares each of them on both engines.

use std::sync::OnceLock;

/// The text of a statement and where it stands. Made by [`crate::sql!`] only.
#[derive(Debug)]
pub struct Sql {
    text: &'static str,
    file: &'static str,
    line: u32,
}

/// A statement as the list of all statements holds it.
#[doc(hidden)]
pub struct Registered(pub &'static Sql);

inventory::collect!(Registered);

impl Sql {
    #[doc(hidden)]
    pub const fn new(text: &'static str, file: &'static str, line: u32) -> Sql {
        Sql { text, file, line }
    }

    /// The text as it was written, with `?1`, `?2` … for the bound values.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Where the statement stands in the source: `file:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// The table that the statement reads first.
    pub(crate) fn table(&self) -> Option<&'static str> {
        let mut words = self.text.split_whitespace().skip_while(|word| *word != "FROM");
        words.nth(1).map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_')).filter(|word| !word.is_empty())
    }

    /// Statements are constants, so their address names them: cheaper than hashing their text.
    pub(crate) fn key(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// All statements linked into this program, in the order of their places.
pub fn all_statements() -> &'static [&'static Sql] {
    static ALL: OnceLock<Vec<&'static Sql>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<_> = inventory::iter::<Registered>.into_iter().map(|registered| registered.0).collect();
        all.sort_by_key(|sql| (sql.file, sql.line));
        all
    })
}

/// A statement: `const FIND: &Sql = sql!("SELECT name FROM unit WHERE id = ?1");`. One text for both
/// engines; values only ever by `?1`, `?2` …, never formatted in.
#[macro_export]
macro_rules! sql {
    ($text:expr $(,)?) => {{
        static STATEMENT: $crate::Sql = $crate::Sql::new($text, file!(), line!());
        $crate::__inventory::submit! { $crate::Registered(&STATEMENT) }
        &STATEMENT
    }};
}

/// PostgreSQL's `$1` for our `?1`. A `?` that no digit follows stands as it is.
pub(crate) fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let placeholder = letter == '?' && rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if placeholder { '$' } else { letter });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Sql, numbered};

    #[test]
    fn the_table_that_is_read_first() {
        let table = |text: &'static str| Sql::new(text, "", 1).table();
        assert_eq!(table("SELECT id FROM unit"), Some("unit"));
        assert_eq!(table("SELECT a, b\n     FROM concern_text t JOIN concern c ON c.id = t.concern"), Some("concern_text"));
        assert_eq!(table("SELECT size FROM log_head;"), Some("log_head"));
        assert_eq!(table("INSERT INTO unit (id) VALUES (?1)"), None);
    }

    #[test]
    fn placeholders() {
        assert_eq!(numbered("SELECT ?2, ?1, ?12 || '?'"), "SELECT $2, $1, $12 || '?'");
    }
}
