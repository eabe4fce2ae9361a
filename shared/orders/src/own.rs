//! Orders and the accounts they belong to: listed, attached.

use carts::{CustomerId, OrderId};
use kernel::{Email, Fault, Limit, Page, Time};
use platform::Cloud;
use platform::table::Transaction;

use crate::advance::{Orders, TRIES_MAX};
use crate::order::{Moved, Order};
use crate::store::{Blinding, LIVING_AT};

/// How many pages of orders one call attaches or erases; whoever has more is asked again.
pub(crate) const PAGES_MAX: usize = 10;

/// The orders of accounts.
pub struct CustomerOrders {
    orders: Orders,
    blinding: Blinding,
}

impl CustomerOrders {
    /// From what the manifest grants: `orders`, and the secret `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            orders: Orders::new(cloud),
            blinding: Blinding::new(cloud),
        }
    }

    /// One page of a customer's orders, newest first.
    pub async fn list(
        &self,
        customer_id: &CustomerId,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Order>, Fault> {
        self.orders.store.page_of(customer_id, limit, after).await
    }

    /// Gives an account the orders that were placed by guests with this address, which the
    /// customer has proven to be theirs. An order that belongs to somebody stays there; an account
    /// that was erased gets nothing. The second call changes nothing.
    pub async fn attach(&self, customer_id: &CustomerId, email: &Email) -> Result<(), Fault> {
        let (store, owner) = (&self.orders.store, self.blinding.owner(email));
        let attach = |order: &mut Order, now| {
            let read = order.version();
            Ok(match order.attach(customer_id, now) {
                Moved::Yes => store.attaching((order, read), &owner, customer_id),
                Moved::No => store.dropping_entry(&owner, order),
            })
        };
        // Each step drops the order's entry, so the first page is always the next one.
        for _ in 0..PAGES_MAX {
            let page = store.first_of(&owner).await?;
            for order_id in &page.items {
                self.orders.step(order_id, &attach).await?;
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
        Err(Fault::busy("there are more orders than one call attaches"))
    }
}

impl Orders {
    /// Does one order's step, again while it moves in between.
    pub(crate) async fn step(
        &self,
        order_id: &OrderId,
        step: &(dyn Fn(&mut Order, Time) -> Result<Transaction, Fault> + Sync),
    ) -> Result<(), Fault> {
        for _ in 0..TRIES_MAX {
            let mut order = self.inspect(order_id).await?;
            let Err(error) = step(&mut order, self.clock.now())?.commit().await else {
                return Ok(());
            };
            // The customer was erased meanwhile: there is nobody to give the order to.
            if error.condition_failed_at(LIVING_AT) {
                return Ok(());
            }
            if !error.is_condition_failed() && !error.is_conflict() {
                return Err(error.into());
            }
        }
        Err(Fault::busy("the order moves faster than this move can be stored"))
    }
}
