//! What a register knows of somebody, in the groups in which it is sealed.

use base::Purpose;
use serde::{Deserialize, Serialize};

/// Where they live.
pub(crate) const HOME: Purpose = Purpose("residents.home");
/// Who they are.
pub(crate) const IDENTITY: Purpose = Purpose("residents.identity");
/// How they are reached.
pub(crate) const PHONE: Purpose = Purpose("residents.phone");
/// What else is noted.
pub(crate) const TRAITS: Purpose = Purpose("residents.traits");
/// What the blind indexes are made for.
pub(crate) const KEY: Purpose = Purpose("residents.key");

/// The longest text of a field, in characters.
pub(crate) const LONGEST: usize = 60;

/// 住址
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// 小区
    pub estate: String,
    /// 楼
    pub building: String,
    /// 单元
    pub unit: String,
    /// 室
    pub room: String,
}

impl Home {
    /// Without unit and room, for lists.
    pub fn masked(&self) -> String {
        [self.estate.as_str(), &self.building].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    /// All of it.
    pub fn whole(&self) -> String {
        let parts = [&self.estate, &self.building, &self.unit, &self.room];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// 身份
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: String,
    /// 身份证号, eighteen characters, or nothing.
    pub number: String,
    /// 民族
    pub ethnicity: String,
    /// 户籍地
    pub registered: String,
}

/// 其他
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    /// 户主
    pub head: String,
    /// 与户主关系
    pub relation: String,
    /// 政治面貌
    pub politics: String,
    /// 人户情况
    pub status: String,
    /// 人群标签
    pub tags: String,
}

/// Somebody in a register, in plain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resident {
    /// Where they live.
    pub home: Home,
    /// Who they are.
    pub identity: Identity,
    /// A telephone.
    pub phone: String,
    /// What else is noted.
    pub traits: Traits,
}

/// The first character of a name and stars.
pub fn mask_name(name: &str) -> String {
    name.chars().enumerate().map(|(at, c)| if at == 0 { c } else { '*' }).collect()
}

/// An identity number for lists.
pub(crate) fn mask_number(number: &str) -> String {
    base::id_number::IdNumber::parse(number).map_or_else(|_| String::new(), |number| number.masked())
}

/// A telephone for lists.
pub(crate) fn mask_phone(phone: &str) -> String {
    base::Phone::parse(phone).map_or_else(|_| String::new(), |phone| phone.masked())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lists_show() {
        assert_eq!((mask_name("欧阳小明"), mask_name("王")), ("欧***".into(), "王".into()));
        assert_eq!(mask_number("11010519491231002X"), "110105**********2X");
        assert_eq!((mask_phone("13812341234"), mask_phone("?")), ("138****1234".into(), String::new()));
        let home = Home { estate: "春和苑".into(), building: "3栋".into(), unit: String::new(), room: "502".into() };
        assert_eq!((home.masked(), home.whole()), ("春和苑 3栋".into(), "春和苑 3栋 502".into()));
    }
}
