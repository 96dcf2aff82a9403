//! The first words of a text that say what it is about, for lists: greetings are passed over.

use super::TITLE;

/// How a greeting ends.
const ENDS: [&str; 13] =
    ["您好", "你好", "你们好", "您们好", "大家好", "领导好", "同志好", "老师好", "早上好", "上午好", "中午好", "下午好", "晚上好"];
/// What says only that something follows.
const OPENINGS: [&str; 21] = [
    "想反映一个问题",
    "想反映个问题",
    "我想反映一个问题",
    "我想反映个问题",
    "我要反映一个问题",
    "反映一个问题",
    "反映个问题",
    "向您反映一个问题",
    "有个问题想反映",
    "有件事想反映",
    "想咨询一下",
    "我想咨询一下",
    "咨询一下",
    "想问一下",
    "我想问一下",
    "请问一下",
    "麻烦问一下",
    "请问",
    "打扰了",
    "打扰一下",
    "有居民反映",
];
/// The longest piece that is taken for a greeting.
const LONGEST: usize = 16;

/// The title of a text.
pub(crate) fn title_of(text: &str) -> String {
    let line = base::text::clean_line(text);
    let mut rest = line.as_str();
    while let Some((piece, after)) = rest.split_once(['，', ',', '。', '！', '!', '：', ':', '；', ';', '？', '?', ' ']) {
        let after = after.trim_start_matches(|c: char| !c.is_alphanumeric() && !"（(《“\"【[".contains(c));
        // A text of greetings only keeps them.
        if !greets(piece.trim()) || after.is_empty() {
            break;
        }
        rest = after;
    }
    base::text::excerpt(rest, TITLE)
}

fn greets(piece: &str) -> bool {
    let plain = search::folded(piece);
    let short = plain.chars().count() <= LONGEST;
    short && (ENDS.iter().any(|end| plain.ends_with(end)) || plain.starts_with("尊敬的") || OPENINGS.contains(&plain.as_str()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn greetings_are_passed_over() {
        for (text, title) in [
            ("您好！想反映一个问题。\n解放东路的广告牌掉了一边。", "解放东路的广告牌掉了一边。"),
            ("尊敬的领导： 下柳村三组有人搭彩钢房", "下柳村三组有人搭彩钢房"),
            ("工作人员您好：兴镇路整条街都黑着", "兴镇路整条街都黑着"),
            ("你好，麻烦问一下，昨天带老人看病，导诊不耐烦", "昨天带老人看病，导诊不耐烦"),
            ("領導您好，路燈壞了", "路燈壞了"),
            ("您好！“金色家园”的物业不管事", "“金色家园”的物业不管事"),
            ("水质不好，请查一查", "水质不好，请查一查"),
            ("路灯坏了，您好", "路灯坏了，您好"),
            ("您好！", "您好！"),
            ("", ""),
        ] {
            assert_eq!(super::title_of(text), title, "{text}");
        }
        assert_eq!(super::title_of(&"路".repeat(60)).chars().count(), 41);
    }
}
