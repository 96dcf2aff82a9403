//! Chinese text as it really arrives: cleaned for keeping, folded for finding, cut for lists, and with
//! personal data masked as a suggestion to the person who checks it.

use unicode_normalization::UnicodeNormalization;

mod mask;

pub use mask::{Piece, mask_personal, personal_pieces};

/// Whether a character is white space of any kind, also the ideographic and the no-break space.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{180e}' || c == '\u{2800}'
}

/// Whether a character leaves no mark: control, zero-width, direction and soft-hyphen characters.
pub fn is_invisible(c: char) -> bool {
    let control = c.is_control() && !c.is_whitespace();
    control
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        )
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{fffb}')
}

/// The ASCII form of a full-width letter, digit or sign; other characters as they are.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// The text as it is kept: no control or zero-width characters; every run of blanks one space, none at
/// the ends of lines; at most one empty line between paragraphs. Where line breaks were lost and only
/// the two-character indent of a Chinese paragraph is left after a full stop, the paragraph is restored.
///
/// Cleaning twice changes nothing.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // What stands between the last visible character and the next one.
    let (mut breaks, mut blanks, mut indent) = (0u32, false, 0u32);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                breaks = breaks.saturating_add(1);
            }
            c if is_blank(c) => {
                blanks = true;
                indent = indent.saturating_add(u32::from(c == '\u{3000}'));
            }
            c if is_invisible(c) => {}
            c => {
                if !out.is_empty() {
                    match breaks {
                        0 if indent >= 2 && out.ends_with(ends_a_sentence) => out.push('\n'),
                        0 if blanks => out.push(' '),
                        0 => {}
                        1 => out.push('\n'),
                        _ => out.push_str("\n\n"),
                    }
                }
                (breaks, blanks, indent) = (0, false, 0);
                out.push(c);
            }
        }
    }
    out
}

fn ends_a_sentence(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '：' | '…' | '”' | '）' | '!' | '?' | ';' | ':')
}

/// The text on one line, cleaned: for titles, names and codes.
pub fn clean_line(text: &str) -> String {
    let mut line = clean(text);
    if line.contains('\n') {
        line = line.split('\n').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    line
}

/// For finding and comparing: compatibility forms made one (full-width, circled, half-width kana) and
/// letters lower-case. Not for showing.
pub fn fold(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().collect()
}

/// Characters as a person counts them for a limit: white space and invisible characters are not counted.
pub fn count_chars(text: &str) -> usize {
    text.chars().filter(|c| !is_blank(*c) && !is_invisible(*c)).count()
}

/// The first `n` characters on one line, with `…` where something was left out.
pub fn excerpt(text: &str, n: usize) -> String {
    let line = clean_line(text);
    match line.char_indices().nth(n) {
        None => line,
        Some((end, _)) => {
            let kept = line.get(..end).unwrap_or("").trim_end();
            format!("{kept}…")
        }
    }
}

/// A name with all but its first character hidden: 王**, for lists where who it is does not matter.
pub fn mask_name(name: &str) -> String {
    let name = clean_line(name);
    let mut characters = name.chars();
    match characters.next() {
        None => String::new(),
        Some(first) => {
            let hidden = characters.count().clamp(1, 4);
            format!("{first}{}", "*".repeat(hidden))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cleans_what_spreadsheets_and_forms_bring() {
        for (dirty, clean_text) in [
            ("\n\t\t\t\t\n\t\t\t\t楼道灯坏了。\n\t\t\t", "楼道灯坏了。"),
            ("您好\u{a0}\u{a0}我想问", "您好 我想问"),
            ("第一段。　　第二段", "第一段。\n第二段"),
            ("姓名　　张", "姓名 张"),
            ("一\r\n二\r三\u{2028}四", "一\n二\n三\n四"),
            ("一\n \n\t\n\n二", "一\n\n二"),
            ("零\u{200b}宽\u{feff}与\u{202e}反向\u{0}", "零宽与反向"),
            ("行尾  \n  行首", "行尾\n行首"),
            ("a \u{200b} b", "a b"),
            ("", ""),
            (" \n\u{3000}", ""),
        ] {
            assert_eq!(clean(dirty), clean_text, "{dirty:?}");
        }
        assert_eq!(clean_line("标题\n\n第二行 "), "标题 第二行");
    }

    #[test]
    fn folds_counts_and_cuts() {
        assert_eq!(fold("ＡＢＣ①㈠ Ｆｏｏ"), "abc1(一) foo");
        assert_eq!(count_chars("你好，\u{3000}a b\n\u{200b}"), 5);
        assert_eq!(excerpt("一二三四五", 3), "一二三…");
        assert_eq!(excerpt("一二三", 3), "一二三");
        assert_eq!(excerpt("一\n二 三", 3), "一 二…");
        assert_eq!(excerpt("一", 0), "…");
        assert_eq!(mask_name("欧阳小明"), "欧***");
        assert_eq!(mask_name("王"), "王*");
        assert_eq!(mask_name(" "), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "[ \\t\\n\\r\u{b}\u{85}\u{a0}\u{3000}\u{200b}\u{2028}\u{feff}。：a字]{0,60}|\\PC{0,60}|.{0,60}") {
            let once = clean(&text);
            prop_assert_eq!(&clean(&once), &once);
            prop_assert!(!once.chars().any(is_invisible));
            prop_assert!(!once.contains("\n\n\n") && !once.contains("  ") && once.trim() == once);
            let line = clean_line(&text);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(&clean_line(&line), &line);
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn cleaning_loses_no_visible_character(text in ".{0,60}") {
            let visible = |t: &str| t.chars().filter(|c| !is_blank(*c) && !is_invisible(*c)).collect::<String>();
            prop_assert_eq!(visible(&clean(&text)), visible(&text));
            prop_assert!(excerpt(&text, 10).chars().count() <= 11);
        }
    }
}
