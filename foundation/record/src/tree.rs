//! The tree over the leaves (RFC 9162), kept as tiles of 256 hashes (C2SP tlog-tiles).
//!
//! What is computed here is computed by the crate `tlog_tiles`; this file knows which tiles there are
//! and where they lie. A level's last tile grows in place; what a tree of an earlier size held of it
//! is its beginning, so that every size that ever was can still be proved.

use std::borrow::Cow;
use std::collections::BTreeMap;

use store::{Sql, StoreError, Tx, p, sql};
use tlog_tiles::{Error, HASH_SIZE, Hash, HashReader, Tile};

/// The height of a tile: it holds `2^HEIGHT` hashes.
const HEIGHT: u8 = 8;
/// Hashes of a full tile.
pub const WIDTH: u64 = 1 << HEIGHT;
/// Bytes of a full tile.
const FULL: usize = HASH_SIZE << HEIGHT;
/// Levels that a tree of 2^62 leaves has.
const LEVELS: u8 = 8;

/// By primary key.
const TILE: &Sql = sql!("SELECT hashes FROM log_tile WHERE id = ?1");

/// A hash of the tree.
pub type Digest = [u8; 32];

/// The root of a tree without leaves.
pub const EMPTY_ROOT: Digest = tlog_tiles::EMPTY_HASH.0;

/// Where a tile lies; none for a number that no tree reaches.
pub(crate) fn tile_id(level: u8, n: u64) -> Option<i64> {
    let n = i64::try_from(n).ok().filter(|n| *n < 1 << 48)?;
    (level < LEVELS).then_some(i64::from(level) << 48 | n)
}

/// What a tile holds so far; none where there is none yet.
///
/// # Errors
/// Only the store's.
pub fn tile(tx: &mut Tx, level: u8, n: u64) -> Result<Option<Vec<u8>>, StoreError> {
    match tile_id(level, n) {
        Some(id) => tx.opt(TILE, p![id], |row| Ok(row.blob(0)?.to_vec())),
        None => Ok(None),
    }
}

/// How many hashes the tile holds in a tree of this size.
pub fn width(size: u64, level: u8, n: u64) -> u64 {
    let shift = u32::from(HEIGHT) * u32::from(level);
    let hashes = size.checked_shr(shift).unwrap_or(0);
    hashes.saturating_sub(n.saturating_mul(WIDTH)).min(WIDTH)
}

/// The root over the leaves of a tile, whole or not.
pub(crate) fn over(hashes: &[u8]) -> Digest {
    Tile::subtree_hash(hashes).0
}

/// Hashes of the tree from wherever tiles can be got.
struct From<F>(F);

impl<'a, F: Fn(u8, u64) -> Option<Cow<'a, [u8]>>> HashReader for From<F> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let one = |&index: &u64| {
            let tile = Tile::from_index(HEIGHT, index);
            let hashes = (self.0)(tile.level(), tile.level_index()).ok_or(Error::IndexesNotInTree)?;
            tile.hash_at_index(&hashes, index)
        };
        indexes.iter().map(one).collect()
    }
}

/// The root of the tree of this size; none where tiles are missing.
pub(crate) fn root<'a>(size: u64, tiles: impl Fn(u8, u64) -> Option<Cow<'a, [u8]>>) -> Option<Digest> {
    tlog_tiles::tree_hash(size, &From(tiles)).ok().map(|hash| hash.0)
}

/// Tiles that a computation needs, read from the store as it asks for them: it is run until it asks for nothing new.
fn read_as_asked<T>(tx: &mut Tx, mut compute: impl FnMut(&Asked) -> Result<T, Error>) -> Result<Result<T, Error>, StoreError> {
    let asked = Asked::default();
    loop {
        match compute(&asked) {
            Err(Error::IndexesNotInTree) => {
                let missing: Vec<(u8, u64)> = asked.missing.take().into_iter().collect();
                let before = asked.have.borrow().len();
                for (level, n) in missing {
                    if let Some(hashes) = tile(tx, level, n)? {
                        asked.have.borrow_mut().insert((level, n), hashes);
                    }
                }
                if asked.have.borrow().len() == before {
                    return Ok(Err(Error::IndexesNotInTree));
                }
            }
            done => return Ok(done),
        }
    }
}

#[derive(Default)]
struct Asked {
    have: std::cell::RefCell<BTreeMap<(u8, u64), Vec<u8>>>,
    missing: std::cell::Cell<std::collections::BTreeSet<(u8, u64)>>,
}

impl HashReader for Asked {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let have = self.have.borrow();
        let mut missing = self.missing.take();
        let mut hashes = Vec::with_capacity(indexes.len());
        for &index in indexes {
            let tile = Tile::from_index(HEIGHT, index);
            match have.get(&(tile.level(), tile.level_index())) {
                Some(data) => hashes.push(tile.hash_at_index(data, index)?),
                None => {
                    missing.insert((tile.level(), tile.level_index()));
                }
            }
        }
        let whole = missing.is_empty();
        self.missing.set(missing);
        if whole { Ok(hashes) } else { Err(Error::IndexesNotInTree) }
    }
}

/// The way from a leaf up to the root of the tree of this size; none where the leaf is not in it or tiles are missing.
///
/// # Errors
/// Only the store's.
pub fn inclusion(tx: &mut Tx, size: u64, index: u64) -> Result<Option<Vec<Digest>>, StoreError> {
    let path = read_as_asked(tx, |tiles| tlog_tiles::prove_record(size, index, tiles))?;
    Ok(path.ok().map(|path| path.into_iter().map(|hash| hash.0).collect()))
}

/// That the tree of the smaller size is the beginning of the larger one; none where tiles are missing.
///
/// # Errors
/// Only the store's.
pub fn consistency(tx: &mut Tx, from: u64, to: u64) -> Result<Option<Vec<Digest>>, StoreError> {
    if from == 0 {
        return Ok(Some(Vec::new()));
    }
    let path = read_as_asked(tx, |tiles| tlog_tiles::prove_tree(to, from, tiles))?;
    Ok(path.ok().map(|path| path.into_iter().map(|hash| hash.0).collect()))
}

/// The root of the tree as it was at this size; none where tiles are missing.
///
/// # Errors
/// Only the store's.
pub fn root_at(tx: &mut Tx, size: u64) -> Result<Option<Digest>, StoreError> {
    Ok(read_as_asked(tx, |tiles| tlog_tiles::tree_hash(size, tiles))?.ok().map(|hash| hash.0))
}

fn hashes(path: &[Digest]) -> Vec<Hash> {
    path.iter().copied().map(Hash).collect()
}

/// Whether this way leads from the leaf at `index` to the root of a tree of `size` leaves.
pub fn includes(path: &[Digest], size: u64, root: &Digest, index: u64, leaf: &Digest) -> bool {
    path.len() <= 64 && index < size && tlog_tiles::check_record(&hashes(path), size, Hash(*root), index, Hash(*leaf)).is_ok()
}

/// Whether the tree of size `from` and root `old` is the beginning of that of size `to` and root `new`.
pub fn extends(path: &[Digest], from: u64, old: &Digest, to: u64, new: &Digest) -> bool {
    if from == 0 {
        return path.is_empty() && *old == EMPTY_ROOT;
    }
    path.len() <= 128 && from <= to && tlog_tiles::check_tree(&hashes(path), to, Hash(*new), from, Hash(*old)).is_ok()
}

/// The right edge of the tree, with what new leaves make of it.
#[derive(Default)]
pub(crate) struct Edge {
    /// The last tile of each level and its number; not whole.
    levels: Vec<(u64, Vec<u8>)>,
    /// Tiles that are to be written: new ones, and those that grew.
    pub(crate) changed: BTreeMap<(u8, u64), Vec<u8>>,
    /// Leaves in the tree.
    pub(crate) size: u64,
}

impl Edge {
    /// The edge of a tree of this size, from the store.
    pub(crate) fn read(tx: &mut Tx, size: u64) -> Result<Edge, StoreError> {
        let mut levels = Vec::new();
        for level in 0..LEVELS {
            let hashes = size.checked_shr(u32::from(HEIGHT) * u32::from(level)).unwrap_or(0);
            if hashes == 0 {
                break;
            }
            let (n, wide) = (hashes / WIDTH, usize::try_from(hashes % WIDTH).unwrap_or(0) * HASH_SIZE);
            let mut held = if wide == 0 { Vec::new() } else { tile(tx, level, n)?.unwrap_or_default() };
            if held.len() < wide {
                return Err(StoreError::misfit(
                    format!("log_tile: level {level}, tile {n} holds less than the tree"),
                    format!("表 log_tile：第 {level} 层第 {n} 个指纹块不完整"),
                ));
            }
            held.truncate(wide);
            levels.push((n, held));
        }
        Ok(Edge { levels, changed: BTreeMap::new(), size })
    }

    /// Adds leaves.
    pub(crate) fn grow(&mut self, leaves: &[Digest]) {
        for leaf in leaves {
            self.push(0, leaf);
        }
        self.size += u64::try_from(leaves.len()).unwrap_or(0);
        for (level, (n, held)) in (0_u8..).zip(&self.levels) {
            if !held.is_empty() {
                self.changed.insert((level, *n), held.clone());
            }
        }
    }

    fn push(&mut self, level: u8, hash: &Digest) {
        let at = usize::from(level);
        if self.levels.len() == at {
            self.levels.push((0, Vec::with_capacity(FULL)));
        }
        let Some((n, held)) = self.levels.get_mut(at) else { return };
        held.extend_from_slice(hash);
        if held.len() == FULL {
            let above = over(held);
            self.changed.insert((level, *n), std::mem::take(held));
            *n += 1;
            self.push(level + 1, &above);
        }
    }

    /// The root.
    pub(crate) fn root(&self) -> Option<Digest> {
        root(self.size, |level, n| {
            let edge = self.levels.get(usize::from(level)).filter(|(at, _)| *at == n).map(|(_, held)| held);
            edge.filter(|held| !held.is_empty()).or_else(|| self.changed.get(&(level, n))).map(|held| Cow::Borrowed(&held[..]))
        })
    }
}

/// A whole tree being recomputed: all hashes above the tiles of leaves, and those tiles of leaves that are asked for later.
#[derive(Default)]
pub(crate) struct Recomputed {
    levels: Vec<Vec<u8>>,
    pub(crate) kept: BTreeMap<u64, Vec<u8>>,
}

impl Recomputed {
    /// Adds the root of the next whole tile of leaves.
    pub(crate) fn push(&mut self, root: Digest) {
        let mut hash = root;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(held) = self.levels.get_mut(level) else { return };
            held.extend_from_slice(&hash);
            if held.len() % FULL != 0 {
                return;
            }
            hash = over(&held[held.len() - FULL..]);
        }
    }

    /// A tile; of leaves only where it was kept.
    pub(crate) fn tile(&self, level: u8, n: u64) -> Option<Cow<'_, [u8]>> {
        let Some(above) = level.checked_sub(1) else { return self.kept.get(&n).map(|held| Cow::Borrowed(&held[..])) };
        let held = self.levels.get(usize::from(above))?;
        let from = usize::try_from(n).ok()?.checked_mul(FULL)?;
        let to = held.len().min(from.saturating_add(FULL));
        held.get(from..to).filter(|held| !held.is_empty()).map(Cow::Borrowed)
    }

    /// How many levels there are above the leaves' tiles.
    pub(crate) fn above(&self) -> u8 {
        u8::try_from(self.levels.len()).unwrap_or(u8::MAX)
    }

    /// How many tiles a level has.
    pub(crate) fn tiles(&self, level: u8) -> u64 {
        let held = level.checked_sub(1).and_then(|above| self.levels.get(usize::from(above)));
        held.map_or(0, |held| u64::try_from(held.len().div_ceil(FULL)).unwrap_or(0))
    }

    /// The root at a size; none where the leaves of its last tile were not kept.
    pub(crate) fn root(&self, size: u64) -> Option<Digest> {
        root(size, |level, n| self.tile(level, n))
    }
}

/// What an address below `/tile/` asks for (C2SP tlog-tiles).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The level of the hashes; none for the entries themselves.
    pub level: Option<u8>,
    /// Which tile of its level.
    pub n: u64,
    /// How many hashes or entries.
    pub width: u64,
}

impl Wanted {
    /// Reads `<level>/<n>` or `entries/<n>`, where n is written in threes (`x001/x234/067`) and a tile that is not
    /// whole ends in `.p/<width>`.
    pub fn parse(path: &str) -> Option<Wanted> {
        if path.len() > 64 {
            return None;
        }
        let (level, rest) = path.split_once('/')?;
        let level = if level == "entries" { None } else { Some(plain(level).filter(|level| *level < u64::from(LEVELS))?) };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain(width).filter(|width| (1..WIDTH).contains(width))?),
            None => (rest, WIDTH),
        };
        let parts: Vec<&str> = number.split('/').collect();
        let (last, before) = parts.split_last()?;
        let mut n = 0_u64;
        for (at, part) in before.iter().enumerate() {
            let group = three(part.strip_prefix('x')?)?;
            if at == 0 && group == 0 {
                return None;
            }
            n = n.checked_mul(1000)?.checked_add(group)?;
        }
        n = n.checked_mul(1000)?.checked_add(three(last)?)?;
        Some(Wanted { level: level.map(|level| u8::try_from(level).unwrap_or(u8::MAX)), n, width })
    }
}

/// A number in digits, written in its only way.
fn plain(text: &str) -> Option<u64> {
    let fine = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if fine { text.parse().ok() } else { None }
}

fn three(text: &str) -> Option<u64> {
    if text.len() == 3 && text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaf(data: &[u8]) -> Digest {
        tlog_tiles::record_hash(data).0
    }

    fn unhex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    fn digest(text: &str) -> Digest {
        unhex(text).try_into().unwrap()
    }

    /// The eight leaves that the logs of RFC 6962 and RFC 9162 have been tested with from the first.
    const LEAVES: [&str; 8] = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn edge(leaves: &[Digest]) -> (Edge, BTreeMap<(u8, u64), Vec<u8>>) {
        let mut edge = Edge::default();
        edge.grow(leaves);
        let tiles = edge.changed.clone();
        (edge, tiles)
    }

    struct Held<'a>(&'a BTreeMap<(u8, u64), Vec<u8>>);

    impl HashReader for Held<'_> {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
            From(|level, n| self.0.get(&(level, n)).map(|held| Cow::Borrowed(&held[..]))).read_hashes(indexes)
        }
    }

    fn proof(path: Result<Vec<Hash>, Error>) -> Vec<Digest> {
        path.unwrap().into_iter().map(|hash| hash.0).collect()
    }

    #[test]
    fn roots_and_proofs_of_the_published_tree() {
        let leaves: Vec<Digest> = LEAVES.iter().map(|data| leaf(&unhex(data))).collect();
        for (n, root) in (1..).zip(ROOTS) {
            assert_eq!(edge(&leaves[..n]).0.root(), Some(digest(root)), "{n} leaves");
        }
        let (_, tiles) = edge(&leaves);
        // Published with the tree: the way of leaf 1 of 8, and from size 1 to 8.
        let way = [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ];
        assert_eq!(proof(tlog_tiles::prove_record(8, 0, &Held(&tiles))), way.map(digest));
        assert_eq!(proof(tlog_tiles::prove_tree(8, 1, &Held(&tiles))), way.map(digest));
        let six_to_eight = [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(proof(tlog_tiles::prove_tree(8, 6, &Held(&tiles))), six_to_eight.map(digest));
    }

    /// Every way that is not the very one is refused: shorter, longer, turned, of another leaf or size, or with a bit changed.
    fn only_this_way(path: &[Digest], size: u64, root: &Digest, index: u64, leaf: &Digest) {
        assert!(includes(path, size, root, index, leaf));
        assert!(!includes(path, size, root, index ^ 1, leaf) || size == 1);
        assert!(!includes(path, size, root, size, leaf));
        assert!(!includes(path, size, leaf, index, root) || size == 1);
        let mut longer = path.to_vec();
        longer.push([0; 32]);
        assert!(!includes(&longer, size, root, index, leaf));
        if let Some((_, shorter)) = path.split_last() {
            assert!(!includes(shorter, size, root, index, leaf));
        }
        for at in 0..path.len() {
            let mut other = path.to_vec();
            other[at][at % 32] ^= 1;
            assert!(!includes(&other, size, root, index, leaf));
        }
        let mut other = *leaf;
        other[31] ^= 0x80;
        assert!(!includes(path, size, root, index, &other));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn every_leaf_is_proved_and_nothing_else(size in 1_u64..1400, at in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
            let leaves: Vec<Digest> = (0..size).map(|n| leaf(&n.to_be_bytes())).collect();
            let (whole, tiles) = edge(&leaves);
            let root = whole.root().unwrap();
            // Grown in two steps, it is the same tree.
            let cut = cut.index(leaves.len());
            let mut steps = Edge::default();
            steps.grow(&leaves[..cut]);
            steps.grow(&leaves[cut..]);
            prop_assert_eq!(steps.root(), Some(root));
            prop_assert_eq!(&steps.changed, &tiles);
            let index = at.index(leaves.len());
            let path = proof(tlog_tiles::prove_record(size, index as u64, &Held(&tiles)));
            only_this_way(&path, size, &root, index as u64, &leaves[index]);
            let from = from.index(leaves.len()) as u64 + 1;
            let old = edge(&leaves[..usize::try_from(from).unwrap()]).0.root().unwrap();
            let path = proof(tlog_tiles::prove_tree(size, from, &Held(&tiles)));
            prop_assert!(extends(&path, from, &old, size, &root));
            if from < size {
                prop_assert!(!extends(&path, from, &root, size, &old));
                prop_assert!(!extends(&path, from + 1, &old, size, &root));
                for at in 0..path.len() {
                    let mut other = path.clone();
                    other[at][0] ^= 1;
                    prop_assert!(!extends(&other, from, &old, size, &root));
                }
            }
            let mut again = Recomputed::default();
            for tile in leaves.concat().chunks(FULL) {
                if tile.len() == FULL { again.push(over(tile)); } else { again.kept.insert(size / WIDTH, tile.to_vec()); }
            }
            prop_assert_eq!(again.root(size), Some(root));
        }

        #[test]
        fn addresses_are_read_in_their_only_way(level in 0_u8..8, n in 0_u64..(1 << 40), width in 1_u64..=256) {
            let mut digits = format!("{:03}", n % 1000);
            let mut rest = n / 1000;
            while rest > 0 {
                digits = format!("x{:03}/{digits}", rest % 1000);
                rest /= 1000;
            }
            let part = if width == 256 { String::new() } else { format!(".p/{width}") };
            prop_assert_eq!(Wanted::parse(&format!("{level}/{digits}{part}")), Some(Wanted { level: Some(level), n, width }));
            prop_assert_eq!(Wanted::parse(&format!("entries/{digits}{part}")), Some(Wanted { level: None, n, width }));
        }

        #[test]
        fn whatever_is_asked_for_is_read_or_refused(path in "[0-9xp/.entris]{0,40}") {
            let _ = Wanted::parse(&path);
        }
    }

    #[test]
    fn other_addresses_are_none() {
        for path in [
            "",
            "0",
            "0/",
            "0/1",
            "00/001",
            "8/001",
            "0/x000/001",
            "0/001.p/256",
            "0/001.p/0",
            "0/001.p/01",
            "-1/001",
            "0/x01/001",
            "entries",
        ] {
            assert_eq!(Wanted::parse(path), None, "{path}");
        }
    }
}
