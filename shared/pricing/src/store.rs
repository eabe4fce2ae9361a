//! The table `pricing`: the only code that knows its rows. `docs/access-patterns/pricing.md` lists
//! every pattern with its cost.

use std::collections::BTreeMap;

use kernel::{CountryCode, Currency, Fault, Handle, Limit, Money, Page, Rate, Time};
use platform::Cloud;
use platform::table::{Condition, Key, Table, TableError};
use serde::{Deserialize, Serialize};

use crate::region::{Region, ShippingOption, Tax, TaxMode, Terms};

/// All regions are one small partition: they are listed by one query.
const REGIONS: &str = "regions";

/// The table and its access patterns.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// Why the table did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is no longer as it was when the change was decided.
    #[error("the region has changed meanwhile")]
    Stale,
    /// The table did not answer, or not as it should.
    #[error("the pricing table failed")]
    Table(#[from] TableError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::busy(error),
            StoreError::Table(error) => error.into(),
        }
    }
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("pricing"),
        }
    }

    /// P1: one region, as it was a moment ago.
    pub(crate) async fn region(&self, region_id: &Handle) -> Result<Option<Region>, StoreError> {
        let row: Option<RegionRow> = self.table.get(key(region_id)).await?;
        Ok(row.map(Region::from))
    }

    /// P2: one region as the last write left it, to be changed.
    pub(crate) async fn region_now(&self, region_id: &Handle) -> Result<Option<Region>, StoreError> {
        let row: Option<RegionRow> = self.table.get_consistent(key(region_id)).await?;
        Ok(row.map(Region::from))
    }

    /// P3: a page of all regions, by id.
    pub(crate) async fn regions(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Region>, StoreError> {
        let page = self
            .table
            .query(REGIONS)
            .limit(limit)
            .after(after)
            .page::<RegionRow>()
            .await?;
        Ok(page.map(Region::from))
    }

    /// P4: writes a region over this version (0: over none). Over another one it is
    /// [`StoreError::Stale`].
    pub(crate) async fn put(&self, region: &Region, over_version: u64) -> Result<(), StoreError> {
        let condition = match over_version {
            0 => Condition::absent(),
            version => Condition::eq("version", version),
        };
        let put = self.table.put(&RegionRow::from(region)).only_if(condition);
        put.send().await.map_err(|error| {
            if error.is_condition_failed() {
                StoreError::Stale
            } else {
                error.into()
            }
        })
    }
}

fn key(region_id: &Handle) -> Key {
    Key::new(REGIONS, region_id.as_str())
}

#[derive(Debug, Serialize, Deserialize)]
struct RegionRow {
    pk: String,
    sk: Handle,
    name: String,
    currency: Currency,
    countries: Vec<CountryCode>,
    tax_mode: TaxModeName,
    tax_rates: BTreeMap<Handle, Rate>,
    tax_default_rate: Rate,
    tax_shipping_category: Handle,
    shipping_options: Vec<ShippingPart>,
    version: u64,
    updated_at: Time,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaxModeName {
    Gross,
    Net,
}

#[derive(Debug, Serialize, Deserialize)]
struct ShippingPart {
    option_id: Handle,
    name: String,
    amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free_from: Option<i64>,
}

impl From<&Region> for RegionRow {
    fn from(region: &Region) -> Self {
        let Key { pk, .. } = key(&region.region_id);
        let terms = region.terms.clone();
        let part = |option: ShippingOption| ShippingPart {
            option_id: option.option_id,
            name: option.name,
            amount: option.amount.minor,
            free_from: option.free_from.map(|threshold| threshold.minor),
        };
        Self {
            pk,
            sk: region.region_id.clone(),
            name: terms.name,
            currency: terms.currency,
            countries: terms.countries,
            tax_mode: match terms.tax.mode {
                TaxMode::Gross => TaxModeName::Gross,
                TaxMode::Net => TaxModeName::Net,
            },
            tax_rates: terms.tax.rates,
            tax_default_rate: terms.tax.default_rate,
            tax_shipping_category: terms.tax.shipping_category,
            shipping_options: terms.shipping_options.into_iter().map(part).collect(),
            version: region.version,
            updated_at: region.updated_at,
        }
    }
}

impl From<RegionRow> for Region {
    fn from(row: RegionRow) -> Self {
        let currency = row.currency;
        let option = |part: ShippingPart| ShippingOption {
            option_id: part.option_id,
            name: part.name,
            amount: Money::new(part.amount, currency),
            free_from: part.free_from.map(|minor| Money::new(minor, currency)),
        };
        Self {
            region_id: row.sk,
            terms: Terms {
                name: row.name,
                currency,
                countries: row.countries,
                tax: Tax {
                    mode: match row.tax_mode {
                        TaxModeName::Gross => TaxMode::Gross,
                        TaxModeName::Net => TaxMode::Net,
                    },
                    rates: row.tax_rates,
                    default_rate: row.tax_default_rate,
                    shipping_category: row.tax_shipping_category,
                },
                shipping_options: row.shipping_options.into_iter().map(option).collect(),
            },
            version: row.version,
            updated_at: row.updated_at,
        }
    }
}

#[cfg(test)]
mod tests;
