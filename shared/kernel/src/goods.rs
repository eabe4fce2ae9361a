//! Words for goods: SKU, handle, quantity.

use crate::InvalidText;

checked_text!(
    /// Names one sellable variant, for example `tea-green-100`. Unique in the shop.
    Sku, "SKU", "1 to 64 of A-Z a-z 0-9 . _ - and beginning with a letter or digit", max 64,
    pattern "^[A-Za-z0-9][A-Za-z0-9._-]*$", example "tea-green-100",
    |text| {
        let first = text.chars().next()?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        (first.is_ascii_alphanumeric() && text.chars().all(allowed)).then(|| text.to_owned())
    }
);

checked_text!(
    /// Names a product or category in a URL, for example `green-tea`.
    Handle, "handle", "1 to 100 of a-z 0-9 and single hyphens between them", max 100,
    pattern "^[a-z0-9]+(-[a-z0-9]+)*$", example "green-tea",
    |text| {
        let parts_ok = text.split('-').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        parts_ok.then(|| text.to_owned())
    }
);

/// How many pieces of something: 1 to 9,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(u32);

impl Quantity {
    /// The most pieces one line may hold.
    pub const MAX: u32 = 9_999;
    /// One piece.
    pub const ONE: Self = Self(1);

    /// Accepts 1 to [`Quantity::MAX`].
    pub fn new(count: u32) -> Result<Self, InvalidText> {
        if (1..=Self::MAX).contains(&count) {
            Ok(Self(count))
        } else {
            Err(InvalidText::new("quantity", "a whole number from 1 to 9999"))
        }
    }

    /// The number of pieces.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl serde::Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 9999, "examples": [2] })
    }
}
