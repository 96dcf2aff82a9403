//! Whose job is this: the catalogue of duties, for everybody to look into.

use askama::Template;
use people::Tree;
use store::{StoreError, Tx};
use web::kit::Fact;
use web::{Fields, Page, PageError, Shell, Visit, page};

use super::ResidentTexts;
use crate::catalogue::{self, Kind};

/// Kinds shown at most.
const MOST: usize = 8;

struct Row {
    title: String,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "resident/whose.html")]
struct WhosePage {
    shell: Shell,
    t: &'static ResidentTexts,
    q: String,
    found: Vec<Row>,
}

/// What was found for the words in the address.
pub(super) async fn find(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    let v = visit.clone();
    visit
        .read(move |tx, _| {
            let t = ResidentTexts::of(v.lang);
            let q: String = fields.text("q").chars().take(60).collect();
            let tree = people::tree(tx)?;
            let found = if q.is_empty() { Vec::new() } else { matching(tx, &tree, t, &q)? };
            page(&WhosePage { shell: v.shell(t.whose_title), t, q, found })
        })
        .await
}

fn matching(tx: &mut Tx, tree: &Tree, t: &ResidentTexts, q: &str) -> Result<Vec<Row>, StoreError> {
    let kinds = catalogue::kinds(tx)?;
    let mut best: Vec<(usize, &Kind)> = kinds.iter().map(|kind| (fit(kind, q), kind)).filter(|(fit, _)| *fit > 0).collect();
    // Kinds that have parts are headings: their parts say whose duty it is.
    best.retain(|(_, kind)| !kinds.iter().any(|other| other.parent.as_deref() == Some(&kind.code)));
    best.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.ord.cmp(&b.1.ord)).then_with(|| a.1.code.cmp(&b.1.code)));
    let mut rows = Vec::new();
    for (_, kind) in best.into_iter().take(MOST) {
        let duties = catalogue::duties(tx, &kind.code)?;
        let mut facts: Vec<Fact> = Vec::new();
        for duty in &duties {
            facts.push(Fact::new(t.whose_unit, tree.full_name(duty.unit)));
            facts.push(Fact::new(t.whose_document, duty.document.clone()));
        }
        if facts.is_empty() {
            facts.push(Fact::new(t.whose_unit, t.whose_place_decides));
        }
        rows.push(Row { title: path(&kinds, kind), facts });
    }
    Ok(rows)
}

/// How well a kind fits what was typed: a keyword or name that is part of it, or it of the name.
fn fit(kind: &Kind, q: &str) -> usize {
    let (q, name) = (base::text::fold(q), base::text::fold(&kind.name));
    let words = kind.keywords.iter().map(|word| base::text::fold(word));
    let by_word: usize = words.filter(|word| !word.is_empty() && (q.contains(word.as_str()) || word.contains(&q))).map(|word| word.chars().count()).sum();
    by_word + if name.contains(&q) || q.contains(&name) { 2 * name.chars().count() } else { 0 }
}

/// 城乡建设 › 市政管理 › 路灯.
fn path(kinds: &[Kind], kind: &Kind) -> String {
    let mut names = vec![kind.name.as_str()];
    let mut up = kind.parent.as_deref();
    while let Some(above) = up.and_then(|code| kinds.iter().find(|kind| kind.code == code)).filter(|_| names.len() < 4) {
        names.push(&above.name);
        up = above.parent.as_deref();
    }
    names.reverse();
    names.join(" › ")
}
