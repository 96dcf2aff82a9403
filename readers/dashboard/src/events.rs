//! What the record says of maps and of links for screens.

use base::UnitId;
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang, Log};

macro_rules! events {
    ($($(#[$meta:meta])* $name:ident = $v:literal { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }

            impl Facts for $name {
                const KIND: &'static str = stringify!($name);
                const V: i64 = $v;
            }
        )+

        /// The kinds of event of this crate.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>(),)+];
    };
}

events! {
    /// A map of units took the place of the one before.
    MapImported = 1 {
        /// How many units have an outline in it.
        units: i64,
        /// SHA-256 over all outlines in the order of their units.
        digest: String,
        /// How many units have one in the map before, which is kept to be put back; none in events of the time before that.
        #[serde(default)]
        kept: i64,
    }

    /// The map was taken away.
    MapRemoved = 1 {
        /// How many outlines are kept to be put back; none in events of the time before that.
        #[serde(default)]
        kept: i64,
    }

    /// The map and the one before it changed places.
    MapRestored = 1 {
        /// How many units have an outline in the one that holds now.
        units: i64,
        /// SHA-256 over all its outlines in the order of their units.
        digest: String,
    }

    /// A link for a screen was given; its subject is the link.
    WallLinkGiven = 1 {
        /// The unit whose figures the screen shows.
        unit: UnitId,
        /// Digest of where it hangs.
        name: String,
        /// SHA-256 of its secret.
        secret: String,
    }

    /// A link for a screen was taken back.
    WallLinkRevoked = 1 {}
}

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    map_imported: "导入单位地图", "Map of units brought in";
    map_removed: "撤掉单位地图", "Map of units taken away";
    map_restored: "换回上一张单位地图", "Map of units put back";
    link_given: "创建大屏链接", "Wall link made";
    link_revoked: "收回大屏链接", "Wall link taken back";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let (name, log) = match kind {
        "MapImported" => (t.map_imported, Log::Data),
        "MapRemoved" => (t.map_removed, Log::Data),
        "MapRestored" => (t.map_restored, Log::Data),
        "WallLinkGiven" => (t.link_given, Log::Permission),
        "WallLinkRevoked" => (t.link_revoked, Log::Permission),
        _ => return None,
    };
    Some(Audited { name, log: Some(log) })
}
