//! A twin of a real register of messages: tabs around texts, no-break and ideographic spaces, numbers as
//! ids, one real date cell among texts, one day without its time, and answers of many thousand characters.

use base::Time;
use jiff::civil::date;
use sheets::{Column, Export, FileKind, Found, Head, Kind, Precision, Record, Value, map_headers};

const COLUMNS: &[Column] = &[
    Column { key: "no", header: "留言编号", also: &["编号"], required: true, kind: Kind::Code },
    Column { key: "user", header: "留言用户", also: &[], required: false, kind: Kind::Line },
    Column { key: "title", header: "留言主题", also: &["主题"], required: true, kind: Kind::Line },
    Column { key: "at", header: "留言时间", also: &[], required: true, kind: Kind::Moment },
    Column { key: "text", header: "留言详情", also: &[], required: true, kind: Kind::Text },
    Column { key: "answer", header: "答复意见", also: &[], required: false, kind: Kind::Text },
    Column { key: "answered", header: "答复时间", also: &[], required: false, kind: Kind::Moment },
];

#[test]
fn a_register_of_messages() {
    let heads: Vec<Head> = COLUMNS.iter().map(|c| Head::new(c.header, 20)).collect();
    let mut export = Export::new(FileKind::Xlsx, "Sheet1", None, &heads).unwrap();
    let answer = format!("\u{a0}\u{a0}您好！{}。\u{3000}\u{3000}特此答复。", "已安排维修".repeat(1556));
    let rows: [[Value<'_>; 7]; 3] = [
        [
            9001.into(),
            "UU001".into(),
            "关于西门\u{a0}路灯\u{200b}的问题".into(),
            "2019/4/25 9:32:09".into(),
            "\n\t\t\t\t\n\t\t\t\t\u{3000}\u{3000}路灯坏了。\n\t\t\t".into(),
            answer.as_str().into(),
            "2019/5/10 14:56:53".into(),
        ],
        [
            9002.into(),
            "A0002".into(),
            "公交".into(),
            Time::from_civil(date(2018, 1, 3).at(10, 0, 5, 0)).into(),
            "\n\t\t加密班次\n".into(),
            "无".into(),
            "2018/4/24".into(),
        ],
        [Value::Empty, "A0003".into(), "物业".into(), "2019年".into(), "\t \n".into(), Value::Empty, Value::Empty],
    ];
    for row in &rows {
        export.row(row).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();

    let sheet = sheets::read(&bytes, COLUMNS).unwrap();
    let mapping = map_headers(&sheet, COLUMNS);
    assert!(COLUMNS.iter().all(|c| mapping.found(c.key) == Some(Found::Exactly)) && mapping.unmatched(&sheet).is_empty());

    let mut first = Record::new(&sheet, &mapping, &sheet.rows[0]);
    assert_eq!(first.code("no").as_deref(), Some("9001"));
    assert_eq!(first.line("title").as_deref(), Some("关于西门 路灯的问题"));
    assert_eq!(first.moment("at").map(|m| (m.at, m.precision)), Some((date(2019, 4, 25).at(9, 32, 9, 0), Precision::Time)));
    assert_eq!(first.text("text").as_deref(), Some("路灯坏了。"));
    let text = first.text("answer").unwrap();
    assert!(text.starts_with("您好！已安排") && text.ends_with("。\n特此答复。") && text.chars().count() > 7_700);
    assert!(first.errors().is_empty());

    let mut second = Record::new(&sheet, &mapping, &sheet.rows[1]);
    assert_eq!(second.moment("at").map(|m| m.at), Some(date(2018, 1, 3).at(10, 0, 5, 0)));
    assert_eq!(second.moment("answered").map(|m| (m.at, m.precision)), Some((date(2018, 4, 24).at(0, 0, 0, 0), Precision::Day)));
    assert_eq!(second.text("answer"), None, "无 is how forms say nothing");

    let mut third = Record::new(&sheet, &mapping, &sheet.rows[2]);
    third.check(COLUMNS);
    let errors: Vec<String> = third.errors().iter().map(sheets::CellError::zh).collect();
    assert_eq!(
        errors,
        [
            "第 4 行 A 列“留言编号”：不能为空",
            "第 4 行 D 列“留言时间”：不是日期，请写成 2026-11-21 或 2026-11-21 09:30（现在是“2019年”）",
            "第 4 行 E 列“留言详情”：不能为空"
        ]
    );
}

#[test]
fn twenty_thousand_rows_there_and_back() {
    let bytes = crate::workbook(20_000);
    let sheet = sheets::read(&bytes, &[]).unwrap();
    assert_eq!((sheet.rows.len(), sheet.rows[19_999].number), (20_000, 20_001));
}

/// The real registers, where the environment says where they lie; they never enter the project.
#[test]
fn the_real_files() {
    let Some(dir) = std::env::var_os("LIANXIN_REAL_DATA") else {
        println!("skipped: LIANXIN_REAL_DATA names no directory");
        return;
    };
    let dir = std::path::Path::new(&dir);
    let bytes = std::fs::read(dir.join("messages-replied.xlsx")).unwrap();
    let sheet = sheets::read(&bytes, COLUMNS).unwrap();
    let mapping = map_headers(&sheet, COLUMNS);
    let mut errors = Vec::new();
    for row in &sheet.rows {
        let mut record = Record::new(&sheet, &mapping, row);
        record.check(COLUMNS);
        errors.extend(record.into_errors());
    }
    assert_eq!((sheet.rows.len(), sheet.skipped.len(), errors), (2816, 0, vec![]));
}
