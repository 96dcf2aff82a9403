//! `texts!`: the words of a module as typed tables, one field for each key.
//!
//! A key that is missing in a language does not compile. Whether texts are well formed is one test
//! over all tables that are linked in: [`check_all`].

use crate::lang::Lang;

/// One text in the two languages that are written by hand.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The field's name.
    pub key: &'static str,
    /// Simplified Chinese.
    pub hans: &'static str,
    /// English.
    pub en: &'static str,
}

/// A table made by [`texts!`](crate::texts), as the test sees it.
#[derive(Clone, Copy, Debug)]
pub struct TextTable {
    /// Module path and name of the struct.
    pub name: &'static str,
    /// Its texts.
    pub texts: &'static [Text],
}

inventory::collect!(TextTable);

/// Declares a table of texts: a struct with one `&'static str` field for each key.
///
/// ```
/// web::texts! {
///     /// Words of the form.
///     pub FormTexts;
///     title: "反映问题", "Report a concern";
///     left: "还可以写 {n} 个字", "{n} characters left";
/// }
/// assert_eq!(FormTexts::of(web::Lang::En).title, "Report a concern");
/// assert_eq!(FormTexts::of(web::Lang::Hant).title, "反映問題");
/// ```
#[macro_export]
macro_rules! texts {
    ($(#[$meta:meta])* $vis:vis $name:ident; $($key:ident: $hans:literal, $en:literal;)+) => {
        $(#[$meta])*
        #[derive(Debug)]
        #[allow(missing_docs, reason = "a text documents itself")]
        $vis struct $name { $(#[doc = $hans] pub $key: &'static str,)+ }

        impl $name {
            /// The keys and their texts.
            $vis const KEYS: &'static [$crate::texts::Text] =
                &[$($crate::texts::Text { key: stringify!($key), hans: $hans, en: $en }),+];

            /// The texts in a language.
            #[allow(dead_code, reason = "a table may be read through its keys only")]
            $vis fn of(lang: $crate::lang::Lang) -> &'static $name {
                static HANS: $name = $name { $($key: $hans),+ };
                static EN: $name = $name { $($key: $en),+ };
                static HANT: ::std::sync::LazyLock<$name> =
                    ::std::sync::LazyLock::new(|| $name { $($key: $crate::lang::hant_static($hans)),+ });
                match lang {
                    $crate::lang::Lang::Hans => &HANS,
                    $crate::lang::Lang::Hant => &HANT,
                    $crate::lang::Lang::En => &EN,
                }
            }
        }

        $crate::__inventory::submit! {
            $crate::texts::TextTable { name: concat!(module_path!(), "::", stringify!($name)), texts: $name::KEYS }
        }
    };
}

/// Every table that is linked into this program.
pub fn tables() -> impl Iterator<Item = &'static TextTable> {
    inventory::iter::<TextTable>.into_iter()
}

/// What is wrong with the texts of all linked tables, one line for each fault; empty when all is well.
/// A test of the program that links every module asserts that it is empty.
pub fn check_all() -> Vec<String> {
    let mut faults = Vec::new();
    for table in tables() {
        for text in table.texts {
            for fault in check(text) {
                faults.push(format!("{}.{}: {fault}", table.name, text.key));
            }
        }
    }
    faults.sort();
    faults
}

/// What is wrong with one text.
pub fn check(text: &Text) -> Vec<String> {
    let mut faults = Vec::new();
    let hant = crate::lang::to_hant(text.hans);
    for (lang, words) in [(Lang::Hans, text.hans), (Lang::Hant, hant.as_str()), (Lang::En, text.en)] {
        let code = lang.code();
        if words.trim().is_empty() {
            faults.push(format!("{code} is empty"));
        }
        if words.trim() != words {
            faults.push(format!("{code} begins or ends with a space"));
        }
        if placeholders(words) != placeholders(text.hans) {
            faults.push(format!("{code} has other placeholders than zh-Hans"));
        }
        if lang.is_chinese() {
            if let Some(stray) = stray_punctuation(words) {
                faults.push(format!("{code} has half-width punctuation between Han characters: {stray}"));
            }
            if lang == Lang::Hans && words.contains(['「', '」', '"']) {
                faults.push(format!("{code} quotes otherwise than with “ ”"));
            }
            if words.contains(['!', '！']) {
                faults.push(format!("{code} has an exclamation mark"));
            }
        } else if let Some(c) = words.chars().find(|c| is_han(*c) || is_wide_punctuation(*c)) {
            faults.push(format!("{code} has a Chinese character: {c}"));
        }
    }
    faults
}

/// Whether the character is a Han character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '〇')
}

fn is_wide_punctuation(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff1f}')
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn stray_punctuation(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(3).find_map(|three| match three {
        [before, mark @ (',' | '.' | ';' | ':' | '?' | '!' | '(' | ')'), after] if is_han(*before) && is_han(*after) => {
            Some(format!("{before}{mark}{after}"))
        }
        _ => None,
    })
}

/// Where Han characters stand in the templates under a folder: `file:line: text`. A template holds
/// structure; its words belong into a [`texts!`](crate::texts) table. Comments of the template
/// language are passed over.
pub fn han_in_templates(folder: &std::path::Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(han_in_templates(&path)?);
        } else if path.extension().is_some_and(|e| e == "html" || e == "txt" || e == "svg") {
            let text = std::fs::read_to_string(&path)?;
            for (at, line) in text.lines().enumerate() {
                if line.chars().any(|c| is_han(c) || is_wide_punctuation(c)) {
                    found.push(format!("{}:{}: {}", path.display(), at + 1, line.trim()));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_texts_are_well_formed() {
        assert_eq!(check_all(), Vec::<String>::new());
        assert!(tables().count() > 0);
    }

    #[test]
    fn our_own_templates_hold_no_words() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        assert_eq!(han_in_templates(&folder).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn faults_are_found() {
        let text = Text { key: "k", hans: "您好,世界 {n}", en: "Hello，{m}" };
        let faults = check(&text).join("\n");
        for part in ["half-width", "placeholders", "Chinese character"] {
            assert!(faults.contains(part), "{part} in {faults}");
        }
        assert_eq!(check(&Text { key: "k", hans: "第 {n} 步", en: "Step {n}" }), Vec::<String>::new());
        assert!(!check(&Text { key: "k", hans: "", en: "x" }).is_empty());
        assert_eq!(check(&Text { key: "k", hans: "点“返回”", en: "Press “Back”" }), Vec::<String>::new());
        assert!(!check(&Text { key: "k", hans: "点「返回」", en: "Press “Back”" }).is_empty());
    }
}
