//! Who works in the district: about nine hundred people and the posts they hold.

use people::{Level, Role};

use crate::data::Data;
use crate::dice::Dice;
use crate::naming::Naming;
use crate::plan::{Plan, Size};

/// A person to be, with posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The posts, the main one first.
    pub posts: Vec<Post>,
}

/// A post to be, for one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// The unit, by its place in [`Plan::units`].
    pub unit: usize,
    /// The unit whose subtree its permissions reach.
    pub reach: usize,
    /// What the holder does.
    pub role: Role,
    /// What the holder is called.
    pub title: &'static str,
}

struct Hiring<'a> {
    plan: &'a Plan,
    naming: Naming<'a>,
    dice: Dice,
    people: Vec<Person>,
}

/// Draw the staff of a planned district.
pub fn draw(data: &Data, plan: &Plan, dice: &Dice, size: Size) -> Vec<Person> {
    let naming = Naming::new(&data.names, dice.stream("names"));
    let mut hiring = Hiring { plan, naming, dice: dice.stream("staff"), people: Vec::new() };
    let full = size == Size::Full;
    hiring.district(full);
    for (at, department) in plan.departments.iter().enumerate() {
        hiring.department(*department, full, at);
    }
    for town in &plan.towns {
        hiring.hire(*town, Role::TownLeader, "党（工）委书记", 44..=56);
        if full {
            hiring.hire(*town, Role::TownLeader, "主任（镇长）", 38..=52);
        }
        hiring.many(*town, Role::TownDesk, "诉求受理岗", if full { 2 } else { 1 }, 26..=45);
        for title in ["综合行政执法队", "平安建设办", "公共服务办", "城市管理办", "经济发展办"].into_iter().take(if full { 5 } else { 2 })
        {
            hiring.hire(*town, Role::TownStaff, title, 25..=56);
        }
    }
    for community in &plan.communities {
        let title = if community.village { "村党组织书记、村委会主任" } else { "社区党组织书记、居委会主任" };
        let secretary = hiring.hire(community.unit, Role::CommunitySecretary, title, 32..=58);
        if let Some((branch, _)) = plan.branches.iter().find(|(_, of)| *of == community.unit) {
            let post = Post { unit: *branch, reach: *branch, role: Role::BranchSecretary, title: "支部书记" };
            if let Some(person) = hiring.people.get_mut(secretary) {
                person.posts.push(post);
            }
        }
        hiring.hire(community.unit, Role::CommunityStaff, if community.village { "村“两委”委员" } else { "社区工作者" }, 24..=52);
        hiring.grids(&community.grids);
    }
    hiring.party(full);
    hiring.people
}

impl Hiring<'_> {
    /// A person with one post that reaches its unit; gives their place in the list.
    fn hire(&mut self, unit: usize, role: Role, title: &'static str, ages: std::ops::RangeInclusive<i64>) -> usize {
        self.reaching(Post { unit, reach: unit, role, title }, ages)
    }

    fn reaching(&mut self, post: Post, ages: std::ops::RangeInclusive<i64>) -> usize {
        let age = self.dice.between(*ages.start(), *ages.end());
        let name = self.naming.draw(age).name;
        self.people.push(Person { name, posts: vec![post] });
        self.people.len() - 1
    }

    fn many(&mut self, unit: usize, role: Role, title: &'static str, count: usize, ages: std::ops::RangeInclusive<i64>) {
        for _ in 0..count {
            self.hire(unit, role, title, ages.clone());
        }
    }

    fn district(&mut self, full: bool) {
        for (role, title) in [(Role::SystemAdmin, "系统管理员"), (Role::SecurityAdmin, "安全管理员"), (Role::AuditAdmin, "审计管理员")]
        {
            self.hire(0, role, title, 28..=45);
        }
        let leaders = ["区委书记", "区长", "区委副书记", "常务副区长"];
        for title in leaders.into_iter().take(if full { 4 } else { 1 }) {
            self.hire(0, Role::DistrictLeader, title, 42..=56);
        }
        self.many(0, Role::DistrictDesk, "区级受理岗", if full { 6 } else { 1 }, 25..=45);
    }

    fn department(&mut self, unit: usize, full: bool, at: usize) {
        let key = self.plan.units.get(unit).map_or("", |unit| unit.key.as_str());
        let lead = self.hire(unit, Role::DepartmentLead, "局长（主任）", 42..=57);
        let branch = self.plan.branches.iter().find(|(_, of)| *of == unit);
        if let (Some((branch, _)), Some(person)) = (branch, self.people.get_mut(lead)) {
            person.posts.push(Post { unit: *branch, reach: *branch, role: Role::BranchSecretary, title: "机关支部书记" });
        }
        match key {
            "callback" => {
                for _ in 0..if full { 8 } else { 2 } {
                    self.reaching(Post { unit, reach: 0, role: Role::CallBack, title: "回访员" }, 23..=42);
                }
            }
            "supervision" => {
                for _ in 0..if full { 4 } else { 1 } {
                    self.reaching(Post { unit, reach: 0, role: Role::Oversight, title: "督查专员" }, 28..=50);
                }
            }
            _ => {
                let titles = ["诉求办理岗", "行政执法科", "业务科"];
                // The departments with the most to do have one more.
                let count = if full { 2 + usize::from(at.is_multiple_of(2)) } else { 1 };
                for title in titles.into_iter().take(count) {
                    self.hire(unit, Role::DepartmentStaff, title, 24..=56);
                }
            }
        }
    }

    /// The organisation department, the Party offices of towns, and who of the staff is a member of which branch.
    fn party(&mut self, full: bool) {
        let committees: Vec<usize> = (0..self.plan.units.len())
            .filter(|at| self.plan.units.get(*at).is_some_and(|unit| unit.level == Level::PartyCommittee))
            .collect();
        for (n, committee) in committees.into_iter().enumerate() {
            if n == 0 {
                self.many(committee, Role::PartyAffairs, "区委组织部干部", if full { 2 } else { 1 }, 28..=45);
            } else if full || n == 1 {
                self.hire(committee, Role::PartyAffairs, "组织办干部", 26..=45);
            }
        }
        // Whoever works in a unit that has a branch belongs to it, most of them as members; where there are two, by turns.
        let mut turn = 0;
        for at in 0..self.people.len() {
            let Some(post) = self.people.get(at).and_then(|person| person.posts.first()).copied() else { continue };
            if post.role.is_admin() || post.role == Role::PartyAffairs {
                continue;
            }
            let home = match self.plan.units.get(post.unit) {
                Some(unit) if unit.level == Level::Grid => unit.parent.unwrap_or(post.unit),
                _ => post.unit,
            };
            let branches: Vec<usize> = self.plan.branches.iter().filter(|(_, of)| *of == home).map(|(branch, _)| *branch).collect();
            turn += 1;
            let Some(branch) = branches.get(turn % branches.len().max(1)).copied() else { continue };
            let leads = |person: &Person| person.posts.iter().any(|post| post.role == Role::BranchSecretary);
            if self.people.get(at).is_some_and(leads) || !self.dice.chance(70) {
                continue;
            }
            if let Some(person) = self.people.get_mut(at) {
                person.posts.push(Post { unit: branch, reach: branch, role: Role::Member, title: "党员" });
            }
        }
    }

    /// One worker a grid; some hold the next grid too, some of the large grids have two.
    fn grids(&mut self, grids: &[usize]) {
        let mut left = grids.iter().copied().peekable();
        while let Some(grid) = left.next() {
            let worker = self.hire(grid, Role::GridWorker, "网格员", 22..=58);
            if self.dice.chance(45)
                && let (Some(next), Some(person)) = (left.next(), self.people.get_mut(worker))
            {
                person.posts.push(Post { unit: next, reach: next, role: Role::GridWorker, title: "网格员" });
            } else if self.dice.chance(30) {
                self.hire(grid, Role::GridWorker, "兼职网格员", 22..=62);
            }
        }
    }
}

/// How many hold a role.
pub fn holders(people: &[Person], role: Role) -> usize {
    people.iter().filter(|person| person.posts.iter().any(|post| post.role == role)).count()
}

/// The level at which a role's posts sit, where it has one of its own.
pub fn level_of(role: Role) -> Option<Level> {
    match role {
        Role::GridWorker => Some(Level::Grid),
        Role::CommunityStaff | Role::CommunitySecretary => Some(Level::Community),
        Role::TownStaff | Role::TownDesk | Role::TownLeader => Some(Level::Town),
        Role::DepartmentStaff | Role::DepartmentLead | Role::CallBack | Role::Oversight => Some(Level::Department),
        Role::DistrictDesk | Role::DistrictLeader => Some(Level::District),
        Role::PartyAffairs => Some(Level::PartyCommittee),
        Role::BranchSecretary | Role::Member | Role::SystemAdmin | Role::SecurityAdmin | Role::AuditAdmin => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_held_and_about_nine_hundred_work_here() {
        let data = Data::load().unwrap();
        for (size, least, most) in [(Size::Small, 60, 100), (Size::Full, 850, 960)] {
            let dice = Dice::new(1);
            let plan = Plan::draw(&data, &dice, size);
            let people = draw(&data, &plan, &dice, size);
            assert!((least..=most).contains(&people.len()), "{size:?}: {}", people.len());
            for role in Role::ALL {
                assert!(holders(&people, role) > 0, "{size:?}: nobody is {role:?}");
            }
            for post in people.iter().flat_map(|person| &person.posts) {
                assert!(level_of(post.role).is_none_or(|level| plan.units[post.unit].level == level), "{post:?}");
            }
            if size == Size::Full {
                assert!(holders(&people, Role::GridWorker) >= 580, "{}", holders(&people, Role::GridWorker));
                assert!(people.iter().any(|p| p.posts.iter().filter(|post| post.role == Role::GridWorker).count() == 2));
            }
            let grids = plan.units.iter().enumerate().filter(|(_, unit)| unit.level == Level::Grid);
            for (grid, unit) in grids {
                assert!(people.iter().any(|p| p.posts.iter().any(|post| post.unit == grid)), "nobody works in {}", unit.name);
            }
            let admins = people.iter().filter(|p| p.posts.iter().any(|post| post.role.is_admin()));
            assert!(admins.clone().all(|p| p.posts.len() == 1) && admins.count() == 3);
        }
    }
}
