//! The table `catalog`: the only code that knows its rows. `docs/access-patterns/catalog.md` lists
//! every pattern with its cost.
//!
//! A product is one row, and everything else follows from it: the handle's row (guard and
//! summary), one row a SKU (guard and offer), one card in each list. All of it is written in one
//! transaction. Only when a change touches more SKUs than fit, it is written in [stages](staged).

mod plan;
mod rows;
mod staged;

use std::collections::BTreeMap;

use kernel::{Fault, FieldFault, Handle, Limit, Page, Sku};
use platform::Cloud;
use platform::table::{Key, Table, TableError, TransactionError};

use crate::category::Category;
use crate::offer::{Card, Offer, Summary};
use crate::product::{CategoryId, Product, ProductId, Status};
use plan::{Plan, Role};
use rows::{CardRow, CategoryRow, HandleRow, ProductRow, SkuRow};

/// The table and its access patterns.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

/// Why a write was not made.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is no longer as it was when the change was decided.
    #[error("the product has changed meanwhile")]
    Stale,
    /// Another product or category has the handle.
    #[error("the handle `{0}` is taken")]
    HandleTaken(Handle),
    /// Other products have these SKUs; each with its place among the product's variants.
    #[error("another product has a SKU")]
    SkusTaken(Vec<(usize, Sku)>),
    /// The product does not fit into one item.
    #[error(
        "all texts of a product, its variants and its notes together are too large: at most 380,000 bytes"
    )]
    TooLarge,
    /// The table did not answer, or not as it should.
    #[error("the catalog's table failed")]
    Table(#[from] TableError),
    /// The same, in a transaction.
    #[error("the catalog's table failed")]
    Transaction(#[from] TransactionError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Stale => Self::busy(error),
            StoreError::HandleTaken(_) => Self::Refused {
                code: "handle_taken",
                fields: vec![FieldFault::new("handle", "taken", &detail)],
                detail,
            },
            StoreError::SkusTaken(skus) => Self::Refused {
                code: "sku_taken",
                detail,
                fields: skus.into_iter().map(taken_sku).collect(),
            },
            StoreError::TooLarge => Self::invalid("product_too_large", detail),
            StoreError::Table(error) => error.into(),
            StoreError::Transaction(error) => error.into(),
        }
    }
}

fn taken_sku((place, sku): (usize, Sku)) -> FieldFault {
    let message = format!("another product has the SKU `{sku}`");
    FieldFault::new(format!("variants[{place}].sku"), "taken", message)
}

/// How often a write gives way to claims that turn out to be void before it gives up.
const TAKE_OVERS_MAX: usize = 8;

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("catalog"),
        }
    }

    /// C1: one product, as it was a moment ago.
    pub(crate) async fn product(&self, product_id: &ProductId) -> Result<Option<Product>, StoreError> {
        let row: Option<ProductRow> = self.table.get(rows::product_key(product_id)).await?;
        Ok(row.map(Product::from))
    }

    /// C2: one product as the last write left it, to be changed.
    pub(crate) async fn product_now(&self, product_id: &ProductId) -> Result<Option<Product>, StoreError> {
        let row: Option<ProductRow> = self.table.get_consistent(rows::product_key(product_id)).await?;
        Ok(row.map(Product::from))
    }

    /// C3: the product with this handle, in short.
    pub(crate) async fn by_handle(&self, handle: &Handle) -> Result<Option<Summary>, StoreError> {
        let row: Option<HandleRow> = self.table.get(rows::handle_key(handle)).await?;
        Ok(row.map(Summary::from))
    }

    /// C4: a page of cards, the last published first; of one category, or of the whole shop.
    pub(crate) async fn cards(
        &self,
        category: Option<&CategoryId>,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Card>, StoreError> {
        let query = self.table.query(rows::list_name(category)).descending();
        let page = query.limit(limit).after(after).page::<CardRow>().await?;
        Ok(page.map(Card::from))
    }

    /// C5: a page of products in one status, the last changed first.
    pub(crate) async fn summaries(
        &self,
        status: Status,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Summary>, StoreError> {
        let query = self
            .table
            .query_index("by_status", ("status", status.as_str()), "updated_at");
        let page = query
            .descending()
            .limit(limit)
            .after(after)
            .page::<HandleRow>()
            .await?;
        Ok(page.map(Summary::from))
    }

    /// C6: what is offered under these SKUs; unknown ones are left out. One row a SKU. Rows that a
    /// staged write has marked cost one more read of their product.
    pub(crate) async fn offers(&self, skus: &[Sku]) -> Result<BTreeMap<Sku, Offer>, StoreError> {
        let keys = skus.iter().map(rows::sku_key).collect();
        let rows: Vec<SkuRow> = self.table.get_many(keys).await?;
        let (marked, settled): (Vec<_>, Vec<_>) = rows.into_iter().partition(SkuRow::is_marked);
        let mut offers: BTreeMap<Sku, Offer> = settled
            .into_iter()
            .filter_map(SkuRow::into_offer)
            .map(|offer| (offer.sku.clone(), offer))
            .collect();
        if !marked.is_empty() {
            let keys = marked
                .iter()
                .map(|row| rows::product_key(&row.product_id))
                .collect();
            let products: Vec<ProductRow> = self.table.get_many_consistent(keys).await?;
            let products: Vec<Product> = products.into_iter().map(Product::from).collect();
            for row in &marked {
                let owner = products
                    .iter()
                    .find(|product| product.product_id == row.product_id);
                if let Some(offer) = owner.and_then(|product| Offer::of(product, &row.sku)) {
                    offers.insert(row.sku.clone(), offer);
                }
            }
        }
        Ok(offers)
    }

    /// C7: writes the next version of a product (the first, when there is no `before`) and all
    /// that follows from it: all of it becomes visible at once. [`StoreError::Stale`] when the
    /// product is no longer `before`; it may be that this very change has been made already.
    pub(crate) async fn write(&self, before: Option<&Product>, after: &Product) -> Result<(), StoreError> {
        let plan = Plan::new(before, after)?;
        for _ in 0..TAKE_OVERS_MAX {
            let written = if plan.fits_one_transaction() {
                self.write_at_once(&plan).await
            } else {
                self.write_staged(&plan).await
            };
            match written {
                Ok(()) => return Ok(()),
                Err(Blocked::BySkus(rows)) => self.take_over(rows, after).await?,
                Err(Blocked::For(error)) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }

    /// C8: categories by id, as the last writes left them; unknown ones are left out.
    pub(crate) async fn categories_by_id(&self, ids: &[CategoryId]) -> Result<Vec<Category>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys = ids.iter().map(rows::category_key).collect();
        let rows: Vec<CategoryRow> = self.table.get_many_consistent(keys).await?;
        Ok(rows.into_iter().map(Category::from).collect())
    }

    /// C9: the category with this handle.
    pub(crate) async fn category_by_handle(&self, handle: &Handle) -> Result<Option<Category>, StoreError> {
        let row: Option<CategoryRow> = self.table.get(rows::category_handle_key(handle)).await?;
        Ok(row.map(Category::from))
    }

    /// C10: a page of the tree, each category before all below it.
    pub(crate) async fn tree(
        &self,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Category>, StoreError> {
        let query = self.table.query(rows::TREE).limit(limit).after(after);
        Ok(query.page::<CategoryRow>().await?.map(Category::from))
    }

    /// C11: inserts a category: itself, its handle's guard and its place in the tree. Inserting it
    /// again does nothing.
    pub(crate) async fn insert_category(&self, category: &Category) -> Result<(), StoreError> {
        let keys: [Key; 3] = [
            rows::category_key(&category.category_id),
            rows::category_handle_key(&category.handle),
            rows::tree_key(category),
        ];
        let mut transaction = platform::table::Transaction::new();
        for key in keys {
            let row = CategoryRow::new(key, category);
            transaction = transaction.with(self.table.put(&row).only_if_absent());
        }
        let Err(error) = transaction.commit().await else {
            return Ok(());
        };
        let there = (0..3).find_map(|index| error.old_item::<CategoryRow>(index));
        match there.map(Category::from) {
            Some(own) if own.category_id == category.category_id => Ok(()),
            Some(_) => Err(StoreError::HandleTaken(category.handle.clone())),
            None => Err(error.into()),
        }
    }

    async fn write_at_once(&self, plan: &Plan<'_>) -> Result<(), Blocked> {
        let steps = plan.commit(&self.table).chain(plan.offers(&self.table));
        self.run(plan, steps).await
    }

    /// Commits steps as one transaction, and reads from a refusal whose it was.
    async fn run(&self, plan: &Plan<'_>, steps: plan::Steps) -> Result<(), Blocked> {
        let (roles, transaction) = steps.into_transaction();
        let Err(error) = transaction.commit().await else {
            return Ok(());
        };
        let mut blocking = Vec::new();
        for (index, role) in roles
            .iter()
            .enumerate()
            .filter(|(index, _)| error.condition_failed_at(*index))
        {
            match role {
                Role::Product | Role::Intent => return Err(StoreError::Stale.into()),
                Role::Handle => return Err(StoreError::HandleTaken(plan.after.handle.clone()).into()),
                Role::Sku => match error.old_item::<SkuRow>(index) {
                    Some(row) if row.product_id != plan.after.product_id => blocking.push(row),
                    Some(_) | None => return Err(StoreError::Stale.into()),
                },
                Role::Listing => {}
            }
        }
        if !blocking.is_empty() {
            return Err(Blocked::BySkus(blocking));
        }
        // Another transaction at work on the same rows: what it makes of them decides.
        if error.is_conflict() {
            Err(StoreError::Stale.into())
        } else {
            Err(StoreError::from(error).into())
        }
    }
}

/// What stands in the way of a write.
enum Blocked {
    /// Rows of SKUs that name other products. They may be void.
    BySkus(Vec<SkuRow>),
    /// Something that ends the write.
    For(StoreError),
}

impl From<StoreError> for Blocked {
    fn from(error: StoreError) -> Self {
        Self::For(error)
    }
}

impl From<TableError> for Blocked {
    fn from(error: TableError) -> Self {
        Self::For(error.into())
    }
}

#[cfg(test)]
mod tests;
