//! What keeps a unit from ending while nobody takes over. An appeal stays that of the unit whose score it is about: who took
//! over from it sees it (see [`crate::appeal::may_see`]), and may appeal for it while there is time.

use base::UnitId;
use store::{StoreError, Tx};
use web::Lang;

use crate::appeal::{heir, open};

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    appeals: "未决的考核申诉 {n} 件", "{n} appeals that were not decided";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let tree = people::tree(tx)?;
    let n = open(tx)?.iter().filter(|appeal| heir(&tree, appeal.unit) == unit).count();
    Ok(if n > 0 { vec![web::fill(HeldTexts::of(lang).appeals, &[("n", &n)])] } else { Vec::new() })
}
