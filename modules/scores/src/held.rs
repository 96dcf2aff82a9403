//! What keeps a unit from ending while nobody takes over. An appeal stays that of the unit whose score it is about: who took
//! over from it sees it (see [`crate::appeal::may_see`]), and may appeal for it while there is time.

use base::UnitId;
use store::{Sql, StoreError, Tx, p, sql};
use web::Lang;

/// Walks the index `score_appeal_open`, which holds what waits.
const OPEN: &Sql = sql!("SELECT COUNT(*) FROM score_appeal WHERE state = 'open' AND unit = ?1");

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    appeals: "未决的考核申诉 {n} 件", "{n} appeals that were not decided";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let n = tx.one(OPEN, p![unit], |row| row.int(0))?;
    Ok(if n > 0 { vec![web::fill(HeldTexts::of(lang).appeals, &[("n", &n)])] } else { Vec::new() })
}
