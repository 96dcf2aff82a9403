//! What the record knows already: names of fields are held against the names of measures and of what is kept of units.

/// What every unit's own page says: a form need not ask for it.
const OF_UNITS: [&str; 16] = [
    "单位名称",
    "单位代码",
    "填报单位",
    "所属街道",
    "所属镇街",
    "社区名称",
    "村名称",
    "网格名称",
    "网格编码",
    "网格数",
    "网格员姓名",
    "联系电话",
    "工作人员",
    "岗位",
    "填报日期",
    "统计时间",
];

/// Words that forms use, and the words in the names of measures that mean the same.
const ALSO: [(&str, &str); 8] = [
    ("受理", "收到"),
    ("收件", "收到"),
    ("反映件数", "收到"),
    ("承办", "派单"),
    ("满意", "满意率"),
    ("响应", "联系率"),
    ("超期", "超期"),
    ("退单", "异议"),
];

/// What answers a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A measure, by its id.
    Measure(&'static str),
    /// What is kept of units and their staff.
    Unit,
}

/// What may stand before and behind a field of [`OF_UNITS`], whose own it stays: 本社区联系电话 is the office's, 户主联系电话 is
/// somebody else's.
const BEFORE: [&str; 16] =
    ["", "本", "本单位", "本社区", "本村", "社区", "村", "村社区", "社区村", "单位", "填报", "填报单位", "上级", "所在", "主管", "下辖"];
const BEHIND: [&str; 8] = ["", "数", "数量", "人数", "总数", "姓名", "名单", "名称"];

/// How fields end that ask for a name, a reason or a story, which no number answers.
const WORDS: [&str; 24] = [
    "人", "姓名", "名单", "原因", "理由", "内容", "地点", "地址", "时间", "日期", "期限", "措施", "主题", "事项", "描述", "说明", "备注",
    "意见", "建议", "照片", "图片", "台账", "附件", "问题",
];

/// Whether a field's name is that of something kept of units.
fn is_of_unit(name: &str) -> bool {
    OF_UNITS.iter().any(|known| {
        let found = name.split_once(known);
        found.is_some_and(|(before, behind)| BEFORE.contains(&before) && BEHIND.contains(&behind))
    })
}

/// Whether a measure's word stands in a name as it is: 未办结 is not 办结.
fn tells_of(name: &str, word: &str) -> bool {
    name.split_once(word).is_some_and(|(before, _)| !before.ends_with(['未', '不', '没', '非']))
}

/// What answers a field of this name, if anything does.
pub fn answer(field: &str) -> Option<Answer> {
    let name: String = base::text::fold(field).chars().filter(|c| c.is_alphanumeric()).collect();
    if name.chars().count() < 2 {
        return None;
    }
    if is_of_unit(&name) {
        return Some(Answer::Unit);
    }
    if WORDS.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    // The longest name that is in the field's: 按时办结率 before 办结.
    let all = || measures::catalogue().iter().map(|measure| (measure.title(true), measure.id));
    let direct = all().filter(|(title, _)| title.chars().count() >= 2 && tells_of(&name, title)).max_by_key(|(title, _)| title.len());
    let other = || {
        let (_, word) = ALSO.iter().find(|(word, _)| tells_of(&name, word))?;
        all().filter(|(title, _)| title.contains(word)).min_by_key(|(title, _)| title.len())
    };
    direct.or_else(other).map(|(_, id)| Answer::Measure(id))
}

/// The names in a text, one on a line or with commas between, each once, without numbering.
pub fn names(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for part in text.split(['\n', '、', '，', ',', ';', '；', '\t']) {
        let name = base::text::clean_line(part);
        let name = name.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '．' | ')' | '）' | ' ' | '（' | '('));
        if !name.is_empty() && !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_apart_and_known_ones_found() {
        let fields = names("1. 社区名称\n2、诉求办结数，楼栋党员数\r\n办结数；办结数\n\n");
        assert_eq!(fields, ["社区名称", "诉求办结数", "楼栋党员数", "办结数"]);
        assert_eq!(answer("社区名称"), Some(Answer::Unit));
        assert_eq!(answer("楼栋党员数"), None);
        for own in ["单位代码", "所属街道", "联系电话", "本社区联系电话", "工作人员数", "网格员姓名", "网格数", "填报日期"]
        {
            assert_eq!(answer(own), Some(Answer::Unit), "{own}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_not_known() {
        for other in ["户主联系电话", "居民联系电话", "公益性岗位安置人数", "工作人员入户次数", "物业公司单位名称"]
        {
            assert_eq!(answer(other), None, "{other}");
        }
        assert!(tells_of("诉求办结件数", "办结") && !tells_of("未办结件数", "办结") && !tells_of("不满意人数", "满意"));
        for words in ["办结原因", "承办人", "整改期限"] {
            assert!(WORDS.iter().any(|end| words.ends_with(end)) && answer(words).is_none(), "{words}");
        }
        assert_eq!(answer("数"), None);
    }
}
