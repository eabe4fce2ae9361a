//! What became of an order's money.

use kernel::Fault;
use platform::Cloud;

use crate::authorize::payment_of;
use crate::ledger::Entry;
use crate::payment::{OrderId, Payment};
use crate::store::Store;

/// Shows payments, and can move nothing.
#[derive(Debug)]
pub struct Statements {
    store: Store,
}

impl Statements {
    /// Statements over the table that the function may read.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
        }
    }

    /// An order's payment and its ledger, oldest entry first. An order without one is missing.
    pub async fn of_order(&self, order_id: &OrderId) -> Result<(Payment, Vec<Entry>), Fault> {
        let id = payment_of(order_id)?;
        let payment = self.store.payment(&id).await?.ok_or(Fault::missing("payment"))?;
        let entries = self.store.entries(&id).await?;
        Ok((payment, entries))
    }
}
