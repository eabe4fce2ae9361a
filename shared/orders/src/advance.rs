//! Moving an order on: by what other contexts tell, by time, by the buyer, by staff.
//!
//! Each move reads the order, asks the rule, and writes it at the version that was read; a lost race
//! is run again. The stream of the table tells the others.

use std::sync::Arc;

use carts::{Holder, OrderId};
use kernel::{Clock, Fault, FieldFault, Limit, Page, Time};
use platform::Cloud;
use platform::schedule::Swept;

use crate::facts::{PaymentChanged, StockDecided};
use crate::numbers::Numbers;
use crate::order::{
    Action, Actor, Moved, NeedsNumber, NotAllowed, Order, PaymentSnapshot, Shipment, Status, StockOutcome,
};
use crate::store::{DUE_SHARDS, Duty, Store};

/// How often a lost race is run again. Every lost race is another move that was stored.
pub(crate) const TRIES_MAX: u32 = 8;

/// How many orders of one shard a sweep looks at.
pub(crate) const SWEEP_PAGE: u8 = 50;

/// How often a waiting request looks, in milliseconds apart: 5 seconds in all.
const LOOKS_MS: [u32; 14] = [30, 50, 80, 120, 160, 240, 320, 400, 500, 600, 600, 600, 650, 650];

/// Orders: looked at, moved on, listed.
pub struct Orders {
    pub(crate) store: Store,
    numbers: Numbers,
    pub(crate) clock: Arc<dyn Clock>,
}

/// An order to be changed, and the version it must still have for that.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Which order.
    pub order_id: &'a OrderId,
    /// The version that the caller has seen; none when it is changed as it is.
    pub version: Option<u64>,
}

impl<'a> From<&'a OrderId> for Wanted<'a> {
    fn from(order_id: &'a OrderId) -> Self {
        Self {
            order_id,
            version: None,
        }
    }
}

impl From<NotAllowed> for Fault {
    fn from(error: NotAllowed) -> Self {
        let detail = error.to_string();
        let code = error.code();
        let allowed =
            |action: &Action| FieldFault::new("allowed_actions", action.as_str(), "is possible now");
        Self::Refused {
            code,
            detail,
            fields: error.allowed.iter().map(allowed).collect(),
        }
    }
}

impl Orders {
    /// From what the manifest grants: `orders`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            numbers: Numbers::default(),
            clock: cloud.clock(),
        }
    }

    /// One order.
    pub async fn inspect(&self, order_id: &OrderId) -> Result<Order, Fault> {
        self.store.find(order_id).await?.ok_or(Fault::missing("order"))
    }

    /// One order of this holder. Anybody else's does not exist for them.
    pub async fn of(&self, order_id: &OrderId, holder: &Holder) -> Result<Order, Fault> {
        let order = self.inspect(order_id).await?;
        if order.is_of(holder) {
            Ok(order)
        } else {
            Err(Fault::missing("order"))
        }
    }

    /// One page of all orders, or of those in a status, newest first.
    pub async fn list(
        &self,
        status: Option<Status>,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Order>, Fault> {
        Box::pin(self.store.page(status, limit, after)).await
    }

    /// Applies inventory's answer. A repeated or late one changes nothing.
    pub async fn stock_decided(&self, fact: StockDecided) -> Result<(), Fault> {
        let now = self.clock.now();
        let order_id = fact.order_id.clone();
        let outcome = StockOutcome::from(fact);
        self.advance(&order_id, |order| Ok(order.stock_decided(outcome.clone(), now)))
            .await
            .map(drop)
    }

    /// Applies a payment's state. Only a newer one than the order knows changes anything; the one
    /// that confirms the order gives it its number.
    pub async fn payment_changed(&self, fact: PaymentChanged) -> Result<(), Fault> {
        let now = self.clock.now();
        let order_id = fact.order_id.clone();
        let snapshot = PaymentSnapshot::from(fact);
        let mut number = None;
        loop {
            let mut needs_number = false;
            let apply = |order: &mut Order| {
                let moved = order.payment_changed(snapshot.clone(), number.clone(), now);
                needs_number = moved == Err(NeedsNumber);
                Ok(moved.unwrap_or(Moved::No))
            };
            self.advance(&order_id, apply).await?;
            if !needs_number {
                return Ok(());
            }
            number = Some(self.numbers.take(&self.store).await?);
        }
    }

    /// Cancels by will of the buyer or of staff. An order that is shipped, completed or canceled for
    /// another reason is refused; the second call answers with the order as it is. What is wanted at
    /// another version than the present one is stale.
    pub async fn cancel(
        &self,
        wanted: impl Into<Wanted<'_>>,
        by: Actor,
        why: Option<String>,
        now: Time,
    ) -> Result<Order, Fault> {
        self.advance(wanted, |order| Ok(order.cancel(by.clone(), why.clone(), now)?))
            .await
    }

    /// Hands a confirmed and paid order to a carrier. The second call with the same parcel answers
    /// with the order as it is.
    pub async fn ship(
        &self,
        wanted: impl Into<Wanted<'_>>,
        shipment: Shipment,
        by: Actor,
        now: Time,
    ) -> Result<Order, Fault> {
        self.advance(wanted, |order| {
            Ok(order.ship(shipment.clone(), by.clone(), now)?)
        })
        .await
    }

    /// Notes that a shipped order has arrived. The second call answers with the order as it is.
    pub async fn deliver(&self, wanted: impl Into<Wanted<'_>>, by: Actor, now: Time) -> Result<Order, Fault> {
        self.advance(wanted, |order| Ok(order.deliver(by.clone(), now)?))
            .await
    }

    /// Cancels undecided orders whose time is over: at most a page of every shard. An order decided
    /// meanwhile is left alone; a sweep beside this one finds nothing left to do.
    pub async fn expire(&self, now: Time) -> Result<Swept, Fault> {
        let mut swept = Swept::default();
        for shard in 0..DUE_SHARDS {
            let page = self.store.page_due(Duty::Expire, shard, now, SWEEP_PAGE).await?;
            swept.left |= page.next.is_some();
            for order_id in page.items {
                let order = self.advance(&order_id, |order| Ok(order.expire(now))).await?;
                swept.handled += u32::from(order.canceled_at == Some(now));
            }
        }
        Ok(swept)
    }

    /// Applies a rule and stores what it changed. A rule that changes nothing is answered with the
    /// order as it is, whatever version was wanted: that is the second call of a change that was
    /// made. Else the wanted version must be the present one, before the rule may refuse.
    pub(crate) async fn advance(
        &self,
        wanted: impl Into<Wanted<'_>>,
        mut rule: impl FnMut(&mut Order) -> Result<Moved, Fault>,
    ) -> Result<Order, Fault> {
        let Wanted { order_id, version } = wanted.into();
        for _ in 0..TRIES_MAX {
            let mut order = self.inspect(order_id).await?;
            let read = order.version();
            let moved = rule(&mut order);
            if matches!(moved, Ok(Moved::No)) {
                return Ok(order);
            }
            if version.is_some_and(|version| version != read) {
                return Err(Fault::Stale);
            }
            moved?;
            if self.store.replace(&order, read).await? {
                return Ok(order);
            }
        }
        Err(Fault::busy("the order moves faster than this move can be stored"))
    }
}

/// Looks at an order until it is decided or the buyer must act, at most for so many seconds.
///
/// The request itself waits: nothing is left running when it has been answered.
pub(crate) async fn settled(store: &Store, mut order: Order, wait_s: u32) -> Result<Order, Fault> {
    let mut left_ms = wait_s.saturating_mul(1_000);
    for pause_ms in LOOKS_MS {
        if order.is_settled() || left_ms == 0 {
            break;
        }
        let pause_ms = pause_ms.min(left_ms);
        left_ms -= pause_ms;
        tokio::time::sleep(std::time::Duration::from_millis(u64::from(pause_ms))).await;
        order = store
            .find(order.order_id())
            .await?
            .ok_or(Fault::missing("order"))?;
    }
    Ok(order)
}
