//! Which carts are a customer's. Rows beside the carts, so that a guest's cart costs nothing more:
//!
//! | row | pk | sk |
//! |---|---|---|
//! | the open cart, or that the customer was erased | `customer#<customer id>` | `current` |
//! | one of all their carts | `customer#<customer id>` | `cart#<cart id>` |

use kernel::{Fault, Page, Time};
use platform::table::{Condition, Key, Put, Transaction};
use serde::{Deserialize, Serialize};

use super::{Store, key, row::CartRow};
use crate::cart::{Cart, CartId, CustomerId};

const CURRENT: &str = "current";
const ENTRY: &str = "cart#";
const PAGE: u8 = 25;

/// What the pointer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Current {
    /// The customer has never had a cart.
    None,
    /// The last cart that was made theirs; whether it is still open, the cart knows.
    Cart(CartId),
    /// The customer was erased and gets no cart any more.
    Erased,
}

#[derive(Debug, Serialize, Deserialize)]
struct CurrentRow {
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cart_id: Option<CartId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    erased_at: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
struct EntryRow {
    pk: String,
    sk: String,
    cart_id: CartId,
}

impl Store {
    /// C8: which cart is the customer's open one, as the last write left it.
    pub(crate) async fn current(&self, customer_id: &CustomerId) -> Result<Current, Fault> {
        let row = self
            .table
            .get_consistent::<CurrentRow>(current_key(customer_id))
            .await?;
        Ok(match row {
            None => Current::None,
            Some(CurrentRow {
                cart_id: Some(cart_id),
                erased_at: None,
                ..
            }) => Current::Cart(cart_id),
            Some(_) => Current::Erased,
        })
    }

    /// C9: make a cart, new or as it was read, the customer's open one. Fails its condition when
    /// the cart or the pointer has changed; the second call does.
    pub(crate) fn giving(
        &self,
        cart: &Cart,
        read: Option<u64>,
        customer_id: &CustomerId,
        seen: &Current,
    ) -> Transaction {
        let put = self.table.put(&CartRow::from(cart));
        let put = match read {
            Some(version) => put.only_if(Condition::eq("version", version)),
            None => put.only_if_absent(),
        };
        let Key { pk, sk } = current_key(customer_id);
        let pointer = self.table.put(&CurrentRow {
            pk,
            sk,
            cart_id: Some(cart.cart_id.clone()),
            erased_at: None,
        });
        let pointer = match seen {
            Current::Cart(cart_id) => pointer.only_if(Condition::eq("cart_id", cart_id)),
            Current::None | Current::Erased => pointer.only_if_absent(),
        };
        Transaction::new()
            .with(put)
            .with(pointer)
            .with(self.entry(customer_id, &cart.cart_id))
    }

    /// C10: close a cart as merged and change the customer's open one, both as they were read.
    /// Fails its condition when one of them, or the pointer, has changed; the second call does.
    pub(crate) fn merging(
        &self,
        (merged, merged_read): (&Cart, u64),
        (own, own_read): (&Cart, u64),
        customer_id: &CustomerId,
    ) -> Transaction {
        let same = |read: u64| Condition::eq("version", read);
        Transaction::new()
            .with(self.table.put(&CartRow::from(merged)).only_if(same(merged_read)))
            .with(self.table.put(&CartRow::from(own)).only_if(same(own_read)))
            .with(
                self.table
                    .require(current_key(customer_id), Condition::eq("cart_id", &own.cart_id)),
            )
            .with(self.entry(customer_id, &merged.cart_id))
    }

    /// C11: a page of all the customer's carts, the oldest first.
    pub(crate) async fn page_of(
        &self,
        customer_id: &CustomerId,
        after: Option<String>,
    ) -> Result<Page<CartId>, Fault> {
        let query = self.table.query(partition(customer_id)).begins_with(ENTRY);
        let page = query
            .consistent()
            .limit(PAGE)
            .after(after)
            .page::<EntryRow>()
            .await?;
        Ok(page.map(|row| row.cart_id))
    }

    /// C11: these carts, oldest first. What is not there is left out.
    pub(crate) async fn find_all(&self, cart_ids: &[CartId]) -> Result<Vec<Cart>, Fault> {
        let rows = self
            .table
            .get_many_consistent::<CartRow>(cart_ids.iter().map(key).collect())
            .await?;
        let carts = rows
            .into_iter()
            .map(|row| Cart::try_from(row).map_err(Fault::broken));
        let mut carts = carts.collect::<Result<Vec<_>, _>>()?;
        carts.sort_by(|one, other| one.cart_id.cmp(&other.cart_id));
        Ok(carts)
    }

    /// C12: the customer gets no cart any more. The second call changes nothing.
    pub(crate) async fn mark_erased(&self, customer_id: &CustomerId, now: Time) -> Result<(), Fault> {
        let update = self.table.update(current_key(customer_id));
        update
            .set_if_absent("erased_at", now)
            .remove("cart_id")
            .send()
            .await?;
        Ok(())
    }

    /// C13: delete a cart as it was read, and its entry.
    pub(crate) fn deleting(&self, cart: &Cart, customer_id: &CustomerId) -> Transaction {
        let same = Condition::eq("version", cart.version);
        self.dropping_entry(customer_id, &cart.cart_id)
            .with(self.table.delete(key(&cart.cart_id)).only_if(same))
    }

    /// C13: replace a cart as it was read, and delete its entry.
    pub(crate) fn stripping(&self, cart: &Cart, read: u64, customer_id: &CustomerId) -> Transaction {
        let same = Condition::eq("version", read);
        self.dropping_entry(customer_id, &cart.cart_id)
            .with(self.table.put(&CartRow::from(cart)).only_if(same))
    }

    /// C13: delete the entry of a cart that is gone.
    pub(crate) fn dropping_entry(&self, customer_id: &CustomerId, cart_id: &CartId) -> Transaction {
        Transaction::new().with(self.table.delete(entry_key(customer_id, cart_id)))
    }

    fn entry(&self, customer_id: &CustomerId, cart_id: &CartId) -> Put {
        let Key { pk, sk } = entry_key(customer_id, cart_id);
        self.table.put(&EntryRow {
            pk,
            sk,
            cart_id: cart_id.clone(),
        })
    }
}

fn partition(customer_id: &CustomerId) -> String {
    format!("customer#{customer_id}")
}

fn current_key(customer_id: &CustomerId) -> Key {
    Key::new(partition(customer_id), CURRENT)
}

fn entry_key(customer_id: &CustomerId, cart_id: &CartId) -> Key {
    Key::new(partition(customer_id), format!("{ENTRY}{cart_id}"))
}
