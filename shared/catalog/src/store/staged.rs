//! Writing a change that touches more SKUs than one transaction can hold.
//!
//! It happens in four steps, each harmless to repeat:
//!
//! 1. The *intent* row of the product names the change.
//! 2. Every SKU row concerned is *marked* (and claimed, when it is new). A marked row is not
//!    believed: who reads it asks the product, so it is right before and after step 3.
//! 3. One transaction writes the product, its handle and its cards, and takes the intent away. It
//!    demands the product's old version and the intent, so it is the one moment of change.
//! 4. The marked rows are *settled*: rewritten as they are to be, where the mark still stands.
//!
//! A crash after any step leaves marks. They cost readers one more read and nothing else, until
//! the request is repeated or a later change of the same offers settles them. A claim of a change that was never
//! committed is void: its product does not have the SKU. Another product takes it over in one
//! transaction that demands the owner's version and removes the owner's intent, so that a slow
//! owner can no longer commit what it has lost.

use kernel::Sku;
use platform::table::{Condition, Transaction};

use super::plan::{Plan, Role, Steps};
use super::rows::{self, ProductRow, SkuRow};
use super::{Blocked, Store, StoreError};
use crate::product::{Product, ProductId};

impl Store {
    pub(super) async fn write_staged(&self, plan: &Plan<'_>) -> Result<(), Blocked> {
        self.table.put(&plan.intent()).send().await?;
        for piece in plan.marks(&self.table).pieces() {
            self.run(plan, piece).await?;
        }
        self.commit_staged(plan).await?;
        for piece in plan.settling(&self.table).pieces() {
            self.settle_piece(piece).await?;
        }
        Ok(())
    }

    /// The one moment of change.
    pub(super) async fn commit_staged(&self, plan: &Plan<'_>) -> Result<(), Blocked> {
        let mut commit = plan.commit(&self.table);
        let intent = self.table.delete(rows::intent_key(&plan.after.product_id));
        let unbroken = Condition::eq("change_id", &plan.after.change_id);
        commit.push(Role::Intent, intent.only_if(unbroken));
        self.run(plan, commit).await
    }

    /// C12: settles what a change of this product that died half-way has left marked.
    pub(crate) async fn settle(&self, product: &Product) -> Result<(), StoreError> {
        for piece in Plan::new(None, product)?.settling(&self.table).pieces() {
            self.settle_piece(piece).await?;
        }
        Ok(())
    }

    /// Rows whose mark is gone belong to somebody faster and are left alone.
    pub(super) async fn settle_piece(&self, mut piece: Steps) -> Result<(), StoreError> {
        while piece.len() > 0 {
            let (_, transaction) = piece.clone().into_transaction();
            let Err(error) = transaction.commit().await else {
                return Ok(());
            };
            if !error.is_condition_failed() {
                return Err(error.into());
            }
            piece = piece.without(|index| error.condition_failed_at(index));
        }
        Ok(())
    }

    /// Claims SKUs whose rows name products that do not have them. Refuses those that do.
    pub(super) async fn take_over(&self, claimed: Vec<SkuRow>, after: &Product) -> Result<(), StoreError> {
        let mut rest = claimed;
        while let Some(owner_id) = rest.first().map(|row| row.product_id.clone()) {
            let (own, others): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|row| row.product_id == owner_id);
            self.take_over_from(&owner_id, &own, after).await?;
            rest = others;
        }
        Ok(())
    }

    async fn take_over_from(
        &self,
        owner_id: &ProductId,
        claimed: &[SkuRow],
        after: &Product,
    ) -> Result<(), StoreError> {
        let owner_key = rows::product_key(owner_id);
        let owner: Option<ProductRow> = self.table.get_consistent(owner_key.clone()).await?;
        let unchanged = match &owner {
            Some(row) => Condition::eq("version", row.version),
            None => Condition::absent(),
        };
        if let Some(owner) = owner.map(Product::from) {
            let held = claimed.iter().filter(|row| owner.variant(&row.sku).is_some());
            let place = |sku: &Sku| after.variants.iter().position(|variant| variant.spec.sku == *sku);
            let held: Vec<_> = held
                .filter_map(|row| Some((place(&row.sku)?, row.sku.clone())))
                .collect();
            if !held.is_empty() {
                return Err(StoreError::SkusTaken(held));
            }
        }
        for rows in claimed.chunks(Transaction::WRITES_MAX - 2) {
            let mut transaction = Transaction::new()
                .with(self.table.require(owner_key.clone(), unchanged.clone()))
                .with(self.table.delete(rows::intent_key(owner_id)));
            for row in rows {
                let claim = SkuRow::claim(row.sku.clone(), after.product_id.clone(), after.version);
                let still_theirs = Condition::eq("product_id", owner_id);
                transaction = transaction.with(self.table.put(&claim).only_if(still_theirs));
            }
            match transaction.commit().await {
                Err(error) if !error.is_condition_failed() => return Err(error.into()),
                // A condition that failed means that the owner has moved on: the write that was
                // blocked is tried again and sees how things stand now.
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}
