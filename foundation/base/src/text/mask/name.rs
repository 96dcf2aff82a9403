//! Names that people give for themselves and for those around them.

use super::starts;
use crate::text::is_blank;

/// Words after which a name must stand.
const CERTAIN: [&str; 18] = [
    "我的名字叫",
    "我的名字是",
    "名字叫",
    "名字是",
    "我名叫",
    "我叫",
    "名叫",
    "姓名",
    "联系人",
    "联络人",
    "投诉人",
    "反映人",
    "举报人",
    "申请人",
    "当事人",
    "来电人",
    "来访人",
    "落款",
];

/// Words after which a name is believed only when it begins with a surname and ends where names end.
const LIKELY: [&str; 26] = [
    "本人", "我是", "市民", "居民", "业主", "户主", "房东", "租户", "租客", "邻居", "丈夫", "妻子", "爱人", "老公", "老婆", "儿子", "女儿",
    "父亲", "母亲", "爸爸", "妈妈", "爷爷", "奶奶", "患者", "老人", "孩子",
];

/// The commoner surnames; a name after 本人 or 我是 is believed only when it begins with one.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺";

/// Surnames that are small words as well: without a word that calls for a name they are none.
const SMALL: &str = "和向于应时成解明全单相都从由能方查为常原强";

/// Surnames with which everyday words begin, as 费用 and 高兴: after a word that only may call for a name they are none.
const EVERYDAY: &str = "车费金安平高路石党任白温万江甘";

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
const ADDRESS: [&str; 22] = [
    "先生", "女士", "小姐", "同志", "阿姨", "大爷", "大妈", "大姐", "大哥", "大叔", "师傅", "老师", "医生", "大夫", "护士", "主任", "书记",
    "经理", "队长", "所长", "局长", "老板",
];

/// A name that starts here, or after a word that starts here: how many characters to keep and how many to hide.
pub(super) fn name(rest: &[char]) -> Option<(usize, usize)> {
    if starts(rest, "我姓") && rest.get(2).is_some_and(|c| SURNAMES.contains(*c)) {
        return Some((2, 1));
    }
    let certain = CERTAIN.iter().find(|word| starts(rest, word));
    let Some(word) = certain.or_else(|| LIKELY.iter().find(|word| starts(rest, word))) else { return addressed(rest) };
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
    let surname = surname(tail)?;
    let given = tail.get(surname..)?;
    let plain = |c: &char| SMALL.contains(*c) || EVERYDAY.contains(*c);
    if certain.is_none() && link == 0 && surname == 1 && tail.first().is_some_and(plain) {
        return None;
    }
    if ADDRESS.iter().any(|a| starts(given, a)) {
        return Some((at, surname));
    }
    let han = |n: usize| given.len() >= n && given.iter().take(n).all(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
    let ends = |n: usize| given.len() == n || given.get(n..).is_some_and(|after| AFTER_NAME.iter().any(|a| starts(after, a)));
    // The longer name first, so that 王小明 is not left as 明; without an end mark only where a name must stand.
    let whole = [2, 1].into_iter().find(|n| han(*n) && ends(*n));
    let whole = whole.or_else(|| [2, 1].into_iter().find(|n| certain.is_some() && han(*n)))?;
    Some((at, surname + whole))
}

/// How many characters of a surname stand here.
fn surname(text: &[char]) -> Option<usize> {
    if COMPOUND.iter().any(|surname| starts(text, surname)) {
        return Some(2);
    }
    text.first().filter(|c| SURNAMES.contains(**c)).map(|_| 1)
}

/// A surname before a form of address, wherever it stands: 楼上的张阿姨.
fn addressed(rest: &[char]) -> Option<(usize, usize)> {
    let surname = surname(rest)?;
    let everyday = surname == 1 && rest.first().is_some_and(|c| SMALL.contains(*c));
    let follows = rest.get(surname..).is_some_and(|after| ADDRESS.iter().any(|a| starts(after, a)));
    (follows && !everyday).then_some((0, surname))
}
