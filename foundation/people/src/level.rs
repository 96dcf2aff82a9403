//! The levels of units, the two trees they form, and what may stand under what.

/// Which of the two trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TreeKind {
    /// District, towns, communities, grids, and the departments beside them.
    Admin,
    /// Party committees, general branches, branches and groups.
    Party,
}

/// The level of a unit. It also says which tree the unit is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Level {
    /// 区县
    District,
    /// 镇街
    Town,
    /// 社区、村
    Community,
    /// 网格
    Grid,
    /// 部门: stands beside the towns, under the district.
    Department,
    /// 党委
    PartyCommittee,
    /// 党总支
    GeneralBranch,
    /// 党支部
    Branch,
    /// 党小组
    PartyGroup,
}

impl Level {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Level; 9] = [
        Level::District,
        Level::Town,
        Level::Community,
        Level::Grid,
        Level::Department,
        Level::PartyCommittee,
        Level::GeneralBranch,
        Level::Branch,
        Level::PartyGroup,
    ];

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Level::District => "district",
            Level::Town => "town",
            Level::Community => "community",
            Level::Grid => "grid",
            Level::Department => "department",
            Level::PartyCommittee => "party_committee",
            Level::GeneralBranch => "general_branch",
            Level::Branch => "branch",
            Level::PartyGroup => "party_group",
        }
    }

    /// From [`Level::code`].
    pub fn parse(code: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.code() == code)
    }

    /// The tree a unit of this level is in.
    pub fn tree(self) -> TreeKind {
        match self {
            Level::District | Level::Town | Level::Community | Level::Grid | Level::Department => TreeKind::Admin,
            Level::PartyCommittee | Level::GeneralBranch | Level::Branch | Level::PartyGroup => TreeKind::Party,
        }
    }

    /// Whether a unit of this level may stand under one of that level, or under none.
    pub fn may_stand_under(self, parent: Option<Level>) -> bool {
        match self {
            Level::District => parent.is_none(),
            Level::Town | Level::Department => parent == Some(Level::District),
            Level::Community => parent == Some(Level::Town),
            Level::Grid => parent == Some(Level::Community),
            Level::PartyCommittee => matches!(parent, None | Some(Level::PartyCommittee)),
            Level::GeneralBranch => parent == Some(Level::PartyCommittee),
            Level::Branch => matches!(parent, Some(Level::PartyCommittee | Level::GeneralBranch)),
            Level::PartyGroup => parent == Some(Level::Branch),
        }
    }
}

/// Whether a unit of this level may bear this code under a parent that bears that one.
///
/// Divisions have twelve digits and grids fifteen, and each begins with what its parent is known by:
/// six digits of a district, nine of a town, twelve of a community. Departments and Party
/// organisations bear codes of their own, up to 20 letters and digits.
pub fn code_fits(level: Level, code: &str, parent: Option<&str>) -> bool {
    let digits = |n: usize| code.len() == n && code.bytes().all(|b| b.is_ascii_digit());
    let under = |n: usize| parent.is_some_and(|parent| parent.get(..n).is_some() && parent.get(..n) == code.get(..n));
    match level {
        Level::District => digits(12) && code.ends_with("000000"),
        Level::Town => digits(12) && code.ends_with("000") && !code.ends_with("000000") && under(6),
        Level::Community => digits(12) && !code.ends_with("000") && under(9),
        Level::Grid => digits(15) && under(12),
        Level::Department | Level::PartyCommittee | Level::GeneralBranch | Level::Branch | Level::PartyGroup => {
            (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_back() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.code()), Some(level));
        }
        assert_eq!(Level::parse("province"), None);
    }

    #[test]
    fn what_stands_under_what() {
        assert!(Level::Grid.may_stand_under(Some(Level::Community)));
        assert!(!Level::Grid.may_stand_under(Some(Level::Town)), "a grid never hangs on a town directly");
        assert!(!Level::District.may_stand_under(Some(Level::District)));
        for (child, parent) in Level::ALL.into_iter().flat_map(|a| Level::ALL.map(|b| (a, b))) {
            assert!(!child.may_stand_under(Some(parent)) || child.tree() == parent.tree(), "{child:?} under {parent:?}");
        }
    }

    #[test]
    fn codes_begin_with_their_parents() {
        assert!(code_fits(Level::District, "990105000000", None));
        assert!(!code_fits(Level::District, "990105001000", None));
        assert!(code_fits(Level::Town, "990105001000", Some("990105000000")));
        assert!(!code_fits(Level::Town, "990106001000", Some("990105000000")));
        assert!(code_fits(Level::Community, "990105001002", Some("990105001000")));
        assert!(!code_fits(Level::Community, "990105001000", Some("990105001000")));
        assert!(code_fits(Level::Grid, "990105001002003", Some("990105001002")));
        assert!(!code_fits(Level::Grid, "990105001003003", Some("990105001002")));
        assert!(!code_fits(Level::Grid, "99010500100200三", Some("990105001002")));
        assert!(code_fits(Level::Department, "11990105MB0001234X", None) && !code_fits(Level::Department, "", None));
    }
}
