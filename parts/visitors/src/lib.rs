//! Residents who sign in: by a code sent to their telephone, or by the word of another house (OpenID Connect), if they wish;
//! nothing asks them to. Whoever is signed in is a [`Visitor`], which is a number that was proved, or a digest of who they are
//! elsewhere, and no more: neither a person of the staff nor an entry of a register, and joined to neither. A module lets visitors claim what is theirs there, in a table of its own.

pub mod code;
pub mod identity;
mod kept;
mod pages;
pub mod session;
mod texts;

use web::Module;
use web::notice::{Channel, Notice};

pub use session::{Visitor, VisitorId};

/// The tables of this part.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("visitors", "0001_visitors", "0002_identity");

/// The name of the notice that carries a code.
pub(crate) const CODE: &str = "visitors.code";

const NOTICES: &[Notice] =
    &[Notice { name: CODE, title: |lang| texts::VisitorTexts::of(lang).told, kinds: &[], whom: |_, _, _| Ok(Vec::new()), say: code::say }];

/// What this part gives to the house.
pub fn module() -> Module {
    Module { migrations: MIGRATIONS, routes: pages::routes, notices: NOTICES, kept: kept::KEPT, ..Module::new("visitors") }
}

/// Whether residents can sign in here at all: where short messages can leave, or somebody vouches for them.
pub fn offered(visit: &web::Visit) -> bool {
    by_phone(visit) || vouched(visit)
}

/// Whether a code can be sent.
pub(crate) fn by_phone(visit: &web::Visit) -> bool {
    visit.app.config().outbox.has(Channel::Sms)
}

/// Whether another house vouches for residents here.
pub fn vouched(visit: &web::Visit) -> bool {
    visit.district.vouches().is_some()
}
