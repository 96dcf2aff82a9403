//! Words that call for help at once: a concern waits for an office, a fire does not. The number to call is
//! shown to the resident and to whoever writes it down; nothing is refused because of it.

/// An emergency line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// 110: police.
    Police,
    /// 119: fire and rescue.
    Fire,
    /// 120: ambulance.
    Ambulance,
    /// 122: traffic accidents.
    Traffic,
}

impl Line {
    /// The number.
    pub fn number(self) -> &'static str {
        match self {
            Line::Police => "110",
            Line::Fire => "119",
            Line::Ambulance => "120",
            Line::Traffic => "122",
        }
    }
}

/// What each line is called for. Words that also stand in everyday matters (消防通道, 火灾隐患) are left out
/// by [`HARMLESS`].
const WORDS: [(Line, &[&str]); 4] = [
    (
        Line::Police,
        &[
            "正在打人",
            "持刀",
            "拿刀",
            "砍人",
            "抢劫",
            "绑架",
            "要跳楼",
            "想跳楼",
            "正在跳楼",
            "要跳河",
            "要跳桥",
            "轻生",
            "割腕",
            "要自杀",
            "想自杀",
            "正在自杀",
            "不想活",
            "被殴打",
            "正在打架",
            "打群架",
            "入室盗窃",
            "正在偷",
            "有小偷",
            "家暴",
            "被人跟踪",
            "孩子走失",
            "老人走失",
            "孩子丢了",
            "孩子走丢",
            "老人走丢",
            "被非法拘禁",
            "强奸",
            "猥亵",
        ],
    ),
    (
        Line::Fire,
        &[
            "着火",
            "起火",
            "火灾",
            "失火",
            "燃气泄漏",
            "煤气泄漏",
            "天然气泄漏",
            "闻到煤气",
            "闻到燃气",
            "爆炸",
            "被困电梯",
            "困在电梯",
            "被困在电梯",
            "电梯困人",
            "电梯里出不来",
            "煤气味",
            "燃气味",
            "煤气漏",
            "燃气漏",
            "冒浓烟",
            "落水",
            "溺水",
            "掉河里",
            "掉进水里",
            "楼塌",
            "房子塌",
            "房屋倒塌",
            "被埋",
            "触电",
            "有人被困",
        ],
    ),
    (
        Line::Ambulance,
        &[
            "昏迷",
            "晕倒",
            "昏倒",
            "不省人事",
            "没有呼吸",
            "没呼吸",
            "喘不上气",
            "心跳停",
            "大出血",
            "心梗",
            "心脏病发",
            "脑梗",
            "中风",
            "喝农药",
            "服毒",
            "吃了安眠药",
            "煤气中毒",
            "一氧化碳中毒",
            "食物中毒",
            "要生了",
            "羊水破",
            "抽搐",
            "触电",
            "溺水",
            "从楼上摔",
            "噎住",
        ],
    ),
    (Line::Traffic, &["车祸", "撞车", "撞人", "撞了人", "被车撞", "撞倒", "翻车", "肇事逃逸", "交通事故"]),
];

/// What holds one of [`WORDS`] and is no emergency.
const HARMLESS: &[&str] = &[
    // What was, or might be.
    "火灾隐患",
    "起火隐患",
    "着火隐患",
    "爆炸隐患",
    "火灾风险",
    "防火灾",
    "预防火灾",
    "火灾报警器",
    "去年火灾",
    "上次着火",
    "容易着火",
    "容易起火",
    "担心着火",
    "担心起火",
    "怕着火",
    "怕起火",
    "以免着火",
    "以免起火",
    "以免火灾",
    "触电隐患",
    "触电风险",
    "怕触电",
    "防触电",
    "防溺水",
    "溺水隐患",
    "怕溺水",
    "防止溺水",
    "落水管",
    "落水口",
    "落水洞",
    "怕撞人",
    "容易撞",
    "差点撞",
    "怕撞车",
    "交通事故隐患",
    "交通事故多发",
    "发生过交通事故",
    "交通事故赔偿",
    "交通事故认定",
    "有小偷小摸",
    "怕有小偷",
];

/// The lines that a text calls for, each once. Traditional characters are read as well: 著火 is 着火, 暈倒 is 晕倒.
pub fn lines(text: &str) -> Vec<Line> {
    let mut plain: String = search::folded(text).split_whitespace().collect::<String>().replace('著', "着");
    for harmless in HARMLESS {
        plain = plain.replace(harmless, "");
    }
    WORDS.iter().filter(|(_, words)| words.iter().any(|word| plain.contains(word))).map(|(line, _)| *line).collect()
}

/// Whether a page should warn, and with which numbers, as `119、120`.
pub fn numbers(text: &str, lang: web::Lang) -> String {
    lines(text).into_iter().map(Line::number).collect::<Vec<_>>().join(if lang.is_chinese() { "、" } else { ", " })
}

#[cfg(test)]
mod tests {
    #[test]
    fn help_is_called_for_what_cannot_wait_and_not_for_what_can() {
        for (text, numbers) in [
            ("3 号楼着火了，快来人", "119"),
            ("楼上闻到 煤气 味，有人晕倒", "119、120"),
            ("路口车祸，有人大出血", "120、122"),
            ("邻居家暴，正在打人", "110"),
            ("楼道堆满杂物，有火灾隐患", ""),
            ("电动车乱充电，怕起火", ""),
            ("消防通道被占", ""),
            ("路灯坏了", ""),
            ("三號樓著火了，快來人", "119"),
            ("聞到煤氣，有人暈倒", "119、120"),
            ("路口車禍，有人大出血", "120、122"),
            ("有人持刀搶劫", "110"),
            ("樓道堆滿雜物，有火災隱患", ""),
            ("电梯里出不来，有人喘不上气", "119、120"),
            ("有人要跳樓", "110"),
            ("孩子落水了，沒有呼吸", "119、120"),
            ("電動車肇事逃逸，撞了人", "122"),
            ("有人觸電", "119、120"),
            ("楼上女孩想轻生，手上割腕了", "110"),
            ("老人走丢了一上午", "110"),
            ("家裡全是燃氣味", "119"),
            ("楼顶落水管坏了，路口容易撞车", ""),
            ("河边要加防溺水警示牌，电线裸露怕触电", ""),
            ("交通事故多发路段请装减速带", ""),
            ("電動車亂充電，怕著火", ""),
        ] {
            assert_eq!(super::numbers(text, web::Lang::Hans), numbers, "{text}");
        }
        assert_eq!(super::numbers("三号楼着火了，有人晕倒", web::Lang::En), "119, 120");
    }
}
