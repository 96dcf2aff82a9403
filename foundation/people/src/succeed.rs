//! Merging and splitting units. A unit never moves and never changes its code: what moves is a new unit
//! that succeeds it. So whatever was recorded stays with the unit it happened in, and numbers roll up by
//! the tree as it was at the time, without anything being counted anew.
//!
//! Posts pass to the successor with those who hold them, and so do links, duties, and what modules say is
//! in the unit's hands: nothing is orphaned.

use base::{Ctx, PersonId, Time, UnitId};
use record::append;
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::create_post::{CreatePost, insert_post};
use crate::create_unit::{CreateUnit, CreateUnitError, insert_unit};
use crate::duty;
use crate::events::{ActingPostHeld, HoldingId, HoldingWithdrawn, PostHeld, PostReleased, UnitClosed, UnitSucceeded, about};
use crate::level::{Level, TreeKind};
use crate::link;
use crate::permission::ManageUnits;
use crate::role::Role;
use crate::tree::{Tree, Unit, changed, tree};

/// What passes from whom to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// Somebody leaves a unit: what they have in hand there.
    Person {
        /// Who leaves.
        person: PersonId,
        /// Where.
        unit: UnitId,
        /// Who takes it; nobody where it goes back to the unit.
        to: Option<PersonId>,
    },
    /// A unit ends: what it has in hand.
    Unit {
        /// The unit that ends.
        from: UnitId,
        /// The unit that takes it.
        to: UnitId,
    },
}

/// Lets the modules pass on what they know of; says how much there was.
pub type Pass<'a> = &'a dyn Fn(&mut Tx, &Ctx, record::Actor, &Passing) -> Result<i64, StoreError>;

/// Why units were not merged or split.
#[derive(Debug, thiserror::Error)]
pub enum SucceedError {
    /// The proof does not cover both.
    #[error("the post held does not cover both units")]
    NotCovered,
    /// One of them does not exist any more.
    #[error("there is no such unit any more")]
    Gone,
    /// They are one, or not of one level.
    #[error("only two units of one level are merged")]
    Unlike,
    /// Communities stand under the town, whose codes are not ours to draw.
    #[error("{0} units stand under it whose codes are given by others; they are closed or merged first")]
    HasChildren(usize),
    /// More grids than a community has codes for.
    #[error("there is no code left for another grid")]
    NoCode,
    /// A part does not stand under the unit that is split, or all or none of it would go.
    #[error("what goes must stand under the unit, and something must stay")]
    BadParts,
    /// The new unit cannot be made as asked.
    #[error(transparent)]
    New(CreateUnitError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CreateUnitError> for SucceedError {
    fn from(error: CreateUnitError) -> SucceedError {
        match error {
            CreateUnitError::Store(error) => SucceedError::Store(error),
            other => SucceedError::New(other),
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Succeeded {
    /// The unit that took over, or the new one.
    pub unit: UnitId,
    /// Units that are successors now.
    pub units: usize,
    /// Posts that passed with their holders.
    pub posts: usize,
    /// What passed of what modules know of.
    pub passed: i64,
}

const CLOSE: &Sql = sql!("UPDATE unit SET valid_to = ?2 WHERE id = ?1 AND valid_to IS NULL");
const SUCCEED: &Sql = sql!("UPDATE unit SET successor = ?2 WHERE id = ?1");
const GAVE: &Sql = sql!("INSERT INTO unit_succession (unit, successor, at) VALUES (?1, ?2, ?3)");
/// By the index `post_by_unit`.
const POSTS: &Sql = sql!("SELECT id, reach, role, title FROM post WHERE unit = ?1 AND valid_to IS NULL ORDER BY id");
/// By the index `holding_by_post`.
const HOLDINGS: &Sql =
    sql!("SELECT id, person, from_at, to_at, acting FROM holding WHERE post = ?1 AND (to_at IS NULL OR to_at > ?2) ORDER BY from_at, id");
const RELEASE: &Sql = sql!("UPDATE holding SET to_at = ?2 WHERE id = ?1");
const FORGET: &Sql = sql!("DELETE FROM holding WHERE id = ?1");
const HOLD: &Sql = sql!("INSERT INTO holding (id, post, person, from_at, to_at, acting) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

/// Merge a unit into another one of its level, which stays.
///
/// # Errors
/// [`SucceedError`].
pub fn merge_units<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    unit: UnitId,
    into: UnitId,
    pass: Pass<'_>,
) -> Result<Succeeded, SucceedError> {
    let (who, tree) = (who.into(), tree(tx)?);
    let open = |id: UnitId| tree.get(id).filter(|unit| !unit.is_closed()).ok_or(SucceedError::Gone);
    let (from, to) = (open(unit)?, open(into)?);
    if !who.covers(&tree, unit) || !who.covers(&tree, into) {
        return Err(SucceedError::NotCovered);
    }
    if unit == into || from.level != to.level || from.level == Level::District || tree.is_within(into, unit) || tree.is_within(unit, into) {
        return Err(SucceedError::Unlike);
    }
    let below = tree.children(unit).count();
    if from.level == Level::Town && below > 0 {
        return Err(SucceedError::HasChildren(below));
    }
    let mut work = Work { ctx, actor: who.actor(), tree: &tree, pass, done: Succeeded { unit: into, units: 0, posts: 0, passed: 0 } };
    let mut codes = Codes::of(&tree, to);
    for child in tree.children(unit) {
        let code = codes.next(child)?;
        work.replant(tx, child, into, code)?;
    }
    work.hand(tx, unit, into)?;
    tx.exec(CLOSE, p![unit, ctx.now])?;
    work.closed(tx, unit, into)?;
    Ok(work.done)
}

/// What is split off.
#[derive(Debug, Clone)]
pub struct Split {
    /// The unit that gives.
    pub unit: UnitId,
    /// The code of the new one.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The units under the giving one that go to the new one.
    pub parts: Vec<UnitId>,
}

/// Split a new unit of the same level off a unit, which stays with the rest.
///
/// # Errors
/// [`SucceedError`].
pub fn split_unit<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    input: &Split,
    pass: Pass<'_>,
) -> Result<Succeeded, SucceedError> {
    let (who, tree) = (who.into(), tree(tx)?);
    let unit = tree.get(input.unit).filter(|unit| !unit.is_closed()).ok_or(SucceedError::Gone)?;
    if !who.covers(&tree, unit.id) {
        return Err(SucceedError::NotCovered);
    }
    let parts: Vec<&Unit> = tree.children(unit.id).filter(|child| input.parts.contains(&child.id)).collect();
    let all = tree.children(unit.id).count();
    if parts.is_empty() || parts.len() != input.parts.len() || parts.len() == all || unit.level == Level::Town {
        return Err(SucceedError::BadParts);
    }
    let made = CreateUnit {
        code: input.code.clone(),
        name: input.name.clone(),
        phone: None,
        level: unit.level,
        parent: unit.parent,
        ord: unit.ord.saturating_add(1),
    };
    let new = insert_unit(tx, ctx, who.actor(), &made)?;
    tx.exec(GAVE, p![unit.id, new, ctx.now])?;
    let event = append(tx, ctx, about(ctx, who.actor(), Some(unit.id), unit.id.0), &UnitSucceeded { successor: new })?;
    changed(tx, event, &[&unit.id.to_string(), "gave", &new.to_string()])?;
    let mut work = Work { ctx, actor: who.actor(), tree: &tree, pass, done: Succeeded { unit: new, units: 0, posts: 0, passed: 0 } };
    let mut codes = Codes { parent: input.code.clone(), taken: Vec::new() };
    for child in parts {
        let code = codes.next(child)?;
        work.replant(tx, child, new, code)?;
    }
    Ok(work.done)
}

/// Codes for units that come to stand under another one.
struct Codes {
    parent: String,
    taken: Vec<String>,
}

impl Codes {
    fn of(tree: &Tree, parent: &Unit) -> Codes {
        Codes {
            parent: parent.code.clone(),
            taken: tree.all().filter(|unit| unit.parent == Some(parent.id)).map(|unit| unit.code.clone()).collect(),
        }
    }

    /// A grid keeps its serial number where it is free, or gets the next one; Party organisations keep their codes.
    fn next(&mut self, child: &Unit) -> Result<String, SucceedError> {
        if child.level != Level::Grid {
            return Ok(child.code.clone());
        }
        let own: u32 = child.code.get(12..).and_then(|serial| serial.parse().ok()).unwrap_or(1);
        let code = |n: u32| format!("{}{n:03}", self.parent);
        let free = (own..1000).chain(1..own).map(code).find(|code| !self.taken.contains(code)).ok_or(SucceedError::NoCode)?;
        self.taken.push(free.clone());
        Ok(free)
    }
}

struct Work<'a> {
    ctx: &'a Ctx,
    actor: record::Actor,
    tree: &'a Tree,
    pass: Pass<'a>,
    done: Succeeded,
}

impl Work<'_> {
    /// Let a new unit under another parent succeed this one, with all under it.
    fn replant(&mut self, tx: &mut Tx, unit: &Unit, parent: UnitId, code: String) -> Result<(), SucceedError> {
        // Its code may be the same, and a code is one existing unit's.
        tx.exec(CLOSE, p![unit.id, self.ctx.now])?;
        let input =
            CreateUnit { code, name: unit.name.clone(), phone: unit.phone.clone(), level: unit.level, parent: Some(parent), ord: unit.ord };
        let new = insert_unit(tx, self.ctx, self.actor, &input)?;
        self.done.units += 1;
        let below: Vec<&Unit> = self.tree.children(unit.id).collect();
        for child in below {
            self.replant(tx, child, new, child.code.clone())?;
        }
        self.hand(tx, unit.id, new)?;
        self.closed(tx, unit.id, new)
    }

    fn closed(&mut self, tx: &mut Tx, unit: UnitId, successor: UnitId) -> Result<(), SucceedError> {
        tx.exec(SUCCEED, p![unit, successor])?;
        let facts = UnitClosed { at: self.ctx.now, successor: Some(successor) };
        let event = append(tx, self.ctx, about(self.ctx, self.actor, Some(unit), unit.0), &facts)?;
        Ok(changed(tx, event, &[&unit.to_string(), "closed", &successor.to_string()])?)
    }

    /// Posts with their holders, links, duties, and what modules know of.
    fn hand(&mut self, tx: &mut Tx, from: UnitId, to: UnitId) -> Result<(), SucceedError> {
        let posts = tx.all(POSTS, p![from], |row| {
            Ok((row.id::<PostId>(0)?, row.id::<UnitId>(1)?, Role::parse(row.text(2)?), row.text(3)?.to_owned()))
        })?;
        for (post, reach, role, title) in posts {
            let Some(role) = role else { continue };
            let reach = if reach == from { to } else { reach };
            let input = CreatePost { unit: to, reach: Some(reach), role, title };
            let fault = |error: crate::create_post::CreatePostError| SucceedError::Store(StoreError::Other(error.to_string()));
            let new = insert_post(tx, self.ctx, self.actor, &input).map_err(fault)?;
            self.holders(tx, from, post, to, new)?;
            for had in duty::duties_of_post(tx, post)? {
                duty::end(tx, self.ctx, self.actor, had.unit, had.id)?;
                let of = if had.unit == from { to } else { had.unit };
                self.duty(tx, of, new, &had)?;
            }
            crate::close_post::close(tx, self.ctx, self.actor, from, post, Some(new))?;
            self.done.posts += 1;
        }
        for had in duty::duties_of(tx, from)? {
            duty::end(tx, self.ctx, self.actor, from, had.id)?;
            self.duty(tx, to, had.post, &had)?;
        }
        for had in link::links_of(tx, from)? {
            link::end(tx, self.ctx, self.actor, had)?;
            let (unit, party) = if had.unit == from { (to, had.party) } else { (had.unit, to) };
            let linked = link::links_of(tx, unit)?.iter().any(|link| link.party == party);
            let joined = self.tree.get(to).is_none_or(|unit| unit.tree() == TreeKind::Admin) || unit != to;
            if !linked && joined {
                link::insert(tx, self.ctx, self.actor, unit, party)
                    .map_err(|error| SucceedError::Store(StoreError::Other(error.to_string())))?;
            }
        }
        self.done.passed += (self.pass)(tx, self.ctx, self.actor, &Passing::Unit { from, to })?;
        Ok(())
    }

    fn duty(&self, tx: &mut Tx, unit: UnitId, post: PostId, had: &duty::UnitDuty) -> Result<(), SucceedError> {
        let given = duty::duties_of(tx, unit)?.iter().any(|other| {
            other.matter == had.matter && (other.post == post || other.kind == duty::DutyKind::Principal && other.kind == had.kind)
        });
        if given {
            return Ok(());
        }
        let made = duty::insert(tx, self.ctx, self.actor, unit, post, had.kind, &had.matter);
        made.map(drop).map_err(|error| SucceedError::Store(StoreError::Other(error.to_string())))
    }

    /// Who holds a post now or is to hold it passes to the one that takes its place.
    fn holders(&self, tx: &mut Tx, from: UnitId, post: PostId, to: UnitId, new: PostId) -> Result<(), StoreError> {
        let (ctx, actor) = (self.ctx, self.actor);
        let holdings = tx.all(HOLDINGS, p![post, ctx.now], |row| {
            Ok((row.id::<HoldingId>(0)?, row.id::<PersonId>(1)?, row.time(2)?, row.opt_time(3)?, row.bool(4)?))
        })?;
        for (holding, person, since, until, acting) in holdings {
            if since > ctx.now {
                tx.exec(FORGET, p![holding])?;
                append(tx, ctx, about(ctx, actor, Some(from), person.0), &HoldingWithdrawn { holding })?;
            } else {
                tx.exec(RELEASE, p![holding, ctx.now])?;
                append(tx, ctx, about(ctx, actor, Some(from), person.0), &PostReleased { holding, to: ctx.now })?;
            }
            let begins: Time = since.max(ctx.now);
            let id: HoldingId = ctx.id();
            tx.exec(HOLD, p![id, new, person, begins, until, acting])?;
            let at = about(ctx, actor, Some(to), person.0);
            match (acting, until) {
                (true, Some(until)) => append(tx, ctx, at, &ActingPostHeld { holding: id, post: new, from: begins, to: until })?,
                (_, until) => {
                    let event = append(tx, ctx, at, &PostHeld { holding: id, post: new, from: begins })?;
                    match until {
                        // An end that was set beforehand stays set.
                        Some(until) => append(tx, ctx, about(ctx, actor, Some(to), person.0), &PostReleased { holding: id, to: until })?,
                        None => event,
                    }
                }
            };
        }
        Ok(())
    }
}
