//! What stands beside units and people in the demo: which Party organisation is whose, who answers first in
//! each community, the boards of some grids, somebody acting, and the registers of a few communities. All of
//! those who live here are invented; the place in their identity numbers is assigned to nobody.

use base::{Time, UnitId};
use people::{Authority, DutyKind, GridProfile, Role};
use residents::{Basis, Home, Identity, Resident, Traits};
use store::Store;

use crate::CreateError;
use crate::data::Data;
use crate::dice::Dice;
use crate::naming::Naming;
use crate::plan::{Plan, Size};
use crate::settle::{Ground, Member, persist};

/// One entry.
#[derive(Clone)]
enum Entry {
    Link(UnitId, UnitId),
    Principal(UnitId, people::PostId),
    Board(UnitId, GridProfile),
    Acting(base::PersonId, people::PostId),
    Resident(UnitId, Option<UnitId>, Box<Resident>),
}

/// Entries that one piece makes.
const AT_ONCE: usize = 20;

/// The district as it stands.
pub(crate) struct Standing<'a> {
    pub(crate) data: &'a Data,
    pub(crate) plan: &'a Plan,
    pub(crate) units: &'a [UnitId],
    pub(crate) members: &'a [Member],
    pub(crate) size: Size,
}

/// Enter all of it; the numbers of these pieces are their own.
pub(crate) fn enter(store: &Store, ground: &Ground, at: Time, standing: &Standing<'_>) -> Result<(), CreateError> {
    let Standing { data, plan, units, members, size } = standing;
    let mut dice = Dice::new(ground.seed).stream("registers");
    let id = |unit: usize| units.get(unit).copied().unwrap_or_default();
    let mut entries: Vec<Entry> = plan.branches.iter().map(|(branch, unit)| Entry::Link(id(*unit), id(*branch))).collect();
    let post = |role: Role, unit: UnitId| {
        let held = members.iter().flat_map(|member| &member.actor.posts).find(|held| held.role == role && held.unit == unit);
        held.map(|held| held.post)
    };
    entries.extend(
        plan.communities.iter().filter_map(|here| Some(Entry::Principal(id(here.unit), post(Role::CommunitySecretary, id(here.unit))?))),
    );
    let mut naming = Naming::new(&data.names, dice.stream("names"));
    let registers = if *size == Size::Full { 3 } else { 2 };
    for here in plan.communities.iter().take(registers) {
        let grids: Vec<UnitId> = here.grids.iter().map(|grid| id(*grid)).collect();
        for grid in &grids {
            let households = dice.between(180, 420);
            let profile = GridProfile {
                scope: format!("{}一带", dice.word(&here.roads.iter().map(String::as_str).collect::<Vec<_>>())),
                households: Some(households),
                people: Some(households * 27 / 10),
                watch: "12345".into(),
                ..GridProfile::default()
            };
            entries.push(Entry::Board(*grid, profile));
        }
        for n in 0..40 {
            let grid = dice.pick(&grids).copied();
            entries.push(Entry::Resident(id(here.unit), grid, Box::new(somebody(&mut dice, &mut naming, &here.estates, n))));
        }
    }
    // While the secretary of the first community is away, one of its staff acts.
    let first = plan.communities.first().map(|here| id(here.unit)).unwrap_or_default();
    let staff = members.iter().find(|member| member.actor.posts.iter().any(|held| held.role == Role::CommunityStaff && held.unit == first));
    if let (Some(staff), Some(post)) = (staff, post(Role::CommunitySecretary, first)) {
        entries.push(Entry::Acting(staff.person, post));
    }
    for (piece, some) in (1_u64 << 33..).zip(entries.chunks(AT_ONCE)) {
        let (some, ground) = (some.to_vec(), ground.clone());
        let begin = at.plus(Time::MINUTE * i64::try_from(piece - (1 << 33)).unwrap_or(0));
        persist(store, move |tx| {
            let piece = ground.piece(piece, begin);
            for entry in &some {
                let ctx = piece.at(piece.env.clock.now().plus(Time::SECOND));
                match entry {
                    Entry::Link(unit, party) => {
                        people::link(tx, &ctx, Authority::Console, *unit, *party).map(drop).map_err(CreateError::refused)
                    }
                    Entry::Principal(unit, post) => {
                        let given = people::give_duty(tx, &ctx, Authority::Console, *unit, *post, DutyKind::Principal, "基层治理");
                        given.map(drop).map_err(CreateError::refused)
                    }
                    Entry::Board(grid, profile) => {
                        people::describe_grid(tx, &ctx, Authority::Console, *grid, profile).map_err(CreateError::refused)
                    }
                    Entry::Acting(person, post) => {
                        let until = ctx.now.plus(400 * Time::DAY);
                        people::act(tx, &ctx, Authority::Console, *person, *post, ctx.now, until).map(drop).map_err(CreateError::refused)
                    }
                    Entry::Resident(community, grid, plain) => {
                        // Those of eighty and more, whom the law has the community know.
                        let basis = Basis { ground: residents::Ground::Duty, means: None, on: ctx.now.date() };
                        let basis = (!plain.traits.tags.is_empty()).then_some(&basis);
                        let entered = residents::enter(tx, &ctx, Authority::Console, *community, *grid, plain, basis);
                        entered.map(drop).map_err(CreateError::refused)
                    }
                }?;
            }
            Ok::<(), CreateError>(())
        })?;
    }
    Ok(())
}

fn somebody(dice: &mut Dice, naming: &mut Naming<'_>, estates: &[String], n: usize) -> Resident {
    let age = dice.between(20, 88);
    let named = naming.draw(age);
    let sex = if named.woman { 0 } else { 1 };
    let body = format!(
        "380104{:04}{:02}{:02}{:02}{}",
        2025 - age,
        dice.between(1, 12),
        dice.between(1, 28),
        n % 100,
        dice.between(0, 4) * 2 + sex
    );
    let estate = dice.pick(estates).cloned().unwrap_or_default();
    let tags = if age > 79 { "老人" } else { "" };
    Resident {
        home: Home {
            estate,
            building: format!("{}栋", dice.between(1, 18)),
            unit: format!("{}单元", dice.between(1, 3)),
            room: format!("{}0{}", dice.between(1, 6), dice.between(1, 4)),
        },
        identity: Identity {
            name: named.name,
            sex: if named.woman { "女" } else { "男" }.into(),
            number: base::id_number::with_check(&body).unwrap_or_default(),
            ..Identity::default()
        },
        phone: format!("199{:08}", dice.between(0, 99_999_999)),
        traits: Traits { status: "在户".into(), tags: tags.into(), ..Traits::default() },
    }
}
