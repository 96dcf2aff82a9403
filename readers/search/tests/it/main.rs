//! The index on both engines: what is found, what is gone, what is alike; live and rebuilt say the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

use base::Id;
use people::testing::env;
use record::{About, Actor, Event, Facts, Reader};
use search::{Doc, Index, Query, contains, find, similar};
use serde::{Deserialize, Serialize};
use store::{Sql, Store, StoreError, Tx, p, sql};

const TREES: [&[store::Migration]; 4] = [record::MIGRATIONS, people::MIGRATIONS, search::MIGRATIONS, NOTES];
const NOTES: &[store::Migration] = &[store::Migration {
    name: "note/0001_note",
    sql: "CREATE TABLE memo (id @blob NOT NULL, area @blob NOT NULL, body @text, CONSTRAINT memo_pk PRIMARY KEY (id)) @clustered;",
}];

const PUT: &Sql =
    sql!("INSERT INTO memo (id, area, body) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET body = excluded.body, area = excluded.area");
const BODY: &Sql = sql!("SELECT area, body FROM memo WHERE id = ?1");

#[derive(Serialize, Deserialize)]
struct MemoWritten {}

impl Facts for MemoWritten {
    const KIND: &'static str = "MemoWritten";
    const V: i64 = 1;
}

fn touched(tx: &mut Tx, events: &[Event]) -> Result<Vec<(Id, Option<Doc>)>, StoreError> {
    let mut found = Vec::new();
    for event in events {
        let doc = tx.opt(BODY, p![event.subject], |row| Ok((row.id(0)?, row.opt_text(1)?.map(str::to_owned))))?;
        found.push((event.subject, doc.and_then(|(area, body)| body.map(|text| Doc { area, text }))));
    }
    Ok(found)
}

fn index() -> Index {
    Index::new("memo.search", 7, 1, touched)
}

fn id(n: u32) -> Id {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&n.to_be_bytes());
    Id(bytes)
}

fn write(store: &Store, n: u32, area: u8, body: Option<&str>) {
    // Each write draws ids of its own, also where the same memo is written again.
    static SEED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let (env, _) = env(SEED.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let body = body.map(str::to_owned);
    store
        .write_now(move |tx| {
            tx.exec(PUT, p![id(n), Id([area; 16]), body.as_deref()])?;
            let ctx = env.ctx();
            let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: id(n), batch: None };
            record::append(tx, &ctx, about, &MemoWritten {}).map(drop)
        })
        .unwrap();
}

fn follow(store: &Store) {
    let (env, _) = env(1);
    record::sequence_all(store, &env).unwrap();
    loop {
        match store.write_now(|tx| record::advance(tx, &index(), 500)) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn found(store: &Store, words: &'static str) -> Vec<u32> {
    let ids = store.read_now(move |tx| find(tx, 7, &Query::of(words), None, 5_000)).unwrap();
    ids.iter().map(|id| u32::from_be_bytes(id.0[..4].try_into().unwrap())).collect()
}

fn same_when_rebuilt(store: &Store) {
    let dump = || store.read_now(|tx| index().dump(tx)).unwrap();
    let live = dump();
    store.write_now(|tx| record::reset(tx, &index())).unwrap();
    follow(store);
    assert_eq!(live, dump());
}

store::both_engines! {
    TREES
    fn simplified_finds_traditional_and_the_reverse(store) {
        write(&store, 1, 1, Some("小区门口的路灯坏了三天，晚上看不清路。"));
        write(&store, 2, 1, Some("電梯經常停運，老人上不了樓。"));
        write(&store, 3, 2, Some("楼上漏水，天花板湿了一片。ABC１２３"));
        follow(&store);
        assert_eq!(found(&store, "路灯"), [1]);
        assert_eq!(found(&store, "路燈"), [1]);
        assert_eq!(found(&store, "电梯"), [2]);
        assert_eq!(found(&store, "電梯 老人"), [2]);
        assert_eq!(found(&store, "漏水 abc123"), [3]);
        assert_eq!(found(&store, "路灯 漏水"), Vec::<u32>::new());
        assert_eq!(found(&store, "，。"), Vec::<u32>::new());
        assert!(store.read_now(|tx| contains(tx, 7, &Query::of("漏水"), id(3))).unwrap());
        assert!(!store.read_now(|tx| contains(tx, 7, &Query::of("漏水"), id(1))).unwrap());
        same_when_rebuilt(&store);
    }

    fn full_segments_are_found_in_and_what_is_erased_is_gone(store) {
        for n in 0..1_100 {
            write(&store, n, 1, Some(if n % 100 == 7 { "河道里有垃圾，气味难闻" } else { "路灯坏了请来修" }));
        }
        follow(&store);
        assert_eq!(found(&store, "河道"), [1007, 907, 807, 707, 607, 507, 407, 307, 207, 107, 7]);
        assert_eq!(found(&store, "路灯").len(), 1_089);
        write(&store, 107, 1, None);
        write(&store, 207, 1, Some("这里改说消防通道"));
        follow(&store);
        assert_eq!(found(&store, "河道"), [1007, 907, 807, 707, 607, 507, 407, 307, 7]);
        assert_eq!(found(&store, "消防"), [207]);
        let after = store.read_now(|tx| find(tx, 7, &Query::of("河道"), Some(id(707)), 2)).unwrap();
        assert_eq!(after, [id(607), id(507)]);
        same_when_rebuilt(&store);
        assert_eq!(found(&store, "河道").len(), 9);
    }

    fn what_says_nearly_the_same_near_by_is_alike(store) {
        write(&store, 1, 1, Some("幸福小区3号楼前的路灯坏了好几天，晚上很黑，请尽快维修。"));
        write(&store, 2, 1, Some("幸福小区楼下的垃圾没有人清运，味道很大。"));
        write(&store, 3, 2, Some("幸福小区3号楼前的路灯坏了好几天，晚上很黑，请尽快维修。"));
        for n in 10..40 {
            write(&store, n, 1, Some("幸福小区的停车位太少，晚上没有地方停车。"));
        }
        follow(&store);
        let text = "我们幸福小区3号楼门前路灯坏了几天了，晚上太黑";
        let likes = store.read_now(move |tx| similar(tx, 7, &[Id([1; 16])], text, 0.3, 3)).unwrap();
        assert_eq!(likes.iter().map(|like| like.doc).collect::<Vec<_>>(), [id(1)], "{likes:?}");
        let none = store.read_now(|tx| similar(tx, 7, &[Id([1; 16])], "", 0.3, 3)).unwrap();
        assert!(none.is_empty());
    }
}
