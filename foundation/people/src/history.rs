//! What a unit and its posts were: for the page that shows their history.

use base::{Time, UnitId};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::read::{HOLDERS_EVER, Holding, role, row_holding};
use crate::role::Role;
use crate::tree::Tree;

/// One thing that happened to a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Past {
    /// It was made.
    Made,
    /// It was called otherwise until then.
    Called {
        /// Its name before.
        before: String,
        /// Its name after.
        after: String,
    },
    /// It took something over from another unit.
    Took(UnitId),
    /// It gave something to another unit.
    Gave(UnitId),
    /// It ended; with what took over.
    Ended(Option<UnitId>),
}

/// A post with all who ever held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPost {
    /// The post.
    pub id: PostId,
    /// What its holder does.
    pub role: Role,
    /// Its title.
    pub title: String,
    /// What it was called before, until when, the first one first.
    pub called: Vec<(Time, String)>,
    /// Since when there is such a post.
    pub from: Time,
    /// Until when there was.
    pub to: Option<Time>,
    /// The post that took its place, and that one's unit.
    pub successor: Option<(PostId, UnitId)>,
    /// Who held it, the first one first.
    pub holders: Vec<Holding>,
}

/// By the primary key.
const WAS: &Sql = sql!("SELECT until_at, name FROM unit_was WHERE unit = ?1 ORDER BY until_at");
/// By the primary key, and by the index `unit_succession_by_successor`.
const GAVE: &Sql = sql!("SELECT at, successor FROM unit_succession WHERE unit = ?1");
const TOOK: &Sql = sql!("SELECT at, unit FROM unit_succession WHERE successor = ?1");
/// By the index `post_by_unit`.
const POSTS: &Sql = sql!(
    "SELECT o.id, o.role, o.title, o.created_at, o.valid_to, o.successor, s.unit FROM post o LEFT JOIN post s ON s.id = o.successor
     WHERE o.unit = ?1 ORDER BY o.created_at, o.id"
);

/// By the primary key.
const CALLED: &Sql = sql!("SELECT until_at, title FROM post_was WHERE post = ?1 ORDER BY until_at");

/// What happened to a unit, oldest first.
///
/// # Errors
/// Only the store's.
pub fn history(tx: &mut Tx, tree: &Tree, unit: UnitId) -> Result<Vec<(Time, Past)>, StoreError> {
    let Some(found) = tree.get(unit) else { return Ok(Vec::new()) };
    let mut past = vec![(found.valid_from, Past::Made)];
    let was = tx.all(WAS, p![unit], |row| Ok((row.time(0)?, row.text(1)?.to_owned())))?;
    let after = was.iter().skip(1).map(|(_, name)| name.clone()).chain([found.name.clone()]);
    let called = was.iter().zip(after).filter(|((_, before), after)| before != after);
    past.extend(called.map(|((until, before), after)| (*until, Past::Called { before: before.clone(), after })));
    past.extend(tx.all(GAVE, p![unit], |row| Ok((row.time(0)?, Past::Gave(row.id(1)?))))?);
    past.extend(tx.all(TOOK, p![unit], |row| Ok((row.time(0)?, Past::Took(row.id(1)?))))?);
    let ended = tree.all().filter(|other| other.successor == Some(unit));
    past.extend(ended.filter_map(|other| Some((other.valid_to?, Past::Took(other.id)))));
    past.extend(found.valid_to.map(|at| (at, Past::Ended(found.successor))));
    past.sort_by_key(|(at, _)| *at);
    Ok(past)
}

/// The posts of a unit, ended ones too, with all who ever held them.
///
/// # Errors
/// Only the store's.
pub fn posts_ever(tx: &mut Tx, unit: UnitId) -> Result<Vec<PastPost>, StoreError> {
    let holders = tx.all(HOLDERS_EVER, p![unit], row_holding)?;
    let mut posts = tx.all(POSTS, p![unit], |row| {
        let successor = row.opt_id::<PostId>(5)?.zip(row.opt_id::<UnitId>(6)?);
        Ok(PastPost {
            id: row.id(0)?,
            role: role(row.text(1)?)?,
            title: row.text(2)?.to_owned(),
            called: Vec::new(),
            from: row.time(3)?,
            to: row.opt_time(4)?,
            successor,
            holders: Vec::new(),
        })
    })?;
    for post in &mut posts {
        post.called = tx.all(CALLED, p![post.id], |row| Ok((row.time(0)?, row.text(1)?.to_owned())))?;
        post.holders = holders.iter().filter(|held| held.post == post.id).cloned().collect();
    }
    Ok(posts)
}
