//! The facts that people's operations record. Names, titles, logins and telephone numbers stand in them
//! only as salted digests; the salt lies in the row that holds the text.

use base::{Id, PersonId, Time, UnitId};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};

use crate::actor::{PostId, SessionId};
use crate::level::Level;
use crate::passkey::PasskeyId;
use crate::role::Role;
use crate::sign::Way;

base::id! {
    /// That a person holds a post, from a time until another.
    pub HoldingId;
}

macro_rules! facts {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_meta])* pub $field: $type),* }

            impl Facts for $name {
                const KIND: &'static str = stringify!($name);
                const V: i64 = 1;
            }
        )+

        /// The kinds of events that people's operations record.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>()),+];
    };
}

facts! {
    /// A unit was made; the subject is the unit.
    UnitCreated {
        /// Its code.
        code: String,
        /// Its level.
        level: Level,
        /// What it stands under.
        parent: Option<UnitId>,
        /// Its place among its siblings.
        ord: i64,
        /// Since when it exists.
        valid_from: Time,
        /// The digest of its name.
        name: String,
        /// The digest of its telephone.
        phone: Option<String>,
    }
    /// A unit was renamed, moved among its siblings or given another telephone.
    UnitChanged {
        /// Its place among its siblings.
        ord: i64,
        /// The digest of its name.
        name: String,
        /// The digest of its telephone.
        phone: Option<String>,
    }
    /// A unit ceased to exist.
    UnitClosed {
        /// Since when.
        at: Time,
        /// What took over.
        successor: Option<UnitId>,
    }
    /// A person was entered; the subject is the person.
    PersonCreated {
        /// The digest of the name.
        name: String,
        /// The digest of the telephone.
        phone: Option<String>,
    }
    /// A person's name or telephone was put right.
    PersonChanged {
        /// The digest of the name.
        name: String,
        /// The digest of the telephone.
        phone: Option<String>,
    }
    /// A post was made; the subject is the post.
    PostCreated {
        /// The unit it is in.
        post_unit: UnitId,
        /// The unit whose subtree it covers.
        reach: UnitId,
        /// What its holder does.
        role: Role,
        /// The digest of its title.
        title: String,
    }
    /// A person holds a post; the subject is the person.
    PostHeld {
        /// This holding.
        holding: HoldingId,
        /// The post.
        post: PostId,
        /// From when on.
        from: Time,
    }
    /// A person no longer holds a post; the subject is the person.
    PostReleased {
        /// The holding that ends.
        holding: HoldingId,
        /// When it ends.
        to: Time,
    }
    /// A person was given a code to open an account or set a new password; the subject is the person.
    PersonInvited {
        /// Until when the code is good.
        expires_at: Time,
        /// Whether the second factor goes when it is used.
        reset_totp: bool,
    }
    /// A person opened an account; the subject is the account, as in all that follow.
    AccountOpened {
        /// Whose it is.
        person: PersonId,
        /// The digest of the login, by the person's salt.
        login: String,
    }
    /// The password was changed by its owner, or by means of a code.
    PasswordChanged {
        /// Whether it was by means of a code.
        by_code: bool,
    }
    /// A second factor was set up.
    TotpConfirmed {}
    /// The second factor was taken away.
    TotpRemoved {
        /// Whether it was by means of a code.
        by_code: bool,
    }
    /// A recovery code was used in place of the second factor.
    RecoveryCodeUsed {
        /// How many are left.
        left: i64,
    }
    /// Somebody signed in. When they left or what they looked at is not recorded.
    SignedIn {
        /// The session.
        session: SessionId,
        /// How it began.
        #[serde(default)]
        way: Way,
    }
    /// Too many wrong passwords or second factors: no signing in for a while.
    SignInLocked {
        /// Until when.
        until: Time,
    }
    /// Sessions were ended before their time.
    SessionsRevoked {
        /// How many.
        sessions: i64,
    }
    /// A passkey was added.
    PasskeyAdded {
        /// Which.
        passkey: PasskeyId,
        /// The digest of its public key, by the salt of its row.
        key: String,
    }
    /// A passkey was removed.
    PasskeyRemoved {
        /// Which.
        passkey: PasskeyId,
        /// Whether it was by means of a code of the security administrator.
        by_code: bool,
    }
    /// An identity of another house was linked to the account.
    IdentityLinked {
        /// Its keyed digest.
        identity: String,
    }
    /// All identities of other houses were taken away.
    IdentityUnlinked {
        /// How many.
        identities: i64,
    }
    /// An administrator locked the account.
    AccountLocked {}
    /// An administrator unlocked the account.
    AccountUnlocked {}
    /// A unit gave something to another: part of it, or all of it; the subject is the one that gave.
    UnitSucceeded {
        /// The unit that took it.
        successor: UnitId,
    }
    /// A person holds a post for a time (代理); the subject is the person.
    ActingPostHeld {
        /// This holding.
        holding: HoldingId,
        /// The post.
        post: PostId,
        /// From when on.
        from: Time,
        /// Until when.
        to: Time,
    }
    /// A holding that was entered by mistake is taken back; the subject is the person.
    HoldingWithdrawn {
        /// The holding.
        holding: HoldingId,
    }
    /// A person who was entered by mistake is taken back.
    PersonWithdrawn {}
    /// A post was given another title; the subject is the post.
    PostChanged {
        /// The digest of its title.
        title: String,
        /// Whether the one before it was kept, which programs did not do at first.
        #[serde(default)]
        kept: bool,
    }
    /// A post ended.
    PostClosed {
        /// Since when.
        at: Time,
        /// What took its place.
        successor: Option<PostId>,
    }
    /// A Party organisation is that of a unit; the subject is the link.
    UnitsLinked {
        /// The unit of the four levels.
        admin: UnitId,
        /// The Party organisation.
        party: UnitId,
    }
    /// It no longer is.
    UnitsUnlinked {
        /// Since when.
        at: Time,
    }
    /// A post answers for something in a unit; the subject is the duty.
    UnitDutyGiven {
        /// In which unit.
        of: UnitId,
        /// Which post.
        post: PostId,
        /// Whether first of all, or beside its own work.
        duty: crate::duty::DutyKind,
        /// The digest of what for.
        matter: String,
    }
    /// It no longer does.
    UnitDutyEnded {
        /// Since when.
        at: Time,
    }
    /// What the board of a grid says was entered or changed; the subject is the grid.
    GridDescribed {
        /// Whether it is a special one, of a market or a campus.
        special: bool,
        /// Households, people, buildings.
        counts: [Option<i64>; 3],
        /// The digest of its texts.
        texts: String,
    }
}

/// What an event is about when its subject is one of ours and it happens now.
pub(crate) fn about(ctx: &base::Ctx, actor: record::Actor, unit: Option<UnitId>, subject: Id) -> record::About {
    record::About { occurred_at: ctx.now, actor, unit, subject, batch: None }
}
