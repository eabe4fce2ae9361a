//! What one change of a product writes, worked out before anything is written.

use std::collections::BTreeSet;

use kernel::Sku;
use platform::table::{Condition, Key, Table, Transaction, Write};

use super::StoreError;
use super::rows::{self, CardRow, HandleRow, IntentRow, ProductRow, SkuRow};
use crate::offer::{Card, Offer};
use crate::product::Product;

/// The largest product row, with room to DynamoDB's 400 KB for what the platform adds.
const ROW_BYTES_MAX: usize = 380_000;

/// The rows that one change of a product touches.
pub(super) struct Plan<'a> {
    pub(super) before: Option<&'a Product>,
    pub(super) after: &'a Product,
    product: ProductRow,
    offers: Vec<Offer>,
    dropped: Vec<Sku>,
    cards: Vec<CardRow>,
    unlisted: Vec<Key>,
}

/// What a write in a transaction is there for, to read a refusal by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Product,
    Intent,
    Handle,
    Sku,
    Listing,
}

/// Writes with their roles, in the order of the transaction.
#[derive(Clone, Default)]
pub(super) struct Steps(Vec<(Role, Write)>);

impl Steps {
    pub(super) fn chain(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    pub(super) fn push(&mut self, role: Role, write: impl Into<Write>) {
        self.0.push((role, write.into()));
    }

    /// The same writes in pieces that each fit one transaction.
    pub(super) fn pieces(mut self) -> Vec<Self> {
        let mut pieces = Vec::new();
        while !self.0.is_empty() {
            let rest = self.0.split_off(self.0.len().min(Transaction::WRITES_MAX));
            pieces.push(Self(std::mem::replace(&mut self.0, rest)));
        }
        pieces
    }

    /// The writes whose index is not among those given.
    pub(super) fn without(&self, is_out: impl Fn(usize) -> bool) -> Self {
        let kept = self.0.iter().enumerate().filter(|(index, _)| !is_out(*index));
        Self(kept.map(|(_, step)| step.clone()).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_transaction(self) -> (Vec<Role>, Transaction) {
        let mut roles = Vec::with_capacity(self.0.len());
        let mut transaction = Transaction::new();
        for (role, write) in self.0 {
            roles.push(role);
            transaction = transaction.with(write);
        }
        (roles, transaction)
    }
}

impl<'a> Plan<'a> {
    pub(super) fn new(before: Option<&'a Product>, after: &'a Product) -> Result<Self, StoreError> {
        let product = ProductRow::from(after);
        if serde_json::to_vec(&product).map_or(true, |bytes| bytes.len() > ROW_BYTES_MAX) {
            return Err(StoreError::TooLarge);
        }
        let (cards, unlisted) = listing(before, after);
        let skus: BTreeSet<&Sku> = skus(after).collect();
        let dropped = before
            .into_iter()
            .flat_map(self::skus)
            .filter(|sku| !skus.contains(sku));
        Ok(Self {
            before,
            after,
            product,
            offers: changed_offers(before, after),
            dropped: dropped.cloned().collect(),
            cards,
            unlisted,
        })
    }

    /// Whether all of it can be written together.
    pub(super) fn fits_one_transaction(&self) -> bool {
        let handles = 2;
        1 + handles + self.cards.len() + self.unlisted.len() + self.offers.len() + self.dropped.len()
            <= Transaction::WRITES_MAX
    }

    /// The product, its handle and its cards: never more than one transaction, since categories
    /// and their depth are limited.
    pub(super) fn commit(&self, table: &Table) -> Steps {
        let mut steps = Steps::default();
        let put = table.put(&self.product);
        let put = match self.before {
            None => put.only_if_absent(),
            Some(before) => put.only_if(Condition::eq("version", before.version)),
        };
        steps.push(Role::Product, put);
        let mine = Condition::absent().or(Condition::eq("product_id", &self.after.product_id));
        steps.push(
            Role::Handle,
            table.put(&HandleRow::from(self.after)).only_if(mine),
        );
        if let Some(old) = self.before.filter(|before| before.handle != self.after.handle) {
            steps.push(Role::Listing, table.delete(rows::handle_key(&old.handle)));
        }
        for key in &self.unlisted {
            steps.push(Role::Listing, table.delete(key.clone()));
        }
        for card in &self.cards {
            steps.push(Role::Listing, table.put(card));
        }
        steps
    }

    /// The SKUs' rows as they are to be, if nobody else has them.
    pub(super) fn offers(&self, table: &Table) -> Steps {
        let mine = || Condition::absent().or(Condition::eq("product_id", &self.after.product_id));
        self.offers_if(table, mine)
    }

    /// The SKUs' rows as they are to be, where this change's mark still stands.
    pub(super) fn settling(&self, table: &Table) -> Steps {
        let marked = || {
            Condition::eq("product_id", &self.after.product_id)
                .and(Condition::eq("pending", self.after.version))
        };
        self.offers_if(table, marked)
    }

    /// Marks on the SKUs' rows: whoever reads them asks the product. Claims new SKUs.
    pub(super) fn marks(&self, table: &Table) -> Steps {
        let present = self.before.map_or(0, |before| before.version);
        let mine =
            || Condition::eq("product_id", &self.after.product_id).and(Condition::le("version", present));
        let offered = self.offers.iter().map(|offer| &offer.sku);
        let mut steps = Steps::default();
        for sku in offered.chain(&self.dropped) {
            let mark = table
                .update(rows::sku_key(sku))
                .set("sku", sku)
                .set("product_id", &self.after.product_id)
                .set("pending", self.after.version)
                .set_if_absent("version", 0_u64);
            steps.push(Role::Sku, mark.only_if(Condition::absent().or(mine())));
        }
        steps
    }

    /// The row that says this change is on its way; see [`staged`](super::staged).
    pub(super) fn intent(&self) -> IntentRow {
        IntentRow::new(&self.after.product_id, self.after.change_id.clone())
    }

    fn offers_if(&self, table: &Table, condition: impl Fn() -> Condition) -> Steps {
        let mut steps = Steps::default();
        for offer in &self.offers {
            steps.push(Role::Sku, table.put(&SkuRow::settled(offer)).only_if(condition()));
        }
        for sku in &self.dropped {
            steps.push(Role::Sku, table.delete(rows::sku_key(sku)).only_if(condition()));
        }
        steps
    }
}

fn skus(product: &Product) -> impl Iterator<Item = &Sku> {
    product.variants.iter().map(|variant| &variant.spec.sku)
}

/// The offers that say something new.
fn changed_offers(before: Option<&Product>, after: &Product) -> Vec<Offer> {
    skus(after)
        .filter_map(|sku| Offer::of(after, sku))
        .filter(|offer| {
            let old = before.and_then(|before| Offer::of(before, &offer.sku));
            !old.is_some_and(|old| old.says_the_same_as(offer))
        })
        .collect()
}

/// The cards to be written and the keys of those to be removed.
fn listing(before: Option<&Product>, after: &Product) -> (Vec<CardRow>, Vec<Key>) {
    let (old, new) = (before.map(cards).unwrap_or_default(), cards(after));
    let unlisted = old
        .iter()
        .filter(|old| !new.iter().any(|new| new.key() == old.key()))
        .map(CardRow::key);
    let unlisted = unlisted.collect();
    (
        new.into_iter().filter(|new| !old.contains(new)).collect(),
        unlisted,
    )
}

/// A product's cards: in the list of all, and in that of each category.
fn cards(product: &Product) -> Vec<CardRow> {
    let Some(card) = Card::of(product) else {
        return Vec::new();
    };
    let lists = product.listed_in.iter().map(Some).chain([None]);
    lists.map(|category| CardRow::new(category, &card)).collect()
}
