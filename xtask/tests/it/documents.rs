//! What the documents say of the checkout is there: links, pictures, headings, files; and the two READMEs tell the same.

use std::collections::BTreeSet;

use xtask::files::{self, File};

/// Endings of files that a document names between backquotes.
const NAMED: &[&str] = &["rs", "ts", "sql", "css", "toml"];

/// Files that a machine has or a district keeps, and the checkout does not.
const ELSEWHERE: &[&str] = &["lianxin.toml", ".toml"];

fn documents(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.extension() == "md")
}

/// A heading as GitHub names it in an address.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn headings(text: &str) -> BTreeSet<String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

/// Where a link of a document leads, from the root.
fn target(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn links_lead_somewhere() {
    let files = files::all().unwrap();
    let mut problems = Vec::new();
    for file in documents(&files) {
        for (number, line) in file.lines() {
            for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if link.contains("://") || link.starts_with("mailto:") {
                    continue;
                }
                let (path, heading) = link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading)));
                let path = if path.is_empty() { file.path.clone() } else { target(&file.path, path) };
                let there = xtask::root().join(&path).exists();
                let named = heading.is_none_or(|heading| {
                    files.iter().find(|file| file.path == path).is_some_and(|file| headings(&file.text).contains(heading))
                });
                if !there || !named {
                    problems.push(format!("{}:{number}: {link}", file.path));
                }
            }
        }
    }
    crate::none("These links lead nowhere:", &problems);
}

#[test]
fn files_that_are_named_are_there() {
    let files = files::all().unwrap();
    let mut problems = Vec::new();
    for file in documents(&files).filter(|file| !file.under("docs")) {
        for (number, line) in file.lines() {
            for named in line.split('`').skip(1).step_by(2) {
                let end = named.rsplit_once('.').map_or("", |(_, end)| end);
                if !NAMED.contains(&end) || ELSEWHERE.contains(&named) || named.contains([' ', '…', '*']) {
                    continue;
                }
                let ends = format!("/{named}");
                if !files.iter().any(|file| file.path == named || file.path.ends_with(&ends)) {
                    problems.push(format!("{}:{number}: {named}", file.path));
                }
            }
        }
    }
    crate::none("These files are named and are not there:", &problems);
}

/// The words between backquotes that begin a row of a table, and the commands of code blocks up to what is translated.
fn told(text: &str) -> Vec<String> {
    let mut told = Vec::new();
    for line in text.lines() {
        if let Some(row) = line.strip_prefix("| `") {
            let first = row.split(" | ").next().unwrap_or_default();
            told.push(format!("| `{first}"));
        } else if line.starts_with("lianxin ") || line.starts_with("./dev ") || line.starts_with("target/") {
            let words = line.split("  ").next().unwrap_or_default().split(' ');
            told.push(
                words
                    .filter(|word| word.is_ascii() && !word.chars().all(|c| c.is_ascii_uppercase() || c == '.'))
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
    }
    told
}

#[test]
fn both_readmes_tell_the_same() {
    let read = |name: &str| told(&std::fs::read_to_string(xtask::root().join(name)).unwrap());
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    assert!(english.len() > 30, "{english:?}");
    let bare = |lines: Vec<String>| lines.into_iter().map(|line| line.replace(" FILE.xlsx", "").replace(" .xlsx", "")).collect::<Vec<_>>();
    assert_eq!(bare(english), bare(chinese));
}
