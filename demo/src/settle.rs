//! Makes the planned units and people in a store, by the operations that administrators use.
//!
//! Everybody gets an account with a password that is drawn and thrown away: a demonstration is entered
//! by choosing a person, and nobody can guess their way in.

use std::sync::Arc;

use base::rules::Rules;
use base::{Clock, Env, FixedClock, Keys, PersonId, SeededRandom, Time, UnitId};
use people::password::{NewPassword, Params, Strength};
use people::sign::{self, SignIn};
use people::{Actor, CreatePerson, CreatePost, CreateUnit, Grant, Invite, Level, ManagePeople, ManageUnits, PostId, Role, setup};
use store::{Store, Tx};

use crate::CreateError;
use crate::plan::Plan;
use crate::staff::{Person, Post};

/// Somebody who works in the district.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// Who.
    pub(crate) person: PersonId,
    /// What they act as.
    pub(crate) actor: Actor,
}

/// The surroundings of one piece of work: a clock of its own, and randomness that the piece's number
/// decides, so that a piece that is run again draws the same.
pub(crate) struct Piece {
    pub(crate) env: Env,
    pub(crate) clock: Arc<FixedClock>,
}

/// What all pieces share.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) rules: Arc<Rules>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) seed: u64,
}

impl Ground {
    pub(crate) fn piece(&self, number: u64, at: Time) -> Piece {
        let clock = Arc::new(FixedClock::at(at));
        let random = Arc::new(SeededRandom::new(self.seed.rotate_left(32) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        Piece { env: Env { clock: clock.clone(), random, rules: self.rules.clone(), keys: self.keys.clone() }, clock }
    }
}

/// How often a piece is tried.
const TRIES: u32 = 6;

/// Write a piece of work. On a machine with much else to do it may take longer than the store allows;
/// run again it does just the same, so it is.
pub(crate) fn persist<T: Send + 'static>(
    store: &Store,
    f: impl Fn(&mut Tx) -> Result<T, CreateError> + Send + Sync + 'static,
) -> Result<T, CreateError> {
    let f = Arc::new(f);
    let mut tries = 0;
    loop {
        let again = Arc::clone(&f);
        tries += 1;
        match store.write_now(move |tx| again(tx)) {
            Err(CreateError::Refused(_) | CreateError::Store(_)) if tries < TRIES => {}
            other => return other,
        }
    }
}

/// Units and people that one piece makes at most, so that no piece takes long.
const AT_ONCE: usize = 16;

/// How long an administrator takes for one entry.
const EACH: i64 = 2 * Time::SECOND;

/// The entering of a planned district, piece by piece.
pub(crate) struct Settling<'a> {
    store: &'a Store,
    ground: &'a Ground,
    plan: &'a Plan,
    now: Time,
    pieces: u64,
    system: Option<Actor>,
    security: Option<Actor>,
    /// Ids of the units, in the order of the plan.
    pub(crate) units: Vec<UnitId>,
}

impl<'a> Settling<'a> {
    pub(crate) fn new(store: &'a Store, ground: &'a Ground, plan: &'a Plan, start: Time) -> Settling<'a> {
        Settling { store, ground, plan, now: start, pieces: 0, system: None, security: None, units: Vec::new() }
    }

    /// The first moment after everything was entered.
    pub(crate) fn now(&self) -> Time {
        self.now
    }

    fn run<T: Send + 'static>(
        &mut self,
        count: usize,
        f: impl Fn(&mut Tx, &mut Work) -> Result<T, CreateError> + Send + Sync + 'static,
    ) -> Result<T, CreateError> {
        self.pieces += 1;
        let (ground, number, at) = (self.ground.clone(), self.pieces, self.now);
        self.now = at.plus(EACH * i64::try_from(count.max(1)).unwrap_or(1) * 4);
        persist(self.store, move |tx| f(tx, &mut Work { piece: ground.piece(number, at) }))
    }

    /// The district and its first administrator.
    pub(crate) fn found(&mut self, first: &Person) -> Result<Member, CreateError> {
        let Some(root) = self.plan.units.first().cloned() else { return Err(CreateError::Data("no units".into())) };
        let (name, title) = (first.name.clone(), title_of(first));
        let (member, unit) = self.run(1, move |tx, work| {
            let ctx = work.next();
            let code = setup::first_code(tx, &ctx)?.ok_or(CreateError::Taken)?;
            let (password, typed) = work.password(Strength::Admin)?;
            let input = setup::FirstAdmin {
                code,
                district_code: root.code.clone(),
                district_name: root.name.clone(),
                name: name.clone(),
                login: login(0),
                title: title.to_owned(),
            };
            let made = setup::make_first_admin(tx, &work.next(), &input, &password).map_err(CreateError::refused)?;
            let actor = work.enter(tx, &login(0), &typed)?;
            Ok((Member { person: made.person, actor }, made.district))
        })?;
        self.units.push(unit);
        self.system = Some(member.actor.clone());
        Ok(member)
    }

    /// All other units.
    pub(crate) fn make_units(&mut self, progress: &mut dyn FnMut(usize)) -> Result<(), CreateError> {
        while self.units.len() < self.plan.units.len() {
            let from = self.units.len();
            let some: Vec<_> = self.plan.units.iter().enumerate().skip(from).take(AT_ONCE).map(|(at, unit)| (at, unit.clone())).collect();
            let known = self.units.clone();
            let system = self.system.clone().ok_or(CreateError::Taken)?;
            let made = self.run(some.len(), move |tx, work| {
                let proof = system.has::<ManageUnits>().ok_or(CreateError::Taken)?;
                let mut known = known.clone();
                for (at, unit) in &some {
                    let parent = unit.parent.and_then(|parent| known.get(parent).copied());
                    let input = CreateUnit {
                        code: unit.code.clone(),
                        name: unit.name.clone(),
                        phone: unit.phone.clone(),
                        level: unit.level,
                        parent,
                        ord: i64::try_from(*at).unwrap_or(i64::MAX),
                    };
                    known.push(people::create_unit(tx, &work.next(), &proof, &input).map_err(CreateError::refused)?);
                }
                Ok(known)
            })?;
            self.units = made;
            progress(self.units.len());
        }
        Ok(())
    }

    /// Everybody but the first administrator. The second one must be the security administrator, who
    /// gives everybody else their posts.
    pub(crate) fn make_people(
        &mut self,
        people: &[Person],
        first: Member,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<Member>, CreateError> {
        let mut members = vec![first];
        while members.len() < people.len() {
            let from = members.len();
            let count = if self.security.is_none() { 1 } else { AT_ONCE };
            let some: Vec<(usize, Person)> = people.iter().cloned().enumerate().skip(from).take(count).collect();
            let (units, levels) = (self.units.clone(), self.plan.units.iter().map(|unit| unit.level).collect::<Vec<Level>>());
            let (system, security) = (self.system.clone().ok_or(CreateError::Taken)?, self.security.clone());
            let made = self.run(some.len(), move |tx, work| {
                let hiring = Hiring { units: &units, levels: &levels, system: &system, security: security.as_ref() };
                some.iter().map(|(at, person)| hiring.hire(tx, work, *at, person)).collect::<Result<Vec<Member>, CreateError>>()
            })?;
            if self.security.is_none() {
                self.security = made.first().map(|member| member.actor.clone()).filter(|actor| actor.is(Role::SecurityAdmin));
            }
            members.extend(made);
            progress(members.len());
        }
        Ok(members)
    }
}

/// What somebody signs in with. Nobody does in a demonstration, but accounts have logins.
fn login(at: usize) -> String {
    format!("demo{at:04}")
}

fn title_of(person: &Person) -> &'static str {
    person.posts.first().map_or("", |post| post.title)
}

struct Hiring<'a> {
    units: &'a [UnitId],
    levels: &'a [Level],
    system: &'a Actor,
    security: Option<&'a Actor>,
}

impl Hiring<'_> {
    fn hire(&self, tx: &mut Tx, work: &mut Work, at: usize, person: &Person) -> Result<Member, CreateError> {
        let of_system = self.system.has::<ManagePeople>().ok_or(CreateError::Taken)?;
        let input = CreatePerson { name: person.name.clone(), phone: None };
        let id = people::create_person(tx, &work.next(), &of_system, &input).map_err(CreateError::refused)?;
        for post in &person.posts {
            let made = self.post(tx, work, post)?;
            let ctx = work.next();
            match self.security.and_then(|actor| actor.has::<Grant>()) {
                Some(proof) => people::hold(tx, &ctx, &proof, id, made, ctx.now),
                None => people::appoint_security(tx, &ctx, &of_system, id, made),
            }
            .map_err(CreateError::refused)?;
        }
        let invites = self.system.has::<Invite>().ok_or(CreateError::Taken)?;
        let code = people::invite(tx, &work.next(), &invites, id, &login(at), false).map_err(CreateError::refused)?;
        let strength = if person.posts.iter().any(|post| post.role.is_admin()) { Strength::Admin } else { Strength::Staff };
        let (password, typed) = work.password(strength)?;
        people::open_account(tx, &work.next(), &code, &password).map_err(CreateError::refused)?;
        let actor = work.enter(tx, &login(at), &typed)?;
        Ok(Member { person: id, actor })
    }

    fn post(&self, tx: &mut Tx, work: &mut Work, post: &Post) -> Result<PostId, CreateError> {
        let unit = |at: usize| self.units.get(at).copied().ok_or_else(|| CreateError::Data("a post of no unit".into()));
        debug_assert!(self.levels.len() >= self.units.len(), "every unit is planned");
        let input = CreatePost {
            unit: unit(post.unit)?,
            reach: if post.reach == post.unit { None } else { Some(unit(post.reach)?) },
            role: post.role,
            title: post.title.to_owned(),
        };
        let proof = self.system.has::<ManageUnits>().ok_or(CreateError::Taken)?;
        people::create_post(tx, &work.next(), &proof, &input).map_err(CreateError::refused)
    }
}

struct Work {
    piece: Piece,
}

impl Work {
    /// The surroundings of the next entry, a moment later.
    fn next(&mut self) -> base::Ctx {
        self.piece.clock.advance(EACH / 8);
        self.piece.env.ctx()
    }

    fn password(&mut self, strength: Strength) -> Result<(NewPassword, String), CreateError> {
        let typed = format!("Lx-{:032x}", self.piece.env.random.bits());
        let made = NewPassword::make(&Params::light(), &*self.piece.env.random, &typed, "", strength).map_err(CreateError::refused)?;
        Ok((made, typed))
    }

    /// Sign somebody in for as long as it takes to learn what they may do.
    fn enter(&mut self, tx: &mut Tx, login: &str, password: &str) -> Result<Actor, CreateError> {
        let ctx = self.next();
        let checked = sign::candidate(tx, &ctx, login)?.verify(&Params::light(), password);
        let SignIn::In(token) = sign::sign_in(tx, &ctx, &checked, "demo")? else { return Err(CreateError::Taken) };
        let actor = sign::actor(tx, ctx.now, &token)?.ok_or(CreateError::Taken)?;
        sign::sign_out(tx, &token)?;
        Ok(actor)
    }
}

impl Piece {
    /// The surroundings of an operation at this time.
    pub(crate) fn at(&self, at: Time) -> base::Ctx {
        debug_assert!(at >= self.clock.now(), "time only goes on");
        self.clock.set(at);
        self.env.ctx()
    }
}
