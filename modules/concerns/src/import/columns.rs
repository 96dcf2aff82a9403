//! The columns of a register of messages, as other systems export it.

use sheets::{Column, Kind};

/// What is read of a table. A preview asks for each.
pub const COLUMNS: &[Column] = &[
    Column {
        key: "no",
        header: "留言编号",
        also: &["编号", "工单编号", "诉求编号", "受理编号", "No.", "id", "number"],
        required: true,
        kind: Kind::Code,
    },
    Column { key: "user", header: "留言用户", also: &["用户", "诉求人", "留言人", "user"], required: false, kind: Kind::Line },
    Column {
        key: "title", header: "留言主题", also: &["主题", "标题", "诉求标题", "title", "subject"], required: false, kind: Kind::Line
    },
    Column {
        key: "at",
        header: "留言时间",
        also: &["时间", "受理时间", "来电时间", "诉求时间", "time", "date"],
        required: true,
        kind: Kind::Moment,
    },
    Column {
        key: "words",
        header: "留言详情",
        also: &["详情", "内容", "留言内容", "诉求内容", "text", "content"],
        required: true,
        kind: Kind::Text,
    },
    Column {
        key: "answer",
        header: "答复意见",
        also: &["答复", "答复内容", "办理结果", "回复", "回复内容", "answer", "reply"],
        required: false,
        kind: Kind::Text,
    },
    Column {
        key: "answered", header: "答复时间", also: &["办结时间", "回复时间", "answered"], required: false, kind: Kind::Moment
    },
    Column {
        key: "kind1", header: "一级分类", also: &["一级标签", "类别", "分类", "category"], required: false, kind: Kind::Line
    },
    Column { key: "kind2", header: "二级分类", also: &["二级标签"], required: false, kind: Kind::Line },
    Column { key: "kind3", header: "三级分类", also: &["三级标签"], required: false, kind: Kind::Line },
];

/// The header of a column.
pub(super) fn header(key: &str) -> &'static str {
    COLUMNS.iter().find(|column| column.key == key).map_or("", |column| column.header)
}
