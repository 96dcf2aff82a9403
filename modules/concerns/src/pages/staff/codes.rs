//! QR codes of the grids in somebody's reach, to be printed and put up.

use askama::Template;
use people::Level;
use web::{Page, PageError, Shell, Staff};

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
}

/// Posters on one page: a district's six hundred are too many to print at once.
const MOST: usize = 60;

/// The posters.
pub(super) async fn page(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |_, _, who| {
            let t = StaffTexts::of(who.visit().lang);
            let mut posters = Vec::new();
            for proof in who.each::<Register>() {
                for unit in who.tree.subtree(proof.reach()) {
                    let code = unit.code.clone();
                    if unit.level == Level::Grid
                        && !unit.is_closed()
                        && posters.len() < MOST
                        && !posters.iter().any(|p: &Poster| p.code == code)
                    {
                        let name = who.tree.full_name(unit.id);
                        let qr = web::qr::svg(&who.visit().link(&format!("/g/{code}")), &name).unwrap_or_default();
                        posters.push(Poster { name, code, qr });
                    }
                }
            }
            if who.has::<Register>().is_none() {
                return Err(PageError::Forbidden);
            }
            web::page(&CodesPage { shell: who.shell(t.codes_title), t, posters })
        })
        .await
}
