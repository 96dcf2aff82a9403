//! What may be appealed: each case that was counted when the scores were locked, once.

use base::{Clock as _, Id, Time, UnitId};
use measures::Period;
use people::Role;
use record::measure::{Count, Measure};
use record::{About, EventId, Facts};
use store::StoreError;
use testkit::TestApp;

use super::*;
use crate::scheme::{Bands, Definition, Item, Span};

/// Something that counts against whoever it happened to.
#[derive(serde::Serialize, serde::Deserialize)]
struct LampBroke {}

impl Facts for LampBroke {
    const KIND: &'static str = "LampBroke";
    const V: i64 = 1;
}

record::measures! {
    /// What these tests score by.
    pub(crate) LAMPS = [
        Measure { id: "appeal.broke", title_zh: "坏灯", title_en: "Lamps broken",
            counts: &[Count { kind: "LampBroke", ..Count::ONE }], ..Measure::COUNT },
    ]
}

fn broke(app: &TestApp, unit: UnitId, at: Time) -> EventId {
    let made = app.district().write_now(move |tx, ctx| {
        let about = About { occurred_at: at, actor: record::Actor::System, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
        record::append(tx, ctx, about, &LampBroke {})
    });
    app.settle();
    made.unwrap()
}

fn definition() -> Definition {
    let item = Item { title: "完好".into(), formula: "max(0, 100 - appeal.broke * 10)".into(), weight: 1, document: String::new() };
    Definition {
        name: "路灯".into(),
        level: "town".into(),
        period: Span::Month,
        from: "2020-01-01".into(),
        few: 1,
        document: String::new(),
        bands: Bands { good: 90, fair: 80, middling: 60 },
        items: vec![item],
    }
}

testkit::on_both! {
    [vec![measures::module(), crate::module()]]

    fn a_case_is_taken_out_once_and_only_where_it_counted(app) {
        let (world, now) = (app.world(), app.clock.now());
        let (town, period) = (world.towns[0], Period::month_of(now.date()));
        let case = broke(app, world.grids[0], now);
        broke(app, world.grids[0], now);
        app.pass(32 * Time::DAY);
        let desk = world.actor_in(Role::DistrictDesk, world.district);
        let round = app.district().write_now(move |tx, ctx| {
            let proof = desk.has().ok_or_else(|| StoreError::Other("the desk may".into()))?;
            let id = scheme::enter(tx, ctx, &proof, None, &definition()).map_err(|error| StoreError::Other(error.to_string()))?;
            lock::lock(tx, ctx, &proof, id, &period).map_err(|error| StoreError::Other(error.to_string()))
        });
        let round = round.unwrap();
        // It happened in the period and was recorded when the scores were locked already.
        let late = broke(app, world.grids[0], now);
        let attempt = |round: RoundId, event: EventId| {
            let actor = world.actor_in(Role::TownDesk, town);
            app.district().write_now(move |tx, ctx| {
                appeal(tx, ctx, &actor.has().ok_or(AppealError::Denied)?, round, town, event, "不是我们的灯")
            })
        };
        assert!(matches!(attempt(round, late), Err(AppealError::NotFound)), "it counts in nothing that was locked");
        let appealed = attempt(round, case).unwrap();
        let oversight = world.actor_in(Role::Oversight, world.oversight);
        let revision = app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let proof = decides(&oversight, &tree, &Deciders::find(tx, ctx.now, &tree)?, town).ok_or(AppealError::Denied)?;
            decide(tx, ctx, &proof, appealed, true, "属实")?;
            let first = lock::find(tx, round)?.ok_or(AppealError::NotFound)?;
            Ok::<_, AppealError>(lock::rounds(tx, first.scheme)?.pop().ok_or(AppealError::NotFound)?.id)
        });
        let revision = revision.unwrap();
        let raw = app.district().read_now(move |tx, _| Ok::<_, StoreError>(lock::line_of(tx, revision, town)?.map(|line| line.counts.raw)));
        assert_eq!(raw.unwrap(), Some(vec![1]), "two lamps less the one");
        // The revision is a round as well; the same case is not taken out of it a second time.
        assert!(matches!(attempt(revision, case), Err(AppealError::NotFound)));
        assert!(matches!(attempt(round, case), Err(AppealError::Already)));
    }
}
