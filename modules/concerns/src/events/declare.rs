//! The macro that declares the events of this module, so that the list of them is all that [`super`] holds.

/// Declares the events: the struct, its [`Facts`], and the enum of all of them.
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

        /// What happened, read from an event of this module.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is the struct of its name")]
        pub enum Happened { $($name($name),)+ }

        /// The kinds of event of this module.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>(),)+];

        impl Happened {
            /// Reads an event; nothing for one of another module.
            ///
            /// # Errors
            /// Facts that are not in shape.
            pub fn read(event: &Event) -> Result<Option<Happened>, BadFacts> {
                Ok(match event.kind.as_str() {
                    $(stringify!($name) => Some(Happened::$name(event.facts()?)),)+
                    _ => None,
                })
            }

            /// The kind, as it stands in the record.
            pub fn kind(&self) -> &'static str {
                match self { $(Happened::$name(_) => stringify!($name),)+ }
            }
        }
    };
}

pub(super) use events;
