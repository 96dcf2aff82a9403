//! A suggestion for a text without what gives its writer away. A person checks and corrects it: no rule
//! finds everything, and what it hides too much the person puts back.

mod name;
mod number;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::half_width;

/// The text with telephone, identity, account and plate numbers, e-mail addresses, dwellings and the names people
/// give for themselves and those around them replaced by what they were, in brackets. A suggestion for a person to check.
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
    // What is looked for is written in simplified characters, one for one.
    let plain: Vec<char> = characters.iter().map(|c| simplified(*c)).collect();
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
        let (real, rest) = (characters.get(at..).unwrap_or(&[]), plain.get(at..).unwrap_or(&[]));
        let before = at.checked_sub(1).and_then(|p| plain.get(p));
        let hidden = dwelling(rest)
            .or_else(|| number::mail(rest))
            .or_else(|| number::plate(rest))
            .or_else(|| number::paper(rest, before))
            .or_else(|| number::number(rest, before));
        let told = || number::account(rest).map(|found| (found, "［账号］")).or_else(|| name::name(rest).map(|found| (found, "［姓名］")));
        if let Some((length, label)) = hidden {
            hide(&mut out, &mut pieces, real.get(..length).unwrap_or(&[]), label);
            at += length;
        } else if let Some(((kept, hidden), label)) = told() {
            out.extend(real.iter().take(kept));
            hide(&mut out, &mut pieces, real.get(kept..kept + hidden).unwrap_or(&[]), label);
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
const DWELLING: [&str; 12] = ["号楼", "#楼", "＃楼", "栋", "幢", "座", "单元", "号", "层", "楼", "室", "#"];

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
        if let Some(sign) = DWELLING.iter().find(|sign| starts(after, sign)) {
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

/// Traditional characters of names, kin and addresses, and what they are in simplified ones.
const PAIRS: &str = "張张陳陈劉刘楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢韓韩馮冯蕭萧鄧邓許许呂吕蘇苏盧卢蔣蒋賈贾葉叶閻阎鍾钟鐘钟範范譚谭\
    鄒邹陸陆龍龙萬万錢钱湯汤賀贺賴赖龔龚龐庞蘭兰顏颜嚴严溫温蘆芦韋韦畢毕聶聂叢丛齊齐莊庄塗涂時时關关費费紀纪歐欧項项遊游陽阳寧宁\
    單单閔闵強强華华車车邊边饒饶晉晋鄔邬宮宫黨党蓋盖衛卫藍蓝鞏巩喬乔殷殷倪倪駱骆聯联繫系絡络訴诉舉举報报請请當当來来業业戶户鄰邻\
    愛爱兒儿親亲爺爷媽妈師师醫医護护經经隊队長长書书記记闆板電电話话機机號号樓楼棟栋層层門门證证訪访尋寻問问門门區区東东煙烟";

/// The simplified form of a character of [`PAIRS`]; any other as it is.
fn simplified(c: char) -> char {
    static KNOWN: OnceLock<HashMap<char, char>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let all: Vec<char> = PAIRS.chars().filter(|c| !c.is_whitespace()).collect();
        all.as_chunks::<2>().0.iter().map(|[traditional, simple]| (*traditional, *simple)).collect()
    });
    known.get(&c).copied().unwrap_or(c)
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

    /// On a stack as small as a thread of the store has: each sign that asks for the next one would be a frame.
    #[test]
    fn signs_without_end_are_only_signs() {
        for sign in ["(", "（", "+", "＋", "+(", "1 ", "〇", "号"] {
            let text = sign.repeat(20_000);
            let masked = std::thread::Builder::new().stack_size(256 << 10).spawn(move || mask_personal(&text)).unwrap().join().unwrap();
            assert!(!masked.is_empty());
        }
    }

    #[test]
    fn hides_what_gives_the_writer_away() {
        let wrong: Vec<_> = [
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
            // Telephones in every form that people write.
            ("手机１３８１２３４１２３４", "手机［电话］"),
            ("＋86 138 1234 1234", "［电话］"),
            ("电话8613812341234", "电话［电话］"),
            ("138.1234.1234 或 13912341234", "［电话］ 或 ［电话］"),
            ("13812341234 13912341234", "［电话］ ［电话］"),
            ("（0532）8888 7777 转 8001", "［电话］ 转 8001"),
            ("0532-88887777", "［电话］"),
            ("我电话一三八幺二三四幺二三四", "我电话［电话］"),
            // Papers: grouped, full-width, of 15 digits, passports and permits.
            ("身份证 110105 19491231 002x", "身份证 ［证件号］"),
            ("１１０１０５１９４９１２３１００２Ｘ", "［证件号］"),
            ("老证110105491231002号", "老证［证件号］号"),
            ("护照E12345678，通行证H1234567890", "护照［证件号］，通行证［证件号］"),
            ("卡号6222 0212 3456 7890 123", "卡号［账号］"),
            ("微信：wang_2020，QQ 123456789", "微信：［账号］，QQ ［账号］"),
            // Plates.
            ("鲁A级景区，京B12楼", "鲁A级景区，京B12楼"),
            ("鲁B12345、京A·D12345、粤Ｂ１２３４５占道", "［车牌］、［车牌］、［车牌］占道"),
            // Dwellings.
            ("3-2-501 漏水，3#楼2单元 501室", "［住址］ 漏水，［住址］ ［门牌］室"),
            ("家在12栋A座1203", "家在［住址］"),
            ("2026-11-30 报修，2026.11.30 没来", "2026-11-30 报修，2026.11.30 没来"),
            // Others than the writer.
            ("楼上张阿姨家，物业王经理说", "楼上［姓名］阿姨家，物业［姓名］经理说"),
            ("我儿子李小刚今年上学", "我儿子［姓名］今年上学"),
            ("业主赵敏，反映多次", "业主［姓名］，反映多次"),
            ("和先生一起去，向老师请教", "和先生一起去，向老师请教"),
            ("孩子上学要过马路", "孩子上学要过马路"),
            ("业主都反映，老人费用，邻居高兴。", "业主都反映，老人费用，邻居高兴。"),
            ("小区的高先生和任书记", "小区的［姓名］先生和［姓名］书记"),
            // Traditional characters.
            ("我叫陳大文，住三號樓二單元501室", "我叫［姓名］，住［住址］"),
            ("聯繫人：張小姐，電話０９１２３４５６７８", "聯繫人：［姓名］小姐，電話［电话］"),
            ("", ""),
        ]
        .into_iter()
        .filter(|(text, masked)| mask_personal(text) != *masked)
        .map(|(text, masked)| (masked, mask_personal(text)))
        .collect();
        assert!(wrong.is_empty(), "wanted, found: {wrong:#?}");
    }

    proptest! {
        #[test]
        fn no_mobile_or_identity_number_is_left(before in "[\u{4e00}-\u{4fff}，。 ]{0,8}", rest in 0u64..1_000_000_000, second in 3u8..=9, after in "[\u{4e00}-\u{4fff}，。]{0,8}") {
            let mobile = format!("1{second}{rest:09}");
            let masked = mask_personal(&format!("{before}{mobile}{after}"));
            prop_assert!(!masked.contains(&mobile) && masked.contains("［电话］"), "{}", masked);
        }

        #[test]
        fn pieces_put_together_are_the_text(text in ".{0,60}|[我叫张王先生鲁B：+（）() -#0-9１２xX一二三@a微信室号楼單元]{0,40}") {
            prop_assert_eq!(personal_pieces(&text).into_iter().map(|piece| piece.text).collect::<String>(), text);
        }

        #[test]
        fn an_identity_number_is_not_left_however_it_is_grouped(area in 110_000u32..660_000, day in 1u8..=28, month in 1u8..=12, year in 1930u16..2020, last in 0u16..9999, gap in "[ －.-]{0,2}") {
            let id = format!("{area}{gap}{year}{month:02}{day:02}{gap}{last:04}");
            let masked = mask_personal(&format!("证号{id}，"));
            prop_assert_eq!(masked, "证号［证件号］，".to_owned(), "{}", id);
        }

        #[test]
        fn never_panics(text in ".{0,80}|[我叫本人姓名是：王张0-9１２@a室X -]{0,40}") {
            let _ = mask_personal(&text);
        }
    }
}
