//! A customer's carts are forgotten, and shown one last time before.

use kernel::{Fault, Page};

use crate::cart::{CartId, CustomerId, Status};
use crate::change::TRIES_MAX;
use crate::keep::CartKeeping;
use crate::wire::KeptCartView;

/// How many pages one call forgets; whoever has more is asked again.
const PAGES_MAX: usize = 20;

impl CartKeeping {
    /// Forgets the carts of a customer who has been erased: all of them are deleted, but for those
    /// that became orders, which keep only that. From then on the customer gets no cart any more,
    /// so that a late sign-in brings nothing back. The second call changes nothing.
    pub async fn forget(&self, customer_id: &CustomerId) -> Result<(), Fault> {
        self.store.mark_erased(customer_id, self.clock.now()).await?;
        for _ in 0..PAGES_MAX {
            let page = self.store.page_of(customer_id, None).await?;
            for cart_id in &page.items {
                self.forget_one(customer_id, cart_id).await?;
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
        Err(Fault::busy(
            "the customer has more carts than one message forgets",
        ))
    }

    /// Forgets who left the cart of an order that this customer placed as a guest. A cart that is
    /// another customer's, or not there, stays as it is; the second call changes nothing.
    pub async fn strip(&self, cart_id: &CartId, customer_id: &CustomerId) -> Result<(), Fault> {
        self.store.strip(cart_id, customer_id).await
    }

    /// One page of the customer's carts, the oldest first, as they are kept.
    pub async fn kept_of(
        &self,
        customer_id: &CustomerId,
        after: Option<String>,
    ) -> Result<Page<KeptCartView>, Fault> {
        let page = self.store.page_of(customer_id, after).await?;
        let carts = self.store.find_all(&page.items).await?;
        Ok(Page {
            items: carts.into_iter().map(KeptCartView::from).collect(),
            next: page.next,
        })
    }

    async fn forget_one(&self, customer_id: &CustomerId, cart_id: &CartId) -> Result<(), Fault> {
        for _ in 0..TRIES_MAX {
            let cart = self.store.find(cart_id).await?;
            let cart = cart.filter(|cart| cart.customer_id.as_ref() == Some(customer_id));
            let forgotten = match cart {
                None => self.store.dropping_entry(customer_id, cart_id),
                Some(mut cart) if cart.status == Status::Completed => {
                    let read = cart.version;
                    cart.forget(self.clock.now());
                    self.store.stripping(&cart, read, customer_id)
                }
                Some(cart) => self.store.deleting(&cart, customer_id),
            };
            match forgotten.commit().await {
                Ok(()) => return Ok(()),
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::busy("the cart changes faster than it can be forgotten"))
    }
}
