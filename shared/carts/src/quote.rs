//! What a cart would cost now, what is wrong with it, and what is missing to place it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kernel::{CountryCode, Currency, Fault, Handle, Money, Quantity, Rate, Sku};
pub use pricing::quote::QuotedShipping;
use pricing::quote::{Line as PricedLine, QuoteError};
use pricing::region::{Region, ShippingOption, TaxMode};

use crate::cart::{Cart, Goods, Line, LineId};

/// What the shop offers under a SKU at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The goods, at today's price in the cart's currency.
    pub goods: Goods,
    /// Whether stock is counted for it.
    pub tracks_inventory: bool,
    /// Whether it may be sold beyond the stock.
    pub allow_backorder: bool,
    /// How many pieces can be sold now. Only looked at when stock counts.
    pub available: i64,
}

/// The price of a whole cart at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Of all amounts.
    pub currency: Currency,
    /// Whether unit prices, subtotals and the shipping amount contain the tax.
    pub prices_include_tax: bool,
    /// The lines, as the cart has them.
    pub lines: Vec<QuotedLine>,
    /// The lines together.
    pub subtotal: Money,
    /// The chosen way of shipping, if one is chosen and offered.
    pub shipping: Option<QuotedShipping>,
    /// All tax.
    pub tax: Money,
    /// What the buyer would pay.
    pub total: Money,
    /// What is wrong now.
    pub problems: Vec<Problem>,
    /// What must still be said.
    pub missing: Vec<Missing>,
    /// The ways of shipping on offer, with what each would cost for these goods.
    pub shipping_options: Vec<(ShippingOption, Money)>,
}

/// One line's price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedLine {
    /// The cart's line.
    pub line_id: LineId,
    /// What.
    pub sku: Sku,
    /// Its product.
    pub product_id: String,
    /// In words.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// One piece.
    pub unit_price: Money,
    /// All pieces.
    pub subtotal: Money,
    /// The rate of the goods' tax category.
    pub tax_rate: Rate,
    /// The tax.
    pub tax: Money,
    /// What the buyer would pay for the line.
    pub total: Money,
    /// Whether stock is counted for it.
    pub tracks_inventory: bool,
    /// Whether it may be sold beyond the stock.
    pub allow_backorder: bool,
}

/// Something that is wrong with a cart now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The goods are not offered any more, or not in this currency.
    NotForSale {
        /// The line.
        line_id: LineId,
        /// The goods.
        sku: Sku,
    },
    /// Fewer pieces can be sold than the line asks for.
    SoldOut {
        /// The line.
        line_id: LineId,
        /// The goods.
        sku: Sku,
        /// How many it asks for.
        asked: u32,
        /// How many there are.
        available: i64,
    },
    /// The goods cost something else than when they were added. The quote has today's price, so
    /// that this does not keep anyone from placing: who names the quote has seen it.
    PriceChanged {
        /// The line.
        line_id: LineId,
        /// The goods.
        sku: Sku,
        /// The price then.
        was: Money,
        /// The price now.
        now: Money,
    },
    /// The region does not ship to the address's country.
    CountryNotServed {
        /// That country.
        country: CountryCode,
    },
    /// The region no longer offers the chosen way of shipping.
    ShippingOptionGone {
        /// The choice.
        option_id: Handle,
    },
}

/// What must be said before a cart can become an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// At least one line.
    Lines,
    /// The buyer's e-mail address.
    Email,
    /// Where the goods go.
    ShippingAddress,
    /// How they go.
    ShippingOptionId,
}

impl Missing {
    /// The cart's field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Email => "email",
            Self::ShippingAddress => "shipping_address",
            Self::ShippingOptionId => "shipping_option_id",
        }
    }
}

impl Problem {
    /// The stable word for it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotForSale { .. } => "not_for_sale",
            Self::SoldOut { .. } => "sold_out",
            Self::PriceChanged { .. } => "price_changed",
            Self::CountryNotServed { .. } => "country_not_served",
            Self::ShippingOptionGone { .. } => "shipping_option_gone",
        }
    }

    /// Whether no order can be placed until it is mended.
    pub const fn blocks(&self) -> bool {
        !matches!(self, Self::PriceChanged { .. })
    }

    /// The line it is about, if it is about one.
    pub const fn line_id(&self) -> Option<&LineId> {
        match self {
            Self::NotForSale { line_id, .. }
            | Self::SoldOut { line_id, .. }
            | Self::PriceChanged { line_id, .. } => Some(line_id),
            Self::CountryNotServed { .. } | Self::ShippingOptionGone { .. } => None,
        }
    }

    /// A sentence for people.
    pub fn message(&self) -> String {
        match self {
            Self::NotForSale { sku, .. } => format!("`{sku}` is not for sale"),
            Self::SoldOut {
                sku,
                asked,
                available,
                ..
            } => match available {
                ..=0 => format!("{asked} of `{sku}` were asked for, none is left"),
                1 => format!("{asked} of `{sku}` were asked for, 1 is left"),
                _ => format!("{asked} of `{sku}` were asked for, {available} are left"),
            },
            Self::PriceChanged { sku, was, now, .. } => format!("`{sku}` was {was} and is now {now}"),
            Self::CountryNotServed { country } => format!("goods do not go to {country} from this region"),
            Self::ShippingOptionGone { option_id } => format!("there is no shipping option `{option_id}`"),
        }
    }
}

/// A region that sells in the cart's currency prices every cart, unless the sum is beyond counting.
fn fault_of(error: QuoteError) -> Fault {
    match error {
        QuoteError::Amount(_) => {
            Fault::refused("total_too_large", "the cart's total is too large to be counted")
        }
        QuoteError::WrongCurrency { .. } | QuoteError::UnknownShippingOption(_) => Fault::broken(error),
    }
}

impl Quote {
    /// Prices a cart by what is offered now.
    ///
    /// Goods that are no longer offered are priced as they were added, so that the buyer still sees
    /// a sum; the problem beside them keeps the cart from being placed. The same arguments always
    /// give the same quote.
    pub fn of(cart: &Cart, region: &Region, offers: &BTreeMap<Sku, Offer>) -> Result<Self, Fault> {
        let offer_of = |line: &Line| {
            offers
                .get(&line.goods.sku)
                .filter(|offer| offer.goods.unit_price.currency == cart.currency)
        };
        let priced = cart
            .lines
            .iter()
            .map(|line| to_price(line, offer_of(line)))
            .collect();
        let option_id = cart
            .shipping_option_id
            .as_ref()
            .filter(|id| region.shipping_option(id).is_some());
        let priced = pricing::quote::quote(region, priced, option_id).map_err(fault_of)?;
        let terms = cart.lines.iter().zip(priced.lines);
        let lines = terms
            .map(|(line, priced)| quoted_line(line, priced, offer_of(line)))
            .collect();
        let mut problems: Vec<_> = cart
            .lines
            .iter()
            .flat_map(|line| line_problems(line, offer_of(line)))
            .collect();
        problems.extend(shipping_problems(cart, region));
        let options = region.terms.shipping_options.iter();
        Ok(Self {
            currency: priced.currency,
            prices_include_tax: priced.tax_mode == TaxMode::Gross,
            lines,
            subtotal: priced.subtotal,
            shipping: priced.shipping,
            tax: priced.tax,
            total: priced.total,
            problems,
            missing: missing(cart),
            shipping_options: options
                .map(|option| (option.clone(), option.price_for(priced.subtotal)))
                .collect(),
        })
    }

    /// Whether an order could be placed on it.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && !self.problems.iter().any(Problem::blocks)
    }

    /// Everything the buyer agrees to, as one text: two quotes with the same text are the same deal.
    pub(crate) fn terms(&self) -> String {
        let mut text = format!(
            "{} {} {} {}",
            self.currency, self.subtotal.minor, self.tax.minor, self.total.minor
        );
        for line in &self.lines {
            let (price, tax, total) = (line.unit_price.minor, line.tax.minor, line.total.minor);
            // Writing into a `String` cannot fail.
            write!(
                text,
                "\n{} {} {price} {tax} {total}",
                line.sku,
                line.quantity.get()
            )
            .ok();
        }
        if let Some(shipping) = &self.shipping {
            write!(
                text,
                "\n{} {} {}",
                shipping.option_id, shipping.tax.minor, shipping.total.minor
            )
            .ok();
        }
        text
    }
}

fn to_price(line: &Line, offer: Option<&Offer>) -> PricedLine {
    let goods = offer.map_or(&line.goods, |offer| &offer.goods);
    PricedLine {
        line_id: line.line_id.to_string(),
        sku: goods.sku.clone(),
        title: goods.title.clone(),
        unit_price: goods.unit_price,
        quantity: line.quantity,
        tax_category: goods.tax_category.clone(),
    }
}

fn quoted_line(line: &Line, priced: pricing::quote::QuotedLine, offer: Option<&Offer>) -> QuotedLine {
    QuotedLine {
        line_id: line.line_id.clone(),
        sku: priced.sku,
        product_id: line.goods.product_id.clone(),
        title: priced.title,
        quantity: priced.quantity,
        unit_price: priced.unit_price,
        subtotal: priced.subtotal,
        tax_rate: priced.tax_rate,
        tax: priced.tax,
        total: priced.total,
        tracks_inventory: offer.is_some_and(|offer| offer.tracks_inventory),
        allow_backorder: offer.is_some_and(|offer| offer.allow_backorder),
    }
}

fn line_problems(line: &Line, offer: Option<&Offer>) -> Vec<Problem> {
    let (line_id, sku) = (line.line_id.clone(), line.goods.sku.clone());
    let Some(offer) = offer else {
        return vec![Problem::NotForSale { line_id, sku }];
    };
    let mut problems = Vec::new();
    let asked = line.quantity.get();
    if offer.tracks_inventory && !offer.allow_backorder && offer.available < i64::from(asked) {
        let available = offer.available.max(0);
        problems.push(Problem::SoldOut {
            line_id: line_id.clone(),
            sku: sku.clone(),
            asked,
            available,
        });
    }
    let (was, now) = (line.goods.unit_price, offer.goods.unit_price);
    if was != now {
        problems.push(Problem::PriceChanged {
            line_id,
            sku,
            was,
            now,
        });
    }
    problems
}

fn shipping_problems(cart: &Cart, region: &Region) -> Vec<Problem> {
    let country = cart.shipping_address.as_ref().map(|address| &address.country);
    let elsewhere = country.filter(|country| !region.serves(country));
    let gone = cart
        .shipping_option_id
        .as_ref()
        .filter(|id| region.shipping_option(id).is_none());
    let elsewhere = elsewhere.map(|country| Problem::CountryNotServed {
        country: country.clone(),
    });
    elsewhere
        .into_iter()
        .chain(gone.map(|id| Problem::ShippingOptionGone {
            option_id: id.clone(),
        }))
        .collect()
}

fn missing(cart: &Cart) -> Vec<Missing> {
    let checks = [
        (cart.lines.is_empty(), Missing::Lines),
        (cart.email.is_none(), Missing::Email),
        (cart.shipping_address.is_none(), Missing::ShippingAddress),
        (cart.shipping_option_id.is_none(), Missing::ShippingOptionId),
    ];
    checks
        .into_iter()
        .filter_map(|(is_missing, what)| is_missing.then_some(what))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
