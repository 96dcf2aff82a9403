//! The list as a workbook: read in pieces to its end, cut only at the bound, which page and workbook say.

use concerns::bring_in::{Imported, bring_in};
use concerns::permissions::Authority;
use people::Role;
use sheets::{Cell, Limits, map_headers};
use testkit::{Engine, TestApp};

/// More than one snapshot gives.
const ALL: i64 = 520;

fn imported(n: i64) -> Imported {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&n.to_be_bytes());
    Imported::new(key, base::Id([9; 16]), base::Time(1_400_000_000_000_000), format!("第{n}件，水压不足。"))
}

/// The page, and the rows of the workbook.
fn exported(engine: Engine, most: usize) -> Option<(String, Vec<Vec<String>>)> {
    let app = TestApp::configured(engine, vec![concerns::module()], |config| config.export_rows = most)?;
    for from in (0..ALL).step_by(40) {
        let some = app.district().write_now(move |tx, ctx| {
            for n in from..(from + 40).min(ALL) {
                bring_in(tx, ctx, Authority::Console, &imported(n)).map_err(|error| store::StoreError::Other(error.to_string()))?;
            }
            Ok::<_, store::StoreError>(())
        });
        some.unwrap();
    }
    app.settle();
    let desk = app.staff_in(Role::DistrictDesk, app.world().district);
    let page = desk.get("/work/all").expect(200).main_text();
    let book = desk.get("/work/all.xlsx").expect(200);
    let grid = sheets::grids(&book.bytes, &Limits::default()).unwrap().remove(0);
    let rows = grid.rows.iter().map(|row| row.cells.iter().map(Cell::as_written).collect()).collect();
    // What leaves can come in again: an import knows the headers.
    let sheet = sheets::read(&book.bytes, concerns::import::COLUMNS).unwrap();
    assert!(map_headers(&sheet, concerns::import::COLUMNS).missing(concerns::import::COLUMNS).is_empty());
    let left = store::sql!("SELECT facts FROM event WHERE kind = 'TableExported' ORDER BY id DESC LIMIT 1");
    let said = app.district().read_now(move |tx, _| tx.one(left, store::p![], |row| Ok(row.text(0)?.to_owned()))).unwrap();
    assert!(said.contains(&format!("\"rows\":{},", most.min(520))), "{said}");
    Some((page, rows))
}

fn tried(engine: Engine) {
    let Some((page, rows)) = exported(engine, 200_000) else { return };
    assert!(!page.contains("一次最多导出"), "{page}");
    assert_eq!((rows.len(), rows[0][0].as_str(), rows[0][20].as_str(), rows[0].len()), (521, "编号", "结果", 21));
    let words: std::collections::BTreeSet<&String> = rows[1..].iter().map(|row| &row[8]).collect();
    assert_eq!(words.len(), 520, "each once");
    let Some((page, cut)) = exported(engine, 510) else { return };
    assert!(page.contains("一次最多导出 510 件"), "{page}");
    assert_eq!(cut.len(), 512);
    assert!(cut[511][0].contains("本表最多导出 510 件"), "{:?}", cut[511]);
    let contents = |rows: &[Vec<String>]| rows[1..511].iter().map(|row| row[8].clone()).collect::<Vec<_>>();
    assert_eq!(contents(&cut), contents(&rows), "the newest are in it");
}

#[test]
fn a_list_leaves_whole_or_says_where_it_ends_on_sqlite() {
    tried(Engine::Sqlite);
}

#[test]
fn a_list_leaves_whole_or_says_where_it_ends_on_postgres() {
    tried(Engine::Postgres);
}
