//! Which fonts documents are set in on this server: for administrators.

use askama::Template;
use documents::{Fonts, Role};
use people::ManageUnits;
use web::{Page, PageError, Shell, Staff, page};

use super::ReportTexts;

struct Row {
    role: &'static str,
    wanted: &'static str,
    used: String,
    official: bool,
    then: String,
}

#[derive(Template)]
#[template(path = "reports/fonts.html")]
struct FontsPage {
    shell: Shell,
    t: &'static ReportTexts,
    heads: Vec<web::kit::Column>,
    rows: Vec<Row>,
    missing: bool,
    looked: Vec<String>,
}

/// The page.
pub(super) async fn show(staff: Staff) -> Result<Page, PageError> {
    // Before a disk is looked through: may they at all.
    staff.read(|_, _, who| who.has::<ManageUnits>().map(drop).ok_or(PageError::Forbidden)).await?;
    let folders = staff.app.config().fonts.clone();
    let fonts = tokio::task::spawn_blocking(move || Fonts::find(&folders)).await.map_err(PageError::internal)?;
    let t = ReportTexts::of(staff.lang);
    let row = |role: Role| {
        let mut chain = fonts.of(role).iter();
        let first = chain.next();
        Row {
            role: match role {
                Role::Title => t.role_title,
                Role::Hei => t.role_hei,
                Role::Kai => t.role_kai,
                Role::Fang => t.role_fang,
                Role::Song => t.role_song,
            },
            wanted: role.official(),
            used: first.map(|font| font.family.clone()).unwrap_or_default(),
            official: first.is_some_and(|font| font.official),
            then: chain.map(|font| font.family.as_str()).collect::<Vec<_>>().join("、"),
        }
    };
    let rows: Vec<Row> = Role::ALL.into_iter().map(row).collect();
    let looked: Vec<String> = fonts.looked().iter().map(|folder| folder.display().to_string()).collect();
    let missing = fonts.check().is_err();
    // The page itself is drawn as who is signed in.
    let rows = std::sync::Mutex::new(Some((rows, looked)));
    staff
        .read(move |_, _, who| {
            let (rows, looked) = rows.lock().ok().and_then(|mut rows| rows.take()).unwrap_or_default();
            let heads = [t.font_role, t.font_wanted, t.font_used, t.font_then].map(web::kit::Column::new).to_vec();
            page(&FontsPage { shell: who.shell(t.fonts_title), t, heads, rows, missing, looked })
        })
        .await
}
