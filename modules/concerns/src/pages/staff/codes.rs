//! QR codes of the grids in somebody's reach, to be printed and put up.

use askama::Template;
use base::UnitId;
use people::{Level, Unit};
use web::kit::Choice;
use web::{Fields, Page, PageError, Shell, Signed, Staff};

use super::StaffTexts;
use crate::permissions::Register;

struct Poster {
    name: String,
    code: String,
    qr: String,
}

#[derive(Template)]
#[template(path = "staff/codes.html")]
struct CodesPage {
    shell: Shell,
    t: &'static StaffTexts,
    posters: Vec<Poster>,
    /// The communities to choose from, where somebody's reach has more than one.
    places: Vec<Choice>,
}

/// The communities with grids in somebody's reach.
fn communities(who: &Signed) -> Vec<&Unit> {
    let mut found: Vec<&Unit> = Vec::new();
    for proof in who.each::<Register>() {
        for grid in who.tree.subtree(proof.reach()).into_iter().filter(|unit| unit.level == Level::Grid && !unit.is_closed()) {
            if let Some(above) = who.tree.parent(grid.id)
                && !found.iter().any(|unit| unit.id == above.id)
            {
                found.push(above);
            }
        }
    }
    found
}

/// Whether somebody has grids whose codes could be put up.
pub(super) fn any(who: &Signed) -> bool {
    who.each::<Register>().any(|proof| who.tree.subtree(proof.reach()).iter().any(|unit| unit.level == Level::Grid && !unit.is_closed()))
}

/// The posters of one community, or of what is in the reach of a grid worker.
pub(super) async fn page(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |_, _, who| {
            who.has::<Register>().ok_or(PageError::Forbidden)?;
            let t = StaffTexts::of(who.visit().lang);
            let places = communities(who);
            let chosen = fields.id::<UnitId>("place").filter(|id| places.iter().any(|unit| unit.id == *id));
            let chosen = chosen.or_else(|| places.first().map(|unit| unit.id));
            let within = |grid: UnitId| who.each::<Register>().any(|proof| who.tree.is_within(grid, proof.reach()));
            let posters = chosen
                .map(|community| {
                    who.tree.children(community).filter(|unit| unit.level == Level::Grid && !unit.is_closed() && within(unit.id))
                })
                .into_iter()
                .flatten()
                .map(|unit| {
                    let name = who.tree.full_name(unit.id);
                    let qr = web::qr::svg(&who.visit().link(&format!("/g/{}", unit.code)), &name).unwrap_or_default();
                    Poster { name, code: unit.code.clone(), qr }
                })
                .collect();
            let choice = |unit: &&Unit| Choice::new(unit.id.to_string(), who.tree.full_name(unit.id)).chosen(Some(unit.id) == chosen);
            let places = if places.len() > 1 { places.iter().map(choice).collect() } else { Vec::new() };
            web::page(&CodesPage { shell: who.shell(t.codes_title), t, posters, places })
        })
        .await
}
