//! What those who know a confidential caller write for those who may not. Notes and reasons are read by every handler as
//! they are, and no second person looks at them: they hold neither the name nor the telephone that was left. What came of
//! speaking with the caller is not shown to handlers at all, see [`is_of_the_caller`]. And nobody is both: who knows the
//! caller handles nothing that they brought, and speaks with them in the handler's place.

use base::{Ctx, PersonId, UnitId};
use people::{Permission, Proof, Role, Tree};
use store::{Sql, StoreError, Tx, p, sql};
use zeroize::Zeroizing;

use crate::concern::{Concern, StepError, line_of};
use crate::events::Happened;
use crate::model::NotNow;
use crate::permissions::Handle;
use crate::said::{Field, Invalid, Part, Said};
use crate::submit::CONTACT;

const CONTACT_OF: &Sql = sql!("SELECT name, phone FROM concern_contact WHERE concern = ?1");

/// What people leave in place of a name: it gives nobody away, and stands in every other note.
const NO_NAMES: &[&str] = &[
    "居民",
    "市民",
    "群众",
    "业主",
    "住户",
    "村民",
    "商户",
    "租户",
    "先生",
    "女士",
    "同志",
    "老人",
    "家长",
    "匿名",
    "保密",
    "本人",
    "反映人",
    "来电人",
    "诉求人",
    "投诉人",
    "不详",
    "不愿透露",
    "无名",
];

/// Whether what staff write with a step comes from speaking with the caller: why the contact was opened, what was said at first,
/// how a call-back went.
/// Handlers of a confidential concern do not read it; what they need of it the desk passes on, looked at by a second person.
pub(crate) fn is_of_the_caller(happened: &Happened) -> bool {
    matches!(
        happened,
        Happened::ConcernContactOpened(_)
            | Happened::ConcernPhoneLookedUp(_)
            | Happened::ConcernContacted(_)
            | Happened::ConcernTried(_)
            | Happened::ConcernCalledBack(_)
    )
}

impl Concern {
    /// Whether somebody with these posts (role, unit, what they reach) knows a confidential caller: they are of its desk, wrote
    /// the concern down, wrote or judged what handlers read, or opened how the caller is reached.
    pub(crate) fn is_known_by(&self, tree: &Tree, person: PersonId, mut posts: impl Iterator<Item = (Role, UnitId, UnitId)>) -> bool {
        let of_desk = |(role, unit, reach)| self.is_desk(tree, role, unit, reach);
        let wrote = |text: &crate::redact::Redaction| text.written_by == person || text.decided_by == Some(person);
        self.confidential
            && (self.registered_by == Some(person)
                || self.read_by.contains(&person)
                || self.redactions.iter().any(wrote)
                || posts.any(of_desk))
    }

    /// That somebody who is to handle it does not know the caller, by whichever post.
    pub(crate) fn is_unknown_to(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, person: PersonId) -> Result<(), StepError> {
        if self.confidential && self.is_known_now(tx, ctx, tree, person)? { Err(NotNow::KnowsCaller.into()) } else { Ok(()) }
    }

    /// Whether somebody knows the caller, by what they did or by a post that they hold now.
    pub(crate) fn is_known_now(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, person: PersonId) -> Result<bool, StoreError> {
        let mut held = people::read::holdings_of(tx, person)?;
        held.retain(|held| held.from <= ctx.now && held.to.is_none_or(|to| to > ctx.now));
        Ok(self.is_known_by(tree, person, held.iter().map(|held| (held.role, held.unit, held.reach))))
    }

    /// That a confidential concern comes to somebody: to one of the unit, or of a unit above it within the district, who does
    /// not know the caller. Otherwise it would wait where nobody may take it.
    pub(crate) fn has_handlers(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, unit: UnitId) -> Result<(), StepError> {
        if !self.confidential {
            return Ok(());
        }
        for above in line_of(tree, unit) {
            for held in people::read::holders_in(tx, ctx.now, above)? {
                let handles = Handle::ROLES.contains(&held.role) && self.is_held(tree, held.role, held.unit, held.reach, unit);
                if handles && !self.is_known_now(tx, ctx, tree, held.person)? {
                    return Ok(());
                }
            }
        }
        Err(NotNow::AllKnowCaller.into())
    }

    /// That what the desk of a confidential concern writes for handlers names neither the caller nor their telephone.
    ///
    /// Who does not know the caller is not asked: a refusal would tell them whether they guessed right.
    pub(crate) fn keeps_caller<P>(&self, tx: &mut Tx, ctx: &Ctx, tree: &Tree, who: &Proof<P>, said: &Said) -> Result<(), StepError> {
        if !self.confidential || !self.is_known_now(tx, ctx, tree, who.person())? {
            return Ok(());
        }
        let sealed = tx.opt(CONTACT_OF, p![self.id], |row| Ok((row.opt_blob(0)?.map(<[u8]>::to_vec), row.blob(1)?.to_vec())))?;
        let Some((name, phone)) = sealed else { return Ok(()) };
        let clear = |sealed: &[u8]| -> Result<Zeroizing<String>, StoreError> {
            let plain = ctx.keys().open(CONTACT, sealed).map_err(|error| StoreError::Other(format!("contact of {}: {error}", self.id)))?;
            String::from_utf8(plain.to_vec()).map(Zeroizing::new).map_err(|_| StoreError::Other("a contact that is not text".into()))
        };
        let (name, phone) = (name.as_deref().map(clear).transpose()?, clear(&phone)?);
        for (part, text) in said.in_clear() {
            if tells(text, name.as_deref().map(String::as_str), &phone) {
                return Err(Invalid::TellsCaller(if part == Part::Handlers { Field::Handlers } else { Field::Note }).into());
            }
        }
        Ok(())
    }
}

/// Whether a text holds the name or the telephone, however it is spaced and in whichever width it is written.
fn tells(text: &str, name: Option<&str>, phone: &str) -> bool {
    let plain = |text: &str| -> String { base::text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect() };
    let text = plain(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let name = name.map(plain).filter(|name| name.chars().count() > 1 && !NO_NAMES.contains(&name.as_str()));
    digits.contains(phone) || name.is_some_and(|name| text.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::tells;

    #[test]
    fn a_name_and_a_telephone_are_found_as_people_write_them() {
        let told = |text: &str| tells(text, Some("周慧敏"), "13800001234");
        for text in ["已与周慧敏核实", "周 慧敏说灯还没亮", "打１３８ ００００ １２３４没人接", "电话138-0000-1234"]
        {
            assert!(told(text), "{text}");
        }
        for text in ["已与反映人核实", "周一上门", "请于 11月30日前答复，值班电话 81234567"] {
            assert!(!told(text), "{text}");
        }
        assert!(!tells("请联系居民核实", Some("居民"), "13800001234"), "it is nobody's name");
        assert!(!tells("李某反映", Some("李"), "13800001234"), "a surname alone is half of the district's");
        assert!(!tells("请尽快办理", None, "13800001234"));
    }
}
