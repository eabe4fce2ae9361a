//! Quotes in JSON: what carts show and orders keep.

use kernel::{Currency, Handle, Money, Quantity, Rate, Sku};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TaxModeName;
use crate::quote::{Quote, QuotedLine, QuotedShipping, TaxLine};

/// What a cart costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteView {
    /// The one currency of all amounts.
    pub currency: Currency,
    /// Whether `subtotal` and `shipping.amount` contain the tax.
    pub tax_mode: TaxModeName,
    /// The lines of the cart, priced.
    pub lines: Vec<QuotedLineView>,
    /// The sum of the lines' subtotals.
    pub subtotal: Money,
    /// The sum of the lines' discounts.
    pub discount: Money,
    /// Shipping; null while no option is chosen.
    pub shipping: Option<QuotedShippingView>,
    /// The tax by rate, lowest rate first.
    pub tax_lines: Vec<TaxLineView>,
    /// The sum of all tax, shipping's included.
    pub tax: Money,
    /// What the buyer pays.
    pub total: Money,
}

/// A priced line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuotedLineView {
    /// Names the cart's line.
    pub line_id: String,
    /// What is bought.
    pub sku: Sku,
    /// Its name.
    pub title: String,
    /// How many pieces.
    pub quantity: Quantity,
    /// The listed price of one piece.
    pub unit_price: Money,
    /// `unit_price` times `quantity`.
    pub subtotal: Money,
    /// What is taken off the subtotal.
    pub discount: Money,
    /// The tax rate.
    pub tax_rate: Rate,
    /// The tax in the line.
    pub tax: Money,
    /// What the buyer pays for the line, tax included.
    pub total: Money,
}

/// Priced shipping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QuotedShippingView {
    /// The chosen option.
    pub option_id: Handle,
    /// Its name.
    pub name: String,
    /// What it costs, gross or net as the region's prices are.
    pub amount: Money,
    /// The tax rate.
    pub tax_rate: Rate,
    /// The tax in it.
    pub tax: Money,
    /// What the buyer pays for it, tax included.
    pub total: Money,
}

/// All tax of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaxLineView {
    /// The rate.
    pub rate: Rate,
    /// The value without the tax.
    pub taxable: Money,
    /// The tax.
    pub tax: Money,
}

impl From<&Quote> for QuoteView {
    fn from(quote: &Quote) -> Self {
        Self {
            currency: quote.currency,
            tax_mode: quote.tax_mode.into(),
            lines: quote.lines.iter().map(QuotedLineView::from).collect(),
            subtotal: quote.subtotal,
            discount: quote.discount,
            shipping: quote.shipping.as_ref().map(QuotedShippingView::from),
            tax_lines: quote.tax_lines.iter().map(TaxLineView::from).collect(),
            tax: quote.tax,
            total: quote.total,
        }
    }
}

impl From<&QuotedLine> for QuotedLineView {
    fn from(line: &QuotedLine) -> Self {
        Self {
            line_id: line.line_id.clone(),
            sku: line.sku.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            subtotal: line.subtotal,
            discount: line.discount,
            tax_rate: line.tax_rate,
            tax: line.tax,
            total: line.total,
        }
    }
}

impl From<&QuotedShipping> for QuotedShippingView {
    fn from(shipping: &QuotedShipping) -> Self {
        Self {
            option_id: shipping.option_id.clone(),
            name: shipping.name.clone(),
            amount: shipping.amount,
            tax_rate: shipping.tax_rate,
            tax: shipping.tax,
            total: shipping.total,
        }
    }
}

impl From<&TaxLine> for TaxLineView {
    fn from(line: &TaxLine) -> Self {
        Self {
            rate: line.rate,
            taxable: line.taxable,
            tax: line.tax,
        }
    }
}
