//! What a wall screen shows, and who tells the screens when it changes: one watcher for each district, however many screens
//! there are. It looks at the store when the readers have moved, and now and then because time passes; screens only listen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use base::{Ctx, Id, UnitId};
use measures::Period;
use people::{Level, Tree};
use serde::Serialize;
use store::{StoreError, Tx};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use web::due::Look;
use web::{App, District, Lang, Module, fill};

use crate::board::{grouped, kept_back, percent};
use crate::scope::{last_months, measure_title};
use crate::texts::{BoardTexts, WallTexts};

/// Screens of one district at once.
pub const MOST_SCREENS: usize = 64;
/// How long moves are gathered before the screens are told.
const GATHER: Duration = Duration::from_millis(250);
/// How long nothing happens before the store is looked at again: deadlines pass by themselves.
const PASSING: Duration = Duration::from_secs(30);
/// Lines of what came last.
const LINES: usize = 4;

/// One unit below, with what is open and late of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Below {
    /// Its name.
    pub name: String,
    /// What it and those below it owe.
    pub open: i64,
    /// Of this, what is late.
    pub late: i64,
    /// The same in words; empty for none.
    pub late_text: String,
    /// How wide its bar is, of 100.
    pub wide: i64,
    /// How wide the late part of it is.
    pub late_wide: i64,
}

/// Something that came lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Came {
    /// By which a screen knows it again.
    pub id: Id,
    /// When: hour and minute, or the day.
    pub time: String,
    /// Where, down to the community.
    pub place: String,
    /// What kind, and where it stands.
    pub text: String,
}

/// A rate with its n.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// What it is called.
    pub title: String,
    /// Whole percents, or a stroke where there are too few.
    pub value: String,
    /// From how many, or that they are too few.
    pub n: String,
}

/// A month of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// Its name.
    pub label: String,
    /// So many.
    pub n: i64,
    /// How high its column is, of 100.
    pub high: i64,
}

/// Everything on a screen. Sums, places and kinds; never a name, never a word that anybody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wall {
    /// When it was so.
    pub at: String,
    /// What came today.
    pub came: String,
    /// What is open.
    pub open: String,
    /// What is due today.
    pub today: String,
    /// What is late.
    pub late: String,
    /// The units below, in their fixed order.
    pub units: Vec<Below>,
    /// What came last.
    pub recent: Vec<Came>,
    /// Rates of the quarter.
    pub rates: Vec<Rate>,
    /// Twelve months.
    pub trend: Vec<Month>,
}

/// Look at everything that a screen shows.
///
/// # Errors
/// Only the store's.
pub fn look(tx: &mut Tx, ctx: &Ctx, modules: &[Module], tree: &Tree, unit: UnitId, lang: Lang) -> Result<Wall, StoreError> {
    let (t, b) = (WallTexts::of(lang), BoardTexts::of(lang));
    let look = Look { actor: None, tree, lang, unit };
    let mut owed = Vec::new();
    // A wall tells of what residents brought: study plans and meetings are nobody's business there.
    let brought = |name: &str| modules.iter().flat_map(|module| module.boards).any(|board| board.wall.is_some() && board.name == name);
    for due in modules.iter().flat_map(|module| module.due).filter(|due| brought(due.name)) {
        owed.extend((due.counts)(tx, ctx, &look)?);
    }
    let depth = tree.get(unit).map_or(0, |unit| unit.path.len());
    let mut sums: HashMap<UnitId, (i64, i64)> = HashMap::new();
    for one in &owed {
        if let Some(child) = tree.get(one.unit).and_then(|unit| unit.path.get(depth)) {
            let sum = sums.entry(*child).or_default();
            *sum = (sum.0 + one.open, sum.1 + one.late);
        }
    }
    let places = tree.children(unit).filter(|unit| unit.level != Level::Department);
    let mut units: Vec<Below> = places
        .map(|unit| {
            let (open, late) = sums.get(&unit.id).copied().unwrap_or_default();
            let late_text = if late > 0 { fill(t.late_of, &[("n", &late)]) } else { String::new() };
            Below { name: unit.name.clone(), open, late, late_text, wide: 0, late_wide: 0 }
        })
        .collect();
    let most = units.iter().map(|unit| unit.open).max().unwrap_or(0).max(1);
    for unit in &mut units {
        (unit.wide, unit.late_wide) = (unit.open * 100 / most, unit.late * 100 / most);
    }
    let today = ctx.now.date();
    let (mut came, mut rates, mut trend) = (0, Vec::new(), Vec::new());
    for (measure, ids) in modules.iter().flat_map(|module| module.boards).filter_map(|board| board.wall) {
        came += measures::value(tx, measure, unit, &Period { from: today, to: today })?.num;
        let quarter = Period::quarter_of(today);
        for (id, value) in ids.iter().zip(measures::values(tx, ids, unit, &quarter)?) {
            let few = kept_back(id, &[value]).contains(&true);
            rates.push(Rate {
                title: measure_title(id, lang),
                value: if few { "–".to_owned() } else { percent(&value) },
                n: if few { t.rates_few.to_owned() } else { fill(t.rates_n, &[("n", &grouped(value.n()))]) },
            });
        }
        if trend.is_empty() {
            let months = last_months(today, 12);
            let values = measures::series(tx, measure, unit, &months)?;
            let most = values.iter().map(|value| value.num).max().unwrap_or(0).max(1);
            let month = |(month, value): (&Period, &measures::Value)| Month {
                label: fill(b.month_short, &[("y", &month.from.year()), ("n", &month.from.month())]),
                n: value.num,
                high: value.num * 100 / most,
            };
            trend = months.iter().zip(&values).map(month).collect();
        }
    }
    let mut recent = Vec::new();
    for module in modules {
        recent.extend((module.recent)(tx, ctx, &look, LINES)?);
    }
    recent.sort_by_key(|one| std::cmp::Reverse(one.at));
    recent.truncate(LINES);
    let recent = recent
        .into_iter()
        .map(|one| Came {
            id: one.id,
            time: if one.at.date() == today {
                one.at.civil().strftime("%H:%M").to_string()
            } else {
                one.at.civil().strftime("%m-%d").to_string()
            },
            place: one.place.map_or_else(|| t.unknown.to_owned(), |place| tree.full_name(place)),
            text: one.text,
        })
        .collect();
    let sum = |of: fn(&web::due::Owed) -> i64| grouped(owed.iter().map(of).sum());
    Ok(Wall {
        at: fill(t.at, &[("time", &ctx.now.civil().strftime("%H:%M:%S").to_string())]),
        came: grouped(came),
        open: sum(|one| one.open),
        today: sum(|one| one.today),
        late: sum(|one| one.late),
        units,
        recent,
        rates,
        trend,
    })
}

/// A unit's screen in a language.
pub type Face = (UnitId, Lang);

/// What the screens of a district were told last.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Grows with each telling.
    pub n: u64,
    /// What each face shows, ready to be sent.
    pub faces: HashMap<Face, Arc<str>>,
    /// The links that are still good.
    pub links: Vec<Id>,
    /// The program ends.
    pub end: bool,
}

struct Hub {
    state: Mutex<State>,
    told: watch::Sender<Arc<Told>>,
    asked: Notify,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    wanted: HashMap<Face, usize>,
    running: bool,
}

/// The hubs of the districts that this process serves. A hub holds no district, so that a district can end.
static HUBS: Mutex<Vec<(Weak<District>, Arc<Hub>)>> = Mutex::new(Vec::new());

fn hub(district: &Arc<District>) -> Arc<Hub> {
    let mut hubs = HUBS.lock().unwrap_or_else(PoisonError::into_inner);
    hubs.retain(|(district, _)| district.strong_count() > 0);
    if let Some((_, hub)) = hubs.iter().find(|(known, _)| known.as_ptr() == Arc::as_ptr(district)) {
        return Arc::clone(hub);
    }
    let hub = Arc::new(Hub {
        state: Mutex::default(),
        told: watch::Sender::default(),
        asked: Notify::new(),
        places: Arc::new(Semaphore::new(MOST_SCREENS)),
    });
    hubs.push((Arc::downgrade(district), Arc::clone(&hub)));
    hub
}

/// A screen's place: while it is held, its face is looked at.
pub struct Seat {
    hub: Arc<Hub>,
    face: Face,
    /// What is told.
    pub told: watch::Receiver<Arc<Told>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = self.hub.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = state.wanted.get_mut(&self.face) {
            *n -= 1;
            if *n == 0 {
                state.wanted.remove(&self.face);
                self.hub.asked.notify_one();
            }
        }
    }
}

/// Take a place among the screens of a district; none is left where there are [`MOST_SCREENS`].
pub fn sit(app: &App, district: &Arc<District>, face: Face) -> Option<Seat> {
    let hub = hub(district);
    let place = Arc::clone(&hub.places).try_acquire_owned().ok()?;
    let told = hub.told.subscribe();
    let begin = {
        let mut state = hub.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state.wanted.entry(face).or_default() += 1;
        !std::mem::replace(&mut state.running, true)
    };
    if begin {
        tokio::spawn(watch(app.clone(), Arc::clone(district), Arc::clone(&hub)));
    }
    hub.asked.notify_one();
    Some(Seat { hub, face, told, _place: place })
}

/// Look and tell, until nobody is there to be told.
async fn watch(app: App, district: Arc<District>, hub: Arc<Hub>) {
    let mut moves = district.moves();
    loop {
        let faces: Vec<Face> = {
            let mut state = hub.state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.wanted.is_empty() || moves.borrow_and_update().end {
                state.running = false;
                break;
            }
            state.wanted.keys().copied().collect()
        };
        let modules = app.modules().to_vec();
        let seen = district.read(move |tx, ctx| -> Result<_, StoreError> {
            let tree = people::tree(tx)?;
            let mut walls = HashMap::new();
            for (unit, lang) in &faces {
                let wall = look(tx, ctx, &modules, &tree, *unit, *lang)?;
                let json = serde_json::to_string(&wall).map_err(|error| StoreError::Other(format!("a wall: {error}")))?;
                walls.insert((*unit, *lang), Arc::<str>::from(json));
            }
            Ok((walls, crate::link::open(tx)?))
        });
        match seen.await {
            Ok((faces, links)) => hub.told.send_modify(|told| *told = Arc::new(Told { n: told.n + 1, faces, links, end: false })),
            Err(error) => tracing::warn!(%error, "a wall could not be looked at"),
        }
        tokio::select! {
            moved = moves.changed() => {
                if moved.is_err() || moves.borrow().end {
                    let mut state = hub.state.lock().unwrap_or_else(PoisonError::into_inner);
                    state.running = false;
                    break;
                }
                tokio::time::sleep(GATHER).await;
            }
            () = hub.asked.notified() => {}
            () = tokio::time::sleep(PASSING) => {}
        }
    }
    if moves.borrow().end {
        hub.told.send_modify(|told| *told = Arc::new(Told { end: true, ..(**told).clone() }));
    }
}
