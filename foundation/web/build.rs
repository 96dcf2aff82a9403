//! Embeds what `islands/` builds (scripts, style, icons) into the program, under names that hold a
//! digest of the content, so that browsers may keep a file for a year and never show an old one.
//! A debug build goes on without them and says so; a release build refuses.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = home.join("../../islands/dist");
    let mut files = list(&dist);
    files.sort();
    if files.is_empty() {
        let what = "islands/dist is missing or empty: the pages would have no style. Run `./dev assets` first";
        assert!(env::var("PROFILE").as_deref() == Ok("debug"), "{what}.");
        println!("cargo:warning={what}. This debug build goes on without.");
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");

    let mut table = String::from("static FILES: &[Asset] = &[\n");
    for path in files.iter().filter(|p| !matches!(extension(p), "br" | "gz")) {
        let name = path.strip_prefix(&dist).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let body = fs::read(path).unwrap_or_default();
        let (stem, ext) = name.rsplit_once('.').unwrap_or((&name, ""));
        let digest = format!("{:016x}", fnv(&body));
        let squeezed = |with: &str| {
            let beside = PathBuf::from(format!("{}.{with}", path.display()));
            if beside.is_file() { format!("Some(include_bytes!({:?}))", beside.display().to_string()) } else { "None".to_owned() }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "    Asset {{ name: {name:?}, href: \"/assets/{stem}.{digest}.{ext}\", etag: \"\\\"{digest}\\\"\", mime: {:?}, body: include_bytes!({:?}), br: {}, gz: {} }},",
            mime(ext),
            path.display().to_string(),
            squeezed("br"),
            squeezed("gz"),
        );
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("assets.rs");
    if let Err(error) = fs::write(&out, table) {
        panic!("cannot write {}: {error}", out.display());
    }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(list(&path)) } else { found.push(path) }
    }
    found
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|e| e.to_str()).unwrap_or("")
}

/// FNV-1a: it tells versions of our own files apart and needs no crate; nobody attacks it here.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn mime(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
