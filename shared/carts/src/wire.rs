//! Carts as JSON: what comes in, what goes out, and the conversions.

use kernel::{Address, Currency, Email, Handle, Money, Quantity, Rate, Sku, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::cart::{Cart, CartId, CustomerId, Details, LineId, OrderId, Status};
use crate::quote::{Problem, Quote, QuotedLine, QuotedShipping};
use crate::quote_id::QuoteId;

mod kept;

pub use kept::{KeptCartView, KeptLineView, LeftOutView};

/// A new cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "region_id": "eu" }))]
pub struct CreateCart {
    /// Where it is sold: fixes currency, taxes and ways of shipping. See `GET /v1/regions`.
    pub region_id: Handle,
    /// The buyer's e-mail address, when it is known already.
    #[serde(default)]
    pub email: Option<Email>,
}

/// Goods to put into a cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "sku": "tea-green-100", "quantity": 2 }))]
pub struct AddLine {
    /// What.
    pub sku: Sku,
    /// How many; added to what the cart holds of it.
    #[serde(default = "one")]
    pub quantity: Quantity,
}

fn one() -> Quantity {
    Quantity::ONE
}

/// Another quantity for a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "quantity": 3 }))]
pub struct UpdateLine {
    /// How many from now on. To take a line out, delete it.
    pub quantity: Quantity,
}

/// What to change about a cart: JSON Merge Patch (RFC 7396). A field that is absent stays as it
/// is; `null` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "email": "anna@example.com", "shipping_option_id": "standard" }))]
pub struct UpdateCart {
    /// Where the confirmation goes.
    #[serde(default, deserialize_with = "named")]
    pub email: Option<Option<Email>>,
    /// Where the goods go.
    #[serde(default, deserialize_with = "named")]
    pub shipping_address: Option<Option<Address>>,
    /// Where the bill goes; the shipping address when empty.
    #[serde(default, deserialize_with = "named")]
    pub billing_address: Option<Option<Address>>,
    /// How the goods go: one of the cart's `shipping_options`.
    #[serde(default, deserialize_with = "named")]
    pub shipping_option_id: Option<Option<Handle>>,
}

/// Keeps `null` apart from a field that is absent.
#[expect(clippy::option_option, reason = "absent, null and a value are three answers")]
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

impl From<UpdateCart> for Details {
    fn from(patch: UpdateCart) -> Self {
        let UpdateCart {
            email,
            shipping_address,
            billing_address,
            shipping_option_id,
        } = patch;
        Self {
            email,
            shipping_address,
            billing_address,
            shipping_option_id,
        }
    }
}

/// A cart just created, with the token that opens it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CreatedCartView {
    /// The cart.
    #[serde(flatten)]
    pub cart: CartView,
    /// Send it as `x-cart-token`: it opens this cart, its checkout and its order, for a year. It is
    /// shown this once. A customer's cart has none: the customer's session opens it.
    pub cart_token: Option<String>,
}

/// A cart, and what it would cost now.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CartView {
    /// Names the cart.
    pub cart_id: CartId,
    /// `active`, `completed` (it became an order), `expired` or `merged` (it went over into the
    /// customer's other cart).
    pub status: &'static str,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// The customer it belongs to; none for a guest's.
    pub customer_id: Option<CustomerId>,
    /// The cart it went over into.
    pub merged_into: Option<CartId>,
    /// What found no room when another cart was merged into this one; told until the lines change.
    pub left_out: Vec<LeftOutView>,
    /// Where it is sold.
    pub region_id: Handle,
    /// Of all amounts.
    pub currency: Currency,
    /// What is in it.
    pub lines: Vec<CartLineView>,
    /// Where the confirmation goes.
    pub email: Option<Email>,
    /// Where the goods go.
    pub shipping_address: Option<Address>,
    /// Where the bill goes; the shipping address when empty.
    pub billing_address: Option<Address>,
    /// How the goods go.
    pub shipping_option_id: Option<Handle>,
    /// The ways of shipping on offer.
    pub shipping_options: Vec<ShippingOptionView>,
    /// Whether unit prices, subtotals and shipping amounts contain the tax.
    pub prices_include_tax: bool,
    /// The lines together.
    pub subtotal: Money,
    /// The chosen way of shipping.
    pub shipping: Option<ShippingView>,
    /// All tax.
    pub tax: Money,
    /// What the buyer would pay.
    pub total: Money,
    /// What is wrong now. All but `price_changed` keep the cart from being placed.
    pub problems: Vec<ProblemView>,
    /// Which fields must be filled before it can be placed.
    pub missing: Vec<&'static str>,
    /// Name it to place an order on exactly this quote. Absent while something is missing or wrong.
    pub quote_id: Option<String>,
    /// Until when the quote holds.
    pub quote_expires_at: Option<Time>,
    /// What its state permits: `update`, `add_line`, `place`.
    pub allowed_actions: Vec<&'static str>,
    /// Where to go from here.
    pub links: CartLinks,
    /// Since when it exists.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it expires unless it changes before.
    pub expires_at: Option<Time>,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CartLineView {
    /// Names the line.
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
    /// The rate of tax.
    pub tax_rate: Rate,
    /// The tax.
    pub tax: Money,
    /// What the buyer would pay for the line.
    pub total: Money,
}

/// A way of shipping on offer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShippingOptionView {
    /// Choose it by this.
    pub option_id: Handle,
    /// In words.
    pub name: String,
    /// What it would cost for these goods.
    pub amount: Money,
}

/// The chosen way of shipping.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShippingView {
    /// Which.
    pub option_id: Handle,
    /// In words.
    pub name: String,
    /// Its price.
    pub amount: Money,
    /// The tax.
    pub tax: Money,
    /// What the buyer would pay for it.
    pub total: Money,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProblemView {
    /// `sold_out`, `not_for_sale`, `price_changed`, `country_not_served` or `shipping_option_gone`.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// The line it is about.
    pub line_id: Option<LineId>,
    /// How many pieces are left, for `sold_out`.
    pub available: Option<i64>,
    /// The price when it was added, for `price_changed`.
    pub was: Option<Money>,
}

/// Where to go from a cart.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CartLinks {
    /// The cart.
    #[serde(rename = "self")]
    pub cart: String,
    /// Where lines are added.
    pub lines: String,
    /// The order it became.
    pub order: Option<String>,
}

impl CartView {
    /// The cart with its quote. A closed cart has no problems, lacks nothing and cannot be placed.
    pub(crate) fn new(cart: Cart, quote: Quote, quote_id: Option<QuoteId>) -> Self {
        let is_open = cart.status == Status::Active;
        let mut allowed_actions = if is_open {
            vec!["update", "add_line"]
        } else {
            Vec::new()
        };
        if quote_id.is_some() {
            allowed_actions.push("place");
        }
        let links = CartLinks {
            cart: format!("/v1/carts/{}", cart.cart_id),
            lines: format!("/v1/carts/{}/lines", cart.cart_id),
            order: cart
                .order_id
                .as_ref()
                .map(|order_id| format!("/v1/orders/{order_id}")),
        };
        let (quote_id, quote_expires_at) = quote_id.map(|id| (id.text, id.expires_at)).unzip();
        let options = quote.shipping_options.into_iter();
        Self {
            status: cart.status.as_str(),
            lines: quote.lines.into_iter().map(CartLineView::from).collect(),
            shipping_options: options
                .map(|(option, amount)| ShippingOptionView {
                    option_id: option.option_id,
                    name: option.name,
                    amount,
                })
                .collect(),
            prices_include_tax: quote.prices_include_tax,
            subtotal: quote.subtotal,
            shipping: quote.shipping.map(ShippingView::from),
            tax: quote.tax,
            total: quote.total,
            problems: quote
                .problems
                .iter()
                .filter(|_| is_open)
                .map(ProblemView::from)
                .collect(),
            missing: quote
                .missing
                .iter()
                .filter(|_| is_open)
                .map(|missing| missing.as_str())
                .collect(),
            quote_id,
            quote_expires_at,
            allowed_actions,
            links,
            expires_at: is_open.then(|| cart.due_at()),
            cart_id: cart.cart_id,
            order_id: cart.order_id,
            customer_id: cart.customer_id,
            merged_into: cart.merged_into,
            left_out: cart.left_out.into_iter().map(LeftOutView::from).collect(),
            region_id: cart.region_id,
            currency: cart.currency,
            email: cart.email,
            shipping_address: cart.shipping_address,
            billing_address: cart.billing_address,
            shipping_option_id: cart.shipping_option_id,
            created_at: cart.created_at,
            updated_at: cart.updated_at,
        }
    }

    /// Names this representation, for `ETag`: the same while nothing the buyer sees has changed.
    pub fn etag(&self) -> String {
        serde_json::to_vec(self)
            .map(|bytes| crate::quote_id::digest(&bytes))
            .unwrap_or_default()
    }
}

impl From<QuotedLine> for CartLineView {
    fn from(line: QuotedLine) -> Self {
        let QuotedLine {
            line_id,
            sku,
            product_id,
            title,
            quantity,
            unit_price,
            subtotal,
            tax_rate,
            tax,
            total,
            ..
        } = line;
        Self {
            line_id,
            sku,
            product_id,
            title,
            quantity,
            unit_price,
            subtotal,
            tax_rate,
            tax,
            total,
        }
    }
}

impl From<QuotedShipping> for ShippingView {
    fn from(shipping: QuotedShipping) -> Self {
        let QuotedShipping {
            option_id,
            name,
            amount,
            tax,
            total,
            tax_rate: _,
        } = shipping;
        Self {
            option_id,
            name,
            amount,
            tax,
            total,
        }
    }
}

impl From<&Problem> for ProblemView {
    fn from(problem: &Problem) -> Self {
        let (available, was) = match problem {
            Problem::SoldOut { available, .. } => (Some(*available), None),
            Problem::PriceChanged { was, .. } => (None, Some(*was)),
            Problem::NotForSale { .. }
            | Problem::CountryNotServed { .. }
            | Problem::ShippingOptionGone { .. } => (None, None),
        };
        let (code, message, line_id) = (problem.code(), problem.message(), problem.line_id().cloned());
        Self {
            code,
            message,
            line_id,
            available,
            was,
        }
    }
}

#[cfg(test)]
mod tests;
