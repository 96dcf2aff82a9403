//! Whose job is this: the catalogue of duties, for everybody to look into.

use askama::Template;
use web::kit::Fact;
use web::{Fields, Page, PageError, Shell, Visit, page};

use super::ResidentTexts;
use crate::suggest;

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
            let rows = if q.is_empty() { Vec::new() } else { suggest::whose(tx, &q, MOST)? };
            let found = rows
                .into_iter()
                .map(|row| {
                    let duty = |duty: &crate::catalogue::Duty| {
                        [Fact::new(t.whose_unit, tree.full_name(duty.unit)), Fact::new(t.whose_document, duty.document.clone())]
                    };
                    let mut facts: Vec<Fact> = row.duties.iter().flat_map(duty).collect();
                    if facts.is_empty() {
                        facts.push(Fact::new(t.whose_unit, t.whose_place_decides));
                    }
                    Row { title: row.kind.name, facts }
                })
                .collect();
            page(&WhosePage { shell: v.shell(t.whose_title), t, q, found })
        })
        .await
}
