//! What happens to a case next, and when: by whoever holds it, or by the resident.

use base::Time;
use concerns::archive::Archive;
use concerns::call_back::{Answer, CallBack};
use concerns::claim::{Claim, FirstContact};
use concerns::dispatch::Dispatch;
use concerns::linkage::{Escalate, SendDown};
use concerns::object::{Decide, Object};
use concerns::reopen::Add;
use concerns::resolve::{Resolve, Review};
use concerns::{Channel, Outcome, Source, State};
use people::{Level, Role};

use crate::act::{Act, Came, Deed, Slip, Text};
use crate::case::Case;
use crate::course::Course;
use crate::dice::Dice;
use crate::hours;
use crate::words::{self, Ending, Given};

/// Roles that work on a concern in the unit that holds it.
const HANDLERS: [Role; 9] = [
    Role::GridWorker,
    Role::CommunityStaff,
    Role::CommunitySecretary,
    Role::TownStaff,
    Role::DepartmentStaff,
    Role::Oversight,
    Role::DepartmentLead,
    Role::DistrictDesk,
    Role::TownLeader,
];
const DESKS: [Role; 3] = [Role::TownDesk, Role::DistrictDesk, Role::Oversight];

impl Course<'_> {
    /// The next step of a case, taken now.
    pub(crate) fn step(&mut self, number: usize, at: Time) -> Option<Act> {
        let mut case = self.cases.remove(&number)?;
        let deed = if case.fate == Some(case.state) { None } else { self.deed(&mut case, at) };
        if deed.is_none() && case.state == State::CallBack && case.fate.is_none() {
            // Nobody is there to ask: the desk comes back to it when the time for an answer is over.
            let over = case.due.as_ref().map_or(at, |due| due.at).max(at).plus(Time::HOUR * 16);
            let when = hours::office(self.ground.rules.calendar(), &mut case.dice, over);
            self.cue_step(number, when);
        }
        self.cases.insert(number, case);
        let (who, deed) = deed?;
        Some(Act { at, case: Some(number), who, deed })
    }

    fn deed(&mut self, case: &mut Case, at: Time) -> Option<(Option<usize>, Deed)> {
        if let Some(words) = case.unrelayed.take() {
            return self.redact(case, format!("来电人补充：{words}"), true);
        }
        match case.state {
            State::Received => self.at_the_desk(case),
            State::Dispatched => self.sent(case),
            State::Objected => {
                let who = self.someone(&mut case.dice, self.place(case.desk), &DESKS, None)?;
                let uphold = case.mistaken;
                let reason = words::decision(uphold, &mut case.dice);
                let input = Decide { op_key: case.key(), no: case.no.clone(), v: case.v, uphold, reason: Some(reason), shown: None };
                case.mistaken = false;
                case.stubborn = false;
                Some((Some(who), Deed::Decide(case.desk, input)))
            }
            State::InHand => self.in_hand(case, at),
            State::Resolved => {
                let who = self.someone(&mut case.dice, self.place(case.desk), &DESKS, case.resolver)?;
                let pass = case.fate.is_some() || case.dice.chance(935);
                let reason = (!pass).then(|| words::returned(&mut case.dice));
                let input = Review { op_key: case.key(), no: case.no.clone(), v: case.v, pass, reason, shown: None };
                Some((Some(who), Deed::Review(case.desk, input)))
            }
            State::CallBack => self.called(case, at),
            State::Archived if case.publish && case.resolver.is_some() => {
                case.publish = false;
                let desk = self.place(case.desk);
                let who = self.someone(&mut case.dice, desk, &DESKS, None)?;
                let second = self.someone(&mut case.dice, desk, &DESKS, Some(who));
                let second = second.or_else(|| self.someone(&mut case.dice, 0, &[Role::DistrictDesk], Some(who)))?;
                Some((Some(who), Deed::Publish(case.desk, case.no.clone(), [case.key(), case.key()], second)))
            }
            State::Archived => {
                let reason = words::reopening(&case.scene, &mut case.dice);
                let slip = slip(case);
                Some((None, Deed::Reopen(slip, reason)))
            }
        }
    }

    fn at_the_desk(&mut self, case: &mut Case) -> Option<(Option<usize>, Deed)> {
        let desk = self.place(case.desk);
        let who = self.someone(&mut case.dice, desk, &DESKS, None)?;
        if case.round == 1 && case.fate.is_none() && case.dice.chance(14) {
            let reason = "来电人来电说明问题已自行解决，不再需要办理。".to_owned();
            let shown = Some("您已撤回，如再有需要，欢迎随时反映。".to_owned());
            let input = Archive {
                op_key: case.key(),
                no: case.no.clone(),
                v: case.v,
                outcome: Outcome::Withdrawn,
                duplicate_of: None,
                reason,
                shown,
            };
            return Some((Some(who), Deed::Archive(case.desk, input)));
        }
        let unit = if case.mistaken { self.somebody_else(case) } else { case.target };
        let situation = case.situation(&self.data.situations)?;
        if case.confidential && !case.redacted {
            let handlers = words::masked(situation, &case.scene, &mut case.dice);
            case.redacted = true;
            return self.redact(case, handlers, false);
        }
        let name = self.plan.units.get(unit).map_or("", |unit| unit.name.as_str());
        let shown = case.dice.chance(350).then(|| format!("您的诉求已转{name}办理，请保持电话畅通。"));
        let note = case.dice.chance(180).then(|| words::note(&case.scene, &mut case.dice));
        let input = Dispatch {
            op_key: case.key(),
            no: case.no.clone(),
            v: case.v,
            unit: self.id(unit),
            kind: situation.kind.clone(),
            shown,
            note,
            term: None,
            exception: None,
        };
        Some((Some(who), Deed::Dispatch(case.desk, Box::new(input))))
    }

    /// One of the desk writes what handlers may read, and a colleague or the district's desk looks at it.
    fn redact(&self, case: &mut Case, handlers: String, added: bool) -> Option<(Option<usize>, Deed)> {
        let desk = self.place(case.desk);
        let who = self.someone(&mut case.dice, desk, &DESKS, None)?;
        let second = self.someone(&mut case.dice, desk, &DESKS, Some(who));
        let second = second.or_else(|| self.someone(&mut case.dice, 0, &[Role::DistrictDesk], Some(who)))?;
        let (share_photos, no) = (!added && case.dice.chance(400), case.no.clone());
        let text = Text { op_key: case.key(), no, handlers, added, share_photos, second: (second, case.key()) };
        Some((Some(who), Deed::Redact(case.desk, Box::new(text))))
    }

    /// A department that the desk takes for the right one.
    fn somebody_else(&self, case: &mut Case) -> usize {
        let of_business = |unit: &&usize| {
            let key = self.plan.units.get(**unit).map_or("", |unit| unit.key.as_str());
            !["supervision", "callback"].contains(&key) && **unit != case.target
        };
        let others: Vec<usize> = self.plan.departments.iter().filter(of_business).copied().collect();
        case.dice.pick(&others).copied().unwrap_or(case.target)
    }

    fn sent(&mut self, case: &mut Case) -> Option<(Option<usize>, Deed)> {
        let holder = case.holder?;
        let here = self.place(holder);
        let who = self.handler(case, here)?;
        if case.mistaken || case.stubborn {
            let owner = if case.mistaken { self.plan.units.get(case.target).map_or("", |unit| unit.name.as_str()) } else { "" };
            let reason = words::objection(&case.scene, owner, &mut case.dice);
            return Some((Some(who), Deed::Object(holder, Object { op_key: case.key(), no: case.no.clone(), v: case.v, reason })));
        }
        let level = self.plan.units.get(here).map(|unit| unit.level);
        if case.passes < 2 && case.round == 1 && case.fate.is_none_or(|fate| fate != State::Objected) {
            let below = self.below(case, here, level);
            let chance = match level {
                Some(Level::Town) => 420,
                Some(Level::Community) => 330,
                _ => 0,
            };
            if let Some(unit) = below
                && case.dice.chance(chance)
            {
                case.passes += 1;
                let reason = words::sending_down(&case.scene, &mut case.dice);
                let input = SendDown {
                    op_key: case.key(),
                    no: case.no.clone(),
                    v: case.v,
                    unit: self.id(unit),
                    reason,
                    exception: None,
                    shown: None,
                };
                return Some((Some(who), Deed::SendDown(holder, input)));
            }
        }
        Some((Some(who), Deed::Claim(holder, Claim { op_key: case.key(), no: case.no.clone(), v: case.v })))
    }

    /// Somebody who works on a case in a unit, or in the one above it: of a confidential one somebody who does not know the caller.
    fn handler(&self, case: &mut Case, unit: usize) -> Option<usize> {
        if !case.confidential {
            return self.someone(&mut case.dice, unit, &HANDLERS, None);
        }
        let roles: Vec<Role> = HANDLERS.into_iter().filter(|role| !DESKS.contains(role)).collect();
        let here = self.someone(&mut case.dice, unit, &roles, case.registrar);
        let above = self.plan.units.get(unit).and_then(|unit| unit.parent);
        here.or_else(|| self.someone(&mut case.dice, above?, &roles, case.registrar))
    }

    /// A unit right below, of the place where the matter is.
    fn below(&self, case: &mut Case, here: usize, level: Option<Level>) -> Option<usize> {
        let community = self.plan.communities.get(case.community)?;
        let unit = match level? {
            Level::Town if community.town == here => community.unit,
            Level::Community if community.unit == here => case.dice.pick(&community.grids).copied()?,
            _ => return None,
        };
        (!self.is_barred(case.about, unit)).then_some(unit)
    }

    fn in_hand(&mut self, case: &mut Case, at: Time) -> Option<(Option<usize>, Deed)> {
        let holder = case.holder?;
        let here = self.place(holder);
        let who = match case.assignee {
            Some(who) => who,
            None => self.handler(case, here)?,
        };
        if case.reachable && !case.contacted && case.dice.chance(880) {
            let channel = match case.dice.below(10) {
                0..=6 => Channel::Phone,
                7 => Channel::Meeting,
                8 => Channel::Visit,
                _ => Channel::Message,
            };
            let shown = case.dice.chance(500).then(|| words::contact(&case.scene, &mut case.dice));
            let note = case.dice.chance(220).then(|| words::note(&case.scene, &mut case.dice));
            let input = FirstContact { op_key: case.key(), no: case.no.clone(), v: case.v, channel, shown, note };
            if !case.confidential {
                return Some((Some(who), Deed::Contact(holder, input)));
            }
            // The handler may not know whom to call.
            let desk = self.someone(&mut case.dice, self.place(case.desk), &DESKS, None)?;
            return Some((Some(desk), Deed::Contact(case.desk, input)));
        }
        let level = self.plan.units.get(here).map(|unit| unit.level);
        let up = self.plan.units.get(here).and_then(|unit| unit.parent);
        if matches!(level, Some(Level::Grid | Level::Community))
            && case.passes < 3
            && case.fate.is_none()
            && up.is_some_and(|up| !self.is_barred(case.about, up))
            && case.dice.chance(140)
        {
            case.passes += 2;
            let reason = words::escalation(&case.scene, &mut case.dice);
            let input = Escalate { op_key: case.key(), no: case.no.clone(), v: case.v, reason, shown: None };
            return Some((Some(who), Deed::Escalate(holder, input)));
        }
        let situation = case.situation(&self.data.situations)?;
        let unit = self.plan.units.get(here)?;
        let town = self.plan.communities.get(case.community).and_then(|community| self.plan.units.get(community.town));
        let phone = unit.phone.as_deref().or_else(|| town.and_then(|town| town.phone.as_deref()));
        let given = Given { unit: &unit.name, phone, at, title: &case.told.title, ending: case.ending };
        let answer = words::answer(situation, &case.scene, given, &mut case.dice);
        let put_right = case.ending == Ending::Done && situation.kind == "0501";
        let photos = match self.pictures(case, situation, 380) {
            shots if shots.is_empty() => shots,
            _ if put_right => self.photos.last().copied().into_iter().collect(),
            shots => shots,
        };
        let note = case.dice.chance(150).then(|| words::note(&case.scene, &mut case.dice));
        case.resolver = Some(who);
        let input = Resolve { op_key: case.key(), no: case.no.clone(), v: case.v, answer, reply: None, photos, note };
        Some((Some(who), Deed::Resolve(holder, Box::new(input))))
    }

    fn called(&mut self, case: &mut Case, at: Time) -> Option<(Option<usize>, Deed)> {
        let here = self.place(case.holder?);
        let caller = self.someone(&mut case.dice, here, &[Role::CallBack, Role::DistrictDesk], case.resolver);
        let by_page = case.source == Source::Web && case.dice.chance(if case.reachable { 320 } else { 420 });
        if by_page {
            let answer = self.said(case);
            return Some((None, Deed::Answer(slip(case), answer)));
        }
        let overdue = case.due.as_ref().is_some_and(|due| at > due.at);
        let give_up = if case.reachable && caller.is_some() { case.tries >= 2 } else { overdue };
        if give_up {
            let who = self.someone(&mut case.dice, self.place(case.desk), &DESKS, None)?;
            let reason =
                if case.tries > 0 { "多次回访未能联系上来电人。" } else { "未留联系方式，期限内未收到评价。" }.to_owned();
            let shown = Some("我们没能联系上您。如果问题没有解决，请凭回执在30天内再次反映。".to_owned());
            let input = Archive {
                op_key: case.key(),
                no: case.no.clone(),
                v: case.v,
                outcome: Outcome::Unreachable,
                duplicate_of: None,
                reason,
                shown,
            };
            return Some((Some(who), Deed::Archive(case.desk, input)));
        }
        let who = caller.filter(|_| case.reachable)?;
        let missed = case.dice.chance(150);
        let answer = if missed { None } else { Some(self.said(case)) };
        let note = missed.then(|| words::unreached(&mut case.dice));
        let input = CallBack { op_key: case.key(), no: case.no.clone(), v: case.v, channel: Channel::Phone, answer, note };
        Some((Some(who), Deed::CallBack(input)))
    }

    /// What the resident answers.
    fn said(&self, case: &mut Case) -> Answer {
        // What was only planned satisfies fewer, and what came back once is looked at twice.
        let solved = case.dice.chance(match (case.ending, case.round) {
            (Ending::Done, 1) => 925,
            (Ending::Planned, 1) => 760,
            _ => 880,
        });
        let satisfied = if solved { case.dice.chance(935) } else { case.dice.chance(120) };
        let words = case.dice.chance(if solved { 350 } else { 850 }).then(|| words::called_back(solved, satisfied, &mut case.dice));
        let contacted = case.dice.chance(960).then_some(case.contacted || case.dice.chance(300));
        Answer { contacted, solved, satisfied: case.dice.chance(950).then_some(satisfied), words: words.filter(|words| !words.is_empty()) }
    }

    /// The resident adds something.
    pub(crate) fn add(&mut self, number: usize, at: Time) -> Option<Act> {
        let case = self.cases.get_mut(&number).filter(|case| case.state != State::Archived && !case.no.is_empty())?;
        let words = words::added(&case.scene, &mut case.dice);
        if case.confidential && case.holder.is_some() && matches!(case.state, State::Dispatched | State::InHand) {
            case.unrelayed = Some(words.clone());
        }
        let slip = slip(case);
        Some(Act { at, case: Some(number), who: None, deed: Deed::Add(slip, Add { words: Some(words), photos: Vec::new() }) })
    }

    /// What came of an act, and when the case goes on.
    pub(crate) fn went(&mut self, number: usize, act: &Act, came: Came, until: Time) {
        let Some(mut case) = self.cases.remove(&number) else { return };
        match came {
            Came::Receipt(receipt) => {
                case.no = receipt.no;
                case.secret = receipt.secret;
                case.desk = receipt.desk;
                case.holder = Some(receipt.desk);
                case.due = Some(receipt.due);
                if case.dice.chance(70) {
                    let later = act.at.plus(case.dice.delay(Time::HOUR, 5 * Time::DAY));
                    let when = hours::awake(&mut case.dice, later);
                    self.cue_addition(number, when);
                }
            }
            Came::Step(done) => {
                if matches!(act.deed, Deed::Claim(..)) {
                    case.assignee = act.who;
                }
                if matches!(act.deed, Deed::Contact(..)) {
                    case.contacted = true;
                }
                if matches!(&act.deed, Deed::CallBack(call) if call.answer.is_none()) {
                    case.tries += 1;
                }
                if matches!(act.deed, Deed::Reopen(..) | Deed::CallBack(_) | Deed::Answer(..)) && done.state == State::Received {
                    case.round += 1;
                    case.ending = Ending::Done;
                }
                case.stands(&done);
            }
            Came::Nothing if matches!(act.deed, Deed::Add(..)) => {
                // The case's own next step is on its way already.
                self.cases.insert(number, case);
                return;
            }
            Came::Nothing => {}
        }
        let next = self.when(&mut case, act.at);
        if let Some(at) = next {
            self.cue_step(number, at.max(until.plus(case.dice.between(1, 20) * Time::MINUTE)));
        }
        // What is over is forgotten, but for what can be shown as somebody's receipt at the end.
        if next.is_some() || case.state != State::Archived || self.is_recent(act.at) {
            self.cases.insert(number, case);
        }
    }

    /// When the next step is taken; none where nobody does anything any more.
    fn when(&mut self, case: &mut Case, now: Time) -> Option<Time> {
        if case.fate == Some(case.state) {
            return None;
        }
        let calendar = self.ground.rules.calendar();
        case.closed = (case.state == State::Archived).then(|| case.closed.unwrap_or(now));
        if case.state == State::Archived && case.publish && case.resolver.is_some() {
            let later = now.plus(Time::DAY * case.dice.between(1, 4));
            return Some(hours::office(calendar, &mut case.dice, later));
        }
        if let Some(closed) = case.closed {
            let again = case.round < 3 && case.fate.is_none() && case.dice.chance(22);
            return if again { once_more(&mut case.dice, closed, now) } else { None };
        }
        let late = match case.state {
            State::Received | State::Objected => 14,
            State::Dispatched => 22,
            State::InHand => 38,
            State::Resolved => 15,
            State::CallBack => 25,
            State::Archived => 0,
        };
        let mut at = case.pace(now, late);
        if case.state == State::CallBack {
            let silent = !case.reachable;
            if case.tries > 0 {
                at = now.plus(case.dice.between(20, 30) * Time::HOUR);
            } else if silent && case.dice.chance(700) {
                // Nobody can be called: the desk waits until the time for an answer is over.
                at = case.due.as_ref().map_or(at, |due| due.at).plus(Time::HOUR * 16);
            }
        }
        Some(hours::office(calendar, &mut case.dice, at))
    }
}

/// When a resident who is not content asks for it again; never where the time for that would be over, as it may be after an
/// answer that was published late.
fn once_more(dice: &mut Dice, closed: Time, now: Time) -> Option<Time> {
    let later = now.plus(Time::DAY * dice.between(3, 26));
    // The rule gives 30 days, and the step may wait a little for its turn.
    Some(hours::awake(dice, later)).filter(|at| *at < closed.plus(Time::DAY * 29))
}

fn slip(case: &mut Case) -> Slip {
    Slip { no: case.no.clone(), secret: case.secret.clone(), op_key: case.key() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_asks_again_when_the_time_for_it_is_over() {
        let closed = Time(1_790_000_000_000_000);
        let mut times = Vec::new();
        for seed in 0..2_000 {
            let published = closed.plus(Time::DAY * i64::try_from(seed % 12).unwrap());
            times.extend(once_more(&mut Dice::new(seed), closed, published));
        }
        assert!(times.iter().all(|at| *at < closed.plus(Time::DAY * 30)), "{times:?}");
        assert!(times.len() > 1_000, "most do: {}", times.len());
    }
}
