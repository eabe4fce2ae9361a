//! Orders forget whose they were when their customer is erased.

use carts::{CartKeeping, CustomerId, OrderId};
use kernel::{Fault, Time};
use platform::Cloud;
use platform::schedule::Swept;

use crate::advance::{Orders, SWEEP_PAGE};
use crate::order::{Erasure, Moved, Order};
use crate::own::PAGES_MAX;
use crate::store::{DUE_SHARDS, Duty, Owner};

/// Orders, and the carts they came from, being forgotten.
pub struct Forgetting {
    orders: Orders,
    carts: CartKeeping,
}

impl Forgetting {
    /// From what the manifest grants: `orders`, `carts`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            orders: Orders::new(cloud),
            carts: CartKeeping::new(cloud),
        }
    }

    /// Lets a customer's orders forget whose they were: those that have ended at once, the others
    /// at their end ([`Forgetting::erase_ended`]). From then on the account gets no order any more.
    /// The second call changes nothing.
    pub async fn erase(&self, customer_id: &CustomerId) -> Result<(), Fault> {
        let store = &self.orders.store;
        store.mark_erased(customer_id, self.orders.clock.now()).await?;
        let owner = Owner::Customer(customer_id.clone());
        // Each step drops the order's entry, so the first page is always the next one.
        for _ in 0..PAGES_MAX {
            let page = store.first_of(&owner).await?;
            for order_id in &page.items {
                self.erase_one(order_id, customer_id).await?;
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
        Err(Fault::busy("there are more orders than one message erases"))
    }

    async fn erase_one(&self, order_id: &OrderId, customer_id: &CustomerId) -> Result<(), Fault> {
        let store = &self.orders.store;
        let mut seen = self.orders.inspect(order_id).await?;
        seen.erase(self.orders.clock.now())?;
        self.strip_cart(&seen).await?;
        let erase = |order: &mut Order, now| {
            let read = order.version();
            let moved = order.erase(now)?;
            if order.erasure != seen.erasure {
                return Err(Fault::busy("the order has ended since its cart was left alone"));
            }
            Ok(match moved {
                Moved::Yes => store.erasing(order, read, customer_id),
                Moved::No => store.dropping_entry(&Owner::Customer(customer_id.clone()), order),
            })
        };
        self.orders.step(order_id, &erase).await
    }

    /// Lets orders forget that were under way when their customer was erased and have ended since:
    /// at most a page of every shard. A sweep beside this one finds nothing left to do.
    pub async fn erase_ended(&self, now: Time) -> Result<Swept, Fault> {
        let mut swept = Swept::default();
        for shard in 0..DUE_SHARDS {
            let page = self
                .orders
                .store
                .page_due(Duty::Erase, shard, now, SWEEP_PAGE)
                .await?;
            swept.left |= page.next.is_some();
            for order_id in page.items {
                let mut order = self.orders.inspect(&order_id).await?;
                if order.erase(now)? == Moved::Yes {
                    self.strip_cart(&order).await?;
                    self.orders.advance(&order_id, |order| order.erase(now)).await?;
                    swept.handled += 1;
                }
            }
        }
        Ok(swept)
    }

    /// The cart of an order that a guest placed holds the same address. It goes first: an order
    /// that has forgotten is not asked again.
    async fn strip_cart(&self, order: &Order) -> Result<(), Fault> {
        match (&order.customer_id, order.erasure) {
            (Some(customer_id), Erasure::Done) => self.carts.strip(&order.cart_id, customer_id).await,
            (Some(_), Erasure::No | Erasure::AtEnd) | (None, _) => Ok(()),
        }
    }
}
