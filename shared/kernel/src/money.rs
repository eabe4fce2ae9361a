//! Money: an integer of minor units with a currency, and the few operations a shop needs.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::{Currency, InvalidText, Quantity};

/// An amount in minor units, for example 1999 EUR = 19.99 €. May be negative in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: cents for EUR, yen for JPY, fils for KWD.
    #[serde(rename = "amount")]
    #[schemars(range(min = -9_007_199_254_740_991_i64, max = 9_007_199_254_740_991_i64), example = 1999)]
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

/// Two amounts cannot be combined, or the result does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of different currencies were combined.
    #[error("amounts in {0} and {1} cannot be combined")]
    Mixed(Currency, Currency),
    /// The result is beyond what a client can read exactly (2^53 − 1 minor units).
    #[error("the amount is too large")]
    TooLarge,
}

/// A share such as a tax rate: a decimal fraction, 0.19 for 19 %. Written as text, never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(Decimal);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Accepts a decimal from 0 to 1 with at most six decimals, for example `0.19`.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let invalid = InvalidText::new("rate", "a decimal from 0 to 1 as text, for example 0.19");
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = text.parse::<Decimal>().map_err(|_| invalid.clone())?;
        if plain && value >= Decimal::ZERO && value <= Decimal::ONE && value.scale() <= 6 {
            Ok(Self(value.normalize()))
        } else {
            Err(invalid)
        }
    }

    fn one_plus(self) -> Decimal {
        Decimal::ONE + self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Rate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": 8, "pattern": "^(0|1|0\\.[0-9]{1,6}|1\\.0{1,6})$",
            "description": "A share from 0 to 1 as decimal text; 0.19 is 19 %.", "examples": ["0.19"]
        })
    }
}

impl Money {
    /// The largest amount a JSON client can read exactly: 2^53 − 1 minor units.
    pub const MINOR_MAX: i64 = 9_007_199_254_740_991;

    /// So many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum. Refuses other currencies and overflow.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.checked(self.minor.checked_add(other.minor))
    }

    /// The difference. Refuses other currencies and overflow.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        self.checked(self.minor.checked_sub(other.minor))
    }

    /// So many times this amount.
    pub fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        self.checked(self.minor.checked_mul(i64::from(quantity.get())))
    }

    /// The sum of a list; nothing in `currency` when the list is empty.
    pub fn sum(currency: Currency, parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The share `rate` of this amount, rounded half-even to the minor unit.
    pub fn share(self, rate: Rate) -> Result<Self, MoneyError> {
        self.rounded(Decimal::from(self.minor).checked_mul(rate.0))
    }

    /// The tax contained in this gross amount at `rate`, rounded half-even: gross − gross / (1 + rate).
    pub fn tax_within(self, rate: Rate) -> Result<Self, MoneyError> {
        let net = self.rounded(Decimal::from(self.minor).checked_div(rate.one_plus()))?;
        self.minus(net)
    }

    /// Splits this amount in proportion to `weights`, so that the parts add up exactly.
    ///
    /// Largest remainder method: each part is floored, and the minor units left over go to the
    /// largest remainders, the earlier part first. When all weights are zero, every part counts
    /// the same. The amount and the weights must not be negative; no weights give no parts.
    pub fn allocate(self, weights: &[u64]) -> Result<Vec<Self>, MoneyError> {
        let amount = u128::try_from(self.minor).map_err(|_| MoneyError::TooLarge)?;
        let total: u128 = weights.iter().copied().map(u128::from).sum();
        let weight_of = |weight: u64| if total == 0 { 1 } else { u128::from(weight) };
        let total = if total == 0 { weights.len() as u128 } else { total };
        let mut parts = Vec::with_capacity(weights.len());
        let mut remainders = Vec::with_capacity(weights.len());
        for (index, weight) in weights.iter().enumerate() {
            let product = amount * weight_of(*weight);
            parts.push(i64::try_from(product / total).map_err(|_| MoneyError::TooLarge)?);
            remainders.push((product % total, index));
        }
        let left = self.minor - parts.iter().sum::<i64>();
        remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, index) in remainders.into_iter().take(usize::try_from(left).unwrap_or(0)) {
            parts[index] += 1;
        }
        Ok(parts
            .into_iter()
            .map(|minor| Self::new(minor, self.currency))
            .collect())
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Mixed(self.currency, other.currency))
        }
    }

    fn checked(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        match minor {
            Some(minor) if (-Self::MINOR_MAX..=Self::MINOR_MAX).contains(&minor) => {
                Ok(Self::new(minor, self.currency))
            }
            _ => Err(MoneyError::TooLarge),
        }
    }

    fn rounded(self, value: Option<Decimal>) -> Result<Self, MoneyError> {
        use rust_decimal::prelude::ToPrimitive;
        let rounded =
            value.map(|value| value.round_dp_with_strategy(0, RoundingStrategy::MidpointNearestEven));
        self.checked(rounded.and_then(|value| value.to_i64()))
    }
}

/// For people: `19.99 EUR`, `500 JPY`. Not a wire format.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let sign = if self.minor < 0 { "-" } else { "" };
        let (minor, scale) = (self.minor.unsigned_abs(), 10_u64.pow(exponent));
        if exponent == 0 {
            return write!(out, "{sign}{minor} {}", self.currency);
        }
        let width = usize::try_from(exponent).unwrap_or(2);
        write!(
            out,
            "{sign}{}.{:0width$} {}",
            minor / scale,
            minor % scale,
            self.currency
        )
    }
}

#[cfg(test)]
mod tests;
