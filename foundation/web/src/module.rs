//! What a module declares to the house: its tables, pages, menu, ticks and jobs.
//!
//! `Module { routes, menu, ..Module::new("concerns") }`: what a module does not have, it leaves out.

use std::sync::Arc;

use axum::Router;
use base::Ctx;
use people::{Actor, Tree};
use record::{KindInfo, NewFold, Reader};
use store::{Migration, StoreError, Tx};

use crate::due::{Board, Due, LinesFn, RecentFn};
use crate::notice::Notice;
use crate::paragraph::Paragraph;
use crate::{App, Audited, District, HomeTile, Kept, Lang, MenuItem};

/// Any error, for work that has nobody to answer to but the log.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// One kind of work, in one folder.
#[derive(Clone, Copy)]
pub struct Module {
    /// Its name, as its folder is called.
    pub name: &'static str,
    /// Its tables.
    pub migrations: &'static [Migration],
    /// Its pages.
    pub routes: fn() -> Router<App>,
    /// Its places in the menu of who is signed in.
    pub menu: fn(&Actor, &Tree, Lang) -> Vec<MenuItem>,
    /// Its tiles on the residents' home.
    pub home: fn(Lang) -> Vec<HomeTile>,
    /// The kinds of event it appends.
    pub kinds: &'static [KindInfo],
    /// Its state as the record tells it, to be compared with its tables.
    pub folds: &'static [NewFold],
    /// What follows the record, of this module.
    pub readers: fn(&[Module]) -> Vec<Arc<dyn Reader>>,
    /// What it does as time passes.
    pub ticks: &'static [Tick],
    /// What every process looks up again when it begins and now and then, since another one may have changed it.
    pub refresh: fn(&Arc<District>) -> Result<(), Fault>,
    /// What it does in a thread of its own, since it waits for others.
    pub beside: &'static [Beside],
    /// Its long work.
    pub jobs: &'static [JobKind],
    /// Passes on what somebody who leaves a unit, or a unit that ends, has in hand; says how much it was.
    pub pass: fn(&mut Tx, &Ctx, record::Actor, &people::Passing) -> Result<i64, StoreError>,
    /// What a unit has in hand, in words that say how much: a unit that has something ends with a successor only.
    pub in_hand: fn(&mut Tx, Lang, base::UnitId) -> Result<Vec<String>, StoreError>,
    /// The tables of offices that it takes in and gives out.
    pub brings: &'static [crate::bring::Bring],
    /// Its work that has deadlines, for pages that show what units owe.
    pub due: &'static [Due],
    /// Its sections on dashboards.
    pub boards: &'static [Board],
    /// The pages behind subjects of its events, as lines of a list in the order asked for; what is not of this module, or
    /// may not be known to who looks, is left out.
    pub lines: LinesFn,
    /// What came last, newest first, at most so many, without anything that names or quotes a person.
    pub recent: RecentFn,
    /// What an event of a kind is called, and in which log of the audit it stands besides; nothing for kinds of others.
    pub audited: fn(Lang, &str) -> Option<Audited>,
    /// The personal data it keeps: what for, how long, and how it goes.
    pub kept: &'static [Kept],
    /// Its paragraphs in progress reports.
    pub paragraphs: &'static [Paragraph],
    /// What it wants people to be told of.
    pub notices: &'static [Notice],
    /// The smallest unit in whose outline a point lies, for a module that keeps a map.
    pub locate: LocateFn,
}

/// Finds the unit of a point, in millionths of a degree: longitude, latitude.
pub type LocateFn = fn(&mut Tx, &Tree, (i64, i64)) -> Result<Option<base::UnitId>, StoreError>;

impl Module {
    /// A module that has nothing yet.
    pub const fn new(name: &'static str) -> Module {
        Module {
            name,
            migrations: &[],
            routes: Router::new,
            menu: |_, _, _| Vec::new(),
            home: |_| Vec::new(),
            kinds: &[],
            folds: &[],
            readers: |_| Vec::new(),
            ticks: &[],
            refresh: |_| Ok(()),
            beside: &[],
            jobs: &[],
            pass: |_, _, _, _| Ok(0),
            in_hand: |_, _, _| Ok(Vec::new()),
            brings: &[],
            due: &[],
            boards: &[],
            lines: |_, _, _, _| Ok(Vec::new()),
            recent: |_, _, _, _| Ok(Vec::new()),
            audited: |_, _| None,
            kept: &[],
            paragraphs: &[],
            notices: &[],
            locate: |_, _, _| Ok(None),
        }
    }
}

/// What is done again and again. Of several processes on one store, one does it each time.
#[derive(Clone, Copy)]
pub struct Tick {
    /// As `concerns.deadlines`; also the row by which processes agree who does it.
    pub name: &'static str,
    /// Seconds between two times.
    pub every: i64,
    /// What is done, in transactions of at most 20 ms each. It must be right when it is done twice.
    pub run: fn(&Arc<District>) -> Result<(), Fault>,
}

/// What is done again and again by asking others, who may be slow: no deadline waits for it. Of several processes on one
/// store, one does it each time.
#[derive(Clone, Copy)]
pub struct Beside {
    /// As `notices.send`; also the row by which processes agree who does it.
    pub name: &'static str,
    /// Seconds between two times.
    pub every: i64,
    /// What is done. It must be right when it is done twice.
    pub run: fn(&App, &Arc<District>) -> Result<(), Fault>,
}

/// A kind of long work, done in pieces.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// As `concerns.import`.
    pub kind: &'static str,
    /// One piece of at most 20 ms of writing. `job.done` tells how far it is and `job.lease_by` who is at it; the piece
    /// calls [`store::jobs::progress`] (or `finish`) in the transaction of its work and fails where that answers false,
    /// so that a piece done twice (a lease that ran out) counts once.
    pub piece: fn(&Arc<District>, &store::jobs::Job) -> Result<Piece, Fault>,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// There is more to do.
    More,
    /// The job is finished; the piece has recorded its result with [`store::jobs::finish`].
    Done,
}
