//! The quote: what goods cost in a region, to the last minor unit.
//!
//! Rounding happens once a line, half-even, and nowhere else: every sum below is a sum of lines,
//! so lines always add up to the total and a refund of all parts is exactly the payment.

use std::collections::BTreeMap;

use kernel::{Currency, Handle, Money, MoneyError, Quantity, Rate, Sku};

use crate::region::{Region, ShippingOption, TaxMode};

/// One line of goods to be priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The caller's name for the line; comes back unchanged.
    pub line_id: String,
    /// What is bought.
    pub sku: Sku,
    /// Its name, for the buyer.
    pub title: String,
    /// The listed price of one piece: gross or net, as the region's prices are.
    pub unit_price: Money,
    /// How many pieces.
    pub quantity: Quantity,
    /// Decides the tax rate.
    pub tax_category: Handle,
}

/// What a set of lines costs in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The one currency of all amounts.
    pub currency: Currency,
    /// Whether `subtotal` and `shipping.amount` contain the tax.
    pub tax_mode: TaxMode,
    /// The lines in the order in which they were asked for.
    pub lines: Vec<QuotedLine>,
    /// The sum of the lines' subtotals.
    pub subtotal: Money,
    /// The sum of the lines' discounts.
    pub discount: Money,
    /// Shipping; `None` while no option is chosen.
    pub shipping: Option<QuotedShipping>,
    /// The tax by rate, lowest rate first.
    pub tax_lines: Vec<TaxLine>,
    /// The sum of all tax, shipping's included.
    pub tax: Money,
    /// What the buyer pays: the lines' totals and shipping's total.
    pub total: Money,
}

/// One priced line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedLine {
    /// The caller's name for the line.
    pub line_id: String,
    /// What is bought.
    pub sku: Sku,
    /// Its name, for the buyer.
    pub title: String,
    /// How many pieces.
    pub quantity: Quantity,
    /// The listed price of one piece.
    pub unit_price: Money,
    /// `unit_price` times `quantity`.
    pub subtotal: Money,
    /// What is taken off the subtotal.
    pub discount: Money,
    /// The rate of the line's tax category.
    pub tax_rate: Rate,
    /// The tax in the line.
    pub tax: Money,
    /// What the buyer pays for the line, tax included.
    pub total: Money,
}

/// Priced shipping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedShipping {
    /// The chosen option.
    pub option_id: Handle,
    /// Its name, for the buyer.
    pub name: String,
    /// What it costs, gross or net as the region's prices are.
    pub amount: Money,
    /// The rate of the region's shipping category.
    pub tax_rate: Rate,
    /// The tax in it.
    pub tax: Money,
    /// What the buyer pays for it, tax included.
    pub total: Money,
}

/// All tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLine {
    /// The rate.
    pub rate: Rate,
    /// The value without the tax.
    pub taxable: Money,
    /// The tax.
    pub tax: Money,
}

/// Why lines cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// A price is in a currency that is not the region's.
    #[error("`{sku}` is priced in {found}, the region sells in {expected}")]
    WrongCurrency {
        /// The line's goods.
        sku: Sku,
        /// The price's currency.
        found: Currency,
        /// The region's currency.
        expected: Currency,
    },
    /// The region has no such way of shipping.
    #[error("the region does not ship by `{0}`")]
    UnknownShippingOption(Handle),
    /// A sum does not fit.
    #[error("the amounts cannot be added up")]
    Amount(#[from] MoneyError),
}

/// Prices lines in a region, with shipping by `option` when one is chosen.
///
/// The same arguments always give the same quote. A total beyond 2^53 − 1 minor units is refused.
pub fn quote(region: &Region, lines: Vec<Line>, option: Option<&Handle>) -> Result<Quote, QuoteError> {
    let currency = region.terms.currency;
    let lines = lines
        .into_iter()
        .map(|line| price_line(region, line))
        .collect::<Result<Vec<_>, _>>()?;
    let subtotal = Money::sum(currency, lines.iter().map(|line| line.subtotal))?;
    let discount = Money::sum(currency, lines.iter().map(|line| line.discount))?;
    let shipping = match option {
        None => None,
        Some(option_id) => {
            let option = region
                .shipping_option(option_id)
                .ok_or_else(|| QuoteError::UnknownShippingOption(option_id.clone()))?;
            Some(price_shipping(region, option, subtotal.minus(discount)?)?)
        }
    };
    let tax_lines = tax_lines(currency, &lines, shipping.as_ref())?;
    let tax = Money::sum(currency, tax_lines.iter().map(|line| line.tax))?;
    let totals = lines.iter().map(|line| line.total);
    let total = Money::sum(
        currency,
        totals.chain(shipping.iter().map(|shipping| shipping.total)),
    )?;
    Ok(Quote {
        currency,
        tax_mode: region.terms.tax.mode,
        lines,
        subtotal,
        discount,
        shipping,
        tax_lines,
        tax,
        total,
    })
}

fn price_line(region: &Region, line: Line) -> Result<QuotedLine, QuoteError> {
    if line.unit_price.currency != region.terms.currency {
        return Err(QuoteError::WrongCurrency {
            sku: line.sku,
            found: line.unit_price.currency,
            expected: region.terms.currency,
        });
    }
    let subtotal = line.unit_price.times(line.quantity)?;
    let discount = Money::zero(region.terms.currency);
    let tax_rate = region.terms.tax.rate_of(&line.tax_category);
    let taxed = taxed(region.terms.tax.mode, subtotal.minus(discount)?, tax_rate)?;
    Ok(QuotedLine {
        line_id: line.line_id,
        sku: line.sku,
        title: line.title,
        quantity: line.quantity,
        unit_price: line.unit_price,
        subtotal,
        discount,
        tax_rate,
        tax: taxed.tax,
        total: taxed.total,
    })
}

fn price_shipping(
    region: &Region,
    option: &ShippingOption,
    goods: Money,
) -> Result<QuotedShipping, QuoteError> {
    let tax = &region.terms.tax;
    let tax_rate = tax.rate_of(&tax.shipping_category);
    let amount = option.price_for(goods);
    let taxed = taxed(tax.mode, amount, tax_rate)?;
    Ok(QuotedShipping {
        option_id: option.option_id.clone(),
        name: option.name.clone(),
        amount,
        tax_rate,
        tax: taxed.tax,
        total: taxed.total,
    })
}

struct Taxed {
    tax: Money,
    total: Money,
}

/// The one place where tax is rounded.
fn taxed(mode: TaxMode, amount: Money, rate: Rate) -> Result<Taxed, MoneyError> {
    match mode {
        TaxMode::Gross => Ok(Taxed {
            tax: amount.tax_within(rate)?,
            total: amount,
        }),
        TaxMode::Net => {
            let tax = amount.share(rate)?;
            Ok(Taxed {
                tax,
                total: amount.plus(tax)?,
            })
        }
    }
}

fn tax_lines(
    currency: Currency,
    lines: &[QuotedLine],
    shipping: Option<&QuotedShipping>,
) -> Result<Vec<TaxLine>, MoneyError> {
    let goods = lines.iter().map(|line| (line.tax_rate, line.tax, line.total));
    let shipping = shipping.map(|shipping| (shipping.tax_rate, shipping.tax, shipping.total));
    let mut by_rate = BTreeMap::new();
    for (rate, tax, total) in goods.chain(shipping) {
        let (taxable_sum, tax_sum) = by_rate
            .entry(rate)
            .or_insert((Money::zero(currency), Money::zero(currency)));
        *taxable_sum = taxable_sum.plus(total.minus(tax)?)?;
        *tax_sum = tax_sum.plus(tax)?;
    }
    Ok(by_rate
        .into_iter()
        .map(|(rate, (taxable, tax))| TaxLine { rate, taxable, tax })
        .collect())
}

#[cfg(test)]
mod tests;
