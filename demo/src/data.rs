//! The texts and lists that the demo is made of, read from the files in `data/`.

use serde::Deserialize;

/// Everything in `data/`.
pub struct Data {
    /// Names of the district, its towns, communities, departments and what lies in them.
    pub district: District,
    /// Surnames and given names.
    pub names: Names,
    /// The classification of concerns and who answers for each kind.
    pub kinds: Vec<Kind>,
    /// What residents bring.
    pub situations: Vec<Situation>,
}

/// `district.toml`.
#[derive(Debug, Deserialize)]
pub struct District {
    /// The city it belongs to.
    pub city: String,
    /// Its name.
    pub name: String,
    /// Its six digits.
    pub code: String,
    /// First parts of the names of housing estates.
    pub estate_first: Vec<String>,
    /// Second parts.
    pub estate_second: Vec<String>,
    /// Companies that look after estates.
    pub property_companies: Vec<String>,
    /// Shops.
    pub shops: Vec<String>,
    /// Employers and sellers.
    pub companies: Vec<String>,
    /// Schools.
    pub schools: Vec<String>,
    /// Hospitals.
    pub hospitals: Vec<String>,
    /// Parks and squares.
    pub parks: Vec<String>,
    /// Markets.
    pub markets: Vec<String>,
    /// Rivers and canals.
    pub rivers: Vec<String>,
    /// Bus lines.
    pub buses: Vec<String>,
    /// Towns, in their fixed order.
    pub town: Vec<Town>,
    /// Departments, in their fixed order.
    pub department: Vec<Department>,
}

/// A town with its communities.
#[derive(Debug, Deserialize)]
pub struct Town {
    /// Ends in 街道 or 镇, which decides its code.
    pub name: String,
    /// Its streets.
    pub roads: Vec<String>,
    /// Its communities; those that end in 村 are villages.
    pub communities: Vec<String>,
}

/// A department.
#[derive(Debug, Deserialize)]
pub struct Department {
    /// What `kinds.toml` calls it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its telephone.
    pub phone: String,
}

/// `names.toml`.
#[derive(Debug, Deserialize)]
pub struct Names {
    /// Surnames with their share in ten thousand.
    pub surnames: Vec<(String, u64)>,
    /// Given names of women born before 1970.
    pub women_older: Vec<String>,
    /// Given names of men born before 1970.
    pub men_older: Vec<String>,
    /// Given names of women born before 1990.
    pub women_middle: Vec<String>,
    /// Given names of men born before 1990.
    pub men_middle: Vec<String>,
    /// Given names of women born later.
    pub women_younger: Vec<String>,
    /// Given names of men born later.
    pub men_younger: Vec<String>,
    /// Full names that many know, never to be drawn.
    pub never: Vec<String>,
}

/// A kind of concern.
#[derive(Debug, Clone, Deserialize)]
pub struct Kind {
    /// Two digits for each level.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What residents say when they mean it.
    #[serde(default)]
    pub words: Vec<String>,
    /// Who answers for it: the key of a department, `town` or `community`; where empty, as the kind above.
    #[serde(default)]
    pub to: String,
    /// The list that says so; where empty, as the kind above.
    #[serde(default)]
    pub document: String,
}

/// Something that happens to residents, with the words of all sides.
#[derive(Debug, Deserialize)]
pub struct Situation {
    /// Its kind.
    pub kind: String,
    /// How often it happens, beside the others.
    pub weight: u64,
    /// `urban`, `rural` or `any`.
    #[serde(rename = "where")]
    pub place: String,
    /// Months in which it happens three times as often.
    #[serde(default)]
    pub months: Vec<i8>,
    /// Whether it happens in those months only.
    #[serde(default)]
    pub only: bool,
    /// Titles.
    pub title: Vec<String>,
    /// Whole concerns of a few words.
    pub short: Vec<String>,
    /// What happened, in the order in which one tells it.
    pub told: Vec<String>,
    /// More that may be told.
    #[serde(default)]
    pub more: Vec<String>,
    /// What is wanted.
    pub ask: Vec<String>,
    /// What the handling unit found.
    pub found: Vec<String>,
    /// How it was solved.
    pub done: Vec<String>,
    /// What is planned where it could not be solved at once.
    pub plan: Vec<String>,
    /// Whether people take photos of it.
    #[serde(default)]
    pub photo: bool,
    /// Whether it is often about a unit or a person in office.
    #[serde(default)]
    pub aimed: bool,
    /// In how many of a thousand cases the resident wants to stay unknown to the handlers.
    #[serde(default)]
    pub confidential: u64,
}

#[derive(Deserialize)]
struct Kinds {
    kind: Vec<Kind>,
}

#[derive(Deserialize)]
struct Situations {
    situation: Vec<Situation>,
}

const SITUATIONS: [&str; 6] = [
    include_str!("../data/situations/housing.toml"),
    include_str!("../data/situations/city.toml"),
    include_str!("../data/situations/environment.toml"),
    include_str!("../data/situations/roads.toml"),
    include_str!("../data/situations/people.toml"),
    include_str!("../data/situations/market.toml"),
];

impl Data {
    /// Read the embedded files.
    ///
    /// # Errors
    /// In words, when a file was edited into something that cannot be read; a test reads them all.
    pub fn load() -> Result<Data, String> {
        let mut situations = Vec::new();
        for text in SITUATIONS {
            situations.extend(read::<Situations>(text)?.situation);
        }
        Ok(Data {
            district: read(include_str!("../data/district.toml"))?,
            names: read(include_str!("../data/names.toml"))?,
            kinds: inherited(read::<Kinds>(include_str!("../data/kinds.toml"))?.kind),
            situations,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| format!("demo data: {error}"))
}

/// Kinds without a unit or a document of their own take those of the kind above them.
fn inherited(mut kinds: Vec<Kind>) -> Vec<Kind> {
    kinds.sort_by(|a, b| a.code.cmp(&b.code));
    for at in 0..kinds.len() {
        let (before, rest) = kinds.split_at_mut(at);
        let Some(kind) = rest.first_mut() else { break };
        let above = kind.code.get(..kind.code.len().saturating_sub(2)).unwrap_or("");
        let Some(above) = before.iter().find(|other| other.code == above) else { continue };
        if kind.to.is_empty() {
            kind.to.clone_from(&above.to);
            kind.document.clone_from(&above.document);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_hold_together() {
        let data = Data::load().unwrap();
        let is_unit = |to: &str| ["town", "community"].contains(&to) || data.district.department.iter().any(|d| d.key == to);
        let mut codes = std::collections::HashSet::new();
        for kind in &data.kinds {
            assert!(codes.insert(kind.code.clone()), "{} twice", kind.code);
            assert!(is_unit(&kind.to), "{} goes to {:?}", kind.code, kind.to);
            assert!(!kind.document.is_empty(), "{} has no document", kind.code);
            assert!([2, 4, 6].contains(&kind.code.len()), "{}", kind.code);
        }
        let top = data.kinds.iter().filter(|kind| kind.code.len() == 2).count();
        assert_eq!((top, data.district.town.len()), (15, 8));
        assert_eq!(data.district.town.iter().map(|town| town.communities.len()).sum::<usize>(), 60);
        assert!(data.district.department.len() >= 20);
        assert!(data.situations.len() >= 60, "{}", data.situations.len());
        for situation in &data.situations {
            assert!(codes.contains(&situation.kind), "{}", situation.kind);
            assert!(["any", "urban", "rural"].contains(&situation.place.as_str()));
            for texts in
                [&situation.title, &situation.short, &situation.told, &situation.ask, &situation.found, &situation.done, &situation.plan]
            {
                assert!(!texts.is_empty(), "{} lacks texts", situation.kind);
                for variant in 1..=situation.title.len() {
                    let fits = |text: &String| {
                        text.strip_prefix('@').and_then(|t| t.split_once(' ')).is_none_or(|(v, _)| v.contains(&variant.to_string()))
                    };
                    assert!(texts.iter().any(fits), "{} lacks texts for variant {variant}: {texts:?}", situation.kind);
                }
            }
        }
    }
}
