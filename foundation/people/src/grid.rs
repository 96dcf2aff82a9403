//! What the board of a grid says: its kind, its bounds, how many live there, whom to complain to.

use base::text::clean_line;
use base::{Ctx, UnitId};
use record::{append, text_digest_hex};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::authority::Authority;
use crate::events::{GridDescribed, about};
use crate::level::Level;
use crate::permission::ManageUnits;
use crate::place;

/// The longest text of a profile, in characters.
const LONGEST: usize = 200;

/// What is known of a grid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridProfile {
    /// 专属网格: of a market, a park, a campus.
    pub special: bool,
    /// 范围、四至
    pub scope: String,
    /// 面积, as it is written.
    pub area: String,
    /// 户数
    pub households: Option<i64>,
    /// 人口
    pub people: Option<i64>,
    /// 楼栋数
    pub buildings: Option<i64>,
    /// 监督电话
    pub watch: String,
    /// 备注
    pub note: String,
}

impl GridProfile {
    fn cleaned(&self) -> GridProfile {
        let line = |text: &str| clean_line(text).chars().take(LONGEST).collect::<String>();
        GridProfile { scope: line(&self.scope), area: line(&self.area), watch: line(&self.watch), note: line(&self.note), ..self.clone() }
    }

    /// What the fold compares.
    pub(crate) fn digest(&self, salt: &[u8; 16]) -> String {
        text_digest_hex(salt, &[self.scope.as_str(), &self.area, &self.watch, &self.note].join("\n"))
    }
}

/// Why a grid was not described.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// The proof does not cover it.
    #[error("the post held does not cover this grid")]
    NotCovered,
    /// There is none, it was closed, or it is no grid.
    #[error("there is no such grid")]
    Gone,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const FIND: &Sql = sql!("SELECT special, scope, area, households, people, buildings, watch, note, salt FROM grid_profile WHERE grid = ?1");
const KEEP: &Sql = sql!(
    "INSERT INTO grid_profile (grid, special, scope, area, households, people, buildings, watch, note, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
     ON CONFLICT (grid) DO UPDATE SET special = excluded.special, scope = excluded.scope, area = excluded.area,
       households = excluded.households, people = excluded.people, buildings = excluded.buildings, watch = excluded.watch, note = excluded.note"
);

pub(crate) fn from_row(row: &store::Row<'_>) -> Result<(GridProfile, [u8; 16]), StoreError> {
    let profile = GridProfile {
        special: row.bool(0)?,
        scope: row.text(1)?.to_owned(),
        area: row.text(2)?.to_owned(),
        households: row.opt_int(3)?,
        people: row.opt_int(4)?,
        buildings: row.opt_int(5)?,
        watch: row.text(6)?.to_owned(),
        note: row.text(7)?.to_owned(),
    };
    Ok((profile, row.array(8)?))
}

/// What is known of a grid; none where nothing was entered.
///
/// # Errors
/// Only the store's.
pub fn grid_profile(tx: &mut Tx, grid: UnitId) -> Result<Option<GridProfile>, StoreError> {
    Ok(tx.opt(FIND, p![grid], from_row)?.map(|(profile, _)| profile))
}

/// Enter or change what is known of a grid. What is already so is not recorded again.
///
/// # Errors
/// [`DescribeError`].
pub fn describe_grid<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    grid: UnitId,
    profile: &GridProfile,
) -> Result<(), DescribeError> {
    let who = who.into();
    let place = place::find(tx, grid)?.ok_or(DescribeError::Gone)?;
    if !place.unit().is_some_and(|unit| unit.level == Level::Grid && !unit.closed) {
        return Err(DescribeError::Gone);
    }
    if !who.reaches(tx, &place)? {
        return Err(DescribeError::NotCovered);
    }
    let profile = profile.cleaned();
    let before = tx.opt(FIND, p![grid], from_row)?;
    if before.as_ref().is_some_and(|(before, _)| *before == profile) {
        return Ok(());
    }
    let salt = before.map_or_else(|| ctx.salt(), |(_, salt)| salt);
    let GridProfile { special, scope, area, households, people, buildings, watch, note } = &profile;
    tx.exec(
        KEEP,
        p![grid, *special, scope.as_str(), area.as_str(), *households, *people, *buildings, watch.as_str(), note.as_str(), &salt[..]],
    )?;
    let facts = GridDescribed { special: *special, counts: [*households, *people, *buildings], texts: profile.digest(&salt) };
    append(tx, ctx, about(ctx, who.actor(), Some(grid), grid.0), &facts)?;
    Ok(())
}
