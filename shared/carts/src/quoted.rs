//! What the orders context asks: is this the quote the buyer saw, and does it still hold?

use kernel::{Address, Email, Fault, FieldFault, Handle, Time};
use platform::table::Write;
use platform::token::BadSeal;

use crate::access::{Access, Holder};
use crate::cart::{Cart, CartId, ChangeError, CustomerId, OrderId};
use crate::change::Carts;
use crate::quote::{Missing, Problem, Quote, QuotedShipping};
use crate::quote_id::Seen;

/// A cart that lacks nothing, at a price the buyer has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedCart {
    /// Which cart.
    pub cart_id: CartId,
    /// The customer who buys; none for a guest.
    pub customer_id: Option<CustomerId>,
    /// The version that was quoted.
    pub version: u64,
    /// Where it is sold.
    pub region_id: Handle,
    /// The quote.
    pub quote: Quote,
    /// The chosen way of shipping.
    pub shipping: QuotedShipping,
    /// Where the confirmation goes.
    pub email: Email,
    /// Where the goods go.
    pub shipping_address: Address,
    /// Where the bill goes, when elsewhere.
    pub billing_address: Option<Address>,
}

/// Why a cart cannot become an order now.
#[derive(Debug, thiserror::Error)]
pub enum QuotedError {
    /// There is no such cart.
    #[error("there is no such cart")]
    NoSuchCart,
    /// The cart is not open.
    #[error(transparent)]
    Closed(ChangeError),
    /// The cart is empty.
    #[error("the cart holds no lines")]
    Empty,
    /// Something must still be said.
    #[error("the cart lacks {}", .0.iter().map(|missing| missing.as_str()).collect::<Vec<_>>().join(", "))]
    Incomplete(Vec<Missing>),
    /// Something is wrong with the cart: where in the cart, and what. Never empty.
    #[error("{}", .0.first().map(|(_, problem)| problem.message()).unwrap_or_default())]
    Problems(Vec<(String, Problem)>),
    /// The quote's time is over.
    #[error("the quote has expired; read the cart again")]
    Expired,
    /// Cart or prices are not what they were when the buyer saw the quote.
    #[error("the cart or its prices have changed since this quote; read the cart again")]
    Changed,
    /// The quote id was not made for this cart.
    #[error("there is no such quote for this cart")]
    Unknown,
    /// The market or the carts could not be read.
    #[error("the cart could not be quoted")]
    Unread(#[source] Fault),
}

impl From<QuotedError> for Fault {
    fn from(error: QuotedError) -> Self {
        let detail = error.to_string();
        match error {
            QuotedError::NoSuchCart => Self::missing("cart"),
            QuotedError::Closed(closed) => closed.into(),
            QuotedError::Empty => Self::refused("cart_empty", detail),
            QuotedError::Incomplete(missing) => {
                let field = |missing: &Missing| {
                    FieldFault::new(missing.as_str(), "missing", "must be set on the cart")
                };
                Self::Refused {
                    code: "cart_incomplete",
                    detail,
                    fields: missing.iter().map(field).collect(),
                }
            }
            QuotedError::Problems(problems) => {
                let code = problems
                    .first()
                    .map_or("quote_changed", |(_, problem)| problem.code());
                let field = |(path, problem): (String, Problem)| {
                    FieldFault::new(path, problem.code(), problem.message())
                };
                Self::Refused {
                    code,
                    detail,
                    fields: problems.into_iter().map(field).collect(),
                }
            }
            QuotedError::Expired => Self::refused("quote_expired", detail),
            QuotedError::Changed => Self::refused("quote_changed", detail),
            QuotedError::Unknown => {
                Self::invalid_fields(vec![FieldFault::new("quote_id", "unknown_quote", detail)])
            }
            QuotedError::Unread(fault) => fault,
        }
    }
}

impl Carts {
    /// The cart that this holder may place on this quote: a guest's own, or the one that the quote
    /// of a customer names. None when the quote was not made here.
    pub fn named_by(&self, holder: &Holder, quote_id: &str) -> Option<CartId> {
        match holder {
            Holder::Guest { cart_id } => Some(cart_id.clone()),
            Holder::Customer { .. } => Seen::cart_named(&self.sealer, quote_id),
        }
    }

    /// The cart with the quote the buyer saw, proven to be theirs and to hold still.
    ///
    /// Whether the cart is open is asked first, so that a repeated placing learns of its own order
    /// even after the quote's time. Writes nothing.
    pub async fn quoted(
        &self,
        access: &Access,
        quote_id: &str,
        now: Time,
    ) -> Result<QuotedCart, QuotedError> {
        let cart = self
            .store
            .find(&access.cart_id)
            .await
            .map_err(QuotedError::Unread)?;
        let cart = access.open(cart).map_err(|_| QuotedError::NoSuchCart)?;
        cart.must_be_open().map_err(QuotedError::Closed)?;
        let stall = self
            .market
            .stall(&cart, None)
            .await
            .map_err(QuotedError::Unread)?;
        let quote = stall.quote(&cart).map_err(QuotedError::Unread)?;
        let seen = Seen::open(&self.sealer, quote_id, now);
        let quoted = agree(cart, quote, seen)?;
        Ok(QuotedCart {
            customer_id: access.holder.customer_id().cloned(),
            ..quoted
        })
    }

    /// Closes this cart in favor of an order: one action for the transaction that inserts the order.
    /// It fails its condition when the cart is not open any more, or not at the quoted version.
    pub fn completing(&self, cart: &QuotedCart, order_id: &OrderId, now: Time) -> Write {
        self.store
            .completing(&cart.cart_id, cart.version, order_id, now)
            .into()
    }
}

/// Whether what the buyer saw is what the cart costs.
fn agree(cart: Cart, quote: Quote, seen: Result<Seen, BadSeal>) -> Result<QuotedCart, QuotedError> {
    if quote.missing.contains(&Missing::Lines) {
        return Err(QuotedError::Empty);
    }
    let Cart {
        email: Some(email),
        shipping_address: Some(shipping_address),
        ..
    } = cart.clone()
    else {
        return Err(QuotedError::Incomplete(quote.missing));
    };
    if !quote.missing.is_empty() {
        return Err(QuotedError::Incomplete(quote.missing));
    }
    let blocking = blocking(&cart, &quote);
    if !blocking.is_empty() {
        return Err(QuotedError::Problems(blocking));
    }
    let seen = seen.map_err(|bad| match bad {
        BadSeal::Expired => QuotedError::Expired,
        BadSeal::Forged => QuotedError::Unknown,
    })?;
    if !seen.is_of(&cart) {
        return Err(QuotedError::Unknown);
    }
    let Some(shipping) = quote.shipping.clone().filter(|_| seen == Seen::of(&cart, &quote)) else {
        return Err(QuotedError::Changed);
    };
    Ok(QuotedCart {
        cart_id: cart.cart_id,
        customer_id: cart.customer_id,
        version: cart.version,
        region_id: cart.region_id,
        quote,
        shipping,
        email,
        shipping_address,
        billing_address: cart.billing_address,
    })
}

/// What keeps the cart from being placed, and where; short stock first, since its code is the one
/// that a client most likely acts on.
fn blocking(cart: &Cart, quote: &Quote) -> Vec<(String, Problem)> {
    let place = |problem: &Problem| match problem {
        Problem::SoldOut { line_id, .. } => format!("lines[{}].quantity", index_of(cart, line_id)),
        Problem::NotForSale { line_id, .. } | Problem::PriceChanged { line_id, .. } => {
            format!("lines[{}].sku", index_of(cart, line_id))
        }
        Problem::CountryNotServed { .. } => "shipping_address.country".to_owned(),
        Problem::ShippingOptionGone { .. } => "shipping_option_id".to_owned(),
    };
    let blocking = quote.problems.iter().filter(|problem| problem.blocks());
    let mut blocking: Vec<_> = blocking
        .map(|problem| (place(problem), problem.clone()))
        .collect();
    blocking.sort_by_key(|(_, problem)| !matches!(problem, Problem::SoldOut { .. }));
    blocking
}

fn index_of(cart: &Cart, line_id: &crate::cart::LineId) -> usize {
    cart.lines
        .iter()
        .position(|line| line.line_id == *line_id)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
