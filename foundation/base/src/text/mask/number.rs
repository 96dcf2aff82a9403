//! Numbers and signs by which somebody is found: telephones, papers, accounts, plates, mail.

use super::starts;
use crate::text::half_width;

/// What stands between the groups of a number.
fn separates(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '－' | '.' | '·' | '_' | ' ' | '\u{a0}')
}

/// A run of digits that is a telephone, identity, account or room number: its length and what stands instead.
pub(super) fn number(rest: &[char], before: Option<&char>) -> Option<(usize, &'static str)> {
    if before.is_some_and(|c| half_width(*c).is_ascii_alphanumeric()) {
        return None;
    }
    let first = half_width(*rest.first()?);
    if first == '+' || first == '(' {
        // +86 138 1234 5678, (0532) 8888 7777: the sign goes with the number, whose digits follow at once.
        if !rest.get(1).is_some_and(|c| half_width(*c).is_ascii_digit()) {
            return None;
        }
        let (length, label) = number(rest.get(1..)?, None).filter(|(_, label)| *label == PHONE)?;
        return (first == '+' || half_width_run(rest.get(1..)?).starts_with('0')).then_some((length + 1, label));
    }
    if !first.is_ascii_digit() {
        return spoken(rest);
    }
    let (mut digits, mut length, mut grouped) = (String::new(), 0, false);
    let mut at = 0;
    while let Some(c) = rest.get(at).map(|c| half_width(*c)) {
        match c {
            // Longer than anything that is a number of somebody.
            '0'..='9' if digits.len() == LONGEST => break,
            '0'..='9' => {
                digits.push(c);
                at += 1;
                length = at;
            }
            'x' | 'X' if digits.len() == 17 => {
                digits.push('X');
                length = at + 1;
                break;
            }
            // The area code of a landline may stand in brackets.
            ')' if digits.starts_with('0') && (3..=4).contains(&digits.len()) => at += 1,
            c if separates(c) => {
                // Up to three signs between two groups; a whole telephone ends where its group does, so that two
                // numbers are not taken as one.
                let gap = rest.iter().skip(at).take_while(|c| separates(half_width(**c))).count();
                let more = rest
                    .get(at + gap)
                    .is_some_and(|c| half_width(*c).is_ascii_digit() || (digits.len() == 17 && matches!(half_width(*c), 'x' | 'X')));
                if gap > 3 || !more || is_mobile(&digits) || is_landline(&digits) {
                    break;
                }
                grouped = true;
                at += gap;
            }
            _ => break,
        }
    }
    let after = rest.get(length..).unwrap_or(&[]);
    let follows = |word: &str| starts(after, word);
    let n = digits.len();
    let abroad = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).is_some_and(is_mobile);
    match n {
        18 if !digits.starts_with('0') && (!grouped || born(&digits, 6..14)) => Some((length, "［证件号］")),
        15 if !digits.starts_with('0') && (!grouped || born(&digits, 6..12)) && !abroad => Some((length, "［证件号］")),
        _ if is_mobile(&digits) || is_landline(&digits) || abroad => Some((length, PHONE)),
        16..=19 => Some((length, "［账号］")),
        7 | 8 if !grouped && !digits.starts_with('0') && !digits.starts_with("19") && !digits.starts_with("20") && !measures(after) => {
            Some((length, PHONE))
        }
        1..=4 if !grouped && (follows("室") || follows("号房") || follows("户室")) => Some((length, "［门牌］")),
        _ => door(rest, &digits),
    }
}

/// Digits that are looked at; nothing that is found has so many.
const LONGEST: usize = 24;

const PHONE: &str = "［电话］";

fn is_mobile(digits: &str) -> bool {
    matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) && digits.len() == 11
}

fn is_landline(digits: &str) -> bool {
    digits.starts_with('0') && (10..=12).contains(&digits.len()) && !digits.starts_with("00")
}

fn half_width_run(text: &[char]) -> String {
    text.iter().map(|c| half_width(*c)).take_while(char::is_ascii_digit).collect()
}

/// Whether some of the digits are a month and a day, as in an identity number.
fn born(digits: &str, at: std::ops::Range<usize>) -> bool {
    let Some(day) = digits.get(at) else { return false };
    let two = |from: usize| day.get(from..from + 2).and_then(|d| d.parse::<u8>().ok()).unwrap_or(0);
    let from = day.len().saturating_sub(4);
    (1..=12).contains(&two(from)) && (1..=31).contains(&two(from + 2))
}

/// Whether what follows makes a number an amount, not a telephone.
fn measures(after: &[char]) -> bool {
    after.first().is_some_and(|c| "元万亿年月日号平米公吨人户份件个.%".contains(*c))
}

/// Building, entrance and door as three numbers: 3-2-501, 3#2-501.
fn door(rest: &[char], digits: &str) -> Option<(usize, &'static str)> {
    if digits.len() > 8 {
        return None;
    }
    let (mut at, mut parts) = (0, Vec::new());
    loop {
        let n = rest.iter().skip(at).take_while(|c| half_width(**c).is_ascii_digit()).count();
        if n == 0 {
            return None;
        }
        parts.push(n);
        at += n;
        match rest.get(at).map(|c| half_width(*c)) {
            Some('-' | '–' | '—' | '#' | '/') if parts.len() < 3 => at += 1,
            _ => break,
        }
    }
    matches!(parts[..], [1..=2, 1, 3..=4]).then_some((at, "［住址］"))
}

/// A telephone in words: 一三八一二三四五六七八.
fn spoken(rest: &[char]) -> Option<(usize, &'static str)> {
    let n = rest.iter().take_while(|c| "零〇○一二三四五六七八九幺".contains(**c)).count();
    (n >= 7).then_some((n, PHONE))
}

/// The abbreviations of provinces on plates.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// A number plate: 鲁B12345, 京A·D12345.
pub(super) fn plate(rest: &[char]) -> Option<(usize, &'static str)> {
    if !rest.first().is_some_and(|c| PROVINCES.contains(*c)) || !rest.get(1).is_some_and(|c| half_width(*c).is_ascii_alphabetic()) {
        return None;
    }
    let gap = rest.iter().skip(2).take(2).take_while(|c| separates(half_width(**c)) || **c == '•').count();
    let body: String = rest.iter().skip(2 + gap).map(|c| half_width(*c)).take_while(char::is_ascii_alphanumeric).collect();
    let digits = body.chars().filter(char::is_ascii_digit).count();
    ((5..=6).contains(&body.len()) && digits >= 3).then_some((2 + gap + body.len(), "［车牌］"))
}

/// A passport or a permit: one or two letters, then seven to ten digits.
pub(super) fn paper(rest: &[char], before: Option<&char>) -> Option<(usize, &'static str)> {
    if before.is_some_and(|c| half_width(*c).is_ascii_alphanumeric()) {
        return None;
    }
    let letters = rest.iter().take_while(|c| half_width(**c).is_ascii_alphabetic()).count();
    let digits = rest.iter().skip(letters).take_while(|c| half_width(**c).is_ascii_digit()).count();
    let ends = !rest.get(letters + digits).is_some_and(|c| half_width(*c).is_ascii_alphanumeric());
    ((1..=2).contains(&letters) && (7..=10).contains(&digits) && ends).then_some((letters + digits, "［证件号］"))
}

/// Words before the name of an account.
const ACCOUNTS: [&str; 8] = ["微信号", "微信", "QQ号", "QQ", "qq号", "qq", "抖音号", "支付宝"];

/// An account named after one of these words: how many characters to keep and how many to hide.
pub(super) fn account(rest: &[char]) -> Option<(usize, usize)> {
    let word = ACCOUNTS.iter().find(|word| starts(rest, word))?;
    let mut at = word.chars().count();
    at += rest.iter().skip(at).take(3).take_while(|c| matches!(**c, '：' | ':' | '是' | '为' | ' ')).count();
    let sign = |c: &&char| half_width(**c).is_ascii_alphanumeric() || matches!(half_width(**c), '_' | '-');
    let n = rest.iter().skip(at).take_while(sign).count();
    (5..=20).contains(&n).then_some((at, n))
}

/// An e-mail address that starts here.
pub(super) fn mail(rest: &[char]) -> Option<(usize, &'static str)> {
    let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    if !rest.first().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let local = rest.iter().take(65).take_while(|c| word(c)).count();
    if !matches!(rest.get(local), Some('@' | '＠')) {
        return None;
    }
    let host = rest.get(local + 1..)?.iter().take(200).take_while(|c| word(c)).count();
    (host > 0).then_some((local + 1 + host, "［邮箱］"))
}
