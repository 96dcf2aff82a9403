//! A concern is brought: by whom, how, about what and whom.

use base::phone::Phone;
use base::{Time, UnitId};
use concerns::submit::{Contact, Registered, Submit};
use concerns::{Source, State};
use people::{Level, Role};

use crate::act::{Act, Deed};
use crate::case::{About, Case, key};
use crate::course::Course;
use crate::data::Situation;
use crate::dice::Dice;
use crate::scene::{self, Scene};
use crate::words::{self, Ending};

/// Ways in which concerns come, with their share in a hundred.
const WAYS: [(Source, u64); 7] = [
    (Source::Web, 44),
    (Source::Phone, 21),
    (Source::Hotline, 9),
    (Source::Grid, 12),
    (Source::Visit, 5),
    (Source::Counter, 7),
    (Source::Letter, 2),
];

impl Course<'_> {
    /// The concern with this number is brought.
    pub(crate) fn bring(&mut self, number: usize, at: Time, fate: Option<State>) -> Option<Act> {
        let mut dice = self.root.stream(&format!("case {number}"));
        let community = usize::try_from(dice.below(self.plan.communities.len() as u64)).unwrap_or(0);
        let here = self.plan.communities.get(community)?;
        let month = at.date().month();
        let situation_at = dice.weighted(self.data.situations.iter().map(|s| scene::weight(s, here.village, month)));
        let situation = self.data.situations.get(situation_at)?;
        let scene = Scene::draw(self.data, self.plan, here, situation, &mut dice, at);
        let told = words::told(situation, &scene, &mut dice);
        let source = WAYS.get(dice.weighted(WAYS.iter().map(|(_, share)| *share))).map_or(Source::Web, |(source, _)| *source);
        let about = self.about(&mut dice, situation, community, &scene);
        let confidential = dice.chance(if about.is_some() { 600 } else { situation.confidential.max(25) });
        let grid = dice.pick(&here.grids).copied();
        let place = match (source, dice.below(100)) {
            (Source::Grid | Source::Visit, _) | (_, 0..=58) => grid,
            (_, 59..=91) => Some(here.unit),
            (_, 92..=95) => Some(here.town),
            _ => None,
        };
        let contact = self.contact(&mut dice, source);
        let target = self.target(situation, community, about);
        let mut case = Case {
            situation: situation_at,
            community,
            told,
            source,
            registrar: None,
            about,
            confidential,
            reachable: contact.is_some(),
            no: String::new(),
            secret: String::new(),
            v: 1,
            state: State::Received,
            holder: None,
            desk: UnitId::default(),
            due: None,
            target,
            mistaken: about.is_none() && dice.chance(if fate == Some(State::Objected) { 1000 } else { 55 }),
            stubborn: dice.chance(12),
            contacted: false,
            assignee: None,
            resolver: None,
            passes: 0,
            tries: 0,
            round: 1,
            fate,
            unrelayed: None,
            redacted: false,
            publish: false,
            ending: if dice.chance(780) { Ending::Done } else { Ending::Planned },
            closed: None,
            scene,
            dice,
        };
        let photos = self.pictures(&mut case, situation, 420);
        let staffed = source != Source::Web;
        let may_publish = case.dice.chance(550);
        case.publish = may_publish
            && !confidential
            && about.is_none()
            && case.dice.chance(if self.is_recent(at.plus(30 * Time::DAY)) { 500 } else { 40 });
        let submit = Submit {
            op_key: key(&mut case.dice),
            words: case.told.text.clone(),
            spot: case.dice.chance(450).then(|| case.scene.address()),
            place: place.map(|place| self.id(place)),
            kind: (staffed && case.dice.chance(750)).then(|| situation.kind.clone()),
            about_unit: match about {
                Some(About::Unit(unit)) => Some(self.id(unit)),
                _ => None,
            },
            about_person: match about {
                Some(About::Person(who)) => self.members.get(who).map(|member| member.person),
                _ => None,
            },
            contact,
            confidential,
            may_publish,
            photos: if staffed && !matches!(source, Source::Grid | Source::Visit) { Vec::new() } else { photos },
        };
        let (who, deed) = match self.registrar(&mut case.dice, source, place, here.town) {
            Some(who) if staffed => {
                case.registrar = Some(who);
                let occurred_at = Some(at.plus(-case.dice.between(2, 40) * Time::MINUTE));
                (Some(who), Deed::Register(Box::new(submit), Registered { source, occurred_at }))
            }
            _ => {
                case.source = Source::Web;
                (None, Deed::Submit(Box::new(submit)))
            }
        };
        self.cases.insert(number, case);
        Some(Act { at, case: Some(number), who, deed })
    }

    /// Whom it is about, if about somebody.
    fn about(&self, dice: &mut Dice, situation: &Situation, community: usize, scene: &Scene) -> Option<About> {
        let here = self.plan.communities.get(community)?;
        if !situation.aimed {
            return dice.chance(4).then(|| dice.pick(&self.plan.departments).copied()).flatten().map(About::Unit);
        }
        // What is told is about the town in the first variant of 工作作风 and the community in the others.
        let town = situation.kind == "1502" && crate::phrase::Slots::variant(scene) == 0;
        let unit = if town { here.town } else { here.unit };
        match dice.below(100) {
            0..=59 => Some(About::Unit(unit)),
            60..=79 => {
                let roles: &[Role] =
                    if town { &[Role::TownStaff, Role::TownLeader] } else { &[Role::CommunitySecretary, Role::CommunityStaff] };
                self.someone(dice, unit, roles, None).map(About::Person)
            }
            _ => None,
        }
    }

    /// Whether a unit lies in the line that a concern is kept from.
    pub(crate) fn is_barred(&self, about: Option<About>, unit: usize) -> bool {
        match about {
            None => false,
            Some(About::Unit(of)) => self.is_within(unit, of),
            Some(About::Person(who)) => {
                self.people.get(who).is_some_and(|person| person.posts.iter().any(|post| self.is_within(unit, post.unit)))
            }
        }
    }

    /// Whose matter it is: what the catalogue says, or those who oversee where that line is barred.
    pub(crate) fn target(&self, situation: &Situation, community: usize, about: Option<About>) -> usize {
        let here = self.plan.communities.get(community);
        let to = self.data.kinds.iter().find(|kind| kind.code == situation.kind).map_or("", |kind| kind.to.as_str());
        let by_kind = match (to, here) {
            ("town", Some(here)) => here.town,
            ("community", Some(here)) => here.unit,
            (key, _) => self.plan.department(key).unwrap_or(0),
        };
        let others = [self.plan.department("supervision"), self.plan.department("data"), Some(0)];
        std::iter::once(Some(by_kind)).chain(others).flatten().find(|unit| !self.is_barred(about, *unit)).unwrap_or(by_kind)
    }

    fn contact(&mut self, dice: &mut Dice, source: Source) -> Option<Contact> {
        let known = match source {
            Source::Web => 760,
            Source::Letter => 600,
            _ => 960,
        };
        if !dice.chance(known) {
            return None;
        }
        let phone = Phone::parse(&scene::phone(dice)).ok()?;
        let name = dice.chance(720).then(|| scene::caller(&mut self.naming, dice));
        Some(Contact { name, phone })
    }

    /// Who writes down what did not come by the page.
    fn registrar(&self, dice: &mut Dice, source: Source, place: Option<usize>, town: usize) -> Option<usize> {
        let at_level = |level: Level| place.filter(|unit| self.plan.units.get(*unit).is_some_and(|unit| unit.level == level));
        match source {
            Source::Web | Source::Import | Source::Open311 => None,
            Source::Grid | Source::Visit => self.someone(dice, at_level(Level::Grid)?, &[Role::GridWorker], None),
            Source::Hotline => self.someone(dice, 0, &[Role::DistrictDesk], None),
            Source::Phone | Source::Counter | Source::Letter => self.someone(dice, town, &[Role::TownDesk, Role::TownStaff], None),
        }
    }

    /// Photos that go with a matter.
    pub(crate) fn pictures(&self, case: &mut Case, situation: &Situation, per_mille: u64) -> Vec<concerns::Photo> {
        if !situation.photo || !case.dice.chance(per_mille) {
            return Vec::new();
        }
        let number = match situation.kind.as_str() {
            "0501" | "0503" | "0504" => 0,
            "020101" | "020102" => 1,
            "0502" => 2,
            "010202" => 3,
            "060201" => 4,
            "010201" => 5,
            "0303" | "0505" => 6,
            _ => return Vec::new(),
        };
        self.photos.get(number).copied().into_iter().collect()
    }
}
