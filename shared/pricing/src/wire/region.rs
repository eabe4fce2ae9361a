//! Regions in JSON.

use std::collections::BTreeMap;

use kernel::{CountryCode, Currency, Handle, Money, Rate, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::region::{Region, ShippingOption, Tax, TaxMode, Terms};

/// A region's terms, all of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRegion {
    /// For people.
    #[schemars(length(min = 1, max = 100), example = &"Europe")]
    pub name: String,
    /// The one currency of its prices.
    pub currency: Currency,
    /// Where goods may go. A country may belong to several regions.
    #[schemars(length(min = 1, max = 250), example = &["DE", "FR"])]
    pub countries: Vec<CountryCode>,
    /// How prices are taxed.
    pub tax: TaxBody,
    /// How goods may go there, in the order in which a buyer is shown them.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub shipping_options: Vec<ShippingOptionBody>,
}

/// How a region taxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxBody {
    /// Whether listed prices contain the tax.
    pub mode: TaxModeName,
    /// The rate of every tax category that `rates` does not name.
    #[schemars(example = &"0.19")]
    pub default_rate: Rate,
    /// Rates by tax category.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 100), example = &serde_json::json!({"books": "0.07"}))]
    pub rates: BTreeMap<Handle, Rate>,
    /// The tax category of shipping; without it, `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_category: Option<Handle>,
}

/// Whether listed prices contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxModeName {
    /// Prices contain the tax, as in Europe.
    Gross,
    /// Tax is added to prices, as in North America.
    Net,
}

/// One way of shipping at a flat price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShippingOptionBody {
    /// Names the option within its region.
    pub option_id: Handle,
    /// For people.
    #[schemars(length(min = 1, max = 100), example = &"Standard, 2 to 3 days")]
    pub name: String,
    /// What it costs; gross or net as the region's prices are.
    pub amount: Money,
    /// From this value of goods on it costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<Money>,
}

/// A region: where the shop sells in one currency and under one set of tax rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RegionView {
    /// Names the region.
    pub region_id: Handle,
    /// For people.
    pub name: String,
    /// The one currency of its prices.
    pub currency: Currency,
    /// Where goods may go.
    pub countries: Vec<CountryCode>,
    /// How prices are taxed.
    pub tax: TaxBody,
    /// How goods may go there, in the order in which a buyer is shown them.
    pub shipping_options: Vec<ShippingOptionBody>,
    /// Counts the changes; the ETag.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Time,
}

impl TryFrom<PutRegion> for Terms {
    type Error = kernel::InvalidText;

    /// Never fails in practice: the one text that is not from the request is `standard`.
    fn try_from(body: PutRegion) -> Result<Self, Self::Error> {
        let shipping_category = match body.tax.shipping_category {
            Some(category) => category,
            None => Handle::parse("standard")?,
        };
        let option = |body: ShippingOptionBody| ShippingOption {
            option_id: body.option_id,
            name: body.name,
            amount: body.amount,
            free_from: body.free_from,
        };
        Ok(Self {
            name: body.name,
            currency: body.currency,
            countries: body.countries,
            tax: Tax {
                mode: body.tax.mode.into(),
                rates: body.tax.rates,
                default_rate: body.tax.default_rate,
                shipping_category,
            },
            shipping_options: body.shipping_options.into_iter().map(option).collect(),
        })
    }
}

impl From<Region> for RegionView {
    fn from(region: Region) -> Self {
        let terms = region.terms;
        let option = |option: ShippingOption| ShippingOptionBody {
            option_id: option.option_id,
            name: option.name,
            amount: option.amount,
            free_from: option.free_from,
        };
        Self {
            region_id: region.region_id,
            name: terms.name,
            currency: terms.currency,
            countries: terms.countries,
            tax: TaxBody {
                mode: terms.tax.mode.into(),
                default_rate: terms.tax.default_rate,
                rates: terms.tax.rates,
                shipping_category: Some(terms.tax.shipping_category),
            },
            shipping_options: terms.shipping_options.into_iter().map(option).collect(),
            version: region.version,
            updated_at: region.updated_at,
        }
    }
}

impl From<TaxMode> for TaxModeName {
    fn from(mode: TaxMode) -> Self {
        match mode {
            TaxMode::Gross => Self::Gross,
            TaxMode::Net => Self::Net,
        }
    }
}

impl From<TaxModeName> for TaxMode {
    fn from(name: TaxModeName) -> Self {
        match name {
            TaxModeName::Gross => Self::Gross,
            TaxModeName::Net => Self::Net,
        }
    }
}
