//! Who tells the screens when something changes: one watcher for each district, however many screens there are. It looks at the
//! store when the readers have moved, and now and then because time passes; screens only listen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use base::{Id, UnitId};
use store::StoreError;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use web::{App, District, Lang};

use crate::wall::look;

/// Screens of one district at once.
pub const MOST_SCREENS: usize = 64;
/// How long moves are gathered before the screens are told.
const GATHER: Duration = Duration::from_millis(250);
/// How long nothing happens before the store is looked at again: deadlines pass by themselves.
const PASSING: Duration = Duration::from_secs(30);

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
