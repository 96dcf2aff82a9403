//! `concern_holidays`, which the small demonstration leaves empty: brought in by who keeps the catalogue, for a year in which
//! nothing of it lies.

use base::PersonId;
use concerns::holidays::{Table, set};
use concerns::permissions::Catalogue;
use people::Proof;
use store::testing::statement;
use store::{StoreError, p};
use testkit::TestApp;

pub(super) fn bring_in(app: &TestApp) {
    let everybody = statement("SELECT person FROM account ORDER BY id".to_owned());
    let keeper: Proof<Catalogue> = app
        .district()
        .read_now(move |tx, ctx| {
            let everybody = tx.all(everybody, p![], |row| row.id::<PersonId>(0))?;
            for person in everybody {
                let actor = people::sign::on_behalf(tx, ctx.now, person)?;
                if let Some(proof) = actor.and_then(|actor| actor.has::<Catalogue>()) {
                    return Ok::<_, StoreError>(Some(proof));
                }
            }
            Ok(None)
        })
        .unwrap()
        .unwrap();
    let day = |text: &str| text.parse().unwrap();
    let table = Table { year: 2199, document: "放假安排".into(), off: vec![day("2199-01-01")], work: vec![day("2199-01-05")] };
    app.district().write_now(move |tx, ctx| set(tx, ctx, &keeper, &[5; 16], &table)).unwrap();
    // Which working days hold is noted by the tick.
    app.district().write_now(concerns::recount::piece).unwrap();
}
