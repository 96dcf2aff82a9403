//! Progress reports in the demonstration: the district's half year, finished; a town's quarter, as a draft that somebody edited.

use base::{Date, Time};
use measures::Period;
use people::{Level, Role};
use reports::edit::{Edit, edit};
use reports::finish::{Close, finish};
use reports::make::{Make, make};
use reports::permissions::{Finish, Write, in_unit};

use crate::CreateError;
use crate::settle::{Ground, Member, persist};

/// Makes them at the end: time does not go back, and the readers have followed the record up to there.
///
/// # Errors
/// [`CreateError`].
pub(crate) fn write(store: &store::Store, ground: &Ground, members: &[Member], end: Time) -> Result<(), CreateError> {
    let today = end.date();
    let month = Period::month_of(today).previous();
    let quarter = Period::quarter_of(today).previous();
    let so_far = Period { from: Date::constant(month.to.year(), 1, 1), to: month.to };
    for (n, (role, period, closes)) in (0_u64..).zip([(Role::DistrictDesk, so_far, true), (Role::TownDesk, quarter, false)]) {
        let Some(member) = members.iter().find(|member| member.actor.is(role)) else { continue };
        let (actor, ground) = (member.actor.clone(), ground.clone());
        persist(store, move |tx| {
            let piece = ground.piece((1 << 33) + n, end);
            let tree = people::tree(tx)?;
            let Some(unit) = actor.posts.iter().find(|held| held.role == role).map(|held| held.unit) else { return Ok(()) };
            if !matches!(tree.level(unit), Some(Level::District | Level::Town)) {
                return Ok(());
            }
            let proof = in_unit::<Write>(&actor, unit).ok_or(CreateError::Taken)?;
            let ctx = piece.at(end);
            let modules = [concerns::module()];
            let id = make(tx, &ctx, &modules, &proof, &Make { op_key: ctx.salt(), unit, period }).map_err(CreateError::refused)?;
            let v = 1;
            if closes {
                let proof = in_unit::<Finish>(&actor, unit).ok_or(CreateError::Taken)?;
                finish(tx, &ctx, &proof, &Close { op_key: ctx.salt(), id, v }).map_err(CreateError::refused)?;
            } else {
                let before = reports::report::version(tx, id, v)?.ok_or(CreateError::Taken)?.body;
                let added = [("carrier".to_owned(), "在便民服务中心设受理窗口，工作日有人值守，代不会上网的居民登记。".to_owned())];
                let input = Edit { op_key: ctx.salt(), id, v, title: before.title, added: added.into(), ..Edit::default() };
                edit(tx, &ctx, &proof, &input).map_err(CreateError::refused)?;
            }
            Ok::<(), CreateError>(())
        })?;
    }
    Ok(())
}
