//! A small district for tests, made by the real operations: a district, two towns, two communities in
//! each, two grids in each of those, four departments, a thin Party tree, a person for each role and
//! place, and somebody signed in for each.
#![expect(clippy::expect_used, clippy::panic, reason = "for tests only: what fails here fails the test")]

use std::sync::{Arc, OnceLock};

use base::rules::Rules;
use base::{Ctx, Env, FixedClock, Keys, PersonId, SeededRandom, Time, UnitId};
use store::{Migration, Store, StoreError, Tx};

use crate::password::{NewPassword, Params, Strength};
use crate::sign::{SignIn, Token, actor, candidate, sign_in};
use crate::{
    Actor, CreatePerson, CreatePost, CreateUnit, Grant, Invite, Level, ManagePeople, ManageUnits, PostId, Role, appoint_security,
    create_person, create_post, create_unit, hold, invite, open_account, setup,
};

pub use crate::totp::shown_code;

/// The migrations that a store with a [`World`] needs; a module's test adds its own.
pub const TREES: [&[Migration]; 2] = [record::MIGRATIONS, crate::MIGRATIONS];

/// The password of everybody in a [`World`].
pub const PASSWORD: &str = "Lianxin-test-2026";

/// Surroundings for tests: a clock that stands where it was put, seeded randomness, the built-in rules.
pub fn env(seed: u64) -> (Env, Arc<FixedClock>) {
    static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
    let clock = Arc::new(FixedClock::at(store::testing::NOW));
    let random = Arc::new(SeededRandom::new(seed));
    let keys = Arc::new(Keys::parse(&Keys::generate(&*random)).expect("keys that were just made"));
    let rules = RULES.get_or_init(Rules::builtin).clone();
    (Env { clock: clock.clone(), random, rules, keys }, clock)
}

/// Somebody in a [`World`].
#[derive(Debug, Clone)]
pub struct Member {
    /// What they do.
    pub role: Role,
    /// Where.
    pub unit: UnitId,
    /// Who.
    pub person: PersonId,
    /// Their post.
    pub post: PostId,
    /// What they sign in with; the password is [`PASSWORD`].
    pub login: String,
    /// Their session.
    pub token: Token,
    /// The same, read.
    pub actor: Actor,
}

/// A small district.
#[derive(Debug, Clone)]
pub struct World {
    /// 明水区
    pub district: UnitId,
    /// 东街街道、西河镇
    pub towns: [UnitId; 2],
    /// Two of the first town, then two of the second.
    pub communities: [UnitId; 4],
    /// Two of each community, in their order.
    pub grids: [UnitId; 8],
    /// 城市管理局、住房和城乡建设局: each with a lead and a member of staff.
    pub departments: [UnitId; 2],
    /// 督查室: its Oversight post reaches the district.
    pub oversight: UnitId,
    /// 回访中心: its CallBack post reaches the district.
    pub call_back: UnitId,
    /// 区委
    pub party: UnitId,
    /// A branch under it.
    pub branch: UnitId,
    /// Everybody.
    pub members: Vec<Member>,
}

impl World {
    /// The first member with this role.
    pub fn member(&self, role: Role) -> &Member {
        self.members.iter().find(|member| member.role == role).unwrap_or_else(|| panic!("nobody is {role:?}"))
    }

    /// The member with this role in this unit.
    pub fn member_in(&self, role: Role, unit: UnitId) -> &Member {
        let found = self.members.iter().find(|member| member.role == role && member.unit == unit);
        found.unwrap_or_else(|| panic!("nobody is {role:?} in {unit}"))
    }

    /// The first signed-in actor with this role.
    pub fn actor(&self, role: Role) -> Actor {
        self.member(role).actor.clone()
    }

    /// The signed-in actor with this role in this unit.
    pub fn actor_in(&self, role: Role, unit: UnitId) -> Actor {
        self.member_in(role, unit).actor.clone()
    }
}

/// Make a [`World`] in an empty store, in a few transactions.
pub fn world(store: &Store, env: &Env) -> World {
    let inner = env.clone();
    let begun = store.write_now(move |tx| Ok::<Begun, StoreError>(Builder { tx, env: &inner, made: 0 }.begin()));
    let Begun { mut world, admin, granting, mut made, plans } = begun.expect("a small district");
    for some in plans.chunks(6) {
        let (inner, some, admin, granting) = (env.clone(), some.to_vec(), admin.clone(), granting.clone());
        let members = store.write_now(move |tx| {
            let mut builder = Builder { tx, env: &inner, made };
            Ok::<_, StoreError>(some.iter().map(|plan| builder.member(&admin, &granting, plan)).collect::<Vec<_>>())
        });
        world.members.extend(members.expect("people of a small district"));
        made += 6;
    }
    world
}

struct Builder<'a> {
    tx: &'a mut Tx,
    env: &'a Env,
    made: usize,
}

/// What stands before the people come.
struct Begun {
    world: World,
    admin: Actor,
    granting: Actor,
    made: usize,
    plans: Vec<Plan>,
}

#[derive(Clone)]
struct Plan {
    role: Role,
    unit: UnitId,
    reach: Option<UnitId>,
    title: &'static str,
}

impl Builder<'_> {
    fn ctx(&self) -> Ctx {
        self.env.ctx()
    }

    fn password(&self, strength: Strength) -> NewPassword {
        NewPassword::make(&Params::light(), &*self.env.random, PASSWORD, "", strength).expect("a password that meets the rules")
    }

    fn signed_in(&mut self, login: &str) -> (Token, Actor) {
        let ctx = self.ctx();
        let checked = candidate(self.tx, &ctx, login).expect("the store").verify(&Params::light(), PASSWORD);
        let SignIn::In(token) = sign_in(self.tx, &ctx, &checked, "test").expect("the store") else { panic!("{login} does not sign in") };
        let actor = actor(self.tx, ctx.now, &token).expect("the store").expect("a session that was just made");
        (token, actor)
    }

    fn unit(&mut self, admin: &Actor, level: Level, parent: Option<UnitId>, code: &str, name: &str) -> UnitId {
        let ctx = self.ctx();
        let proof = admin.has::<ManageUnits>().expect("the system administrator");
        self.made += 1;
        let ord = i64::try_from(self.made).unwrap_or(0);
        let input = CreateUnit { code: code.into(), name: name.into(), phone: None, level, parent, ord };
        create_unit(self.tx, &ctx, &proof, &input).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn post(&mut self, admin: &Actor, plan: &Plan) -> (PersonId, PostId, String, String) {
        let ctx = self.ctx();
        self.made += 1;
        let name = person_name(self.made);
        let login = format!("{}{}", plan.role.code().replace('_', "."), self.made);
        let (units, people, invites) = (admin.has::<ManageUnits>(), admin.has::<ManagePeople>(), admin.has::<Invite>());
        let person = create_person(self.tx, &ctx, &people.expect("the system administrator"), &CreatePerson { name, phone: None });
        let person = person.expect("a person");
        let post = CreatePost { unit: plan.unit, reach: plan.reach, role: plan.role, title: plan.title.into() };
        let post = create_post(self.tx, &ctx, &units.expect("the system administrator"), &post).expect("a post");
        let code = invite(self.tx, &ctx, &invites.expect("the system administrator"), person, &login, false).expect("an invitation");
        (person, post, login, code)
    }

    fn begin(mut self) -> Begun {
        let ctx = self.ctx();
        let code = setup::first_code(self.tx, &ctx).expect("the store").expect("an empty store");
        let first = setup::FirstAdmin {
            code,
            district_code: "990105000000".into(),
            district_name: "明水区".into(),
            name: "石磊".into(),
            login: "system.admin".into(),
            title: "系统管理员".into(),
        };
        let made = setup::make_first_admin(self.tx, &ctx, &first, &self.password(Strength::Admin)).expect("the first administrator");
        let (token, admin) = self.signed_in("system.admin");
        let district = made.district;
        let mut members = Vec::new();
        let held = admin.posts.first().expect("the post of the first administrator").post;
        let login = "system.admin".to_owned();
        members.push(Member {
            role: Role::SystemAdmin,
            unit: district,
            person: made.person,
            post: held,
            login,
            token,
            actor: admin.clone(),
        });

        let (towns, communities, grids) = self.levels(&admin, district);
        let department = |this: &mut Self, code: &str, name: &str| this.unit(&admin, Level::Department, Some(district), code, name);
        let departments = [department(&mut self, "CGJ", "城市管理局"), department(&mut self, "ZJJ", "住房和城乡建设局")];
        let oversight = department(&mut self, "DCS", "督查室");
        let call_back = department(&mut self, "HFZX", "回访中心");
        let party = self.unit(&admin, Level::PartyCommittee, None, "QW", "中共明水区委");
        let branch = self.unit(&admin, Level::Branch, Some(party), "DMZB", "东门社区党支部");

        let own = |role, unit, title| Plan { role, unit, reach: None, title };
        let security = own(Role::SecurityAdmin, district, "安全管理员");
        let (person, post, login, code) = self.post(&admin, &security);
        let ctx = self.ctx();
        let proof = admin.has::<ManagePeople>().expect("the system administrator");
        appoint_security(self.tx, &ctx, &proof, person, post).expect("the first security administrator");
        open_account(self.tx, &ctx, &code, &self.password(Strength::Admin)).expect("an account");
        let (token, granting) = self.signed_in(&login);
        members.push(Member { role: Role::SecurityAdmin, unit: district, person, post, login, token, actor: granting.clone() });

        let mut plans = vec![
            own(Role::AuditAdmin, district, "审计管理员"),
            own(Role::DistrictDesk, district, "区受理台"),
            own(Role::DistrictLeader, district, "分管副区长"),
            Plan { role: Role::Oversight, unit: oversight, reach: Some(district), title: "督查员" },
            Plan { role: Role::CallBack, unit: call_back, reach: Some(district), title: "回访员" },
            own(Role::BranchSecretary, branch, "支部书记"),
        ];
        for department in departments {
            plans.extend([own(Role::DepartmentLead, department, "局长"), own(Role::DepartmentStaff, department, "科员")]);
        }
        for town in towns {
            plans.extend([own(Role::TownDesk, town, "受理台"), own(Role::TownStaff, town, "干部"), own(Role::TownLeader, town, "主任")]);
        }
        for community in communities {
            plans.extend([own(Role::CommunitySecretary, community, "书记"), own(Role::CommunityStaff, community, "社区工作者")]);
        }
        plans.extend(grids.map(|grid| own(Role::GridWorker, grid, "网格员")));
        plans.push(own(Role::PartyAffairs, party, "组织部干部"));
        plans.extend([own(Role::Member, branch, "党员"), own(Role::Member, branch, "党员二")]);
        let made = self.made;
        let world = World { district, towns, communities, grids, departments, oversight, call_back, party, branch, members };
        Begun { world, admin, granting, made, plans }
    }

    fn member(&mut self, admin: &Actor, granting: &Actor, plan: &Plan) -> Member {
        let (person, post, login, code) = self.post(admin, plan);
        let ctx = self.ctx();
        let proof = granting.has::<Grant>().expect("the security administrator");
        hold(self.tx, &ctx, &proof, person, post, ctx.now).unwrap_or_else(|error| panic!("{:?}: {error}", plan.role));
        let strength = if plan.role.is_admin() { Strength::Admin } else { Strength::Staff };
        open_account(self.tx, &ctx, &code, &self.password(strength)).expect("an account");
        let (token, actor) = self.signed_in(&login);
        Member { role: plan.role, unit: plan.unit, person, post, login, token, actor }
    }

    fn levels(&mut self, admin: &Actor, district: UnitId) -> ([UnitId; 2], [UnitId; 4], [UnitId; 8]) {
        let names = [
            ("990105001000", "东街街道", [("990105001001", "东门社区"), ("990105001002", "学府社区")]),
            ("990105002000", "西河镇", [("990105002001", "柳湾村"), ("990105002002", "桥头社区")]),
        ];
        let mut communities = Vec::new();
        let mut grids = Vec::new();
        let towns = names.map(|(code, name, below)| {
            let town = self.unit(admin, Level::Town, Some(district), code, name);
            for (code, name) in below {
                let community = self.unit(admin, Level::Community, Some(town), code, name);
                communities.push(community);
                for (n, name) in [("001", "第一网格"), ("002", "第二网格")] {
                    grids.push(self.unit(admin, Level::Grid, Some(community), &format!("{code}{n}"), name));
                }
            }
            town
        });
        (towns, communities.try_into().expect("four communities"), grids.try_into().expect("eight grids"))
    }
}

/// An invented name; another for each number up to 240.
fn person_name(n: usize) -> String {
    const FAMILY: [&str; 16] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林"];
    const GIVEN: [&str; 15] = ["芳", "伟", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "霞", "平", "刚"];
    let pick = |names: &'static [&'static str], n: usize| names.get(n % names.len()).copied().unwrap_or("某");
    format!("{}{}", pick(&FAMILY, n), pick(&GIVEN, n))
}

/// Move the clock on and hand out a [`Ctx`]: for tests of what passes with time.
pub fn later(env: &Env, clock: &FixedClock, micros: i64) -> Ctx {
    clock.advance(micros);
    env.ctx()
}

/// Sequence what waits and verify the store with people's fold; panics with what does not agree.
pub fn assert_clean(store: &Store, env: &Env) {
    record::sequence_all(store, env).expect("the sequencer");
    let report = record::verify(store, &[crate::fold, crate::fold_tree], &[]).expect("the store");
    assert!(report.is_clean(), "{report}");
}

/// The time at which test stores are made.
pub const NOW: Time = store::testing::NOW;
