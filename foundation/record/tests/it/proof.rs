//! The tree, its signed heads, receipts, witnesses: what is proved, what an administrator cannot undo with SQL, and
//! what becomes of an event that was set aside.

use base::{PersonId, Time};
use record::note::{Signed, Skey, Vkey};
use record::receipt::{BadReceipt, Receipt, Shown, Standing, Text, Wrong};
use record::{About, Actor, NotSettled, Outcome, Part};
use store::{Store, StoreError, p, sql};

use crate::lamps::{self, World, assert_clean, lamp, mend_some, verify, world};

fn grow(store: &Store, world: &World, n: u8) {
    mend_some(store, world, n);
    record::sequence_all(store, &world.env).unwrap();
}

fn newest(store: &Store) -> record::Checkpoint {
    store.read_now(record::newest).unwrap().unwrap()
}

fn vkey(store: &Store) -> Vkey {
    Vkey::parse(&store.read_now(record::origin).unwrap().unwrap().1).unwrap()
}

fn run(store: &Store, statement: &'static store::Sql) {
    assert!(store.write_now(move |tx| tx.exec(statement, p![])).unwrap() > 0, "{}", statement.text());
}

/// The lamps of one street, as its receipt.
fn receipt(store: &Store) -> Receipt {
    store
        .read_now(|tx| {
            let shown: Vec<Shown> = record::of_subject(tx, lamp(3))?
                .into_iter()
                .map(|event| Shown { title: "灯已修好".into(), event: Some(event), texts: Vec::new() })
                .collect();
            record::receipt::make(tx, "1", "东街", &shown)
        })
        .unwrap()
}

store::both_engines! {
    [record::MIGRATIONS, lamps::TREES[1]]

    fn heads_are_signed_and_extend_one_another(store) {
        let world = world(31);
        let mut heads: Vec<Signed> = Vec::new();
        for n in [1, 254, 2, 200, 100] {
            grow(&store, &world, n);
            let signed = Signed::parse(&newest(&store).note).unwrap();
            assert_eq!(vkey(&store).check(&signed), Ok(None));
            let (size, root) = (signed.size, signed.root);
            assert_eq!(store.read_now(move |tx| record::tree::root_at(tx, size)).unwrap(), Some(root));
            for old in &heads {
                let (from, to) = (old.size, signed.size);
                let path = store.read_now(move |tx| record::tree::consistency(tx, from, to)).unwrap().unwrap();
                assert!(record::tree::extends(&path, from, &old.root, to, &signed.root));
                assert!(!record::tree::extends(&path, from, &signed.root, to, &old.root));
            }
            heads.push(signed);
        }
        assert_eq!(heads.last().map(|head| head.size), Some(557));
        assert_eq!(store.read_now(|tx| record::tree::tile(tx, 0, 1)).unwrap().map(|held| held.len()), Some(256 * 32));
        assert_eq!(store.read_now(|tx| record::tree::tile(tx, 0, 2)).unwrap().map(|held| held.len()), Some(45 * 32));
        assert_eq!(store.read_now(|tx| record::tree::tile(tx, 1, 0)).unwrap().map(|held| held.len()), Some(64));
        assert_clean(&store);
    }

    fn one_checkpoint_an_hour_is_kept(store) {
        let world = world(32);
        for _ in 0..4 {
            world.clock.advance(20 * Time::MINUTE);
            grow(&store, &world, 2);
        }
        let sizes = store.read_now(|tx| tx.all(sql!("SELECT size FROM checkpoint ORDER BY size"), p![], |row| row.int(0))).unwrap();
        assert!(sizes.len() <= 3 && sizes.last() == Some(&8), "{sizes:?}");
        assert_clean(&store);
    }

    fn a_receipt_is_checked_without_us(store) {
        let world = world(33);
        grow(&store, &world, 40);
        let made = receipt(&store);
        let made = Receipt::parse(&made.to_json()).unwrap();
        let checked = made.check(Some(&vkey(&store))).unwrap();
        assert!(checked.is_good() && checked.size == 40 && !checked.steps.is_empty());
        assert!(checked.steps.iter().all(|(at, standing)| at.is_some() && *standing == Standing::Proved));
        // What comes after changes nothing of it, and what no checkpoint covers yet waits.
        mend_some(&store, &world, 4);
        assert!(made.check(None).unwrap().is_good());
        let later = receipt(&store).check(None).unwrap();
        assert_eq!(later.steps.last().map(|step| step.1), Some(Standing::Waits));
        assert_eq!(later.proved() + 1, later.steps.len());
        // Without its head, or without steps, nothing is wrong and nothing is proved.
        for bare in [Receipt { checkpoint: None, ..made.clone() }, Receipt { steps: Vec::new(), ..made.clone() }] {
            let checked = bare.check(None).unwrap();
            assert!(checked.is_good() && checked.proved() == 0);
        }
        let whole = made.to_json();
        for cut in ["", "{}", "[]", "null", &whole[1..], &whole[..whole.len() - 1], &whole.replace("steps", "stairs")] {
            assert_eq!(Receipt::parse(cut), Err(BadReceipt::Unread), "{cut}");
        }
        let newer = whole.replacen(r#""lianxin_receipt":1"#, r#""lianxin_receipt":2,"more":[]"#, 1);
        assert_eq!(Receipt::parse(&newer), Err(BadReceipt::Version(2)));
        assert_eq!(Receipt::parse(&" ".repeat(record::receipt::MOST_BYTES + 1)), Err(BadReceipt::TooLarge));
        // Within a page, as it is saved.
        let page = format!("<html>{}{}</script></html>", record::receipt::BEGIN, made.to_json());
        assert_eq!(Receipt::parse(&page).unwrap(), made);

        let mut other = made.clone();
        other.steps[0].index = Some(0);
        assert_eq!(other.check(None).unwrap().steps[0].1, Standing::Wrong(Wrong::NotInLog));
        let mut other = made.clone();
        other.steps[0].event = other.steps[1].event.clone();
        assert!(!other.check(None).unwrap().is_good());
        let mut other = made.clone();
        other.steps[0].event = "AAAA".into();
        assert_eq!(other.check(None).unwrap().steps[0].1, Standing::Wrong(Wrong::Event));
        let mut other = made.clone();
        other.steps[0].texts.push(Text::new("texts.words", &[0; 16], "改过的话"));
        assert_eq!(other.check(None).unwrap().steps[0].1, Standing::Wrong(Wrong::Text));
        // Another log's key proves nothing.
        let forged = Skey::of_log(&base::Keys::seeded(&base::SeededRandom::new(99)), vkey(&store).name()).unwrap();
        assert!(made.check(Some(&forged.vkey())).is_err());
        record::sequence_all(&store, &world.env).unwrap();
    }

    fn no_letter_of_a_proof_can_be_another(store) {
        let world = world(41);
        grow(&store, &world, 9);
        let mut made = receipt(&store);
        made.steps.truncate(1);
        assert_eq!(made.check(None).unwrap().proved(), 1);
        // Another letter that base 64 has as well, so that what is refused is what it says and not how it is written.
        let other = |text: &str, at: usize| {
            let letter = text.as_bytes()[at];
            let new = if letter.is_ascii_alphanumeric() { if letter == b'B' { b'C' } else { b'B' } } else { letter ^ 1 };
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = new;
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let proves = |receipt: &Receipt| receipt.check(None).is_ok_and(|checked| checked.is_good() && checked.proved() == 1);
        let mut tried = 0;
        let mut refused = |receipt: Receipt, what: &str, at: usize| {
            assert!(!proves(&receipt), "{what}, letter {at}");
            tried += 1;
        };
        for at in (0..made.steps[0].event.len()).step_by(7) {
            let mut changed = made.clone();
            changed.steps[0].event = other(&made.steps[0].event, at);
            refused(changed, "event", at);
        }
        for (n, hash) in made.steps[0].path.iter().enumerate() {
            for at in (0..hash.len()).step_by(11) {
                let mut changed = made.clone();
                changed.steps[0].path[n] = other(hash, at);
                refused(changed, "path", at);
            }
        }
        let note = made.checkpoint.clone().unwrap();
        for at in (0..note.len()).step_by(5) {
            let mut changed = made.clone();
            changed.checkpoint = Some(other(&note, at));
            refused(changed, "checkpoint", at);
        }
        assert!(tried > 80, "{tried}");
    }

    fn a_text_is_proved_by_its_digest_and_may_be_gone(store) {
        let world = world(34);
        let env = world.env.clone();
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Said { texts: serde_json::Value }
        impl record::Facts for Said {
            const KIND: &'static str = "LampSpokenOf";
            const V: i64 = 1;
        }
        let salt = [5; 16];
        store.write_now(move |tx| {
            let ctx = env.ctx();
            let about = About { occurred_at: ctx.now, actor: Actor::Resident, unit: None, subject: lamp(9), batch: None };
            let digest = record::text_digest_hex(&salt, "路灯不亮");
            record::append(tx, &ctx, about, &Said { texts: serde_json::json!({ "words": digest }) })
        }).unwrap();
        record::sequence_all(&store, &world.env).unwrap();
        let make = |texts: Vec<Text>| {
            store.read_now(move |tx| {
                let event = record::of_subject(tx, lamp(9))?.remove(0);
                record::receipt::make(tx, "1", "东街", &[Shown { title: String::new(), event: Some(event), texts: texts.clone() }])
            }).unwrap().check(None).unwrap().steps[0].1
        };
        assert_eq!(make(vec![Text::new("texts.words", &salt, "路灯不亮")]), Standing::Proved);
        assert_eq!(make(vec![Text::new("texts.words", &salt, "路灯亮了")]), Standing::Wrong(Wrong::Text));
        assert_eq!(make(vec![Text::new("texts.words", &[6; 16], "路灯不亮")]), Standing::Wrong(Wrong::Text));
        // The text and its salt are erased: the step is proved all the same.
        assert_eq!(make(Vec::new()), Standing::Proved);
        assert_clean(&store);
    }

    fn what_is_done_by_sql_and_covered_up_is_named(store) {
        let world = world(35);
        grow(&store, &world, 5);
        world.clock.advance(2 * Time::HOUR);
        grow(&store, &world, 9);
        // Facts, leaf and tile are changed together: the checkpoints tell between which positions.
        store.write_now(|tx| {
            let mut event = record::after(tx, 7, 1)?.remove(0);
            event.facts = r#"{"bulbs":77}"#.into();
            let leaf = record::leaf(&event);
            tx.exec(sql!("UPDATE event SET facts = ?2 WHERE id = ?1"), p![event.id.0, event.facts.as_str()])?;
            tx.exec(sql!("UPDATE log SET leaf = ?1 WHERE pos = 8"), p![&leaf[..]])?;
            let mut tile = record::tree::tile(tx, 0, 0)?.unwrap();
            tile[7 * 32..8 * 32].copy_from_slice(&leaf);
            tx.exec(sql!("UPDATE log_tile SET hashes = ?1 WHERE id = 0"), p![&tile[..]])
        }).unwrap();
        let report = verify(&store);
        assert_eq!(report.first_bad(), Some(6), "{report}");
        assert!(report.to_string().contains("between positions 6 and 14 the log is not what was signed"), "{report}");
        // Nothing more is signed on top of it.
        mend_some(&store, &world, 1);
        assert!(record::sequence_all(&store, &world.env).unwrap_err().to_string().contains("the tiles are not those of the tree"));
        // Even where the root is changed with it.
        store.write_now(|tx| {
            let root = record::tree::root_at(tx, 14)?.unwrap();
            tx.exec(sql!("UPDATE log_tree SET root = ?1"), p![&root[..]])
        }).unwrap();
        assert!(record::sequence_all(&store, &world.env).unwrap_err().to_string().contains("not the one that was signed last"));
        assert_eq!(verify(&store).first_bad(), Some(6));
    }

    fn every_table_of_the_tree_is_watched(store) {
        let world = world(36);
        for n in [200, 100] {
            world.clock.advance(2 * Time::HOUR);
            grow(&store, &world, n);
        }
        let witness = Skey::of_witness(&[3; 32], "w.example").unwrap();
        let head = newest(&store);
        let line = witness.cosign(&Signed::parse(&head.note).unwrap(), 1_700_000_000).unwrap();
        store.write_now(move |tx| record::add_cosignature(tx, &head, &witness.vkey(), &line)).unwrap().unwrap();
        assert_clean(&store);
        assert_eq!(newest(&store).witnesses.len(), 1);
        let changes = [
            sql!("UPDATE log_tree SET size = size - 1"),
            sql!("UPDATE log_tree SET root = (SELECT leaf FROM log WHERE pos = 1)"),
            sql!("DELETE FROM log_tree"),
            sql!("UPDATE log_tile SET hashes = substr(hashes, 1, 32) WHERE id = 0"),
            sql!("DELETE FROM log_tile WHERE id = 1"),
            sql!("DELETE FROM log_tile WHERE id > 1000"),
            sql!("UPDATE log_tile SET id = 7 WHERE id = 1"),
            sql!("UPDATE log_origin SET origin = 'another'"),
            sql!("DELETE FROM log_origin"),
            sql!("UPDATE checkpoint SET size = size - 1 WHERE size = 200"),
            sql!("UPDATE checkpoint SET note = (SELECT c.note FROM checkpoint c WHERE c.size = 300) WHERE size = 200"),
            sql!("DELETE FROM checkpoint WHERE size = 300"),
            sql!("UPDATE cosignature SET size = 200"),
            sql!("UPDATE cosignature SET at = at + 1000000"),
            sql!("UPDATE cosignature SET line = 'no signature'"),
            sql!("UPDATE log_head SET chained = 1"),
        ];
        for change in changes {
            let before = store.read_now(|tx| Ok::<_, StoreError>((
                tx.all(sql!("SELECT id, hashes FROM log_tile"), p![], |row| Ok((row.int(0)?, row.blob(1)?.to_vec())))?,
                tx.all(sql!("SELECT size, at, kept, note FROM checkpoint"), p![], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.text(3)?.to_owned())))?,
                tx.all(sql!("SELECT size, vkey, at, line FROM cosignature"), p![], |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.int(2)?, row.text(3)?.to_owned())))?,
                tx.all(sql!("SELECT origin, vkey FROM log_origin"), p![], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))?,
                record::tree_size(tx)?,
            ))).unwrap();
            run(&store, change);
            let report = verify(&store);
            assert!(report.findings.iter().any(|finding| finding.part == Part::Log), "{}: {report}", change.text());
            store.write_now(move |tx| {
                let (tiles, checkpoints, cosignatures, origin, tree) = &before;
                for all in [sql!("DELETE FROM log_tile"), sql!("DELETE FROM checkpoint"), sql!("DELETE FROM cosignature"), sql!("DELETE FROM log_origin"), sql!("DELETE FROM log_tree"), sql!("UPDATE log_head SET chained = 0")] {
                    tx.exec(all, p![])?;
                }
                for (id, hashes) in tiles { tx.exec(sql!("INSERT INTO log_tile (id, hashes) VALUES (?1, ?2)"), p![*id, &hashes[..]])?; }
                for (size, at, kept, note) in checkpoints { tx.exec(sql!("INSERT INTO checkpoint (size, at, kept, note) VALUES (?1, ?2, ?3, ?4)"), p![*size, *at, *kept, note.as_str()])?; }
                for (size, vkey, at, line) in cosignatures { tx.exec(sql!("INSERT INTO cosignature (size, vkey, at, line) VALUES (?1, ?2, ?3, ?4)"), p![*size, vkey.as_str(), *at, line.as_str()])?; }
                for (name, vkey) in origin { tx.exec(sql!("INSERT INTO log_origin (one, origin, vkey) VALUES (1, ?1, ?2)"), p![name.as_str(), vkey.as_str()])?; }
                tx.exec(sql!("INSERT INTO log_tree (one, size, root) VALUES (1, ?1, ?2)"), p![tree.size, &tree.root[..]])
            }).unwrap();
        }
        assert_clean(&store);
    }

    fn a_log_that_was_chained_before_becomes_a_tree(store) {
        let world = world(37);
        mend_some(&store, &world, 30);
        // As the program before it left a store: positions and a chained head, no tree.
        let env = world.env.clone();
        store.write_now(move |tx| record::sequence(tx, &env.ctx(), 100)).unwrap();
        store.write_now(|tx| {
            let leaves = tx.all(sql!("SELECT leaf FROM log ORDER BY pos"), p![], |row| row.array::<32>(0))?;
            let mut head = [0_u8; 32];
            for leaf in leaves {
                use sha2::Digest as _;
                head = sha2::Sha256::new().chain_update([2]).chain_update(head).chain_update(leaf).finalize().into();
            }
            tx.exec(sql!("UPDATE log_head SET head = ?1, chained = size"), p![&head[..]])
        }).unwrap();
        grow(&store, &world, 3);
        assert_eq!(newest(&store).size, 33);
        assert_clean(&store);
        run(&store, sql!("UPDATE log_head SET head = (SELECT leaf FROM log WHERE pos = 1)"));
        assert!(verify(&store).to_string().contains("the chain of the first 30 leaves"));
        run(&store, sql!("UPDATE log_head SET chained = 0, head = zero.z FROM (SELECT substr(salt, 1, 0) AS z FROM event LIMIT 1) AS zero"));
    }

    fn what_was_set_aside_is_taken_back_or_left_out(store) {
        let world = world(38);
        grow(&store, &world, 2);
        world.clock.advance(-11 * Time::MINUTE);
        mend_some(&store, &world, 2);
        world.clock.advance(20 * Time::MINUTE);
        record::sequence_all(&store, &world.env).unwrap();
        let aside = store.read_now(|tx| record::aside(tx, 10)).unwrap();
        assert_eq!(aside.len(), 2);
        assert!(aside.iter().all(|one| one.settled.is_none() && one.kind.as_deref() == Some("LampMended")));
        assert!(!verify(&store).is_clean());
        let by = PersonId(base::Id([1; 16]));
        let settle = |event, outcome| {
            let env = world.env.clone();
            store.write_now(move |tx| record::settle(tx, &env.ctx(), by, event, outcome, "时钟慢了")).unwrap()
        };
        settle(aside[0].event, Outcome::TakenBack).unwrap();
        assert_eq!(settle(aside[0].event, Outcome::LeftOut), Err(NotSettled::NotOpen));
        settle(aside[1].event, Outcome::LeftOut).unwrap();
        assert_eq!(record::sequence_all(&store, &world.env).unwrap(), 3);
        let report = verify(&store);
        // The one that was left out is missing in the fold: its effect on the table is the module's to undo.
        assert!(report.findings.iter().all(|finding| finding.part == Part::State && finding.words.contains("table lamp,")), "{report}");
        assert_eq!(report.size, 5);
        run(&store, sql!("UPDATE quarantined_event SET note = 'another' WHERE outcome = 'left_out'"));
        assert!(verify(&store).to_string().contains("table quarantined_event"));
        run(&store, sql!("UPDATE quarantined_event SET outcome = NULL WHERE outcome = 'left_out'"));
        assert!(verify(&store).to_string().contains("long before the last batch"));
    }
}

/// Two processes on one PostgreSQL seal at once: one tree, one checkpoint for each size.
#[test]
fn two_stores_on_one_schema_seal_one_tree() {
    let Some(place) = lamps::postgres() else { return };
    let stores = [place.open(&lamps::TREES), place.open(&lamps::TREES)];
    let mut worlds = [world(39), world(40)];
    worlds[1].env.keys = worlds[0].env.keys.clone();
    std::thread::scope(|scope| {
        for (store, world) in stores.iter().zip(&worlds) {
            scope.spawn(move || {
                for _ in 0..10 {
                    grow(store, world, 30);
                }
            });
        }
    });
    record::sequence_all(&stores[0], &worlds[0].env).unwrap();
    assert_eq!(newest(&stores[1]).size, 600);
    assert_clean(&stores[1]);
    for store in &stores {
        store.close();
    }
}
