//! A document with everything in it.

use documents::{Block, Chart, ChartKind, Column, Document, Series, Signature, Table};

pub(crate) fn sample() -> Document {
    let long = "2026年1月至10月，全区共收到群众诉求1,234件，比上年同期增长12.3%，其中“城市管理”类（含占道、噪声）456件；办结1,200件，按时办结率97.2%，群众满意率94.1%（n=812）。喆堃玥三位同志的名字也要印得出来。";
    let mut blocks = vec![
        Block::Heading(1, "一、做法与成效".into()),
        Block::Heading(2, "（一）群众诉求办理".into()),
        Block::Paragraph(long.into()),
        Block::Heading(3, "1．按时办结".into()),
        Block::Paragraph(long.repeat(4)),
        Block::Table(Table {
            caption: "表1 各镇街诉求办理情况".into(),
            columns: vec![
                Column::new("单位", 4),
                Column::number("收到（件）", 2),
                Column::number("办结（件）", 2),
                Column::number("满意率", 2),
            ],
            rows: (1..=30).map(|n| vec![format!("第{n}街道"), (n * 31).to_string(), (n * 30).to_string(), "94.1%".into()]).collect(),
        }),
        Block::Chart(Chart {
            caption: "图1 逐月收到诉求（件）".into(),
            kind: ChartKind::Bars,
            labels: (1..=10).map(|n| format!("{n}月")).collect(),
            series: vec![
                Series { name: "本期".into(), values: (1..=10).map(|n| Some(f64::from(n * 13 % 97))).collect() },
                Series { name: "上年同期".into(), values: (1..=10).map(|n| Some(f64::from(n * 17 % 89))).collect() },
            ],
        }),
        Block::Chart(Chart {
            caption: "图2 逐月满意率（%）".into(),
            kind: ChartKind::Lines,
            labels: (1..=10).map(|n| format!("{n}月")).collect(),
            series: vec![Series {
                name: "满意率".into(),
                values: (0..10).map(|n| if n == 4 { None } else { Some(90.0 + f64::from(n) / 2.0) }).collect(),
            }],
        }),
    ];
    for n in 2..=5 {
        blocks.push(Block::Heading(1, format!("{}、下一节", ["", "", "二", "三", "四", "五"][n])));
        blocks.push(Block::Paragraph(long.repeat(3)));
    }
    Document {
        title: "清和区2026年1月至10月基层治理工作进展情况汇报".into(),
        subtitle: "（清和区基层治理办公室  2026年11月22日）".into(),
        author: "清和区".into(),
        date: "2026-11-22".into(),
        blocks,
        signature: Some(Signature { unit: "清和区基层治理办公室".into(), date: "2026年11月22日".into() }),
        notes: vec!["注：本文数字取自工作记录，截至2026年11月22日8时。".into()],
        annex: None,
    }
}
