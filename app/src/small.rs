//! The small demonstration as tests of the whole program take it: all modules, made by the operations of the product.

use demo::{Made, Make, Size, create};
use store::Engine;
use testkit::TestApp;

use crate::open;

/// The district of a seed, and what making it gave; none where this engine is not there.
pub(crate) fn demonstration(engine: Engine, seed: u64) -> Option<(TestApp, Made)> {
    let app = TestApp::empty(engine, open::modules(), |_| {})?;
    let made = make(&app, seed);
    Some((app, made))
}

/// The same in a district that is there and empty.
pub(crate) fn make(app: &TestApp, seed: u64) -> Made {
    let (district, env) = (app.district(), app.district().env());
    let make = Make {
        store: district.store(),
        rules: env.rules.clone(),
        keys: env.keys.clone(),
        now: env.clock.now(),
        seed,
        size: Size::Small,
        concerns: None,
        readers: app.app.readers(),
    };
    let made = create(&make, &mut |_| {}).unwrap();
    district.refresh_name().unwrap();
    made
}
