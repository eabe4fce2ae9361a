//! What is written the same way in requests and in answers.

use kernel::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::{Dimensions, Image, Price, ProductOption};

/// What a buyer chooses, for example a color.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionBody {
    /// For people.
    #[schemars(length(min = 1, max = 50), example = &"Color")]
    pub name: String,
    /// For people, in the order in which they are shown; at most 100.
    #[schemars(length(min = 1, max = 100), inner(length(min = 1, max = 100)), example = &["red", "blue"])]
    pub values: Vec<String>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageBody {
    /// Where it is, `http` or `https`.
    #[schemars(length(max = 500), regex(pattern = "^https?://[^ ]+$"), example = &"https://images.example.com/tea.webp")]
    pub url: String,
    /// What it shows, for those who do not see it.
    #[serde(default)]
    #[schemars(length(max = 200), example = &"A tin of green tea")]
    pub alt: String,
}

/// A size in millimeters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionsBody {
    /// The longest side.
    #[schemars(range(max = 100_000), example = 120)]
    pub length: u32,
    /// The side across.
    #[schemars(range(max = 100_000), example = 80)]
    pub width: u32,
    /// Upright.
    #[schemars(range(max = 100_000), example = 60)]
    pub height: u32,
}

/// What one piece costs in one currency; with what it cost before, to be shown struck through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBody {
    /// Minor units: cents for EUR, yen for JPY, fils for KWD.
    #[schemars(range(min = 0, max = 9_007_199_254_740_991_i64), example = 1999)]
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// More than `amount`, in the same currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
}

impl From<ProductOption> for OptionBody {
    fn from(option: ProductOption) -> Self {
        Self {
            name: option.name,
            values: option.values,
        }
    }
}

impl From<OptionBody> for ProductOption {
    fn from(body: OptionBody) -> Self {
        Self {
            name: body.name,
            values: body.values,
        }
    }
}

impl From<Image> for ImageBody {
    fn from(image: Image) -> Self {
        Self {
            url: image.url,
            alt: image.alt,
        }
    }
}

impl From<ImageBody> for Image {
    fn from(body: ImageBody) -> Self {
        Self {
            url: body.url,
            alt: body.alt,
        }
    }
}

impl From<Dimensions> for DimensionsBody {
    fn from(
        Dimensions {
            length,
            width,
            height,
        }: Dimensions,
    ) -> Self {
        Self {
            length,
            width,
            height,
        }
    }
}

impl From<DimensionsBody> for Dimensions {
    fn from(
        DimensionsBody {
            length,
            width,
            height,
        }: DimensionsBody,
    ) -> Self {
        Self {
            length,
            width,
            height,
        }
    }
}

impl From<Price> for PriceBody {
    fn from(price: Price) -> Self {
        Self {
            amount: price.amount.minor,
            currency: price.amount.currency,
            compare_at: price.compare_at,
        }
    }
}

impl From<PriceBody> for Price {
    fn from(body: PriceBody) -> Self {
        Self {
            amount: Money::new(body.amount, body.currency),
            compare_at: body.compare_at,
        }
    }
}

/// Each item as the other kind.
pub(super) fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}

/// The prices in one currency, or in all.
pub(super) fn prices_in(currency: Option<Currency>, prices: Vec<Price>) -> Vec<PriceBody> {
    let asked = |price: &Price| currency.is_none_or(|currency| price.amount.currency == currency);
    prices.into_iter().filter(asked).map(PriceBody::from).collect()
}
