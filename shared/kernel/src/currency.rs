//! Currencies of ISO 4217 with their number of decimals.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::InvalidText;

/// An ISO 4217 currency that has minor units (or none), for example `EUR` (2), `JPY` (0), `KWD` (3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Accepts the upper-case alphabetic code of a currency in circulation.
    pub fn parse(code: &str) -> Result<Self, InvalidText> {
        let known = iso_currency::Currency::from_code(code).filter(|currency| currency.exponent().is_some());
        let bytes: Option<[u8; 3]> = code.as_bytes().try_into().ok();
        match (known, bytes) {
            (Some(_), Some(bytes)) => Ok(Self(bytes)),
            _ => Err(InvalidText::new(
                "currency",
                "an ISO 4217 code in capitals, for example EUR",
            )),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimals an amount is written with (ISO 4217 exponent).
    pub fn exponent(self) -> u32 {
        iso_currency::Currency::from_code(self.as_str())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Z]{3}$",
            "description": "ISO 4217 code in capitals.", "examples": ["EUR"]
        })
    }
}
