//! The order's row: the shape that is stored, and its conversions.

use carts::{CartId, CustomerId, OrderId};
use kernel::{Address, Currency, Email, Handle, Money, Quantity, Rate, Sku, Time};
use platform::table::Key;
use serde::{Deserialize, Serialize};

use super::DUE_SHARDS;
use super::listing::LISTING_SHARDS;
use crate::order::{
    Actor, CancelReason, Cancellation, Entry, Erasure, FulfillmentStatus, Line, LineId, Order, OrderNumber,
    PaymentMethod, PaymentSnapshot, PaymentStatus, Purchase, Shipment, Shipping, Status,
};

const SK: &str = "order";

/// A row that this code did not write, or that was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("the row of order `{order_id}` says `{word}`, which is no {what}")]
pub(crate) struct BadRow {
    order_id: OrderId,
    what: &'static str,
    word: String,
}

/// One item of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OrderRow {
    pub(super) pk: String,
    pub(super) sk: String,
    pub(super) order_id: OrderId,
    cart_id: CartId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer_id: Option<CustomerId>,
    /// `at_end` or `done`; absent while nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    erasure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    status: String,
    payment_status: String,
    fulfillment_status: String,
    purchase: PurchaseRow,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shipment: Option<ShipmentRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancellation: Option<CancellationRow>,
    history: Vec<EntryRow>,
    version: u64,
    placed_at: Time,
    expires_by: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reserved_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    canceled_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<Time>,
    /// Partition of `by_listing`.
    pub(super) listing: String,
    /// Partition of `by_status`.
    pub(super) listing_status: String,
    /// Sort key of both: the time, then the id, so that no two orders share a position.
    pub(super) listed_at: String,
    /// Partition of `by_due`; only undecided orders and those with something to erase have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PurchaseRow {
    region_id: Handle,
    currency: Currency,
    prices_include_tax: bool,
    lines: Vec<LineRow>,
    shipping: ShippingRow,
    subtotal: Money,
    tax: Money,
    total: Money,
    email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    billing_address: Option<Address>,
    payment_method: PaymentMethodRow,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LineRow {
    line_id: LineId,
    sku: Sku,
    product_id: String,
    title: String,
    quantity: Quantity,
    unit_price: Money,
    subtotal: Money,
    tax_rate: Rate,
    tax: Money,
    total: Money,
    tracks_inventory: bool,
    allow_backorder: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ShippingRow {
    option_id: Handle,
    name: String,
    amount: Money,
    tax: Money,
    total: Money,
    address: Address,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PaymentMethodRow {
    provider: String,
    token: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PaymentRow {
    payment_id: String,
    version: u64,
    authorized: Money,
    captured: Money,
    refunded: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decline_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ShipmentRow {
    carrier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracking_number: Option<String>,
    shipped_at: Time,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct CancellationRow {
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct EntryRow {
    at: Time,
    by: String,
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

pub(super) fn key(order_id: &OrderId) -> Key {
    Key::new(format!("order#{order_id}"), SK)
}

/// Whether an item of this key is an order; the table also holds the counter of numbers.
pub(crate) fn is_order((pk, sk): (&str, &str)) -> bool {
    pk.starts_with("order#") && sk == SK
}

pub(super) fn listing(shard: u8) -> String {
    format!("all#{shard}")
}

pub(super) fn listing_status(status: Status, shard: u8) -> String {
    format!("{status}#{shard}")
}

/// What an order can be due for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duty {
    /// To be canceled, since it is not decided.
    Expire,
    /// To be erased, since it has ended.
    Erase,
}

impl Duty {
    pub(super) fn shard_name(self, shard: u8) -> String {
        match self {
            Self::Expire => format!("undecided#{shard}"),
            Self::Erase => format!("erasing#{shard}"),
        }
    }

    fn of(order: &Order) -> Option<(Self, Time)> {
        let expires = order.due_at().map(|at| (Self::Expire, at));
        let erases = || {
            order
                .ended_at()
                .filter(|_| order.erasure == Erasure::AtEnd)
                .map(|at| (Self::Erase, at))
        };
        expires.or_else(erases)
    }
}

/// Where an order stands in every list by time.
pub(super) fn listed_at(order: &Order) -> String {
    format!("{}#{}", order.placed_at, order.order_id)
}

/// The shard is the id's last character, which is random.
fn shard(order_id: &OrderId, shards: u8) -> u8 {
    order_id.as_str().bytes().next_back().unwrap_or_default() % shards
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        let Key { pk, sk } = key(&order.order_id);
        let listed_in = shard(&order.order_id, LISTING_SHARDS);
        let (due, due_at) = Duty::of(order)
            .map(|(duty, at)| (duty.shard_name(shard(&order.order_id, DUE_SHARDS)), at))
            .unzip();
        Self {
            pk,
            sk,
            order_id: order.order_id.clone(),
            cart_id: order.cart_id.clone(),
            customer_id: order.customer_id.clone(),
            erasure: order.erasure.as_str().map(str::to_owned),
            number: order.number.as_ref().map(|number| number.as_str().to_owned()),
            status: order.status.to_string(),
            payment_status: order.payment_status.to_string(),
            fulfillment_status: order.fulfillment_status.to_string(),
            purchase: PurchaseRow::from(&order.purchase),
            payment: order.payment.as_ref().map(PaymentRow::from),
            shipment: order.shipment.as_ref().map(ShipmentRow::from),
            cancellation: order.cancellation.as_ref().map(CancellationRow::from),
            history: order.history.iter().map(EntryRow::from).collect(),
            version: order.version,
            placed_at: order.placed_at,
            expires_by: order.expires_at,
            reserved_at: order.reserved_at,
            confirmed_at: order.confirmed_at,
            canceled_at: order.canceled_at,
            delivered_at: order.delivered_at,
            completed_at: order.completed_at,
            listing: listing(listed_in),
            listing_status: listing_status(order.status, listed_in),
            listed_at: listed_at(order),
            due,
            due_at,
        }
    }
}

impl TryFrom<OrderRow> for Order {
    type Error = BadRow;

    fn try_from(row: OrderRow) -> Result<Self, BadRow> {
        let bad = |what, word: &str| BadRow {
            order_id: row.order_id.clone(),
            what,
            word: word.to_owned(),
        };
        let status = Status::parse(&row.status).ok_or_else(|| bad("status", &row.status))?;
        let payment_status = PaymentStatus::parse(&row.payment_status);
        let payment_status = payment_status.ok_or_else(|| bad("payment status", &row.payment_status))?;
        let fulfillment_status = FulfillmentStatus::parse(&row.fulfillment_status);
        let fulfillment_status =
            fulfillment_status.ok_or_else(|| bad("fulfillment status", &row.fulfillment_status))?;
        let erasure = Erasure::parse(row.erasure.as_deref());
        let erasure = erasure.ok_or_else(|| bad("erasure", row.erasure.as_deref().unwrap_or_default()))?;
        let cancellation = row.cancellation.as_ref().map(|end| {
            let reason = CancelReason::parse(&end.reason).ok_or_else(|| bad("reason", &end.reason))?;
            Ok(Cancellation {
                reason,
                detail: end.detail.clone(),
            })
        });
        let history = row.history.iter().map(|entry| {
            let by = Actor::parse(&entry.by).ok_or_else(|| bad("actor", &entry.by))?;
            Ok(Entry {
                at: entry.at,
                by,
                what: entry.what.clone(),
                why: entry.why.clone(),
            })
        });
        Ok(Self {
            status,
            payment_status,
            fulfillment_status,
            cancellation: cancellation.transpose()?,
            history: history.collect::<Result<_, _>>()?,
            payment: row.payment.map(|payment| payment.at(payment_status)),
            cart_id: row.cart_id,
            customer_id: row.customer_id,
            erasure,
            number: row.number.map(OrderNumber::stored),
            purchase: Purchase::from(row.purchase),
            shipment: row.shipment.map(Shipment::from),
            version: row.version,
            placed_at: row.placed_at,
            expires_at: row.expires_by,
            reserved_at: row.reserved_at,
            confirmed_at: row.confirmed_at,
            canceled_at: row.canceled_at,
            delivered_at: row.delivered_at,
            completed_at: row.completed_at,
            order_id: row.order_id,
        })
    }
}

/// Writes both directions of a conversion between a value and a row with the very same fields.
macro_rules! same_fields {
    ($($value:ident <=> $row:ident { $($field:ident),+ $(,)? })+) => {$(
        impl From<&$value> for $row {
            fn from(value: &$value) -> Self {
                let $value { $($field),+ } = value.clone();
                Self { $($field),+ }
            }
        }

        impl From<$row> for $value {
            fn from(row: $row) -> Self {
                let $row { $($field),+ } = row;
                Self { $($field),+ }
            }
        }
    )+};
}

same_fields! {
    Line <=> LineRow {
        line_id, sku, product_id, title, quantity, unit_price, subtotal, tax_rate, tax, total, tracks_inventory,
        allow_backorder,
    }
    Shipping <=> ShippingRow { option_id, name, amount, tax, total, address }
    PaymentMethod <=> PaymentMethodRow { provider, token }
    Shipment <=> ShipmentRow { carrier, tracking_number, shipped_at }
}

impl From<&Purchase> for PurchaseRow {
    fn from(purchase: &Purchase) -> Self {
        Self {
            region_id: purchase.region_id.clone(),
            currency: purchase.currency,
            prices_include_tax: purchase.prices_include_tax,
            lines: purchase.lines.iter().map(LineRow::from).collect(),
            shipping: ShippingRow::from(&purchase.shipping),
            subtotal: purchase.subtotal,
            tax: purchase.tax,
            total: purchase.total,
            email: purchase.email.clone(),
            billing_address: purchase.billing_address.clone(),
            payment_method: PaymentMethodRow::from(&purchase.payment_method),
        }
    }
}

impl From<PurchaseRow> for Purchase {
    fn from(row: PurchaseRow) -> Self {
        Self {
            region_id: row.region_id,
            currency: row.currency,
            prices_include_tax: row.prices_include_tax,
            lines: row.lines.into_iter().map(Line::from).collect(),
            shipping: Shipping::from(row.shipping),
            subtotal: row.subtotal,
            tax: row.tax,
            total: row.total,
            email: row.email,
            billing_address: row.billing_address,
            payment_method: PaymentMethod::from(row.payment_method),
        }
    }
}

/// The payment's status is the order's own attribute.
impl From<&PaymentSnapshot> for PaymentRow {
    fn from(snapshot: &PaymentSnapshot) -> Self {
        let PaymentSnapshot {
            payment_id,
            version,
            status: _,
            authorized,
            captured,
            refunded,
            decline_code,
            challenge_url,
        } = snapshot.clone();
        Self {
            payment_id,
            version,
            authorized,
            captured,
            refunded,
            decline_code,
            challenge_url,
        }
    }
}

impl PaymentRow {
    fn at(self, status: PaymentStatus) -> PaymentSnapshot {
        let Self {
            payment_id,
            version,
            authorized,
            captured,
            refunded,
            decline_code,
            challenge_url,
        } = self;
        PaymentSnapshot {
            payment_id,
            version,
            status,
            authorized,
            captured,
            refunded,
            decline_code,
            challenge_url,
        }
    }
}

impl From<&Cancellation> for CancellationRow {
    fn from(end: &Cancellation) -> Self {
        Self {
            reason: end.reason.to_string(),
            detail: end.detail.clone(),
        }
    }
}

impl From<&Entry> for EntryRow {
    fn from(entry: &Entry) -> Self {
        Self {
            at: entry.at,
            by: entry.by.to_text(),
            what: entry.what.clone(),
            why: entry.why.clone(),
        }
    }
}
