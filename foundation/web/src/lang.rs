//! The three languages of the interface, and filling of `{placeholders}`.
//!
//! Simplified Chinese and English are written by hand, each for itself. Traditional Chinese is made
//! from the simplified text when it is first asked for, with the forms that readers of `zh-Hant`
//! expect (CLDR takes that tag for Taiwan), the words of the mainland kept, and [`OVERRIDES`] on top.

use std::fmt::{Display, Write as _};
use std::sync::OnceLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese, the first language of the product.
    #[default]
    Hans,
    /// Traditional Chinese, made from the simplified.
    Hant,
    /// English.
    En,
}

impl Lang {
    /// All languages, in the order in which a switch shows them.
    pub const ALL: [Lang; 3] = [Lang::Hans, Lang::Hant, Lang::En];

    /// The tag for `<html lang>` and for the cookie that remembers the choice.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::Hans => "zh-Hans",
            Lang::Hant => "zh-Hant",
            Lang::En => "en",
        }
    }

    /// The language's name in itself, as a switch shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Lang::Hans => "简体",
            Lang::Hant => "繁體",
            Lang::En => "English",
        }
    }

    /// What [`crate::Shell::view`] takes to change to this language.
    pub const fn query(self) -> &'static str {
        match self {
            Lang::Hans => "lang=zh-Hans",
            Lang::Hant => "lang=zh-Hant",
            Lang::En => "lang=en",
        }
    }

    /// Whether the text is Chinese.
    pub const fn is_chinese(self) -> bool {
        !matches!(self, Lang::En)
    }

    /// The language that a tag such as `zh-TW`, `zh-Hans` or `en-GB` asks for, if we speak it.
    pub fn parse(tag: &str) -> Option<Lang> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        match parts.next() {
            Some("en") => Some(Lang::En),
            Some("zh" | "yue") => {
                let traditional = parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo"));
                Some(if traditional && !tag.contains("hans") { Lang::Hant } else { Lang::Hans })
            }
            _ => None,
        }
    }

    /// The language that an `Accept-Language` header asks for; simplified Chinese when it asks for none of ours.
    pub fn accept(header: &str) -> Lang {
        let mut best = (Lang::Hans, 0_u32);
        for part in header.split(',').take(16) {
            let (tag, rest) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = rest.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(1.0).clamp(0.0, 1.0);
            // Thousandths, so that the first of two equal wishes wins.
            let weight = (weight * 1000.0).round() as u32;
            if let Some(lang) = Lang::parse(tag)
                && weight > best.1
            {
                best = (lang, weight);
            }
        }
        best.0
    }
}

/// What OpenCC writes, and what readers expect instead. Applied after the conversion, in this order.
const OVERRIDES: &[(&str, &str)] = &[("臺", "台"), ("賬", "帳"), ("重復", "重複"), ("“", "「"), ("”", "」")];

/// What is said in two languages, in that of the reader.
pub fn either(lang: Lang, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
    match lang {
        Lang::Hans => zh(),
        Lang::Hant => to_hant(&zh()),
        Lang::En => en(),
    }
}

/// A simplified Chinese text in traditional characters.
pub fn to_hant(hans: &str) -> String {
    static OPENCC: OnceLock<Option<OpenCC>> = OnceLock::new();
    let converter = OPENCC.get_or_init(|| match OpenCC::from_config(BuiltinConfig::S2tw) {
        Ok(converter) => Some(converter),
        Err(error) => {
            tracing::error!(%error, "traditional Chinese is not available, texts stay simplified");
            None
        }
    });
    let Some(converter) = converter else { return hans.to_owned() };
    let mut text = converter.convert(hans);
    for (from, to) in OVERRIDES {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    text
}

/// A text with each `{name}` replaced by its value. A name without a value stays as it is, so that a
/// mistake is seen rather than hidden.
///
/// ```
/// assert_eq!(web::fill("还有 {n} 天", &[("n", &2)]), "还有 2 天");
/// ```
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let close = from.find('}').unwrap_or(from.len());
        let name = from.get(1..close).unwrap_or_default();
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) if close < from.len() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "{value}");
                rest = from.get(close + 1..).unwrap_or_default();
            }
            _ => {
                out.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// Traditional text kept for the life of the program; only [`crate::texts!`] calls it, once for each key.
#[doc(hidden)]
pub fn hant_static(hans: &'static str) -> &'static str {
    let text = to_hant(hans);
    if text == hans { hans } else { Box::leak(text.into_boxed_str()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_headers() {
        assert_eq!(Lang::parse("zh-TW"), Some(Lang::Hant));
        assert_eq!(Lang::parse("zh-Hans-HK"), Some(Lang::Hans));
        assert_eq!(Lang::parse("EN-us"), Some(Lang::En));
        assert_eq!(Lang::parse("fr"), None);
        assert_eq!(Lang::accept("fr-FR,en;q=0.8,zh-TW;q=0.9"), Lang::Hant);
        assert_eq!(Lang::accept("en;q=0, zh;q=0.1"), Lang::Hans);
        assert_eq!(Lang::accept(""), Lang::Hans);
        for lang in Lang::ALL {
            assert_eq!(Lang::parse(lang.code()), Some(lang));
        }
    }

    #[test]
    fn placeholders() {
        assert_eq!(fill("{a}{b}", &[("a", &1), ("b", &"{a}")]), "1{a}");
        assert_eq!(fill("还有 {n} 天", &[]), "还有 {n} 天");
        assert_eq!(fill("{open", &[("open", &1)]), "{open");
        assert_eq!(fill("}{", &[]), "}{");
    }

    #[test]
    fn traditional() {
        assert_eq!(to_hant("社区网格员已签收，请在后台查看台账"), "社區網格員已簽收，請在後台查看台帳");
        assert_eq!(to_hant("干部里面"), "幹部裡面");
        assert_eq!(to_hant("退回后重复计"), "退回後重複計");
    }
}
