//! Orders as JSON: what comes in, what goes out, and the conversions.

use carts::{CustomerId, Holder, OrderId};
use kernel::{Address, Currency, Email, Handle, Money, Quantity, Rate, Sku, Time};
use payments::MethodError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::order::{self, Action, LineId, Order, PaymentMethod, Shipment};

mod mine;
mod staff;

pub use mine::OwnOrderView;
pub use staff::{EntryView, OrderSummaryView, PaymentView, StaffOrderView};

/// An order to be placed for the guest's cart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = {
    "quote_id": "eyJlIjox….c2ln", "payment_method": { "provider": "sandbox", "token": "tok_approve" }
}))]
pub struct CreateOrder {
    /// The cart's `quote_id`: the prices that the buyer saw.
    #[schemars(length(min = 1, max = 1_000))]
    pub quote_id: String,
    /// How it is paid.
    pub payment_method: CreatePaymentMethod,
}

/// A payment provider, and its word for the buyer's card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentMethod {
    /// The provider: `sandbox`.
    #[schemars(length(min = 1, max = 40), example = &"sandbox")]
    pub provider: String,
    /// The provider's token; never a card number.
    #[schemars(length(min = 1, max = 200), example = &"tok_approve")]
    pub token: String,
}

impl TryFrom<CreatePaymentMethod> for PaymentMethod {
    type Error = MethodError;

    /// Accepts what payments can charge. A card number is refused here, before anything is kept.
    fn try_from(CreatePaymentMethod { provider, token }: CreatePaymentMethod) -> Result<Self, MethodError> {
        payments::Method::parse(&provider, &token)?;
        Ok(Self { provider, token })
    }
}

/// Why an order is canceled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "reason": "ordered twice" }))]
pub struct CancelOrder {
    /// In the caller's words.
    #[serde(default)]
    #[schemars(length(min = 1, max = 500))]
    pub reason: Option<String>,
}

/// How an order leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("example" = { "carrier": "DHL", "tracking_number": "JD014600003RU" }))]
pub struct ShipOrder {
    /// Who carries it.
    #[schemars(length(min = 1, max = 100))]
    pub carrier: String,
    /// The carrier's word for the parcel.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    pub tracking_number: Option<String>,
}

impl ShipOrder {
    /// The parcel that leaves now.
    pub fn at(self, now: Time) -> Shipment {
        Shipment {
            carrier: self.carrier,
            tracking_number: self.tracking_number,
            shipped_at: now,
        }
    }
}

/// Which orders to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOrders {
    /// Only those in this status.
    #[serde(default)]
    pub status: Option<StatusWord>,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// Placed; stock is being reserved.
    Pending,
    /// Stock is held; the payment is being authorized.
    Reserved,
    /// Stock and money are certain.
    Confirmed,
    /// Handed to the carrier.
    Fulfilled,
    /// Delivered and paid.
    Completed,
    /// Ended before shipping.
    Canceled,
}

impl From<StatusWord> for order::Status {
    fn from(word: StatusWord) -> Self {
        match word {
            StatusWord::Pending => Self::Pending,
            StatusWord::Reserved => Self::Reserved,
            StatusWord::Confirmed => Self::Confirmed,
            StatusWord::Fulfilled => Self::Fulfilled,
            StatusWord::Completed => Self::Completed,
            StatusWord::Canceled => Self::Canceled,
        }
    }
}

impl From<order::Status> for StatusWord {
    fn from(status: order::Status) -> Self {
        match status {
            order::Status::Pending => Self::Pending,
            order::Status::Reserved => Self::Reserved,
            order::Status::Confirmed => Self::Confirmed,
            order::Status::Fulfilled => Self::Fulfilled,
            order::Status::Completed => Self::Completed,
            order::Status::Canceled => Self::Canceled,
        }
    }
}

/// An order, as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderView {
    /// Names the order.
    pub order_id: OrderId,
    /// The account it belongs to, told to that customer and to staff.
    pub customer_id: Option<CustomerId>,
    /// What people call it, once it is confirmed.
    pub number: Option<String>,
    /// Where it stands.
    pub status: StatusWord,
    /// Where its money stands: `awaiting`, `action_required`, `authorized`, `partially_captured`,
    /// `captured`, `partially_refunded`, `refunded`, `voided` or `failed`.
    pub payment_status: &'static str,
    /// Where its goods stand: `unfulfilled` or `fulfilled`.
    pub fulfillment_status: &'static str,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether unit prices, subtotals and the shipping amount contain the tax.
    pub prices_include_tax: bool,
    /// What was bought.
    pub lines: Vec<OrderLineView>,
    /// How and where it goes.
    pub shipping: OrderShippingView,
    /// The lines together.
    pub subtotal: Money,
    /// All tax.
    pub tax: Money,
    /// What the buyer pays.
    pub total: Money,
    /// Where mail goes.
    pub email: Email,
    /// Where the bill goes, when elsewhere than the goods.
    pub billing_address: Option<Address>,
    /// How it is paid, and what the buyer must do for it.
    pub payment: OrderPaymentView,
    /// The parcel.
    pub shipment: Option<ShipmentView>,
    /// Why it ended.
    pub cancellation: Option<CancellationView>,
    /// What its state permits this caller: `cancel`, and for staff `ship` and `deliver`.
    pub allowed_actions: Vec<&'static str>,
    /// Where to go from here.
    pub links: OrderLinks,
    /// Since when it exists.
    pub placed_at: Time,
    /// When it is canceled unless it is decided before.
    pub expires_at: Option<Time>,
    /// When it was confirmed.
    pub confirmed_at: Option<Time>,
    /// When it was canceled.
    pub canceled_at: Option<Time>,
    /// When it arrived.
    pub delivered_at: Option<Time>,
    /// When it was complete.
    pub completed_at: Option<Time>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderLineView {
    /// Names the line.
    pub line_id: LineId,
    /// What.
    pub sku: Sku,
    /// Its product.
    pub product_id: String,
    /// In the words of that day.
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
    /// The line as charged.
    pub total: Money,
}

/// How and where an order goes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderShippingView {
    /// The region's option.
    pub option_id: Handle,
    /// In the words of that day.
    pub name: String,
    /// Its price.
    pub amount: Money,
    /// The tax.
    pub tax: Money,
    /// As charged.
    pub total: Money,
    /// Where to.
    pub address: Address,
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderPaymentView {
    /// The provider.
    pub provider: String,
    /// Where the buyer must confirm the payment, while `payment_status` is `action_required`.
    pub challenge_url: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShipmentView {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's word for it.
    pub tracking_number: Option<String>,
    /// Since when.
    pub shipped_at: Time,
}

/// Why an order ended.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CancellationView {
    /// `sold_out`, `payment_declined`, `expired`, `buyer` or `staff`.
    pub reason: &'static str,
    /// What was short, for `sold_out`.
    pub detail: Option<String>,
}

/// Where to go from an order.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OrderLinks {
    /// The order.
    #[serde(rename = "self")]
    pub order: String,
    /// Where it is canceled, while it can be.
    pub cancel: Option<String>,
    /// Where staff ship it, while they can.
    pub ship: Option<String>,
    /// Where staff note its arrival, while they can.
    pub deliver: Option<String>,
}

/// Who looks at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Whoever holds its cart's token: may cancel, nothing else.
    Buyer,
    /// The customer whose account it belongs to: the same.
    Customer,
    /// Staff.
    Staff,
}

impl Viewer {
    /// Who this holder is to an order of theirs.
    pub fn of(holder: &Holder, order: &Order) -> Self {
        let is_owner = order.customer_id.is_some() && order.customer_id.as_ref() == holder.customer_id();
        if is_owner { Self::Customer } else { Self::Buyer }
    }
}

impl OrderView {
    /// The order for this viewer.
    pub fn new(order: Order, viewer: Viewer) -> Self {
        let allowed = order
            .allowed_actions()
            .into_iter()
            .filter(|action| may(viewer, *action));
        let allowed: Vec<Action> = allowed.collect();
        let challenge_url = order
            .payment
            .as_ref()
            .and_then(|payment| payment.challenge_url.clone());
        let waits_for_buyer =
            order.due_at().is_some() && order.payment_status == order::PaymentStatus::ActionRequired;
        let end = order.cancellation.as_ref();
        Self {
            links: OrderLinks::new(&order.order_id, viewer, &allowed),
            customer_id: order.customer_id.clone().filter(|_| viewer != Viewer::Buyer),
            allowed_actions: allowed.iter().map(|action| action.as_str()).collect(),
            number: order.number.as_ref().map(|number| number.as_str().to_owned()),
            status: order.status.into(),
            payment_status: order.payment_status.as_str(),
            fulfillment_status: order.fulfillment_status.as_str(),
            cancellation: end.map(|end| CancellationView {
                reason: end.reason.as_str(),
                detail: end
                    .detail
                    .clone()
                    .filter(|_| end.reason == order::CancelReason::SoldOut),
            }),
            payment: OrderPaymentView {
                provider: order.purchase.payment_method.provider.clone(),
                challenge_url: challenge_url.filter(|_| waits_for_buyer),
            },
            shipment: order.shipment.clone().map(ShipmentView::from),
            expires_at: order.due_at(),
            currency: order.purchase.currency,
            prices_include_tax: order.purchase.prices_include_tax,
            lines: order
                .purchase
                .lines
                .into_iter()
                .map(OrderLineView::from)
                .collect(),
            shipping: OrderShippingView::from(order.purchase.shipping),
            subtotal: order.purchase.subtotal,
            tax: order.purchase.tax,
            total: order.purchase.total,
            email: order.purchase.email,
            billing_address: order.purchase.billing_address,
            placed_at: order.placed_at,
            confirmed_at: order.confirmed_at,
            canceled_at: order.canceled_at,
            delivered_at: order.delivered_at,
            completed_at: order.completed_at,
            order_id: order.order_id,
        }
    }
}

fn may(viewer: Viewer, action: Action) -> bool {
    match action {
        Action::Cancel => true,
        Action::Ship | Action::Deliver => viewer == Viewer::Staff,
    }
}

impl OrderLinks {
    fn new(order_id: &OrderId, viewer: Viewer, allowed: &[Action]) -> Self {
        let base = match viewer {
            Viewer::Buyer | Viewer::Customer => "/v1/orders",
            Viewer::Staff => "/v1/admin/orders",
        };
        let to = |action: Action, base: &str| {
            allowed
                .contains(&action)
                .then(|| format!("{base}/{order_id}/{action}"))
        };
        Self {
            order: format!("{base}/{order_id}"),
            cancel: to(Action::Cancel, "/v1/orders"),
            ship: to(Action::Ship, base),
            deliver: to(Action::Deliver, base),
        }
    }
}

impl From<order::Line> for OrderLineView {
    fn from(line: order::Line) -> Self {
        let order::Line {
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

impl From<order::Shipping> for OrderShippingView {
    fn from(shipping: order::Shipping) -> Self {
        let order::Shipping {
            option_id,
            name,
            amount,
            tax,
            total,
            address,
        } = shipping;
        Self {
            option_id,
            name,
            amount,
            tax,
            total,
            address,
        }
    }
}

impl From<Shipment> for ShipmentView {
    fn from(shipment: Shipment) -> Self {
        let Shipment {
            carrier,
            tracking_number,
            shipped_at,
        } = shipment;
        Self {
            carrier,
            tracking_number,
            shipped_at,
        }
    }
}

#[cfg(test)]
mod tests;
