//! The tree recomputed from the leaves, and everything that was ever signed of it compared with it.

use std::collections::BTreeMap;

use base::Time;
use store::{Sql, StoreError, Tx, p, sql};

use super::report::{Said, said};
use super::{Part, Report};
use crate::checkpoint::{origin, tree};
use crate::digest::{NO_CHAIN, chain, hex};
use crate::note::{NoteError, Signed, Vkey};
use crate::tree::{Digest, Recomputed, over};

const CHAINED: &Sql = sql!("SELECT chained, head FROM log_head WHERE one = 1");
/// All of them: one an hour, and those that were shown to a witness.
const CHECKPOINTS: &Sql = sql!("SELECT size, note FROM checkpoint ORDER BY size");
const COSIGNATURES: &Sql = sql!("SELECT size, vkey, at, line FROM cosignature ORDER BY size, vkey");
/// Walks the primary key of `log_tile` above the leaves.
const TILES: &Sql = sql!("SELECT id, hashes FROM log_tile WHERE id >= ?1 ORDER BY id");
/// Walks the primary key of `log_tile`, the leaves.
const LONG: &Sql = sql!("SELECT id, length(hashes) FROM log_tile WHERE id < ?1 ORDER BY id");
/// By primary key.
const LEAVES: &Sql = sql!("SELECT leaf FROM log WHERE pos > ?1 AND pos <= ?2 ORDER BY pos");

/// The tree, growing with the walk.
#[derive(Default)]
pub(super) struct TreeWalk {
    size: i64,
    /// Leaves of the tile that is not whole yet.
    rest: Vec<u8>,
    tree: Recomputed,
}

impl TreeWalk {
    /// Positions walked.
    pub(super) fn size(&self) -> i64 {
        self.size
    }

    /// The next leaves.
    pub(super) fn page(&mut self, first: i64, leaves: Vec<Digest>) {
        debug_assert_eq!(first, self.size, "pages come in order");
        self.size += i64::try_from(leaves.len()).unwrap_or(0);
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend(leaves.into_iter().flatten());
        let mut tiles = bytes.chunks_exact(256 * 32);
        for tile in &mut tiles {
            self.tree.push(over(tile));
        }
        self.rest = tiles.remainder().to_vec();
    }

    /// Compares the tree with its tiles, its stored size and root, and with every checkpoint.
    pub(super) fn compare(mut self, tx: &mut Tx, head: i64, report: &mut Report) -> Result<(), StoreError> {
        let walked = u64::try_from(self.size).unwrap_or(0);
        self.tree.kept.insert(walked / 256, std::mem::take(&mut self.rest));
        report.head = self.tree.root(walked).unwrap_or_default();
        let stored = tree(tx)?;
        if stored.size > self.size {
            let (leaves, log) = (stored.size, self.size);
            let words =
                said!("the tree says that it has {leaves} leaves, the log has {log}", "指纹树登记了 {leaves} 条，总账只有 {log} 条");
            report.add(Part::Log, Some(self.size + 1), words);
        }
        let clean = report.first_bad().is_none();
        self.chained(tx, head, report)?;
        self.tiles(tx, u64::try_from(stored.size).unwrap_or(0), report)?;
        match self.root(tx, stored.size)? {
            Some(root) if root == stored.root || stored.size > self.size => {}
            root => {
                let (root, written) = (hex(&root.unwrap_or_default()), hex(&stored.root));
                let words = said!("the root recomputed is {root}, the one written {written}", "重算的指纹是 {root}，登记的是 {written}");
                report.add(Part::Log, None, words);
            }
        }
        self.checkpoints(tx, clean, report)
    }

    /// The root at a size that is no multiple of a tile needs the leaves of that tile.
    fn root(&mut self, tx: &mut Tx, size: i64) -> Result<Option<Digest>, StoreError> {
        let Ok(wide) = u64::try_from(size) else { return Ok(None) };
        if size > self.size {
            return Ok(None);
        }
        let n = wide / 256;
        if wide % 256 != 0 && !self.tree.kept.contains_key(&n) {
            let from = i64::try_from(n * 256).unwrap_or(0);
            let mut held = Vec::with_capacity(256 * 32);
            tx.each(LEAVES, p![from, from + 256], |row| {
                held.extend_from_slice(row.blob(0)?);
                Ok(())
            })?;
            // Only one is held at a time beside the last: a year has thousands of checkpoints.
            self.tree.kept.retain(|at, _| *at == u64::try_from(self.size).unwrap_or(0) / 256);
            self.tree.kept.insert(n, held);
        }
        Ok(self.tree.root(wide))
    }

    fn chained(&self, tx: &mut Tx, head: i64, report: &mut Report) -> Result<(), StoreError> {
        let Some((chained, written)) = tx.opt(CHAINED, p![], |row| Ok((row.int(0)?, row.blob(1)?.to_vec())))? else { return Ok(()) };
        let mut top = NO_CHAIN;
        tx.each(LEAVES, p![0_i64, chained], |row| {
            top = chain(&top, &row.array(0)?);
            Ok(())
        })?;
        if written != top || chained > head {
            let (top, written) = (hex(&top), hex(&written));
            let words = said!(
                "the chain of the first {chained} leaves is {top}, the one written {written}: leaves or their order were changed",
                "前 {chained} 条的链式指纹重算是 {top}，登记的是 {written}：内容或者次序被改过"
            );
            report.add(Part::Log, None, words);
        }
        Ok(())
    }

    fn tiles(&self, tx: &mut Tx, size: u64, report: &mut Report) -> Result<(), StoreError> {
        let mut held: BTreeMap<i64, Vec<u8>> = BTreeMap::new();
        tx.each(TILES, p![1_i64 << 48], |row| {
            held.insert(row.int(0)?, row.blob(1)?.to_vec());
            Ok(())
        })?;
        for level in 1..=self.tree.above() {
            for n in 0..self.tree.tiles(level) {
                let Some(id) = crate::tree::tile_id(level, n) else { continue };
                let wide = usize::try_from(crate::tree::width(size, level, n)).unwrap_or(0) * 32;
                let found = held.remove(&id).unwrap_or_default();
                let computed = self.tree.tile(level, n).unwrap_or_default();
                if found.len() != wide || computed.get(..wide) != Some(&found[..]) {
                    report.add(
                        Part::Log,
                        None,
                        said!(
                            "tile {n} of level {level} of the tree is not what its leaves make",
                            "第 {level} 层第 {n} 个指纹块和总账算出的不同"
                        ),
                    );
                }
            }
        }
        if let Some(id) = held.keys().next() {
            report.add(Part::Log, None, said!("tile {id} belongs to no tree of this size", "多出一个指纹块 {id}"));
        }
        // What the tiles of leaves hold was compared page by page; here, that they reach just as far as the tree.
        let mut long: BTreeMap<i64, i64> = tx.all(LONG, p![1_i64 << 48], |row| Ok((row.int(0)?, row.int(1)?)))?.into_iter().collect();
        for n in 0..size.div_ceil(256) {
            let at = i64::try_from(n).unwrap_or(i64::MAX);
            let wide = i64::try_from(crate::tree::width(size, 0, n)).unwrap_or(0) * 32;
            if long.remove(&at) != Some(wide) {
                report.add(
                    Part::Log,
                    Some(at * 256 + 1),
                    said!("tile {n} of leaves does not hold what it should", "第 {n} 个叶子块长短不对"),
                );
            }
        }
        if let Some(id) = long.keys().next() {
            report.add(Part::Log, None, said!("tile {id} belongs to no tree of this size", "多出一个指纹块 {id}"));
        }
        Ok(())
    }

    /// Each signed head: its signature, and whether it is the head of this tree. The first that is not tells between
    /// which positions something was changed.
    fn checkpoints(&mut self, tx: &mut Tx, clean: bool, report: &mut Report) -> Result<(), StoreError> {
        let all = tx.all(CHECKPOINTS, p![], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?;
        let cosignatures =
            tx.all(COSIGNATURES, p![], |row| Ok((row.int(0)?, row.text(1)?.to_owned(), row.time(2)?, row.text(3)?.to_owned())))?;
        let key = origin(tx)?.and_then(|(name, vkey)| Vkey::parse(&vkey).ok().filter(|vkey| vkey.name() == name));
        if !all.is_empty() && key.is_none() {
            report.add(Part::Log, None, said!("the log's name and key are gone or changed", "总账的名称和公钥不见了，或者被改过"));
        }
        if all.last().map_or(0, |(size, _)| *size) != tree(tx)?.size {
            report.add(Part::Log, None, said!("the last checkpoint is not that of the tree", "最近一次签名和指纹树对不上"));
        }
        let mut good = 0;
        for (size, note) in &all {
            let signed = Signed::parse(note).and_then(|signed| match &key {
                Some(key) => key.check(&signed).map(|_| signed),
                None => Ok(signed),
            });
            let signed = match signed {
                Ok(signed) if i64::try_from(signed.size) == Ok(*size) => signed,
                Ok(_) => {
                    report.add(
                        Part::Log,
                        None,
                        said!("the checkpoint of size {size} is of another size", "到第 {size} 条为止的签名，条数对不上"),
                    );
                    continue;
                }
                Err(error) => {
                    let zh = format!("到第 {size} 条为止的签名：{}", error.zh());
                    report.add(Part::Log, None, Said { en: format!("the checkpoint of size {size}: {error}"), zh });
                    continue;
                }
            };
            if *size > self.size {
                let log = self.size;
                let words = said!("{size} events were signed for, the log has {log}", "已经签名到第 {size} 条，总账只有 {log} 条");
                report.add(Part::Log, Some(log + 1), words);
            } else if self.root(tx, *size)? == Some(signed.root) {
                good = *size;
            } else {
                // Where rows themselves do not agree, those are named already.
                let pos = clean.then_some(good + 1);
                let from = good + 1;
                let words = said!(
                    "between positions {from} and {size} the log is not what was signed",
                    "第 {from} 条到第 {size} 条之间，总账和签名时不同"
                );
                report.add(Part::Log, pos, words);
                break;
            }
        }
        for (size, vkey, at, line) in cosignatures {
            let note = all.iter().find(|(of, _)| *of == size).map(|(_, note)| note);
            let fits = note.is_some_and(|note| cosigned(note, &vkey, at, &line).is_ok());
            if !fits {
                report.add(
                    Part::Log,
                    None,
                    said!("the witness signature of the checkpoint of size {size} does not fit", "到第 {size} 条为止的见证签名对不上"),
                );
            }
        }
        Ok(())
    }
}

fn cosigned(note: &str, vkey: &str, at: Time, line: &str) -> Result<(), NoteError> {
    let vkey = Vkey::parse(vkey)?;
    let said = vkey.check(&Signed::parse(&format!("{note}{line}"))?)?;
    if said.map(|said| said.saturating_mul(Time::SECOND)) == Some(at.0) { Ok(()) } else { Err(NoteError::Wrong) }
}
