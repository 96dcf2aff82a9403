//! The page of a version of a paper: its questions as fields of a form, with nothing that belongs to a person. It is made
//! once, when the paper is made, and squeezed; a page with somebody's answers filled in is made for browsers without scripts.

use std::fmt::Write as _;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use web::Lang;

use crate::events::QuestionId;
use crate::model::{BETWEEN, Given, Item, Kind, Question, Recording, Sheet, letters};
use crate::texts::SitTexts;

/// `12` and `12.5`.
pub fn points(tenths: i64) -> String {
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, (tenths % 10).abs()) }
}

/// What a kind is called.
pub(crate) fn kind_name(t: &SitTexts, kind: Kind) -> &'static str {
    match kind {
        Kind::Single => t.single,
        Kind::Multiple => t.multiple,
        Kind::Judge => t.judge,
        Kind::Blank => t.blank,
        Kind::Short => t.short,
    }
}

fn escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            other => out.push(other),
        }
    }
}

/// The questions, with nothing filled in.
pub(crate) fn paper<'a>(lang: Lang, items: &[Item], find: impl Fn(&Item) -> Option<&'a Question>) -> String {
    filled(lang, items, find, None)
}

/// The questions, with these answers filled in.
pub(crate) fn filled<'a>(lang: Lang, items: &[Item], find: impl Fn(&Item) -> Option<&'a Question>, sheet: Option<&Sheet>) -> String {
    let t = SitTexts::of(lang);
    let mut out = String::with_capacity(items.len() * 700);
    let mut before: Option<Kind> = None;
    out.push_str("<div class=\"asked\">");
    for (place, item) in items.iter().enumerate() {
        let Some(question) = find(item) else { continue };
        if before != Some(question.kind) {
            before = Some(question.kind);
            let same = items.iter().filter(|other| find(other).is_some_and(|other| other.kind == question.kind));
            let (count, sum) = same.fold((0, 0), |(count, sum), other| (count + 1, sum + other.points));
            let _ = write!(out, "<h2 class=\"paper-part\">{} <span class=\"count\">", kind_name(t, question.kind));
            escaped(&mut out, &web::fill(t.part, &[("n", &count), ("points", &points(sum))]));
            out.push_str("</span></h2>");
        }
        one(&mut out, t, place, item, question, sheet.map_or(Given::Nothing, |sheet| sheet.given(place)));
    }
    out.push_str("</div>");
    out
}

fn one(out: &mut String, t: &SitTexts, place: usize, item: &Item, question: &Question, given: Given<'_>) {
    let no = place + 1;
    let _ =
        write!(out, "<fieldset class=\"q\" id=\"q{no}\" data-q=\"{no}\"><legend><span class=\"q-no\">{no}</span><span class=\"q-stem\">");
    // What is to be filled in stays on one line.
    escaped(out, &question.stem.replace("（ ）", "（\u{a0}\u{a0}）"));
    out.push_str(" <span class=\"q-points\">");
    escaped(out, &web::fill(t.points, &[("points", &points(item.points))]));
    out.push_str("</span></span></legend>");
    if let Some(picture) = &question.picture {
        let _ = write!(out, "<p class=\"q-picture\"><img src=\"{}\" alt=\"", crate::pages::picture_address(item.q, picture));
        escaped(out, &web::fill(t.picture_n, &[("n", &no)]));
        out.push_str("\"></p>");
    }
    if let Some(recording) = &question.recording {
        out.push_str(&player(t, item.q, no, recording));
    }
    match question.kind {
        Kind::Single | Kind::Multiple => {
            let shown: Vec<&str> = item.order.iter().filter_map(|at| question.options.get(usize::from(*at))).map(String::as_str).collect();
            choices(out, no, if question.kind == Kind::Single { "radio" } else { "checkbox" }, &shown, given, true);
        }
        Kind::Judge => choices(out, no, "radio", &[t.right, t.wrong], given, false),
        Kind::Blank => {
            let words = if let Given::Words(words) = given { words } else { "" };
            let mut typed = words.split(BETWEEN);
            out.push_str("<div class=\"blanks\">");
            for blank in 1..=question.blanks() {
                let _ = write!(out, "<label class=\"blank\"><span>");
                escaped(out, &web::fill(t.blank_n, &[("n", &blank)]));
                let _ = write!(out, "</span><input name=\"q{no}\" maxlength=\"200\" autocomplete=\"off\" value=\"");
                escaped(out, typed.next().unwrap_or(""));
                out.push_str("\"></label>");
            }
            out.push_str("</div>");
        }
        Kind::Short => {
            let _ = write!(out, "<textarea name=\"q{no}\" rows=\"6\" aria-label=\"");
            escaped(out, &web::fill(t.answer_n, &[("n", &no)]));
            out.push_str("\">");
            if let Given::Words(words) = given {
                // Line ends stay line ends here.
                escaped_plain(out, words);
            }
            out.push_str("</textarea>");
        }
    }
    out.push_str("</fieldset>");
}

/// What plays the recording of a question. Nothing of it is fetched before somebody wants to hear it.
pub(crate) fn player(t: &SitTexts, question: QuestionId, no: usize, recording: &Recording) -> String {
    let (tag, label) = if recording.kind.is_film() { ("video", t.film_n) } else { ("audio", t.sound_n) };
    let mut out = format!("<p class=\"q-media\"><{tag} controls preload=\"none\" src=\"");
    escaped(&mut out, &crate::pages::recording_address(question, &recording.digest));
    out.push_str("\" aria-label=\"");
    escaped(&mut out, &web::fill(label, &[("n", &no)]));
    let _ = write!(out, "\">");
    escaped(&mut out, t.no_player);
    let _ = write!(out, "</{tag}></p>");
    out
}

fn escaped_plain(out: &mut String, text: &str) {
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        escaped(out, line);
    }
}

fn choices(out: &mut String, no: usize, kind: &str, shown: &[&str], given: Given<'_>, lettered: bool) {
    let chosen = if let Given::Letters(mask) = given { mask } else { 0 };
    out.push_str("<div class=\"rows\">");
    for (bit, text) in shown.iter().enumerate() {
        let letter = letters(1 << bit);
        let checked = if chosen & (1 << bit) == 0 { "" } else { " checked" };
        let _ = write!(
            out,
            "<label class=\"row\"><input type=\"{kind}\" name=\"q{no}\" value=\"{letter}\"{checked}><span class=\"row-text\"><span>"
        );
        if lettered {
            let _ = write!(out, "<b>{letter}</b> ");
        }
        escaped(out, text);
        out.push_str("</span></span></label>");
    }
    out.push_str("</div>");
}

/// A page as it is kept.
pub(crate) fn squeeze(html: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(html.as_bytes())?;
    encoder.finish()
}

/// A page for a browser that takes nothing squeezed.
pub(crate) fn unsqueeze(body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut html = Vec::new();
    GzDecoder::new(body).read_to_end(&mut html)?;
    Ok(html)
}
