//! Proofs and signatures that others have published to try programs with. None of them is part of the product:
//! `LIANXIN_VECTORS` names a folder with `merkle/testdata` (transparency-dev/merkle) and `cctv/ed25519vectors.json`
//! (C2SP CCTV). Without it the tests say that they skipped; the vectors of the RFCs themselves stand in `tree` and `note`.

use std::path::{Path, PathBuf};

use record::note::{from_base64, verify_bytes};
use record::tree::{Digest, extends, includes};
use serde::Deserialize;

fn folder(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("LIANXIN_VECTORS").map(|folder| Path::new(&folder).join(name)).filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: LIANXIN_VECTORS names no folder with {name}");
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn digest(text: &str) -> Option<Digest> {
    from_base64(text)?.try_into().ok()
}

fn path(proof: &Option<Vec<String>>) -> Option<Vec<Digest>> {
    proof.iter().flatten().map(|hash| digest(hash)).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inclusion {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Option<Vec<String>>,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Option<Vec<String>>,
    want_err: bool,
}

#[test]
fn ways_up_the_tree_that_others_published() {
    let Some(folder) = folder("merkle/testdata/inclusion") else { return };
    let (mut good, mut bad) = (0, 0);
    for file in files(&folder) {
        let case: Inclusion = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        // A hash of another length is none.
        let held =
            (|| Some(includes(&path(&case.proof)?, case.tree_size, &digest(&case.root)?, case.leaf_idx, &digest(&case.leaf_hash)?)))();
        assert_eq!(held.unwrap_or(false), !case.want_err, "{}", file.display());
        *(if case.want_err { &mut bad } else { &mut good }) += 1;
    }
    assert!(good > 3 && bad > 80, "{good} that hold, {bad} that do not");
}

#[test]
fn extensions_of_a_tree_that_others_published() {
    let Some(folder) = folder("merkle/testdata/consistency") else { return };
    let (mut good, mut bad) = (0, 0);
    for file in files(&folder) {
        let case: Consistency = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        // One of them compares two texts that are no hashes.
        if [&case.root1, &case.root2].into_iter().any(|root| digest(root).is_none()) && !case.want_err {
            continue;
        }
        let held = (|| Some(extends(&path(&case.proof)?, case.size1, &digest(&case.root1)?, case.size2, &digest(&case.root2)?)))();
        assert_eq!(held.unwrap_or(false), !case.want_err, "{}", file.display());
        *(if case.want_err { &mut bad } else { &mut good }) += 1;
    }
    assert!(good > 3 && bad > 80, "{good} that hold, {bad} that do not");
}

#[derive(Deserialize)]
struct Signature {
    key: String,
    sig: String,
    msg: String,
    flags: Option<Vec<String>>,
}

#[test]
fn signatures_at_the_edges_of_ed25519() {
    let Some(file) = folder("cctv/ed25519vectors.json") else { return };
    let cases: Vec<Signature> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let unhex =
        |text: &str| -> Vec<u8> { (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect() };
    let mut taken = 0;
    for (n, case) in cases.iter().enumerate() {
        let (key, signature) = (unhex(&case.key).try_into().unwrap(), unhex(&case.sig).try_into().unwrap());
        let flags = case.flags.as_deref().unwrap_or_default();
        // What only some programs take, none of ours must: a head is signed for everybody or for nobody.
        let harmless = flags.iter().all(|flag| matches!(flag.as_str(), "low_order_component_A" | "low_order_component_R"));
        let held = verify_bytes(&key, case.msg.as_bytes(), &signature);
        assert_eq!(held, harmless, "case {n}: {flags:?}");
        taken += u32::from(held);
    }
    assert!(taken > 0 && cases.len() > 100, "{taken} of {}", cases.len());
}
