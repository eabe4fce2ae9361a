//! Whose orders are whose. One row beside each order, written in the order's own transaction:
//!
//! | row | pk | sk |
//! |---|---|---|
//! | a guest's order, by e-mail address | `email#<keyed hash>` | `order#<placed at>#<order id>` |
//! | a customer's order | `customer#<customer id>` | `order#<placed at>#<order id>` |
//! | the customer was erased | `customer#<customer id>` | `erased` |
//!
//! Rows and not an index: they are written once and not with every move of the order, and they are
//! read as the last write left them, so that nothing is overlooked when orders are attached or erased.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carts::{CustomerId, OrderId};
use kernel::{Email, Fault, Limit, Page, Time};
use platform::Cloud;
use platform::table::{Check, Condition, Key, Put, Transaction};
use ring::hmac;
use serde::{Deserialize, Serialize};

use super::row::{OrderRow, key, listed_at};
use super::{Store, read};
use crate::order::Order;

const ENTRY: &str = "order#";
const ERASED: &str = "erased";
/// After every entry: no time and no id begins with this.
const LAST: &str = "order#~";
const PAGE: u8 = 25;
/// Where [`Store::attaching`] demands that the customer is not erased.
pub(crate) const LIVING_AT: usize = 3;

/// Under whom an order is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Whoever proves an address to be theirs, by its keyed hash.
    Email(String),
    /// An account.
    Customer(CustomerId),
}

/// Hashes e-mail addresses under a key, so that no key of a row tells one.
#[derive(Clone)]
pub(crate) struct Blinding(hmac::Key);

#[derive(Debug, Serialize, Deserialize)]
struct EntryRow {
    pk: String,
    sk: String,
    order_id: OrderId,
}

#[derive(Debug, Serialize)]
struct ErasedRow {
    pk: String,
    sk: String,
    erased_at: Time,
}

impl std::fmt::Debug for Blinding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Blinding")
    }
}

impl Blinding {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, cloud.secret("signing").bytes());
        let derived = hmac::sign(&secret, b"cartwright orders by e-mail v1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// Under whom orders with this address are found. Upper and lower case are the same.
    pub(crate) fn owner(&self, email: &Email) -> Owner {
        let tag = hmac::sign(&self.0, email.as_str().to_lowercase().as_bytes());
        Owner::Email(URL_SAFE_NO_PAD.encode(&tag.as_ref()[..16]))
    }
}

impl Store {
    /// O1: note under whom the order is found, in the transaction that inserts it.
    pub(crate) fn entering(&self, order: &Order, owner: &Owner) -> Put {
        self.entry(owner, order)
    }

    /// O1: demand that the customer is not erased, in a transaction that gives them an order.
    pub(crate) fn living(&self, customer_id: &CustomerId) -> Check {
        self.table.require(erased_key(customer_id), Condition::absent())
    }

    /// O7: a page of a customer's orders, newest first. The position is the last entry shown.
    pub(crate) async fn page_of(
        &self,
        customer_id: &CustomerId,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Order>, Fault> {
        let shown = usize::from(limit.get());
        let upper = after.as_deref().unwrap_or(LAST);
        let query = self.table.query(Owner::Customer(customer_id.clone()).partition());
        let entries = query
            .between(ENTRY, upper)
            .descending()
            .consistent()
            .limit(limit.get().saturating_add(2))
            .page::<EntryRow>()
            .await?;
        let fresh = entries
            .items
            .into_iter()
            .filter(|entry| Some(&entry.sk) != after.as_ref());
        let mut entries: Vec<EntryRow> = fresh.collect();
        let more = entries.len() > shown;
        entries.truncate(shown);
        let keys = entries.iter().map(|entry| key(&entry.order_id)).collect();
        let rows = self.table.get_many_consistent::<OrderRow>(keys).await?;
        let mut orders = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        orders.sort_by_key(|order| std::cmp::Reverse(listed_at(order)));
        Ok(Page {
            items: orders,
            next: entries.pop().filter(|_| more).map(|entry| entry.sk),
        })
    }

    /// O8: the oldest orders that are found under an owner.
    pub(crate) async fn first_of(&self, owner: &Owner) -> Result<Page<OrderId>, Fault> {
        let query = self.table.query(owner.partition()).begins_with(ENTRY);
        let page = query.consistent().limit(PAGE).page::<EntryRow>().await?;
        Ok(page.map(|row| row.order_id))
    }

    /// O9: replace an order as it was read at version `read`, and move its entry from the address
    /// to the account. Fails its condition when the order has changed, or the customer was erased.
    pub(crate) fn attaching(
        &self,
        (order, read): (&Order, u64),
        from: &Owner,
        customer_id: &CustomerId,
    ) -> Transaction {
        let owner = Owner::Customer(customer_id.clone());
        self.dropping_entry(from, order)
            .with(self.replacing(order, read))
            .with(self.entry(&owner, order))
            .with(self.living(customer_id))
    }

    /// O10: replace an order as it was read at version `read`, and drop the entry of its account.
    pub(crate) fn erasing(&self, order: &Order, read: u64, customer_id: &CustomerId) -> Transaction {
        self.dropping_entry(&Owner::Customer(customer_id.clone()), order)
            .with(self.replacing(order, read))
    }

    /// O10: drop an entry whose order needs nothing more.
    pub(crate) fn dropping_entry(&self, owner: &Owner, order: &Order) -> Transaction {
        let entry = Key::new(owner.partition(), entry_sk(order));
        Transaction::new().with(self.table.delete(entry))
    }

    /// O11: the customer gets no order any more. The second call changes nothing that counts.
    pub(crate) async fn mark_erased(&self, customer_id: &CustomerId, now: Time) -> Result<(), Fault> {
        let Key { pk, sk } = erased_key(customer_id);
        let row = ErasedRow {
            pk,
            sk,
            erased_at: now,
        };
        Ok(self.table.put(&row).send().await?)
    }

    fn replacing(&self, order: &Order, read: u64) -> Put {
        let same = Condition::eq("version", read);
        self.table.put(&OrderRow::from(order)).only_if(same)
    }

    fn entry(&self, owner: &Owner, order: &Order) -> Put {
        self.table.put(&EntryRow {
            pk: owner.partition(),
            sk: entry_sk(order),
            order_id: order.order_id.clone(),
        })
    }
}

impl Owner {
    fn partition(&self) -> String {
        match self {
            Self::Email(hash) => format!("email#{hash}"),
            Self::Customer(customer_id) => format!("customer#{customer_id}"),
        }
    }
}

fn entry_sk(order: &Order) -> String {
    format!("{ENTRY}{}", listed_at(order))
}

fn erased_key(customer_id: &CustomerId) -> Key {
    Key::new(format!("customer#{customer_id}"), ERASED)
}
