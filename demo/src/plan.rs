//! The district on paper: units with their codes, and what lies in each community.

use people::Level;

use crate::data::Data;
use crate::dice::Dice;

/// How much is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Two towns, six communities, some forty concerns: for tests.
    Small,
    /// Eight towns, sixty communities, some twenty thousand concerns.
    Full,
}

/// A unit to be.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its level.
    pub level: Level,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its telephone, where it has one.
    pub phone: Option<String>,
    /// The unit it stands under, by its place in [`Plan::units`], which is always earlier.
    pub parent: Option<usize>,
    /// The department's key in the data, empty for others.
    pub key: String,
}

/// What a community is like.
#[derive(Debug, Clone)]
pub struct Community {
    /// Its unit.
    pub unit: usize,
    /// The town's unit.
    pub town: usize,
    /// Whether it is a village.
    pub village: bool,
    /// Housing estates, or groups of a village.
    pub estates: Vec<String>,
    /// The company that looks after each estate.
    pub companies: Vec<String>,
    /// Streets.
    pub roads: Vec<String>,
    /// Its grids' units.
    pub grids: Vec<usize>,
}

/// The whole district.
#[derive(Debug)]
pub struct Plan {
    /// All units, parents before children.
    pub units: Vec<Unit>,
    /// Communities.
    pub communities: Vec<Community>,
    /// Departments' units.
    pub departments: Vec<usize>,
    /// Towns' units.
    pub towns: Vec<usize>,
    /// Branches and general branches of the Party tree, with the admin unit each one lies in.
    pub branches: Vec<(usize, usize)>,
}

impl Plan {
    /// Draw the district.
    pub fn draw(data: &Data, dice: &Dice, size: Size) -> Plan {
        let (towns, most) = match size {
            Size::Small => (2, 3),
            Size::Full => (usize::MAX, usize::MAX),
        };
        let mut plan =
            Plan { units: Vec::new(), communities: Vec::new(), departments: Vec::new(), towns: Vec::new(), branches: Vec::new() };
        let district = &data.district;
        let root = plan.add(Level::District, format!("{}000000", district.code), district.name.clone(), Some("0380-8800000".into()), None);
        let mut estates = Estates::new(data, dice.stream("estates"));
        let mut grid_dice = dice.stream("grids");
        let (mut streets, mut rural) = (0, 99);
        // A small district still has both kinds of town: the first street and the first of the countryside.
        let first_rural = district.town.iter().position(|town| town.name.ends_with('镇')).unwrap_or(0);
        let chosen = district.town.iter().enumerate().filter(|(at, _)| towns > 2 || *at == 0 || *at == first_rural);
        for (at, town) in chosen {
            let serial = if town.name.ends_with("街道") { &mut streets } else { &mut rural };
            *serial += 1;
            let town_code = format!("{}{serial:03}", district.code);
            let phone = format!("0380-880{:02}00", at + 11);
            let unit = plan.add(Level::Town, format!("{town_code}000"), town.name.clone(), Some(phone), Some(root));
            plan.towns.push(unit);
            let (mut committees, mut villages) = (0, 199);
            let rural_first =
                town.communities.iter().filter(|name| name.ends_with('村')).chain(town.communities.iter().filter(|n| !n.ends_with('村')));
            let names: Vec<&String> =
                if most == 3 && *serial > 99 { rural_first.take(most).collect() } else { town.communities.iter().take(most).collect() };
            for name in names {
                let village = name.ends_with('村');
                let serial = if village { &mut villages } else { &mut committees };
                *serial += 1;
                let code = format!("{town_code}{serial:03}");
                plan.community(&mut estates, &mut grid_dice, Place { town: unit, code, name, roads: &town.roads, size });
            }
        }
        for (at, department) in district.department.iter().enumerate() {
            let code = format!("{}-{:02}", district.code, at + 1);
            let unit = plan.add(Level::Department, code, department.name.clone(), Some(department.phone.clone()), Some(root));
            if let Some(made) = plan.units.get_mut(unit) {
                made.key.clone_from(&department.key);
            }
            plan.departments.push(unit);
        }
        plan.party(data, root);
        plan
    }

    fn add(&mut self, level: Level, code: String, name: String, phone: Option<String>, parent: Option<usize>) -> usize {
        self.units.push(Unit { level, code, name, phone, parent, key: String::new() });
        self.units.len() - 1
    }

    fn community(&mut self, estates: &mut Estates<'_>, dice: &mut Dice, place: Place<'_>) {
        let village = place.name.ends_with('村');
        let unit = self.add(Level::Community, place.code.clone(), place.name.clone(), None, Some(place.town));
        let here: Vec<(String, String)> = if village { estates.groups(place.name, dice) } else { estates.draw(dice.between(3, 5)) };
        let roads = place.roads.to_vec();
        let mut grids = Vec::new();
        // Base grids number their estates' halves and quarters; a special one is a place of work or study.
        let count = if place.size == Size::Small { 3 } else { dice.between(8, 12) };
        for n in 1..=count {
            let at = usize::try_from(n - 1).unwrap_or(0) % here.len().max(1);
            let estate = here.get(at).map_or("", |(name, _)| name.as_str());
            let round = usize::try_from(n - 1).unwrap_or(0) / here.len().max(1);
            let parts = if village { ["", "河东片", "河西片", "新村片"] } else { ["东区", "西区", "南区", "沿街片"] };
            let part = parts.get(round % 4).copied().unwrap_or("");
            let name = format!("第{}网格（{estate}{part}）", numeral(n));
            grids.push(self.add(Level::Grid, format!("{}{n:03}", place.code), name, None, Some(unit)));
        }
        if !village && place.size == Size::Full && dice.chance(700) {
            let special = dice.word(&["商业街", "产业园", "农贸市场", "学校周边", "写字楼", "医院周边"]);
            grids.push(self.add(Level::Grid, format!("{}501", place.code), format!("专属网格（{special}）"), None, Some(unit)));
        }
        let (estates, companies) = here.into_iter().unzip();
        self.communities.push(Community { unit, town: place.town, village, estates, companies, roads, grids });
    }

    /// A thin Party tree: the district's committee, a committee for each town, a general branch or a
    /// branch for each community, and a branch in each department.
    fn party(&mut self, data: &Data, root: usize) {
        let code = &data.district.code;
        let top = self.add(Level::PartyCommittee, format!("{code}-P0"), format!("中共{}委员会", data.district.name), None, None);
        let towns: Vec<(usize, String)> = self.towns.iter().filter_map(|unit| Some((*unit, self.units.get(*unit)?.name.clone()))).collect();
        let mut committees = Vec::new();
        for (n, (unit, name)) in towns.iter().enumerate() {
            let kind = if name.ends_with("街道") { "党工委" } else { "党委" };
            committees
                .push((*unit, self.add(Level::PartyCommittee, format!("{code}-P{}", n + 1), format!("{name}{kind}"), None, Some(top))));
        }
        let communities: Vec<(usize, usize, String, bool)> = self
            .communities
            .iter()
            .filter_map(|c| Some((c.unit, c.town, self.units.get(c.unit)?.name.clone(), c.grids.len() > 9)))
            .collect();
        for (n, (unit, town, name, large)) in communities.into_iter().enumerate() {
            let above = committees.iter().find(|(of, _)| *of == town).map_or(top, |(_, committee)| *committee);
            if large {
                let general = self.add(Level::GeneralBranch, format!("{code}-G{}", n + 1), format!("{name}党总支"), None, Some(above));
                for (k, part) in ["第一党支部", "第二党支部"].into_iter().enumerate() {
                    let branch =
                        self.add(Level::Branch, format!("{code}-G{}-{}", n + 1, k + 1), format!("{name}{part}"), None, Some(general));
                    self.branches.push((branch, unit));
                }
            } else {
                let branch = self.add(Level::Branch, format!("{code}-B{}", n + 1), format!("{name}党支部"), None, Some(above));
                self.branches.push((branch, unit));
            }
        }
        let departments: Vec<(usize, String)> =
            self.departments.iter().filter_map(|unit| Some((*unit, self.units.get(*unit)?.name.clone()))).collect();
        for (n, (unit, name)) in departments.into_iter().enumerate() {
            let branch = self.add(Level::Branch, format!("{code}-D{}", n + 1), format!("{name}机关党支部"), None, Some(top));
            self.branches.push((branch, unit));
        }
        debug_assert_eq!(root, 0, "the district is the first unit");
    }

    /// The unit of a department by its key.
    pub fn department(&self, key: &str) -> Option<usize> {
        self.departments.iter().copied().find(|unit| self.units.get(*unit).is_some_and(|unit| unit.key == key))
    }
}

struct Place<'a> {
    town: usize,
    code: String,
    name: &'a String,
    roads: &'a [String],
    size: Size,
}

fn numeral(n: i64) -> &'static str {
    const NUMERALS: [&str; 13] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
    usize::try_from(n).ok().and_then(|n| NUMERALS.get(n)).copied().unwrap_or("十三")
}

/// Names of estates, each pair of parts once in the district.
struct Estates<'a> {
    data: &'a Data,
    pairs: Vec<(usize, usize)>,
    dice: Dice,
}

impl<'a> Estates<'a> {
    fn new(data: &'a Data, mut dice: Dice) -> Estates<'a> {
        // Of each first part at most five estates, spread over the second parts.
        let (firsts, seconds) = (data.district.estate_first.len(), data.district.estate_second.len());
        let mut pairs = Vec::new();
        for first in 0..firsts {
            let start = usize::try_from(dice.below(seconds as u64)).unwrap_or(0);
            pairs.extend((0..5).map(|step| (first, (start + step * 5) % seconds.max(1))));
        }
        dice.shuffle(&mut pairs);
        Estates { data, pairs, dice }
    }

    fn company(&mut self) -> String {
        self.dice.pick(&self.data.district.property_companies).cloned().unwrap_or_default()
    }

    fn draw(&mut self, count: i64) -> Vec<(String, String)> {
        (0..count)
            .filter_map(|_| {
                let (first, second) = self.pairs.pop()?;
                let name = format!("{}{}", self.data.district.estate_first.get(first)?, self.data.district.estate_second.get(second)?);
                Some((name, self.company()))
            })
            .collect()
    }

    fn groups(&mut self, village: &str, dice: &mut Dice) -> Vec<(String, String)> {
        (1..=dice.between(3, 6)).map(|n| (format!("{village}{}组", numeral(n)), "村委会".to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_district_is_as_large_as_said() {
        let data = Data::load().unwrap();
        let plan = Plan::draw(&data, &Dice::new(1), Size::Full);
        let count = |level| plan.units.iter().filter(|unit| unit.level == level).count();
        assert_eq!((count(Level::District), count(Level::Town), count(Level::Community)), (1, 8, 60));
        assert!((560..=680).contains(&count(Level::Grid)), "{}", count(Level::Grid));
        assert!(count(Level::Department) >= 20);
        let again = Plan::draw(&data, &Dice::new(1), Size::Full);
        assert_eq!(format!("{plan:?}"), format!("{again:?}"));
    }

    #[test]
    fn codes_fit_and_are_not_shared() {
        let data = Data::load().unwrap();
        for size in [Size::Small, Size::Full] {
            let plan = Plan::draw(&data, &Dice::new(9), size);
            let mut codes = std::collections::HashSet::new();
            for unit in &plan.units {
                assert!(codes.insert(&unit.code), "{} twice", unit.code);
                let parent = unit.parent.map(|at| &plan.units[at]);
                assert!(unit.level.may_stand_under(parent.map(|p| p.level)), "{unit:?}");
                assert!(people::code_fits(unit.level, &unit.code, parent.map(|p| p.code.as_str())), "{unit:?}");
                assert!(!unit.name.is_empty() && unit.name.chars().count() < 30, "{unit:?}");
            }
            assert_eq!(plan.communities.len(), if size == Size::Small { 6 } else { 60 });
            assert!(plan.communities.iter().any(|c| c.village) && plan.communities.iter().any(|c| !c.village));
        }
    }

    #[test]
    fn villages_and_streets_have_their_numbers() {
        let data = Data::load().unwrap();
        let plan = Plan::draw(&data, &Dice::new(1), Size::Full);
        for community in &plan.communities {
            let (code, town) = (&plan.units[community.unit].code, &plan.units[community.town]);
            let serial: u32 = code[9..12].parse().unwrap();
            assert_eq!((200..400).contains(&serial), community.village, "{code}");
            let town_serial: u32 = town.code[6..9].parse().unwrap();
            assert_eq!((100..200).contains(&town_serial), town.name.ends_with('镇'), "{}", town.name);
        }
    }
}
