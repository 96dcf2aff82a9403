//! One concern's particulars: the same house, street, shop and date in every sentence about it.

use base::{Date, Time};

use crate::data::{Data, Situation};
use crate::dice::Dice;
use crate::naming::Naming;
use crate::phrase::Slots;
use crate::plan::{Community, Plan};

/// The particulars of one concern. Slots of answers that depend on their own day are given by [`Scene::on`].
#[derive(Debug, Clone)]
pub struct Scene {
    estate: String,
    building: String,
    entrance: String,
    room: String,
    floor: String,
    road: String,
    crossing: String,
    community: String,
    town: String,
    village: String,
    company: String,
    other: Others,
    day: Time,
    earlier: String,
    variant: usize,
}

#[derive(Debug, Clone)]
struct Others {
    school: String,
    hospital: String,
    market: String,
    park: String,
    river: String,
    bus: String,
    shop: String,
    employer: String,
}

/// A scene on the day of an answer, with the unit that gives it.
pub struct Answering<'a> {
    scene: &'a Scene,
    unit: &'a str,
    lately: String,
    later: String,
    year: i16,
}

/// Whether a situation can come up in such a community in that month, and how often.
pub fn weight(situation: &Situation, village: bool, month: i8) -> u64 {
    let fits = match situation.place.as_str() {
        "urban" => !village,
        "rural" => village,
        _ => true,
    };
    let season = situation.months.contains(&month);
    match (fits, season, situation.only) {
        (false, _, _) | (true, false, true) => 0,
        (true, true, _) => situation.weight * 3,
        (true, false, false) if situation.months.is_empty() => situation.weight * 2,
        (true, false, false) => situation.weight,
    }
}

impl Scene {
    /// The particulars of a concern of this community at that time.
    pub fn draw(data: &Data, plan: &Plan, community: &Community, situation: &Situation, dice: &mut Dice, at: Time) -> Scene {
        let pick = |dice: &mut Dice, of: &[String]| dice.pick(of).cloned().unwrap_or_default();
        let name = |unit: usize| plan.units.get(unit).map_or(String::new(), |unit| unit.name.clone());
        let home = usize::try_from(dice.below(community.estates.len() as u64)).unwrap_or(0);
        let road = pick(dice, &community.roads);
        let other_road = pick(dice, &community.roads);
        let crossing = if other_road == road { format!("{road}与环路交叉口") } else { format!("{road}与{other_road}交叉口") };
        let floor = dice.between(1, 17);
        let village = if community.village { name(community.unit) } else { "附近村".into() };
        let earlier = match dice.below(6) {
            0 => "昨天".to_owned(),
            1 => "前天".to_owned(),
            2 => "上周末".to_owned(),
            3 => "前几天".to_owned(),
            4 => format!("上周{}", ["一", "二", "三", "四", "五"].get(usize::try_from(dice.below(5)).unwrap_or(0)).unwrap_or(&"三")),
            _ => format!("{}号", before(at, dice.between(2, 8)).day()),
        };
        Scene {
            estate: community.estates.get(home).cloned().unwrap_or_default(),
            building: format!("{}号{}", dice.between(1, 26), if community.village { "" } else { "楼" }),
            entrance: format!("{}单元", dice.between(1, 4)),
            room: format!("{floor}{:02}", dice.between(1, 4)),
            floor: floor.to_string(),
            road,
            crossing,
            community: name(community.unit),
            town: name(community.town),
            village,
            company: community.companies.get(home).cloned().unwrap_or_default(),
            other: Others {
                school: pick(dice, &data.district.schools),
                hospital: pick(dice, &data.district.hospitals),
                market: pick(dice, &data.district.markets),
                park: pick(dice, &data.district.parks),
                river: pick(dice, &data.district.rivers),
                bus: pick(dice, &data.district.buses),
                shop: pick(dice, &data.district.shops),
                employer: pick(dice, &data.district.companies),
            },
            day: before(at, dice.between(2, 20)).to_datetime_start(),
            earlier,
            variant: usize::try_from(dice.below(situation.title.len() as u64)).unwrap_or(0),
        }
    }

    /// The scene as the answering unit writes of it on that day.
    pub fn on<'a>(&'a self, unit: &'a str, day: Time, dice: &mut Dice) -> Answering<'a> {
        let said = |day: Date| format!("{}月{}日", day.month(), day.day());
        let (lately, later) = (before(day, dice.between(0, 2)), before(day, -dice.between(6, 25)));
        Answering { scene: self, unit, lately: said(lately), later: said(later), year: day.date().year() }
    }

    /// The name of the estate or of the village's group.
    pub fn estate(&self) -> &str {
        &self.estate
    }

    /// Whether the resident named a house.
    pub fn address(&self) -> String {
        format!("{}{}{}", self.estate, self.building, self.entrance)
    }
}

fn before(at: Time, days: i64) -> Date {
    at.plus(-days * Time::DAY).date()
}

trait Start {
    fn to_datetime_start(self) -> Time;
}

impl Start for Date {
    fn to_datetime_start(self) -> Time {
        Time::from_civil(self.at(0, 0, 0, 0))
    }
}

impl Slots for Scene {
    fn slot(&self, name: &str) -> Option<String> {
        let text = match name {
            "小区" => &self.estate,
            "楼" => &self.building,
            "单元" => &self.entrance,
            "室" => &self.room,
            "层" => &self.floor,
            "路" => &self.road,
            "路口" => &self.crossing,
            "社区" => &self.community,
            "镇街" => &self.town,
            "村" => &self.village,
            "物业" => &self.company,
            "学校" => &self.other.school,
            "医院" => &self.other.hospital,
            "市场" => &self.other.market,
            "公园" => &self.other.park,
            "河" => &self.other.river,
            "公交" => &self.other.bus,
            "店" => &self.other.shop,
            "公司" => &self.other.employer,
            "前日" => &self.earlier,
            "单位" => &self.town,
            "日期" => return Some(format!("{}月{}日", self.day.date().month(), self.day.date().day())),
            _ => return None,
        };
        Some(text.clone())
    }

    fn variant(&self) -> usize {
        self.variant
    }
}

impl Slots for Answering<'_> {
    fn slot(&self, name: &str) -> Option<String> {
        match name {
            "单位" => Some(self.unit.to_owned()),
            "近日" => Some(self.lately.clone()),
            "将来" => Some(self.later.clone()),
            "明年" => Some(format!("{}年", self.year.saturating_add(1))),
            "下季度" => Some("下季度".to_owned()),
            other => self.scene.slot(other),
        }
    }

    fn variant(&self) -> usize {
        self.scene.variant
    }
}

/// A mobile number that nobody has: of ranges that have been given to no carrier.
pub fn phone(dice: &mut Dice) -> String {
    format!("1{}{:08}", dice.word(&["42", "54"]), dice.below(100_000_000))
}

/// What a resident calls themselves.
pub fn caller(naming: &mut Naming<'_>, dice: &mut Dice) -> String {
    let named = naming.draw(dice.between(22, 78));
    match dice.below(10) {
        0..=5 => named.name,
        6..=8 => format!("{}{}", named.surname, if named.woman { "女士" } else { "先生" }),
        _ => format!("{}{}", named.surname, if named.woman { "阿姨" } else { "师傅" }),
    }
}
