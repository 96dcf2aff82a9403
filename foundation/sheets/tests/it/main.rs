//! Files as they arrive: damaged, hostile, large, and filled in by people.

#![expect(clippy::unwrap_used, reason = "tests")]

mod damaged;
mod filled;
mod old;

use sheets::{Export, FileKind, Head, Value};

/// A small workbook of two columns, written by the product's own writer.
fn workbook(rows: u32) -> Vec<u8> {
    let heads = [Head::new("编号", 12), Head::new("内容", 40)];
    let mut export = Export::new(FileKind::Xlsx, "表", None, &heads).unwrap();
    for row in 0..rows {
        export.row(&[Value::Int(row.into()), Value::from(format!("第 {row} 条：楼道灯不亮，已报修"))]).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}
