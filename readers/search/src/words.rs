//! From a text to its words: folded to simplified characters and one width, cut by a dictionary, each word
//! a number. The dictionary is loaded when the first text is cut.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use jieba_rs::Jieba;

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Traditional characters with their simplified form, one for one: enough to find, not to show.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else { return HashMap::new() };
    let single = |c: char| {
        let to = converter.convert(c.encode_utf8(&mut [0; 4]));
        let mut of = to.chars();
        of.next().filter(|to| of.next().is_none() && *to != c).map(|to| (c, to))
    };
    ('\u{3400}'..='\u{9fff}').filter_map(single).collect()
});

/// A text as it is compared: simplified, one width, lower case.
pub fn folded(text: &str) -> String {
    base::text::fold(text).chars().map(|c| if c.is_ascii() { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }).collect()
}

fn says_something(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// Loads the dictionary beside whatever else is going on, so that no transaction waits for it.
pub fn load() {
    std::thread::spawn(|| {
        LazyLock::force(&JIEBA);
        LazyLock::force(&SIMPLIFIED);
    });
}

/// FNV-1a: the same on every machine and in every version, since numbers are kept.
fn number(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn sorted(mut terms: Vec<u32>) -> Vec<u32> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The words of a document, those within longer words too, in order and each once.
pub(crate) fn of_document(text: &str) -> Vec<u32> {
    let text = folded(text);
    let cut = JIEBA.cut_for_search(&text, true);
    sorted(cut.into_iter().map(|token| token.word).filter(|word| says_something(word)).map(number).collect())
}

/// The words that a document must all have to be found.
pub(crate) fn of_query(text: &str) -> Vec<u32> {
    let text = folded(text);
    let cut = JIEBA.cut(&text, true);
    sorted(cut.into_iter().map(|token| token.word).filter(|word| says_something(word)).map(number).collect())
}
