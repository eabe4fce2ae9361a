//! A region: where the shop sells in one currency, how it taxes there and how it ships.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CountryCode, Currency, FieldFault, Handle, Money, Rate, Time};

/// Where the shop sells in one currency and under one set of tax rates.
///
/// A country may belong to several regions (the cart names its region); what a region does not
/// list, it does not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Names the region, for example `eu`.
    pub region_id: Handle,
    /// What it is and how it works.
    pub terms: Terms,
    /// Counts the changes; the first is 1.
    pub version: u64,
    /// When it last changed.
    pub updated_at: Time,
}

/// Everything about a region that staff decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// For people, for example `Europe`.
    pub name: String,
    /// The one currency of its prices.
    pub currency: Currency,
    /// Where goods may go.
    pub countries: Vec<CountryCode>,
    /// How prices are taxed.
    pub tax: Tax,
    /// How goods may go there, in the order in which a buyer is shown them.
    pub shipping_options: Vec<ShippingOption>,
}

/// How a region taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// Whether prices contain the tax.
    pub mode: TaxMode,
    /// Rates of the tax categories that differ from the default.
    pub rates: BTreeMap<Handle, Rate>,
    /// The rate of every other tax category.
    pub default_rate: Rate,
    /// The tax category of shipping.
    pub shipping_category: Handle,
}

impl Tax {
    /// The rate of a tax category.
    pub fn rate_of(&self, category: &Handle) -> Rate {
        self.rates.get(category).copied().unwrap_or(self.default_rate)
    }
}

/// Whether listed prices contain the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMode {
    /// Prices contain the tax, as in Europe.
    Gross,
    /// Tax is added to prices, as in North America.
    Net,
}

/// One way of shipping at a flat price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippingOption {
    /// Names the option within its region, for example `standard`.
    pub option_id: Handle,
    /// For people, for example `Standard, 2–3 days`.
    pub name: String,
    /// What it costs; gross or net as the region's prices are.
    pub amount: Money,
    /// From this value of goods on it costs nothing.
    pub free_from: Option<Money>,
}

impl ShippingOption {
    /// What it costs for goods of this value.
    pub fn price_for(&self, goods: Money) -> Money {
        match self.free_from {
            Some(threshold) if goods.minor >= threshold.minor => Money::zero(self.amount.currency),
            _ => self.amount,
        }
    }
}

impl Terms {
    /// The most ways of shipping in one region.
    pub const SHIPPING_OPTIONS_MAX: usize = 20;

    /// Everything that is wrong with the terms, each fault named by its path on the wire.
    pub fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut countries = BTreeSet::new();
        for (index, country) in self.countries.iter().enumerate() {
            if !countries.insert(country) {
                faults.push(FieldFault::new(
                    format!("countries[{index}]"),
                    "duplicate",
                    format!("`{country}` is listed twice"),
                ));
            }
        }
        let mut options = BTreeSet::new();
        for (index, option) in self.shipping_options.iter().enumerate() {
            let path = format!("shipping_options[{index}]");
            if !options.insert(&option.option_id) {
                faults.push(FieldFault::new(
                    format!("{path}.option_id"),
                    "duplicate",
                    format!("`{}` is used twice", option.option_id),
                ));
            }
            faults.extend(self.amount_fault(format!("{path}.amount"), option.amount));
            if let Some(threshold) = option.free_from {
                faults.extend(self.amount_fault(format!("{path}.free_from"), threshold));
            }
        }
        faults
    }

    /// The region of these terms; every fault when there is one.
    ///
    /// With `present` it is the next version of that region, or the very same when nothing
    /// changes, so that a repeated put is harmless.
    pub fn into_region(
        self,
        region_id: Handle,
        present: Option<&Region>,
        now: Time,
    ) -> Result<Region, Vec<FieldFault>> {
        let faults = self.faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        match present {
            Some(region) if region.terms == self => Ok(region.clone()),
            _ => Ok(Region {
                region_id,
                terms: self,
                version: present.map_or(0, |region| region.version).saturating_add(1),
                updated_at: now,
            }),
        }
    }

    fn amount_fault(&self, field: String, amount: Money) -> Option<FieldFault> {
        if amount.currency != self.currency {
            let message = format!("the region's currency is {}", self.currency);
            Some(FieldFault::new(field, "wrong_currency", message))
        } else if amount.minor < 0 {
            Some(FieldFault::new(field, "too_small", "must not be negative"))
        } else {
            None
        }
    }
}

impl Region {
    /// Whether goods may go to this country.
    pub fn serves(&self, country: &CountryCode) -> bool {
        self.terms.countries.contains(country)
    }

    /// The way of shipping with this id.
    pub fn shipping_option(&self, option_id: &Handle) -> Option<&ShippingOption> {
        self.terms
            .shipping_options
            .iter()
            .find(|option| option.option_id == *option_id)
    }
}

#[cfg(test)]
mod tests;
