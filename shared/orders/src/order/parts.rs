//! What an order is made of.

use kernel::{Address, Currency, Email, Handle, Money, Quantity, Rate, Sku, Time, typed_id};

typed_id!(
    /// Names one line of an order; its body is that of the cart's line.
    LineId,
    "oline"
);

/// What people call an order, for example `CW-100123`. Short and increasing by and large; gaps
/// happen, duplicates do not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    const FIRST: u64 = 100_000;

    /// The number of the order that counts as `ordinal`th (from 1).
    pub fn of(ordinal: u64) -> Self {
        Self(format!("CW-{}", Self::FIRST + ordinal))
    }

    /// Takes what the store kept.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the buyer pays: a provider, and the token under which it knows the buyer's card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethod {
    /// The provider's name.
    pub provider: String,
    /// The provider's word for the card; never the card itself.
    pub token: String,
}

/// One line, as it was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Names the line.
    pub line_id: LineId,
    /// What.
    pub sku: Sku,
    /// Its product.
    pub product_id: String,
    /// Product and variant in the words of that day.
    pub title: String,
    /// How many.
    pub quantity: Quantity,
    /// One piece.
    pub unit_price: Money,
    /// All pieces.
    pub subtotal: Money,
    /// The rate of tax.
    pub tax_rate: Rate,
    /// Tax in or on the line.
    pub tax: Money,
    /// The line as charged.
    pub total: Money,
    /// Whether stock is counted for it.
    pub tracks_inventory: bool,
    /// Whether it may be sold beyond the stock.
    pub allow_backorder: bool,
}

/// How the goods go, and for how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// The region's option.
    pub option_id: Handle,
    /// In the words of that day.
    pub name: String,
    /// Its price, with or without tax as all prices of the order.
    pub amount: Money,
    /// The tax.
    pub tax: Money,
    /// As charged.
    pub total: Money,
    /// Where to.
    pub address: Address,
}

/// Everything that was agreed: the snapshot that later changes of catalog and prices never touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The region whose rules held.
    pub region_id: Handle,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether unit prices, subtotals and the shipping amount contain the tax.
    pub prices_include_tax: bool,
    /// The goods.
    pub lines: Vec<Line>,
    /// The way.
    pub shipping: Shipping,
    /// The goods together.
    pub subtotal: Money,
    /// All tax.
    pub tax: Money,
    /// What the buyer pays.
    pub total: Money,
    /// Where mail goes.
    pub email: Email,
    /// Where the bill goes, when elsewhere than the goods.
    pub billing_address: Option<Address>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
}

/// The state of the payment at one version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSnapshot {
    /// The payment's id.
    pub payment_id: String,
    /// Counts the payment's changes; higher is later.
    pub version: u64,
    /// Where it stands.
    pub status: super::PaymentStatus,
    /// Set aside in all.
    pub authorized: Money,
    /// Taken in all.
    pub captured: Money,
    /// Given back in all.
    pub refunded: Money,
    /// The provider's reason for a refusal.
    pub decline_code: Option<String>,
    /// Where the buyer must act.
    pub challenge_url: Option<String>,
}

/// What inventory decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockOutcome {
    /// All lines are held.
    Reserved,
    /// Nothing is held.
    Rejected {
        /// Which line was short, in words.
        detail: Option<String>,
    },
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's word for it.
    pub tracking_number: Option<String>,
    /// Since when.
    pub shipped_at: Time,
}

impl Shipment {
    /// Whether both are the same parcel, whenever it was reported.
    pub fn is_same(&self, other: &Self) -> bool {
        self.carrier == other.carrier && self.tracking_number == other.tracking_number
    }
}

/// Why it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The reason.
    pub reason: super::CancelReason,
    /// More about it: the SKU that was short, the provider's code, what staff wrote.
    pub detail: Option<String>,
}
