//! A suggestion for a text without what gives its writer away. A person checks and corrects it: no rule
//! finds everything, and what it hides too much the person puts back.

use super::{half_width, is_blank};

/// Words after which people give their own name.
const BEFORE_NAME: [&str; 16] = [
    "我的名字叫",
    "我的名字是",
    "名字叫",
    "名字是",
    "我名叫",
    "我叫",
    "名叫",
    "姓名",
    "联系人",
    "投诉人",
    "反映人",
    "来电人",
    "本人",
    "我是",
    "市民",
    "居民",
];

/// The commoner surnames; a name after 本人 or 我是 is believed only when it begins with one.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺";

/// Two-character surnames.
const COMPOUND: [&str; 10] = ["欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容"];

/// What may follow a name; anything else means that the characters were no name.
const AFTER_NAME: [&str; 34] = [
    "，",
    "。",
    "、",
    "；",
    "：",
    "！",
    "？",
    "（",
    "）",
    "”",
    ",",
    ".",
    ";",
    ":",
    "(",
    ")",
    " ",
    "\n",
    "住",
    "系",
    "是",
    "在",
    "今年",
    "现年",
    "男",
    "女",
    "家住",
    "电话",
    "手机",
    "联系",
    "身份证",
    "向",
    "来自",
    "反映",
];

/// Forms of address after a surname, as in 居民王女士.
const ADDRESS: [&str; 8] = ["先生", "女士", "小姐", "同志", "阿姨", "大爷", "大妈", "师傅"];

/// The text with telephone and identity numbers, e-mail addresses, room numbers and the names people give
/// for themselves replaced by what they were, in brackets. A suggestion for a person to check.
pub fn mask_personal(text: &str) -> String {
    personal_pieces(text).into_iter().map(|piece| piece.label.map_or(piece.text, str::to_owned)).collect()
}

/// A piece of a text: as it is, or what gives somebody away, with what may stand in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The characters of the text.
    pub text: String,
    /// What may stand instead; nothing for what may stay.
    pub label: Option<&'static str>,
}

/// The text in pieces, those that give somebody away apart: for showing them marked. Put together again
/// they are the text.
pub fn personal_pieces(text: &str) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut out = String::new();
    let hide = |out: &mut String, pieces: &mut Vec<Piece>, hidden: &[char], label| {
        if !out.is_empty() {
            pieces.push(Piece { text: std::mem::take(out), label: None });
        }
        pieces.push(Piece { text: hidden.iter().collect(), label: Some(label) });
    };
    let mut at = 0;
    while let Some(c) = characters.get(at).copied() {
        let rest = characters.get(at..).unwrap_or(&[]);
        let hidden =
            dwelling(rest).or_else(|| address_sign(rest)).or_else(|| number(rest, at.checked_sub(1).and_then(|p| characters.get(p))));
        if let Some((length, label)) = hidden {
            hide(&mut out, &mut pieces, rest.get(..length).unwrap_or(&[]), label);
            at += length;
        } else if let Some((kept, hidden)) = name(rest) {
            out.extend(rest.iter().take(kept));
            hide(&mut out, &mut pieces, rest.get(kept..kept + hidden).unwrap_or(&[]), "［姓名］");
            at += kept + hidden;
        } else {
            out.push(c);
            at += 1;
        }
    }
    if !out.is_empty() {
        pieces.push(Piece { text: out, label: None });
    }
    pieces
}

/// Signs of a dwelling, in the order in which addresses have them.
const DWELLING: [&str; 9] = ["号楼", "栋", "幢", "座", "单元", "号", "层", "楼", "室"];

/// A dwelling of at least two parts, as 3号楼2单元501室: a building alone is where the matter is, a door
/// in it is somebody's. Its length and what stands instead.
fn dwelling(rest: &[char]) -> Option<(usize, &'static str)> {
    let (mut at, mut parts, mut fine) = (0, 0, false);
    loop {
        let digits = rest.iter().skip(at).take_while(|c| half_width(**c).is_ascii_digit() || "一二三四五六七八九十".contains(**c)).count();
        let named = usize::from(digits == 0 && rest.get(at).is_some_and(|c| half_width(*c).is_ascii_uppercase()));
        if !(1..=4).contains(&(digits + named)) {
            break;
        }
        let after = rest.get(at + digits + named..).unwrap_or(&[]);
        let starts = |sign: &&&str| sign.chars().zip(after).filter(|(a, b)| a == *b).count() == sign.chars().count();
        if let Some(sign) = DWELLING.iter().find(starts) {
            at += digits + named + sign.chars().count();
            parts += 1;
            fine |= matches!(*sign, "单元" | "室" | "层" | "楼");
        } else {
            // The number of a door often ends without a sign: 2单元501.
            if parts > 0 && digits >= 3 {
                at += digits;
                parts += 1;
                fine = true;
            }
            break;
        }
    }
    (parts >= 2 && fine).then_some((at, "［住址］"))
}

/// A run of digits that is a telephone, identity, account or room number: its length and what stands instead.
fn number(rest: &[char], before: Option<&char>) -> Option<(usize, &'static str)> {
    let first = half_width(*rest.first()?);
    if !first.is_ascii_digit() || before.is_some_and(|c| half_width(*c).is_ascii_alphanumeric()) {
        return None;
    }
    // Digits may be grouped by single spaces or dashes, as 138-1234-5678.
    let (mut digits, mut length, mut grouped) = (String::new(), 0, false);
    for (i, c) in rest.iter().enumerate() {
        let c = half_width(*c);
        match c {
            '0'..='9' => {
                digits.push(c);
                length = i + 1;
            }
            'x' | 'X' if digits.len() == 17 => {
                digits.push('X');
                length = i + 1;
                break;
            }
            '-' | '–' | '—' | ' ' if rest.get(i + 1).is_some_and(|n| half_width(*n).is_ascii_digit()) => {
                // A group ends where a whole mobile stands, so that two numbers are not taken as one.
                if digits.len() >= 11 {
                    break;
                }
                grouped = true;
            }
            _ => break,
        }
    }
    let follows = |word: &str| {
        let after = rest.get(length..).unwrap_or(&[]);
        word.chars().zip(after).filter(|(a, b)| a == *b).count() == word.chars().count()
    };
    let bytes = digits.as_bytes();
    let mobile = matches!(bytes, [b'1', b'3'..=b'9', ..]) && bytes.len() == 11;
    let landline = bytes.first() == Some(&b'0') && (10..=12).contains(&bytes.len());
    match bytes.len() {
        18 | 15 if !grouped && !digits.starts_with('0') => Some((length, "［证件号］")),
        _ if mobile || landline => Some((length, "［电话］")),
        16..=19 => Some((length, "［账号］")),
        7 | 8
            if !grouped
                && !digits.starts_with('0')
                && !digits.starts_with("19")
                && !digits.starts_with("20")
                && !unit_of_measure(rest, length) =>
        {
            Some((length, "［电话］"))
        }
        1..=4 if !grouped && (follows("室") || follows("号房") || follows("户室")) => Some((length, "［门牌］")),
        _ => None,
    }
}

/// Whether what follows makes a number an amount, not a telephone.
fn unit_of_measure(rest: &[char], length: usize) -> bool {
    rest.get(length).is_some_and(|c| "元万亿年月日号平米米公吨人户份件个.%，,".contains(*c) && !"，,.".contains(*c))
}

/// An e-mail address that starts here.
fn address_sign(rest: &[char]) -> Option<(usize, &'static str)> {
    let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    if !rest.first().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let local = rest.iter().take(65).take_while(|c| word(c)).count();
    if rest.get(local) != Some(&'@') {
        return None;
    }
    let host = rest.get(local + 1..)?.iter().take(200).take_while(|c| word(c)).count();
    (host > 0).then_some((local + 1 + host, "［邮箱］"))
}

/// A name given after a word like 我叫: how many characters to keep and how many to hide.
fn name(rest: &[char]) -> Option<(usize, usize)> {
    if starts(rest, "我姓") && rest.get(2).is_some_and(|c| SURNAMES.contains(*c)) {
        return Some((2, 1));
    }
    let word = BEFORE_NAME.iter().find(|word| starts(rest, word))?;
    let certain = !matches!(*word, "本人" | "我是" | "市民" | "居民");
    let mut at = word.chars().count();
    let mut link = 0;
    while let Some(c) = rest.get(at)
        && link < 3
        && (is_blank(*c) && *c != '\n' || matches!(c, '：' | ':' | '是' | '叫' | '为'))
    {
        at += 1;
        link += 1;
    }
    let tail = rest.get(at..)?;
    let surname = if COMPOUND.iter().any(|s| starts(tail, s)) { 2 } else { 1 };
    if surname == 1 && !tail.first().is_some_and(|c| SURNAMES.contains(*c)) {
        return None;
    }
    let given = tail.get(surname..)?;
    if ADDRESS.iter().any(|a| starts(given, a)) {
        return Some((at, surname));
    }
    let han = |n: usize| given.len() >= n && given.iter().take(n).all(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    let ends = |n: usize| given.len() == n || given.get(n..).is_some_and(|after| AFTER_NAME.iter().any(|a| starts(after, a)));
    // The longer name first, so that 王小明 is not left as 明; without an end mark only where a name must stand.
    let whole = [2, 1].into_iter().find(|n| han(*n) && ends(*n)).or_else(|| [2, 1].into_iter().find(|n| certain && han(*n)))?;
    Some((at, surname + whole))
}

fn starts(text: &[char], word: &str) -> bool {
    let mut at = 0;
    word.chars().all(|c| {
        at += 1;
        text.get(at - 1) == Some(&c)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hides_what_gives_the_writer_away() {
        for (text, masked) in [
            ("我叫王小明，电话13812341234。", "我叫［姓名］，电话［电话］。"),
            ("本人李雷，住3栋2单元501室", "本人［姓名］，住［住址］"),
            ("3号楼东侧的垃圾桶，5 号线", "3号楼东侧的垃圾桶，5 号线"),
            ("家住二单元302，厕所漏水", "家住［住址］，厕所漏水"),
            ("姓名：欧阳小红 身份证11010519491231002X", "姓名：［姓名］ 身份证［证件号］"),
            ("请打 138-1234-1234 或０１０－１２３４５６７８", "请打 ［电话］ 或［电话］"),
            ("居民张女士反映", "居民［姓名］女士反映"),
            ("我是东门社区的居民", "我是东门社区的居民"),
            ("本人于2020年购房", "本人于2020年购房"),
            ("座机82345678联系", "座机［电话］联系"),
            ("邮箱 abc.d@example.com，谢谢", "邮箱 ［邮箱］，谢谢"),
            ("于20260131交了12345678元", "于20260131交了12345678元"),
            ("路灯3号杆坏了两天", "路灯3号杆坏了两天"),
            ("我姓陈", "我姓［姓名］"),
            ("", ""),
        ] {
            assert_eq!(mask_personal(text), masked, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_mobile_or_identity_number_is_left(before in "[\u{4e00}-\u{4fff}，。 ]{0,8}", rest in 0u64..1_000_000_000, second in 3u8..=9, after in "[\u{4e00}-\u{4fff}，。]{0,8}") {
            let mobile = format!("1{second}{rest:09}");
            let masked = mask_personal(&format!("{before}{mobile}{after}"));
            prop_assert!(!masked.contains(&mobile) && masked.contains("［电话］"), "{}", masked);
        }

        #[test]
        fn never_panics(text in ".{0,80}|[我叫本人姓名是：王张0-9１２@a室X -]{0,40}") {
            let _ = mask_personal(&text);
        }
    }
}
