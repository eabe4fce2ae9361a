//! Small texts that are proven once, where they enter, and trusted afterwards.

/// A text is not what its type promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: expected {expected}")]
pub struct InvalidText {
    what: &'static str,
    expected: &'static str,
}

impl InvalidText {
    /// Names what was asked for and what would be right.
    pub const fn new(what: &'static str, expected: &'static str) -> Self {
        Self { what, expected }
    }
}

/// Makes a newtype over `String` that is checked by `$check`, with serde and a JSON schema. What
/// the check refuses, the pattern refuses as well, so that an edge can name every bad field.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, max $max:literal, $(pattern $pattern:literal,)? example $example:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The longest accepted text, in characters.
            pub const CHARS_MAX: usize = $max;

            /// Accepts text that is what the type promises; the check is the only way in.
            pub fn parse(text: &str) -> Result<Self, $crate::InvalidText> {
                let check: fn(&str) -> Option<String> = $check;
                if text.chars().count() > Self::CHARS_MAX {
                    return Err($crate::InvalidText::new($what, $expected));
                }
                check(text).map(Self).ok_or($crate::InvalidText::new($what, $expected))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "minLength": 1, "maxLength": $max,
                    $("pattern": $pattern,)?
                    "description": $expected, "examples": [$example]
                })
            }
        }
    };
}
