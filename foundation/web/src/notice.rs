//! What modules want people to be told of, and what carries words out of the house.
//!
//! A module declares each notice as data: which events, whom, in which words. The reader `notices` follows the record,
//! keeps the ledger of what left, and sends; carriers speak the protocols. Neither knows a module.

use std::sync::Arc;

use base::phone::Phone;
use base::{Ctx, Id, PersonId, Time, UnitId};
use record::Event;
use store::{StoreError, Tx};
use zeroize::Zeroizing;

use crate::Lang;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// Everybody who holds a post in this unit.
    Unit(UnitId),
    /// One member of staff.
    Person(PersonId),
    /// The resident whose case this is: only the module knows how to reach them, and whether they agreed.
    Resident(Id),
}

/// What somebody is told: that something is there, never what it says.
#[derive(Clone, Debug)]
pub struct Said {
    /// A line, for channels that have one.
    pub subject: String,
    /// One or two sentences.
    pub text: String,
    /// The page that it leads to, from `/`.
    pub path: String,
    /// A resident's telephone, opened for this one message.
    pub phone: Option<Phone>,
}

/// Finds whom an event concerns.
pub type WhomFn = fn(&mut Tx, &Ctx, &Event) -> Result<Vec<Whom>, StoreError>;
/// Finds the words of a notice about this subject, for one who is told; nothing where it is not to be said any more (what
/// was withdrawn, whoever it is about). `event` is the event's id.
pub type SayFn = fn(&mut Tx, &Ctx, &Told<'_>) -> Result<Option<Said>, StoreError>;

/// Who is told of what.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The event; of what is sent without one, the same as the subject.
    pub event: Id,
    /// What it happened to.
    pub subject: Id,
    /// The unit or the resident that it is for.
    pub whom: Whom,
    /// The member of staff who reads it, where it goes to one.
    pub person: Option<PersonId>,
    /// The language of the words.
    pub lang: Lang,
    /// The house's name, as the words are signed.
    pub district: &'a str,
}

/// A notice, as a module declares it.
#[derive(Clone, Copy)]
pub struct Notice {
    /// As `concerns.dispatched`.
    pub name: &'static str,
    /// What it is called, for lists and settings.
    pub title: fn(Lang) -> &'static str,
    /// The kinds of event that it is about.
    pub kinds: &'static [&'static str],
    /// Whom it is for.
    pub whom: WhomFn,
    /// Its words.
    pub say: SayFn,
}

impl std::fmt::Debug for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A way out of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail to a member of staff who gave an address.
    Email,
    /// A short message to a resident's telephone.
    Sms,
    /// A message of the WeCom application to a member of staff who gave their account there.
    Wecom,
    /// The robot of a unit's WeCom group.
    Robot,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 4] = [Channel::Email, Channel::Sms, Channel::Wecom, Channel::Robot];

    /// As it stands in the store.
    pub const fn code(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Wecom => "wecom",
            Channel::Robot => "robot",
        }
    }

    /// From [`Channel::code`].
    pub fn parse(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// One message on its way.
pub struct Parcel {
    /// The same at each try, so that a gateway that knows it already does not send it twice.
    pub key: Id,
    /// When it is handed over.
    pub at: Time,
    /// The address, telephone or account; empty for a robot, which has its own.
    pub to: Zeroizing<String>,
    /// The line.
    pub subject: String,
    /// The words, with the link.
    pub text: String,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({})", self.key)
    }
}

/// Why a message did not leave. The words go into the ledger and the log: no address, no telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whether it may go later.
    pub again: bool,
    /// What happened.
    pub why: String,
}

impl Failure {
    /// It may go later.
    pub fn again(why: impl Into<String>) -> Failure {
        Failure { again: true, why: why.into() }
    }

    /// It will not go like this.
    pub fn never(why: impl Into<String>) -> Failure {
        Failure { again: false, why: why.into() }
    }
}

/// Speaks a protocol. Blocking, with a limit to its time.
pub trait Carrier: Send + Sync {
    /// Hand one message over.
    ///
    /// # Errors
    /// [`Failure`].
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure>;
}

/// The carriers that whoever runs the program configured.
#[derive(Clone, Default)]
pub struct Outbox {
    /// Where links begin, as `https://lianxin.example.gov.cn`; without it the first host of the district.
    pub address: Option<String>,
    /// E-mail.
    pub email: Option<Arc<dyn Carrier>>,
    /// Short messages.
    pub sms: Option<Arc<dyn Carrier>>,
    /// Messages of the WeCom application.
    pub wecom: Option<Arc<dyn Carrier>>,
    /// Robots of groups, by the code of the unit that they are of, and of all units below it that have none.
    pub robots: Vec<(String, Arc<dyn Carrier>)>,
}

impl Outbox {
    /// Whether anything can leave by this way.
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.email.is_some(),
            Channel::Sms => self.sms.is_some(),
            Channel::Wecom => self.wecom.is_some(),
            Channel::Robot => !self.robots.is_empty(),
        }
    }

    /// The carrier of a way; of a robot, that of the unit with this code.
    pub fn carrier(&self, channel: Channel, code: &str) -> Option<Arc<dyn Carrier>> {
        match channel {
            Channel::Email => self.email.clone(),
            Channel::Sms => self.sms.clone(),
            Channel::Wecom => self.wecom.clone(),
            Channel::Robot => self.robots.iter().find(|(of, _)| of == code).map(|(_, carrier)| Arc::clone(carrier)),
        }
    }
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(Channel::ALL.into_iter().filter(|channel| self.has(*channel))).finish()
    }
}
