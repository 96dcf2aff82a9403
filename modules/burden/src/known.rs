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

/// What answers a field of this name, if anything does.
pub fn answer(field: &str) -> Option<Answer> {
    let name: String = base::text::fold(field).chars().filter(|c| c.is_alphanumeric()).collect();
    if name.chars().count() < 2 {
        return None;
    }
    if OF_UNITS.iter().any(|known| name.contains(known)) {
        return Some(Answer::Unit);
    }
    // The longest name that is in the field's: 按时办结率 before 办结.
    let all = || measures::catalogue().iter().map(|measure| (measure.title(true), measure.id));
    let direct = all().filter(|(title, _)| title.chars().count() >= 2 && name.contains(title)).max_by_key(|(title, _)| title.len());
    let other = || {
        let (_, word) = ALSO.iter().find(|(word, _)| name.contains(word))?;
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
        assert_eq!(answer("数"), None);
    }
}
