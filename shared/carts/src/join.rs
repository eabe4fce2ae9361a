//! A guest's cart comes to its customer: adopted, or merged into the one they have.
//!
//! Each step reads both carts and the customer's pointer and writes them in one transaction under
//! the versions that were read. So a line that is added, or an order that is placed, at the same
//! moment either comes first and is seen, or finds another version and is asked again.

use kernel::{Fault, Time};

use crate::cart::{Cart, CartId, CustomerId};
use crate::change::TRIES_MAX;
use crate::keep::CartKeeping;
use crate::store::{Current, Store};

impl CartKeeping {
    /// Brings a cart to the customer who has signed in with it.
    ///
    /// It becomes their open cart when they have none; else its lines go over into theirs, and what
    /// finds no room is told there. A cart that is not open, is somebody else's, or is theirs
    /// already is left as it is: the second call changes nothing.
    pub async fn join(&self, customer_id: &CustomerId, cart_id: &CartId) -> Result<(), Fault> {
        join(&self.store, customer_id, cart_id, self.clock.now()).await
    }
}

pub(crate) async fn join(
    store: &Store,
    customer_id: &CustomerId,
    cart_id: &CartId,
    now: Time,
) -> Result<(), Fault> {
    for _ in 0..TRIES_MAX {
        let Some(mut cart) = store.find(cart_id).await? else {
            return Ok(());
        };
        let is_anothers = cart
            .customer_id
            .as_ref()
            .is_some_and(|owner| owner != customer_id);
        if is_anothers || cart.must_be_open().is_err() {
            return Ok(());
        }
        let seen = store.current(customer_id).await?;
        let read = cart.version;
        let transaction = match open_one(store, &seen).await? {
            _ if seen == Current::Erased => return Ok(()),
            Some(own) if own.cart_id == cart.cart_id => return Ok(()),
            Some(mut own) => {
                let own_read = own.version;
                own.take_in(&mut cart, now);
                store.merging((&cart, read), (&own, own_read), customer_id)
            }
            None => {
                cart.adopt(customer_id, now);
                store.giving(&cart, Some(read), customer_id, &seen)
            }
        };
        match transaction.commit().await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_condition_failed() || error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::busy("the carts change faster than they can be joined"))
}

/// The customer's open cart.
pub(crate) async fn open_one(store: &Store, seen: &Current) -> Result<Option<Cart>, Fault> {
    match seen {
        Current::Cart(cart_id) => {
            let cart = store.find(cart_id).await?;
            Ok(cart.filter(|cart| cart.must_be_open().is_ok()))
        }
        Current::None | Current::Erased => Ok(None),
    }
}
