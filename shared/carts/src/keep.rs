//! What is done to carts without looking at prices: taking a line out, reopening, expiring.

use std::sync::Arc;

use kernel::{Clock, Fault, Time};
use platform::Cloud;
use platform::schedule::Swept;

use crate::access::Access;
use crate::cart::{CartId, LineId, OrderId};
use crate::change::TRIES_MAX;
use crate::store::{DUE_SHARDS, Store};

/// How many carts of one shard a sweep looks at.
const SWEEP_PAGE: u8 = 50;

/// Carts as rows, without the market.
pub struct CartKeeping {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
}

impl CartKeeping {
    /// From what the manifest grants: `carts`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            clock: cloud.clock(),
        }
    }

    /// Takes a line out of an open cart. Afterwards it is not there, so the second call answers as
    /// the first.
    pub async fn remove_line(&self, access: &Access, line_id: &LineId, now: Time) -> Result<(), Fault> {
        for _ in 0..TRIES_MAX {
            let mut cart = access.open(self.store.find(&access.cart_id).await?)?;
            let read = cart.version;
            cart.remove(line_id, now)?;
            if cart.version == read || self.store.replace(&cart, read).await? {
                return Ok(());
            }
        }
        Err(Fault::busy(
            "the cart changes faster than this change can be stored",
        ))
    }

    /// Opens the cart again that this order had closed, so that the buyer can try once more. A
    /// customer who has begun another cart meanwhile gets its lines in that one.
    ///
    /// A cart that is open, expired, unknown, or closed by another order is left as it is: the
    /// second call, and a late one, change nothing.
    pub async fn reopen(&self, cart_id: &CartId, order_id: &OrderId) -> Result<(), Fault> {
        let now = self.clock.now();
        for _ in 0..TRIES_MAX {
            let Some(mut cart) = self.store.find(cart_id).await? else {
                return Ok(());
            };
            let read = cart.version;
            if cart.reopen(order_id, now) && !self.store.replace(&cart, read).await? {
                continue;
            }
            return match &cart.customer_id {
                Some(owner) => self.join(owner, cart_id).await,
                None => Ok(()),
            };
        }
        Err(Fault::busy("the cart changes faster than it can be opened again"))
    }

    /// Expires open carts that nobody has touched for [`crate::IDLE_MAX`], customers' for
    /// [`crate::CUSTOMER_IDLE_MAX`]: at most a page of every
    /// shard. A cart touched meanwhile, or become an order, is left alone; a sweep beside this one
    /// finds nothing left to do.
    pub async fn expire(&self, now: Time) -> Result<Swept, Fault> {
        let mut swept = Swept::default();
        for shard in 0..DUE_SHARDS {
            let page = self.store.page_due(shard, now, SWEEP_PAGE).await?;
            swept.left |= page.next.is_some();
            for cart_id in page.items {
                swept.handled += u32::from(self.store.expire(&cart_id, now).await?);
            }
        }
        Ok(swept)
    }
}
