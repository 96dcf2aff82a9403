//! Habits that a machine can check, so that nobody has to remind anybody of them.

use xtask::files::{File, all};

/// The longest file that a person can still hold in mind.
const LINES: usize = 800;

/// Endings of files that people write by hand.
const WRITTEN: &[&str] = &["rs", "ts", "css", "html", "sql"];

/// Crates that may say which engine they speak to: `store` hides it, `app` reads the configuration,
/// the others open both to compare them.
const KNOWS_ENGINES: &[&str] = &["foundation/store", "app", "testkit", "bench", "fuzz", "xtask"];

/// Searches every line of the files that `within` accepts, and words what it found.
fn lines(within: impl Fn(&File) -> bool, wrong: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    for file in all().unwrap_or_default().iter().filter(|file| within(file)) {
        for (number, line) in file.lines() {
            if let Some(mend) = wrong(line) {
                problems.push(format!("{}:{number}: {mend}", file.path));
            }
        }
    }
    problems
}

/// The first of the words that stands in the line. Words are written in two halves below, so that
/// this file does not hold what it forbids.
fn first<'a>(line: &str, words: &'a [&'a str]) -> Option<&'a str> {
    words.iter().copied().find(|word| line.contains(word))
}

/// The code of a line of Rust, without what stands after `//`.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

#[test]
fn the_files_are_found() {
    let files = all().expect("the files of the checkout");
    assert!(files.len() > 50 && files.iter().any(|file| file.path == "xtask/tests/it/tidy.rs"), "{} files", files.len());
}

#[test]
fn files_stay_short() {
    let mut problems = Vec::new();
    for file in all().expect("the files of the checkout") {
        let length = file.text.lines().count();
        if WRITTEN.contains(&file.extension()) && length > LINES {
            problems.push(format!("{}: {length} lines, {LINES} at most. One operation is one file: split it.", file.path));
        }
    }
    crate::none("Files are too long:", &problems);
}

#[test]
fn rust_files_say_what_they_promise() {
    let mut problems = Vec::new();
    for file in all().expect("the files of the checkout") {
        if file.extension() == "rs" && !file.text.starts_with("//!") {
            problems.push(format!("{}:1: begin with `//!` and one to six lines: what it promises, what it does not do.", file.path));
        }
        if file.path.ends_with("/mod.rs") {
            problems.push(format!("{}: name it after its folder: foo.rs beside foo/.", file.path));
        }
    }
    crate::none("Rust files that do not introduce themselves:", &problems);
}

/// To look for examples costs a compiler's run for each crate, so that manifests say `doctest = false`.
#[test]
fn examples_in_comments_stand_where_they_are_run() {
    let mut problems = Vec::new();
    for file in all().expect("the files of the checkout") {
        if file.extension() != "rs" || file.path.starts_with("foundation/web/") {
            continue;
        }
        let mut inside = false;
        for (number, line) in file.lines() {
            let Some(fence) = line.trim_start().trim_start_matches(['/', '!']).trim().strip_prefix("```") else { continue };
            if !inside
                && (fence.is_empty() || fence.starts_with("rust") || fence.starts_with("should_panic") || fence.starts_with("no_run"))
            {
                problems.push(format!("{}:{number}: nobody runs this example. Make it a test, or take `doctest = false` out.", file.path));
            }
            inside = !inside;
        }
    }
    crate::none("Examples that nobody runs:", &problems);
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!("), concat!("XX", "X:")];
    let problems = lines(
        |file| WRITTEN.contains(&file.extension()) || ["toml", "mjs", "js", "md"].contains(&file.extension()) || file.path == "dev",
        |line| first(line, &words).map(|word| format!("`{word}`: finish it, or open an issue and leave no mark here.")),
    );
    crate::none("Something was left for later:", &problems);
}

#[test]
fn no_path_of_one_machine() {
    let paths = [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/t", "mp/"), concat!("C:", "\\\\")];
    let problems = lines(
        |_| true,
        |line| first(line, &paths).map(|path| format!("`{path}…` is a path of one machine: take it from the caller or the environment.")),
    );
    crate::none("Paths that exist on one machine only:", &problems);
}

#[test]
fn no_registry_host() {
    let hosts = [
        concat!("registry.", "npmjs"),
        concat!("npm", "mirror"),
        concat!("index.", "crates.io"),
        concat!("static.", "crates.io"),
        concat!("rs", "proxy"),
        concat!("proxy.", "golang"),
        concat!("\"resol", "ved\":"),
    ];
    let problems = lines(
        |_| true,
        |line| {
            first(line, &hosts).map(|host| {
                format!("`{host}`: every place has its own mirror, so no registry is named (npm: omit-lockfile-registry-resolved=true).")
            })
        },
    );
    crate::none("Registry hosts are named:", &problems);
}

#[test]
fn templates_hold_no_chinese() {
    let han = |c: &char| matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{3000}'..='\u{303F}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FF60}');
    let problems = lines(
        |file| file.extension() == "html" && file.path.contains("/templates/"),
        |line| {
            line.chars().find(han).map(|c| format!("`{c}`: words stand in texts!, once for each language; a template only places them."))
        },
    );
    crate::none("Words stand in templates:", &problems);
}

#[test]
fn templates_hold_no_inline_script_or_style() {
    let words = ["<script>", "<style", " style=\"", " onclick=", " onchange=", " onsubmit=", "javascript:"];
    let problems = lines(
        // A receipt that is saved must work from a disk, without us: it holds its style and script, and is never shown here.
        |file| file.extension() == "html" && file.path.contains("/templates/") && !file.path.ends_with("/resident/saved.html"),
        |line| first(line, &words).map(|word| format!("`{word}`: the content security policy refuses it. Use a class or an island.")),
    );
    crate::none("Inline scripts or styles:", &problems);
}

/// Tests and examples open the one engine or the other to look at both.
fn opens_engines(path: &str) -> bool {
    path.contains("/tests/") || path.contains("/examples/") || path.ends_with("_tests.rs")
}

#[test]
fn only_store_tells_engines_apart() {
    let words = [
        concat!("Engine", "::"),
        concat!("\"sql", "ite\""),
        concat!("\"post", "gres\""),
        concat!("Database", "::Sqlite"),
        concat!("Database", "::Postgres"),
    ];
    let problems = lines(
        |file| file.extension() == "rs" && !KNOWS_ENGINES.iter().any(|folder| file.under(folder)) && !opens_engines(&file.path),
        |line| {
            first(code(line), &words).map(|word| {
                format!("`{word}` outside store, app and testkit: one SQL text serves both engines; what differs belongs in store.")
            })
        },
    );
    crate::none("A branch on the engine:", &problems);
}
