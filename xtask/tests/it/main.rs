//! The promises that the house keeps about itself. A failure names the file, the line and the mend.

mod documents;
mod layering;
mod licences;
mod tidy;

/// Fails with all that was found, one problem a line.
fn none(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "{what}\n  {}\n", problems.join("\n  "));
}
