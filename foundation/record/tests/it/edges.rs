//! The edges at which verifiers of Ed25519 differ, and the ways up a tree that must not be taken.
//!
//! C2SP CCTV (`ed25519vectors`) and transparency-dev/merkle (`testdata`) publish such cases; `vectors` reads theirs where they
//! are at hand. Here the same cases are made anew from what they are made of, so that they are tried on every machine:
//! points of low order in each of their encodings with every sum of low-order parts, and every probe of a proof.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity};
use record::note::verify_bytes;
use record::tree::{Digest, extends, includes};
use sha2::{Digest as _, Sha256, Sha512};

/// Encodings of points of low order that are not the one that a point has: with y of p or more, or a sign for x = 0.
fn other_encodings() -> Vec<[u8; 32]> {
    let of = |first: u8, middle: u8, last: u8| {
        let mut bytes = [middle; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes
    };
    vec![of(0xed, 0xff, 0x7f), of(0xed, 0xff, 0xff), of(0x01, 0x00, 0x80), of(0xee, 0xff, 0x7f), of(0xee, 0xff, 0xff), of(0xec, 0xff, 0xff)]
}

/// A half of a signature, or a key: the scalar known of it, its part of low order, and its bytes.
#[derive(Clone)]
struct Half {
    known: Scalar,
    low: EdwardsPoint,
    bytes: [u8; 32],
    canonical: bool,
}

impl Half {
    fn is_low(&self) -> bool {
        self.known == Scalar::ZERO
    }

    fn point(&self) -> EdwardsPoint {
        BASE * self.known + self.low
    }
}

/// Every half there is: each point of low order by itself and beside a part of prime order, and the other encodings.
fn halves(known: Scalar) -> Vec<Half> {
    let mut all = Vec::new();
    for low in EIGHT_TORSION {
        for known in [Scalar::ZERO, known] {
            let bytes = (BASE * known + low).compress().0;
            all.push(Half { known, low, bytes, canonical: true });
        }
    }
    for bytes in other_encodings() {
        let low = CompressedEdwardsY(bytes).decompress().unwrap();
        assert!(low.is_small_order() && low.compress().0 != bytes);
        all.push(Half { known: Scalar::ZERO, low, bytes, canonical: false });
    }
    all
}

fn challenge(r: &[u8; 32], a: &[u8; 32], message: &str) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&Sha512::new().chain_update(r).chain_update(a).chain_update(message).finalize().into())
}

#[test]
fn only_signatures_that_every_verifier_takes_are_taken() {
    let (mut taken, mut refused, mut residues) = (0, 0, 0);
    for key in halves(Scalar::from_bytes_mod_order([0x42; 32])) {
        for first in halves(Scalar::from_bytes_mod_order([0x37; 32])) {
            // Messages for which the parts of low order cancel out, and such for which they do not, where there are.
            let mut seen = [false; 2];
            for n in 0..64 {
                let message = format!("edge {n}");
                let k = challenge(&first.bytes, &key.bytes, &message);
                let cancels = (first.low + key.low * k).is_identity();
                if std::mem::replace(&mut seen[usize::from(cancels)], true) {
                    continue;
                }
                let last = k * key.known + first.known;
                let signature: [u8; 64] = [first.bytes, last.to_bytes()].concat().try_into().unwrap();
                // Worked out from the equation itself: without the cofactor, and with nothing of low order by itself.
                let equation = BASE * last - key.point() * k == first.point();
                assert_eq!(equation, cancels);
                let wanted = equation && key.canonical && first.canonical && !key.is_low() && !first.is_low();
                assert_eq!(
                    verify_bytes(&key.bytes, message.as_bytes(), &signature),
                    wanted,
                    "{message} {:x?} {:x?}",
                    key.bytes,
                    first.bytes
                );
                *(if wanted { &mut taken } else { &mut refused }) += 1;
                residues += u32::from(!cancels && !key.is_low() && !first.is_low());
                // The same with S + L, which some programs take.
                let mut larger = signature;
                larger[32..].copy_from_slice(&with_order(&last));
                assert!(!verify_bytes(&key.bytes, message.as_bytes(), &larger));
            }
            assert!(seen[0] || seen[1]);
        }
    }
    assert!(taken >= 8 && refused > 500 && residues > 50, "{taken} taken, {refused} refused, {residues} with a residue");
}

/// `S + L` as bytes: another writing of the same number.
fn with_order(scalar: &Scalar) -> [u8; 32] {
    // L, least byte first.
    let mut order = (Scalar::ZERO - Scalar::ONE).to_bytes();
    order[0] += 1;
    let mut carry = 0_u16;
    let mut sum = [0; 32];
    for (to, (a, b)) in sum.iter_mut().zip(scalar.to_bytes().iter().zip(order)) {
        let all = u16::from(*a) + u16::from(b) + carry;
        *to = u8::try_from(all & 0xff).unwrap();
        carry = all >> 8;
    }
    sum
}

#[test]
fn the_identity_is_no_key() {
    let none = EdwardsPoint::identity().compress().0;
    let signature: [u8; 64] = [none, [0; 32]].concat().try_into().unwrap();
    assert!(!verify_bytes(&none, b"anything", &signature));
}

/// The hash of a leaf and of two hashes, as RFC 9162 has them, and the tree by its definition: no code of the product.
fn leaf(data: &[u8]) -> Digest {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => node(&root(&more[..split(more.len())]), &root(&more[split(more.len())..])),
    }
}

/// RFC 9162, 2.1.3.1.
fn path(m: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut way, beside) = if m < left.len() { (path(m, left), root(right)) } else { (path(m - left.len(), right), root(left)) };
    way.push(beside);
    way
}

/// RFC 9162, 2.1.4.1.
fn between(m: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut way, beside) =
        if m <= left.len() { (between(m, left, whole), root(right)) } else { (between(m - left.len(), right, false), root(left)) };
    way.push(beside);
    way
}

fn leaves(n: usize) -> Vec<Digest> {
    (0..n).map(|n| leaf(&[u8::try_from(n % 251).unwrap(); 3])).collect()
}

fn flipped(digest: &Digest, bit: usize) -> Digest {
    let mut other = *digest;
    other[bit / 8] ^= 1 << (bit % 8);
    other
}

/// What is done to a list of hashes that is right.
fn spoilt(way: &[Digest], roots: &[Digest]) -> Vec<(&'static str, Vec<Digest>)> {
    let garbage = leaf(b"garbage");
    let mut all = vec![("trailing garbage", [way, &[garbage]].concat()), ("preceding garbage", [&[garbage], way].concat())];
    for root in roots {
        all.push(("trailing root", [way, &[*root]].concat()));
        all.push(("preceding root", [&[*root], way].concat()));
    }
    for at in 0..way.len() {
        let mut other = way.to_vec();
        other[at] = flipped(&way[at], at * 7 % 256);
        all.push(("a bit changed", other));
        let mut other = way.to_vec();
        other.remove(at);
        all.push(("removed component", other));
        let mut other = way.to_vec();
        other.insert(at, garbage);
        all.push(("inserted component", other));
        if at > 0 && way[at] != way[at - 1] {
            let mut other = way.to_vec();
            other.swap(at, at - 1);
            all.push(("two changed places", other));
        }
    }
    all.retain(|(_, other)| other != way);
    all
}

#[test]
fn a_leaf_is_reached_on_one_way_only() {
    let mut refused = 0;
    for (size, index) in [(1, 0), (8, 0), (8, 5), (3, 2), (5, 1), (7, 6), (40, 31), (300, 256), (257, 256)] {
        let all = leaves(size);
        let (top, way) = (root(&all), path(index, &all));
        let (n, at) = (size as u64, index as u64);
        assert!(includes(&way, n, &top, at, &all[index]), "{index} of {size}");
        let mut wrong = |what: &str, holds: bool| {
            assert!(!holds, "{index} of {size}: {what}");
            refused += 1;
        };
        for (what, other) in spoilt(&way, &[top]) {
            wrong(what, includes(&other, n, &top, at, &all[index]));
        }
        for (what, other) in
            [("leafIdx - 1", at.wrapping_sub(1)), ("leafIdx + 1", at + 1), ("leafIdx XOR 2", at ^ 2), ("leafIdx = treeSize", n)]
        {
            wrong(what, includes(&way, n, &top, other, &all[index]));
        }
        for (what, other) in [("treeSize * 2", n * 2), ("treeSize / 2", n / 2), ("treeSize 0", 0)] {
            // A tree of which the last leaf lies alone on the way has the same proof for some other sizes: not for its root.
            let bound = other > at && path(index, &leaves(usize::try_from(other).unwrap())).len() == way.len();
            wrong(what, !bound && includes(&way, other, &top, at, &all[index]));
        }
        for (what, other) in
            [("empty root", Sha256::digest([]).into()), ("random root", leaf(b"random")), ("root with a bit changed", flipped(&top, 9))]
        {
            wrong(what, includes(&way, n, &other, at, &all[index]));
        }
        wrong("wrong leaf", includes(&way, n, &top, at, &leaf(b"wrong")));
        if size > 1 {
            wrong("leaf and root in each other's place", includes(&way, n, &all[index], at, &top));
            wrong("no way at all", includes(&[], n, &top, at, &all[index]));
        }
    }
    assert!(refused > 180, "{refused}");
}

#[test]
fn a_tree_is_extended_in_one_way_only() {
    let mut refused = 0;
    for (from, to) in [(1, 1), (1, 8), (6, 8), (2, 5), (4, 8), (3, 7), (32, 40), (256, 300), (255, 257)] {
        let all = leaves(to);
        let (old, new, way) = (root(&all[..from]), root(&all), between(from, &all, true));
        let (m, n) = (from as u64, to as u64);
        assert!(extends(&way, m, &old, n, &new), "{from} to {to}");
        let mut wrong = |what: &str, holds: bool| {
            assert!(!holds, "{from} to {to}: {what}");
            refused += 1;
        };
        for (what, other) in spoilt(&way, &[old, new]) {
            wrong(what, extends(&other, m, &old, n, &new));
        }
        if from == to {
            wrong("wrong root of the same size", extends(&way, m, &old, n, &flipped(&new, 3)));
            continue;
        }
        wrong("roots in each other's place", extends(&way, m, &new, n, &old));
        wrong("sizes in each other's place", extends(&way, n, &old, m, &new));
        wrong("no way at all", extends(&[], m, &old, n, &new));
        wrong("size1 - 1", from > 1 && extends(&way, m - 1, &old, n, &new));
        wrong("size1 + 1", extends(&way, m + 1, &old, n, &new));
        wrong("size1 XOR 2", (m ^ 2) < n && (m ^ 2) > 0 && extends(&way, m ^ 2, &old, n, &new));
        wrong("wrong root 1", extends(&way, m, &flipped(&old, 77), n, &new));
        wrong("wrong root 2", extends(&way, m, &old, n, &flipped(&new, 78)));
    }
    assert!(refused > 150, "{refused}");
}
